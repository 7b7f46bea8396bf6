/* test_workers.c - workers, their contexts, and the bound on what waits for them. */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "pool.h"
#include "suite.h"

#define JOBS 1000

struct task {
	struct job job;
	void *worker;           /* who ran it */
	int order;
};

static atomic_int opened, closed, ran, turns;
static atomic_bool enough;              /* who computes may stop */
static atomic_int spinning, spinning_most;
static int fail_at;             /* which open() fails; 0: none */
static sem_t started, go;

static void begin(void)
{
	atomic_store(&opened, 0);
	atomic_store(&closed, 0);
	atomic_store(&ran, 0);
	atomic_store(&turns, 0);
	atomic_store(&spinning, 0);
	atomic_store(&spinning_most, 0);
	atomic_store(&enough, false);
	fail_at = 0;
	sem_init(&started, 0, 0);
	sem_init(&go, 0, 0);
}

static void end(void)
{
	sem_destroy(&started);
	sem_destroy(&go);
}

static void *open_worker(void *context)
{
	int number = atomic_fetch_add(&opened, 1) + 1;

	ck_assert_ptr_eq(context, &fail_at);
	return number == fail_at ? NULL : malloc(1);
}

static void close_worker(void *worker)
{
	atomic_fetch_add(&closed, 1);
	free(worker);
}

static struct pool *start(int workers, int queue_max)
{
	return pool_start(workers, queue_max, open_worker, close_worker, &fail_at);
}

static void note(struct job *job, void *worker)
{
	struct task *task = (struct task *)job;

	task->worker = worker;
	task->order = atomic_fetch_add(&turns, 1);
	atomic_fetch_add(&ran, 1);      /* last: whoever sees it may read the rest */
}

static void wait_to_go(struct job *job, void *worker)
{
	sem_post(&started);
	sem_wait(&go);
	note(job, worker);
}

START_TEST(jobs_run_in_order_on_one_worker)
{
	static struct task tasks[JOBS];
	struct pool *pool = start(1, JOBS);

	for (int i = 0; i < JOBS; i++) {
		tasks[i].job.run = note;
		ck_assert(pool_add(pool, &tasks[i].job));
	}
	pool_stop(pool);
	for (int i = 0; i < JOBS; i++) {
		ck_assert_int_eq(tasks[i].order, i);
		ck_assert_ptr_eq(tasks[i].worker, tasks[0].worker);
	}
	ck_assert_int_eq(closed, 1);
}
END_TEST

START_TEST(workers_run_at_the_same_time_each_with_its_own_context)
{
	struct pool *pool = start(3, 1);
	struct task tasks[3] = { { .job.run = wait_to_go }, { .job.run = wait_to_go },
	                         { .job.run = wait_to_go } };

	for (int i = 0; i < 3; i++) {
		ck_assert(pool_add(pool, &tasks[i].job));
		sem_wait(&started);
	}
	ck_assert_int_eq(pool_busy(pool), 3);
	ck_assert_int_eq(pool_queued(pool), 0);
	for (int i = 0; i < 3; i++)
		sem_post(&go);
	pool_stop(pool);
	ck_assert_ptr_ne(tasks[0].worker, tasks[1].worker);
	ck_assert_ptr_ne(tasks[1].worker, tasks[2].worker);
	ck_assert_ptr_ne(tasks[0].worker, tasks[2].worker);
	ck_assert_int_eq(opened, 3);
	ck_assert_int_eq(closed, 3);
}
END_TEST

START_TEST(what_one_party_may_not_add_another_may_until_it_is_full)
{
	struct pool *pool = start(1, 4);
	struct task tasks[7] = { { .job.run = wait_to_go } };
	static const uint64_t parties[] = { 1, 1, 1, 1, 2, 3, 4 };
	static const bool taken[] = { true, true, true, false, true, true, false };
	static const bool full[] = { false, false, false, false, false, true, true };

	for (int i = 0; i < 7; i++) {
		tasks[i].job.party = parties[i];
		tasks[i].job.run = i ? note : wait_to_go;
		ck_assert_int_eq(pool_add(pool, &tasks[i].job), taken[i]);
		if (i == 0)
			sem_wait(&started);
		ck_assert_int_eq(pool_is_full(pool), full[i]);
	}
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 5);
}
END_TEST

