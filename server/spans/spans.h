/* spans.h - what something took, and what came of it, as OpenTelemetry has it; kept until it is sent on (otlp/).
 *
 * Owners   Whoever does a thing has its span: a reply its request's, a call its own, the store that of each statement.
 *          It begins it, and ends it once.
 * Cost     Where nobody records a trace, a span is one flag that is false. One that is recorded is written down when
 *          it ends, as it will be sent, into memory that is bounded; what has no room there is counted and gone.
 * Never    values of arguments or of parameters, keys, tokens. */
#ifndef SPANS_H
#define SPANS_H

#include <stdatomic.h>

#include "about.h"
#include "counted.h"

/* ---- Which traces are recorded ---- */

enum span_sampler {
	SAMPLE_ALL, SAMPLE_NONE, SAMPLE_RATIO,
	SAMPLE_PARENT_ALL, SAMPLE_PARENT_NONE, SAMPLE_PARENT_RATIO      /* the same, in this order, of what begins here;
	                                                                   of the rest as whoever began it says */
};

extern bool spans_on;                   /* between spans_start() and spans_stop(): no other thread runs then */
void spans_decide(struct trace *trace);
/* Of a trace that has just begun here, or gone on. */
static inline void spans_sample(struct trace *trace)
{
	if (spans_on)
		spans_decide(trace);
}

/* ---- What goes with a trace ---- */

#define TRACE_STATE_MAX 512             /* bytes, as much as the standard has everybody hand on */

/* A `tracestate` as it is handed on beside a traceparent: what others keep for themselves, of which the last members go
 * where they are too many bytes. .at NULL: there is none, or it is none as a whole. */
str trace_state(struct arena *arena, str text);

/* ---- Spans of what a thread does within its work (about.h) ---- */

struct span {
	bool recorded;                  /* else nothing of the rest is set */
	struct trace trace;             /* its own */
	int64_t began_us;
	struct span *outer;             /* span_enter() */
};

void span_begin_recorded(struct span *span, const struct about *about);
static inline void span_begin(struct span *span)
{
	const struct about *about = spans_on ? about_now() : NULL;

	span->recorded = about && about->trace.recorded;
	if (span->recorded)
		span_begin_recorded(span, about);
}
/* What this thread begins until span_leave() is a part of it. */
void span_enter(struct span *span);
void span_leave(const struct span *span);

/* ---- How one ends ---- */

enum span_kind { SPAN_INTERNAL = 1, SPAN_SERVER, SPAN_CLIENT };

#define SPAN_RECORD_MAX 5120            /* bytes; an attribute that does not fit is counted instead */
#define SPAN_TEXT_MAX 2000              /* of a text */
#define SPAN_NAME_MAX 200               /* of a name, and of what it says it is of */

struct span_record {
	size_t size, most;              /* bytes: what there is, and what may be for now */
	bool full;
	int lost;                       /* attributes */
	const char *error;              /* its error.type; NULL: it went well */
	const struct trace *link;       /* what it came with, and is no part of; NULL: nothing */
	str state;                      /* of its trace; .at NULL: none */
	char text[SPAN_RECORD_MAX];
};

void span_record_begin(struct span_record *record, const struct trace *trace, enum span_kind kind, int64_t began_us,
                       str name, str target);
void span_text(struct span_record *record, const char *key, str value);         /* .at NULL: none */
void span_int(struct span_record *record, const char *key, int64_t value);
void span_noted(struct span_record *record, const struct about *about);
void span_record_end(struct span_record *record);

/* ---- Sending them on: one thread does ---- */

struct span_batch {
	char *text;                     /* `head` of spans_start(), then spans with commas between */
	size_t size;
	int count;
};

/* Two batches of that many bytes at most are kept: one fills, one is sent. `head` stands before each. */
void spans_start(enum span_sampler sampler, double ratio, size_t batch_bytes, str head);
/* The next batch, when it is large enough, or some time has gone by, or it is the last: false. What it was lent before
 * is no longer its own. */
bool spans_take(struct span_batch *batch, int64_t wait_ms);
/* Waits, but not once spans_end() was called: then false. */
bool spans_pause(int64_t ms);
/* What comes from now on is not recorded; spans_take() gives what is left. */
void spans_end(void);
void spans_stop(void);                  /* nobody records or takes any more */

struct span_counters {
	atomic_llong exported;
	atomic_llong dropped;           /* no room for them: what they are sent to was slow, or away */
	atomic_llong failed;            /* refused, or nobody took them in several tries */
};
extern struct span_counters span_counters;
int64_t spans_lost(void);               /* in all: dropped, or failed */

#endif
