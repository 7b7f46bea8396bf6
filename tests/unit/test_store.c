/* test_store.c - SQL in, structs out; transactions, budgets, and processes that die. */
#include <check.h>
#include <errno.h>
#include <ftw.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "store.h"
#include "store_internal.h"

struct thing {
	const char *name;
	int64_t size;
	bool has_size;
	double weight;
	bool heavy;
	int64_t made_at;
	struct money price;
};

static const struct shape thing_shape = SHAPE(struct thing,
	TEXT(struct thing, name, "Its name"),
	INT(struct thing, size, "Its size", OPTIONAL(struct thing, has_size)),
	REAL(struct thing, weight, "Its weight"),
	BOOL(struct thing, heavy, "Whether it is heavy"),
	TIME(struct thing, made_at, "When it was made"),
	MONEY(struct thing, price, "What it costs"));

struct number {
	int64_t value;
};

static const struct shape number_shape = SHAPE(struct number,
	INT(struct number, value, "A number"));

static const struct migration migrations[] = {
	{ "1-things",
	  "create table thing (name text primary key, size bigint check (size < 1000000), weight real,"
	  " heavy integer, made_at bigint, price bigint, price_currency text);"
	  "create table part (thing text not null references thing (name));", NULL },
	{ "2-count",
	  "create table count (things bigint not null);"
	  "insert into count values (0);"
	  "create trigger thing_count after insert on thing begin"
	  " update count set things = things + 1; select 1; end;", NULL },
	{ 0 },
};

static const char insert_thing[] =
	"insert into thing (name, size, weight, heavy, made_at, price, price_currency)"
	" values (:name, :size, :weight, :heavy, :made_at, :price, :price_currency)";
static const char find_thing[] =
	"select name, size, weight, heavy, made_at, price, price_currency from thing"
	" where name = :name";
static const char find_all[] = "select name, size, price_currency from thing order by name";
static const char count_things[] = "select count(*) as value from thing";
static const char resize[] = "update thing set size = :size where name = :name";

static char folder[64], url[128];
static struct store *store;
static struct arena *arena;

/* ---- Around every test ---- */

static int remove_one(const char *path, const struct stat *about, int kind, struct FTW *walk)
{
	(void)about, (void)kind, (void)walk;
	return remove(path);
}

