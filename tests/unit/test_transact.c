/* test_transact.c - transactions, and the budget of event loops. */
#include <signal.h>
#include <sys/resource.h>

#include "things.h"

/* ---- Transactions ---- */

static bool add_two(struct store *in, void *context)
{
	return add(in, "a", 1) == 1 && add(in, "b", 2) == 1 && *(bool *)context;
}

START_TEST(a_transaction_is_all_or_nothing)
{
	bool wanted = false;

	ck_assert_int_eq(store_transact(store, add_two, &wanted), STORE_TAKEN_BACK);
	ck_assert_int_eq(count_in(store), 0);
	wanted = true;
	ck_assert_int_eq(store_transact(store, add_two, &wanted), STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

/* Says that all is well, although a statement failed; and those after it must not slip through. */
static bool ignore_failure(struct store *in, void *context)
{
	struct number number;
	int *runs = context;

	++*runs;
	ck_assert_int_eq(add(in, "a", 1), 1);
	ck_assert_int_eq(add(in, "a", 1), -1);
	ck_assert_int_eq(add(in, "b", 1), -1);
	ck_assert_int_eq(store_find_one(in, arena, count_things, NULL, NULL, number_shape, &number),
	                 -1);
	return true;
}

START_TEST(a_failed_transaction_commits_nothing)
{
	int runs = 0;

	ck_assert_int_eq(store_transact(store, ignore_failure, &runs), STORE_FAILED);
	ck_assert_int_eq(runs, 1);
	ck_assert_int_eq(count_in(store), 0);
	ck_assert_int_eq(add(store, "a", 1), 1);
}
END_TEST

/* ---- Queued statements ---- */

#define QUEUED 1700

struct queueing {
	int64_t twice;          /* this one is added twice */
	bool look;
};

static bool queue_many(struct store *in, void *context)
{
	const struct queueing *queueing = context;
	char name[16];

	for (int64_t i = 0; i < QUEUED; i++) {
		snprintf(name, sizeof(name), "t%lld", (long long)(i == queueing->twice ? i - 1 : i));
		if (!store_queue(in, insert_thing, thing_shape, &(struct thing) { .name = name }))
			return false;
		/* What was queued is there for what comes after it. */
		if (queueing->look && i % 300 == 299)
			ck_assert_int_eq(count_in(in), i + 1);
	}
	return true;
}

START_TEST(what_is_queued_is_done_in_order)
{
	struct queueing all = { .twice = -1 }, looking = { .twice = -1, .look = true };

	ck_assert_int_eq(store_transact(store, queue_many, &all), STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), QUEUED);
	ck_assert_int_eq(store_change(store, "delete from thing", NULL, NULL), QUEUED);
	ck_assert_int_eq(store_transact(store, queue_many, &looking), STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), QUEUED);
}
END_TEST

static const int64_t twice[] = { 1, 499, 500, 501, QUEUED - 1 };
static int64_t twice_now;

static void queue_and_fail(void)
{
	struct queueing queueing = { .twice = twice_now };

	ck_assert_int_eq(store_transact(store, queue_many, &queueing), STORE_FAILED);
}

START_TEST(what_fails_in_the_queue_fails_the_transaction_by_name)
{
	twice_now = twice[_i];
	catch_log(queue_and_fail);
	ck_assert_msg(strstr(logged, "insert into thing"), "%s", logged);
	ck_assert(store_is_idle(store));
	ck_assert_int_eq(count_in(store), 0);
	ck_assert_int_eq(add(store, "a", 1), 1);
}
END_TEST

static bool queue_and_refuse(struct store *in, void *context)
{
	(void)context;
	(void)!store_queue(in, insert_thing, thing_shape, &(struct thing) { .name = "a" });
	return false;
}

START_TEST(what_is_queued_can_be_taken_back)
{
	ck_assert_int_eq(store_transact(store, queue_and_refuse, NULL), STORE_TAKEN_BACK);
	ck_assert_int_eq(count_in(store), 0);
}
END_TEST

/* ---- Again ---- */

static bool add_and_count(struct store *in, void *context)
{
	++*(int *)context;
	return add(in, "a", 1) == 1;
}

