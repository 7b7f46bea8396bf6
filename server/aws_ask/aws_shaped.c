/* aws_shaped.c - requests and answers of AWS as shapes describe them. */
#include "aws_shaped.h"

#include "aws_form.h"
#include "aws_lists.h"
#include "builder.h"

/* Of what a shape describes. */
#define DEPTH_MAX 32

static bool is_query(enum aws_action action)
{
	return aws_operations[action].service->protocol == AWS_QUERY;
}

str aws_shaped_input(struct arena *arena, enum aws_action action, const struct shape *in, const void *arguments)
{
	struct json json = json_begin(arena, 256);
	enum json_trouble trouble;

	if (in)
		shape_write_input(&json, in, arguments);
	str input = in ? json_end(&json) : STR("{}");
	return is_query(action) ? aws_form_of(arena, json_parse_copy(arena, input, DEPTH_MAX, &trouble)) : input;
}

enum aws_outcome aws_shaped_answer(struct arena *arena, enum aws_action action, const struct aws_waiter *waiter,
                                   const struct shape *out, void *result, struct aws_about *about)
{
	about->trouble = *waiter->trouble ? arena_copy(arena, str_of(waiter->trouble)) : NULL;
	about->code = arena_copy(arena, str_of(waiter->code));
	about->fault = waiter->fault;
	if (!waiter->result)
		return AWS_FAILED;
	yyjson_val *value = aws_result_value(waiter->result);
	value = value ? aws_lists_named(arena, out, value) : NULL;
	const char *wrong = value ? shape_read(out, value, SHAPE_SHOWN | (is_query(action) ? SHAPE_WORDS : 0), result, arena) : "it is no JSON";
	about->as_of_ms = aws_result_as_of_ms(waiter->result);
	if (!wrong)
		return AWS_ANSWERED;
	about->trouble = arena_print(arena, "what AWS answers to %s can't be used: %s", aws_operations[action].action, wrong);
	return AWS_FAILED;
}
