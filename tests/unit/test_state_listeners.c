/* test_state_listeners.c - listeners as rows: since when is never said too late, whatever becomes of clocks and of
 * rows, and no caller takes what is another's. */
#include "listener_rows.h"
#include "rows.h"

#define ALICE 7
#define BOB 8
#define MOMENT_MS 5000

static int64_t begun_ms;                /* by tick_ms(), before anybody listened */

static void begin_listeners(void)
{
	begin_rows();
	state_set.database = url;
	ck_assert(listener_rows_begin(store));
	script("delete from mcp_listener");
	begun_ms = tick_ms();
}

/* Of one that listens to `count` topics from `first` on: since when, of the first. */
static int64_t listens_to_all(int64_t caller, int64_t first, int count)
{
	struct listener_errand listener = { .errand.arena = arena, .caller = caller, .count = count,
		.since_ms = arena_array(arena, int64_t, count) };
	int64_t *topics = arena_array(arena, int64_t, count);

	for (int i = 0; i < count; i++)
		topics[i] = first + i;
	listener.topics = topics;
	ck_assert(listener_rows_note(&listener.errand, store));
	return listener.since_ms[0];
}

static int64_t listens(int64_t caller, int64_t topic)
{
	return listens_to_all(caller, topic, 1);
}

/* By tick_ms(), so long before the test began. */
static void assert_since(int64_t since_ms, int64_t before_ms)
{
	ck_assert_int_le(since_ms, tick_ms() - before_ms);
	ck_assert_int_ge(since_ms, begun_ms - before_ms - MOMENT_MS);
}

static int64_t rows_of(int64_t caller)
{
	return count_of(arena_print(arena, "select count(*) as value from mcp_listener where caller = %lld",
	                            (long long)caller));
}

/* Rows of a caller, all of them begun and used so many ms ago. */
static void make_rows(int64_t caller, int64_t first, int count, int64_t ago_ms)
{
	script(arena_print(arena, "with recursive n (i) as (select %lld union all select i + 1 from n where i < %lld)"
		" insert into mcp_listener (caller, topic, begun, used) select %lld, i, mcp_now() - %lld,"
		" mcp_now() - %lld from n", (long long)first, (long long)first + count - 1, (long long)caller,
		(long long)ago_ms, (long long)ago_ms));
}

/* The clock of the database was so much ahead when the rows were made. */
static void was_ahead(int64_t ms)
{
	script(arena_print(arena, "update mcp_listener set begun = begun + %lld, used = used + %lld", (long long)ms,
	                   (long long)ms));
}

/* ---- Since when ---- */

START_TEST(a_newcomer_listens_since_now_and_whoever_comes_back_since_then)
{
	int64_t since_ms = listens(ALICE, 100);

	ck_assert_int_ge(since_ms, begun_ms);
	script("update mcp_listener set begun = begun - 90000, used = used - 90000");
	assert_since(listens(ALICE, 100), 90000);
	ck_assert_int_ge(listens(ALICE, 101), begun_ms);
	ck_assert_int_ge(listens(BOB, 100), begun_ms);
}
END_TEST

START_TEST(each_of_many_has_its_own_time)
{
	enum { COUNT = 1000 };
	int64_t topics[COUNT], since_ms[COUNT];
	struct listener_errand listener = { .errand.arena = arena, .caller = ALICE, .topics = topics,
		.since_ms = since_ms, .count = COUNT };

	for (int i = 0; i < COUNT; i++)
		topics[i] = 1 + 10 * i;
	make_rows(ALICE, 1, 2, 50000);
	make_rows(ALICE, 501, 1, 700000);
	make_rows(BOB, 11, 1, 700000);
	ck_assert(listener_rows_note(&listener.errand, store));
	for (int i = 0; i < COUNT; i++)
		if (i == 0 || i == 50)
			assert_since(since_ms[i], i == 0 ? 50000 : 700000);
		else
			ck_assert_int_ge(since_ms[i], begun_ms);
	ck_assert_int_eq(rows_of(ALICE), COUNT + 1);
}
END_TEST

START_TEST(whoever_comes_back_writes_nothing_until_a_day_is_over)
{
	make_rows(ALICE, 100, 2, 3600000);
	(void)listens_to_all(ALICE, 100, 2);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_listener where used > begun"), 0);
	make_rows(ALICE, 102, 1, 25 * 3600000);
	(void)listens_to_all(ALICE, 100, 3);
	ck_assert_int_eq(count_of("select topic as value from mcp_listener where used > begun"), 102);
}
END_TEST

START_TEST(what_was_used_in_half_a_year_is_not_forgotten)
{
	make_rows(ALICE, 100, 1, INT64_C(180) * 86400000);
	make_rows(ALICE, 101, 1, INT64_C(190) * 86400000);
	ck_assert(listener_rows_tidy(store));
	ck_assert_int_eq(count_of("select topic as value from mcp_listener"), 100);
}
END_TEST

