/* ask.c - a call of another server's tool that no thread waits for: its answer is found by the next run. */
#include <stdlib.h>

#include "awaited.h"
#include "calling.h"
#include "charged.h"
#include "fatal.h"

struct asking {
	struct awaited awaited;         /* the first member */
	struct calling calling;
	struct arena *arena;
	struct fetch *fetch;            /* the latest try; NULL: none is under way */
	const struct fetch_answer *fetched;
	bool over;                      /* its answer is known */
};

/* On the outbound thread. */
static void came(void *owner, UNUSED struct fetch *fetch, const struct fetch_answer *answer)
{
	struct asking *asking = owner;

	asking->fetched = answer;
	awaited_done(&asking->awaited);
}

static void try_it(struct asking *asking)
{
	static const struct fetch_events events = { .done = came };

	awaited_again(&asking->awaited);
	asking->fetch = fetch_start(&asking->calling.request, &events, asking);
}

static void stop(struct awaited *awaited)
{
	struct asking *asking = (struct asking *)awaited;

	fetch_drop(asking->fetch);
	asking->fetch = NULL;
	if (!asking->over)
		calling_forget(&asking->calling);
}

static void release(struct awaited *awaited)
{
	struct asking *asking = (struct asking *)awaited;

	arena_destroy(asking->arena);
	free(asking);
}

/* Its answer counts as what the call keeps. */
static struct asking *begin(struct mcp_call *call, struct client *client, const char *key, const char *tool,
                            bool idempotent, const struct shape *in, const void *arguments)
{
	struct asking *asking = calloc(1, sizeof(*asking));

	if (!asking)
		fatal();
	asking->arena = arena_create_charged(reply_budget(call->reply));
	asking->awaited.stop = stop;
	asking->awaited.release = release;
	call_await(call, arena_copy(asking->arena, str_of(key)), &asking->awaited);
	asking->over = !calling_begin(&asking->calling, client, asking->arena, tool, idempotent, in, arguments);
	asking->calling.request.party = reply_party(call->reply);
	asking->calling.request.budget = reply_budget(call->reply);
	if (!asking->over)
		try_it(asking);
	return asking;
}

static void go_on(struct asking *asking)
{
	struct fetch *tried = asking->fetch;

	asking->over = calling_judge(&asking->calling, asking->fetched);
	asking->fetch = NULL;
	if (!asking->over)
		try_it(asking);
	fetch_drop_told(tried);
}

enum client_outcome (client_ask)(struct mcp_call *call, struct client *client, const char *key, const char *tool,
                                 bool idempotent, const struct shape *in, const void *arguments,
                                 const struct shape *out, void *result, const char **why)
{
	struct asking *asking = (struct asking *)call_awaited(call, key);

	*why = "it is not answered yet";
	if (!asking && !call_begins_nothing(call))
		asking = begin(call, client, key, tool, idempotent, in, arguments);
	else if (asking && !asking->over && awaited_came(&asking->awaited))
		go_on(asking);
	if (asking && asking->over)
		return calling_conclude(&asking->calling, call->arena, out, result, why);
	call_wait_for_awaited(call);
	return CLIENT_PENDING;
}
