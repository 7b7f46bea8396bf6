/* test_postgres.c - what only PostgreSQL can do to a store: be away, come back, and contradict. */
#include "things.h"

/* ---- Statements ---- */

START_TEST(a_url_with_the_short_scheme_is_the_same)
{
	char other[sizeof(url)];

	snprintf(other, sizeof(other), "postgres%s", strstr(url, "://"));
	struct store *short_one = store_open(other, STORE_WRITES);
	ck_assert_int_eq(add(short_one, "a", 1), 1);
	store_close(short_one);
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

START_TEST(a_loops_store_opens_nothing_and_gives_up)
{
	long long before = atomic_load(&store_counters.connects);
	struct store *loop = store_open(url, STORE_READS);
	ROWS(struct thing) rows;

	store_begin_call(loop, STORE_BUDGET);
	ck_assert(store_blocks(loop));
	ck_assert(!store_find(loop, arena, find_all, NULL, NULL, thing_shape, &rows));
	ck_assert(store_gave_up(loop));
	store_begin_call(loop, STORE_BUDGET);
	ck_assert_int_eq(add(loop, "a", 1), -1);
	ck_assert(store_gave_up(loop));
	ck_assert(store_is_idle(loop));
	store_close(loop);
	ck_assert_int_eq(atomic_load(&store_counters.connects), before);
}
END_TEST

static const struct {
	const char *sql;
	int64_t value;
} computed[] = {
	{ "select count(*) as value from thing", 0 },
	{ "select coalesce(sum(size), 0) as value from thing", 0 },
	{ "select sum(x) as value from (values (9223372036854775807::bigint), (-7)) as t (x)",
	  INT64_MAX - 7 },
	{ "select exists (select 1) as value", 1 },
	{ "select exists (select 1 from thing) as value", 0 },
	{ "select 7::smallint as value", 7 },
	{ "select ':value' = ':' || 'value' as value -- :nothing", 1 },
	{ "select /* :nothing ; */ 2 as value", 2 },
	{ "select :value::int8 + :value as value;", 6 },
	{ "with x as (select :value as value) select value from x", 3 },
	{ "select 5 as value where :value is not null", 5 },
};

START_TEST(what_it_computes_is_read_as_a_number)
{
	struct number number = { 3 };

	ck_assert_int_eq(store_find_one(store, arena, computed[_i].sql, number_shape, &number,
	                                number_shape, &number), 1);
	ck_assert_int_eq(number.value, computed[_i].value);
}
END_TEST

START_TEST(a_statement_is_prepared_once_and_counted)
{
	struct thing by = { .name = "a" }, out;

	ck_assert_int_eq(store_find_one(store, arena, find_thing, thing_shape, &by, thing_shape,
	                                &out), 0);
	long long prepared = atomic_load(&store_counters.prepared);
	long long statements = atomic_load(&store_counters.statements);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(store_find_one(store, arena, find_thing, thing_shape, &by,
		                                thing_shape, &out), 0);
	ck_assert_int_eq(atomic_load(&store_counters.prepared), prepared);
	ck_assert_int_eq(atomic_load(&store_counters.statements), statements + 10);
}
END_TEST

START_TEST(a_kept_plan_survives_a_column_of_another_type)
{
	static const char sql[] = "select size as value from thing";
	struct number number = { 0 };

	ck_assert_int_eq(add(store, "a", 4), 1);
	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(store_change(store, "alter table thing alter column size type numeric", NULL,
	                              NULL), 0);
	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 4);
}
END_TEST

START_TEST(columns_that_moved_are_found)
{
	static const char sql[] = "select * from thing";
	struct thing thing = { 0 };

	ck_assert_int_eq(add(store, "a", 4), 1);
	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, thing_shape, &thing), 1);
	ck_assert_int_eq(thing.size, 4);
	ck_assert_int_eq(store_change(store, "alter table thing drop column size", NULL, NULL), 0);
	ck_assert_int_eq(store_change(store, "alter table thing add column size bigint default 7", NULL, NULL), 0);
	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, thing_shape, &thing), 1);
	ck_assert_str_eq(thing.name, "a");
	ck_assert_int_eq(thing.size, 7);
}
END_TEST

