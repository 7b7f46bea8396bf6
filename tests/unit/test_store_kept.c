/* test_store_kept.c - what a connection keeps prepared: the program's texts for good, made ones up to a bound. */
#include <stdatomic.h>

#include "sqlite_private.h"
#include "kept.h"
#include "mistake.h"
#include "things.h"

#define MADE (3 * KEPT_MOST)
#define FEW 16                          /* the driver's own, and the tests' */

static const char constant[] = "select 7 as value";
static struct store *reader;            /* it has one connection, its own */
static char *texts[MADE];

static void begin_reader(void)
{
	mistakes_stop = false;
	begin();
	reader = store_open(url, reading());
	ck_assert_ptr_nonnull(reader);
	store_begin_call(reader, INT64_MAX);
}

static void end_reader(void)
{
	store_end_call(reader);
	store_close(reader);
	end();
	for (int i = 0; i < MADE; i++) {
		free(texts[i]);
		texts[i] = NULL;
	}
}

static int64_t ask(const char *sql)
{
	struct number number = { -1 };

	ck_assert_int_eq(store_find_one(reader, arena, sql, NULL, NULL, number_shape, &number), 1);
	return number.value;
}

/* Each of another address. */
static void ask_made(int from, int to)
{
	for (int i = from; i < to; i++) {
		ck_assert_int_gt(asprintf(&texts[i], "select %d as value", i), 0);
		ck_assert_int_eq(ask(texts[i]), i);
	}
}

static void flood(void)
{
	ask_made(0, MADE);
}

static int64_t prepared_now(void)
{
	if (on_postgres())
		return ask("select count(*) as value from pg_prepared_statements");
	int64_t count = 0;
	for (sqlite3_stmt *at = NULL; (at = sqlite3_next_stmt(sqlite_of(reader)->connection->db, at));)
		count++;
	return count;
}

/* Once in this process: with the first test. */
static void is_told(void)
{
	char words[256];

	snprintf(words, sizeof(words), "a mistake of this program: select %d as value: one more of over %d statements whose"
	         " texts are made for each call: pass parameters instead", KEPT_MOST, KEPT_MOST);
	char *line = strstr(logged, words);
	ck_assert_msg(line, "%s", logged);
	ck_assert_ptr_null(strstr(line + strlen(words), "pass parameters"));
}

START_TEST(made_texts_do_not_pile_up_and_that_is_told)
{
	catch_log(flood);
	is_told();
	ck_assert_int_le(prepared_now(), KEPT_MOST + FEW);
	ck_assert_int_ge(prepared_now(), KEPT_MOST);
	/* Those that went and those that stayed. */
	ck_assert_int_eq(ask(texts[0]), 0);
	ck_assert_int_eq(ask(texts[MADE - 1]), MADE - 1);
	ck_assert_int_le(prepared_now(), KEPT_MOST + FEW);
}
END_TEST

static void ask_as_many_as_stay(void)
{
	ask_made(0, KEPT_MOST);
}

START_TEST(up_to_the_bound_nothing_is_told_and_nothing_goes)
{
	catch_log(ask_as_many_as_stay);
	ck_assert_str_eq(logged, "");
	int64_t before = prepared_now();
	for (int i = 0; i < KEPT_MOST; i++)
		ck_assert_int_eq(ask(texts[i]), i);
	ck_assert_int_eq(prepared_now(), before);
}
END_TEST

/* The handle of one that went would be another's. */
static sqlite3_stmt *handle_of(const char *sql)
{
	sqlite3_stmt *at = NULL;

	while ((at = sqlite3_next_stmt(sqlite_of(reader)->connection->db, at)) && strcmp(sqlite3_sql(at), sql) != 0)
		;
	return at;
}

START_TEST(a_text_of_the_program_stays)
{
	(void)ask(constant);
	sqlite3_stmt *handle = on_postgres() ? NULL : handle_of(constant);
	catch_log(flood);
	if (on_postgres())
		ck_assert_int_eq(ask("select count(*) as value from pg_prepared_statements"
		                     " where statement = 'select 7 as value'"), 1);
	else
		ck_assert_ptr_eq(handle_of(constant), handle);
	ck_assert(on_postgres() || handle);
	long long before = atomic_load(&store_counters.prepared);
	ck_assert_int_eq(ask(constant), 7);
	ck_assert_int_eq(atomic_load(&store_counters.prepared), before);
}
END_TEST

