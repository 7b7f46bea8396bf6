/* test_postgres_reads_trouble.c - what does not come as it should, on a loop's connection: slow, large, failed, lost. */
#include <signal.h>

#include "reads.h"

static void pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* A text stays away for a while; who waits for the end of that finds it trusted again. */
static void wait_until_trusted(struct read_call *call, bool (*tool)(struct read_call *call))
{
	int64_t until = tick_ms() + 20000;

	do {
		turn(20);
		(void)store_reads_now(loop_reads);
		if (fake.dial)
			carry_out_dial();
		begin_call(call, tool);
		ck_assert_int_lt(tick_ms(), until);
	} while (call->gave_up);
	wait_for_call(call);
}

/* ---- Made as the program runs ---- */

static char made[64];

static bool read_made(struct read_call *call)
{
	return read_text(call, made);
}

/* What is on its way refers to its statement, which another text at the same address would take away. */
START_TEST(a_text_that_was_made_is_a_workers)
{
	struct read_call call, other;

	strcpy(made, "select :value::bigint + 1 as value");
	begin_call(&call, read_made);
	strcpy(made, "select :value::bigint + 2 as value");
	begin_call(&other, read_made);
	ck_assert(call.gave_up && other.gave_up);
	ck_assert_int_eq(fake.flush, 0);
	begin_call(&call, read_one_more);
	wait_for_call(&call);
	ck_assert(call.done);
}
END_TEST

/* ---- Slow ---- */

START_TEST(what_is_slow_is_left_and_stays_away)
{
	struct read_call slow, again, quick;

	hold_slow();
	begin_call(&slow, read_slowly);
	end_turn();
	pause_ms(SLOW_MS + 2);
	check_time();
	ck_assert(slow.left && slow.came == 1);
	/* Nothing more goes out before it has come. */
	ck_assert(!store_reads_now(loop_reads));
	begin_call(&quick, read_one_more);
	ck_assert(quick.gave_up);
	let_slow_go();
	while (!store_reads_now(loop_reads))
		turn(10);
	ck_assert_int_eq(slow.came, 1);
	begin_call(&again, read_slowly);
	ck_assert(again.gave_up);
	begin_call(&quick, read_one_more);
	wait_for_call(&quick);
	ck_assert(quick.done);
	wait_until_trusted(&again, read_slowly);
}
END_TEST

START_TEST(those_beside_a_slow_one_are_left_but_stay)
{
	struct read_call before, slow, behind, later;

	hold_slow();
	begin_call(&before, read_one_more);
	begin_call(&slow, read_slowly);
	begin_call(&behind, read_one_more);
	end_turn();
	begin_call(&later, read_one_more);
	end_turn();
	pause_ms(SLOW_MS + 2);
	check_time();
	ck_assert(slow.left && behind.left && later.left);
	let_slow_go();
	while (!store_reads_now(loop_reads))
		turn(10);
	/* It is not known which of three it was: each goes out alone. */
	hold_slow();
	begin_call(&before, read_one_more);
	ck_assert(before.waits);
	begin_call(&slow, read_slowly);
	ck_assert(slow.waits);
	begin_call(&behind, read_one_more);
	ck_assert(behind.waits);
	wait_for_call(&before);
	ck_assert(before.done);
	pause_ms(SLOW_MS + 2);
	check_time();
	ck_assert(slow.left && behind.left);
	let_slow_go();
	while (!store_reads_now(loop_reads))
		turn(10);
	begin_call(&slow, read_slowly);
	ck_assert(slow.gave_up);
	begin_call(&behind, read_one_more);
	wait_for_call(&behind);
	ck_assert(behind.done);
}
END_TEST

START_TEST(time_that_is_looked_at_early_changes_nothing)
{
	struct read_call call;

	fake.loop.slow_ms = 2000;
	hold_slow();
	begin_call(&call, read_slowly);
	end_turn();
	check_time();
	ck_assert(call.waits && fake.check);
	let_slow_go();
	wait_for_call(&call);
	ck_assert(call.done);
	check_time();
	ck_assert(!fake.check);
}
END_TEST