START_TEST(a_transaction_is_run_again_where_the_database_asks_for_it)
{
	int runs = 0;

	make_flaky(store, 2);
	ck_assert_int_eq(store_transact(store, add_and_count, &runs), STORE_COMMITTED);
	ck_assert_int_eq(runs, 3);
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

START_TEST(a_transaction_is_not_run_again_for_ever)
{
	int runs = 0;

	make_flaky(store, 1000);
	ck_assert_int_eq(store_transact(store, add_and_count, &runs), STORE_FAILED);
	ck_assert_int_eq(runs, store->driver->tries);
	ck_assert_int_eq(count_in(store), 0);
}
END_TEST

static bool grow(void *context, const void *row)
{
	struct thing thing = *(const struct thing *)row;

	thing.size++;
	return store_change(context, resize, thing_shape, &thing) == 1;
}

static bool grow_all(struct store *in, void *context)
{
	(void)context;
	return store_each(in, find_all, NULL, NULL, thing_shape, grow, in);
}

START_TEST(a_transaction_may_change_what_it_goes_through)
{
	struct number number;

	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 2) == 1);
	ck_assert_int_eq(store_transact(store, grow_all, NULL), STORE_COMMITTED);
	ck_assert_int_eq(store_find_one(store, arena, "select sum(size) as value from thing", NULL,
	                                NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 5);
}
END_TEST

static bool look_from_outside(struct store *in, void *context)
{
	ck_assert_int_eq(add(in, "a", 1), 1);
	ck_assert_int_eq(count_in(context), 0);
	ck_assert_int_eq(count_in(in), 1);
	ck_assert(!store_is_idle(in));
	return true;
}

START_TEST(readers_see_a_transaction_only_when_it_is_committed)
{
	struct store *reader = store_open(url, reading());

	ck_assert_int_eq(count_in(reader), 0);
	ck_assert_int_eq(store_transact(store, look_from_outside, reader), STORE_COMMITTED);
	ck_assert_int_eq(count_in(reader), 1);
	store_close(reader);
}
END_TEST

static bool add_much(struct store *in, void *context)
{
	static char text[64 * 1024];
	char name[sizeof(text)];

	(void)context;
	memset(text, 'x', sizeof(text) - 1);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%d%s", i, text + 8);
		if (add(in, name, i) != 1)
			return false;
	}
	return true;
}

START_TEST(a_full_disk_takes_everything_back)
{
	struct rlimit limit, small;

	ck_assert_int_eq(add(store, "a", 1), 1);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small = (struct rlimit) { 4 * 1024 * 1024, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	ck_assert_int_eq(store_transact(store, add_much, NULL), STORE_FAILED);
	ck_assert(store_is_idle(store));
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(count_in(store), 1);
	ck_assert_int_eq(store_transact(store, add_much, NULL), STORE_COMMITTED);
	ck_assert_int_eq(count_in(store), 201);
}
END_TEST

/* ---- What runs on event loops ---- */

static bool ignore_row(void *context, const void *row)
{
	(void)context, (void)row;
	return true;
}

START_TEST(a_reader_gives_up_when_its_budget_is_spent)
{
	static const char count_up[] =
		"with recursive n (value) as (select 1 union all select value + 1 from n limit :value)"
		" select value from n";
	struct store *reader = store_open(url, STORE_READS);
	struct number number = { 1000 };

	store_begin_call(reader, STORE_BUDGET);
	ck_assert(store_each(reader, count_up, number_shape, &number, number_shape, ignore_row, NULL));
	ck_assert(!store_gave_up(reader));
	number.value = 100000000;
	ck_assert(!store_each(reader, count_up, number_shape, &number, number_shape, ignore_row,
	                      NULL));
	ck_assert(store_gave_up(reader));
	/* Until the next call nothing goes on. */
	ck_assert_int_eq(store_find_one(reader, arena, count_things, NULL, NULL, number_shape,
	                                &number), -1);
	ck_assert(store_is_idle(reader));
	store_begin_call(reader, STORE_BUDGET);
	ck_assert(!store_gave_up(reader));
	ck_assert_int_eq(count_in(reader), 0);
	store_close(reader);
}
END_TEST

START_TEST(many_small_reads_spend_the_budget_too)
{
	struct store *reader = store_open(url, STORE_READS);
	struct number number;
	int reads = 0;

	store_begin_call(reader, 10000);
	while (store_find_one(reader, arena, count_things, NULL, NULL, number_shape, &number) == 1)
		ck_assert_int_lt(reads++, 10000);
	ck_assert_int_gt(reads, 100);
	ck_assert(store_gave_up(reader));
	store_close(reader);
}
END_TEST

START_TEST(a_call_reads_on_as_of_one_moment)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f" };
	struct store *reader = store_open(url, STORE_READS);

	for (int round = 0; round < 3; round++) {
		store_begin_call(reader, STORE_BUDGET);
		ck_assert_int_eq(count_in(reader), 2 * round);
		ck_assert_int_eq(count_in(reader), 2 * round);
		ck_assert_int_eq(add(store, names[2 * round], 1), 1);
		ck_assert_int_eq(count_in(reader), 2 * round);
		store_end_call(reader);
		/* One that reads once sees what is there. */
		store_begin_call(reader, STORE_BUDGET);
		ck_assert_int_eq(count_in(reader), 2 * round + 1);
		store_end_call(reader);
		ck_assert_int_eq(add(store, names[2 * round + 1], 1), 1);
	}
	store_close(reader);
}
END_TEST

