/* revoke.c - ends what is open of callers whose key is no more, or may do less.
 *
 * Whoever has another comes back and is judged anew. Here everything ends that came with such a key: calls
 * with the streams they answer on, subscriptions, tasks that run, sessions with their streams. In the
 * database those sessions, and of a name that may do less all of them; of a name that nobody has any
 * more its tasks too. While a key is replaced by another of the same name and scopes, what came with the
 * new one goes on. */
#include <stdlib.h>

#include "fatal.h"
#include "protocol.h"
#include "session.h"
#include "session_rows.h"
#include "state.h"

static bool is_revoked(const struct mcp_call *call, UNUSED const void *context)
{
	return !auth_is_current(call->reply->caller);
}

static void end_calls(struct message *message, UNUSED struct loop *loop)
{
	free(message);
	calls_cancel(is_revoked, NULL);
}

static const struct errand_kind session_kind = { .work = session_row_delete, .lasts = true, .lost = "sessions' ends" },
	name_kind = { .work = caller_rows_end, .lasts = true, .lost = "callers' ends" };

static void end_session(const char *id)
{
	struct session_errand *ending = errand_new(&session_kind, struct session_errand);

	ending->session.id = arena_copy(ending->errand.arena, str_of(id));
	errand_send_from(&ending->errand, NULL);
}

static void end_name(const char *name, bool gone)
{
	struct caller_errand *ending = errand_new(&name_kind, struct caller_errand);

	ending->caller = arena_copy(ending->errand.arena, str_of(name));
	ending->gone = gone;
	errand_send_from(&ending->errand, NULL);
}

void protocol_revoke(struct http *http)
{
	sessions_end_revoked(end_session);
	auth_each_revoked(end_name);
	for (int i = 0; i < http_loops(http); i++) {
		struct message *message = calloc(1, sizeof(*message));
		if (!message)
			fatal();
		message->run = end_calls;
		loop_post(http_loop(http, i), message);
	}
}