/* ---- Clocks ---- */

START_TEST(what_is_in_the_future_was_made_nobody_knows_when)
{
	make_rows(ALICE, 100, 1, 1000);
	was_ahead(3600000);
	ck_assert_int_le(listens(ALICE, 100), 0);
}
END_TEST

static void set_clock(int64_t ahead_ms)
{
	script(arena_print(arena, "create or replace function mcp_now() returns bigint language sql as"
		" 'select cast(extract(epoch from clock_timestamp()) * 1000 as bigint) + %lld'", (long long)ahead_ms));
}

/* While the process runs, which saw it before. */
START_TEST(a_clock_that_was_set_back_makes_nobody_a_newcomer)
{
	set_clock(7200000);
	(void)listens(BOB, 200);
	make_rows(ALICE, 100, 1, 7260000);
	set_clock(0);
	ck_assert_int_le(listens(ALICE, 100), tick_ms() - 7260000);
	ck_assert_int_le(listens(ALICE, 100), tick_ms() - 7260000);
}
END_TEST

START_TEST(of_the_future_is_whoever_was_there_before_a_process)
{
	make_rows(ALICE, 100, 1, 1000);
	was_ahead(3600000);
	ck_assert(listener_rows_begin(store));
	ck_assert_int_eq(count_of("select begun as value from mcp_listener"), 0);
	ck_assert_int_le(listens(ALICE, 100), 0);
}
END_TEST

START_TEST(a_clock_that_was_set_forward_makes_nobody_a_newcomer)
{
	make_rows(ALICE, 100, 1, 1000);
	was_ahead(-3600000);
	ck_assert_int_le(listens(ALICE, 100), begun_ms);
}
END_TEST

/* ---- So many and no more ---- */

START_TEST(a_caller_has_so_many_rows_and_then_one_for_all_others)
{
	make_rows(ALICE, 1000, LISTENER_CALLER_MOST - 1, 10000);
	ck_assert_int_ge(listens(ALICE, 100), begun_ms);
	for (int i = 0; i < 3; i++)
		ck_assert_int_ge(listens_to_all(ALICE, 200 + 10 * i, 10), begun_ms);
	ck_assert_int_eq(rows_of(ALICE), LISTENER_CALLER_MOST + 1);
	ck_assert_int_ge(listens(BOB, 200), begun_ms);
	ck_assert_int_eq(rows_of(BOB), 1);

	/* Any of its others may be one that it listens to since that row began. */
	script("update mcp_listener set begun = begun - 90000 where topic in (0, 1000)");
	assert_since(listens(ALICE, 205), 90000);
	assert_since(listens(ALICE, 999999), 90000);
	assert_since(listens(ALICE, 1001), 90000);
	assert_since(listens(ALICE, 1000), 100000);
	ck_assert_int_ge(listens(BOB, 300), begun_ms);
}
END_TEST

START_TEST(who_found_no_room_is_known_when_there_is_some)
{
	make_rows(ALICE, 1000, LISTENER_CALLER_MOST, 10000);
	ck_assert_int_ge(listens(ALICE, 100), begun_ms);
	script("update mcp_listener set begun = begun - 90000 where topic = 0");
	script("delete from mcp_listener where topic > 0");
	assert_since(listens(ALICE, 100), 90000);
	ck_assert_int_eq(rows_of(ALICE), 2);
	assert_since(listens(ALICE, 100), 90000);
}
END_TEST

/* Whatever becomes of rows, none of these is said to listen since later. */
static void assert_known(int64_t caller, int64_t topic, int64_t ago_ms)
{
	ck_assert_int_le(listens(caller, topic), tick_ms() - ago_ms);
}

START_TEST(where_there_are_too_many_whoever_has_most_is_told_more)
{
	for (int i = 0; i < 7; i++)
		make_rows(10 + i, 1000, 16000 - i, 20000 + i);
	make_rows(ALICE, 100, 1000, 30000);
	make_rows(10, 100, 1, 40000);
	ck_assert(listener_rows_tidy(store));
	ck_assert_int_le(count_of("select count(*) as value from mcp_listener"), LISTENER_ROWS_MOST);
	for (int i = 0; i < 7; i++)
		assert_known(10 + i, 1000 + 15000, 20000 + i);
	ck_assert_int_eq(rows_of(ALICE), 1000);
	assert_since(listens(ALICE, 100), 30000);
	ck_assert_int_ge(listens(ALICE, 99), begun_ms);
	ck_assert_int_ge(listens(BOB, 1000), begun_ms);
	assert_known(10, 5, 40000);

	/* Nor when it is so again. */
	for (int i = 0; i < 7; i++)
		make_rows(10 + i, 20000, 16000, 10000);
	ck_assert(listener_rows_tidy(store));
	ck_assert_int_le(count_of("select count(*) as value from mcp_listener"), LISTENER_ROWS_MOST);
	for (int i = 0; i < 7; i++)
		assert_known(10 + i, 20000, 20000 + i);
	ck_assert_int_eq(rows_of(ALICE), 1001);
}
END_TEST

