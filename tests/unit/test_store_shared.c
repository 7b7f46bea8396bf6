/* test_store_shared.c - one database between threads and between processes, also dying ones. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "things.h"

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
	                   NULL, NULL, thing_shape, &thing) != 1)
		return false;
	thing.size++;
	return store_change(in, resize, thing_shape, &thing) == 1;
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
	                                number_shape, &number), 1);
	ck_assert_int_eq(number.value, THREADS * ROUNDS);
	ck_assert_int_eq(store_find_one(store, arena, "select things as value from count", NULL, NULL,
	                                number_shape, &number), 1);
	ck_assert_int_eq(number.value, THREADS * ROUNDS + 1);
}
END_TEST

/* ---- Fewer descriptors than readers ---- */

static sem_t reads, enough;
static const char two_rows[] = "select 1 as value union select 2";

static bool read_on(void *context, const void *row)
{
	(void)context, (void)row;
	sem_post(&reads);
	sem_wait(&enough);
	return false;
}

static void *read_for_long(void *context)
{
	ck_assert(store_each(context, two_rows, NULL, NULL, number_shape, read_on, NULL));
	return NULL;
}

static void *let_it_end(void *context)
{
	(void)context;
	usleep(100000);
	sem_post(&enough);
	return NULL;
}

static void read_without_descriptors(void)
{
	struct rlimit before, none;
	struct number number;
	pthread_t reader, waker;
	struct store *other = store_open(url, STORE_WRITES);

	ck_assert_int_eq(pthread_create(&reader, NULL, read_for_long, store), 0);
	sem_wait(&reads);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit) { 0, before.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	ck_assert_int_eq(pthread_create(&waker, NULL, let_it_end, NULL), 0);
	ck_assert_int_eq(store_find_one(other, arena, count_things, NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
	pthread_join(reader, NULL);
	pthread_join(waker, NULL);
	store_close(other);
}

START_TEST(who_can_open_no_reader_waits_for_one_that_is_open)
{
	sem_init(&reads, 0, 0);
	sem_init(&enough, 0, 0);
	catch_log(read_without_descriptors);
	ck_assert_msg(strstr(logged, "cannot be opened"), "%s", logged);
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

enum { COMERS = 4, COMES = 40 };

static void *come_and_go(void *context)
{
	char name[32];
	intptr_t added = 0;

	for (int i = 0; i < COMES; i++) {
		struct store *own = store_open(url, STORE_WRITES);
		snprintf(name, sizeof(name), "%d-%d-%d", (int)getpid(), (int)(intptr_t)context, i);
		added += own && add(own, name, 1) == 1;
		store_close(own);
	}
	return (void *)added;
}

/* Each is often the last of its process, and another opens the file at that moment. */
static bool come_and_go_in_threads(const char *where)
{
	pthread_t threads[COMERS];
	intptr_t all = 0;
	void *added;

	snprintf(url, sizeof(url), "%s", where);
	for (intptr_t i = 0; i < COMERS; i++)
		pthread_create(&threads[i], NULL, come_and_go, (void *)i);
	for (int i = 0; i < COMERS; i++) {
		pthread_join(threads[i], &added);
		all += (intptr_t)added;
	}
	return all == COMERS * COMES;
}

static int play(const char *role, const char *where)
{
	if (strcmp(role, "come-and-go") == 0)
		return come_and_go_in_threads(where) ? 0 : 1;
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
	struct store *later = store_open(url, reading());
	ck_assert_int_eq(count_in(later), 1);
	store_close(later);
}
END_TEST

START_TEST(a_writer_waits_for_another_process)
{
	struct child child = child_start("hold-shortly");

	child_says(child);
	ck_assert_int_eq(add(store, "b", 1), 1);
	ck_assert_int_eq(count_in(store), 2);
	ck_assert_int_eq(child_end(child), 0);
}
END_TEST

static void *add_own(void *context)
{
	char name[16];
	struct store *own = store_open(url, STORE_WRITES);

	snprintf(name, sizeof(name), "own-%d", (int)(intptr_t)context);
	bool added = add(own, name, 1) == 1;
	store_close(own);
	return added ? context : NULL;
}

static int add_in_threads(void)
{
	enum { WRITERS = 8 };
	pthread_t threads[WRITERS];
	int added = 0;
	void *done;

	for (int i = 0; i < WRITERS; i++)
		pthread_create(&threads[i], NULL, add_own, (void *)(intptr_t)(i + 1));
	for (int i = 0; i < WRITERS; i++) {
		pthread_join(threads[i], &done);
		added += done != NULL;
	}
	return added;
}

START_TEST(all_that_wait_for_a_turn_wait_for_another_process)
{
	struct child child = child_start("hold-shortly");

	child_says(child);
	ck_assert_int_eq(add_in_threads(), 8);
	ck_assert_int_eq(child_end(child), 0);
	ck_assert_int_eq(count_in(store), 9);
}
END_TEST

static void add_in_vain(void)
{
	ck_assert_int_eq(add_in_threads(), 0);
}

START_TEST(whoever_waits_too_long_for_another_process_has_done_nothing)
{
	struct child child = child_start("hold");

	child_says(child);
	catch_log(add_in_vain);
	ck_assert_ptr_nonnull(strstr(logged, "locked"));
	ck_assert_int_eq(write(child.told, "+", 1), 1);
	ck_assert_int_eq(child_end(child), 0);
	ck_assert_int_eq(count_in(store), 1);
	ck_assert_int_eq(add_in_threads(), 8);
}
END_TEST

START_TEST(a_reader_does_not_wait_for_a_writer)
{
	struct store *reader = store_open(url, reading());
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

#define STARTERS 10

static void start_at_once(void)
{
	struct child children[STARTERS];

	for (int i = 0; i < STARTERS; i++)
		children[i] = child_start("migrate");
	for (int i = 0; i < STARTERS; i++)
		ck_assert_int_eq(child_end(children[i]), 0);
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
}

/* On a table of before there were checksums, too. */
START_TEST(processes_that_start_at_once_complete_the_table_once)
{
	struct number number;

	start_at_once();
	ck_assert(store->driver->script(store, "alter table migration drop column checksum"));
	store_close(store);
	start_at_once();
	ck_assert_int_eq(store_find_one(store, arena, "select count(checksum) as value from migration", NULL,
	                                NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 2);
}
END_TEST

START_TEST(processes_that_start_at_once_migrate_once)
{
	struct number number;

	start_at_once();
	ck_assert_int_eq(store_find_one(store, arena, "select count(*) as value from migration", NULL,
	                                NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 2);
}
END_TEST

START_TEST(handles_that_come_and_go_lose_nothing)
{
	store_close(store);
	struct child child = child_start("come-and-go"), other = child_start("come-and-go");
	ck_assert_int_eq(child_end(child), 0);
	ck_assert_int_eq(child_end(other), 0);
	store = store_open(url, STORE_WRITES);
	ck_assert_int_eq(count_in(store), 2 * COMERS * COMES);
}
END_TEST

/* ---- The suite ---- */

static TCase *sharing_case(void)
{
	TCase *tcase = tcase_create("threads and processes");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, threads_take_turns_and_lose_nothing);
	if (!on_postgres()) {
		tcase_add_test(tcase, who_can_open_no_reader_waits_for_one_that_is_open);
		tcase_add_test(tcase, all_that_wait_for_a_turn_wait_for_another_process);
		tcase_add_test(tcase, whoever_waits_too_long_for_another_process_has_done_nothing);
		tcase_add_test(tcase, handles_that_come_and_go_lose_nothing);
	}
	tcase_add_test(tcase, a_process_that_is_killed_leaves_nothing_of_its_transaction);
	tcase_add_test(tcase, a_writer_waits_for_another_process);
	tcase_add_test(tcase, a_reader_does_not_wait_for_a_writer);
	return tcase;
}

static TCase *start_case(void)
{
	TCase *tcase = tcase_create("start");

	tcase_add_checked_fixture(tcase, begin_empty, end);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, processes_that_start_at_once_migrate_once);
	tcase_add_test(tcase, processes_that_start_at_once_complete_the_table_once);
	return tcase;
}

int main(int argc, char **argv)
{
	if (argc == 3)
		return play(argv[1], argv[2]);

	Suite *suite = suite_create("shared store");
	suite_add_tcase(suite, sharing_case());
	suite_add_tcase(suite, start_case());
	return run_suite(suite);
}