/* ---- Many rows ---- */

struct walk {
	int64_t rows, sum;
	bool writes;
};

static bool step_on(void *context, const void *row)
{
	struct walk *walk = context;
	const struct number *number = row;
	struct number half = { number->value / 2 }, found;

	walk->rows++;
	walk->sum += number->value;
	if (number->value % 100)
		return true;
	ck_assert_int_eq(store_find_one(store, arena, "select :value as value", number_shape, &half,
	                                number_shape, &found), 1);
	ck_assert_int_eq(found.value, half.value);
	return !walk->writes || add(store, "x", number->value) >= 0 || walk->rows < 100000;
}

static const char count_up[] = "select generate_series(1, :value) as value";

START_TEST(many_rows_come_through_a_cursor)
{
	struct number number = { 100000 };
	struct walk walk = { 0 };
	long long before = atomic_load(&store_counters.statements);

	ck_assert(store_each(store, count_up, number_shape, &number, number_shape, step_on, &walk));
	ck_assert_int_eq(walk.rows, 100000);
	ck_assert_int_eq(walk.sum, INT64_C(100000) * 100001 / 2);
	ck_assert(store_is_idle(store));
	/* 201 fetches, the 1000 in between, and their transaction. */
	ck_assert_int_lt(atomic_load(&store_counters.statements) - before, 1210);
	ck_assert_int_eq(add(store, "a", 1), 1);
}
END_TEST

#ifndef __SANITIZE_ADDRESS__
static int64_t resident_kib(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");

	ck_assert(file && fscanf(file, "%*d %ld", &pages) == 1);
	fclose(file);
	return pages * 4;
}

static bool only_count(void *context, const void *row)
{
	(void)row;
	++*(int64_t *)context;
	return true;
}

START_TEST(many_rows_take_constant_memory)
{
	struct number number = { 2000 };
	int64_t rows = 0, before, after;

	ck_assert(store_each(store, count_up, number_shape, &number, number_shape, only_count, &rows));
	before = resident_kib();
	number.value = 1000000;
	ck_assert(store_each(store, count_up, number_shape, &number, number_shape, only_count, &rows));
	after = resident_kib();
	ck_assert_int_eq(rows, 1002000);
	ck_assert_int_lt(after - before, 8 * 1024);
}
END_TEST
#endif

/* ---- Contradiction ---- */

static struct store *other;

/* Each of two takes what both have seen to be there: one of them has to look again. */
static bool take_if_nobody_did(struct store *in, void *context)
{
	int *runs = context;

	if (count_in(in) > 0)
		return false;
	if (++*runs == 1 && other)
		ck_assert_int_eq(store_transact(other, take_if_nobody_did, &(int) { 1 }), STORE_COMMITTED);
	return add(in, in == other ? "theirs" : "ours", 1) == 1;
}

START_TEST(what_a_transaction_read_stays_true_or_it_is_run_again)
{
	int runs = 0;

	other = store_open(url, STORE_WRITES);
	ck_assert_int_eq(store_transact(store, take_if_nobody_did, &runs), STORE_TAKEN_BACK);
	ck_assert_int_eq(runs, 1);
	ck_assert_int_eq(count_in(store), 1);
	ck_assert_int_ge(atomic_load(&store_counters.reruns), 1);
	store_close(other);
	other = NULL;
}
END_TEST

/* ---- Being away ---- */

static void end_session(struct store *of)
{
	struct number number;
	int64_t pid = 0;
	struct store *admin = store_open(url, STORE_WRITES);

	ck_assert_int_eq(store_find_one(of, arena, "select pg_backend_pid() as value", NULL, NULL,
	                                number_shape, &number), 1);
	pid = number.value;
	ck_assert_int_eq(store_find_one(admin, arena, "select pg_terminate_backend(:value::int) as value",
	                                number_shape, &number, number_shape, &number), 1);
	do
		ck_assert_int_eq(store_find_one(admin, arena, "select count(*) as value from"
		                 " pg_stat_activity where pid = :value", number_shape,
		                 &(struct number) { pid }, number_shape, &number), 1);
	while (number.value);
	store_close(admin);
}

