/* test_ops_range.c - times as people say them, and how far points are apart: never more than there may be, whole periods alone. */
#include "ago.h"
#include "metric_range.h"
#include "suite.h"

#define NOW_MS INT64_C(1795890000123)          /* 2026-11-28T18:20:00.123Z */
#define MINUTE_MS INT64_C(60000)
#define DAY_MS (1440 * MINUTE_MS)

static const struct { const char *text; int64_t ago_ms; } said[] = {
	{ "1m", MINUTE_MS }, { "90m", 90 * MINUTE_MS }, { " 3h ", 180 * MINUTE_MS }, { "7d", 7 * DAY_MS }, { "2w", 14 * DAY_MS },
	{ "2026-11-28T18:00:00Z", NOW_MS - INT64_C(1795888800000) }, { "2026-11-28", NOW_MS - INT64_C(1795824000000) },
	{ "2026-11-28T19:00:00+01:00", NOW_MS - INT64_C(1795888800000) }, { "10000d", 10000 * DAY_MS },
};

START_TEST(a_time_is_read_as_it_is_said)
{
	int64_t at_ms;

	ck_assert(ago_read(said[_i].text, NOW_MS, &at_ms));
	ck_assert_int_eq(NOW_MS - at_ms, said[_i].ago_ms);
}
END_TEST

static const char *const none[] = {
	"", "h", "0h", "-1h", "3", "3 h", "3s", "3H", "yesterday", "2999-01-01", "99999999999999999999d", "10001d", "14400001m", "9w9w",
};

START_TEST(what_is_no_time_is_refused_and_changes_nothing)
{
	int64_t at_ms = 7;

	ck_assert_msg(!ago_read(none[_i], NOW_MS, &at_ms), "\"%s\" is read", none[_i]);
	ck_assert_int_eq(at_ms, 7);
}
END_TEST

/* Each length of time, from nothing to the most, at every second of an hour. */
START_TEST(there_are_some_points_and_never_too_many)
{
	for (int64_t ago_s = 0; ago_s <= RANGE_DAYS_MAX * 86400; ago_s += ago_s / 7 + 1)
		for (int64_t second = 0; second < 3600; second += 13) {
			struct metric_range range;
			int64_t now_s = NOW_MS / 1000 + second;
			ck_assert(metric_range_read((now_s - ago_s) * 1000, now_s * 1000, &range));
			int64_t points = (range.until_s - range.from_s) / range.period_s;
			ck_assert_int_ge(points, 1);
			ck_assert_int_le(points, POINTS_MAX);
			ck_assert_int_eq(range.from_s % range.period_s, 0);
			ck_assert_int_eq(range.until_s % range.period_s, 0);
			ck_assert_int_le(range.until_s, now_s);
			ck_assert_int_gt(range.until_s + range.period_s, now_s);
		}
}
END_TEST

/* CloudWatch keeps minutes for 15 days, five minutes for 63. */
START_TEST(what_is_long_ago_is_asked_for_as_it_is_kept)
{
	struct metric_range range;

	ck_assert(metric_range_read(NOW_MS - 16 * DAY_MS, NOW_MS, &range) && range.period_s % 300 == 0);
	ck_assert(metric_range_read(NOW_MS - 64 * DAY_MS, NOW_MS, &range) && range.period_s % 3600 == 0);
	ck_assert(!metric_range_read(NOW_MS - (RANGE_DAYS_MAX + 1) * DAY_MS, NOW_MS, &range));
	ck_assert(!metric_range_read(NOW_MS + 5000, NOW_MS, &range));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("range");
	TCase *tests = tcase_create("range");

	tcase_add_loop_test(tests, a_time_is_read_as_it_is_said, 0, COUNT(said));
	tcase_add_loop_test(tests, what_is_no_time_is_refused_and_changes_nothing, 0, COUNT(none));
	tcase_add_test(tests, there_are_some_points_and_never_too_many);
	tcase_add_test(tests, what_is_long_ago_is_asked_for_as_it_is_kept);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
