/* lend.c - a few connections, lent to the stores that share them while they run something.
 *
 * A thread has one at most and waits for one only while it has none, so nobody waits for somebody who waits. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "fatal.h"
#include "log.h"
#include "postgresql_private.h"

#define LOOK_MS 30000                   /* between two looks at what was not needed */

struct lender {
	struct lending *connections;
	struct postgres_attempts attempts;
	char *place;
	int users;
	atomic_llong look_at_ms;        /* tick_ms() */
	atomic_bool scarce;             /* fewer can be had than may be lent, and that was said */
	struct lender *next;
};

int64_t postgres_lend_wait_ms = POSTGRES_STATEMENT_MS + STORE_WAIT_MS;

static _Thread_local const struct store *holder;        /* of this thread's */
static pthread_mutex_t lenders_lock = PTHREAD_MUTEX_INITIALIZER;
static struct lender *lenders;          /* one for each database */

/* ---- Lenders ---- */

static struct lender *lender_create(const char *place, int connections)
{
	struct lender *lender = calloc(1, sizeof(*lender));

	if (!lender || !(lender->place = strdup(place)))
		fatal();
	lender->connections = lending_create(connections);
	attempts_begin(&lender->attempts);
	atomic_init(&lender->look_at_ms, tick_ms() + LOOK_MS);
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
	atomic_fetch_sub(&store_counters.lendable, 1);
	postgres_destroy(connection);
}

static void close_all_but(struct lender *lender, int kept)
{
	void *connection;

	while ((connection = lending_retire(lender->connections, kept)))
		close_connection(connection);
}

void lender_leave(struct lender *lender)
{
	pthread_mutex_lock(&lenders_lock);
	int users = --lender->users;
	if (users == 0)
		forget(lender);
	else
		close_all_but(lender, users);
	pthread_mutex_unlock(&lenders_lock);
	if (users > 0)
		return;
	lending_destroy(lender->connections, close_connection);
	attempts_end(&lender->attempts);
	free(lender->place);
	free(lender);
}

/* ---- Lending ---- */

/* That it can be made is known: it was for the same place when the store was opened. */
static struct postgres *make(struct lender *lender)
{
	struct postgres *made = postgres_create(lender->place, &lender->attempts);

	if (!made)
		fatal();
	atomic_fetch_add(&store_counters.lendable, 1);
	return made;
}

/* False: it is away, and no other can be had now, which `why` explains. */
static bool is_there(struct postgres_store *handle, char why[POSTGRES_WHY])
{
	bool is_new = !handle->loan.thing;
	if (is_new)
		handle->loan.thing = make(handle->lender);
	struct postgres *postgres = handle->loan.thing;
	postgres->link.looked = false;
	if (link_ready(&postgres->link)) {
		postgres->link.looked = true;
		if (is_new)
			atomic_store(&handle->lender->scarce, false);
		return true;
	}
	snprintf(why, POSTGRES_WHY, "%s", postgres->link.why);
	close_connection(postgres);
	handle->loan.thing = NULL;
	return false;
}

static bool take_one_that_is_there(struct postgres_store *handle, int64_t left_ms, const char *why)
{
	struct lender *lender = handle->lender;
	bool lent = lending_take_made(lender->connections, handle->store.party, left_ms > 0 ? left_ms : 0,
	                              attempts_next_ms(&lender->attempts), &handle->loan);

	if (lent && !atomic_exchange(&lender->scarce, true))
		log_often(LOG_WARNING, "store: no further connection can be made: %s", why);
	return lent;
}

/* Where no other can be had now it waits for those that are there: what fails at once would be lent to one
 * after the other, and all that wait would fail of it. */
static bool wait_in_line(struct postgres_store *handle, char why[POSTGRES_WHY])
{
	int64_t until_ms = tick_ms() + postgres_lend_wait_ms;
	bool lent = lending_take(handle->lender->connections, handle->store.party, postgres_lend_wait_ms,
	                         &handle->loan);
	int64_t waited_us = handle->loan.waited_us;

	while (lent && !is_there(handle, why)) {
		lent = take_one_that_is_there(handle, until_ms - tick_ms(), why);
		waited_us += handle->loan.waited_us;
	}
	if (waited_us > 0) {
		atomic_fetch_add(&store_counters.waits, 1);
		atomic_fetch_add(&store_counters.waited_us, waited_us);
	}
	return lent;
}

static void receive(struct postgres_store *handle)
{
	handle->at = handle->loan.thing;
	handle->at->store = &handle->store;
	holder = &handle->store;
}

bool postgres_borrow(struct store *store, const char *sql)
{
	struct postgres_store *handle = (struct postgres_store *)store;
	char why[POSTGRES_WHY] = "";

	if (handle->at)
		return true;
	if (holder) {
		store_misused(store, sql, "a thread has two stores at once, and each may wait for the other's connection");
		return false;
	}
	if (wait_in_line(handle, why)) {
		receive(handle);
		return true;
	}
	bool in_vain = !why[0] || handle->loan.waited_us > 0;
	atomic_fetch_add(&store_counters.waits_in_vain, in_vain);
	store_failed(store, why[0] ? NULL : sql, STORE_AWAY, why[0] ? why : "no connection came free in time");
	return false;
}

/* What is gone, or is left within a transaction that could not be ended, is nobody's inheritance. */
static bool is_of_use(const struct postgres *postgres)
{
	const struct postgres_link *link = &postgres->link;

	return link->connection && !link->queued
	       && PQtransactionStatus(link->connection) == PQTRANS_IDLE;
}

static void look_at_unused(struct lender *lender)
{
	long long due_ms = atomic_load(&lender->look_at_ms), now_ms = tick_ms();

	if (now_ms >= due_ms
	    && atomic_compare_exchange_strong(&lender->look_at_ms, &due_ms, now_ms + LOOK_MS))
		close_all_but(lender, lending_needed(lender->connections));
}

void postgres_give_back(struct store *store, int running)
{
	struct postgres_store *handle = (struct postgres_store *)store;

	if (!handle->lender || !handle->at || running > 0)
		return;
	handle->at->store = NULL;
	if (!is_of_use(handle->at)) {
		close_connection(handle->at);
		handle->loan.thing = NULL;
	}
	handle->at = NULL;
	holder = NULL;
	lending_give_back(handle->lender->connections, &handle->loan);
	look_at_unused(handle->lender);
}
