/* sight.c - see sight.h. */
#include "sight.h"

#define FEW 8                           /* a loop has time for so many */

bool sight_is_sure(const struct caller *caller, const struct offer *offer)
{
	return !offer->sees || (offer->sees_all && caller_may(caller, offer->sees_all));
}

/* They are known: it waits for nothing. */
static void go_on(struct mcp_call *call)
{
	struct sights *sights = (struct sights *)call->in;

	call->offer = NULL;             /* following is no run of the resource */
	call->fault = sights->failed ? &FAULT_BUSY : sights->then(call, sights);
}

static const struct wait known = { .begin = go_on };

static enum mcp_answer look(struct mcp_call *call, const void *in, struct store *store)
{
	struct sights *sights = (struct sights *)in;

	sights->failed = false;
	for (int i = 0; i < sights->count && !sights->failed; i++) {
		struct sight *sight = &sights->first[i];
		int sees = mcp_wanted(call) ? sight->offer->sees(call, sight->in, store) : -1;
		sight->seen = sees > 0;
		sights->failed = sees < 0;
	}
	call->wait = &known;
	return MCP_WAITING;
}

const struct fault *sights_look(struct mcp_call *call, struct sights *sights)
{
	if (sights->count == 0)
		return sights->then(call, sights);
	struct offer *asked = arena_new(call->arena, struct offer);
	*asked = *sights->first->offer;
	asked->run = look;
	asked->blocks |= sights->count > FEW;
	for (int i = 0; i < sights->count; i++)
		asked->blocks |= sights->first[i].offer->blocks;
	call->offer = asked;
	call->in = sights;
	return call_start(call);
}
