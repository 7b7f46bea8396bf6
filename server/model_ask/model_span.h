/* model_span.h - the span of a request of a model: OpenTelemetry's conventions for generative AI. */
#ifndef MODEL_SPAN_H
#define MODEL_SPAN_H

#include "model_list.h"
#include "spans.h"

void model_span_write(const struct span *span, const struct model *model, const struct model_answer *answer, const struct model_fault *fault);
static inline void model_span_end(const struct span *span, const struct model *model, const struct model_answer *answer,
                                  const struct model_fault *fault)
{
	if (span->recorded)
		model_span_write(span, model, answer, fault);
}

#endif
