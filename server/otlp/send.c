/* send.c - what a collector's answer means: "OTLP/HTTP Response" of the specification. */
#include <stdio.h>

#include "json.h"
#include "otlp_private.h"

#define DEPTH_MAX 16

/* What it says of spans that it did not take; a number may be a text in this JSON. */
static void read_partial(struct arena *arena, str body, struct otlp_answer *answer)
{
	enum json_trouble trouble;
	yyjson_val *root = body.size > 0 ? json_parse_copy(arena, body, DEPTH_MAX, &trouble) : NULL;
	yyjson_val *partial = yyjson_obj_get(root, "partialSuccess");
	yyjson_val *rejected = yyjson_obj_get(partial, "rejectedSpans");

	if (yyjson_is_int(rejected))
		answer->refused = yyjson_get_sint(rejected);
	else if (!str_to_int(json_member(partial, "rejectedSpans"), &answer->refused))
		answer->refused = 0;
	str words = json_member(partial, "errorMessage");
	if (words.size > 0)
		snprintf(answer->why, sizeof(answer->why), "it says: %s", str_quote(words, 200).text);
}

static bool is_for_later(int status)
{
	return status == 0 || status == 429 || (status >= 502 && status <= 504);
}

void otlp_judge(struct arena *arena, const struct fetch_answer *fetched, struct otlp_answer *answer)
{
	int status = fetched->status;

	*answer = (struct otlp_answer) { .retry_after_ms = fetched->retry_after_ms };
	if (status >= 200 && status < 300) {
		read_partial(arena, fetched->body, answer);
		return;
	}
	answer->outcome = is_for_later(status) ? OTLP_AGAIN : OTLP_REFUSED;
	if (status == 0)
		snprintf(answer->why, sizeof(answer->why), "%s", fetched->why);
	else
		snprintf(answer->why, sizeof(answer->why), "it answers %d", status);
}
