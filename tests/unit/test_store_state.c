/* test_store_state.c - the store of what a service knows beside its data: SQLite's file of its own, and what is
 * told in it. */
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "things.h"

static char state[256];

static void begin_state(void)
{
	begin_empty();
	snprintf(url, sizeof(url), "sqlite:%s/things.db", folder);
	snprintf(state, sizeof(state), "%s/things.db.state", folder);
	store = store_open_state(url, 0);
	ck_assert(store && store_migrate(store, migrations));
}

static void reopen(void)
{
	store_close(store);
	store = store_open_state(url, 0);
	ck_assert(store && store_migrate(store, migrations));
}

static bool is_there(const char *name)
{
	return access(arena_print(arena, "%s%s", state, name), F_OK) == 0;
}

/* ---- The file ---- */

START_TEST(it_lies_beside_the_data_and_lasts)
{
	struct stat about;

	ck_assert_int_eq(add(store, "a", 1), 1);
	ck_assert_int_eq(stat(state, &about), 0);
	ck_assert_int_eq(about.st_mode & 07, 0);
	reopen();
	ck_assert_int_eq(count_in(store), 1);
	ck_assert(!is_there("-shm"));
}
END_TEST

START_TEST(it_lies_beside_the_file_that_a_link_leads_to)
{
	const char *real = arena_print(arena, "%s/real.db", folder);
	const char *link = arena_print(arena, "%s/things.db", folder);

	close(open(real, O_CREAT | O_RDWR, 0600));
	ck_assert_int_eq(symlink(real, link), 0);
	store_close(store);
	store = store_open_state(url, 0);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(access(arena_print(arena, "%s.state", real), F_OK), 0);
}
END_TEST

START_TEST(without_data_it_is_in_memory)
{
	store_close(store);
	store = store_open_state(NULL, 0);
	ck_assert(store && store_migrate(store, migrations));
	ck_assert_int_eq(add(store, "a", 1), 1);
	struct store *other = store_open_state(NULL, 0);
	ck_assert(other && store_migrate(other, migrations));
	ck_assert_int_eq(count_in(other), 0);
	store_close(other);
}
END_TEST

static int64_t pages(void)
{
	struct number number = { -1 };

	ck_assert_int_eq(store_find_one(store, arena, "select page_count as value from pragma_page_count",
	                                NULL, NULL, number_shape, &number), 1);
	return number.value;
}

START_TEST(what_was_much_once_does_not_stay_as_large)
{
	char *name = arena_alloc(arena, 20001);

	for (int memory = 0; memory < 2; memory++) {
		store_close(store);
		store = store_open_state(memory ? NULL : url, 0);
		ck_assert(store && store_migrate(store, migrations));
		for (int i = 0; i < 1000; i++) {
			memset(name, 'x', 20000);
			name[snprintf(name, 10, "%09d", i)] = 'x';
			ck_assert_int_eq(add(store, name, i), 1);
		}
		ck_assert_int_gt(pages(), 5000);
		ck_assert_int_eq(store_change(store, "delete from thing where size > 10", NULL, NULL), 989);
		int64_t before = pages();
		for (int i = 0; i < 20; i++)
			store_rest(store);
		ck_assert_int_lt(pages(), before / 2);
		ck_assert_int_eq(count_in(store), 11);
		ck_assert_int_eq(store_change(store, "delete from thing", NULL, NULL), 11);
	}
}
END_TEST

/* A process that writes without end is killed in the middle of it. */
START_TEST(a_killed_process_leaves_all_that_was_committed)
{
	int ends[2], told = 0;
	char sizes[64];

	for (int round = 0; round < 5; round++) {
		store_close(store);
		store = NULL;
		ck_assert_int_eq(pipe(ends), 0);
		pid_t child = fork();
		if (child == 0) {
			struct store *mine = store_open_state(url, 0);
			for (int i = 0; mine; i++) {
				char name[32];
				snprintf(name, sizeof(name), "%d-%d", round, i);
				if (add(mine, name, i) != 1 || write(ends[1], "x", 1) != 1)
					_exit(1);
			}
			_exit(2);
		}
		close(ends[1]);
		for (int seen = 0; seen < 200; seen += (int)read(ends[0], sizes, 1))
			;
		kill(child, SIGKILL);
		ck_assert_int_eq(waitpid(child, NULL, 0), child);
		told += 200;
		for (ssize_t more; (more = read(ends[0], sizes, sizeof(sizes))) > 0;)
			told += (int)more;
		close(ends[0]);
		store = store_open_state(url, 0);
		ck_assert_ptr_nonnull(store);
		ck_assert_int_ge(count_in(store), told);
		ck_assert_int_le(count_in(store), told + round + 1);    /* committed, and not yet told */
		told = (int)count_in(store);
		ck_assert(!is_there(".damaged"));
	}
}
END_TEST