START_TEST(what_came_while_the_loop_was_away_is_not_slow)
{
	struct read_call call;

	begin_call(&call, read_one_more);
	end_turn();
	pause_ms(SLOW_MS + 50);
	check_time();
	ck_assert(call.done && !call.left);
}
END_TEST

static bool read_sleeping_long(struct read_call *call)
{
	return read_text(call, "select :value::bigint as value from (select pg_sleep(60)) as s");
}

static void begin_hurried(void)
{
	statement_ms = 100;
	begin_reads();
}

START_TEST(the_server_ends_what_nobody_waits_for)
{
	struct read_call slow, quick;
	int64_t began = tick_ms();

	begin_call(&slow, read_sleeping_long);
	end_turn();
	pause_ms(SLOW_MS + 2);
	check_time();
	ck_assert(slow.left);
	while (!store_reads_now(loop_reads))
		turn(10);
	ck_assert_int_ge(tick_ms() - began, 90);
	ck_assert_int_lt(tick_ms() - began, 10000);
	begin_call(&quick, read_one_more);
	wait_for_call(&quick);
	ck_assert(quick.done);
	ck_assert_int_eq(fake.dials, 1);
}
END_TEST

/* ---- Failed ---- */

static bool divide(struct read_call *call)
{
	return read_text(call, "select 1 / :value::bigint as value");
}

static bool read_what_is_not(struct read_call *call)
{
	return read_text(call, "select :value::bigint as value from nowhere");
}

/* The server would do it, were it a worker's. */
static bool write_by_a_function(struct read_call *call)
{
	return read_text(call, "select nextval('number_of') as value where :value >= 0");
}

static bool (*const failing[])(struct read_call *call) = {
	divide, read_what_is_not, write_by_a_function
};

START_TEST(what_fails_is_left_to_a_worker)
{
	struct read_call before, call, behind, later;

	ck_assert_int_eq(store_change(store, "create sequence number_of", NULL, NULL), 0);
	begin_call(&before, read_one_more);
	begin_call(&call, failing[_i]);
	begin_call(&behind, read_one_more);
	end_turn();
	begin_call(&later, read_one_more);
	wait_for_call(&later);
	ck_assert(before.done && later.done);
	ck_assert(call.left && !call.done);
	/* It went down with it: they ended together. */
	ck_assert(behind.left && !behind.done);
	begin_call(&call, failing[_i]);
	ck_assert(call.gave_up);
	begin_call(&behind, read_one_more);
	wait_for_call(&behind);
	ck_assert(behind.done);
	ck_assert_int_eq(fake.dials, 1);
}
END_TEST

static bool read_size(struct read_call *call)
{
	return read_text(call, "select size as value from thing where size >= :value");
}

START_TEST(a_kept_plan_of_other_columns_is_made_anew)
{
	struct read_call call;

	ck_assert_int_eq(add(store, "a", 4), 1);
	begin_call(&call, read_size);
	wait_for_call(&call);
	ck_assert(call.done && call.value == 4);
	ck_assert_int_eq(store_change(store, "alter table thing alter column size type numeric", NULL,
	                              NULL), 0);
	begin_call(&call, read_size);
	wait_for_call(&call);
	ck_assert(call.left);
	begin_call(&call, read_size);
	ck_assert(call.waits);
	wait_for_call(&call);
	ck_assert(call.done && call.value == 4);
}
END_TEST

static bool read_all_columns(struct read_call *call)
{
	struct thing thing = { 0 };
	int found = store_find_one(loop_reads, arena, "select * from thing", NULL, NULL, thing_shape, &thing);

	call->value = thing.size;
	ck_assert(found <= 0 || strcmp(thing.name, "a") == 0);
	return found >= 0;
}

