/* cancellation.c - cancelling a running call of a session by its JSON-RPC id.
 *
 * It is looked up under the session's lock; the cancel is posted to the loop of the call, which may be
 * over by then. */
#include <stdlib.h>

#include "fatal.h"
#include "session_private.h"

struct cancellation {
	struct message message;
	uint64_t serial;
};

static void cancel_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct cancellation *cancellation = (struct cancellation *)message;
	struct mcp_call *call = call_find(cancellation->serial);

	free(cancellation);
	if (call)
		call_cancel(call);
}

void session_add_call(struct session *session, struct mcp_call *call)
{
	struct json json = json_begin(call->arena, 64);

	json_value(&json, call->id);
	str id = json_end(&json);
	struct filed_call *filed = malloc(sizeof(*filed) + id.size);

	if (!filed)
		fatal();
	filed->loop = call->reply->loop;
	filed->serial = call->serial;
	filed->id_size = id.size;
	memcpy(filed->id, id.at, id.size);
	pthread_mutex_lock(&session->lock);
	filed->next = session->calls;
	session->calls = filed;
	pthread_mutex_unlock(&session->lock);
}

void session_remove_call(struct session *session, struct mcp_call *call)
{
	struct filed_call **place, *filed;

	pthread_mutex_lock(&session->lock);
	for (place = &session->calls; *place && (*place)->serial != call->serial;)
		place = &(*place)->next;
	filed = *place;
	if (filed)
		*place = filed->next;
	pthread_mutex_unlock(&session->lock);
	free(filed);
}

bool session_cancel_call(struct session *session, str text)
{
	struct filed_call *filed;

	pthread_mutex_lock(&session->lock);
	for (filed = session->calls; filed; filed = filed->next)
		if (str_same((str) { filed->id, filed->id_size }, text))
			break;
	if (filed) {
		struct cancellation *cancellation = malloc(sizeof(*cancellation));
		if (!cancellation)
			fatal();
		cancellation->message.run = cancel_arrives;
		cancellation->serial = filed->serial;
		loop_post(filed->loop, &cancellation->message);
	}
	pthread_mutex_unlock(&session->lock);
	return filed;
}
