/* loop_store.c - the store of an event loop: opened when it is first asked for, and what it has the loop do.
 *
 * Reads of PostgreSQL are sent from the loop and answered to it (store_reads.h). Its connection is dialled by a worker,
 * since that may take seconds. */
#include "loop_store.h"

#include <stdlib.h>
#include <sys/epoll.h>

#include "fatal.h"
#include "runtime.h"

#define SLOW_MS 25                      /* a read by an index takes one; a worker waits as long as it takes */
#define STATEMENT_MS 100                /* nobody waits for it by then, but all that come after it do */

struct loop_reads {
	struct store_loop store_loop;   /* the first member */
	struct loop *loop;
	struct store *store;
	struct watch watch;
	struct message flush;
	struct timer check;
	int socket;                     /* -1: none is watched */
};

#define READS_OF(pointer, member) \
	((struct loop_reads *)(void *)((char *)(pointer) - offsetof(struct loop_reads, member)))

/* ---- What the store has the loop do ---- */

static void watch_socket(struct store_loop *store_loop, int socket, bool writes)
{
	struct loop_reads *reads = (struct loop_reads *)store_loop;
	uint32_t events = writes ? EPOLLIN | EPOLLOUT : EPOLLIN;

	if (socket < 0)
		loop_unwatch(reads->loop, reads->socket);
	else if (reads->socket < 0)
		loop_watch(reads->loop, &reads->watch, socket, events);
	else
		loop_watch_for(reads->loop, &reads->watch, socket, events);
	reads->socket = socket;
}

static void flush_later(struct store_loop *store_loop)
{
	struct loop_reads *reads = (struct loop_reads *)store_loop;

	loop_finally(reads->loop, &reads->flush);
}

static void check_at(struct store_loop *store_loop, int64_t at_ms)
{
	struct loop_reads *reads = (struct loop_reads *)store_loop;

	timer_set(reads->loop, &reads->check, at_ms);
}

/* ---- What the loop tells the store ---- */

static void socket_is_ready(struct watch *watch, UNUSED uint32_t events)
{
	store_reads_ready(READS_OF(watch, watch)->store);
}

static void flush(struct message *message, UNUSED struct loop *loop)
{
	store_reads_flush(READS_OF(message, flush)->store);
}

static void check(struct timer *timer, UNUSED struct loop *loop)
{
	store_reads_check(READS_OF(timer, check)->store);
}

/* ---- Dialling ---- */

struct dialling {
	struct job job;                 /* the first member */
	struct message message;
	struct loop *loop;
	struct store_dial *dial;
};

static void dial_on_worker(struct job *job, UNUSED void *worker)
{
	struct dialling *dialling = (struct dialling *)job;

	store_dial(dialling->dial);
	loop_post(dialling->loop, &dialling->message);
}

static void dialled(struct message *message, UNUSED struct loop *loop)
{
	struct dialling *dialling =
		(struct dialling *)(void *)((char *)message - offsetof(struct dialling, message));

	store_dialled(dialling->dial);
	free(dialling);
}

static bool dial(struct store_loop *store_loop, struct store_dial *store_dial)
{
	struct dialling *dialling = calloc(1, sizeof(*dialling));

	if (!dialling)
		fatal();
	dialling->job.run = dial_on_worker;
	dialling->job.slow = true;      /* not on all workers while the database does not answer */
	dialling->message.run = dialled;
	dialling->loop = ((struct loop_reads *)store_loop)->loop;
	dialling->dial = store_dial;
	if (pool_add(runtime.pool, &dialling->job))
		return true;
	free(dialling);
	return false;
}

/* ---- Opening ---- */

static struct loop_reads *reads_create(struct loop *loop, struct store *store)
{
	struct loop_reads *reads = calloc(1, sizeof(*reads));

	if (!reads)
		fatal();
	*reads = (struct loop_reads) {
		.store_loop = { watch_socket, flush_later, check_at, dial, SLOW_MS, STATEMENT_MS },
		.loop = loop, .store = store, .socket = -1,
		.watch.ready = socket_is_ready, .flush.run = flush, .check.run = check,
	};
	store_reads_begin(store, &reads->store_loop);
	return reads;
}

struct store *loop_store(struct loop *loop)
{
	struct workplace *place = loop_context(loop);

	if (place->store || !place->database)
		return place->store;
	place->store = store_open(place->database, STORE_READS);
	if (place->store)
		place->reads = reads_create(loop, place->store);
	return place->store;
}
