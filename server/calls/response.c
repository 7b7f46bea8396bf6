/* response.c - how a client is told over HTTP: as JSON, or as events on a stream.
 *
 * JSON unless something is streamed before the answer, or the call has been silent for a while, or
 * the client takes nothing else. What a session has instead is its own (session_response.c). */
#include "call_span.h"
#include "origin.h"

/* ---- The client left, or has its answer ---- */

static void finish_nothing(UNUSED struct reply *reply, UNUSED str message, UNUSED int status)
{
}

const struct response response_none = { .finish = finish_nothing, .settle = call_settle_request };

/* That cancels the calls in 2026-07-28 (a MUST) and does not before. */
void reply_client_gone(void *user)
{
	struct reply *reply = user;

	reply->exchange = NULL;
	reply->stream = NULL;
	reply->response = &response_none;
	if (reply->era && reply->era->stateless) {
		reply->references++;
		for (struct mcp_call *call = reply->calls, *next; call; call = next) {
			next = call->sibling;
			call_cancel(call);
		}
		reply->references--;
	}
	reply_http_over(reply);
}

/* ---- An event stream ---- */

/* One message as an event. */
static str frame(struct arena *arena, str message)
{
	static const char head[] = "event: message\ndata: ";
	size_t head_size = sizeof(head) - 1;
	char *text = arena_alloc_raw(arena, head_size + message.size + 2);

	memcpy(text, head, head_size);
	memcpy(text + head_size, message.at, message.size);
	json_one_line(text + head_size, message.size);
	memcpy(text + head_size + message.size, "\n\n", 2);
	return (str) { text, head_size + message.size + 2 };
}

static void send_event(struct reply *reply, str message)
{
	struct arena *arena = arena_create();

	metric_add(METRIC_EVENTS, 1);
	if (!stream_send(reply->stream, frame(arena, message)))
		metric_add(METRIC_LIMIT_BACKLOG, 1);
	arena_destroy(arena);
}

static void finish_events(struct reply *reply, str message, UNUSED int status)
{
	if (message.at)
		send_event(reply, message);
	stream_end(reply->stream);
	reply_http_over(reply);
}

static bool is_crowded(const struct reply *reply)
{
	return stream_backlog(reply->stream) > runtime.set.backlog_max / 2;
}

static const struct response response_events = {
	.streams = true, .send = send_event, .finish = finish_events, .is_crowded = is_crowded,
	.settle = call_settle_request,
};

/* ---- Nothing was sent yet ---- */

bool reply_can_stream(const struct reply *reply)
{
	return reply->response->streams ||
	       (reply->response == &response_pending && reply->takes_sse);
}

bool reply_open_stream(struct reply *reply)
{
	struct exchange *x = reply->exchange;

	if (reply->response->streams || !reply_can_stream(reply))
		return reply->response->streams;
	timer_clear(reply->loop, &reply->silence);
	reply_party(reply);
	reply_tell_id(reply);
	exchange_set_user(x, NULL);
	reply->exchange = NULL;
	if (reply->era->open_stream(reply, x)) {
		reply_span_end(reply, x);
		reply_drop(reply);      /* the HTTP side is not the reply's any more */
		return true;
	}
	origin_allow(x);
	reply->stream = stream_open(x, reply_client_gone, reply);
	reply->response = &response_events;
	return true;
}

void reply_silent(struct timer *timer, UNUSED struct loop *loop)
{
	reply_open_stream((struct reply *)(void *)((char *)timer - offsetof(struct reply, silence)));
}

bool reply_event(struct reply *reply, str message)
{
	if (!reply_open_stream(reply))
		return false;
	reply->response->send(reply, message);
	return true;
}

bool reply_is_crowded(const struct reply *reply)
{
	return reply->response->is_crowded && reply->response->is_crowded(reply);
}

/* Its exchange is there while the answer is being sent, however long its client takes. */
static void answer(struct reply *reply, str message, int status)
{
	struct exchange *x = reply->exchange;

	reply->answered = true;
	reply->response = &response_none;
	origin_allow(x);
	if (!message.at && reply->takes_sse) {
		exchange_answer(x, 200, "text/event-stream", STR(": cancelled\n\n"));
	} else if (status == 200 && reply->takes_sse && !reply->takes_json) {
		exchange_add_header(x, "Cache-Control", "no-cache");
		exchange_add_header(x, "X-Accel-Buffering", "no");
		exchange_answer(x, 200, "text/event-stream", frame(reply_arena(reply), message));
	} else {
		exchange_answer(x, status, "application/json", message);
	}
}

const struct response response_pending = { .finish = answer, .settle = call_settle_request };
