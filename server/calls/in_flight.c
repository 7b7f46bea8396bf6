/* in_flight.c - the unsettled calls of a loop, which only that loop looks at. */
#include "call.h"
#include "call_private.h"

static _Thread_local struct mcp_call *live;

void live_add(struct mcp_call *call)
{
	call->live_previous = NULL;
	call->live_next = live;
	if (live)
		live->live_previous = call;
	live = call;
}

void live_remove(struct mcp_call *call)
{
	if (call->live_previous)
		call->live_previous->live_next = call->live_next;
	else
		live = call->live_next;
	if (call->live_next)
		call->live_next->live_previous = call->live_previous;
}

struct mcp_call *call_find_live(uint64_t serial)
{
	struct mcp_call *call = live;

	while (call && call->serial != serial)
		call = call->live_next;
	return call;
}

void calls_end_all(void)
{
	while (live)
		call_cancel(live);
}

void calls_cancel(call_which_fn *which, const void *context)
{
	for (struct mcp_call *call = live, *next; call; call = next) {
		next = call->live_next;
		if (which(call, context))
			call_cancel(call);
	}
}
