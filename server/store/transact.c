/* transact.c - transactions, and running them again where the database asks for it. */
#include "driver.h"

#define TRIES_MAX 3

static enum store_outcome transact_once(struct store *store, store_work_fn *work, void *context)
{
	const struct driver *driver = store->driver;

	bool wanted = false;

	store->transacting = true;
	store->failed = store->again = false;
	if (driver->transact(store)) {
		wanted = work(store, context);
		if (store->failed || !wanted)
			driver->take_back(store);
		else
			driver->commit(store);
	}
	store->transacting = false;
	if (store->failed)
		return STORE_FAILED;
	return wanted ? STORE_COMMITTED : STORE_TAKEN_BACK;
}

enum store_outcome store_transact(struct store *store, store_work_fn *work, void *context)
{
	int64_t start = tick_ms();
	enum store_outcome outcome = STORE_FAILED;

	if (store->transacting)
		store_misused(NULL, "store_transact() inside the work of store_transact()");
	if (store->running > 0)
		store_misused(NULL, "store_transact() inside store_each()");
	if (store->gave_up || store->use == STORE_READS) {
		store_give_up(store);
		return STORE_FAILED;
	}
	/* A writer that waited for its whole time and got nothing is not made to wait again. */
	for (int tries = 0; tries < TRIES_MAX && tick_ms() - start < STORE_WAIT_MS; tries++) {
		outcome = transact_once(store, work, context);
		if (outcome != STORE_FAILED || !store->again)
			break;
	}
	return outcome;
}
