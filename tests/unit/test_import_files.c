/* test_import_files.c - whole files into a database: everything or nothing, in constant memory. */
#include <fcntl.h>
#include <poll.h>
#include <zlib.h>

#include "items.h"

static int64_t count(const char *sql)
{
	struct number number = { -1 };

	ck_assert_int_eq(store_find_one(store, arena, sql, NULL, NULL, number_shape, &number), 1);
	return number.value;
}

/* ---- Everything or nothing ---- */

START_TEST(twenty_bad_rows_are_listed_and_the_others_counted)
{
	write_rows(1300, 10, 1244);
	ck_assert_int_eq(import_items("GBP"), 1);
	words(logged);
	ck_assert_ptr_nonnull(strstr(logged, "items.csv:12: stock is \"x\""));
	ck_assert_ptr_nonnull(strstr(logged, "items.csv:31: "));
	ck_assert_ptr_null(strstr(logged, "items.csv:32: "));
	ck_assert_ptr_nonnull(strstr(logged, "... and 1,214 more\n"));
	ck_assert_str_eq(said, "Nothing was imported: 1,234 bad rows.\n");
	ck_assert_int_eq(items(), 0);
}
END_TEST

START_TEST(a_dry_run_checks_and_changes_nothing)
{
	write_rows(50, 0, 0);
	options.dry_run = true;
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_ptr_nonnull(strstr(words(said), "\nChecked 50 items from items.csv in "));
	ck_assert_ptr_nonnull(strstr(said, "nothing was imported"));
	ck_assert_int_eq(items(), 0);
	write_rows(50, 20, 21);
	ck_assert_int_eq(import_items("GBP"), 1);
	options.dry_run = false;
}
END_TEST

/* What the database refuses although the file is fine: said, and in the end all the same. */
START_TEST(a_database_that_fails_while_rows_are_taken_is_told_from_a_bad_file)
{
	static const char twice[] = "sku,price\na,1\nb,2\na,3\nc,4\n";

	write_file(twice, sizeof(twice) - 1);
	ck_assert_int_eq(import_items("GBP"), 1);
	ck_assert_ptr_nonnull(strstr(logged, on_postgres()
		? "violates unique constraint" : "UNIQUE constraint failed"));
	ck_assert_ptr_nonnull(strstr(said, "The file is imported, but the database failed before"));
	ck_assert_int_eq(items(), 0);
	ck_assert_int_eq(count("select count(*) as value from import_row"), 4);
}
END_TEST

START_TEST(what_is_run_again_takes_all_rows_once)
{
	write_rows(3, 0, 0);
	make_flaky(store, 2);
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_ptr_nonnull(strstr(said, "Imported 3 items"));
	ck_assert_int_eq(items(), 3);
	ck_assert_int_eq(count("select count(*) as value from import_run"), 0);
}
END_TEST

static bool judge_badly(struct import *import, struct store *in, struct arena *with,
                        const struct import_group *group)
{
	const struct item *rows = group->rows;

	(void)in, (void)with;
	for (int64_t i = 1; i < group->count; i++)
		import_bad(import, group->lines[i], "sku %s is on line %d already", rows[i].sku,
		           (int)group->lines[0]);
	return true;
}

START_TEST(rows_are_judged_together_and_told_in_the_order_of_their_lines)
{
	static const char text[] = "sku,price\nz,1\na,1\na,x\nz,2\nb,y\na,3\na,4\n";

	write_file(text, sizeof(text) - 1);
	options.currency = "GBP";
	spec = (struct import_spec) { .what = "items", .row = item_shape,
	                              .key = key_of_item, .judge = judge_badly, .take = take_item };
	catch_log(run_import);
	ck_assert_int_eq(status, 1);
	const char *at = words(logged);
	static const char *const lines[] = { "csv:4: price", "csv:5: sku z is on line 2 already",
	                                     "csv:6: price", "csv:7: sku a is on line 3 already",
	                                     "csv:8: sku a is on line 3 already" };
	for (int i = 0; i < COUNT(lines); i++) {
		at = strstr(at, lines[i]);
		ck_assert_msg(at, "%s in %s", lines[i], logged);
	}
	ck_assert_str_eq(said, "Nothing was imported: 5 bad rows.\n");
	ck_assert_int_eq(items(), 0);
}
END_TEST

START_TEST(more_rows_of_a_key_than_a_group_may_have_are_refused)
{
	FILE *file = fopen(path, "w");

	fputs("sku,price\na,1\n", file);
	for (int i = 0; i < IMPORT_GROUP_MAX + 1; i++)
		fputs("b,1\n", file);
	fclose(file);
	ck_assert_int_eq(import_items("GBP"), 1);
	ck_assert_ptr_nonnull(strstr(logged, ":3: more than 10000 rows belong together"));
	ck_assert_int_eq(items(), 0);
}
END_TEST

