/* pool.c - a bounded pool of worker threads for what may block.
 *
 * Of the workers some idle, newest first, so that the oldest of them ends when there are too many. One
 * that finds no job it may run, while there are some or many run, minds the others: it looks now and then
 * how many of them compute (allowed.c), which says how many may run. */
#include "crew.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "fatal.h"
#include "log.h"

#define COMPUTING_LEAST 4
/* Of address space: what is touched counts. A sanitizer's frames are several times as large. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK_BYTES (1 << 20)
#else
#define STACK_BYTES (256 << 10)
#endif
#define IDLE_MS 5000                    /* a worker that was not needed for so long ends */
#define AGAIN_MS 1000                   /* a thread, or its context, could not be had */

/* ---- Calling workers ---- */

/* `lines` knows how many, for nobody may have all of them. */
static bool may_run_one(const struct pool *pool)
{
	return pool->stopping || pool->busy + pool->called < pool->lines.workers;
}

static void *run_worker(void *argument);

static struct worker *call(struct worker *worker)
{
	worker->called = true;
	worker->pool->called++;
	return worker;
}

/* Best without the lock, which it wants first of all. */
static void wake(struct worker *worker)
{
	if (worker)
		sem_post(&worker->wake);
}

static struct worker *free_place(struct pool *pool)
{
	for (struct worker *worker = pool->workers; worker < pool->workers + pool->most; worker++)
		if (!worker->lives)
			return worker;
	return NULL;
}

