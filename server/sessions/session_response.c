/* session_response.c - a reply whose client can come back for it: its messages go to a resumable stream
 * of its session. */
#include "session.h"

static void send(struct reply *reply, str message)
{
	metric_add(METRIC_EVENTS, 1);
	session_stream_send(reply->session_stream, message);
}

static void leave(struct reply *reply)
{
	reply->session_stream = NULL;
	reply->response = &response_none;
}

static void finish(struct reply *reply, str message, UNUSED int status)
{
	if (message.at)
		send(reply, message);
	session_stream_end(reply->session_stream);
	leave(reply);
}

static bool is_crowded(const struct reply *reply)
{
	return session_stream_is_crowded(reply->session_stream);
}

/* Only a client of 2025-11-25 has an id to come back with before the first event. */
static void interrupt(struct reply *reply)
{
	if (reply->revision >= R2025_11_25)
		session_stream_close(reply->session_stream);
}

static void hand_over(struct reply *reply)
{
	session_stream_leave(reply->session_stream);
	leave(reply);
}

static const struct response response_session = {
	.streams = true, .send = send, .finish = finish, .is_crowded = is_crowded,
	.interrupt = interrupt, .hand_over = hand_over, .settle = call_settle_request,
};

void session_response(struct reply *reply, struct session_stream *stream)
{
	reply->session_stream = stream;
	reply->response = &response_session;
}

/* The ids of its calls, as a JSON array. */
static str call_ids(const struct reply *reply, struct arena *arena)
{
	struct json json = json_begin(arena, 64);

	json_array(&json);
	for (const struct mcp_call *call = reply->calls; call; call = call->sibling)
		json_value(&json, call->id);
	json_array_end(&json);
	return json_end(&json);
}

bool session_can_stream(const struct reply *reply)
{
	return reply->response == &response_session || (reply->session &&
	       reply->response == &response_pending && reply->takes_sse);
}

bool session_open_stream(struct reply *reply, struct exchange *x)
{
	if (!reply->session)
		return false;
	struct arena *arena = arena_create();
	struct session_stream *stream = session_stream_open(reply, x, true, call_ids(reply, arena));

	arena_destroy(arena);
	if (stream)
		session_response(reply, stream);
	return stream;
}
