/* postgres_lend.c - a few connections, lent to the stores that share them while they run something.
 *
 * Whoever waits for one waits in its caller's line (lines.h), and the lines are served in turn: however many
 * statements one caller has, another waits for one of them, not for all. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "lines.h"
#include "postgres.h"

#define WAITING_MOST 1024               /* as many threads as there can be, and some */

struct lender {
	pthread_mutex_t lock;
	struct lines lines;             /* of those who wait; their job is a connection */
	struct postgres *idle;          /* the one used last first: the others may be closed by the server */
	int made, most, users;
	char *place;
	struct lender *next;
};

struct waiter {
	struct job job;                 /* its place in a line */
	pthread_cond_t wake;
	struct postgres *given;
	struct party *party;
};

static pthread_mutex_t lenders_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lender *lenders;          /* one for each database */

/* ---- Lenders ---- */

static struct lender *lender_create(const char *place, int connections)
{
	struct lender *lender = calloc(1, sizeof(*lender));

	if (!lender || !(lender->place = strdup(place)))
		abort();
	pthread_mutex_init(&lender->lock, NULL);
	lines_create(&lender->lines, connections, WAITING_MOST);
	lender->most = connections;
	lender->next = lenders;
	lenders = lender;
	return lender;
}

struct lender *lender_join(const char *place, int connections)
{
	pthread_mutex_lock(&lenders_lock);
	struct lender *lender = lenders;
	while (lender && strcmp(lender->place, place) != 0)
		lender = lender->next;
	if (!lender)
		lender = lender_create(place, connections);
	lender->users++;
	pthread_mutex_unlock(&lenders_lock);
	return lender;
}

void lender_leave(struct lender *lender)
{
	struct lender **place = &lenders;

	pthread_mutex_lock(&lenders_lock);
	bool last = --lender->users == 0;
	while (last && *place != lender)
		place = &(*place)->next;
	if (last)
		*place = lender->next;
	pthread_mutex_unlock(&lenders_lock);
	if (!last)
		return;
	for (struct postgres *postgres; (postgres = lender->idle);) {
		lender->idle = postgres->below;
		postgres_destroy(postgres);
	}
	lines_destroy(&lender->lines);
	pthread_mutex_destroy(&lender->lock);
	free(lender->place);
	free(lender);
}

/* ---- Lending ---- */

/* One that was opened for the same place before can be opened again. */
static struct postgres *take_one(struct lender *lender)
{
	struct postgres *postgres = lender->idle;

	if (postgres) {
		lender->idle = postgres->below;
		return postgres;
	}
	lender->made++;
	return postgres_create(lender->place);
}

/* Under its lock. */
static void serve(struct lender *lender)
{
	struct party *party;
	struct job *job;

	while ((lender->idle || lender->made < lender->most)
	       && (job = lines_take(&lender->lines, &party))) {
		struct waiter *waiter = (struct waiter *)job;
		waiter->given = take_one(lender);
		waiter->party = party;
		pthread_cond_signal(&waiter->wake);
	}
}

static struct timespec deadline(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += STORE_WAIT_MS / 1000;
	return at;
}

static void waiter_begin(struct waiter *waiter)
{
	pthread_condattr_t attributes;

	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&waiter->wake, &attributes);
	pthread_condattr_destroy(&attributes);
}

static bool wait_in_line(struct lender *lender, struct waiter *waiter)
{
	struct timespec until = deadline();
	int trouble = 0;

	pthread_mutex_lock(&lender->lock);
	bool waits = lines_add(&lender->lines, &waiter->job);
	if (waits)
		serve(lender);
	while (waits && !waiter->given && trouble != ETIMEDOUT)
		trouble = pthread_cond_timedwait(&waiter->wake, &lender->lock, &until);
	if (waits && !waiter->given)
		lines_remove(&lender->lines, &waiter->job);
	pthread_mutex_unlock(&lender->lock);
	return waiter->given;
}

bool postgres_borrow(struct store *store, const char *sql)
{
	struct postgres_store *handle = (struct postgres_store *)store;
	struct waiter waiter = { .job.party = store->party };

	if (handle->at)
		return true;
	waiter_begin(&waiter);
	if (wait_in_line(handle->lender, &waiter)) {
		handle->at = waiter.given;
		handle->at->store = store;
		handle->party = waiter.party;
	} else {
		store_failed(store, sql, "no connection came free in time", false);
	}
	pthread_cond_destroy(&waiter.wake);
	return handle->at;
}

void postgres_give_back(struct store *store, int running)
{
	struct postgres_store *handle = (struct postgres_store *)store;
	struct lender *lender = handle->lender;

	if (!lender || !handle->at || running > 0)
		return;
	pthread_mutex_lock(&lender->lock);
	handle->at->store = NULL;
	handle->at->below = lender->idle;
	lender->idle = handle->at;
	handle->at = NULL;
	lines_ran(&lender->lines, handle->party, false);
	serve(lender);
	pthread_mutex_unlock(&lender->lock);
}