static bool create(struct worker *worker)
{
	pthread_attr_t attributes;
	pthread_t thread;               /* of which it tells itself, at its end */
	sigset_t all, before;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	/* Signals are for the thread that serves. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int trouble = pthread_create(&thread, &attributes, run_worker, worker);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	if (trouble)
		log_error("no further worker can be started: %s", strerror(trouble));
	return !trouble;
}

static bool start_one(struct pool *pool)
{
	if (pool->count == pool->most || pool->stopping || tick_ms() < pool->start_again_ms)
		return false;
	struct worker *worker = free_place(pool);
	if (!create(worker)) {
		pool->start_again_ms = tick_ms() + AGAIN_MS;
		return false;
	}
	worker->lives = true;
	worker->computes = true;
	pool->starting++;
	pool->count++;
	return true;
}

/* The one that minds does where no other can be had. */
static struct worker *call_one(struct pool *pool)
{
	struct worker *worker = pool->idle;

	if (worker) {
		pool->idle = worker->below;
		return call(worker);
	}
	return !start_one(pool) && pool->minder && !pool->minder->called ? call(pool->minder) : NULL;
}

/* One at a time: who takes a job calls the next. Where one idles nobody waits for those that start: to
 * open a context may take long. Gives whom to wake. */
static struct worker *call_for_jobs(struct pool *pool)
{
	int coming = pool->called + (pool->idle ? 0 : pool->starting);

	if (pool->lines.waiting <= coming)
		return NULL;
	if (pool->busy + coming < pool->lines.workers || (coming == 0 && pool_is_to_be_minded(pool)))
		return call_one(pool);
	return NULL;
}

/* ---- A worker ---- */

/* False: nobody called it. The lock is let go meanwhile. */
static bool wait_for(struct worker *worker, int64_t ms)
{
	struct pool *pool = worker->pool;
	struct timespec until = tick_in(ms);
	bool late = false;

	while (!worker->called && !pool->stopping && !late) {
		pthread_mutex_unlock(&pool->lock);
		late = sem_clockwait(&worker->wake, CLOCK_MONOTONIC, &until) < 0 && errno == ETIMEDOUT;
		pthread_mutex_lock(&pool->lock);
	}
	return worker->called || pool->stopping;
}

static void came(struct worker *worker)
{
	worker->pool->called -= worker->called;
	worker->called = false;
}

static void mind(struct worker *worker)
{
	struct pool *pool = worker->pool;
	int64_t left_ms = pool->look_at_ms - tick_ms();

	pool->minder = worker;
	if (!wait_for(worker, left_ms > LOOK_LEAST_MS ? left_ms : LOOK_LEAST_MS))
		pool_look(pool);
	pool->minder = NULL;
	came(worker);
}

/* Where all have jobs, and each the next one, nobody would mind. */
static void look_if_due(struct worker *worker)
{
	struct pool *pool = worker->pool;

	if (!pool_is_to_be_minded(pool) || tick_ms() < pool->look_at_ms)
		return;
	pool->minder = worker;
	pool_look(pool);
	pool->minder = NULL;
	came(worker);
}

/* False: it was not needed. */
static bool idle(struct worker *worker)
{
	struct pool *pool = worker->pool;

	worker->below = pool->idle;
	pool->idle = worker;
	while (!wait_for(worker, IDLE_MS)) {
		if (pool->opened == 1)
			continue;
		struct worker **place = &pool->idle;
		while (*place != worker)
			place = &(*place)->below;
		*place = worker->below;
		return false;
	}
	came(worker);
	return true;
}

static void run_job(struct worker *worker, struct job *job, struct party *party)
{
	struct pool *pool = worker->pool;
	bool slow = job->slow;

	worker->busy = true;
	worker->seen = false;
	pool->busy++;
	struct worker *next = call_for_jobs(pool);
	pthread_mutex_unlock(&pool->lock);
	wake(next);
	/* Its last act hands it back: nothing of it may be touched afterwards. */
	job->run(job, worker->context);
	pthread_mutex_lock(&pool->lock);
	worker->busy = false;
	pool->busy--;
	lines_ran(&pool->lines, party, slow);
	/* What one job's end makes possible may be more than one other. */
	if (pool->lines.look_again)
		wake(call_for_jobs(pool));
}

static void work(struct worker *worker)
{
	struct pool *pool = worker->pool;
	struct party *party;

	for (;;) {
		look_if_due(worker);
		struct job *job = may_run_one(pool) ? lines_take(&pool->lines, &party) : NULL;
		if (job)
			run_job(worker, job, party);
		else if (pool->stopping)
			break;          /* what is left is for those that still run one */
		else if (pool_is_to_be_minded(pool))
			mind(worker);
		else if (!idle(worker))
			break;
	}
}

/* The lock is let go meanwhile. */
static bool open_context(struct worker *worker)
{
	struct pool *pool = worker->pool;

	if (pool->open && !worker->context) {
		pthread_mutex_unlock(&pool->lock);
		worker->context = pool->open(pool->context);
		pthread_mutex_lock(&pool->lock);
	}
	bool opened = !pool->open || worker->context;
	pool->starting--;
	pool->opened += opened;
	return opened;
}

/* What waits is for others, and for itself a moment later: they may be busy for long. */
static bool opens_again(struct worker *worker)
{
	struct pool *pool = worker->pool;

	pool->start_again_ms = tick_ms() + AGAIN_MS;
	wake(call_for_jobs(pool));
	if (pool->retrying)
		return false;
	pool->retrying = true;
	wait_for(worker, AGAIN_MS);
	pool->retrying = false;
	if (pool->stopping || pool->lines.waiting == 0)
		return false;
	pool->starting++;
	return true;
}

/* Its place is free: where all were taken, a job may have waited for that. */
static void leave(struct worker *worker)
{
	struct pool *pool = worker->pool;
	bool joins = pool->has_ended;
	pthread_t before = pool->ended;

	worker->context = NULL;
	worker->lives = false;
	pool->has_ended = true;
	pool->ended = pthread_self();
	pool->count--;
	wake(call_for_jobs(pool));
	if (pool->count == 0)
		pthread_cond_signal(&pool->all_ended);
	pthread_mutex_unlock(&pool->lock);
	if (joins)
		pthread_join(before, NULL);
}

static void *run_worker(void *argument)
{
	struct worker *worker = argument;
	struct pool *pool = worker->pool;
	bool opened;

	pthread_mutex_lock(&pool->lock);
	worker->id = gettid();
	while (!(opened = open_context(worker)) && opens_again(worker))
		;
	if (opened) {
		work(worker);
		pool->opened--;
		pthread_mutex_unlock(&pool->lock);
		if (pool->close)
			pool->close(worker->context);
		pthread_mutex_lock(&pool->lock);
	}
	leave(worker);
	return NULL;
}

/* ---- Starting and stopping ---- */

/* Few enough for each to have a good part of a processor, and never one alone. */
static int computing_most(void)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	return processors > COMPUTING_LEAST / 2 ? (int)processors * 2 : COMPUTING_LEAST;
}

