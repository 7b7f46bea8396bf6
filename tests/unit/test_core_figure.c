/* test_core_figure.c - what numbers can mean, whoever wrote them. */
#include "figure.h"
#include "suite.h"

enum { NEITHER, WHOLE, FRACTION, BOTH };

/* `value` has all digits; `rest` is what the number does not take. */
static const struct { const char *text; int64_t value; int means, decimals; const char *rest; } numbers[] = {
	{ "0", 0, WHOLE, 0, "" }, { "1250 x", 1250, WHOLE, 0, " x" }, { "007", 7, WHOLE, 0, "" },
	{ "12.5", 125, FRACTION, 1, "" }, { "12,50", 1250, FRACTION, 2, "" }, { ".5", 5, FRACTION, 1, "" },
	{ "12٫5", 125, FRACTION, 1, "" }, { "1٫500", 1500, FRACTION, 3, "" },
	{ "1.500", 1500, BOTH, 3, "" }, { "1,500", 1500, BOTH, 3, "" }, { "0.500", 500, FRACTION, 3, "" },
	{ "1234.500", 1234500, FRACTION, 3, "" }, { "1'500", 1500, WHOLE, 0, "" },
	{ "1’500", 1500, WHOLE, 0, "" }, { "1٬500", 1500, WHOLE, 0, "" }, { "1\u202f500", 1500, WHOLE, 0, "" },
	{ "1 500 000,5", 15000005, FRACTION, 1, "" }, { "12,34,567", 1234567, WHOLE, 0, "" },
	{ "1,234.50", 123450, FRACTION, 2, "" }, { "1.234,50", 123450, FRACTION, 2, "" },
	{ "12 50", 12, WHOLE, 0, " 50" }, { "1 5000", 1, WHOLE, 0, " 5000" }, { "1.", 1, WHOLE, 0, "." },
	{ "1..5", 1, WHOLE, 0, "..5" }, { "1,2,3", 123, NEITHER, 0, "" }, { "1234,567.00", 123456700, NEITHER, 0, "" },
	{ "9223372036854775807", INT64_MAX, WHOLE, 0, "" }, { "92233720368547758.07", INT64_MAX, FRACTION, 2, "" },
	{ "1.1.1.1.1.1.1.1.1.1.1.1", 111111111111, NEITHER, 0, "" },
};

START_TEST(a_number_means_what_its_marks_allow)
{
	str rest = str_of(numbers[_i].text);
	struct figure figure;

	ck_assert(figure_read(&rest, &figure));
	ck_assert_int_eq(figure.value, numbers[_i].value);
	ck_assert_int_eq(figure.whole, numbers[_i].means == WHOLE || numbers[_i].means == BOTH);
	ck_assert_int_eq(figure.fraction, numbers[_i].means == FRACTION || numbers[_i].means == BOTH);
	ck_assert_int_eq(figure.decimals, numbers[_i].decimals);
	ck_assert(str_is(rest, numbers[_i].rest));
}
END_TEST

static const char *const too_much[] = { "9223372036854775808", "1.1.1.1.1.1.1.1.1.1.1.1.1" };

START_TEST(what_is_too_much_means_nothing)
{
	str rest = str_of(too_much[_i]);
	struct figure figure;

	ck_assert(figure_read(&rest, &figure));
	ck_assert(!figure.whole && !figure.fraction);
}
END_TEST

static const char *const others[] = { "", "x", "-1", "+1", " 1", "'1", ".", ".x", "\u00a01", "٬1", "١" };

START_TEST(what_is_no_number_is_left)
{
	str rest = str_of(others[_i]);
	struct figure figure;

	ck_assert(!figure_read(&rest, &figure));
	ck_assert(str_is(rest, others[_i]));
}
END_TEST

static const struct { int64_t value; int power; bool fits; int64_t shifted; } shifts[] = {
	{ 125, 0, true, 125 }, { 125, 2, true, 12500 }, { 12500, -2, true, 125 }, { 125, -1, false, 0 },
	{ 0, -30, true, 0 }, { INT64_MAX, 1, false, 0 }, { -125, 1, true, -1250 }, { -5, -1, false, 0 },
};

START_TEST(a_shift_is_exact_or_none)
{
	int64_t shifted = 0;

	ck_assert_int_eq(figure_shift(shifts[_i].value, shifts[_i].power, &shifted), shifts[_i].fits);
	ck_assert_int_eq(shifted, shifts[_i].shifted);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("figures");
	TCase *tcase = tcase_create("figures");

	tcase_add_loop_test(tcase, a_number_means_what_its_marks_allow, 0, COUNT(numbers));
	tcase_add_loop_test(tcase, what_is_too_much_means_nothing, 0, COUNT(too_much));
	tcase_add_loop_test(tcase, what_is_no_number_is_left, 0, COUNT(others));
	tcase_add_loop_test(tcase, a_shift_is_exact_or_none, 0, COUNT(shifts));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
