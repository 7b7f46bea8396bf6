/* test_ops_period.c - the days that figures are of, and those they are compared with. */
#include "period.h"
#include "suite.h"

static int64_t at(const char *text)
{
	int64_t at_ms;

	ck_assert(time_parse(str_of(text), &at_ms));
	return at_ms;
}

/* `end` and `before_end` are the days after. */
static const struct { const char *now, *words, *from, *end, *before_from, *before_end; bool running; } periods[] = {
	{ "2026-11-28T18:00:00Z", "this month", "2026-11-01", "2026-11-29", "2026-10-01", "2026-10-29", true },
	{ "2026-11-28T18:00:00Z", " This Month ", "2026-11-01", "2026-11-29", "2026-10-01", "2026-10-29", true },
	{ "2026-11-28T18:00:00Z", "last month", "2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01", false },
	{ "2026-11-28T23:59:59Z", "last 7 days", "2026-11-22", "2026-11-29", "2026-11-15", "2026-11-22", true },
	{ "2026-11-28T00:00:00Z", "last 1 day", "2026-11-28", "2026-11-29", "2026-11-27", "2026-11-28", true },
	{ "2026-11-28T18:00:00Z", "2026-10", "2026-10-01", "2026-11-01", "2026-09-01", "2026-10-01", false },
	{ "2026-11-28T18:00:00Z", "2026-11", "2026-11-01", "2026-11-29", "2026-10-01", "2026-10-29", true },
	{ "2026-11-28T18:00:00Z", "2026-11-10", "2026-11-10", "2026-11-11", "2026-11-09", "2026-11-10", false },
	{ "2026-11-28T18:00:00Z", "2026-11-10 to 2026-11-12", "2026-11-10", "2026-11-13", "2026-11-07", "2026-11-10", false },
	{ "2026-11-28T18:00:00Z", "2026-11-27 to 2026-12-12", "2026-11-27", "2026-11-29", "2026-11-25", "2026-11-27", true },
	/* The first of a month, its last, the year's first, and a month that is longer than the one before. */
	{ "2026-12-01T00:00:00Z", "this month", "2026-12-01", "2026-12-02", "2026-11-01", "2026-11-02", true },
	{ "2026-11-30T12:00:00Z", "this month", "2026-11-01", "2026-12-01", "2026-10-01", "2026-11-01", true },
	{ "2027-01-15T12:00:00Z", "last month", "2026-12-01", "2027-01-01", "2026-11-01", "2026-12-01", false },
	{ "2027-03-30T12:00:00Z", "this month", "2027-03-01", "2027-03-31", "2027-02-01", "2027-03-01", true },
	{ "2028-02-29T12:00:00Z", "last 366 days", "2027-03-01", "2028-03-01", "2026-02-28", "2027-03-01", true },
};

START_TEST(a_period_has_its_days_and_those_before)
{
	struct period period;

	ck_assert(period_read(periods[_i].words, at(periods[_i].now), &period));
	ck_assert_str_eq(period.from, periods[_i].from);
	ck_assert_str_eq(period.end, periods[_i].end);
	ck_assert_str_eq(period.before_from, periods[_i].before_from);
	ck_assert_str_eq(period.before_end, periods[_i].before_end);
	ck_assert_int_eq(period.running, periods[_i].running);
	ck_assert_int_eq(period.days, (at(period.end) - at(period.from)) / 86400000);
	ck_assert_int_eq(at(period.end) - at(period.to), 86400000);
}
END_TEST

START_TEST(the_next_month_begins_with_its_first)
{
	struct period period;

	ck_assert(period_read("this month", at("2026-12-31T23:00:00Z"), &period));
	ck_assert_str_eq(period.next_month, "2027-01-01");
	ck_assert_str_eq(period.today, "2026-12-31");
}
END_TEST

static const char *const none[] = {
	"", "month", "this year", "last days", "last 0 days", "last -1 days", "last 367 days", "last 7 weeks", "last 7days", "2026", "2026-13",
	"2026-11-31", "2026-11-10 to", "2026-11-10 to 2026-11-09", "2026-11-10 to yesterday", "2026-11-10 bis 2026-11-12",
	"2026-11-29", "2026-12", "2025-11-01 to 2026-11-20", "0000-01", "1999-01", "2026-11-10T00:00:00Z", "2026-11-10 to 2026-11-12 to 2026-11-13",
};

START_TEST(what_is_no_period_is_refused)
{
	struct period period;

	ck_assert_msg(!period_read(none[_i], at("2026-11-28T18:00:00Z"), &period), "\"%s\" is read", none[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("period");
	TCase *tests = tcase_create("period");

	tcase_add_loop_test(tests, a_period_has_its_days_and_those_before, 0, COUNT(periods));
	tcase_add_test(tests, the_next_month_begins_with_its_first);
	tcase_add_loop_test(tests, what_is_no_period_is_refused, 0, COUNT(none));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
