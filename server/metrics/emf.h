/* emf.h - once a minute a line on stdout from which CloudWatch makes metrics (METRICS_EMF). */
#ifndef EMF_H
#define EMF_H

#include <stdatomic.h>

#include "core.h"
#include "emf_told.h"
#include "pool.h"

#define EMF_PERIOD_MS 60000

struct emf_totals { int64_t calls, errors, unavailable, statements, calls_out, limits; };

/* Of people who sign in. */
struct emf_sign_ins {
	int64_t accepted, refused, failed_fetches;      /* totals */
	int64_t refused_from, keys_age_s;               /* now; an age of -1 is left out */
};

struct emf {
	const char *namespace;          /* of CloudWatch; NULL: no lines */
	const char *service;            /* the value of the dimension Service */
	const atomic_llong *streams;    /* that are open */
	void (*sign_ins)(struct emf_sign_ins *now);     /* NULL: nobody does */
	int64_t (*lost_spans)(void);    /* in all; NULL: there are no traces */
	const struct mcp_server *server;        /* whose own counters are told, those it says; NULL: none */
	struct emf_totals said;         /* up to the last line */
	struct emf_sign_ins said_sign_ins;
	int64_t said_lost_spans;
	struct emf_told told;           /* of others */
};

/* A line of CloudWatch's embedded metric format, with its line break: what is open now, and what was counted since the line before; and
 * one for each thing that others tell by it, if there is something. `running`: calls that are on a worker or wait for one. */
str emf_print(struct arena *arena, struct emf *emf, int running);

/* ---- When lines are due ---- */

struct emf_clock {
	struct emf emf;
	const struct pool *pool;
	int64_t due_ms;                 /* by tick_ms() */
};

/* The first line comes after the first period. */
struct emf_clock emf_begin(struct emf emf, const struct pool *pool);
/* Writes the line that is due at this time, if one is: the milliseconds until the next; -1: there
 * never is one. Never waits: what nobody reads is left out. */
int64_t emf_run_due(struct emf_clock *clock, int64_t at_ms);
/* The line of the last, unfinished period. */
void emf_end(struct emf_clock *clock);

/* NULL, or why CloudWatch would not take it. */
const char *emf_check(const char *namespace);

#endif