/* They are found by their names, not where they stood before. */
START_TEST(columns_that_moved_are_found)
{
	struct read_call call;

	ck_assert_int_eq(add(store, "a", 4), 1);
	begin_call(&call, read_all_columns);
	wait_for_call(&call);
	ck_assert(call.done && call.value == 4);
	ck_assert_int_eq(store_change(store, "alter table thing drop column size", NULL, NULL), 0);
	ck_assert_int_eq(store_change(store, "alter table thing add column size bigint default 7", NULL, NULL), 0);
	begin_call(&call, read_all_columns);
	wait_for_call(&call);
	ck_assert(call.left);
	begin_call(&call, read_all_columns);
	wait_for_call(&call);
	ck_assert(call.done);
	ck_assert_int_eq(call.value, 7);
}
END_TEST

/* ---- Large ---- */

static int64_t rows_wanted;

static bool read_many(struct read_call *call)
{
	return store_find(loop_reads, arena, "select generate_series(1, :value) as value", number_shape,
	                  &(struct number) { rows_wanted }, number_shape, &call->rows);
}

START_TEST(what_is_large_is_left)
{
	struct read_call call;

	rows_wanted = 100;
	begin_call(&call, read_many);
	wait_for_call(&call);
	ck_assert(call.done && call.rows.count == 100);
	rows_wanted = 20000;
	begin_call(&call, read_many);
	wait_for_call(&call);
	ck_assert(call.left && !call.done);
	begin_call(&call, read_many);
	ck_assert(call.gave_up);
	ck_assert_int_eq(fake.dials, 1);
}
END_TEST

START_TEST(rows_without_end_end_the_connection)
{
	struct read_call call, beside;

	rows_wanted = 1000000000;
	begin_call(&beside, read_one_more);
	begin_call(&call, read_many);
	wait_for_call(&call);
	ck_assert(call.left && !call.done);
	/* On a slow machine its time is over before. */
	bool lost = fake.socket < 0;
	wait_until_trusted(&beside, read_one_more);
	ck_assert(beside.done);
	ck_assert_int_eq(fake.dials, 1 + lost);
}
END_TEST

/* ---- Lost ---- */

static bool read_backend(struct read_call *call)
{
	return read_text(call, "select pg_backend_pid()::bigint as value where :value::bigint = 0");
}

/* As the connection itself says: who asks the server for one that said such words may be told of another, which other tests have or
 * which is ending, and then wait for ever for the end of this one. */
static int64_t backend(void)
{
	struct read_call call;

	begin_call(&call, read_backend);
	wait_for_call(&call);
	ck_assert(call.done);
	return call.value;
}

static void end_backend(int64_t pid)
{
	struct number number = { pid };

	ck_assert_int_eq(store_find_one(store, arena, "select pg_terminate_backend(:value::int) as value",
	                                number_shape, &number, number_shape, &number), 1);
}

/* However long the server takes to end it. */
static void wait_for_the_end(void)
{
	while (fake.socket >= 0)
		turn(10);
}

START_TEST(a_connection_that_is_lost_leaves_all_and_is_made_again)
{
	struct read_call calls[3];
	int64_t pid = backend();

	hold_slow();
	for (int i = 0; i < 3; i++)
		begin_call(&calls[i], i == 1 ? read_slowly : read_one_more);
	end_turn();
	/* The slow one is not let go: it is there when the connection's end is. */
	end_backend(pid);
	for (int i = 0; i < 3; i++)
		wait_for_call(&calls[i]);
	wait_for_the_end();
	ck_assert(calls[1].left && calls[2].left);
	/* Not at once: what cuts one connection may cut the next. */
	ck_assert(!store_reads_now(loop_reads));
	wait_until_trusted(&calls[0], read_one_more);
	ck_assert(calls[0].done);
	ck_assert_int_eq(fake.dials, 2);
}
END_TEST

START_TEST(an_idle_connection_that_ends_is_noticed)
{
	struct read_call call;

	end_backend(backend());
	wait_for_the_end();
	ck_assert(!store_reads_now(loop_reads));
	begin_call(&call, read_one_more);
	ck_assert(call.gave_up);
}
END_TEST

