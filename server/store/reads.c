/* reads.c - reading on an event loop: the driver of a database that is far away does it, any other reads at once. */
#include "driver.h"
#include "store_reads.h"

void store_read_for(struct store *store, struct store_answers *answers)
{
	answers->reads = store->driver->reads;
	if (answers->reads)
		answers->reads->run(store, answers);
}

bool store_waits(const struct store *store)
{
	return store->waits;
}

void store_answers_drop(struct store_answers *answers)
{
	if (answers->reads)
		answers->reads->drop(answers);
}

void store_reads_begin(struct store *store, struct store_loop *loop)
{
	if (store->driver->reads)
		store->driver->reads->begin(store, loop);
}

bool store_reads_now(struct store *store)
{
	return !store->driver->reads || store->driver->reads->now(store);
}

void store_reads_ready(struct store *store)
{
	store->driver->reads->ready(store);
}

void store_reads_flush(struct store *store)
{
	store->driver->reads->flush(store);
}

void store_reads_check(struct store *store)
{
	store->driver->reads->check(store);
}

void store_dial(struct store_dial *dial)
{
	dial->reads->dial(dial);
}

void store_dialled(struct store_dial *dial)
{
	dial->reads->dialled(dial);
}