static struct pool *create_pool(int workers, int queue_max)
{
	struct pool *pool = calloc(1, sizeof(*pool) + (size_t)workers * sizeof(struct worker));

	if (!pool)
		fatal();
	pthread_mutex_init(&pool->lock, NULL);
	for (int i = 0; i < workers; i++) {
		pool->workers[i].pool = pool;
		sem_init(&pool->workers[i].wake, 0, 0);
	}
	pthread_cond_init(&pool->all_ended, NULL);
	lines_create(&pool->lines, workers, queue_max);
	pool->most = workers;
	pool->computing = computing_most();
	pool->look_ms = LOOK_LEAST_MS;
	pool_allow(pool, pool->computing);
	return pool;
}

/* The first worker is given its context: whoever starts the pool learns that it can't be had. */
struct pool *pool_start(int workers, int queue_max, void *(*open)(void *context),
                        void (*close)(void *worker), void *context)
{
	struct pool *pool = create_pool(workers, queue_max);
	struct worker *first = pool->workers;

	pool->open = open;
	pool->close = close;
	pool->context = context;
	if (open && !(first->context = open(context))) {
		pool_stop(pool);
		return NULL;
	}
	pthread_mutex_lock(&pool->lock);
	bool started = start_one(pool);
	pthread_mutex_unlock(&pool->lock);
	if (started)
		return pool;
	if (close)
		close(first->context);
	pool_stop(pool);
	return NULL;
}

bool pool_add(struct pool *pool, struct job *job)
{
	pthread_mutex_lock(&pool->lock);
	bool taken = !pool->stopping && lines_add(&pool->lines, job);
	struct worker *next = taken ? call_for_jobs(pool) : NULL;
	pthread_mutex_unlock(&pool->lock);
	wake(next);
	return taken;
}

static int read_count(const struct pool *pool, const int *count)
{
	pthread_mutex_t *lock = (pthread_mutex_t *)&pool->lock;

	pthread_mutex_lock(lock);
	int value = *count;
	pthread_mutex_unlock(lock);
	return value;
}

bool pool_is_full(const struct pool *pool)
{
	return pool->stopping || pool_queued(pool) >= pool->lines.waiting_max;
}

int pool_queued(const struct pool *pool)
{
	return read_count(pool, &pool->lines.waiting);
}

int pool_busy(const struct pool *pool)
{
	return read_count(pool, &pool->busy);
}

int pool_threads(const struct pool *pool)
{
	return read_count(pool, &pool->count);
}

void pool_close(struct pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pool->idle = NULL;
	for (int i = 0; i < pool->most; i++)
		sem_post(&pool->workers[i].wake);
	while (pool->count > 0)
		pthread_cond_wait(&pool->all_ended, &pool->lock);
	bool joins = pool->has_ended;
	pool->has_ended = false;
	pthread_mutex_unlock(&pool->lock);
	if (joins)
		pthread_join(pool->ended, NULL);
}

void pool_stop(struct pool *pool)
{
	if (!pool)
		return;
	pool_close(pool);
	for (int i = 0; i < pool->most; i++)
		sem_destroy(&pool->workers[i].wake);
	pthread_cond_destroy(&pool->all_ended);
	pthread_mutex_destroy(&pool->lock);
	lines_destroy(&pool->lines);
	free(pool);
}
