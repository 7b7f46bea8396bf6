/* test_core_time.c - times as text, and clocks. */
#include <time.h>

#include "core.h"
#include "suite.h"

static const struct { int64_t at_ms; const char *text; } times[] = {
	{ 0, "1970-01-01T00:00:00Z" },
	{ 1, "1970-01-01T00:00:00.001Z" },
	{ -1, "1969-12-31T23:59:59.999Z" },
	{ INT64_C(1291191960000), "2010-12-01T08:26:00Z" },
	{ INT64_C(951782400000), "2000-02-29T00:00:00Z" },
	{ INT64_C(1785231000250), "2026-07-28T09:30:00.250Z" },
	{ INT64_C(-62167219200000), "0000-01-01T00:00:00Z" },
	{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" },
};

START_TEST(times_are_printed_and_read_back)
{
	char text[TIME_TEXT_SIZE];
	int64_t at_ms;

	time_print(times[_i].at_ms, text);
	ck_assert_str_eq(text, times[_i].text);
	ck_assert(time_parse(str_of(text), &at_ms));
	ck_assert_int_eq(at_ms, times[_i].at_ms);
}
END_TEST

START_TEST(every_day_agrees_with_libc)
{
	char text[TIME_TEXT_SIZE], expected[TIME_TEXT_SIZE];

	for (time_t day = -100000; day < 100000; day += 7) {
		time_t second = day * 86400 + 3661;
		struct tm parts;
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&second,
			&parts));
		time_print(second * 1000, text);
		ck_assert_str_eq(text, expected);
	}
}
END_TEST

START_TEST(what_has_no_four_digit_year_is_bounded)
{
	char text[TIME_TEXT_SIZE];

	time_print(INT64_MAX, text);
	ck_assert_str_eq(text, "9999-12-31T23:59:59.999Z");
	time_print(INT64_MIN, text);
	ck_assert_str_eq(text, "0000-01-01T00:00:00Z");
}
END_TEST

static const struct { const char *text; int64_t at_ms; } readable[] = {
	{ "2010-12-01", INT64_C(1291161600000) },
	{ "2010-12-01T08:26:00+00:00", INT64_C(1291191960000) },
	{ "2010-12-01T09:26:00+01:00", INT64_C(1291191960000) },
	{ "2010-12-01t02:56:00-05:30", INT64_C(1291191960000) },
	{ "2010-12-01 08:26:00z", INT64_C(1291191960000) },
	{ "2010-12-01T08:26:00.5Z", INT64_C(1291191960500) },
	{ "2010-12-01T08:26:00.1239999999Z", INT64_C(1291191960123) },
	{ "2016-12-31T23:59:60Z", INT64_C(1483228800000) },
	{ "2024-02-29T00:00:00Z", INT64_C(1709164800000) },
};

START_TEST(any_offset_and_fraction_is_read)
{
	int64_t at_ms = 0;

	ck_assert(time_parse(str_of(readable[_i].text), &at_ms));
	ck_assert_int_eq(at_ms, readable[_i].at_ms);
}
END_TEST

static const char *const unreadable[] = {
	"", "yesterday", "2010", "2010-12", "2010-13-01", "2010-00-01", "2010-12-00", "2010-12-32",
	"2023-02-29", "1900-02-29", "2010-12-01T", "2010-12-01T08:26", "2010-12-01T08:26:00",
	"2010-12-01T24:00:00Z", "2010-12-01T08:60:00Z", "2010-12-01T08:26:61Z",
	"2010-12-01T08:26:00.Z", "2010-12-01T08:26:00Zx", "2010-12-01T08:26:00+1:00",
	"2010-12-01T08:26:00+24:00", "2010-12-01T08:26:00+00:60", "2010-12-01T08:26:00+0000",
	"10-12-01", "2010-12-1", " 2010-12-01", "2010-12-01 ", "+010-12-01",
};

START_TEST(what_is_no_time_is_refused)
{
	int64_t at_ms = 42;

	ck_assert_msg(!time_parse(str_of(unreadable[_i]), &at_ms), "%s", unreadable[_i]);
	ck_assert_int_eq(at_ms, 42);
}
END_TEST

START_TEST(clocks_run)
{
	int64_t tick = tick_ms(), tick_in_us = tick_us();

	ck_assert_int_gt(now_ms(), INT64_C(1700000000000));
	ck_assert_int_ge(tick_ms(), tick);
	ck_assert_int_ge(tick_us(), tick_in_us);
	ck_assert_int_le(tick - tick_in_us / 1000, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("time");
	TCase *tests = tcase_create("time");
	tcase_add_loop_test(tests, times_are_printed_and_read_back, 0, COUNT(times));
	tcase_add_test(tests, every_day_agrees_with_libc);
	tcase_add_test(tests, what_has_no_four_digit_year_is_bounded);
	tcase_add_loop_test(tests, any_offset_and_fraction_is_read, 0, COUNT(readable));
	tcase_add_loop_test(tests, what_is_no_time_is_refused, 0, COUNT(unreadable));
	tcase_add_test(tests, clocks_run);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