START_TEST(a_full_queue_refuses_and_stopping_finishes_it)
{
	struct pool *pool = start(1, 2);
	struct task tasks[4] = { { .job.run = wait_to_go }, { .job.run = note },
	                         { .job.run = note }, { .job.run = note } };

	ck_assert(pool_add(pool, &tasks[0].job));
	sem_wait(&started);
	ck_assert(pool_add(pool, &tasks[1].job));
	ck_assert(pool_add(pool, &tasks[2].job));
	ck_assert(!pool_add(pool, &tasks[3].job));
	ck_assert_int_eq(pool_queued(pool), 2);
	ck_assert(pool_is_full(pool));
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 3);
	ck_assert_ptr_null(tasks[3].worker);
}
END_TEST

START_TEST(without_a_first_context_there_is_no_pool)
{
	fail_at = 1;
	ck_assert_ptr_null(start(3, 1));
	ck_assert_int_eq(opened, 1);
	ck_assert_int_eq(closed, 0);
	pool_stop(NULL);
}
END_TEST

START_TEST(without_a_further_context_the_others_work)
{
	struct pool *pool = start(3, JOBS);
	struct task tasks[4] = { { .job.run = wait_to_go }, { .job.run = note },
	                         { .job.run = note }, { .job.run = note } };

	fail_at = 2;
	for (int i = 0; i < 4; i++)
		ck_assert(pool_add(pool, &tasks[i].job));
	sem_wait(&started);
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 4);
	ck_assert_int_eq(closed, opened - 1);
}
END_TEST

START_TEST(slow_jobs_leave_a_worker_free)
{
	struct pool *pool = start(2, 4);
	struct task slow[3] = { 0 }, quick = { .job.run = note };

	for (int i = 0; i < 3; i++) {
		slow[i].job.run = wait_to_go;
		slow[i].job.slow = true;
		ck_assert(pool_add(pool, &slow[i].job));
	}
	sem_wait(&started);
	ck_assert(pool_add(pool, &quick.job));
	while (atomic_load(&ran) == 0)
		sched_yield();
	ck_assert_int_eq(quick.order, 0);
	ck_assert_int_eq(pool_queued(pool), 2);
	for (int i = 0; i < 3; i++)
		sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(slow[0].order, 1);
	ck_assert_int_eq(slow[1].order, 2);
	ck_assert_int_eq(slow[2].order, 3);
}
END_TEST

START_TEST(a_single_worker_runs_slow_jobs_too)
{
	struct pool *pool = start(1, 2);
	struct task tasks[2] = { { .job = { .run = note, .slow = true } },
	                         { .job = { .run = note, .slow = true } } };

	ck_assert(pool_add(pool, &tasks[0].job));
	ck_assert(pool_add(pool, &tasks[1].job));
	pool_stop(pool);
	ck_assert_int_eq(ran, 2);
}
END_TEST

/* ---- Parties ---- */

/* A worker is held until `go`, so that what is added meanwhile waits. */
static struct task held = { .job.run = wait_to_go };

static struct pool *start_held(int queue_max)
{
	struct pool *pool = start(1, queue_max);

	ck_assert(pool_add(pool, &held.job));
	sem_wait(&started);
	return pool;
}

static int add_some(struct pool *pool, struct task *tasks, int count, uint64_t party)
{
	int taken = 0;

	for (int i = 0; i < count; i++) {
		tasks[i].job = (struct job) { .run = note, .party = party };
		taken += pool_add(pool, &tasks[i].job);
	}
	return taken;
}

START_TEST(parties_are_served_in_turn_and_each_in_its_order)
{
	struct task a[200], b[2], c[1];
	struct pool *pool = start_held(1000);

	ck_assert_int_eq(add_some(pool, a, 200, 1), 200);
	ck_assert_int_eq(add_some(pool, b, 2, 2), 2);
	ck_assert_int_eq(add_some(pool, c, 1, 3), 1);
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(a[0].order, 1);
	ck_assert_int_eq(b[0].order, 2);
	ck_assert_int_eq(c[0].order, 3);
	ck_assert_int_eq(a[1].order, 4);
	ck_assert_int_eq(b[1].order, 5);
	for (int i = 2; i < 200; i++)
		ck_assert_int_eq(a[i].order, 4 + i);
}
END_TEST

