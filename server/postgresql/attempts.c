/* attempts.c - when a database that could not be reached is tried again: after a pause that grows, or once another
 * connection of this process was made. Whether that was to the same database is not asked: it would cost one attempt. */
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

#include "postgresql_private.h"

#define PAUSE_LEAST_MS 200
#define PAUSE_MOST_MS 10000
#define ATTEMPT_MS 10000                /* of one that is on its way: to connect, and to set up */

static atomic_uint made;                /* connections, by whoever */

void attempts_begin(struct postgres_attempts *attempts)
{
	*attempts = (struct postgres_attempts) { .pause_ms = PAUSE_LEAST_MS };
	pthread_mutex_init(&attempts->lock, NULL);
}

void attempts_end(struct postgres_attempts *attempts)
{
	pthread_mutex_destroy(&attempts->lock);
}

/* Within the lock. */
static int64_t due_ms(const struct postgres_attempts *attempts)
{
	return attempts->fails && attempts->made != atomic_load(&made) ? 0 : attempts->next_try_ms;
}

/* Nobody waits for the pause to end, nor for the one who tries then. */
bool attempts_may(struct postgres_attempts *attempts, char why[POSTGRES_WHY])
{
	int64_t now_ms = tick_ms();

	pthread_mutex_lock(&attempts->lock);
	bool may = now_ms >= due_ms(attempts);
	if (may)
		attempts->made = atomic_load(&made);
	else
		snprintf(why, POSTGRES_WHY, "%s", attempts->why);
	if (may && attempts->fails) {
		attempts->next_try_ms = now_ms + ATTEMPT_MS;
		attempts->retries = true;
	}
	pthread_mutex_unlock(&attempts->lock);
	return may;
}

int64_t attempts_next_ms(struct postgres_attempts *attempts)
{
	pthread_mutex_lock(&attempts->lock);
	int64_t next_ms = due_ms(attempts);
	pthread_mutex_unlock(&attempts->lock);
	return next_ms;
}

void attempts_succeeded(struct postgres_attempts *attempts)
{
	pthread_mutex_lock(&attempts->lock);
	attempts->fails = attempts->retries = false;
	attempts->pause_ms = PAUSE_LEAST_MS;
	attempts->next_try_ms = 0;
	atomic_fetch_add(&made, 1);
	pthread_mutex_unlock(&attempts->lock);
}

/* Between half and all of the pause, so that tasks cut off together do not come back together. */
static int64_t jittered(int64_t pause_ms)
{
	uint32_t random = 0;

	(void)!getrandom(&random, sizeof(random), 0);
	return pause_ms / 2 + (int64_t)(random % (uint64_t)(pause_ms / 2 + 1));
}

/* Several that tried at once, before any had failed, are one failure. */
void attempts_failed(struct postgres_attempts *attempts, const char *why)
{
	pthread_mutex_lock(&attempts->lock);
	snprintf(attempts->why, sizeof(attempts->why), "%s", why);
	if (!attempts->fails || attempts->retries) {
		attempts->next_try_ms = tick_ms() + jittered(attempts->pause_ms);
		attempts->pause_ms = 2 * attempts->pause_ms < PAUSE_MOST_MS ? 2 * attempts->pause_ms
		                                                            : PAUSE_MOST_MS;
	}
	attempts->fails = true;
	attempts->retries = false;
	pthread_mutex_unlock(&attempts->lock);
}
