/* metrics.h - counters and histograms, and their Prometheus text. Any thread; no locks. */
#ifndef METRICS_H
#define METRICS_H

#include "core.h"
#include "counted.h"
#include "mcp.h"

/* Things that are only counted: each with a name in prometheus.c. */
enum metric {
	METRIC_SESSIONS,                /* gauges: now; those that were used here lately */
	METRIC_LISTENS,
	METRIC_CALLS_WAITING,           /* for a person or a change */
	METRIC_SESSIONS_BEGUN,          /* totals */
	METRIC_EVENTS,                  /* SSE events sent */
	METRIC_RESUMED,                 /* streams a client came back to */
	METRIC_QUESTIONS,               /* asked of people */
	METRIC_REFUSED_ADDRESSES,       /* requests from where nobody may call */
	METRIC_LIMIT_RATE_ADDRESS,      /* limits hit */
	METRIC_LIMIT_RATE_CALLER,
	METRIC_LIMIT_RATE_INITIALIZE,
	METRIC_LIMIT_QUEUE,
	METRIC_LIMIT_STREAMS,
	METRIC_LIMIT_BACKLOG,
	METRIC_LIMIT_BODY,
	METRIC_LIMIT_DEPTH,
	METRIC_LIMIT_VALUES,
	METRIC_LIMIT_MEMORY,
	METRIC_LIMIT_BATCH,
	METRIC_LIMIT_DEADLINE,
	METRIC_COMPAT_MISMATCH,         /* wrong requests served because COMPAT says so */
	METRIC_COMPAT_TWICE,
	METRIC_COMPAT_MISSING,
	METRIC_COMPAT_PARAMS,
	METRIC_COMPAT_ARGUMENTS,
	METRIC_MOVED_TO_WORKER,         /* reads that were too long for a loop */
	METRIC_COUNT
};
void metric_add(enum metric metric, int64_t n);         /* n may be negative for a gauge */
int64_t metric_value(enum metric metric);

/* Holds back what mcp_count() adds on this thread, until it is known whether the run counts. */
void metrics_hold(void);
void metrics_let_go(bool counts);

/* One finished request. `method` is a JSON-RPC method our tables know, or "other"; `tool` a tool of
 * the server or NULL; outcome one of a few constant words. All are compared by address first, and kept:
 * they stay as they are until metrics_stop(). */
void metrics_request(const char *method, const char *tool, const char *outcome, int64_t micros);
/* Forgets them with their counts, before the server that they are of takes its names away. No other
 * thread counts or prints. */
void metrics_stop(void);

/* A request of HTTP's that came to no call of a method. `verb`: its place in metric_verbs. */
#define VERBS 6
extern const char *const metric_verbs[VERBS];
enum answered { ANSWERED_OK, ANSWERED_REFUSED, ANSWERED_UNAVAILABLE, ANSWERED_GONE, ANSWERED };
extern const char *const metric_answered[ANSWERED];
void metrics_answer(int verb, enum answered answered);

/* Prometheus text format 0.0.4: the above, the tables of other layers (the last is NULL), and the
 * worker queue. */
str metrics_print(struct arena *arena, const struct mcp_server *server,
                  const struct counted *const *layers, int queued, int busy);

#endif