START_TEST(whoever_fills_the_queue_is_refused_and_others_are_not)
{
	struct task a[20], b[20], c[20], more[20], nobody[20];
	struct pool *pool = start_held(12);

	ck_assert_int_eq(add_some(pool, a, 20, 1), 6);
	ck_assert_int_eq(add_some(pool, b, 20, 2), 3);
	ck_assert_int_eq(add_some(pool, c, 20, 3), 2);
	ck_assert_int_eq(add_some(pool, more, 20, 1), 0);
	ck_assert_int_eq(add_some(pool, nobody, 20, 0), 1);
	ck_assert_int_eq(pool_queued(pool), 12);
	sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 13);
}
END_TEST

static void add_held(struct pool *pool, struct task *tasks, int count, uint64_t party)
{
	for (int i = 0; i < count; i++) {
		tasks[i].job = (struct job) { .run = wait_to_go, .party = party };
		ck_assert(pool_add(pool, &tasks[i].job));
	}
}

START_TEST(whoever_is_alone_has_all_workers)
{
	struct task a[3];
	struct pool *pool = start(3, 20);

	add_held(pool, a, 3, 1);
	for (int i = 0; i < 3; i++)
		sem_wait(&started);
	ck_assert_int_eq(pool_busy(pool), 3);
	for (int i = 0; i < 3; i++)
		sem_post(&go);
	pool_stop(pool);
}
END_TEST

START_TEST(where_another_is_about_nobody_has_all_workers)
{
	struct task first = { .job = { .run = note, .party = 2 } }, again = first, a[5];
	struct pool *pool = start(3, 20);

	ck_assert(pool_add(pool, &first.job));
	add_held(pool, a, 5, 1);
	for (int i = 0; i < 2; i++)
		sem_wait(&started);
	ck_assert(pool_add(pool, &again.job));
	while (atomic_load(&ran) < 2)
		sched_yield();
	ck_assert_int_eq(again.order, 1);
	ck_assert_int_eq(pool_busy(pool), 2);
	ck_assert_int_eq(pool_queued(pool), 3);
	for (int i = 0; i < 5; i++)
		sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, 7);
}
END_TEST

START_TEST(a_pool_needs_no_contexts)
{
	struct pool *pool = pool_start(2, 1, NULL, NULL, NULL);
	struct task task = { .job.run = note, .worker = &task };

	ck_assert(pool_add(pool, &task.job));
	pool_stop(pool);
	ck_assert_int_eq(ran, 1);
	ck_assert_ptr_null(task.worker);
}
END_TEST

/* ---- Threads ---- */

#define CROWD 200

static void wait_for_busy(struct pool *pool, int count)
{
	while (pool_busy(pool) != count)
		sched_yield();
}

START_TEST(as_many_threads_as_jobs_that_wait)
{
	struct pool *pool = start(CROWD, 4 * CROWD);
	struct task *tasks = calloc(CROWD, sizeof(*tasks));

	ck_assert_int_eq(pool_threads(pool), 1);
	add_held(pool, tasks, CROWD, 1);
	wait_for_busy(pool, CROWD);
	ck_assert_int_eq(pool_threads(pool), CROWD);
	for (int i = 0; i < CROWD; i++)
		sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(opened, closed);
	free(tasks);
}
END_TEST

START_TEST(threads_that_are_not_needed_end)
{
	struct pool *pool = start(CROWD, 4 * CROWD);
	struct task tasks[20], one = { .job.run = note };

	add_held(pool, tasks, 20, 1);
	wait_for_busy(pool, 20);
	for (int i = 0; i < 20; i++)
		sem_post(&go);
	while (pool_threads(pool) > 1)
		nanosleep(&(struct timespec) { .tv_nsec = 10000000 }, NULL);
	while (closed != opened - 1)
		sched_yield();
	ck_assert(pool_add(pool, &one.job));
	while (ran < 21)
		sched_yield();
	pool_stop(pool);
	ck_assert_int_eq(opened, closed);
}
END_TEST