static void remove_folder(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static void begin_folder(void)
{
	strcpy(folder, "/tmp/test_store_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(url, sizeof(url), "sqlite:%s/things.db", folder);
	arena = arena_create();
}

static void begin(void)
{
	begin_folder();
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	ck_assert(store_migrate(store, migrations));
}

static void end(void)
{
	if (store)
		ck_assert(store_is_idle(store));
	store_close(store);
	store = NULL;
	arena_destroy(arena);
	remove_folder();
}

/* What is logged while `run` runs. */
static char logged[4096];

static void catch_log(void (*run)(void))
{
	FILE *file = tmpfile();
	int stderr_was = dup(STDERR_FILENO);

	ck_assert_ptr_nonnull(file);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	run();
	fflush(stderr);
	dup2(stderr_was, STDERR_FILENO);
	close(stderr_was);
	rewind(file);
	logged[fread(logged, 1, sizeof(logged) - 1, file)] = '\0';
	fclose(file);
}

static int64_t add(struct store *to, const char *name, int64_t size)
{
	return store_change(to, insert_thing, &thing_shape,
	                    &(struct thing) { .name = name, .size = size, .has_size = true });
}

static int64_t count_in(struct store *in)
{
	struct number number = { -1 };

	ck_assert_int_eq(store_find_one(in, arena, count_things, NULL, NULL, &number_shape, &number), 1);
	return number.value;
}

/* ---- Structs ---- */

START_TEST(a_struct_comes_back_as_it_went)
{
	struct thing in = { "Tee \xe2\x98\x95", -7, true, 0.25, true, 1291191960123,
	                    { 1299, "GBP" } };
	struct thing out = { 0 };

	ck_assert_int_eq(store_change(store, insert_thing, &thing_shape, &in), 1);
	ck_assert_int_eq(store_find_one(store, arena, find_thing, &thing_shape, &in, &thing_shape,
	                                &out), 1);
	ck_assert_str_eq(out.name, in.name);
	ck_assert_ptr_ne(out.name, in.name);
	ck_assert_int_eq(out.size, -7);
	ck_assert(out.has_size);
	ck_assert_double_eq(out.weight, 0.25);
	ck_assert(out.heavy);
	ck_assert_int_eq(out.made_at, in.made_at);
	ck_assert_int_eq(out.price.minor, 1299);
	ck_assert_str_eq(out.price.currency, "GBP");
}
END_TEST

START_TEST(what_is_absent_is_null_and_comes_back_absent)
{
	struct thing in = { .name = "x", .size = 5, .made_at = 0, .price = { 12, NULL } };
	struct thing out = { .size = 9, .has_size = true, .made_at = 9, .price = { 9, "x" } };
	struct number number;

	ck_assert_int_eq(store_change(store, insert_thing, &thing_shape, &in), 1);
	ck_assert_int_eq(store_find_one(store, arena, "select count(*) as value from thing where"
	                 " size is null and made_at is null and price is null and"
	                 " price_currency is null and heavy = 0", NULL, NULL, &number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
	ck_assert_int_eq(store_find_one(store, arena, find_thing, &thing_shape, &in, &thing_shape,
	                                &out), 1);
	ck_assert(!out.has_size && out.size == 0 && out.made_at == 0);
	ck_assert(out.price.minor == 0 && !out.price.currency);
}
END_TEST

START_TEST(a_row_that_is_not_there_leaves_the_struct_alone)
{
	struct thing out = { .name = "untouched" };

	ck_assert_int_eq(store_find_one(store, arena, find_thing, &thing_shape,
	                                &(struct thing) { .name = "nobody" }, &thing_shape, &out), 0);
	ck_assert_str_eq(out.name, "untouched");
}
END_TEST

START_TEST(all_rows_are_found_in_order)
{
	struct rows rows = { NULL, -1 };
	char name[8];

	ck_assert(store_find(store, arena, find_all, NULL, NULL, &thing_shape, &rows));
	ck_assert_int_eq(rows.count, 0);
	for (int i = 999; i >= 0; i--) {
		snprintf(name, sizeof(name), "t%03d", i);
		ck_assert_int_eq(add(store, name, i), 1);
	}
	ck_assert(store_find(store, arena, find_all, NULL, NULL, &thing_shape, &rows));
	ck_assert_int_eq(rows.count, 1000);
	const struct thing *things = rows.first;
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "t%03d", i);
		ck_assert_str_eq(things[i].name, name);
		ck_assert_int_eq(things[i].size, i);
		ck_assert_ptr_null(things[i].price.currency);
	}
}
END_TEST

struct seen {
	int64_t count, sum, stop_at;
};

static bool see(void *context, const void *row)
{
	struct seen *seen = context;
	const struct thing *thing = row;
	struct rows rows;

	/* The same statement again, while the outer one runs. */
	ck_assert(store_find(store, arena, find_all, NULL, NULL, &thing_shape, &rows));
	ck_assert_int_eq(rows.count, 3);
	ck_assert(strlen(thing->name) == 1);
	seen->count++;
	seen->sum += thing->size;
	return seen->count != seen->stop_at;
}

START_TEST(each_row_is_handed_over_and_may_end_it)
{
	struct seen all = { 0 }, some = { .stop_at = 2 };

	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 2) == 1 && add(store, "c", 4) == 1);
	ck_assert(store_each(store, find_all, NULL, NULL, &thing_shape, see, &all));
	ck_assert_int_eq(all.count, 3);
	ck_assert_int_eq(all.sum, 7);
	ck_assert(store_each(store, find_all, NULL, NULL, &thing_shape, see, &some));
	ck_assert_int_eq(some.count, 2);
	ck_assert(store_is_idle(store));
}
END_TEST

START_TEST(a_change_counts_its_own_rows)
{
	int64_t before = store_changes_made(store);

	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 1) == 1);
	ck_assert_int_eq(store_change(store, "update thing set size = 3", NULL, NULL), 2);
	ck_assert_int_eq(store_change(store, resize, &thing_shape,
	                              &(struct thing) { .name = "nobody" }), 0);
	ck_assert_int_eq(store_change(store, "create table other (x bigint)", NULL, NULL), 0);
	ck_assert_int_eq(store_changes_made(store) - before, 5);
	ck_assert_int_eq(count_in(store), 2);
	ck_assert_int_eq(store_changes_made(store) - before, 5);
}
END_TEST