/* ---- Imports that did not come to their end ---- */

/* As the process found it that ended then: laid aside, decided or not, its lease over. */
static void leave_behind(bool decided)
{
	static const char row[] = "insert into import_row (import_id, position, key, fields) values"
	                          " (7, :value, 'a' || :value, '{\"sku\":\"a' || :value ||"
	                          " '\",\"price\":{\"amount\":5,\"currency\":\"GBP\"}}')";

	ck_assert_int_eq(store_change(store, decided ? "insert into import_run values (7, 1, 1, 1)"
	                              : "insert into import_run values (7, 0, 1, 1)", NULL, NULL), 1);
	for (int64_t i = 1; i <= 300; i++)
		ck_assert_int_eq(store_change(store, row, number_shape, &(struct number) { i }), 1);
}

static bool take_slowly(struct store *to, struct arena *in, const struct import_group *group)
{
	usleep(1000);
	return take_item(to, in, group);
}

START_TEST(what_was_decided_is_taken_by_whoever_finds_it)
{
	int pieces = 0;

	spec = (struct import_spec) { .what = "items", .row = item_shape, .key = key_of_item,
	                              .take = take_slowly };
	leave_behind(true);
	while (import_go_on(store, &spec) < 1000) {
		pieces++;
		ck_assert_int_eq(items() + count("select count(*) as value from import_row"), 300);
	}
	ck_assert_int_eq(items(), 300);
	ck_assert_int_ge(pieces, 2);
	ck_assert_int_eq(count("select count(*) as value from import_run"), 0);
}
END_TEST

START_TEST(what_was_not_decided_is_taken_away_by_the_next_import)
{
	leave_behind(false);
	write_rows(3, 0, 0);
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_int_eq(items(), 3);
	ck_assert_int_eq(count("select count(*) as value from import_row"), 0);
	ck_assert_int_eq(count("select count(*) as value from import_run"), 0);
}
END_TEST

START_TEST(what_somebody_still_works_at_is_left_alone)
{
	spec = (struct import_spec) { .what = "items", .row = item_shape, .key = key_of_item,
	                              .take = take_item };
	leave_behind(true);
	ck_assert_int_eq(store_change(store, "update import_run set lease_until = 9000000000000000",
	                              NULL, NULL), 1);
	ck_assert_int_ge(import_go_on(store, &spec), 1000);
	ck_assert_int_eq(items(), 0);
}
END_TEST

/* ---- Files ---- */

START_TEST(a_packed_file_is_unpacked_on_the_way)
{
	static const char text[] = "sku,price\na,1\nb,2\n";

	strcat(path, ".gz");
	gzFile file = gzopen(path, "wb");
	ck_assert_int_eq(gzwrite(file, text, sizeof(text) - 1), sizeof(text) - 1);
	gzclose(file);
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_int_eq(items(), 2);
}
END_TEST

START_TEST(a_packed_file_that_is_cut_off_imports_nothing)
{
	static char packed[64 * 1024];

	write_rows(5000, 0, 0);
	FILE *plain = fopen(path, "r");
	strcat(path, ".gz");
	gzFile file = gzopen(path, "wb");
	size_t size;
	while ((size = fread(packed, 1, sizeof(packed), plain)))
		gzwrite(file, packed, (unsigned)size);
	gzclose(file);
	fclose(plain);
	ck_assert_int_eq(truncate(path, 10000), 0);
	ck_assert_int_eq(import_items("GBP"), 1);
	ck_assert_str_eq(words(said), "Nothing was imported: items.csv.gz cannot be read: unexpected"
	                 " end of file.\n");
	ck_assert_int_eq(items(), 0);
}
END_TEST

START_TEST(a_file_that_is_not_there_is_named)
{
	ck_assert_int_eq(import_items("GBP"), 1);
	ck_assert_str_eq(words(logged), "items.csv cannot be read: No such file or directory\n");
	strcpy(path, folder);
	ck_assert_int_eq(import_items("GBP"), 1);
	ck_assert_ptr_nonnull(strstr(logged, "Is a directory"));
}
END_TEST

START_TEST(a_currency_that_is_none_is_refused)
{
	write_rows(1, 0, 0);
	ck_assert_int_eq(import_items("pound"), 1);
	ck_assert_ptr_nonnull(strstr(logged, "the currency is \"pound\""));
}
END_TEST

/* ---- A terminal ---- */

/* What was written to the other end, which may arrive in pieces: until none comes any more. */
static size_t read_terminal(int terminal, char *into, size_t room)
{
	struct pollfd there = { .fd = terminal, .events = POLLIN };
	size_t size = 0;

	while (size + 1 < room && poll(&there, 1, 200) == 1) {
		ssize_t got = read(terminal, into + size, room - size - 1);
		if (got <= 0)
			break;
		size += (size_t)got;
	}
	into[size] = '\0';
	return size;
}