static void spin(struct job *job, void *worker)
{
	int now = atomic_fetch_add(&spinning, 1) + 1, most = atomic_load(&spinning_most);

	while (now > most && !atomic_compare_exchange_weak(&spinning_most, &most, now))
		;
	for (int64_t until = tick_ms() + 10; tick_ms() < until && !atomic_load(&enough);)
		;
	atomic_fetch_sub(&spinning, 1);
	note(job, worker);
}

static int computing_most(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors > 2 ? (int)processors * 2 : 4;
}

/* A thread that computes may wait for a moment, for a page say, just as it is looked at. */
START_TEST(few_compute_at_once)
{
	struct pool *pool = start(CROWD, 4 * CROWD);
	struct task *tasks = calloc(CROWD, sizeof(*tasks));

	for (int i = 0; i < CROWD; i++) {
		tasks[i].job = (struct job) { .run = spin, .party = 1 };
		ck_assert(pool_add(pool, &tasks[i].job));
	}
	pool_stop(pool);
	ck_assert_int_eq(ran, CROWD);
	ck_assert_int_le(spinning_most, 3 * computing_most());
	free(tasks);
}
END_TEST

START_TEST(who_computes_keeps_nobody_from_waiting)
{
	struct pool *pool = start(CROWD, 4 * CROWD);
	struct task *spinners = calloc(CROWD, sizeof(*spinners)), *waiting = calloc(50, sizeof(*waiting));

	for (int i = 0; i < CROWD; i++) {
		spinners[i].job = (struct job) { .run = spin, .party = 1 };
		ck_assert(pool_add(pool, &spinners[i].job));
	}
	add_held(pool, waiting, 50, 2);
	for (int i = 0; i < 50; i++)
		sem_wait(&started);
	ck_assert_int_lt(atomic_load(&ran), CROWD);
	atomic_store(&enough, true);
	for (int i = 0; i < 50; i++)
		sem_post(&go);
	pool_stop(pool);
	ck_assert_int_eq(ran, CROWD + 50);
	free(spinners);
	free(waiting);
}
END_TEST

static struct pool *shared;
static struct task many[4][JOBS];

static void *add_many(void *row)
{
	struct task *tasks = row;

	for (int i = 0; i < JOBS; i++) {
		tasks[i].job = (struct job) { .run = note, .party = (uint64_t)(i * i % 7),
		                              .slow = i % 5 == 0 };
		while (!pool_add(shared, &tasks[i].job))
			sched_yield();
	}
	return NULL;
}

START_TEST(any_thread_may_add)
{
	pthread_t threads[4];

	shared = start(4, 16);
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, add_many, many[i]), 0);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	pool_stop(shared);
	ck_assert_int_eq(ran, 4 * JOBS);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pool");
	TCase *tests = tcase_create("pool");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, jobs_run_in_order_on_one_worker);
	tcase_add_test(tests, workers_run_at_the_same_time_each_with_its_own_context);
	tcase_add_test(tests, what_one_party_may_not_add_another_may_until_it_is_full);
	tcase_add_test(tests, a_full_queue_refuses_and_stopping_finishes_it);
	tcase_add_test(tests, without_a_first_context_there_is_no_pool);
	tcase_add_test(tests, without_a_further_context_the_others_work);
	tcase_add_test(tests, as_many_threads_as_jobs_that_wait);
	tcase_add_test(tests, threads_that_are_not_needed_end);
	tcase_add_test(tests, few_compute_at_once);
	tcase_add_test(tests, who_computes_keeps_nobody_from_waiting);
	tcase_add_test(tests, slow_jobs_leave_a_worker_free);
	tcase_add_test(tests, a_single_worker_runs_slow_jobs_too);
	tcase_add_test(tests, parties_are_served_in_turn_and_each_in_its_order);
	tcase_add_test(tests, whoever_fills_the_queue_is_refused_and_others_are_not);
	tcase_add_test(tests, whoever_is_alone_has_all_workers);
	tcase_add_test(tests, where_another_is_about_nobody_has_all_workers);
	tcase_add_test(tests, a_pool_needs_no_contexts);
	tcase_add_test(tests, any_thread_may_add);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