START_TEST(a_write_that_returns_a_row_is_committed)
{
	struct number number;

	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 1) == 1);
	ck_assert_int_eq(store_find_one(store, arena, "update thing set size = size + 1"
	                 " returning size as value", NULL, NULL, &number_shape, &number), 1);
	ck_assert_int_eq(number.value, 2);
	struct store *other = store_open(url, STORE_READS);
	ck_assert_int_eq(store_find_one(other, arena, "select sum(size) as value from thing", NULL,
	                                NULL, &number_shape, &number), 1);
	ck_assert_int_eq(number.value, 4);
	store_close(other);
}
END_TEST

START_TEST(one_text_serves_several_shapes)
{
	static const char sql[] = "select size as value from thing where size = :value";
	struct wide { const char *name; int64_t value; } wide = { 0 };
	static const struct shape wide_shape = SHAPE(struct wide,
		TEXT(struct wide, name, "Nothing"), INT(struct wide, value, "A number"));
	struct number number = { 5 };

	ck_assert_int_eq(add(store, "a", 5), 1);
	ck_assert_int_eq(store_find_one(store, arena, sql, &number_shape, &number, &wide_shape,
	                                &wide), 1);
	ck_assert_int_eq(wide.value, 5);
	ck_assert_int_eq(store_find_one(store, arena, sql, &wide_shape, &wide, &number_shape,
	                                &number), 1);
	ck_assert_int_eq(number.value, 5);
}
END_TEST

