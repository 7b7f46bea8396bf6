/* call_out_span.h - the span of a call of another server. */
#ifndef CALL_OUT_SPAN_H
#define CALL_OUT_SPAN_H

#include "calls_out.h"
#include "spans.h"

void call_out_span_write(const struct span *span, const struct calls_out *calls, const char *tool, enum call_out came_of);
static inline void call_out_span_end(const struct span *span, const struct calls_out *calls, const char *tool,
                                     enum call_out came_of)
{
	if (span->recorded)
		call_out_span_write(span, calls, tool, came_of);
}

#endif
