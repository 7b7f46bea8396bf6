/* revoke.c - ends what is open of callers whose key is no more, or may do less: whoever has another comes
 * back and is judged anew.
 *
 * A call with the stream it answers on, a subscription, a task that runs: those that came with that key.
 * Sessions with the streams they have: those of its name. A task that waits for a person where the
 * database has it: where nobody has the name any more. */
#include <stdlib.h>

#include "session.h"
#include "shared.h"

static bool is_revoked(const struct mcp_call *call, UNUSED const void *context)
{
	return !auth_is_current(call->reply->caller);
}

static void end_calls(struct message *message, UNUSED struct loop *loop)
{
	free(message);
	calls_cancel(is_revoked, NULL);
}

static const struct errand_kind end_kind = { .work = caller_rows_end, .lasts = true };

static void end_name(const char *name, bool gone)
{
	sessions_end_of(name);
	if (!shared_on())
		return;
	struct caller_errand *ending = errand_new(&end_kind, struct caller_errand);

	ending->caller = arena_copy(ending->errand.arena, str_of(name));
	ending->gone = gone;
	errand_send_from(&ending->errand, NULL);
}

void protocol_revoke(struct http *http)
{
	auth_each_revoked(end_name);
	for (int i = 0; i < http_loops(http); i++) {
		struct message *message = calloc(1, sizeof(*message));
		if (!message)
			abort();
		message->run = end_calls;
		loop_post(http_loop(http, i), message);
	}
}