static void open_once_more(void)
{
	ck_assert_ptr_null(store_open_state(url, 50));
}

START_TEST(another_process_is_kept_out_and_told_what_to_do)
{
	catch_log(open_once_more);
	ck_assert_ptr_nonnull(strstr(logged, "waiting for its end"));
	ck_assert_ptr_nonnull(strstr(logged, "is in use: another server serves this data"));
	pid_t child = fork();
	if (child == 0)
		_exit(store_open_state(url, 0) ? 1 : 0);
	int status;
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(WEXITSTATUS(status), 0);
	ck_assert_int_eq(add(store, "a", 1), 1);
}
END_TEST

static void *close_soon(void *context)
{
	usleep(100 * 1000);
	store_close(context);
	return NULL;
}

START_TEST(whoever_comes_next_waits_for_the_end)
{
	pthread_t thread;

	ck_assert_int_eq(add(store, "a", 1), 1);
	pthread_create(&thread, NULL, close_soon, store);
	store = store_open_state(url, 20000);
	pthread_join(thread, NULL);
	ck_assert_ptr_nonnull(store);
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

/* ---- Damage ---- */

static void overwrite(int64_t at, int size)
{
	char bytes[8192];
	int file = open(state, O_RDWR);

	memset(bytes, 0x5a, sizeof(bytes));
	ck_assert_int_ge(file, 0);
	ck_assert_int_eq(pwrite(file, bytes, (size_t)size, at), size);
	close(file);
}

static void open_damaged(void)
{
	store = store_open_state(url, 0);
	ck_assert(store && store_migrate(store, migrations));
}

static void fill(void)
{
	for (int i = 0; i < 300; i++)
		ck_assert_int_eq(add(store, arena_print(arena, "%0200d", i), 1), 1);
}

/* By a crash of the machine, which runs again since. */
static void damage(int64_t at, int size)
{
	fill();
	ck_assert(store->driver->script(store, "pragma user_version = 1"));
	store_close(store);
	store = NULL;
	overwrite(at, size);
	catch_log(open_damaged);
	ck_assert_ptr_nonnull(strstr(logged, "was damaged, and is now"));
	ck_assert_int_eq(count_in(store), 0);
	ck_assert(is_there(".damaged"));
	ck_assert_int_eq(add(store, "a", 1), 1);
	reopen();
	ck_assert_int_eq(count_in(store), 1);
}

START_TEST(a_file_without_its_head_is_put_aside)
{
	damage(0, 100);
	damage(0, 4096);                /* and once more */
}
END_TEST

START_TEST(a_file_with_holes_is_put_aside)
{
	damage(8192, 8192);
}
END_TEST

/* While the machine runs on a file is not gone through at a start, but what met damage says so. */
START_TEST(what_was_found_damaged_is_put_aside_at_the_next_start)
{
	fill();
	store_close(store);
	overwrite(8192, 8192);
	overwrite(16384, 8192);
	store = store_open_state(url, 0);
	ck_assert_ptr_nonnull(store);
	ck_assert(!is_there(".damaged"));
	ck_assert_int_lt(store_change(store, "update thing set size = size + 1", NULL, NULL), 0);
	store_close(store);
	catch_log(open_damaged);
	ck_assert_ptr_nonnull(strstr(logged, "was damaged, and is now"));
	ck_assert(is_there(".damaged"));
	ck_assert_int_eq(count_in(store), 0);
}
END_TEST

START_TEST(what_is_no_database_is_put_aside)
{
	store_close(store);
	FILE *file = fopen(state, "w");
	for (int i = 0; i < 1000; i++)
		fputs("this is no database\n", file);
	fclose(file);
	catch_log(open_damaged);
	ck_assert_ptr_nonnull(strstr(logged, "was damaged, and is now"));
	ck_assert_int_eq(count_in(store), 0);
}
END_TEST

static void count_in_vain(void)
{
	for (int i = 0; i < 3; i++)
		ck_assert(!store_find(store, arena, "select * from thing", NULL, NULL, thing_shape,
		                      &(struct rows) { 0 }));
}

START_TEST(what_is_damaged_meanwhile_is_said_once_with_what_to_do)
{
	for (int i = 0; i < 300; i++)
		ck_assert_int_eq(add(store, arena_print(arena, "%0200d", i), 1), 1);
	reopen();
	store_rest(store);              /* so that it is read again */
	overwrite(4096, 8192);
	overwrite(12288, 8192);
	catch_log(count_in_vain);
	char *said = strstr(logged, "state is damaged: stop this program, remove that file");
	ck_assert_ptr_nonnull(said);
	ck_assert_ptr_null(strstr(said + strlen("state is damaged"), "is damaged"));
	said = strstr(logged, "malformed");
	ck_assert_ptr_nonnull(said);
	ck_assert_ptr_null(strstr(said + 1, "malformed"));
}
END_TEST

static void add_in_vain(void)
{
	for (int i = 0; i < 3; i++)
		ck_assert_int_lt(add(store, arena_print(arena, "%0200000d", i), 1), 0);
}

START_TEST(a_full_disk_is_said_once_and_passes)
{
	ck_assert(store->driver->script(store, "pragma max_page_count = 10"));
	catch_log(add_in_vain);
	char *said = strstr(logged, "state: database or disk is full; until that is over");
	ck_assert_ptr_nonnull(said);
	ck_assert_ptr_null(strstr(said + strlen("state: database or disk"), "disk is full; "));
	ck_assert_ptr_null(strstr(logged, "insert"));
	ck_assert(store->driver->script(store, "pragma max_page_count = 10000"));
	ck_assert_int_eq(add(store, "a", 1), 1);
}
END_TEST

static void open_in_vain(void)
{
	ck_assert_ptr_null(store_open_state(url, 0));
}

START_TEST(what_cannot_be_opened_is_said_in_the_systems_words_too)
{
	store_close(store);
	store = NULL;
	ck_assert_int_eq(unlink(state), 0);
	ck_assert_int_eq(symlink(state, state), 0);
	catch_log(open_in_vain);
	ck_assert_ptr_nonnull(strstr(logged, "things.db.state cannot be opened: "));
	ck_assert_ptr_nonnull(strstr(logged, "Too many levels of symbolic links"));
	unlink(state);
}
END_TEST

START_TEST(what_is_no_file_is_said_to_be_none)
{
	store_close(store);
	store = NULL;
	ck_assert_int_eq(unlink(state), 0);
	ck_assert_int_eq(mkdir(state, 0700), 0);
	catch_log(open_in_vain);
	ck_assert_ptr_nonnull(strstr(logged, "things.db.state cannot be opened: it is there, and is no file"));
	rmdir(state);
}
END_TEST

/* ---- What is told ---- */

static const char *heard(void)
{
	struct store_notice notice;
	const char *words = "";

	while (store_heard(store, &notice)) {
		words = arena_print(arena, "%s%s:%s;", words, notice.channel, notice.words);
		store_heard_free(store, &notice);
	}
	return words;
}

struct told {
	const char *text;
};

static SHAPE(told_shape, struct told,
	TEXT(struct told, text, "A text"));

static bool tell(const char *sql, const char *text)
{
	struct told in = { text };
	ROWS(struct told) out;

	return store_find(store, arena, sql, told_shape, &in, told_shape, &out);
}

static const char plainly[] = "select cast(pg_notify('ours', :text) as text) as text";
static const char writing[] = "insert into thing (name) values (:text)"
	" returning cast(pg_notify('ours', name) as text) as text";

struct telling {
	const char *sql;
	bool commits, refuses;
};

static bool tell_in(UNUSED struct store *in, void *context)
{
	const struct telling *telling = context;

	ck_assert(tell(telling->sql, "b"));
	ck_assert_str_eq(heard(), "");
	if (telling->refuses)
		ck_assert(!tell(writing, "there"));
	return telling->commits;
}

START_TEST(a_word_is_heard_once_it_is_committed)
{
	static const char *const both[] = { plainly, writing };

	ck_assert(store_listen(store, "ours"));
	for (int i = 0; i < 2; i++) {
		ck_assert(tell(both[i], "a"));
		ck_assert_str_eq(heard(), "ours:a;");
		struct telling telling = { both[i], true, false };
		ck_assert_int_eq(store_transact(store, tell_in, &telling), STORE_COMMITTED);
		ck_assert_str_eq(heard(), "ours:b;");
		ck_assert_int_ge(store_change(store, "delete from thing", NULL, NULL), 0);
	}
}
END_TEST

START_TEST(a_word_that_was_taken_back_is_never_heard)
{
	ck_assert(store_listen(store, "ours"));
	ck_assert(tell(writing, "there"));
	ck_assert_str_eq(heard(), "ours:there;");
	ck_assert_int_eq(store_transact(store, tell_in, &(struct telling) { writing, false, false }),
	                 STORE_TAKEN_BACK);
	ck_assert_str_eq(heard(), "");
	ck_assert_int_eq(store_transact(store, tell_in, &(struct telling) { writing, true, true }),
	                 STORE_FAILED);
	ck_assert(!tell(writing, "there"));
	make_flaky(store, 100);
	ck_assert_int_eq(store_transact(store, tell_in, &(struct telling) { writing, true, false }),
	                 STORE_FAILED);
	store->driver = steady;
	ck_assert_str_eq(heard(), "");
	ck_assert_int_eq(count_in(store), 1);
}
END_TEST

START_TEST(nobody_hears_what_nobody_listens_to)
{
	ck_assert(tell(plainly, "a"));
	ck_assert(store_listen(store, "theirs") && store_listen(store, "theirs"));
	ck_assert(tell(plainly, "b"));
	ck_assert_str_eq(heard(), "");
	ck_assert_int_eq(store_socket(store), -1);
	ck_assert_int_ne(store_connection(store), 0);
}
END_TEST

START_TEST(too_many_words_are_refused_and_so_is_what_a_table_refuses)
{
	char *text = arena_alloc(arena, 8001);

	memset(text, 'w', 8000);
	ck_assert(store_listen(store, "ours"));
	ck_assert(!tell(plainly, text) && store_refused(store));
	text[7999] = '\0';
	ck_assert(tell(plainly, text));
	ck_assert_uint_eq(strlen(heard()), 7999 + strlen("ours:;"));
	store_begin_call(store, STORE_BUDGET);
	ck_assert(tell(writing, "a") && !store_refused(store));
	ck_assert(!tell(writing, "a") && store_refused(store));
	(void)heard();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("state");
	TCase *tests = tcase_create("state");

	tcase_add_checked_fixture(tests, begin_state, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, it_lies_beside_the_data_and_lasts);
	tcase_add_test(tests, it_lies_beside_the_file_that_a_link_leads_to);
	tcase_add_test(tests, without_data_it_is_in_memory);
	tcase_add_test(tests, what_was_much_once_does_not_stay_as_large);
	tcase_add_test(tests, a_killed_process_leaves_all_that_was_committed);
	tcase_add_test(tests, another_process_is_kept_out_and_told_what_to_do);
	tcase_add_test(tests, whoever_comes_next_waits_for_the_end);
	tcase_add_test(tests, a_file_without_its_head_is_put_aside);
	tcase_add_test(tests, a_file_with_holes_is_put_aside);
	tcase_add_test(tests, what_was_found_damaged_is_put_aside_at_the_next_start);
	tcase_add_test(tests, what_is_no_database_is_put_aside);
	tcase_add_test(tests, what_is_damaged_meanwhile_is_said_once_with_what_to_do);
	tcase_add_test(tests, a_full_disk_is_said_once_and_passes);
	tcase_add_test(tests, what_cannot_be_opened_is_said_in_the_systems_words_too);
	tcase_add_test(tests, what_is_no_file_is_said_to_be_none);
	tcase_add_test(tests, a_word_is_heard_once_it_is_committed);
	tcase_add_test(tests, a_word_that_was_taken_back_is_never_heard);
	tcase_add_test(tests, nobody_hears_what_nobody_listens_to);
	tcase_add_test(tests, too_many_words_are_refused_and_so_is_what_a_table_refuses);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
