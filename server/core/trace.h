/* trace.h - which trace something belongs to, as W3C Trace Context has it: what one action caused, in whichever
 * programs.
 *
 * Ids are random, and no two are alike: of a thread, a process, or a start. They are kept as they are written, in
 * small hex digits, for that is how all who get them want them. */
#ifndef TRACE_H
#define TRACE_H

#include "core.h"

#define TRACE_ID_SIZE 32
#define SPAN_ID_SIZE 16
#define TRACEPARENT_SIZE 56             /* 00-TRACE-SPAN-FLAGS, with a NUL */

/* No text of it ends with a NUL. */
struct trace {
	char id[TRACE_ID_SIZE];         /* begins with a NUL: there is none */
	char span[SPAN_ID_SIZE];        /* what is done here; whatever it sends out has this as its parent */
	char parent[SPAN_ID_SIZE];      /* the span that sent it; begins with a NUL: it begins here */
	bool sampled;                   /* whoever began it records it */
	bool recorded;                  /* and this process, as spans/ has decided; else nobody asks further */
};

/* One that begins here. */
void trace_begin(struct trace *trace);
/* The one that a `traceparent` names, with a span of its own here. False: it is none, and nothing was changed. */
MUST_USE bool trace_continue(struct trace *trace, str traceparent);
/* What `outer` does in part, with a span of its own: it may be the same struct. */
void trace_inner(struct trace *trace, const struct trace *outer);
/* What goes out with a request that this span makes. */
void trace_print(const struct trace *trace, char text[TRACEPARENT_SIZE]);

#endif
