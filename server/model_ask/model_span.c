/* model_span.c - see model_span.h. */
#include "model_span.h"

static const char *const stops[] = {
	[MODEL_END_TURN] = "stop", [MODEL_USES_TOOLS] = "tool_calls", [MODEL_MAX_TOKENS] = "length", [MODEL_GUARDRAIL] = "guardrail",
	[MODEL_FILTERED] = "content_filter", [MODEL_MALFORMED] = "malformed", [MODEL_CONTEXT_FULL] = "context_full",
};

static void add_tokens(struct span_record *record, const char *key, int64_t tokens)
{
	if (tokens >= 0)
		span_int(record, key, tokens);
}

void model_span_write(const struct span *span, const struct model *model, const struct model_answer *answer, const struct model_fault *fault)
{
	struct span_record record;

	span_record_begin(&record, &span->trace, SPAN_CLIENT, span->began_us, STR("chat"), str_of(model->name));
	span_text(&record, "gen_ai.operation.name", STR("chat"));
	span_text(&record, "gen_ai.provider.name", model->wire == &model_wire_bedrock ? STR("aws.bedrock") : STR("openai"));
	span_text(&record, "gen_ai.request.model", str_of(model->name));
	if (stops[answer->stop])
		span_text(&record, "gen_ai.response.finish_reason", str_of(stops[answer->stop]));
	add_tokens(&record, "gen_ai.usage.input_tokens", answer->usage.input);
	add_tokens(&record, "gen_ai.usage.output_tokens", answer->usage.output);
	add_tokens(&record, "gen_ai.usage.cache_read.input_tokens", answer->usage.cache_read);
	add_tokens(&record, "gen_ai.usage.cache_creation.input_tokens", answer->usage.cache_write);
	record.state = about_now() ? about_now()->state : (str) { 0 };
	if (fault)
		record.error = model_trouble_word(fault->trouble);
	span_record_end(&record);
}
