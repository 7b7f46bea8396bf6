/* dial.c - an event loop's connection is opened and closed: by a worker, since that may take seconds, and by
 * the loop. */
#include "fatal.h"
#include "reads.h"

#include <stdatomic.h>
#include <stdlib.h>

#define DIAL_PAUSE_MS 1000

/* ---- Opening and closing ---- */

void reads_attach(struct store *store, struct store_loop *loop)
{
	struct postgres_store *handle = (struct postgres_store *)store;

	if (handle->reads)
		return;
	struct reads *reads = handle->reads = postgres_zeroed(1, sizeof(*reads));
	reads->postgres = handle->at;
	reads->loop = loop;
	reads->dialled_ms = INT64_MIN / 2;
	reads->dial = postgres_zeroed(1, sizeof(*reads->dial));
	reads->dial->base.reads = store->driver->reads;
	reads->dial->reads = reads;
	/* It was found fit when the store was opened. */
	if (!link_open(&reads->dial->link, strchr(handle->at->link.url, ':') + 1, NULL))
		fatal();
	reads->dial->link.hurried_ms = loop->statement_ms;
}

static void dial_free(struct dial *dial)
{
	link_close(&dial->link);
	free(dial);
}

void reads_destroy(struct reads *reads)
{
	if (!reads)
		return;
	if (connection_of(reads))
		reads->loop->watch(reads->loop, -1, false);
	reads_forget(reads);
	reads->dial->reads = NULL;
	if (!reads->dial->busy)
		dial_free(reads->dial);
	free(reads->key);
	free(reads);
}

/* ---- Connecting, which a loop never does itself ---- */

/* One at a time, of all loops: while the database does not answer each holds a worker for as long as that takes. */
static atomic_bool dialling;

void reads_connect(struct store_dial *dial)
{
	(void)!link_ready(&dial_of(dial)->link);
	atomic_store(&dialling, false);
}

void reads_connected(struct store_dial *store_dial)
{
	struct dial *dial = dial_of(store_dial);
	struct reads *reads = dial->reads;
	struct postgres_link *link;

	dial->busy = false;
	if (!reads) {
		dial_free(dial);
		return;
	}
	link = &reads->postgres->link;
	if (!dial->link.connection || !PQenterPipelineMode(dial->link.connection))
		return;
	link->connection = dial->link.connection;
	link->number = dial->link.number;
	dial->link.connection = NULL;
	reads->loop->watch(reads->loop, PQsocket(link->connection), false);
}

void reads_dial(struct reads *reads)
{
	int64_t now = tick_ms();

	if (reads->dial->busy || now < reads->dialled_ms + DIAL_PAUSE_MS || atomic_exchange(&dialling, true))
		return;
	reads->dialled_ms = now;
	reads->dial->busy = true;
	if (reads->loop->dial(reads->loop, &reads->dial->base))
		return;
	reads->dial->busy = false;
	atomic_store(&dialling, false);
}