static bool flood_meanwhile(void *context, const void *row)
{
	int64_t *sum = context;

	if (*sum == 0)
		flood();
	*sum += ((const struct number *)row)->value;
	return true;
}

static int64_t sum;

static void read_and_flood(void)
{
	char *sql = arena_print(arena, "select 1 as value union all select %d", 2);

	sum = 0;
	ck_assert(store_each(reader, sql, NULL, NULL, number_shape, flood_meanwhile, &sum));
}

START_TEST(one_that_runs_stays)
{
	catch_log(read_and_flood);
	ck_assert_int_eq(sum, 3);
}
END_TEST

static bool change_much(struct store *in, void *context UNUSED)
{
	for (int i = 0; i < MADE; i++) {
		ck_assert_int_gt(asprintf(&texts[i], "insert into thing (name) values ('n%d')", i), 0);
		if (i % 2 ? !store_queue(in, texts[i], NULL, NULL) : store_change(in, texts[i], NULL, NULL) != 1)
			return false;
	}
	return true;
}

static void write_made(void)
{
	ck_assert_int_eq(store_transact(store, change_much, NULL), STORE_COMMITTED);
}

START_TEST(made_texts_of_a_transaction_are_all_done)
{
	catch_log(write_made);
	ck_assert_int_eq(count_in(store), MADE);
	ck_assert_int_eq(add(store, "another", 1), 1);
}
END_TEST

/* SQLite finds out on a reader that one writes, and remembers that of an address. */
START_TEST(an_address_may_be_of_what_writes_and_then_of_what_reads)
{
	static char *sql;
	struct number number;

	sql = arena_alloc(arena, 64);
	strcpy(sql, "insert into thing (name) values ('a')");
	ck_assert_int_eq(store_change(store, sql, NULL, NULL), 1);
	char *again = arena_alloc(arena, 64);
	strcpy(again, "select 5 as value");
	ck_assert_int_eq(store_find_one(store, arena, again, NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 5);
	ck_assert(on_postgres() || !sqlite_file_writes(sqlite_of(store)->file, sql));
}
END_TEST

static bool nothing(void *context UNUSED, const void *row UNUSED)
{
	return true;
}

START_TEST(what_gives_rows_as_it_writes_is_prepared_once)
{
	static const char insert[] = "insert into thing (name) values (:name) returning name";
	struct thing a = { .name = "a" }, b = { .name = "b" };

	ck_assert(store_each(store, insert, thing_shape, &a, thing_shape, nothing, NULL));
	long long before = atomic_load(&store_counters.prepared);
	ck_assert(store_each(store, insert, thing_shape, &b, thing_shape, nothing, NULL));
	ck_assert_int_eq(atomic_load(&store_counters.prepared), before);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

static void change_a_text(void)
{
	char sql[] = "select 1 as value";
	struct number number;

	ck_assert_int_eq(ask(sql), 1);
	strcpy(sql, "select 2 as value");
	ck_assert_int_eq(store_find_one(reader, arena, sql, NULL, NULL, number_shape, &number), -1);
	ck_assert_int_eq(ask(sql), 2);
}

/* On PostgreSQL the one before is not left with the server. */
START_TEST(a_text_that_changes_is_a_mistake_and_costs_no_more)
{
	ck_assert_int_eq(ask(constant) + ask(constant), 14);
	int64_t before = prepared_now();

	catch_log(change_a_text);
	ck_assert_ptr_nonnull(strstr(logged, "pass string literals"));
	ck_assert_int_eq(prepared_now(), before + 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("kept statements");
	TCase *tcase = tcase_create("kept");

	tcase_add_checked_fixture(tcase, begin_reader, end_reader);
	tcase_add_test(tcase, made_texts_do_not_pile_up_and_that_is_told);
	tcase_add_test(tcase, up_to_the_bound_nothing_is_told_and_nothing_goes);
	tcase_add_test(tcase, a_text_of_the_program_stays);
	tcase_add_test(tcase, one_that_runs_stays);
	tcase_add_test(tcase, made_texts_of_a_transaction_are_all_done);
	tcase_add_test(tcase, an_address_may_be_of_what_writes_and_then_of_what_reads);
	tcase_add_test(tcase, what_gives_rows_as_it_writes_is_prepared_once);
	tcase_add_test(tcase, a_text_that_changes_is_a_mistake_and_costs_no_more);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
