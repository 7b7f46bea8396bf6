/* crew.h - what a pool and its workers are, for pool.c and allowed.c alone: all under its lock. */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>
#include <sys/types.h>

#include "lines.h"

#define LOOK_LEAST_MS 2                 /* between two looks: more and more, while they say the same */

struct worker {
	struct pool *pool;
	enum { FREE, LIVES, ENDED } state;    /* ENDED: it has yet to be joined */
	pthread_t thread;
	pid_t id;
	pthread_cond_t wake;
	bool called, busy;
	struct worker *below;           /* it idles: on top of this one */
	void *context;                  /* what open() gave */
};

struct pool {
	pthread_mutex_t lock;
	struct lines lines;
	struct worker *idle;            /* the one that idles the shortest */
	struct worker *minder;          /* NULL: nobody looks */
	int count, busy, called;        /* workers that live, run a job, are on their way */
	int computing;                  /* may run a job at once, besides those that wait for something */
	int look_ms, next_look;         /* the pause before the next look; the worker it begins with */
	int64_t start_again_ms;         /* tick_ms(): no thread is started before */
	bool stopping;
	void *(*open)(void *context);
	void (*close)(void *worker);
	void *context;
	int most;
	struct worker workers[];        /* of them `most` */
};

/* ---- How many may run ---- */

/* `lines` knows how many, for nobody may have all of them. */
void pool_allow(struct pool *pool, int workers);
/* Somebody has to look now and then, and nobody does. */
bool pool_is_to_be_minded(const struct pool *pool);
/* How many compute, and so how many may run. The lock is let go meanwhile. */
void pool_look(struct pool *pool);

#endif
