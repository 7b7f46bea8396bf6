/* test_import_files.c - whole files into a database: everything or nothing, in constant memory. */
#include <fcntl.h>
#include <poll.h>
#include <zlib.h>

#include "items.h"

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
	dry_run = true;
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_ptr_eq(strstr(words(said), "Checked 50 items from items.csv in "), said);
	ck_assert_ptr_nonnull(strstr(said, "nothing was imported"));
	ck_assert_int_eq(items(), 0);
	write_rows(50, 20, 21);
	ck_assert_int_eq(import_items("GBP"), 1);
	dry_run = false;
}
END_TEST

START_TEST(a_database_that_fails_imports_nothing)
{
	static const char twice[] = "sku,price\na,1\nb,2\na,3\nc,4\n";

	write_file(twice, sizeof(twice) - 1);
	ck_assert_int_eq(import_items("GBP"), 1);
	ck_assert_ptr_nonnull(strstr(logged, on_postgres()
		? "violates unique constraint" : "UNIQUE constraint failed"));
	ck_assert_str_eq(said, "Nothing was imported: the database failed at line 4, see above.\n");
	ck_assert_int_eq(items(), 0);
}
END_TEST

START_TEST(a_transaction_that_is_run_again_reads_the_file_again)
{
	write_rows(3, 0, 0);
	make_flaky(store, 1);
	ck_assert_int_eq(import_items("GBP"), 0);
	ck_assert_ptr_nonnull(strstr(said, "Imported 3 items"));
	ck_assert_int_eq(items(), 3);
}
END_TEST

static const char *finish_well(struct import *import, struct store *to, void *context)
{
	(void)import, (void)to;
	++*(int *)context;
	return NULL;
}

static const char *finish_badly(struct import *import, struct store *to, void *context)
{
	(void)to;
	++*(int *)context;
	return import_why(import, "order %d has no lines", 7);
}

START_TEST(the_end_has_a_say)
{
	int calls = 0;

	write_rows(3, 0, 0);
	spec = (struct import_spec) { .what = "items", .row = &item_shape, .currency = "GBP",
	                              .each = take_item, .finish = finish_badly, .context = &calls };
	catch_log(run_import);
	ck_assert_int_eq(status, 1);
	ck_assert_str_eq(words(logged), "items.csv: order 7 has no lines\n");
	ck_assert_int_eq(items(), 0);
	spec.finish = finish_well;
	catch_log(run_import);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(items(), 3);
	ck_assert_int_eq(calls, 2);
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
	spec = (struct import_spec) { .what = "items", .row = &item_shape, .currency = "GBP",
	                              .each = take_item };
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

/* ---- Size: sanitizers keep freed memory, so with them the database is left out ---- */

#define MANY 200000

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_DATABASE false
#else
#define WITH_DATABASE true
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

static const char *take_one_of_many(struct import *import, struct store *to, const void *row,
                                    void *context)
{
	int64_t *count = context;

	if (++*count % 10000 == 0 && own_kib() > peak_kib)
		peak_kib = own_kib();
	return WITH_DATABASE ? take_item(import, to, row, NULL) : NULL;
}

START_TEST(a_long_file_takes_no_more_memory_than_a_short_one)
{
	int64_t count = 0;

	spec = (struct import_spec) { .what = "items", .row = &item_shape, .currency = "GBP",
	                              .each = take_one_of_many, .context = &count };
	write_rows(1, 0, 0);
	catch_log(run_import);
	ck_assert_int_eq(store_change(store, "delete from item", NULL, NULL), WITH_DATABASE);
	write_rows(MANY, 0, 0);
	long before = own_kib();
	catch_log(run_import);
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(count, MANY + 1);
	ck_assert_int_eq(items(), WITH_DATABASE ? MANY : 0);
	ck_assert_ptr_nonnull(strstr(said, "Imported 200,000 items"));
	/* The file has 4 MiB, the database 10. */
	ck_assert_int_lt(peak_kib - before, 2 * 1024);
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
	tcase_add_test(tcase, a_database_that_fails_imports_nothing);
	tcase_add_test(tcase, a_transaction_that_is_run_again_reads_the_file_again);
	tcase_add_test(tcase, the_end_has_a_say);
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
