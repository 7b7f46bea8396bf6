/* pool.c - a bounded pool of worker threads for what may block. */
#include "lines.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct worker {
	struct pool *pool;
	pthread_t thread;
	void *context;                  /* what open() gave */
};

struct pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;            /* a job, an opened context, or the end */
	struct lines lines;
	int busy;
	int opening, failed;
	bool stopping;
	void *(*open)(void *context);
	void (*close)(void *worker);
	void *context;
	int count;                      /* of the workers whose threads run */
	struct worker workers[];
};

/* ---- A worker ---- */

static struct job *next_job(struct pool *pool, struct party **party)
{
	struct job *job;

	while (!(job = lines_take(&pool->lines, party)) && !pool->stopping)
		pthread_cond_wait(&pool->wake, &pool->lock);
	/* What one job's end makes possible may be more than one other. */
	if (job && pool->lines.look_again && pool->lines.waiting > 0)
		pthread_cond_signal(&pool->wake);
	return job;
}

static void work(struct worker *worker)
{
	struct pool *pool = worker->pool;
	struct party *party;
	struct job *job;

	pthread_mutex_lock(&pool->lock);
	while ((job = next_job(pool, &party))) {
		bool slow = job->slow;
		pool->busy++;
		pthread_mutex_unlock(&pool->lock);
		/* Its last act hands it back: nothing of it may be touched afterwards. */
		job->run(job, worker->context);
		pthread_mutex_lock(&pool->lock);
		pool->busy--;
		lines_ran(&pool->lines, party, slow);
	}
	pthread_mutex_unlock(&pool->lock);
}

static void *run_worker(void *argument)
{
	struct worker *worker = argument;
	struct pool *pool = worker->pool;
	bool opened = true;

	if (pool->open) {
		worker->context = pool->open(pool->context);
		opened = worker->context != NULL;
	}
	pthread_mutex_lock(&pool->lock);
	pool->opening--;
	pool->failed += !opened;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	if (!opened)
		return NULL;
	work(worker);
	if (pool->close)
		pool->close(worker->context);
	return NULL;
}

/* ---- Starting and stopping ---- */

static bool start_worker(struct pool *pool)
{
	struct worker *worker = &pool->workers[pool->count];
	sigset_t all, before;

	worker->pool = pool;
	/* Signals are for the thread that serves. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	bool started = pthread_create(&worker->thread, NULL, run_worker, worker) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pool->count += started;
	return started;
}

/* Waits until every worker has opened its context; false: one could not. */
static bool all_opened(struct pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	while (pool->opening > 0)
		pthread_cond_wait(&pool->wake, &pool->lock);
	bool fine = pool->failed == 0;
	pthread_mutex_unlock(&pool->lock);
	return fine;
}

struct pool *pool_start(int workers, int queue_max, void *(*open)(void *context),
                        void (*close)(void *worker), void *context)
{
	struct pool *pool = calloc(1, sizeof(*pool) + (size_t)workers * sizeof(struct worker));

	if (!pool)
		abort();
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	lines_create(&pool->lines, workers, queue_max);
	pool->open = open;
	pool->close = close;
	pool->context = context;
	pool->opening = workers;
	bool started = true;
	for (int i = 0; i < workers && started; i++)
		started = start_worker(pool);
	if (!started) {
		pthread_mutex_lock(&pool->lock);
		pool->opening -= workers - pool->count;
		pool->failed++;
		pthread_mutex_unlock(&pool->lock);
	}
	if (all_opened(pool))
		return pool;
	pool_stop(pool);
	return NULL;
}

bool pool_add(struct pool *pool, struct job *job)
{
	pthread_mutex_lock(&pool->lock);
	bool taken = !pool->stopping && lines_add(&pool->lines, job);
	if (taken)
		pthread_cond_signal(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
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

int pool_queued(const struct pool *pool)
{
	return read_count(pool, &pool->lines.waiting);
}

int pool_busy(const struct pool *pool)
{
	return read_count(pool, &pool->busy);
}

void pool_close(struct pool *pool)
{
	if (!pool)
		return;
	pthread_mutex_lock(&pool->lock);
	pool->stopping = true;
	pthread_cond_broadcast(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
	for (; pool->count > 0; pool->count--)
		pthread_join(pool->workers[pool->count - 1].thread, NULL);
}

void pool_stop(struct pool *pool)
{
	if (!pool)
		return;
	pool_close(pool);
	pthread_mutex_destroy(&pool->lock);
	pthread_cond_destroy(&pool->wake);
	lines_destroy(&pool->lines);
	free(pool);
}
