/* store_reads.h - reading PostgreSQL on an event loop: a statement is sent, and no thread waits for its answer.
 *
 * What a run of a tool asks for is sent, the store fails from then on, and store_waits(): the run is dropped.
 * When the answer has come the tool is run again from the top, is given the rows, and goes on to what it asks
 * for next. A run that asks for something else than the one before, for many things, or that writes gives up, and so
 * does whatever is odd: an answer that is slow, large, a failure, or lost. Then the call belongs on a worker, where a
 * thread waits and knows what to do. */
#ifndef STORE_READS_H
#define STORE_READS_H

#include "charged.h"
#include "store_internal.h"

#define STORE_LOOP_CONNECTIONS 1        /* of each loop, once it reads */

/* ---- What a call has read so far ---- */

struct answer;
struct driver_reads;

/* A call's; zeroed at first, but for `came`. Its loop's. */
struct store_answers {
	/* What the call waits for is there, or will not come: then `left`. On the loop, never within a run. */
	void (*came)(struct store_answers *answers);
	bool left;                      /* nothing comes any more: to a worker */
	struct budget *budget;          /* where the rows count */
	struct answer *first, **end;
	struct answer *next;            /* what the run at hand finds next; NULL: it has to ask */
	int count;
	const struct driver_reads *reads;       /* whose they are; NULL: nothing was read */
};

/* Behind store_begin_call(): a run begins. Nothing of the answers' is used where the store has no such reads. */
void store_read_for(struct store *store, struct store_answers *answers);
/* The run asked for what is not there yet: it counts for nothing, `came` follows. */
bool store_waits(const struct store *store);
/* It has all it wanted, or no longer wants it. What is on its way is dropped as it comes. */
void store_answers_drop(struct store_answers *answers);

/* ---- What a loop does for its store, and the store for it ---- */

struct store_dial;

struct store_loop {
	/* Watch a socket: for what can be read, and where `writes` for room to write. -1: it is closed. */
	void (*watch)(struct store_loop *loop, int socket, bool writes);
	/* Call store_reads_flush() at the end of this turn. */
	void (*flush_later)(struct store_loop *loop);
	/* Call store_reads_check() at that tick_ms(). Not asked for again before it is called. */
	void (*check_at)(struct store_loop *loop, int64_t at_ms);
	/* Have a thread that may wait call store_dial(), and then the loop store_dialled(). False: not now. */
	bool (*dial)(struct store_loop *loop, struct store_dial *dial);
	int slow_ms;                    /* what was not answered by then is left to a worker */
	int statement_ms;               /* the server ends a statement that takes longer */
};

/* A loop's store reads from now on; without effect where reads need no connection. The loop outlives it. */
void store_reads_begin(struct store *store, struct store_loop *loop);
/* A read may begin on this loop now. False: it is for a worker; where that is so for want of a connection, one
 * is dialled, unless that failed just now. SQLite reads always. */
bool store_reads_now(struct store *store);
void store_reads_ready(struct store *store);    /* the socket */
void store_reads_flush(struct store *store);
void store_reads_check(struct store *store);

void store_dial(struct store_dial *dial);
/* On the loop, or when it is gone; the store may be closed. It is not used any more. */
void store_dialled(struct store_dial *dial);

#endif
