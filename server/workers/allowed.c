/* allowed.c - how many workers may run a job: those that wait for something, and some that compute. */
#include <stdlib.h>

#include "crew.h"
#include "runnable.h"

#define LOOK_MOST_MS 64
#define LOOK_NEEDED_MS 16               /* the same while a job waits */
#define LOOKED_AT 16                    /* workers a look samples, */
#define OF_NEW_JOBS 12                  /* and at most so many of them for a job not looked at yet, */
#define OF_COMPUTED 6                   /* or so many where the one before it was seen to compute */

bool pool_is_to_be_minded(const struct pool *pool)
{
	return !pool->minder && pool->computing < pool->most
	       && (pool->lines.waiting > 0 || pool->lines.workers > pool->computing);
}

enum kind { COMPUTED, NEW, SEEN };

static enum kind kind_of(const struct worker *worker)
{
	return worker->seen ? SEEN : worker->computes ? COMPUTED : NEW;
}

static int sample(struct pool *pool, struct worker *sampled[], int taken, int most, enum kind kind)
{
	for (int i = 0; i < pool->most && taken < most; i++) {
		struct worker *worker = &pool->workers[(pool->next_look + i) % pool->most];
		if (worker->busy && kind_of(worker) == kind)
			sampled[taken++] = worker;
	}
	return taken;
}

/* Others each time. Those with a new job come first, but not only they; and first of all those which are
 * taken to compute because of a job that is over: many that all begin at once are seen with one look, and
 * each would keep a job from running until its turn came again. */
static int choose(struct pool *pool, struct worker *sampled[LOOKED_AT])
{
	int taken = sample(pool, sampled, 0, OF_COMPUTED, COMPUTED);

	taken = sample(pool, sampled, taken, OF_NEW_JOBS, NEW);
	taken = sample(pool, sampled, taken, LOOKED_AT, SEEN);
	if (taken > 0)
		pool->next_look = (int)(sampled[taken - 1] - pool->workers + 1) % pool->most;
	return taken;
}

void pool_allow(struct pool *pool, int workers)
{
	int before = pool->lines.workers;

	workers = workers < pool->computing ? pool->computing : workers;
	workers = workers > pool->most ? pool->most : workers;
	int changed = abs(workers - before);
	int most_ms = pool->lines.waiting > 0 ? LOOK_NEEDED_MS : LOOK_MOST_MS;
	bool same = changed * 4 <= before && (changed < pool->computing || !pool->lines.waiting);
	pool->lines.workers = workers;
	pool->look_ms = same ? pool->look_ms * 2 : LOOK_LEAST_MS;
	if (pool->look_ms > most_ms)
		pool->look_ms = most_ms;
	pool->look_at_ms = tick_ms() + pool->look_ms;
}

static int count_waiting(const struct pool *pool)
{
	int waiting = 0;

	for (const struct worker *worker = pool->workers; worker < pool->workers + pool->most; worker++)
		waiting += worker->busy && !worker->computes;
	return waiting;
}

/* The lock is let go meanwhile. */
void pool_look(struct pool *pool)
{
	struct worker *sampled[LOOKED_AT];
	pid_t threads[LOOKED_AT];
	bool compute[LOOKED_AT];
	int taken = choose(pool, sampled);

	for (int i = 0; i < taken; i++) {
		threads[i] = sampled[i]->id;
		sampled[i]->seen = true;
	}
	pthread_mutex_unlock(&pool->lock);
	bool told = runnable_look(threads, taken, compute);
	pthread_mutex_lock(&pool->lock);
	for (int i = 0; i < taken; i++)
		sampled[i]->computes = told && compute[i];
	pool_allow(pool, told ? count_waiting(pool) + pool->computing : pool->most);
}