START_TEST(a_call_that_gave_up_reads_no_longer)
{
	struct store *reader = store_open(url, STORE_READS);
	struct number number;

	store_begin_call(reader, 10000);
	while (store_find_one(reader, arena, count_things, NULL, NULL, number_shape, &number) == 1)
		;
	ck_assert(store_gave_up(reader));
	store_end_call(reader);
	ck_assert_int_eq(add(store, "a", 1), 1);
	store_begin_call(reader, STORE_BUDGET);
	ck_assert_int_eq(count_in(reader), 1);
	ck_assert_int_eq(count_in(reader), 1);
	store_end_call(reader);
	store_close(reader);
}
END_TEST

static bool work_nothing(struct store *in, void *context)
{
	(void)in, (void)context;
	return true;
}

START_TEST(a_reader_leaves_writing_to_a_worker)
{
	struct store *reader = store_open(url, STORE_READS);

	ck_assert_int_eq(add(reader, "a", 1), -1);
	ck_assert(store_gave_up(reader));
	store_begin_call(reader, STORE_BUDGET);
	ck_assert_int_eq(store_transact(reader, work_nothing, NULL), STORE_FAILED);
	ck_assert(store_gave_up(reader));
	ck_assert(!store_blocks(reader));
	ck_assert_int_eq(count_in(store), 0);
	store_close(reader);
}
END_TEST

START_TEST(a_worker_has_no_budget)
{
	struct number number = { 1000000 };

	store_begin_call(store, 1);
	ck_assert(store_each(store, "with recursive n (value) as (select 1 union all select value + 1"
	                     " from n limit :value) select value from n", number_shape, &number,
	                     number_shape, ignore_row, NULL));
	ck_assert(!store_gave_up(store));
}
END_TEST

/* ---- The suite ---- */

static TCase *transaction_case(void)
{
	TCase *tcase = tcase_create("transactions");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_transaction_is_all_or_nothing);
	tcase_add_test(tcase, a_failed_transaction_commits_nothing);
	tcase_add_test(tcase, what_is_queued_is_done_in_order);
	tcase_add_loop_test(tcase, what_fails_in_the_queue_fails_the_transaction_by_name, 0,
	                    COUNT(twice));
	tcase_add_test(tcase, what_is_queued_can_be_taken_back);
	tcase_add_test(tcase, a_transaction_is_run_again_where_the_database_asks_for_it);
	tcase_add_test(tcase, a_transaction_is_not_run_again_for_ever);
	tcase_add_test(tcase, a_transaction_may_change_what_it_goes_through);
	tcase_add_test(tcase, readers_see_a_transaction_only_when_it_is_committed);
	return tcase;
}

static TCase *sqlite_case(void)
{
	TCase *tcase = tcase_create("budgets, and the file");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_full_disk_takes_everything_back);
	tcase_add_test(tcase, a_reader_gives_up_when_its_budget_is_spent);
	tcase_add_test(tcase, many_small_reads_spend_the_budget_too);
	tcase_add_test(tcase, a_call_reads_on_as_of_one_moment);
	tcase_add_test(tcase, a_call_that_gave_up_reads_no_longer);
	tcase_add_test(tcase, a_reader_leaves_writing_to_a_worker);
	tcase_add_test(tcase, a_worker_has_no_budget);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("transact");

	suite_add_tcase(suite, transaction_case());
	if (!on_postgres())
		suite_add_tcase(suite, sqlite_case());
	return run_suite(suite);
}
