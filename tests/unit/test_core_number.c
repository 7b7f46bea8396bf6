/* test_core_number.c - numbers as text, and doubles as integers. */
#include <math.h>

#include "number.h"
#include "suite.h"

static const struct { double value; bool whole; int64_t as; } casts[] = {
	{ 0, true, 0 }, { -0.0, true, 0 }, { 42, true, 42 }, { -3, true, -3 }, { 1.5, false, 0 },
	{ 0x1p53, true, INT64_C(1) << 53 }, { -0x1p63, true, INT64_MIN },
	{ 0x1.fffffffffffffp62, true, INT64_C(9223372036854774784) },
	{ 0x1p63, false, 0 }, { -0x1.0000000000001p63, false, 0 }, { 1e300, false, 0 },
	{ -1e300, false, 0 }, { (double)INFINITY, false, 0 }, { -(double)INFINITY, false, 0 },
	{ (double)NAN, false, 0 }, { 5e-324, false, 0 },
};

START_TEST(only_what_is_whole_and_in_range_becomes_an_integer)
{
	int64_t as = 7;

	ck_assert(real_to_int(casts[_i].value, &as) == casts[_i].whole);
	ck_assert_int_eq(as, casts[_i].whole ? casts[_i].as : 7);
}
END_TEST

static const struct { const char *text; bool fine; double value; } texts[] = {
	{ "0", true, 0 }, { "-2.5e3", true, -2500 }, { "42.0", true, 42 }, { "1e300", true, 1e300 },
	{ "9223372036854775808", true, 0x1p63 }, { "1e400", false, 0 }, { "", false, 0 },
	{ " 1", false, 0 }, { "1 ", false, 0 }, { "0x1p3", false, 0 }, { "inf", false, 0 },
	{ "nan", false, 0 }, { "1e", false, 0 }, { "e1", false, 0 }, { "--1", false, 0 },
	{ "1-1", false, 0 },
};

START_TEST(a_real_is_the_whole_text)
{
	double value = 7;

	ck_assert(real_parse(str_of(texts[_i].text), &value) == texts[_i].fine);
	ck_assert_double_eq(value, texts[_i].fine ? texts[_i].value : 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("number");
	TCase *tests = tcase_create("number");
	tcase_add_loop_test(tests, only_what_is_whole_and_in_range_becomes_an_integer, 0, COUNT(casts));
	tcase_add_loop_test(tests, a_real_is_the_whole_text, 0, COUNT(texts));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
