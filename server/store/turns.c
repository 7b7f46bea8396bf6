/* turns.c - the threads of a process write to a database one after the other. */
#include "turns.h"

#include <errno.h>
#include <stdlib.h>

struct waiter {
	struct waiter *next;
	pthread_cond_t wake;
	bool called;
};

struct turns {
	pthread_mutex_t lock;
	bool taken;
	int waiting;
	struct waiter *first, **last;
};

struct turns *turns_create(void)
{
	struct turns *turns = calloc(1, sizeof(*turns));

	if (!turns)
		abort();
	turns->last = &turns->first;
	pthread_mutex_init(&turns->lock, NULL);
	return turns;
}

void turns_destroy(struct turns *turns)
{
	if (!turns)
		return;
	pthread_mutex_destroy(&turns->lock);
	free(turns);
}

void turns_condition(pthread_cond_t *condition)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(condition, &attributes);
	pthread_condattr_destroy(&attributes);
}

struct timespec turns_deadline(int64_t timeout_ms)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += timeout_ms / 1000;
	at.tv_nsec += timeout_ms % 1000 * 1000000;
	if (at.tv_nsec >= 1000000000) {
		at.tv_sec++;
		at.tv_nsec -= 1000000000;
	}
	return at;
}

static void remove_waiter(struct turns *turns, struct waiter *waiter)
{
	struct waiter **place = &turns->first;

	while (*place != waiter)
		place = &(*place)->next;
	*place = waiter->next;
	if (!*place)
		turns->last = place;
	turns->waiting--;
}

/* The turn is handed over by the thread that ends its own, so nobody can slip in between. */
static bool wait_in_line(struct turns *turns, int64_t timeout_ms)
{
	struct waiter waiter = { 0 };
	struct timespec deadline = turns_deadline(timeout_ms);
	int trouble = 0;

	turns_condition(&waiter.wake);
	*turns->last = &waiter;
	turns->last = &waiter.next;
	turns->waiting++;
	while (!waiter.called && trouble != ETIMEDOUT)
		trouble = pthread_cond_timedwait(&waiter.wake, &turns->lock, &deadline);
	if (!waiter.called)
		remove_waiter(turns, &waiter);
	pthread_cond_destroy(&waiter.wake);
	return waiter.called;
}

bool turns_take(struct turns *turns, int64_t timeout_ms)
{
	pthread_mutex_lock(&turns->lock);
	bool ours = !turns->taken || wait_in_line(turns, timeout_ms);
	if (ours)
		turns->taken = true;
	pthread_mutex_unlock(&turns->lock);
	return ours;
}

/* With the lock held. */
static bool pass_on(struct turns *turns)
{
	struct waiter *next = turns->first;

	if (!next)
		return false;
	remove_waiter(turns, next);
	next->called = true;
	pthread_cond_signal(&next->wake);
	return true;
}

void turns_pass(struct turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	turns->taken = pass_on(turns);
	pthread_mutex_unlock(&turns->lock);
}

bool turns_pass_on(struct turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	bool passed = pass_on(turns);
	pthread_mutex_unlock(&turns->lock);
	return passed;
}

int turns_waiting(struct turns *turns)
{
	pthread_mutex_lock(&turns->lock);
	int waiting = turns->waiting;
	pthread_mutex_unlock(&turns->lock);
	return waiting;
}
