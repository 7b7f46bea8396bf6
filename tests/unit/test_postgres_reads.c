/* test_postgres_reads.c - reads that a loop sends and nobody waits for: asked for by one run, found by the next. */
#include "reads.h"

static long long statements(void)
{
	return atomic_load(&store_counters.statements);
}

/* ---- Runs ---- */

START_TEST(a_run_asks_and_the_next_one_finds)
{
	struct read_call call;
	long long before = statements();

	begin_call(&call, read_one_more);
	ck_assert(call.waits && !call.done);
	ck_assert_int_eq(call.came, 0);
	wait_for_call(&call);
	ck_assert(call.done && !call.left);
	ck_assert_int_eq(call.value, 1);
	ck_assert_int_eq(call.runs, 2);
	ck_assert_int_eq(statements() - before, 1);
}
END_TEST

static bool read_all(struct read_call *call)
{
	struct thing by = { .name = "b" }, found;

	if (store_find_one(loop_reads, arena, find_thing, thing_shape, &by, thing_shape, &found) < 0)
		return false;
	call->value = found.size;
	return store_find(loop_reads, arena, find_all, NULL, NULL, thing_shape, &call->rows);
}

START_TEST(rows_are_read_as_a_worker_reads_them)
{
	struct read_call call;

	ck_assert_int_eq(add(store, "a", 1), 1);
	ck_assert_int_eq(add(store, "b", 2), 1);
	begin_call(&call, read_all);
	wait_for_call(&call);
	ck_assert(call.done);
	ck_assert_int_eq(call.value, 2);
	ck_assert_int_eq(call.rows.count, 2);
	ck_assert_str_eq(((struct thing *)call.rows.first)[1].name, "b");
	ck_assert_int_eq(call.runs, 3);
}
END_TEST

START_TEST(many_calls_of_a_turn_go_in_one_packet)
{
	struct read_call calls[40];
	long long before = statements();

	for (int i = 0; i < 40; i++) {
		begin_call(&calls[i], read_one_more);
		ck_assert(calls[i].waits);
	}
	for (int i = 0; i < 40; i++)
		wait_for_call(&calls[i]);
	for (int i = 0; i < 40; i++)
		ck_assert(calls[i].done && calls[i].value == 1);
	ck_assert_int_eq(statements() - before, 40);
}
END_TEST

/* Each statement depends on the one before. */
static int to_read;

static bool read_in_a_row(struct read_call *call)
{
	call->value = 0;
	for (int i = 0; i < to_read; i++)
		if (!read_one_more(call))
			return false;
	return true;
}

START_TEST(a_call_has_eight_rounds)
{
	struct read_call call;

	to_read = 8;
	begin_call(&call, read_in_a_row);
	wait_for_call(&call);
	ck_assert(call.done && call.value == 8);
	ck_assert_int_eq(call.runs, 9);
	to_read = 9;
	begin_call(&call, read_in_a_row);
	wait_for_call(&call);
	ck_assert(!call.done && call.gave_up && !call.left);
	ck_assert_int_eq(call.runs, 9);
	/* The next one asks for nothing in vain. */
	long long before = statements();
	begin_call(&call, read_in_a_row);
	ck_assert(call.gave_up);
	ck_assert_int_eq(statements(), before);
}
END_TEST

static bool read_what_changes(struct read_call *call)
{
	call->value = call->runs;
	return read_one_more(call);
}

static bool read_another_text(struct read_call *call)
{
	call->value = 1;
	return call->runs > 1 ? read_text(call, "select :value::bigint + 2 as value") : read_one_more(call);
}

static bool (*const unsteady[])(struct read_call *call) = { read_what_changes, read_another_text };

START_TEST(a_run_that_asks_for_something_else_gives_up)
{
	struct read_call call;

	begin_call(&call, unsteady[_i]);
	ck_assert(call.waits);
	wait_for_call(&call);
	ck_assert(call.gave_up && !call.done);
	ck_assert_int_eq(call.runs, 2);
}
END_TEST

/* Texts of no bytes, and none at all, are not the same. */
static bool read_text_or_none(struct read_call *call)
{
	struct thing by = { .name = call->runs > 1 ? "" : NULL };

	return store_find(loop_reads, arena, find_thing, thing_shape, &by, thing_shape, &call->rows);
}

START_TEST(no_text_is_another_one_than_an_empty_one)
{
	struct read_call call;

	begin_call(&call, read_text_or_none);
	wait_for_call(&call);
	ck_assert(call.gave_up);
}
END_TEST

/* ---- What is for workers ---- */

static bool do_nothing_with(void *context UNUSED, const void *row UNUSED)
{
	return true;
}

static bool read_each(struct read_call *call UNUSED)
{
	return store_each(loop_reads, find_all, NULL, NULL, thing_shape, do_nothing_with, NULL);
}

static bool write_one(struct read_call *call UNUSED)
{
	return add(loop_reads, "a", 1) >= 0;
}

static bool work_on(struct store *in UNUSED, void *context UNUSED)
{
	ck_abort_msg("a loop's store began a transaction");
	return true;
}

static bool transact(struct read_call *call UNUSED)
{
	return store_transact(loop_reads, work_on, NULL) != STORE_FAILED;
}

