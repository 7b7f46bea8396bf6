/* attempts.c - when a database that could not be reached is tried again: after a pause that grows, or once another
 * connection of this process was made. Whether that was to the same database is not asked: it would cost one attempt. */
#include <stdatomic.h>
#include <stdio.h>
#include <sys/random.h>

#include "log.h"
#include "postgresql_private.h"

#define PAUSE_LEAST_MS 200
#define PAUSE_MOST_MS 10000
#define ATTEMPT_MS 10000                /* of one that is on its way: to connect, and to set up */

#define OUTAGE_MS 1000                  /* what is shorter is not told to be over */

static atomic_uint made;                /* connections, by whoever */
static atomic_llong away_ms;            /* since when none could be made; 0: the latest could */

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

bool attempts_fail(struct postgres_attempts *attempts)
{
	pthread_mutex_lock(&attempts->lock);
	bool fail = attempts->fails;
	pthread_mutex_unlock(&attempts->lock);
	return fail;
}

int64_t attempts_next_ms(struct postgres_attempts *attempts)
{
	pthread_mutex_lock(&attempts->lock);
	int64_t next_ms = due_ms(attempts);
	pthread_mutex_unlock(&attempts->lock);
	return next_ms;
}

/* Whoever failed has said why; who comes first says that it is over. */
static void tell_end(void)
{
	long long since_ms = atomic_load(&away_ms) ? atomic_exchange(&away_ms, 0) : 0;
	long long lasted_ms = since_ms ? tick_ms() - since_ms : 0;

	if (lasted_ms >= OUTAGE_MS)
		log_often(LOG_INFO, "store: the database is there again, after %lld.%lld s", lasted_ms / 1000,
		          lasted_ms % 1000 / 100);
}

void attempts_succeeded(struct postgres_attempts *attempts)
{
	tell_end();
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
	long long never = 0;

	atomic_compare_exchange_strong(&away_ms, &never, tick_ms());
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
