/* in_flight.c - the calls of a loop that are not settled, which only that loop looks at. */
#include "call.h"
#include "call_private.h"

static _Thread_local struct mcp_call *in_flight;

void in_flight_add(struct mcp_call *call)
{
	call->previous_in_flight = NULL;
	call->next_in_flight = in_flight;
	if (in_flight)
		in_flight->previous_in_flight = call;
	in_flight = call;
}

void in_flight_remove(struct mcp_call *call)
{
	if (call->previous_in_flight)
		call->previous_in_flight->next_in_flight = call->next_in_flight;
	else
		in_flight = call->next_in_flight;
	if (call->next_in_flight)
		call->next_in_flight->previous_in_flight = call->previous_in_flight;
}

struct mcp_call *call_find(uint64_t serial)
{
	struct mcp_call *call = in_flight;

	while (call && call->serial != serial)
		call = call->next_in_flight;
	return call;
}

void calls_end_all(void)
{
	while (in_flight)
		call_cancel(in_flight);
}

void calls_cancel(call_which_fn *which, const void *context)
{
	for (struct mcp_call *call = in_flight, *next; call; call = next) {
		next = call->next_in_flight;
		if (which(call, context))
			call_cancel(call);
	}
}
