/* transact.c - transactions, and running them again where the database asks for it. */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "driver.h"
#include "log.h"
#include "statement_span.h"

#define PAUSE_MOST_US 20000

/* On SQLite it waits in line here, on PostgreSQL perhaps for a connection. */
static bool begin(struct store *store)
{
	struct span span;

	span_begin(&span);
	bool begun = store->driver->transact(store);
	transaction_span_end(&span, store, "BEGIN");
	return begun;
}

static void end(struct store *store, bool commits)
{
	struct span span;

	span_begin(&span);
	if (commits)
		store->driver->commit(store);
	else
		store->driver->take_back(store);
	transaction_span_end(&span, store, commits ? "COMMIT" : "ROLLBACK");
}

/* `since_ms`: from when it has the time it has, which is from when it first began: before, it may have waited in
 * line for that. */
static bool run_work(struct store *store, store_work_fn *work, void *context, int64_t *since_ms)
{
	if (!begin(store))
		return false;
	if (!store->begun)
		*since_ms = tick_ms();
	store->begun = true;
	bool wanted = work(store, context);
	end(store, wanted && !store->failed);
	return wanted;
}

static enum store_outcome transact_once(struct store *store, store_work_fn *work, void *context,
                                        int64_t *since_ms)
{
	struct span span;

	span_begin(&span);
	span_enter(&span);
	store->transacting = true;
	store->failed = store->again = store->changed = false;
	bool wanted = run_work(store, work, context, since_ms);
	store->transacting = false;
	span_leave(&span);
	transaction_span_end(&span, store, "transaction");
	if (store->failed)
		return STORE_FAILED;
	if (!wanted)
		return STORE_TAKEN_BACK;
	store->commits += store->changed;
	return STORE_COMMITTED;
}

/* Two that were in each other's way are not to meet again: a pause that grows, and differs. */
static void step_aside(int tries)
{
	static _Thread_local unsigned short state[3];
	int64_t most_us = 500 << (tries < 6 ? tries : 6);

	if (!state[0])
		state[0] = (unsigned short)((uintptr_t)&state >> 4 ^ (uintptr_t)tick_us());
	int64_t pause_us = nrand48(state) % (most_us < PAUSE_MOST_US ? most_us : PAUSE_MOST_US);
	nanosleep(&(struct timespec) { .tv_nsec = pause_us * 1000 }, NULL);
}

static bool is_to_run_again(struct store *store, enum store_outcome outcome)
{
	if (outcome != STORE_FAILED || !store->again)
		return false;
	atomic_fetch_add(&store_counters.reruns, 1);
	return true;
}

enum store_outcome store_transact(struct store *store, store_work_fn *work, void *context)
{
	int64_t since_ms = tick_ms();
	enum store_outcome outcome = STORE_FAILED;

	if (!store_there(store))
		return STORE_FAILED;
	if (store->transacting || store->running > 0) {
		store_misused(store, NULL, "store_transact() inside %s",
		              store->transacting ? "the work of store_transact()" : "store_each()");
		return STORE_FAILED;
	}
	if (store->waits)
		return STORE_FAILED;
	if (store->gave_up || store->use == STORE_READS) {
		store_give_up(store);
		return STORE_FAILED;
	}
	store->begun = false;
	/* A writer that waited for its whole time and got nothing is not made to wait again. */
	for (int tries = 1;; tries++) {
		outcome = transact_once(store, work, context, &since_ms);
		if (!is_to_run_again(store, outcome))
			break;
		if (tries == store->driver->tries || tick_ms() - since_ms >= STORE_WAIT_MS) {
			log_often(LOG_ERROR, "store: a transaction was given up after %d tries: %s", tries, store->why);
			break;
		}
		if (tries > 1)
			step_aside(tries);
	}
	if (outcome == STORE_FAILED && !store->hushed)
		store_failed_for_good(store);
	if (store->driver->transacted)
		store->driver->transacted(store);
	return outcome;
}
