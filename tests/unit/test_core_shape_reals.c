/* test_core_shape_reals.c - lists of numbers: read, written, described, refused. */
#include "shape_fixture.h"

struct series {
	double *values, *more;
	int64_t values_count, more_count;
};
static SHAPE(series_shape, struct series,
	REALS(struct series, values, values_count, "What was measured", .required = true, AT_LEAST(1), AT_MOST(3)),
	REALS(struct series, more, more_count, "More of it"));

static const char *read_series(const char *text, struct series *series)
{
	return shape_read(series_shape, parse(text), SHAPE_STRICT, series, arena);
}

START_TEST(numbers_of_every_kind_are_read_and_written)
{
	struct series series;
	struct json json = json_begin(arena, 0);

	ck_assert_ptr_null(read_series("{\"values\":[1,-2.5,3e2]}", &series));
	ck_assert_int_eq(series.values_count, 3);
	ck_assert(series.values[0] == 1 && series.values[1] == -2.5 && series.values[2] == 300);
	ck_assert_int_eq(series.more_count, 0);
	ck_assert_ptr_null(shape_write(&json, series_shape, &series));
	ck_assert_str_eq(arena_copy(arena, json_end(&json)), "{\"values\":[1,-2.5,300],\"more\":[]}");
}
END_TEST

START_TEST(what_is_absent_is_not_sent)
{
	struct series series = { .values = (double[]) { 0.5 }, .values_count = 1 };
	struct json json = json_begin(arena, 0);

	shape_write_input(&json, series_shape, &series);
	ck_assert_str_eq(arena_copy(arena, json_end(&json)), "{\"values\":[0.5]}");
}
END_TEST

static const struct { const char *text, *wrong; } refusals[] = {
	{ "{}", "values is required" },
	{ "{\"values\":7}", "values must be an array, not a number" },
	{ "{\"values\":[]}", "values must have at least 1 item, not 0" },
	{ "{\"values\":[1,2,3,4]}", "values must have at most 3 items, not 4" },
	{ "{\"values\":[1,\"2\"]}", "values[1] must be a number, not a string" },
	{ "{\"values\":[null]}", "values[0] must be a number, not null" },
	{ "{\"values\":[1e999]}", "values[0] is out of range" },
};

START_TEST(what_is_no_list_of_numbers_is_refused)
{
	struct series series;

	ck_assert_pstr_eq(read_series(refusals[_i].text, &series), refusals[_i].wrong);
}
END_TEST

START_TEST(a_number_may_be_beyond_what_bounds_their_count)
{
	struct series series;

	ck_assert_ptr_null(read_series("{\"values\":[1000,-1000]}", &series));
}
END_TEST

START_TEST(an_answer_that_says_it_has_some_and_has_none_lacks_them)
{
	struct json json = json_begin(arena, 0);
	const struct field *lacks = shape_write(&json, series_shape, &(struct series) { .values_count = 2 });

	ck_assert(lacks);
	ck_assert_str_eq(lacks->name, "values");
}
END_TEST

START_TEST(its_schema_is_an_array_of_numbers)
{
	struct json json = json_begin(arena, 0);

	shape_schema(&json, series_shape, SCHEMA_INPUT, false);
	yyjson_val *values = yyjson_obj_get(yyjson_obj_get(parse(arena_copy(arena, json_end(&json))), "properties"), "values");
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(values, "type")), "array");
	ck_assert_str_eq(yyjson_get_str(yyjson_obj_get(yyjson_obj_get(values, "items"), "type")), "number");
	ck_assert_int_eq(yyjson_get_int(yyjson_obj_get(values, "maxItems")), 3);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reals");
	TCase *tests = tcase_create("reals");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, numbers_of_every_kind_are_read_and_written);
	tcase_add_test(tests, what_is_absent_is_not_sent);
	tcase_add_loop_test(tests, what_is_no_list_of_numbers_is_refused, 0, COUNT(refusals));
	tcase_add_test(tests, a_number_may_be_beyond_what_bounds_their_count);
	tcase_add_test(tests, an_answer_that_says_it_has_some_and_has_none_lacks_them);
	tcase_add_test(tests, its_schema_is_an_array_of_numbers);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
