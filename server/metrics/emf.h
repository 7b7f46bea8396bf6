/* emf.h - once a minute a line on stdout from which CloudWatch makes metrics (METRICS_EMF). */
#ifndef EMF_H
#define EMF_H

#include "metrics.h"
#include "pool.h"

#define EMF_PERIOD_MS 60000

struct emf_clock {
	struct emf emf;                 /* .namespace NULL: no lines */
	const struct pool *pool;
	int64_t due_ms;                 /* by tick_ms() */
};

/* The first line comes after the first period. */
struct emf_clock emf_begin(const char *namespace, const char *service, const struct pool *pool);
/* Writes the line that is due at this time, if one is: the milliseconds until the next; -1: there
 * never is one. Never waits: what nobody reads is left out. */
int64_t emf_run_due(struct emf_clock *clock, int64_t at_ms);
/* The line of the last, unfinished period. */
void emf_end(struct emf_clock *clock);

/* NULL, or why CloudWatch would not take it. */
const char *emf_check(const char *namespace);

#endif
