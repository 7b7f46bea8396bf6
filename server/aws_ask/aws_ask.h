/* aws_ask.h - a tool asks AWS: no thread waits, the tool is run again from the top with the answer.
 *
 *     struct clusters clusters;
 *     struct aws_about about = { 0 };
 *     switch (aws_ask_of(call, ECS_LIST_CLUSTERS, NULL, NULL, clusters_shape, &clusters, &about)) {
 *     case AWS_PENDING:  return MCP_WAITING;
 *     case AWS_ANSWERED: break;
 *     default:           return mcp_fail(call, "%s", about.trouble);
 *     }
 *
 * Several may be asked in one round: ask them all, then return MCP_WAITING if any of them is pending. In one call the
 * same request is the same answer, as often as the tool is run again; equal requests of different calls share theirs, as long
 * as the table of operations says (operation.h). A call that ends lets its requests go, and what they
 * began at AWS (a query of logs: aws_begins in operation.h) is ended with it, however it ends.
 *
 * Who asks in rounds has too many answers in the end. So each is let go when it was handed out (`once`), and what they came to
 * so far is kept from run to run:
 *
 *     struct tail *tail = aws_kept(call, sizeof(*tail));
 *     about = (struct aws_about) { .round = tail->round, .once = true, .arena = scratch };
 *     if (aws_ask_of(…) == AWS_ANSWERED) … make something of it in *tail; tail->round++; */
#ifndef AWS_ASK_H
#define AWS_ASK_H

#include "aws_error.h"
#include "mcp.h"
#include "operation.h"

/* For the server's start() and stop(): credentials and the region by the environment and AWS's own files. A server starts
 * without them too, and has it told to whoever asks. */
void aws_start(void);
void aws_stop(void);

enum aws_outcome {
	AWS_ANSWERED,           /* `out` is filled in */
	AWS_FAILED,             /* `trouble` says why */
	AWS_PENDING,            /* return MCP_WAITING now, the tool is run again with the answer */
};

struct aws_about {
	/* Of the request: */
	bool refresh;           /* somebody wants to see how it is now: see cache.h */
	int64_t round;          /* another time the same request, in one call: 0, 1, 2 … */
	int64_t pause_ms;       /* before it goes out */
	bool once;              /* its answer is handed out one time and let go: whoever asks in rounds makes something of each */
	struct arena *arena;    /* what is filled in is in this one; NULL: the call's, which grows with each run */

	/* Of the answer: */
	int64_t as_of_ms;       /* by the wall clock */
	const char *trouble;    /* for people, in that arena; NULL: none. Beside an answer: that is an older one */
	const char *code;       /* of the trouble, as AWS calls it: see aws_error_is(); "": it does not */
	enum aws_fault fault;   /* of the trouble */
};

/* `in` NULL: nothing is said. Members that the shape `out` does not know are ignored; of a query service a whole number
 * stands in a text. What is filled in is in the call's arena. */
MUST_USE enum aws_outcome aws_ask_of(struct mcp_call *call, enum aws_action action, const struct shape *in, const void *arguments,
                                     const struct shape *out, void *result, struct aws_about *about);

/* What that operation began in this call is over at AWS, so nobody need end it. */
void aws_done(struct mcp_call *call, enum aws_action action);

/* The call's own bytes from run to run, zeros at first, of always the same size. What a run keeps there counts even if the run does
 * not: of a tool with a store only what asking once more would tell as well. */
void *aws_kept(struct mcp_call *call, size_t size);
/* The same; and `over` hears of it when the call is over, however it ends. On any thread. */
void *aws_kept_until(struct mcp_call *call, size_t size, void (*over)(void *kept));

/* What the compiler holds them to: the structs are those that the shapes describe, see shape.h. */
#define aws_ask_of(call, action, in, arguments, out, result, about) \
	(aws_ask_of)(call, action, in, POINTS_TO_(in##_describes, in, arguments), \
	             out, POINTS_TO_(out##_describes, out, result), about)

#endif
