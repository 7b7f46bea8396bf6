/* test_ops_growth.c - what is made of an answer of AWS takes as long as the answer does, however many kinds of things are in it. */
#include "costs_bars.h"
#include "metric_data.h"
#include "stopped.h"
#include "suite.h"

#include <stdlib.h>
#include <time.h>

/* ---- Each of so many, all of them different ---- */

static void stops(struct arena *arena, int64_t size)
{
	struct ecs_tasks tasks = { .tasks = arena_array(arena, struct ecs_task, size), .tasks_count = size };
	struct ecs_container *containers = arena_array(arena, struct ecs_container, size);
	struct stops stops;

	for (int64_t i = 0; i < size; i++) {
		containers[i] = (struct ecs_container) { .exitCode = i, .has_exitCode = true };
		tasks.tasks[i] = (struct ecs_task) { .stopCode = "EssentialContainerExited", .containers = &containers[i], .containers_count = 1 };
	}
	stops_group(arena, &tasks, &stops);
	ck_assert_int_eq(stops.count, size);
}

static void bars(struct arena *arena, int64_t size)
{
	struct ce_usage usage = { .ResultsByTime = arena_array(arena, struct ce_result, size), .ResultsByTime_count = size };
	struct ce_span *spans = arena_array(arena, struct ce_span, size);
	struct costs costs = { 0 };
	struct cost_sums sums = { 0 };

	for (int64_t i = 0; i < size; i++) {
		spans[i] = (struct ce_span) { arena_print(arena, "%08lld", (long long)i), "9" };
		usage.ResultsByTime[i] = (struct ce_result) { .TimePeriod = &spans[i] };
	}
	costs_bars(arena, &costs, &sums, &usage, "8");
	ck_assert_int_eq(costs.bars_count, size);
}

static void points(struct arena *arena, int64_t size)
{
	struct cw_points points = { 0 };

	for (int64_t i = 0; i < size; i++)
		cw_points_add(arena, &points, &(double) { (double)i }, &(double) { 1 }, 1);
	ck_assert_int_eq(points.count, size);
	ck_assert_double_eq(points.at[size / 2], (double)(size / 2));
}

static void (*const made[])(struct arena *arena, int64_t size) = { stops, bars, points };

/* Of this thread alone: others may be busy. */
static int64_t own_us(void)
{
	struct timespec at;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
	return at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
}

static int64_t least_us(void (*make)(struct arena *arena, int64_t size), int64_t size)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 3; i++) {
		struct arena *arena = arena_create();
		int64_t began = own_us();
		make(arena, size);
		int64_t took = own_us() - began;
		least = took < least ? took : least;
		arena_destroy(arena);
	}
	return least;
}

#define SMALL 500
#define TIMES 32

/* If it grew by the square it would be 1,024 times as long. */
START_TEST(time_grows_as_the_answer_does)
{
	int64_t small = least_us(made[_i], SMALL), large = least_us(made[_i], SMALL * TIMES);

	ck_assert_msg(large < 5 * TIMES * small + 20000, "%lld us, and of %d times as much %lld us", (long long)small, TIMES, (long long)large);
}
END_TEST

/* ---- Beside each other, and in what order ---- */

static struct ecs_task task(const struct ecs_container *container, int64_t at)
{
	return (struct ecs_task) { .stopCode = "EssentialContainerExited", .stoppedAt = (double)at, .stoppedReason = at > 5 ? "late" : "early",
		.containers = (struct ecs_container *)(uintptr_t)container, .containers_count = 1 };
}

START_TEST(those_that_stopped_of_the_same_are_one_the_most_first)
{
	struct arena *arena = arena_create();
	const struct ecs_container one = { .exitCode = 1, .has_exitCode = true }, two = { .exitCode = 2, .has_exitCode = true }, none = { 0 };
	struct ecs_task all[] = { task(&none, 1), task(&two, 9), task(&one, 3), task(&two, 2), task(&one, 8), task(&two, 7) };
	struct stops stops;

	stops_group(arena, &(struct ecs_tasks) { .tasks = all, .tasks_count = 6 }, &stops);
	ck_assert_int_eq(stops.count, 3);
	ck_assert_int_eq(stops.stops[0].exit_code, 2);
	ck_assert_int_eq(stops.stops[0].count, 3);
	ck_assert_int_eq(stops.stops[0].first, 2000);
	ck_assert_int_eq(stops.stops[0].last, 9000);
	ck_assert_str_eq(stops.stops[0].reason, "late");
	ck_assert_int_eq(stops.stops[1].count, 2);
	ck_assert(!stops.stops[2].has_exit_code);
	arena_destroy(arena);
}
END_TEST

START_TEST(a_day_of_two_pages_is_one_bar_wherever_they_stand)
{
	struct arena *arena = arena_create();
	struct ce_money money = { .Amount = "1.5", .Unit = "USD" };
	struct ce_metrics metrics = { .UnblendedCost = &money };
	const char *keys[] = { "Amazon ECS", "Usage" };
	struct ce_group group = { keys, 2, &metrics };
	struct ce_span first = { "2026-11-01", "2026-11-02" }, second = { "2026-11-02", "2026-11-03" };
	struct ce_result results[] = { { &second, false, &group, 1 }, { &first, false, &group, 1 }, { NULL, false, &group, 1 }, { &second, false, &group, 1 } };
	struct costs costs = { 0 };
	struct cost_sums sums = { 0 };

	costs_bars(arena, &costs, &sums, &(struct ce_usage) { .ResultsByTime = results, .ResultsByTime_count = 4 }, "2026-11-03");
	ck_assert_int_eq(costs.bars_count, 2);
	ck_assert_str_eq(costs.bars[0].from, "2026-11-01");
	ck_assert_str_eq(costs.bars[1].gross, "3.00");
	arena_destroy(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("growth");
	TCase *tests = tcase_create("growth");

	tcase_add_loop_test(tests, time_grows_as_the_answer_does, 0, COUNT(made));
	tcase_add_test(tests, those_that_stopped_of_the_same_are_one_the_most_first);
	tcase_add_test(tests, a_day_of_two_pages_is_one_bar_wherever_they_stand);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