/* ---- Dialling ---- */

static void open_nowhere(void)
{
	begin();
	open_reads("postgresql://nobody@127.0.0.1:1/nothing");
}

START_TEST(who_can_not_be_reached_is_not_called_again_and_again)
{
	struct read_call call;

	for (int i = 0; i < 100; i++) {
		ck_assert(!store_reads_now(loop_reads));
		if (fake.dial)
			carry_out_dial();
		begin_call(&call, read_one_more);
		ck_assert(call.gave_up);
	}
	ck_assert_int_eq(fake.dials, 1);
}
END_TEST

START_TEST(a_dial_that_nobody_takes_is_tried_later)
{
	fake.dials_never = true;
	ck_assert(!store_reads_now(loop_reads));
	ck_assert(!store_reads_now(loop_reads));
	ck_assert_int_eq(fake.dials, 1);
	pause_ms(1010);
	ck_assert(!store_reads_now(loop_reads));
	ck_assert_int_eq(fake.dials, 2);
}
END_TEST

/* Each would hold a worker while the database does not answer. */
START_TEST(one_loop_dials_at_a_time)
{
	struct store *first = loop_reads;

	ck_assert(!store_reads_now(first));
	struct store_dial *dial = fake.dial;
	ck_assert_ptr_nonnull(dial);
	open_reads(url);
	ck_assert(!store_reads_now(loop_reads));
	ck_assert_int_eq(fake.dials, 0);
	store_dial(dial);
	store_dialled(dial);
	ck_assert(!store_reads_now(loop_reads));
	ck_assert_int_eq(fake.dials, 1);
	store_close(first);
}
END_TEST

START_TEST(a_store_is_closed_while_its_connection_is_made)
{
	ck_assert(!store_reads_now(loop_reads));
	ck_assert_ptr_nonnull(fake.dial);
}
END_TEST

static TCase *with(Suite *suite, const char *name, void (*before)(void))
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, before, end_reads);
	tcase_set_timeout(tcase, 60);        /* all of them have 180: which one it was is told */
	suite_add_tcase(suite, tcase);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("postgres reads in trouble");

	if (!on_postgres()) {
		puts("POSTGRES_URL is not set: see tests/postgres.sh");
		return 77;
	}
	TCase *tcase = with(suite, "connected", begin_reads);
	tcase_add_test(tcase, a_text_that_was_made_is_a_workers);
	tcase_add_test(tcase, what_is_slow_is_left_and_stays_away);
	tcase_add_test(tcase, those_beside_a_slow_one_are_left_but_stay);
	tcase_add_test(tcase, time_that_is_looked_at_early_changes_nothing);
	tcase_add_test(tcase, what_came_while_the_loop_was_away_is_not_slow);
	tcase_add_loop_test(tcase, what_fails_is_left_to_a_worker, 0, COUNT(failing));
	tcase_add_test(tcase, a_kept_plan_of_other_columns_is_made_anew);
	tcase_add_test(tcase, columns_that_moved_are_found);
	tcase_add_test(tcase, what_is_large_is_left);
	tcase_add_test(tcase, rows_without_end_end_the_connection);
	tcase_add_test(tcase, a_connection_that_is_lost_leaves_all_and_is_made_again);
	tcase_add_test(tcase, an_idle_connection_that_ends_is_noticed);
	tcase = with(suite, "hurried", begin_hurried);
	tcase_add_test(tcase, the_server_ends_what_nobody_waits_for);
	tcase = with(suite, "dialling", open_nowhere);
	tcase_add_test(tcase, who_can_not_be_reached_is_not_called_again_and_again);
	tcase_add_test(tcase, a_dial_that_nobody_takes_is_tried_later);
	tcase_add_test(tcase, one_loop_dials_at_a_time);
	tcase_add_test(tcase, a_store_is_closed_while_its_connection_is_made);
	return run_suite(suite);
}