START_TEST(a_terminal_gets_a_progress_bar_that_goes_away)
{
	int terminal = posix_openpt(O_RDWR | O_NOCTTY), stderr_was = dup(STDERR_FILENO);
	char seen[1000];

	ck_assert(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
	int other = open(ptsname(terminal), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(other, 0);
	write_rows(3, 0, 0);
	options.currency = "GBP";
	spec = (struct import_spec) { .what = "items", .row = item_shape,
	                              .key = key_of_item, .take = take_item };
	dup2(other, STDERR_FILENO);
	run_import();
	fflush(stderr);
	dup2(stderr_was, STDERR_FILENO);
	size_t size = read_terminal(terminal, seen, sizeof(seen));
	ck_assert_ptr_nonnull(strstr(seen, "\r\033[K1 items, "));
	ck_assert_ptr_nonnull(strstr(seen, "#] 100 %"));
	ck_assert_uint_ge(size, 4);
	ck_assert_str_eq(seen + size - 4, "\r\033[K");
	ck_assert_ptr_nonnull(strstr(said, "Imported 3 items"));
	close(stderr_was);
	close(other);
	close(terminal);
}
END_TEST

/* ---- Size: sanitizers keep freed memory, an emulator what it translated, so with them it is not looked at ---- */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(EMULATED)
#define MANY 20000
#define MANY_SAID "20,000"
#define MEASURED false
#else
#define MANY 200000
#define MANY_SAID "200,000"
#define MEASURED true
#endif

static long peak_kib;

/* Memory of our own, without the pages of files that the system keeps anyway. */
static long own_kib(void)
{
	FILE *file = fopen("/proc/self/status", "r");
	char line[256];
	long kib = -1;

	ck_assert_ptr_nonnull(file);
	while (kib < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "RssAnon: %ld", &kib);
	fclose(file);
	return kib;
}

static int64_t taken;

static bool take_one_of_many(struct store *to, struct arena *in, const struct import_group *group)
{
	if (++taken % 10000 == 0 && own_kib() > peak_kib)
		peak_kib = own_kib();
	return take_item(to, in, group);
}

START_TEST(a_long_file_takes_no_more_memory_than_a_short_one)
{
	options.currency = "GBP";
	spec = (struct import_spec) { .what = "items", .row = item_shape,
	                              .key = key_of_item, .take = take_one_of_many };
	taken = 0;
	write_rows(1, 0, 0);
	catch_log(run_import);
	ck_assert_int_eq(store_change(store, "delete from item", NULL, NULL), 1);
	write_rows(MANY, 0, 0);
	long before = own_kib();
	catch_log(run_import);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(taken, MANY + 1);
	ck_assert_int_eq(items(), MANY);
	ck_assert_ptr_nonnull(strstr(said, "Imported " MANY_SAID " items"));
	/* The file has 4 MiB, what is made of it 20. */
	if (MEASURED)
		ck_assert_int_lt(peak_kib - before, 4 * 1024);
}
END_TEST

/* ---- The suite ---- */

static TCase *files_case(void)
{
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, begin_items, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, twenty_bad_rows_are_listed_and_the_others_counted);
	tcase_add_test(tcase, a_dry_run_checks_and_changes_nothing);
	tcase_add_test(tcase, a_database_that_fails_while_rows_are_taken_is_told_from_a_bad_file);
	tcase_add_test(tcase, what_is_run_again_takes_all_rows_once);
	tcase_add_test(tcase, rows_are_judged_together_and_told_in_the_order_of_their_lines);
	tcase_add_test(tcase, more_rows_of_a_key_than_a_group_may_have_are_refused);
	tcase_add_test(tcase, what_was_decided_is_taken_by_whoever_finds_it);
	tcase_add_test(tcase, what_was_not_decided_is_taken_away_by_the_next_import);
	tcase_add_test(tcase, what_somebody_still_works_at_is_left_alone);
	tcase_add_test(tcase, a_packed_file_is_unpacked_on_the_way);
	tcase_add_test(tcase, a_packed_file_that_is_cut_off_imports_nothing);
	tcase_add_test(tcase, a_file_that_is_not_there_is_named);
	tcase_add_test(tcase, a_currency_that_is_none_is_refused);
	tcase_add_test(tcase, a_terminal_gets_a_progress_bar_that_goes_away);
	tcase_add_test(tcase, a_long_file_takes_no_more_memory_than_a_short_one);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("import of files");

	suite_add_tcase(suite, files_case());
	return run_suite(suite);
}
