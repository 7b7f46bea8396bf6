/* postgres_lend.c - a few connections, lent to the stores that share them while they run something. */
#include <pthread.h>
#include <stdlib.h>

#include "postgres.h"

struct lender {
	struct lending *connections;
	struct postgres_attempts attempts;
	char *place;
	int users;
	struct lender *next;
};

static pthread_mutex_t lenders_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lender *lenders;          /* one for each database */

/* ---- Lenders ---- */

static struct lender *lender_create(const char *place, int connections)
{
	struct lender *lender = calloc(1, sizeof(*lender));

	if (!lender || !(lender->place = strdup(place)))
		abort();
	lender->connections = lending_create(connections);
	attempts_begin(&lender->attempts);
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

static void forget(struct lender *lender)
{
	struct lender **place = &lenders;

	while (*place != lender)
		place = &(*place)->next;
	*place = lender->next;
}

static void close_connection(void *connection)
{
	postgres_destroy(connection);
}

void lender_leave(struct lender *lender)
{
	pthread_mutex_lock(&lenders_lock);
	bool last = --lender->users == 0;
	if (last)
		forget(lender);
	pthread_mutex_unlock(&lenders_lock);
	if (!last)
		return;
	lending_destroy(lender->connections, close_connection);
	attempts_end(&lender->attempts);
	free(lender->place);
	free(lender);
}

/* ---- Lending ---- */

/* That it can be made is known: it was for the same place when the store was opened. */
static void receive(struct postgres_store *handle)
{
	if (!handle->loan.thing)
		handle->loan.thing = postgres_create(handle->lender->place, &handle->lender->attempts);
	if (!handle->loan.thing)
		abort();
	handle->at = handle->loan.thing;
	handle->at->store = &handle->store;
}

bool postgres_borrow(struct store *store, const char *sql)
{
	struct postgres_store *handle = (struct postgres_store *)store;

	if (handle->at)
		return true;
	if (lending_take(handle->lender->connections, store->party, STORE_WAIT_MS, &handle->loan)) {
		receive(handle);
		return true;
	}
	store_failed(store, sql, "no connection came free in time", false);
	return false;
}

void postgres_give_back(struct store *store, int running)
{
	struct postgres_store *handle = (struct postgres_store *)store;

	if (!handle->lender || !handle->at || running > 0)
		return;
	handle->at->store = NULL;
	handle->at = NULL;
	lending_give_back(handle->lender->connections, &handle->loan);
}