START_TEST(an_idle_connection_that_ended_is_made_again_unnoticed)
{
	ck_assert_int_eq(add(store, "a", 1), 1);
	end_session(store);
	ck_assert_int_eq(count_in(store), 1);
	end_session(store);
	ck_assert_int_eq(add(store, "b", 1), 1);
	end_session(store);
	ck_assert(store_reachable(store));
	end_session(store);
	int runs = 0;
	ck_assert_int_eq(store_transact(store, take_if_nobody_did, &runs), STORE_TAKEN_BACK);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

static bool lose_connection_once(struct store *in, void *context)
{
	int *runs = context;

	if (add(in, "a", 1) != 1)
		return false;
	if (++*runs == 1)
		end_session(in);
	return add(in, "b", 1) == 1;
}

START_TEST(a_transaction_that_lost_its_connection_is_run_again)
{
	int runs = 0;

	ck_assert_int_eq(store_transact(store, lose_connection_once, &runs), STORE_COMMITTED);
	ck_assert_int_eq(runs, 2);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

static bool lose_connection_at_the_end(struct store *in, void *context)
{
	++*(int *)context;
	bool fine = add(in, "a", 1) == 1;
	end_session(in);
	return fine;
}

static int commits;

static void commit_and_lose(void)
{
	ck_assert_int_eq(store_transact(store, lose_connection_at_the_end, &commits), STORE_FAILED);
}

START_TEST(a_commit_without_an_answer_is_a_failure_and_not_repeated)
{
	commits = 0;
	catch_log(commit_and_lose);
	ck_assert_int_eq(commits, 1);
	ck_assert_ptr_nonnull(strstr(logged, "whether it was done is not known"));
	ck_assert(store_is_idle(store));
	ck_assert_int_eq(count_in(store), 0);
}
END_TEST

static char nowhere[] = "postgresql://somebody:hidden@127.0.0.1:1/shop";

static void use_nowhere(void)
{
	struct number number;
	struct store *away = store_open(nowhere, STORE_WRITES);

	ck_assert_ptr_nonnull(away);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(store_find_one(away, arena, count_things, NULL, NULL, number_shape,
		                                &number), -1);
	ck_assert(!store_reachable(away));
	ck_assert(store_is_idle(away));
	store_close(away);
}

START_TEST(a_database_that_is_away_fails_at_once_and_in_words)
{
	long long before = atomic_load(&store_counters.connects);
	int64_t began = tick_ms();

	catch_log(use_nowhere);
	ck_assert_ptr_nonnull(strstr(logged, "Connection refused"));
	ck_assert_ptr_null(strstr(logged, "hidden"));
	ck_assert_int_lt(tick_ms() - began, 1000);
	ck_assert_int_le(atomic_load(&store_counters.connects) - before, 2);
}
END_TEST

static void use_wrong_password(void)
{
	char wrong[160];

	snprintf(wrong, sizeof(wrong), "postgresql://postgres:hidden@127.0.0.1:%s/postgres",
	         getenv("POSTGRES_PORT"));
	struct store *refused = store_open(wrong, STORE_WRITES);
	ck_assert(!store_reachable(refused));
	ck_assert_int_eq(add(refused, "a", 1), -1);
	store_close(refused);
}

START_TEST(who_signs_in_is_a_setting_too)
{
	catch_log(use_wrong_password);
	ck_assert_msg(strstr(logged, "password authentication failed"), "%s", logged);
	ck_assert_ptr_null(strstr(logged, "hidden"));

	char open_url[160];
	snprintf(open_url, sizeof(open_url), "postgresql://nobody:wrong@127.0.0.1:%s/postgres",
	         getenv("POSTGRES_PORT"));
	store_sign_in("postgres", "secret");
	struct store *signed_in = store_open(open_url, STORE_WRITES);
	ck_assert(store_reachable(signed_in));
	store_close(signed_in);
	store_sign_in(NULL, NULL);
}
END_TEST

/* ---- TLS ---- */

START_TEST(what_the_url_says_of_tls_holds)
{
	char secure[512];
	struct number number;
	long long before;

	snprintf(secure, sizeof(secure), "postgresql://postgres:secret@localhost:%s/postgres"
	         "?sslmode=verify-full&sslrootcert=%s", getenv("POSTGRES_PORT"), getenv("POSTGRES_CA"));
	struct store *over_tls = store_open(secure, STORE_WRITES);
	ck_assert(store_reachable(over_tls));
	before = atomic_load(&store_counters.connects);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(store_find_one(over_tls, arena, "select ssl as value from pg_stat_ssl where"
		                 " pid = pg_backend_pid()", NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
	ck_assert_int_eq(atomic_load(&store_counters.connects), before);
	store_close(over_tls);
}
END_TEST

static void use_untrusted(void)
{
	char secure[512];

	snprintf(secure, sizeof(secure), "postgresql://postgres:secret@127.0.0.1:%s/postgres"
	         "?sslmode=verify-full&sslrootcert=%s", getenv("POSTGRES_PORT"), getenv("POSTGRES_CA"));
	struct store *over_tls = store_open(secure, STORE_WRITES);
	ck_assert_int_eq(add(over_tls, "a", 1), -1);
	store_close(over_tls);
}

START_TEST(a_server_of_another_name_is_not_trusted)
{
	catch_log(use_untrusted);
	ck_assert_msg(strstr(logged, "does not match host name"), "%s", logged);
	ck_assert_ptr_null(strstr(logged, "secret"));
}
END_TEST

/* ---- Its place ---- */

static const char *const places[][2] = {
	{ "sqlite:products.db", "sqlite:products.db" },
	{ "postgresql://db/shop", "postgresql://db/shop" },
	{ "postgresql://a:hidden@db:5432/shop?sslmode=require", "postgresql://db:5432/shop" },
	{ "postgresql:///shop?password=hidden&host=/run", "postgresql:///shop" },
	{ "postgresql://a:hid@den@db/shop", "postgresql://db/shop" },
};

START_TEST(a_url_is_shown_without_its_password)
{
	char place[STORE_PLACE_SIZE];

	ck_assert_str_eq(store_place(places[_i][0], place), places[_i][1]);
}
END_TEST

/* ---- The suite ---- */

static TCase *statement_case(void)
{
	TCase *tcase = tcase_create("statements");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_url_with_the_short_scheme_is_the_same);
	tcase_add_test(tcase, a_loops_store_opens_nothing_and_gives_up);
	tcase_add_loop_test(tcase, what_it_computes_is_read_as_a_number, 0, COUNT(computed));
	tcase_add_test(tcase, a_statement_is_prepared_once_and_counted);
	tcase_add_test(tcase, a_kept_plan_survives_a_column_of_another_type);
	tcase_add_test(tcase, columns_that_moved_are_found);
	tcase_add_test(tcase, many_rows_come_through_a_cursor);
#ifndef __SANITIZE_ADDRESS__            /* which keeps what was freed for a while */
	tcase_add_test(tcase, many_rows_take_constant_memory);
#endif
	tcase_add_test(tcase, what_a_transaction_read_stays_true_or_it_is_run_again);
	return tcase;
}

static TCase *away_case(void)
{
	TCase *tcase = tcase_create("being away");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, an_idle_connection_that_ended_is_made_again_unnoticed);
	tcase_add_test(tcase, a_transaction_that_lost_its_connection_is_run_again);
	tcase_add_test(tcase, a_commit_without_an_answer_is_a_failure_and_not_repeated);
	tcase_add_test(tcase, a_database_that_is_away_fails_at_once_and_in_words);
	tcase_add_test(tcase, who_signs_in_is_a_setting_too);
	if (getenv("POSTGRES_CA")) {
		tcase_add_test(tcase, what_the_url_says_of_tls_holds);
		tcase_add_test(tcase, a_server_of_another_name_is_not_trusted);
	}
	tcase_add_loop_test(tcase, a_url_is_shown_without_its_password, 0, COUNT(places));
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("postgres");

	if (!on_postgres()) {
		puts("POSTGRES_URL is not set: see tests/postgres.sh");
		return 77;
	}
	suite_add_tcase(suite, statement_case());
	suite_add_tcase(suite, away_case());
	return run_suite(suite);
}
