/* test_store_log.c - an SQLite file and the log beside it: whose that is, and when it is there. */
#include <pthread.h>

#include "stamp.h"
#include "prepare.h"
#include "things.h"

static const char *log_of(const char *path)
{
	static char log[300];

	snprintf(log, sizeof(log), "%s-wal", path);
	return log;
}

static void add_much(void)
{
	char name[2000];

	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	for (int i = 0; i < 1500; i++) {
		snprintf(name, 20, "%d-%d", i, rand());
		name[strlen(name)] = '-';
		ck_assert_int_eq(add(store, name, i), 1);
	}
}

/* Some 4 MiB to a log: whichever it is on, it shows whose it is, and only that file's number. */
START_TEST(a_log_shows_for_which_file_it_was_written)
{
	char other[160], line[600];
	unsigned char number[4];

	snprintf(other, sizeof(other), "%s/other.db", folder);
	snprintf(line, sizeof(line), "cp %s %s", url + 7, other);
	ck_assert_int_eq(system(line), 0);
	for (int i = 0; i < 4; i++) {
		add_much();
		ck_assert(!stamp_is_of_another(url + 7, log_of(url + 7)));
		FILE *file = fopen(other, "r+");
		fseek(file, 60, SEEK_SET);
		ck_assert_uint_eq(fread(number, 1, 4, file), 4);
		number[3]++;
		fseek(file, 60, SEEK_SET);
		ck_assert_uint_eq(fwrite(number, 1, 4, file), 4);
		fclose(file);
		ck_assert(stamp_is_of_another(other, log_of(url + 7)));
	}
}
END_TEST

/* The number in its header, which is another one once somebody may write. */
static uint32_t number_of(const char *path)
{
	FILE *file = fopen(path, "r");
	uint32_t number = 0;

	ck_assert_ptr_nonnull(file);
	fseek(file, 60, SEEK_SET);
	ck_assert_uint_eq(fread(&number, sizeof(number), 1, file), 1);
	fclose(file);
	return number;
}

static void none_is_wrong(void *context, const char *line)
{
	(void)context;
	ck_abort_msg("%s", line);
}

/* As a program does. */
static void start(void)
{
	struct store_prepared done;
	struct store *starting = store_open(url, STORE_WRITES);

	ck_assert(store_migrate(starting, migrations));
	ck_assert(store_prepare_once(starting, migrations, store_program_statements(), none_is_wrong, NULL, &done));
	store_close(starting);
}

START_TEST(a_start_that_migrates_nothing_writes_nothing)
{
	ck_assert_int_eq(add(store, "one", 1), 1);
	store_close(store);
	start();
	uint32_t before = number_of(url + 7);

	start();
	ck_assert_uint_eq(number_of(url + 7), before);

	store = store_open(url, STORE_WRITES);
	ck_assert_int_eq(add(store, "two", 2), 1);
	store_close(store);
	ck_assert_uint_ne(number_of(url + 7), before);
	store = NULL;
}
END_TEST

START_TEST(whoever_closes_last_no_log_is_left)
{
	struct store *readers[2], *writer = store_open(url, STORE_WRITES);

	for (int i = 0; i < 2; i++) {
		readers[i] = store_open(url, STORE_READS);
		ck_assert_int_eq(count_in(readers[i]), 0);
	}
	ck_assert_int_eq(add(store, "thing", 1), 1);
	store_close(store);
	store_close(writer);
	ck_assert_int_eq(access(log_of(url + 7), F_OK), 0);
	ck_assert_int_eq(count_in(readers[1]), 1);
	store_close(readers[0]);
	store_close(readers[1]);
	ck_assert_int_eq(access(log_of(url + 7), F_OK), -1);
	store = store_open(url, STORE_WRITES);
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

static void *close_in_thread(void *one)
{
	store_close(one);
	return NULL;
}

/* Whoever is the last to be about to close must not be before one that still closes. */
START_TEST(connections_that_close_at_once_leave_no_log)
{
	enum { MANY_STORES = 6 };
	pthread_t threads[MANY_STORES];
	struct store *stores[MANY_STORES];

	store_close(store);
	for (int round = 0; round < 100; round++) {
		for (int i = 0; i < MANY_STORES; i++) {
			stores[i] = store_open(url, i % 3 ? STORE_READS : STORE_WRITES);
			ck_assert_ptr_nonnull(stores[i]);
		}
		for (int i = 0; i < MANY_STORES; i++)
			(void)count_in(stores[i]);
		ck_assert_int_eq(store_change(stores[0], "update count set things = things + 1", NULL, NULL), 1);
		for (int i = 0; i < MANY_STORES; i++)
			pthread_create(&threads[i], NULL, close_in_thread, stores[i]);
		for (int i = 0; i < MANY_STORES; i++)
			pthread_join(threads[i], NULL);
		ck_assert_msg(access(log_of(url + 7), F_OK) < 0, "round %d", round);
	}
	store = store_open(url, STORE_WRITES);
}
END_TEST

/* Nothing keeps them from it, so what was read may be half of what they wrote. */
START_TEST(that_others_begin_to_write_while_a_file_is_looked_at_is_noticed)
{
	struct store_why why = { "" };
	int64_t before = count_in(store);

	store_close(store);
	struct store *looks = store_open_to_look(url);
	ck_assert_ptr_nonnull(looks);
	ck_assert_int_eq(count_in(looks), before);
	ck_assert(store_well(looks, &why));
	ck_assert_msg(access(log_of(url + 7), F_OK) < 0, "a log was made");
	store = store_open(url, STORE_WRITES);
	ck_assert_int_eq(store_change(store, "update count set things = things + 1", NULL, NULL), 1);
	ck_assert(!store_well(looks, &why));
	ck_assert_str_eq(why.text, "another program began to write to the database meanwhile; look again");
	store_close(looks);
}
END_TEST

static TCase *file_case(void)
{
	TCase *tcase = tcase_create("the file and its log");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_log_shows_for_which_file_it_was_written);
	tcase_add_test(tcase, a_start_that_migrates_nothing_writes_nothing);
	tcase_add_test(tcase, whoever_closes_last_no_log_is_left);
	tcase_add_test(tcase, connections_that_close_at_once_leave_no_log);
	tcase_add_test(tcase, that_others_begin_to_write_while_a_file_is_looked_at_is_noticed);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("log of a file");

	suite_add_tcase(suite, file_case());
	return run_suite(suite);
}
