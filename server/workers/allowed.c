/* allowed.c - how many workers may run a job: those that wait for something, and some that compute. */
#include <stdlib.h>

#include "crew.h"
#include "runnable.h"

#define LOOK_MOST_MS 64
#define LOOKED_AT 16                    /* workers a look samples */

bool pool_is_to_be_minded(const struct pool *pool)
{
	return !pool->minder && pool->computing < pool->most
	       && (pool->lines.waiting > 0 || pool->lines.workers > pool->computing);
}

/* Who waits is estimated by a few of them, others each time. */
static int sample(struct pool *pool, pid_t threads[LOOKED_AT])
{
	int taken = 0;

	for (int i = 0; i < pool->most && taken < LOOKED_AT; i++) {
		const struct worker *worker = &pool->workers[pool->next_look++ % pool->most];
		if (worker->state == LIVES && worker->busy)
			threads[taken++] = worker->id;
	}
	pool->next_look %= pool->most;
	return taken;
}

void pool_allow(struct pool *pool, int workers)
{
	int before = pool->lines.workers;
	bool same = abs(workers - before) * 4 <= before;

	workers = workers < pool->computing ? pool->computing : workers;
	pool->lines.workers = workers > pool->most ? pool->most : workers;
	pool->look_ms = same ? pool->look_ms * 2 : LOOK_LEAST_MS;
	if (pool->look_ms > LOOK_MOST_MS)
		pool->look_ms = LOOK_MOST_MS;
}

/* The lock is let go meanwhile. */
void pool_look(struct pool *pool)
{
	pid_t threads[LOOKED_AT];
	int busy = pool->busy, taken = sample(pool, threads);

	pthread_mutex_unlock(&pool->lock);
	int compute = runnable_count(threads, taken);
	pthread_mutex_lock(&pool->lock);
	if (compute < 0)
		pool_allow(pool, pool->most);
	else
		pool_allow(pool, busy - (taken ? (busy * compute + taken - 1) / taken : 0) + pool->computing);
}
