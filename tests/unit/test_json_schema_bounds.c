/* test_json_schema_bounds.c - checks end, however schema and value are made. */
#include "schema_fixture.h"

/* `open` and `close` so many times around `inner`. */
static const char *nested(int levels, const char *open, const char *inner, const char *close)
{
	struct json out = json_begin(arena, 1024);

	for (int i = 0; i < levels; i++)
		json_bytes(&out, str_of(open));
	json_bytes(&out, str_of(inner));
	for (int i = 0; i < levels; i++)
		json_bytes(&out, str_of(close));
	return arena_copy(arena, json_end(&out));
}

/* [item,item,...] */
static const char *repeated(int count, const char *item)
{
	struct json out = json_begin(arena, 1024);

	json_array(&out);
	for (int i = 0; i < count; i++)
		json_raw(&out, str_of(item));
	json_array_end(&out);
	return arena_copy(arena, json_end(&out));
}

#define TOO_DEEP "The arguments are nested too deep to check"
#define TOO_MUCH "The arguments are too much to check: send less at once"

/* ---- Depth ---- */

START_TEST(recursion_ends_with_the_value_or_the_bound)
{
	const char *itself = "{'items':{'$ref':'#'}}";

	ck_assert(!check(itself, nested(255, "[", "1", "]")));
	ck_assert_str_eq(check(itself, nested(256, "[", "1", "]")), TOO_DEEP);
	ck_assert(!check("{}", nested(1000, "[", "1", "]")));
	ck_assert_str_eq(check("{}", nested(1001, "[", "1", "]")), TOO_DEEP);
}
END_TEST

START_TEST(a_dynamic_loop_ends)
{
	const char *schema = "{'$id':'http://a/a','$dynamicAnchor':'x','$ref':'b','$defs':{"
		"'b':{'$id':'b','$dynamicRef':'c#x'},'c':{'$id':'c','$dynamicAnchor':'x'}}}";

	ck_assert_str_eq(check(schema, "1"), TOO_DEEP);
}
END_TEST

START_TEST(schemas_are_nested_so_deep_and_no_deeper)
{
	const char *why = NULL;

	ck_assert(!check(nested(200, "{'items':", "true", "}"), "[]"));
	yyjson_val *deeper = parse(nested(201, "{'items':", "true", "}"));
	ck_assert(!json_schema_compile(arena, deeper, &why));
	ck_assert_ptr_nonnull(strstr(why, "schemas are nested too deep"));
}
END_TEST

/* ---- Work ---- */

static const struct { const char *schema, *item; int count; } costly[] = {
	/* Each level doubles the work. */
	{ "{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':[{'items':{'$ref':'#/$defs/a'},'not':{}},"
	  "{'items':{'$ref':'#/$defs/a'},'not':{}}]}}}",
	  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 1 },
	{ "{'items':{'allOf':[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}}", "0", 200000 },
	/* Patterns that take for ever, and those that only look harmless. */
	{ "{'items':{'pattern':'^(a+)+$'}}", "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'",
	  1 },
	{ "{'items':{'not':{'pattern':'^(a|a)*$'}}}",
	  "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab'", 1 },
};

START_TEST(a_check_takes_no_more_than_its_steps)
{
	const char *value = repeated(costly[_i].count, costly[_i].item);
	int64_t begun = tick_ms();

	ck_assert_str_eq(check(costly[_i].schema, value), TOO_MUCH);
	ck_assert_ptr_null(json_schema_check_own(compile(costly[_i].schema), parse(value), arena));
	ck_assert_int_lt(tick_ms() - begun, 10000);
}
END_TEST

START_TEST(a_long_text_read_over_and_over_is_given_up)
{
	const char *spaces = arena_print(arena, "'%sy'", nested(300000, " ", "x", " "));
	const char *digits = arena_print(arena, "'%s'", nested(300000, "1", "2", "3"));

	ck_assert_str_eq(check("{'pattern':'\\\\s+$'}", spaces), TOO_MUCH);
	ck_assert_str_eq(check("{'pattern':' *x *x *$'}", spaces), TOO_MUCH);
	ck_assert_str_eq(check("{'pattern':'\\\\d+[xy]'}", digits), TOO_MUCH);
}
END_TEST

START_TEST(a_million_bytes_are_not_too_much)
{
	const char *text = arena_print(arena, "'%s'", nested(500000, "a", "b", "c"));

	ck_assert(!check("{'items':{'type':'integer','minimum':0,'maximum':9}}",
	                 repeated(500000, "1")));
	ck_assert(!check("{'pattern':'^[a-z]*$'}", text));
	ck_assert(!check("{'items':{'pattern':'^[a-z]{3}-[0-9]+$'}}",
	                 repeated(50000, "'abc-123'")));
}
END_TEST

START_TEST(many_items_are_compared_quickly)
{
	struct json out = json_begin(arena, 1024);

	json_array(&out);
	for (int i = 0; i < 100000; i++)
		json_int(&out, i);
	json_array_end(&out);
	ck_assert(!check("{'uniqueItems':true}", arena_copy(arena, json_end(&out))));
}
END_TEST

START_TEST(long_numbers_are_read_or_given_up)
{
	const char *number = nested(400000, "1", "1", "1");

	ck_assert(!check("{'type':'integer','multipleOf':1}", number));
	ck_assert_str_eq(check("{'enum':[1e400,2e400,3e400,4e400,5e400,6e400,7e400,8e400,9e400]}",
	                       number), TOO_MUCH);
}
END_TEST

START_TEST(words_stay_short_however_many_forms_there_are)
{
	const char *schema = "{'$ref':'#/$defs/a','$defs':{'a':{'anyOf':["
		"{'items':{'$ref':'#/$defs/a'},'minItems':1},"
		"{'items':{'$ref':'#/$defs/a'},'minProperties':1},"
		"{'items':{'$ref':'#/$defs/a'}},{'type':'string'},{'const':8}],"
		"'not':{'const':1}}}}";
	const char *words = check(schema, "[[[[[[1]]]]]]");

	ck_assert_ptr_nonnull(strstr(words, "; …"));
	ck_assert_uint_lt(strlen(words), 5000);
}
END_TEST

int main(void)
{
	TCase *tests = tcase_create("bounds");

	tcase_add_test(tests, recursion_ends_with_the_value_or_the_bound);
	tcase_add_test(tests, a_dynamic_loop_ends);
	tcase_add_test(tests, schemas_are_nested_so_deep_and_no_deeper);
	tcase_add_loop_test(tests, a_check_takes_no_more_than_its_steps, 0, COUNT(costly));
	tcase_add_test(tests, a_long_text_read_over_and_over_is_given_up);
	tcase_add_test(tests, a_million_bytes_are_not_too_much);
	tcase_add_test(tests, many_items_are_compared_quickly);
	tcase_add_test(tests, long_numbers_are_read_or_given_up);
	tcase_add_test(tests, words_stay_short_however_many_forms_there_are);
	return run_all("json schema bounds", tests);
}