static bool read_long_text(struct read_call *call)
{
	char *text = arena_alloc(arena, 70001);

	memset(text, 'x', 70000);
	struct thing by = { .name = text };
	return store_find(loop_reads, arena, find_thing, thing_shape, &by, thing_shape, &call->rows);
}

static bool (*const for_workers[])(struct read_call *call) = {
	read_each, write_one, transact, read_long_text
};

START_TEST(what_is_no_short_read_gives_up_at_once)
{
	struct read_call call;
	long long before = statements();

	begin_call(&call, for_workers[_i]);
	ck_assert(call.gave_up && !call.done && !call.waits);
	ck_assert_int_eq(statements(), before);
}
END_TEST

/* What follows in a run that waits fails, and is not sent. */
static bool read_and_insist(struct read_call *call)
{
	bool fine = read_one_more(call);

	fine = read_one_more(call) && fine;
	return store_transact(loop_reads, work_on, NULL) != STORE_FAILED && fine;
}

START_TEST(a_run_that_waits_does_nothing_more)
{
	struct read_call call;
	long long before = statements();

	begin_call(&call, read_and_insist);
	ck_assert(call.waits);
	ck_assert_int_eq(statements() - before, 1);
	store_answers_drop(&call.answers);
}
END_TEST

START_TEST(no_more_are_on_their_way_than_there_is_room_for)
{
	struct read_call calls[70];

	for (int i = 0; i < 70; i++)
		begin_call(&calls[i], read_one_more);
	ck_assert(calls[63].waits && calls[64].gave_up && calls[69].gave_up);
	ck_assert(!store_reads_now(loop_reads));
	for (int i = 0; i < 64; i++)
		wait_for_call(&calls[i]);
	ck_assert(store_reads_now(loop_reads));
}
END_TEST

static void run_charged(struct read_call *call, struct budget *budget)
{
	*call = (struct read_call) {
		.answers = { .came = call_came, .budget = budget }, .tool = read_in_a_row };
	to_read = 2;
	run_call(call);
	ck_assert(call->waits);
}

START_TEST(rows_count_where_the_call_counts)
{
	struct budget budget = { .max = 100 };
	struct read_call call;

	run_charged(&call, &budget);
	wait_for_call(&call);
	ck_assert(call.left && !call.done);
	ck_assert_uint_eq(budget.used, 0);
	budget.max = 100000;
	run_charged(&call, &budget);
	size_t asked = budget.used;
	ck_assert_uint_gt(asked, sizeof(int64_t));
	while (call.runs < 2)
		turn(10);
	ck_assert_uint_gt(budget.used, 2 * asked);
	wait_for_call(&call);
	ck_assert(call.done && call.value == 2);
	ck_assert_uint_eq(budget.used, 0);
	run_charged(&call, &budget);
	while (call.runs < 2)
		turn(10);
	store_answers_drop(&call.answers);
	ck_assert_uint_eq(budget.used, 0);
	/* What was asked for is its caller's no longer, though the answer is still to come. */
	turn(100);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* ---- Cancelled ---- */

START_TEST(ten_thousand_that_are_cancelled_leave_nothing)
{
	struct read_call call;
	long long before = statements();

	for (int i = 0; i < 10000; i++) {
		begin_call(&call, read_one_more);
		ck_assert(call.waits || call.gave_up);
		store_answers_drop(&call.answers);
		if (i % 3 == 0)
			turn(0);
	}
	ck_assert_int_gt(statements() - before, 1000);
	do {
		turn(10);
		begin_call(&call, read_one_more);
	} while (call.gave_up);
	wait_for_call(&call);
	ck_assert(call.done);
	ck_assert_int_eq(call.value, 1);
}
END_TEST

START_TEST(a_store_is_closed_amid_statements)
{
	struct read_call call;

	begin_call(&call, read_one_more);
	store_answers_drop(&call.answers);
	if (_i)
		turn(0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("postgres reads");
	TCase *tcase = tcase_create("reads");

	if (!on_postgres()) {
		puts("POSTGRES_URL is not set: see tests/postgres.sh");
		return 77;
	}
	tcase_add_checked_fixture(tcase, begin_reads, end_reads);
	tcase_set_timeout(tcase, 120);
	tcase_add_test(tcase, a_run_asks_and_the_next_one_finds);
	tcase_add_test(tcase, rows_are_read_as_a_worker_reads_them);
	tcase_add_test(tcase, many_calls_of_a_turn_go_in_one_packet);
	tcase_add_test(tcase, a_call_has_eight_rounds);
	tcase_add_loop_test(tcase, a_run_that_asks_for_something_else_gives_up, 0, COUNT(unsteady));
	tcase_add_test(tcase, no_text_is_another_one_than_an_empty_one);
	tcase_add_loop_test(tcase, what_is_no_short_read_gives_up_at_once, 0, COUNT(for_workers));
	tcase_add_test(tcase, a_run_that_waits_does_nothing_more);
	tcase_add_test(tcase, no_more_are_on_their_way_than_there_is_room_for);
	tcase_add_test(tcase, rows_count_where_the_call_counts);
	tcase_add_test(tcase, ten_thousand_that_are_cancelled_leave_nothing);
	tcase_add_loop_test(tcase, a_store_is_closed_amid_statements, 0, 2);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