START_TEST(statements_survive_a_change_of_the_schema)
{
	ck_assert_int_eq(add(store, "a", 1), 1);
	ck_assert_int_eq(store_change(store, "alter table thing add column more text", NULL, NULL), 0);
	ck_assert_int_eq(add(store, "b", 1), 1);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

/* ---- Failure ---- */

static void add_twice(void)
{
	ck_assert_int_eq(add(store, "secret-value", 1), 1);
	ck_assert_int_eq(add(store, "secret-value", 2), -1);
}

START_TEST(a_failure_is_logged_without_values)
{
	catch_log(add_twice);
	ck_assert_ptr_nonnull(strstr(logged, "insert into thing"));
	ck_assert_ptr_nonnull(strstr(logged, "UNIQUE constraint failed"));
	ck_assert_ptr_null(strstr(logged, "secret-value"));
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

static void use_unknown_table(void)
{
	struct rows rows;
	ck_assert(!store_find(store, arena, "select value from nowhere", NULL, NULL, &number_shape,
	                      &rows));
}

START_TEST(a_table_that_is_not_there_is_a_failure)
{
	catch_log(use_unknown_table);
	ck_assert_ptr_nonnull(strstr(logged, "no such table: nowhere"));
}
END_TEST

START_TEST(foreign_keys_hold)
{
	ck_assert_int_eq(store_change(store, "insert into part (thing) values ('nobody')", NULL, NULL),
	                 -1);
}
END_TEST

static const char *const refused[][2] = {
	{ "postgresql://somebody:hidden@db/shop", "no PostgreSQL driver yet" },
	{ "mysql:shop", "no driver for databases named mysql" },
	{ "shop.db", "sqlite:PATH" },
	{ "sqlite:", "needs the path of a file" },
	{ "sqlite::memory:", "needs the path of a file" },
	{ "sqlite:/nowhere/at/all/shop.db", "/nowhere/at/all/shop.db cannot be created: No such file" },
	{ "sqlite:/proc/shop.db", "/proc/shop.db cannot be created" },
	{ "sqlite:/", "/ cannot be opened" },
};
static int refused_now;

static void open_refused(void)
{
	ck_assert_ptr_null(store_open(refused[refused_now][0], STORE_WRITES));
}

START_TEST(an_unusable_url_is_refused_in_words)
{
	refused_now = _i;
	catch_log(open_refused);
	ck_assert_msg(strstr(logged, refused[_i][1]), "%s", logged);
	ck_assert_ptr_null(strstr(logged, "hidden"));
}
END_TEST

static void open_text_file(void)
{
	ck_assert_ptr_null(store_open(url, STORE_WRITES));
}

START_TEST(a_file_that_is_no_database_is_refused_and_left_alone)
{
	struct stat about;
	char text[1000];

	snprintf(url, sizeof(url), "sqlite:%s/notes.txt", folder);
	FILE *file = fopen(url + 7, "w");
	memset(text, 'x', sizeof(text));
	fwrite(text, 1, sizeof(text), file);
	fclose(file);
	catch_log(open_text_file);
	ck_assert_ptr_nonnull(strstr(logged, "not a database"));
	ck_assert_int_eq(stat(url + 7, &about), 0);
	ck_assert_int_eq(about.st_size, sizeof(text));
}
END_TEST

START_TEST(strangers_may_not_read_a_new_database)
{
	struct stat about;

	ck_assert_int_eq(stat(url + 7, &about), 0);
	ck_assert_int_eq(about.st_mode & 07, 0);
}
END_TEST

START_TEST(a_database_that_was_moved_away_is_not_reachable)
{
	char moved[160];

	ck_assert(store_reachable(store));
	snprintf(moved, sizeof(moved), "%s/moved.db", folder);
	ck_assert_int_eq(rename(url + 7, moved), 0);
	ck_assert(!store_reachable(store));
	ck_assert_int_eq(rename(moved, url + 7), 0);
	ck_assert(store_reachable(store));
}
END_TEST

/* ---- A programmer's errors, in a process of their own ---- */

static bool work_nothing(struct store *in, void *context)
{
	(void)in, (void)context;
	return true;
}

static bool work_nested(struct store *in, void *context)
{
	return store_transact(in, work_nothing, context) == STORE_COMMITTED;
}

static bool each_writes(void *context, const void *row)
{
	(void)row;
	return add(context, "b", 1) == 1;
}

static void misuse_column(void)
{
	struct rows rows;
	(void)!store_find(store, arena, "select name as colour from thing", NULL, NULL, &thing_shape,
	                  &rows);
}

static void misuse_parameter(void)
{
	(void)!store_change(store, "delete from thing where name = :colour", &thing_shape,
	                    &(struct thing) { 0 });
}

static void misuse_no_parameters(void)
{
	(void)!store_change(store, "delete from thing where name = :name", NULL, NULL);
}

static void misuse_two_statements(void)
{
	(void)!store_change(store, "delete from part; delete from thing", NULL, NULL);
}

static void misuse_change_of_a_read(void)
{
	(void)!store_change(store, "select 1", NULL, NULL);
}

static void misuse_nested(void)
{
	(void)!store_transact(store, work_nested, NULL);
}

static void misuse_write_in_each(void)
{
	(void)!store_each(store, find_all, NULL, NULL, &thing_shape, each_writes, store);
}

static void misuse_text_that_changes(void)
{
	char sql[] = "delete from thing";
	(void)!store_change(store, sql, NULL, NULL);
	strcpy(sql, "delete from part");
	(void)!store_change(store, sql, NULL, NULL);
}

static const struct {
	void (*run)(void);
	const char *words;
} misuses[] = {
	{ misuse_column, "no field for the column colour" },
	{ misuse_parameter, "no field for the parameter :colour" },
	{ misuse_no_parameters, "no field for the parameter :name" },
	{ misuse_two_statements, "one statement at a time" },
	{ misuse_change_of_a_read, "does not write" },
	{ misuse_nested, "inside the work of" },
	{ misuse_write_in_each, "in the same transaction" },
	{ misuse_text_that_changes, "pass string literals" },
};
static int misuse_now;

static void misuse_in_child(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		misuses[misuse_now].run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

START_TEST(a_programmers_error_aborts_with_the_statement)
{
	misuse_now = _i;
	ck_assert_int_eq(add(store, "a", 1), 1);
	catch_log(misuse_in_child);
	ck_assert_msg(strstr(logged, misuses[_i].words), "%s", logged);
}
END_TEST

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
	ck_assert_int_eq(store_find_one(in, arena, count_things, NULL, NULL, &number_shape, &number),
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

static bool grow(void *context, const void *row)
{
	struct thing thing = *(const struct thing *)row;

	thing.size++;
	return store_change(context, resize, &thing_shape, &thing) == 1;
}

static bool grow_all(struct store *in, void *context)
{
	(void)context;
	return store_each(in, find_all, NULL, NULL, &thing_shape, grow, in);
}

START_TEST(a_transaction_may_change_what_it_goes_through)
{
	struct number number;

	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 2) == 1);
	ck_assert_int_eq(store_transact(store, grow_all, NULL), STORE_COMMITTED);
	ck_assert_int_eq(store_find_one(store, arena, "select sum(size) as value from thing", NULL,
	                                NULL, &number_shape, &number), 1);
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
	struct store *reader = store_open(url, STORE_READS);

	ck_assert_int_eq(count_in(reader), 0);
	ck_assert_int_eq(store_transact(store, look_from_outside, reader), STORE_COMMITTED);
	ck_assert_int_eq(count_in(reader), 1);
	store_close(reader);
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
	ck_assert(store_each(reader, count_up, &number_shape, &number, &number_shape, ignore_row, NULL));
	ck_assert(!store_gave_up(reader));
	number.value = 100000000;
	ck_assert(!store_each(reader, count_up, &number_shape, &number, &number_shape, ignore_row,
	                      NULL));
	ck_assert(store_gave_up(reader));
	/* Until the next call nothing goes on. */
	ck_assert_int_eq(store_find_one(reader, arena, count_things, NULL, NULL, &number_shape,
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
	while (store_find_one(reader, arena, count_things, NULL, NULL, &number_shape, &number) == 1)
		ck_assert_int_lt(reads++, 10000);
	ck_assert_int_gt(reads, 100);
	ck_assert(store_gave_up(reader));
	store_close(reader);
}
END_TEST

START_TEST(a_reader_leaves_writing_to_a_worker)
{
	struct store *reader = store_open(url, STORE_READS);

	ck_assert_int_eq(add(reader, "a", 1), -1);
	ck_assert(store_gave_up(reader));
	store_begin_call(reader, STORE_BUDGET);
	ck_assert_int_eq(store_transact(reader, work_nothing, NULL), STORE_FAILED);
	ck_assert(store_gave_up(reader));
	ck_assert_int_eq(store_changes_made(reader), 0);
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
	                     " from n limit :value) select value from n", &number_shape, &number,
	                     &number_shape, ignore_row, NULL));
	ck_assert(!store_gave_up(store));
}
END_TEST

/* ---- Migrations ---- */

static int64_t applied_in(struct store *in)
{
	struct number number;

	ck_assert_int_eq(store_find_one(in, arena, "select count(*) as value from migration"
	                                " where applied_at > 0", NULL, NULL, &number_shape, &number), 1);
	return number.value;
}

START_TEST(migrations_are_applied_once)
{
	struct number number;

	ck_assert_int_eq(applied_in(store), 2);
	ck_assert_int_eq(add(store, "a", 1), 1);
	ck_assert(store_migrate(store, migrations));
	ck_assert_int_eq(applied_in(store), 2);
	/* The trigger's own semicolons did not end it. */
	ck_assert_int_eq(store_find_one(store, arena, "select things as value from count", NULL, NULL,
	                                &number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
}
END_TEST

static void migrate_badly(void)
{
	static const struct migration bad[] = {
		{ "3-fine", "create table fine (x bigint)", NULL },
		{ "4-bad", "create table half (x bigint); create table half (x bigint)", NULL },
		{ "5-never", "create table never (x bigint)", NULL },
		{ 0 },
	};
	ck_assert(!store_migrate(store, bad));
}

START_TEST(a_migration_that_fails_leaves_nothing_of_itself)
{
	struct number number;

	catch_log(migrate_badly);
	ck_assert_ptr_nonnull(strstr(logged, "4-bad"));
	ck_assert_ptr_nonnull(strstr(logged, "table half already exists"));
	ck_assert_int_eq(applied_in(store), 3);
	ck_assert_int_eq(store_find_one(store, arena, "select count(*) as value from sqlite_schema where"
	                 " name in ('fine', 'half', 'never')", NULL, NULL, &number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
}
END_TEST

static void migrate_as_older(void)
{
	static const struct migration older[] = { { "1-things", "select 1", NULL }, { 0 } };
	ck_assert(store_migrate(store, older));
}

START_TEST(a_newer_schema_is_accepted)
{
	catch_log(migrate_as_older);
	ck_assert_ptr_nonnull(strstr(logged, "1 migrations that this program does not know"));
	ck_assert_int_eq(applied_in(store), 2);
}
END_TEST

/* ---- Several threads ---- */

#define THREADS 4
#define ROUNDS 50

struct writer_work {
	struct arena *arena;
	int64_t rounds;
};

/* Reads and writes back: a lost update would show. */
static bool count_up_once(struct store *in, void *context)
{
	struct writer_work *work = context;
	struct thing thing = { 0 };

	if (store_find_one(in, work->arena, "select name, size from thing where name = 'counter'",
	                   NULL, NULL, &thing_shape, &thing) != 1)
		return false;
	thing.size++;
	return store_change(in, resize, &thing_shape, &thing) == 1;
}

static void *write_often(void *context)
{
	struct writer_work *work = context;
	struct store *own = store_open(url, STORE_WRITES);

	work->arena = arena_create();
	for (int i = 0; own && i < ROUNDS; i++) {
		work->rounds += store_transact(own, count_up_once, work) == STORE_COMMITTED;
		work->rounds += store_change(own, "update count set things = things + 1", NULL, NULL) == 1;
	}
	arena_destroy(work->arena);
	store_close(own);
	return NULL;
}

START_TEST(threads_take_turns_and_lose_nothing)
{
	pthread_t threads[THREADS];
	struct writer_work works[THREADS] = { 0 };
	struct number number;

	ck_assert_int_eq(add(store, "counter", 0), 1);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&threads[i], NULL, write_often, &works[i]);
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		ck_assert_int_eq(works[i].rounds, 2 * ROUNDS);
	}
	ck_assert_int_eq(store_find_one(store, arena, "select size as value from thing", NULL, NULL,
	                                &number_shape, &number), 1);
	ck_assert_int_eq(number.value, THREADS * ROUNDS);
	ck_assert_int_eq(store_find_one(store, arena, "select things as value from count", NULL, NULL,
	                                &number_shape, &number), 1);
	ck_assert_int_eq(number.value, THREADS * ROUNDS + 1);
}
END_TEST

/* ---- Several processes: this program again, with a role and the database's URL ---- */

struct child {
	pid_t pid;
	int says, told;         /* pipes from it and to it */
};

static struct child child_start(const char *role)
{
	int says[2], told[2];

	ck_assert(pipe(says) == 0 && pipe(told) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(told[0], STDIN_FILENO);
		dup2(says[1], STDOUT_FILENO);
		close(says[0]);
		close(told[1]);
		execl("/proc/self/exe", "test_store", role, url, NULL);
		_exit(127);
	}
	close(says[1]);
	close(told[0]);
	return (struct child) { pid, says[0], told[1] };
}

static void child_says(struct child child)
{
	char byte;
	ck_assert_int_eq(read(child.says, &byte, 1), 1);
}

static int child_end(struct child child)
{
	int status;

	close(child.told);
	ck_assert_int_eq(waitpid(child.pid, &status, 0), child.pid);
	close(child.says);
	return status;
}

/* A role: holds a transaction open until it is told, or for a moment if nobody does. */
static bool hold(struct store *in, void *context)
{
	char byte;

	if (add(in, "held", 1) != 1 || write(STDOUT_FILENO, "+", 1) != 1)
		return false;
	if (*(bool *)context)
		return read(STDIN_FILENO, &byte, 1) == 1;
	usleep(100 * 1000);
	return true;
}

static int play(const char *role, const char *where)
{
	bool until_told = strcmp(role, "hold") == 0;
	struct store *own = store_open(where, STORE_WRITES);
	bool fine = own != NULL;

	if (strcmp(role, "migrate") == 0)
		fine = fine && store_migrate(own, migrations);
	else
		fine = fine && store_transact(own, hold, &until_told) == STORE_COMMITTED;
	store_close(own);
	return fine ? 0 : 1;
}

START_TEST(a_process_that_is_killed_leaves_nothing_of_its_transaction)
{
	struct child child = child_start("hold");

	child_says(child);
	ck_assert_int_eq(count_in(store), 0);
	ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
	ck_assert(WIFSIGNALED(child_end(child)));
	ck_assert_int_eq(count_in(store), 0);
	ck_assert_int_eq(add(store, "held", 2), 1);
	struct store *later = store_open(url, STORE_READS);
	ck_assert_int_eq(count_in(later), 1);
	store_close(later);
}
END_TEST

START_TEST(a_writer_waits_for_another_process)
{
	struct child child = child_start("hold-shortly");

	child_says(child);
	ck_assert_int_eq(count_in(store), 0);
	ck_assert_int_eq(add(store, "b", 1), 1);
	ck_assert_int_eq(count_in(store), 2);
	ck_assert_int_eq(child_end(child), 0);
}
END_TEST

START_TEST(a_reader_does_not_wait_for_a_writer)
{
	struct store *reader = store_open(url, STORE_READS);
	struct child child = child_start("hold");

	child_says(child);
	ck_assert_int_eq(count_in(reader), 0);
	ck_assert(!store_gave_up(reader));
	ck_assert_int_eq(write(child.told, "+", 1), 1);
	ck_assert_int_eq(child_end(child), 0);
	ck_assert_int_eq(count_in(reader), 1);
	store_close(reader);
}
END_TEST

#define STARTERS 6

START_TEST(processes_that_start_at_once_migrate_once)
{
	struct child children[STARTERS];

	for (int i = 0; i < STARTERS; i++)
		children[i] = child_start("migrate");
	for (int i = 0; i < STARTERS; i++)
		ck_assert_int_eq(child_end(children[i]), 0);
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(applied_in(store), 2);
}
END_TEST

/* ---- The suite ---- */

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

static TCase *rows_case(void)
{
	TCase *tcase = tcase_create("rows");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_struct_comes_back_as_it_went);
	tcase_add_test(tcase, what_is_absent_is_null_and_comes_back_absent);
	tcase_add_test(tcase, a_row_that_is_not_there_leaves_the_struct_alone);
	tcase_add_test(tcase, all_rows_are_found_in_order);
	tcase_add_test(tcase, each_row_is_handed_over_and_may_end_it);
	tcase_add_test(tcase, a_change_counts_its_own_rows);
	tcase_add_test(tcase, a_write_that_returns_a_row_is_committed);
	tcase_add_test(tcase, one_text_serves_several_shapes);
	tcase_add_test(tcase, statements_survive_a_change_of_the_schema);
	return tcase;
}

static TCase *failure_case(void)
{
	TCase *tcase = tcase_create("failure");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_failure_is_logged_without_values);
	tcase_add_test(tcase, a_table_that_is_not_there_is_a_failure);
	tcase_add_test(tcase, foreign_keys_hold);
	tcase_add_loop_test(tcase, an_unusable_url_is_refused_in_words, 0, COUNT(refused));
	tcase_add_test(tcase, a_file_that_is_no_database_is_refused_and_left_alone);
	tcase_add_test(tcase, strangers_may_not_read_a_new_database);
	tcase_add_test(tcase, a_database_that_was_moved_away_is_not_reachable);
	tcase_add_loop_test(tcase, a_programmers_error_aborts_with_the_statement, 0, COUNT(misuses));
	return tcase;
}

static TCase *transaction_case(void)
{
	TCase *tcase = tcase_create("transactions and budgets");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_transaction_is_all_or_nothing);
	tcase_add_test(tcase, a_failed_transaction_commits_nothing);
	tcase_add_test(tcase, a_transaction_may_change_what_it_goes_through);
	tcase_add_test(tcase, readers_see_a_transaction_only_when_it_is_committed);
	tcase_add_test(tcase, a_reader_gives_up_when_its_budget_is_spent);
	tcase_add_test(tcase, many_small_reads_spend_the_budget_too);
	tcase_add_test(tcase, a_reader_leaves_writing_to_a_worker);
	tcase_add_test(tcase, a_worker_has_no_budget);
	tcase_add_test(tcase, migrations_are_applied_once);
	tcase_add_test(tcase, a_migration_that_fails_leaves_nothing_of_itself);
	tcase_add_test(tcase, a_newer_schema_is_accepted);
	return tcase;
}

static TCase *sharing_case(void)
{
	TCase *tcase = tcase_create("threads and processes");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, threads_take_turns_and_lose_nothing);
	tcase_add_test(tcase, a_process_that_is_killed_leaves_nothing_of_its_transaction);
	tcase_add_test(tcase, a_writer_waits_for_another_process);
	tcase_add_test(tcase, a_reader_does_not_wait_for_a_writer);
	return tcase;
}

static TCase *start_case(void)
{
	TCase *tcase = tcase_create("start");

	tcase_add_checked_fixture(tcase, begin_folder, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, processes_that_start_at_once_migrate_once);
	return tcase;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return play(argv[1], argv[2]);

	Suite *suite = suite_create("store");
	suite_add_tcase(suite, rows_case());
	suite_add_tcase(suite, failure_case());
	suite_add_tcase(suite, transaction_case());
	suite_add_tcase(suite, sharing_case());
	suite_add_tcase(suite, start_case());
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}
