/* test_workers_trouble.c - contexts that can't be had, or late; ends; a pool in which all are busy. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "pool.h"
#include "suite.h"

#define CROWD 40
#define MANY 4000

struct task {
	struct job job;
	atomic_int runs;
	bool taken;
};

static atomic_int opened, closed, asked, ran;
static atomic_bool enough;              /* who computes may stop */
static int fails_at, hangs_at;          /* which open(); 0: none */
static int one_in;                      /* fails, of those after the first; 0: none */
static int close_ms;
static sem_t started, go, hang;

static void begin(void)
{
	atomic_store(&opened, 0);
	atomic_store(&closed, 0);
	atomic_store(&asked, 0);
	atomic_store(&ran, 0);
	atomic_store(&enough, false);
	fails_at = hangs_at = one_in = close_ms = 0;
	sem_init(&started, 0, 0);
	sem_init(&go, 0, 0);
	sem_init(&hang, 0, 0);
}

static void end(void)
{
	sem_destroy(&started);
	sem_destroy(&go);
	sem_destroy(&hang);
}

static void nap(int ms)
{
	nanosleep(&(struct timespec) { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void *open_worker(void *context UNUSED)
{
	int number = atomic_fetch_add(&asked, 1) + 1;

	if (number == hangs_at)
		sem_wait(&hang);
	if (number == fails_at || (number > 1 && one_in && number % one_in == 0))
		return NULL;
	atomic_fetch_add(&opened, 1);
	return malloc(1);
}

static void close_worker(void *worker)
{
	nap(close_ms);
	atomic_fetch_add(&closed, 1);
	free(worker);
}

static struct pool *start(int workers)
{
	return pool_start(workers, MANY, open_worker, close_worker, NULL);
}

static void count(struct job *job, void *worker UNUSED)
{
	atomic_fetch_add(&((struct task *)job)->runs, 1);
	atomic_fetch_add(&ran, 1);
}

static void wait_to_go(struct job *job, void *worker)
{
	sem_post(&started);
	sem_wait(&go);
	count(job, worker);
}

static void spin(struct job *job, void *worker)
{
	for (int64_t until = tick_ms() + 10; tick_ms() < until && !atomic_load(&enough);)
		;
	count(job, worker);
}

static void sleep_some(struct job *job, void *worker)
{
	nap((int)(job->number % 4));
	count(job, worker);
}

static void add(struct pool *pool, struct task *tasks, int number, void (*run)(struct job *, void *))
{
	for (int i = 0; i < number; i++) {
		tasks[i].job = (struct job) { .run = run, .party = 1 };
		ck_assert(pool_add(pool, &tasks[i].job));
	}
}

/* All of them, or false after a time that only what hangs takes. */
static bool have_run(int number)
{
	for (int i = 0; i < 1000 && atomic_load(&ran) < number; i++)
		nap(10);
	return atomic_load(&ran) >= number;
}

START_TEST(a_context_that_could_not_be_had_is_asked_for_again)
{
	struct task held = { 0 }, next = { 0 };
	struct pool *pool = start(2);

	fails_at = 2;
	add(pool, &held, 1, wait_to_go);
	sem_wait(&started);
	add(pool, &next, 1, count);
	ck_assert(have_run(1));
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 2);
	ck_assert_int_eq(opened, closed);
}
END_TEST

START_TEST(who_waits_to_ask_again_ends_with_the_pool)
{
	struct task held = { 0 }, next = { 0 };
	struct pool *pool = start(2);

	one_in = 1;
	add(pool, &held, 1, wait_to_go);
	sem_wait(&started);
	add(pool, &next, 1, count);
	while (asked < 2)
		sched_yield();
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 2);
	ck_assert_int_eq(closed, 1);
}
END_TEST

START_TEST(nobody_waits_for_a_context_while_a_worker_idles)
{
	struct task held = { 0 }, next = { 0 }, last = { 0 };
	struct pool *pool = start(4);

	hangs_at = 2;
	add(pool, &held, 1, wait_to_go);
	sem_wait(&started);
	add(pool, &next, 1, count);
	sem_post(&go);
	ck_assert(have_run(2));
	nap(50);
	add(pool, &last, 1, count);
	ck_assert(have_run(3));
	sem_post(&hang);
	pool_stop(pool);
	ck_assert_int_eq(opened, closed);
}
END_TEST

START_TEST(one_worker_stays_where_all_end_at_once)
{
	static struct task tasks[CROWD];
	struct pool *pool = start(CROWD);

	close_ms = 300;
	add(pool, tasks, CROWD, wait_to_go);
	for (int i = 0; i < CROWD; i++)
		sem_wait(&started);
	for (int i = 0; i < CROWD; i++)
		sem_post(&go);
	while (closed < CROWD - 1 && pool_threads(pool) > 0)
		nap(10);
	nap(500);
	ck_assert_int_eq(pool_threads(pool), 1);
	close_ms = 0;
	pool_stop(pool);
	ck_assert_int_eq(opened, closed);
}
END_TEST

/* Each that waited has a job that computes next: there is always one, and none of them idles. */
START_TEST(where_all_are_busy_somebody_looks)
{
	static struct task waiting[CROWD], spinners[MANY];
	struct pool *pool = start(CROWD);
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int most = processors > 2 ? (int)processors * 2 : 4;

	add(pool, waiting, CROWD, wait_to_go);
	for (int i = 0; i < CROWD; i++)
		sem_wait(&started);
	add(pool, spinners, MANY / 8, spin);
	for (int i = 0; i < CROWD; i++)
		sem_post(&go);
	while (pool_busy(pool) > 3 * most && pool_queued(pool) > 0)
		nap(1);
	ck_assert_int_gt(pool_queued(pool), 0);
	atomic_store(&enough, true);
	pool_stop(pool);
	ck_assert_int_eq(ran, CROWD + MANY / 8);
}
END_TEST

/* ---- Anything, and an end at any moment ---- */

static struct pool *shared;
static atomic_bool over;
static struct task some[4][MANY];

static void *add_some(void *row)
{
	static void (*const runs[])(struct job *, void *) = { count, sleep_some, spin, sleep_some };
	struct task *tasks = row;
	unsigned seed = (unsigned)(tasks - some[0]) + 1;

	for (int i = 0; i < MANY && !atomic_load(&over); i++) {
		tasks[i].job = (struct job) { .run = runs[rand_r(&seed) % 4],
		                              .party = (uint64_t)(rand_r(&seed) % 3),
		                              .slow = rand_r(&seed) % 9 == 0 };
		tasks[i].taken = pool_add(shared, &tasks[i].job);
		if (rand_r(&seed) % 30 == 0)
			nap(rand_r(&seed) % 20);
	}
	return NULL;
}

static void run_and_end(int workers, int after_ms)
{
	pthread_t threads[4];

	atomic_store(&asked, 0);
	atomic_store(&over, false);
	atomic_store(&enough, false);
	shared = pool_start(workers, 100, open_worker, close_worker, NULL);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, add_some, some[i]), 0);
	nap(after_ms);
	atomic_store(&enough, true);
	pool_close(shared);
	atomic_store(&over, true);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	pool_stop(shared);
	int wrong = 0;
	for (int i = 0; i < 4 * MANY; i++)
		wrong += some[i / MANY][i % MANY].runs != some[i / MANY][i % MANY].taken;
	ck_assert_int_eq(wrong, 0);
	memset(some, 0, sizeof(some));
	ck_assert_int_eq(opened, closed);
}

START_TEST(each_job_that_was_taken_runs_once)
{
	static const int workers[] = { 1, 2, 3, 5, 8, 64, 256 };

	one_in = 3;
	close_ms = 1;
	for (int i = 0; i < COUNT(workers); i++) {
		run_and_end(workers[i], i * 7 % 10);
		run_and_end(workers[i], 150);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("workers in trouble");
	TCase *tests = tcase_create("workers");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_context_that_could_not_be_had_is_asked_for_again);
	tcase_add_test(tests, who_waits_to_ask_again_ends_with_the_pool);
	tcase_add_test(tests, nobody_waits_for_a_context_while_a_worker_idles);
	tcase_add_test(tests, one_worker_stays_where_all_end_at_once);
	tcase_add_test(tests, where_all_are_busy_somebody_looks);
	tcase_add_test(tests, each_job_that_was_taken_runs_once);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
