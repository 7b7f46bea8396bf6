/* awaited.h - what a call waits for that is done outside: begun in one run of its tool, found in the next by its key.
 *
 * It belongs to its call, and is let go when that is over; it waits in this process alone, without a row. The tool's
 * thread begins it, whoever does it says awaited_done(), and the tool is run again.
 *
 * A call that waits for such a thing alone is given back to its loop only where that has to do something: else nobody
 * has it, until what it waits for is done, and whoever did that hands it to a worker; or until its loop takes it back,
 * because it is over, or has waited for too long. One of them comes first (`place`). */
#ifndef AWAITED_H
#define AWAITED_H

#include "call.h"

/* Who has a call that its loop gave away. */
enum place {
	PLACE_WORKER,                   /* its tool runs, or is about to */
	PLACE_CALLED_BACK,              /* the same, and the loop wants it next */
	PLACE_NOBODY,                   /* it waits for something outside: whoever takes it first has it */
};

struct awaited {
	struct awaited *next;           /* of the same call */
	const char *key;                /* lives as long as it does */
	struct message message;         /* to the call's loop */
	struct loop *loop;
	struct mcp_call *call;          /* the loop's; NULL: it is over */
	bool posted;                    /* it was said to be done; the message may be on its way */
	atomic_bool came;               /* the loop has heard so, or the call was handed on for it */
	bool seen;                      /* and a run of the tool that began after that, whether it asked for it or not */
	/* On the loop: nobody calls awaited_done() any more when it returns. */
	void (*stop)(struct awaited *awaited);
	/* After that. */
	void (*release)(struct awaited *awaited);
};

/* For the thread of the tool: */

/* A run begins: what came until now is no news after it. */
void call_looks_at_awaited(struct mcp_call *call);
/* What was begun under that key in this run or one before; NULL: nothing. */
struct awaited *call_awaited(const struct mcp_call *call, const char *key);
/* Takes it over. The rest of it is zeros. */
void call_await(struct mcp_call *call, const char *key, struct awaited *awaited);
/* Is it done? It goes on from there, or is done anew by awaited_again(). */
bool awaited_came(struct awaited *awaited);
void awaited_again(struct awaited *awaited);
/* It is done, and nobody asks for it any more: it is released. */
void call_drop_awaited(struct mcp_call *call, struct awaited *awaited);
/* The tool is to return MCP_WAITING: it is run again when one of those it began is done. */
void call_wait_for_awaited(struct mcp_call *call);
/* Nothing is begun: the call is over, or its run does not count. */
bool call_begins_nothing(const struct mcp_call *call);
/* The worker is done with a run. True: the call waits, and is nobody's from now on. */
MUST_USE bool call_rests(struct mcp_call *call);

/* Any thread, once until awaited_again(). */
void awaited_done(struct awaited *awaited);
/* It is this thread's, which is not its loop: on to a worker, or back to the loop where that can't be. (call.c) */
void call_hand_on(struct mcp_call *call);

/* For its loop: */

/* True: nobody had it, so it waits here. Else whoever has it gives it back. */
bool call_take_back(struct mcp_call *call);
/* It waits here for as long as it may. */
void call_waits_on(struct mcp_call *call);
/* The call is over. */
void call_let_go(struct mcp_call *call);

#endif
