/* reads.h - inside the PostgreSQL driver: an event loop's connection and what was sent on it. */
#ifndef POSTGRES_READS_H
#define POSTGRES_READS_H

#include "spans.h"
#include "statement.h"

#define READS_MOST 64                   /* statements that are on their way */
#define READS_PLACES (4 * READS_MOST)   /* with what prepares them and the ends of their pipelines */

/* One statement that a call asked for, and its rows. */
struct answer {
	struct answer *next;
	struct store_answers *of;       /* NULL: nobody wants it any more */
	const struct statement *statement;
	PGresult *result;               /* NULL: it did not come yet */
	bool sent;                      /* it is on its way */
	struct span span;               /* of the way there and back */
	size_t charged;
	size_t size;
	char key[];                     /* its parameters */
};

/* Frees what is on its way no more. */
void answer_free(struct answer *answer);
/* Its caller's, until it is freed or dropped. */
void answer_charge(struct answer *answer, size_t size);

enum sent_what { SENT_PREPARE, SENT_STATEMENT, SENT_SYNC };

struct sent {
	enum sent_what what;
	struct statement *statement;
	struct answer *answer;          /* a statement's */
	PGresult *result;               /* its end is still to come */
	int64_t at_ms;
};

struct dial {
	struct store_dial base;
	struct postgres_link link;      /* the loop's, or while it is busy that of the thread that dials */
	struct reads *reads;            /* NULL: closed meanwhile */
	bool busy;
};

struct reads {
	struct postgres *postgres;
	struct store_loop *loop;
	struct dial *dial;
	int64_t dialled_ms;
	struct sent ring[READS_PLACES];
	unsigned first, count;
	int statements;                 /* of these */
	int unended;                    /* statements since the latest end of a pipeline */
	bool ends_alone;                /* the latest of them is to be alone in its pipeline */
	bool clogged;                   /* something is slow: nothing more is sent until all has come */
	bool broken;                    /* to be closed at the end of this turn */
	bool flushes, checks;           /* the loop was asked to */
	bool writes;                    /* it watches for room */
	bool fruitless;                 /* something came, and no result was whole */
	int partial;                    /* bytes that came since then */
	char *key;                      /* of the statement at hand */
	size_t key_room;
};

static inline PGconn *connection_of(const struct reads *reads)
{
	return reads->postgres->link.connection;
}

static inline struct dial *dial_of(struct store_dial *dial)
{
	return (struct dial *)dial;
}

/* From the oldest on. */
static inline struct sent *sent_at(struct reads *reads, unsigned i)
{
	return &reads->ring[(reads->first + i) % READS_PLACES];
}

/* Nothing is on its way any more. */
void reads_forget(struct reads *reads);
/* Has a connection made, unless that failed just now. */
void reads_dial(struct reads *reads);
/* It is for workers, for a while; twice as long each time. */
void statement_stays_away(struct statement *statement);
/* Sends it, for that answer. False: not now, or the connection failed. */
MUST_USE bool reads_send(struct reads *reads, struct statement *statement, struct answer *answer);


/* ---- answers.c, dial.c: of postgres_driver_reads ---- */

void answers_run(struct store *store, struct store_answers *answers);
void answers_drop(struct store_answers *answers);
void reads_attach(struct store *store, struct store_loop *loop);
void reads_connect(struct store_dial *dial);
void reads_connected(struct store_dial *dial);

#endif
