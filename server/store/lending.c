/* lending.c - a few things that many threads want, lent in turn of their callers. */
#include "lending.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "clock.h"
#include "fatal.h"
#include "lines.h"

#define WAITING_MOST 4096               /* more threads than a process has */

struct lending {
	pthread_mutex_t lock;
	struct lines lines;             /* of those who wait */
	int left, unused;               /* that may be lent; those that are made and not lent */
	int most, least_left;           /* all; when the fewest were left */
	int64_t again_ms;               /* tick_ms(): another can be made, where some are */
	void *things[];                 /* the unused */
};

struct waiter {
	struct job job;                 /* its place in a line */
	struct loan loan;
	struct waiter *next;            /* to be woken */
	atomic_bool served;
	sem_t wake;
};

struct lending *lending_create(int most)
{
	struct lending *lending = calloc(1, sizeof(*lending) + (size_t)most * sizeof(void *));

	if (!lending)
		fatal();
	pthread_mutex_init(&lending->lock, NULL);
	lines_create(&lending->lines, most, WAITING_MOST);
	lending->most = lending->left = lending->least_left = most;
	return lending;
}

void lending_destroy(struct lending *lending, void (*close)(void *thing))
{
	if (!lending)
		return;
	while (lending->unused > 0)
		close(lending->things[--lending->unused]);
	lines_destroy(&lending->lines);
	pthread_mutex_destroy(&lending->lock);
	free(lending);
}

/* ---- With the lock held ---- */

static void lend(struct lending *lending, struct waiter *waiter, struct party *party)
{
	if (--lending->left < lending->least_left)
		lending->least_left = lending->left;
	waiter->loan.party = party;
	if (lending->unused > 0)
		waiter->loan.thing = lending->things[--lending->unused];
}

static void put_back(struct lending *lending, struct loan *loan)
{
	lending->left++;
	if (loan->thing)
		lending->things[lending->unused++] = loan->thing;
	lines_ran(&lending->lines, loan->party, false);
	*loan = (struct loan) { 0 };
}

/* Whether another could be made nobody knows where none is. */
static bool may_lend(const struct lending *lending)
{
	if (lending->left == 0 || lending->unused > 0)
		return lending->left > 0;
	return lending->left == lending->most || tick_ms() >= lending->again_ms;
}

/* Those who have one now, and do not know it yet. */
static struct waiter *serve(struct lending *lending)
{
	struct waiter *first = NULL;
	struct party *party;
	struct job *job;

	while (may_lend(lending) && (job = lines_take(&lending->lines, &party))) {
		struct waiter *waiter = (struct waiter *)job;
		lend(lending, waiter, party);
		waiter->next = first;
		first = waiter;
	}
	return first;
}

/* ---- Waiting ---- */

/* Without the lock, which each would want at once. */
static void wake(struct waiter *first)
{
	for (struct waiter *next; first; first = next) {
		next = first->next;
		atomic_store_explicit(&first->served, true, memory_order_release);
		sem_post(&first->wake);
	}
}

/* Whoever was served is woken once, and stays until then: what wakes it is its own. */
static void await_wake(struct waiter *waiter)
{
	while (sem_wait(&waiter->wake) < 0)
		continue;
}

static bool comes_in_time(struct lending *lending, struct waiter *waiter, int64_t timeout_ms)
{
	struct timespec until = tick_in(timeout_ms);

	while (sem_clockwait(&waiter->wake, CLOCK_MONOTONIC, &until) < 0) {
		if (errno == EINTR)
			continue;
		pthread_mutex_lock(&lending->lock);
		bool served = waiter->loan.party;
		if (!served)
			lines_remove(&lending->lines, &waiter->job);
		pthread_mutex_unlock(&lending->lock);
		if (served)
			await_wake(waiter);
		return served;
	}
	return atomic_load_explicit(&waiter->served, memory_order_acquire);
}

/* ---- Lending ---- */

/* With the lock held, which it lets go. */
static bool take(struct lending *lending, uint64_t party, int64_t timeout_ms, struct loan *loan)
{
	struct waiter waiter = { .job.party = party };

	sem_init(&waiter.wake, 0, 0);
	bool fine = lines_add(&lending->lines, &waiter.job);
	struct waiter *others = serve(lending);
	bool waits = fine && !waiter.loan.party;
	pthread_mutex_unlock(&lending->lock);
	wake(others);
	int64_t began_us = waits ? tick_us() : 0;
	if (waits)
		fine = comes_in_time(lending, &waiter, timeout_ms);
	sem_destroy(&waiter.wake);
	*loan = waiter.loan;
	loan->waited_us = waits ? tick_us() - began_us : 0;
	return fine;
}

bool lending_take(struct lending *lending, uint64_t party, int64_t timeout_ms, struct loan *loan)
{
	pthread_mutex_lock(&lending->lock);
	return take(lending, party, timeout_ms, loan);
}

bool lending_take_made(struct lending *lending, uint64_t party, int64_t timeout_ms, int64_t again_ms,
                       struct loan *loan)
{
	pthread_mutex_lock(&lending->lock);
	put_back(lending, loan);
	lending->again_ms = again_ms;
	if (lending->left < lending->most || lending->unused > 0)
		return take(lending, party, timeout_ms, loan);
	struct waiter *next = serve(lending);
	pthread_mutex_unlock(&lending->lock);
	wake(next);
	return false;
}

void lending_give_back(struct lending *lending, struct loan *loan)
{
	pthread_mutex_lock(&lending->lock);
	put_back(lending, loan);
	struct waiter *next = serve(lending);
	pthread_mutex_unlock(&lending->lock);
	wake(next);
}

bool lending_pass_on(struct lending *lending, struct loan *loan)
{
	pthread_mutex_lock(&lending->lock);
	bool waits = lending->lines.waiting > 0;
	if (waits)
		put_back(lending, loan);
	struct waiter *next = waits ? serve(lending) : NULL;
	pthread_mutex_unlock(&lending->lock);
	wake(next);
	return waits;
}

int lending_waiting(struct lending *lending)
{
	pthread_mutex_lock(&lending->lock);
	int waiting = lending->lines.waiting;
	pthread_mutex_unlock(&lending->lock);
	return waiting;
}

int lending_needed(struct lending *lending)
{
	pthread_mutex_lock(&lending->lock);
	int needed = lending->most - lending->least_left;
	lending->least_left = lending->left;
	pthread_mutex_unlock(&lending->lock);
	return needed;
}

void *lending_retire(struct lending *lending, int kept)
{
	void *thing = NULL;

	pthread_mutex_lock(&lending->lock);
	if (lending->unused > 0 && lending->most - lending->left + lending->unused > kept) {
		thing = lending->things[0];
		lending->unused--;
		memmove(lending->things, lending->things + 1, (size_t)lending->unused * sizeof(void *));
	}
	pthread_mutex_unlock(&lending->lock);
	return thing;
}
