/* crew.h - what a pool and its workers are, for pool.c and allowed.c alone: all under its lock. */
#ifndef CREW_H
#define CREW_H

#include <pthread.h>
#include <semaphore.h>
#include <sys/types.h>

#include "lines.h"

#define LOOK_LEAST_MS 2                 /* between two looks: more and more, while they say the same */

struct worker {
	struct pool *pool;
	pid_t id;
	sem_t wake;                     /* no condition: whoever waited for one wakes nobody when it lets go of the lock, by a system call */
	bool lives, called, busy;
	bool computes;                  /* when it was last looked at, whatever it ran; before: true */
	bool seen;                      /* looked at since it began its job */
	struct worker *below;           /* it idles: on top of this one */
	void *context;                  /* what open() gave */
};

struct pool {
	pthread_mutex_t lock;
	struct lines lines;
	struct worker *idle;            /* the one that idles the shortest */
	struct worker *minder;          /* NULL: nobody looks */
	bool retrying;                  /* one waits to open its context again */
	int count, busy;                /* workers that live; that run a job */
	int called, starting;           /* on their way: from idling; opening their context */
	int opened;                     /* have a context and stay: one does always */
	int computing;                  /* may run a job at once, besides those that wait for something */
	int look_ms, next_look;         /* the pause before the next look; the worker it begins with */
	int64_t look_at_ms;             /* tick_ms(): it is due */
	int64_t start_again_ms;         /* tick_ms(): no thread is started before */
	pthread_cond_t all_ended;
	bool has_ended, stopping;
	pthread_t ended;                /* the last that did: it joins the one before it */
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
