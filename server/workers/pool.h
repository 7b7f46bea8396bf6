/* pool.h - a bounded pool of worker threads for what may block.
 *
 * A job is handed to a worker and, by its own last act, posts itself back to its owner.
 *
 * A thread that waits costs next to nothing, one that computes costs all others a part of the
 * processors. So there are as many threads as there are jobs that wait for something, up to a bound, and
 * beside those some that compute: how many of them do is looked at while there is need to know. A thread
 * that has had nothing to do for some seconds ends.
 *
 * Jobs are of parties: whoever asked for them. Each party's wait in a line of their own, and the
 * lines are served in turn, so that what one asks for waits for one job of each other, not for all
 * of theirs. */
#ifndef POOL_H
#define POOL_H

#include "core.h"

struct pool;

struct job {
	struct job *next;
	void (*run)(struct job *job, void *worker);     /* `worker`: what open() gave this thread */
	uint64_t party;                 /* whose; 0: nobody's, which is bound by no share */
	uint64_t number;                /* the pool's: the order in which they came */
	bool slow;                      /* may take minutes: never on all workers at once, unless
	                                   there is only one */
};

/* Of `workers` threads at most, started as they are needed; each opens its own context first. The first
 * is started here: NULL if its open() gave NULL (it has logged why). Where a further one's does, it is asked
 * again every second while jobs wait. */
struct pool *pool_start(int workers, int queue_max, void *(*open)(void *context),
                        void (*close)(void *worker), void *context);
/* False: as many of that party's jobs wait as there are places left, or the pool is stopping. Any
 * thread. A party that others of the last minutes share the pool with never has all workers. */
MUST_USE bool pool_add(struct pool *pool, struct job *job);
/* It has no room for anybody's, and not only for one's who has the most there. */
bool pool_is_full(const struct pool *pool);
int pool_queued(const struct pool *pool);
int pool_busy(const struct pool *pool);
int pool_threads(const struct pool *pool);
/* Finishes the jobs that are queued and ends the threads; pool_add() says false from then on. One
 * thread. NULL is fine. */
void pool_close(struct pool *pool);
/* The same, and frees it: nobody may add to it any more. NULL is fine. */
void pool_stop(struct pool *pool);

#endif