START_TEST(where_callers_are_too_many_those_long_away_are_everyone)
{
	script(arena_print(arena, "with recursive n (i) as (select 1 union all select i + 1 from n where i < %d)"
		" insert into mcp_listener (caller, topic, begun, used)"
		" select 1000 + i, 5, mcp_now() - 100000 - i, mcp_now() - i from n", LISTENER_ROWS_MOST + 10));
	ck_assert(listener_rows_tidy(store));
	int64_t left = count_of("select count(*) as value from mcp_listener");
	ck_assert_int_le(left, LISTENER_ROWS_MOST);
	ck_assert_int_ge(left, LISTENER_ROWS_MOST / 2);
	assert_known(1000 + LISTENER_ROWS_MOST, 5, 100000 + LISTENER_ROWS_MOST);
	assert_known(1001, 5, 100001);
	ck_assert(listener_rows_tidy(store));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_listener"), left + 2);
}
END_TEST

START_TEST(rows_are_looked_after_as_they_are_made)
{
	for (int i = 0; i < 6; i++)
		make_rows(10 + i, 1000, 20000, 20000);
	for (int i = 0; i < 6; i++)
		(void)listens_to_all(ALICE, 1 + 1000 * i, 1000);
	ck_assert_int_le(count_of("select count(*) as value from mcp_listener"), LISTENER_ROWS_MOST);
	ck_assert_int_eq(rows_of(ALICE), 6000);
}
END_TEST

/* ---- Before there was a table ---- */

START_TEST(where_nobody_knows_all_are_known_for_ever)
{
	state_set_me(OTHER);
	script("insert into mcp_listener (caller, topic, begun) values (0, 0, 0)");
	ck_assert(listener_rows_begin(store) && !listener_rows_are_first());
	ck_assert_int_le(listens(ALICE, 100), 0);
	ck_assert_int_le(listens(ALICE, 100), 0);
	state_set.database = NULL;
	ck_assert_int_le(listens(ALICE, 100), 0);
}
END_TEST

START_TEST(the_first_is_not_alone_where_another_was_quicker)
{
	script("delete from mcp_process where id = 2");
	ck_assert(listener_rows_begin(store) && listener_rows_are_first());
	script("insert into mcp_process (seen) values (mcp_now())");
	ck_assert(listener_rows_begin(store) && !listener_rows_are_first());
	script("delete from mcp_process where id <> 1");
	(void)listens(ALICE, 100);
	ck_assert(listener_rows_begin(store) && !listener_rows_are_first());
}
END_TEST

/* What it had changed and not told yet, nobody else knows. */
START_TEST(of_whoever_dies_anything_may_have_been_missed)
{
	(void)heard();
	bury_the_other();
	ck_assert_str_eq(heard(), on_postgres() ? "mcp_all missed\n" : "");
	beat_end(store);
	ck_assert_str_eq(heard(), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state listeners");
	TCase *tests = tcase_create("listeners");

	tcase_add_checked_fixture(tests, begin_listeners, end_rows);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_newcomer_listens_since_now_and_whoever_comes_back_since_then);
	tcase_add_test(tests, each_of_many_has_its_own_time);
	tcase_add_test(tests, whoever_comes_back_writes_nothing_until_a_day_is_over);
	tcase_add_test(tests, what_was_used_in_half_a_year_is_not_forgotten);
	tcase_add_test(tests, what_is_in_the_future_was_made_nobody_knows_when);
	if (on_postgres())              /* SQLite's is the machine's */
		tcase_add_test(tests, a_clock_that_was_set_back_makes_nobody_a_newcomer);
	tcase_add_test(tests, of_the_future_is_whoever_was_there_before_a_process);
	tcase_add_test(tests, a_clock_that_was_set_forward_makes_nobody_a_newcomer);
	tcase_add_test(tests, a_caller_has_so_many_rows_and_then_one_for_all_others);
	tcase_add_test(tests, who_found_no_room_is_known_when_there_is_some);
	tcase_add_test(tests, where_there_are_too_many_whoever_has_most_is_told_more);
	tcase_add_test(tests, where_callers_are_too_many_those_long_away_are_everyone);
	tcase_add_test(tests, rows_are_looked_after_as_they_are_made);
	tcase_add_test(tests, where_nobody_knows_all_are_known_for_ever);
	tcase_add_test(tests, the_first_is_not_alone_where_another_was_quicker);
	tcase_add_test(tests, of_whoever_dies_anything_may_have_been_missed);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
