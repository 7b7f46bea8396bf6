/* test_store.c - SQL in, structs out, and what is refused. */
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "things.h"

/* ---- Structs ---- */

START_TEST(a_struct_comes_back_as_it_went)
{
	struct thing in = { "Tee \xe2\x98\x95", -7, true, 0.25, true, 1291191960123,
	                    { 1299, "GBP" } };
	struct thing out = { 0 };

	ck_assert_int_eq(store_change(store, insert_thing, thing_shape, &in), 1);
	ck_assert_int_eq(store_find_one(store, arena, find_thing, thing_shape, &in, thing_shape,
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

	ck_assert_int_eq(store_change(store, insert_thing, thing_shape, &in), 1);
	ck_assert_int_eq(store_find_one(store, arena, "select count(*) as value from thing where"
	                 " size is null and made_at is null and price is null and"
	                 " price_currency is null and heavy = 0", NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
	ck_assert_int_eq(store_find_one(store, arena, find_thing, thing_shape, &in, thing_shape,
	                                &out), 1);
	ck_assert(!out.has_size && out.size == 0 && out.made_at == 0);
	ck_assert(out.price.minor == 0 && !out.price.currency);
}
END_TEST

START_TEST(a_row_that_is_not_there_leaves_the_struct_alone)
{
	struct thing out = { .name = "untouched" };

	ck_assert_int_eq(store_find_one(store, arena, find_thing, thing_shape,
	                                &(struct thing) { .name = "nobody" }, thing_shape, &out), 0);
	ck_assert_str_eq(out.name, "untouched");
}
END_TEST

/* It is a macro. */
START_TEST(where_rows_go_is_evaluated_once)
{
	ROWS(struct thing) rows[3] = {{{ NULL, -1 }}, {{ NULL, -1 }}, {{ NULL, -1 }}};
	int next = 0;

	ck_assert(store_find(store, arena, find_all, NULL, NULL, thing_shape, &rows[next++]));
	ck_assert_int_eq(next, 1);
	ck_assert_int_eq(rows[0].count, 0);
	ck_assert_int_eq(rows[1].count, -1);
}
END_TEST

START_TEST(all_rows_are_found_in_order)
{
	ROWS(struct thing) rows = {{ NULL, -1 }};
	char name[8];

	ck_assert(store_find(store, arena, find_all, NULL, NULL, thing_shape, &rows));
	ck_assert_int_eq(rows.count, 0);
	for (int i = 999; i >= 0; i--) {
		snprintf(name, sizeof(name), "t%03d", i);
		ck_assert_int_eq(add(store, name, i), 1);
	}
	ck_assert(store_find(store, arena, find_all, NULL, NULL, thing_shape, &rows));
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
	ROWS(struct thing) rows;

	/* The same statement again, while the outer one runs. */
	ck_assert(store_find(store, arena, find_all, NULL, NULL, thing_shape, &rows));
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
	ck_assert(store_each(store, find_all, NULL, NULL, thing_shape, see, &all));
	ck_assert_int_eq(all.count, 3);
	ck_assert_int_eq(all.sum, 7);
	ck_assert(store_each(store, find_all, NULL, NULL, thing_shape, see, &some));
	ck_assert_int_eq(some.count, 2);
	ck_assert(store_is_idle(store));
}
END_TEST

START_TEST(a_change_counts_its_own_rows)
{
	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 1) == 1);
	ck_assert_int_eq(store_change(store, "update thing set size = 3", NULL, NULL), 2);
	ck_assert_int_eq(store_change(store, resize, thing_shape,
	                              &(struct thing) { .name = "nobody" }), 0);
	ck_assert_int_eq(store_change(store, "create table other (x bigint)", NULL, NULL), 0);
	ck_assert_int_eq(count_in(store), 2);
}
END_TEST

START_TEST(a_write_that_returns_a_row_is_committed)
{
	struct number number;

	ck_assert(add(store, "a", 1) == 1 && add(store, "b", 1) == 1);
	ck_assert_int_eq(store_find_one(store, arena, "update thing set size = size + 1"
	                 " returning size as value", NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 2);
	struct store *other = store_open(url, reading());
	ck_assert_int_eq(store_find_one(other, arena, "select sum(size) as value from thing", NULL,
	                                NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 4);
	store_close(other);
}
END_TEST

struct wide {
	const char *name;
	int64_t value;
};

static SHAPE(wide_shape, struct wide,
	TEXT(struct wide, name, "Nothing"),
	INT(struct wide, value, "A number"));

START_TEST(one_text_serves_several_shapes)
{
	static const char sql[] = "select size as value from thing where size = :value";
	struct wide wide = { 0 };
	struct number number = { 5 };

	ck_assert_int_eq(add(store, "a", 5), 1);
	ck_assert_int_eq(store_find_one(store, arena, sql, number_shape, &number, wide_shape,
	                                &wide), 1);
	ck_assert_int_eq(wide.value, 5);
	ck_assert_int_eq(store_find_one(store, arena, sql, wide_shape, &wide, number_shape,
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
	ck_assert_ptr_nonnull(strstr(logged, on_postgres()
		? "duplicate key value violates unique constraint" : "UNIQUE constraint failed"));
	ck_assert_ptr_null(strstr(logged, "secret-value"));
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

START_TEST(foreign_keys_hold)
{
	ck_assert_int_eq(store_change(store, "insert into part (thing) values ('nobody')", NULL, NULL),
	                 -1);
}
END_TEST

static const char *const refused[][2] = {
	{ "postgresql:/shop", "must begin with postgresql://" },
	{ "postgresql://somebody:hid@den@db/shop", "is written %40" },
	{ "postgresql://somebody:hidden%@db/shop", "is written %25" },
	{ "postgres://somebody:hidden/@db/shop", "/ %2F" },
	{ "postgres://somebody:hidden@db/shop?nothing=1", "not of the form" },
	{ "mysql://somebody:hidden@db/shop", "no driver for databases named mysql" },
	{ "shop.db", "sqlite:PATH" },
	{ "sqlite:", "needs the path of a file" },
	{ "sqlite::memory:", "needs the path of a file" },
	{ "sqlite:/nowhere/at/all/shop.db", "/nowhere/at/all/shop.db cannot be created: No such file or directory; make its folder first" },
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
	ck_assert_ptr_null(strstr(logged, "hid"));
	ck_assert_ptr_null(strstr(logged, "den"));
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

/* As another process sees it: locks go when a process closes any descriptor of the file. Byte 120 is
 * WAL_WRITE_LOCK (sqlite.org/walformat.html). */
static bool holds_lock_to_write(void)
{
	char path[160];
	int status;
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 120, .l_len = 1 };

	snprintf(path, sizeof(path), "%s/things.db-shm", folder);
	pid_t pid = fork();
	if (pid == 0) {
		int shm = open(path, O_RDWR);
		_exit(shm >= 0 && fcntl(shm, F_GETLK, &lock) == 0 && lock.l_type == F_WRLCK);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

static bool replaced_and_read(struct store *in, void *context)
{
	char other[160], text[500];
	struct store *reader = context;
	struct number number;

	snprintf(other, sizeof(other), "%s/other.db", folder);
	snprintf(text, sizeof(text), "cd %s && cp things.db copy.db && mv things.db other.db && mv copy.db things.db",
	         folder);
	ck_assert_int_eq(add(in, "within", 1), 1);
	ck_assert_int_eq(system(text), 0);
	/* A connection to read with is made now. */
	ck_assert_int_eq(store_find_one(reader, arena, count_things, NULL, NULL, number_shape, &number),
	                 -1);
	ck_assert(!store_reachable(reader));
	ck_assert(holds_lock_to_write());
	snprintf(text, sizeof(text), "cd %s && mv other.db things.db", folder);
	ck_assert_int_eq(system(text), 0);
	return add(in, "again", 1) == 1;
}

/* The connection that there is to read with is being used. */
static bool replace_meanwhile(void *reader, const void *row UNUSED)
{
	ck_assert_int_eq(store_transact(store, replaced_and_read, reader), STORE_COMMITTED);
	return false;
}

START_TEST(what_took_the_files_place_is_not_read)
{
	if (on_postgres())
		return;
	struct store *reader = store_open(url, STORE_WRITES), *holder = store_open(url, STORE_WRITES);
	ck_assert_int_eq(add(store, "before", 1), 1);
	ck_assert(store_each(holder, find_all, NULL, NULL, thing_shape, replace_meanwhile, reader));
	ck_assert_int_eq(count_in(store), 3);
	ck_assert_int_eq(count_in(reader), 3);
	store_close(holder);
	store_close(reader);
}
END_TEST

/* ---- The suite ---- */

static TCase *rows_case(void)
{
	TCase *tcase = tcase_create("rows");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, a_struct_comes_back_as_it_went);
	tcase_add_test(tcase, what_is_absent_is_null_and_comes_back_absent);
	tcase_add_test(tcase, a_row_that_is_not_there_leaves_the_struct_alone);
	tcase_add_test(tcase, where_rows_go_is_evaluated_once);
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
	tcase_add_test(tcase, foreign_keys_hold);
	tcase_add_loop_test(tcase, an_unusable_url_is_refused_in_words, 0, COUNT(refused));
	if (on_postgres())
		return tcase;
	tcase_add_test(tcase, a_file_that_is_no_database_is_refused_and_left_alone);
	tcase_add_test(tcase, strangers_may_not_read_a_new_database);
	tcase_add_test(tcase, a_database_that_was_moved_away_is_not_reachable);
	tcase_add_test(tcase, what_took_the_files_place_is_not_read);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("store");

	suite_add_tcase(suite, rows_case());
	suite_add_tcase(suite, failure_case());
	return run_suite(suite);
}
