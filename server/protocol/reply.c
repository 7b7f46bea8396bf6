/* reply.c - one HTTP request being answered: as JSON, or as events on a stream.
 *
 * JSON unless something is streamed before the answer, or the call has been silent for a while, or
 * the client takes nothing else. A stream of the session era goes through a channel, which keeps its
 * events for a client that comes back. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "session.h"

static void silence_over(struct timer *timer, struct loop *loop);
static void start_queued(struct reply *reply);

static struct reply *create(struct loop *loop)
{
	static _Thread_local uint32_t number;
	struct reply *reply = calloc(1, sizeof(*reply));

	if (!reply)
		abort();
	reply->references = 1;
	reply->loop = loop;
	reply->silence.run = silence_over;
	snprintf(reply->id, sizeof(reply->id), "%d-%x", loop_index(loop), ++number);
	return reply;
}

struct reply *reply_create(struct exchange *x)
{
	struct reply *reply = create(exchange_loop(x));

	reply->began_us = exchange_began_us(x);
	reply->exchange = x;
	exchange_set_user(x, reply);
	return reply;
}

struct reply *reply_create_alone(struct loop *loop, const struct era *era,
                                 const struct caller *caller)
{
	struct reply *reply = create(loop);

	reply->began_us = tick_us();
	reply->era = era;
	reply->caller = caller;
	return reply;
}

struct budget *reply_budget(const struct reply *reply)
{
	return reply->caller ? caller_requests(reply->caller) : runtime.set.requests;
}

struct arena *reply_arena(struct reply *reply)
{
	if (!reply->own)
		reply->own = arena_create_charged(reply_budget(reply));
	return reply->own;
}

void reply_drop(struct reply *reply)
{
	if (--reply->references > 0)
		return;
	timer_clear(reply->loop, &reply->silence);
	session_leave(reply->session);
	arena_destroy(reply->arena);
	arena_destroy(reply->own);
	caller_drop(reply->caller);
	free(reply);
}

void reply_http_over(struct reply *reply)
{
	reply->exchange = NULL;
	reply->stream = NULL;
	timer_clear(reply->loop, &reply->silence);
	reply_drop(reply);
}

/* The client left. That cancels the calls in 2026-07-28 (a MUST) and does not before. */
static void client_gone(void *user)
{
	struct reply *reply = user;

	reply->exchange = NULL;
	reply->stream = NULL;
	if (reply->era == &era_stateless) {
		reply->references++;
		for (struct mcp_call *call = reply->calls, *next; call; call = next) {
			next = call->sibling;
			call_cancel(call);
		}
		reply->references--;
	}
	reply_http_over(reply);
}

void reply_park(struct reply *reply)
{
	if (reply->parked)
		return;
	reply->parked = true;
	exchange_park(reply->exchange, client_gone);
}

void reply_settle_later(struct reply *reply)
{
	if (reply->outstanding == 0)
		return;
	if (reply->exchange) {
		reply_park(reply);
		if (reply->takes_sse && runtime.set.silence_ms > 0)
			timer_set(reply->loop, &reply->silence,
			          loop_tick_ms(reply->loop) + runtime.set.silence_ms);
	}
	start_queued(reply);
}

/* Only now: until its first turn is over a call may still be answered without a worker. */
static void start_queued(struct reply *reply)
{
	reply->references++;
	for (struct mcp_call *call = reply->calls, *next; call; call = next) {
		next = call->sibling;
		if (call->to_queue)
			call_queue(call);
	}
	reply_drop(reply);
}

bool reply_can_stream(const struct reply *reply)
{
	return reply->stream || reply->channel || (reply->exchange && reply->takes_sse);
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

bool reply_open_stream(struct reply *reply)
{
	struct exchange *x = reply->exchange;

	if (reply->stream || reply->channel)
		return true;
	/* While an answer is being sent its exchange is there, however long its client takes. */
	if (!x || reply->answered || !reply->takes_sse)
		return false;
	timer_clear(reply->loop, &reply->silence);
	exchange_set_user(x, NULL);
	reply->exchange = NULL;
	if (reply->session) {
		struct arena *arena = arena_create();
		reply->channel = channel_open(reply->session, x, true, call_ids(reply, arena));
		arena_destroy(arena);
	}
	if (reply->channel) {
		reply_drop(reply);      /* the HTTP side is the channel's now */
		return true;
	}
	guard_cors(x);
	reply->stream = stream_open(x, client_gone, reply);
	return true;
}

static void silence_over(struct timer *timer, UNUSED struct loop *loop)
{
	struct reply *reply = (struct reply *)((char *)timer - offsetof(struct reply, silence));

	reply_open_stream(reply);
}

/* One message as an event. */
static str frame(struct arena *arena, str message)
{
	static const char head[] = "event: message\ndata: ";
	size_t head_size = sizeof(head) - 1;
	char *text = arena_alloc_raw(arena, head_size + message.size + 2);

	memcpy(text, head, head_size);
	memcpy(text + head_size, message.at, message.size);
	memcpy(text + head_size + message.size, "\n\n", 2);
	return (str) { text, head_size + message.size + 2 };
}

static void send_event(struct reply *reply, str message)
{
	metric_add(METRIC_EVENTS, 1);
	if (reply->channel) {
		channel_send(reply->channel, message);
	} else if (reply->stream) {
		struct arena *arena = arena_create();

		if (!stream_send(reply->stream, frame(arena, message)))
			metric_add(METRIC_LIMIT_BACKLOG, 1);
		arena_destroy(arena);
	}
}

bool reply_event(struct reply *reply, str message)
{
	if (!reply_open_stream(reply))
		return false;
	send_event(reply, message);
	return true;
}

static void end_stream(struct reply *reply)
{
	if (reply->channel) {
		channel_end(reply->channel);
		reply->channel = NULL;
	} else if (reply->stream) {
		stream_end(reply->stream);
		reply_http_over(reply);
	}
}

/* The last answer is known and no stream is open; the message lives as long as the reply. */
static void answer_exchange(struct reply *reply, str message, int status)
{
	struct exchange *x = reply->exchange;

	reply->answered = true;
	guard_cors(x);
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

/* A batch collects its answers into one array; it is sent with the last. */
static void collect(struct reply *reply, str message)
{
	if (!reply->answers.at) {
		reply->answers = json_begin(reply_arena(reply), message.size + 64);
		json_array(&reply->answers);
	}
	json_raw(&reply->answers, message);
}

static void unlink_call(struct reply *reply, struct mcp_call *call)
{
	struct mcp_call **place = &reply->calls;

	while (*place && *place != call)
		place = &(*place)->sibling;
	if (*place)
		*place = call->sibling;
	reply->outstanding--;
}

static void destroy_arena(void *arena)
{
	arena_destroy(arena);
}

void reply_answer(struct reply *reply, struct mcp_call *call, str message, int status,
                  struct arena *own)
{
	if (own)
		arena_own(reply_arena(reply), own, destroy_arena);
	unlink_call(reply, call);
	if (reply->batch) {
		reply_batch_add(reply, message);
	} else if (reply->stream || reply->channel) {
		if (message.at)
			send_event(reply, message);
		end_stream(reply);
	} else if (reply->exchange) {
		answer_exchange(reply, message, status);
	}
}

struct reply *reply_part(struct reply *reply, struct mcp_call *call, str message,
                         struct arena *own)
{
	struct reply *alone = reply_create_alone(reply->loop, reply->era, caller_keep(reply->caller));

	alone->revision = reply->revision;
	alone->party = reply->party;
	alone->arena = reply->arena;
	alone->began_us = reply->began_us;
	memcpy(alone->id, reply->id, sizeof(alone->id));
	reply->arena = NULL;
	reply_answer(reply, call, message, 200, own);
	reply_drop(reply);              /* the call's */
	call->sibling = NULL;
	alone->calls = call;
	alone->outstanding = 1;
	return alone;
}

void reply_leave(struct reply *reply, struct mcp_call *call)
{
	unlink_call(reply, call);
	if (reply->channel)
		channel_leave(reply->channel);
	reply->channel = NULL;
}

bool reply_is_crowded(const struct reply *reply)
{
	if (reply->channel)
		return channel_is_crowded(reply->channel);
	return reply->stream && stream_backlog(reply->stream) > runtime.set.backlog_max / 2;
}

/* ---- Responses ---- */

void reply_accepts_later(struct reply *reply)
{
	reply->references++;
	reply->outstanding++;
	if (!reply->batch)
		reply_park(reply);
}

void reply_accepted(struct reply *reply, const struct fault *fault)
{
	reply->outstanding--;
	if (reply->batch)
		reply_batch_done(reply);
	else if (reply->exchange && fault)
		reply_fault(reply, fault, NULL);
	else if (reply->exchange)
		reply_status(reply, 202);
	reply_drop(reply);
}

/* ---- Batches ---- */

void reply_batch_add(struct reply *reply, str message)
{
	if (!message.at)
		return;
	if (reply->stream || reply->channel)
		send_event(reply, message);
	else if (reply->exchange)
		collect(reply, message);
}

void reply_batch_done(struct reply *reply)
{
	if (!reply->batch || reply->outstanding > 0)
		return;
	if (reply->answers.at)
		json_array_end(&reply->answers);
	if (reply->stream || reply->channel) {
		/* What was answered before the stream was opened. */
		if (reply->answers.at)
			send_event(reply, json_end(&reply->answers));
		end_stream(reply);
	} else if (reply->exchange && reply->answers.at) {
		answer_exchange(reply, json_end(&reply->answers), 200);
	} else if (reply->exchange) {
		reply_status(reply, 202);
	}
}

void reply_fault_headers(struct reply *reply, const struct fault *fault)
{
	struct exchange *x = reply->exchange;
	char seconds[24];

	if (fault->challenge)
		exchange_add_header(x, "WWW-Authenticate", fault->challenge);
	if (fault->retry_after_ms > 0) {
		snprintf(seconds, sizeof(seconds), "%lld", (long long)(fault->retry_after_ms + 999) / 1000);
		exchange_add_header(x, "Retry-After", seconds);
	}
}

void reply_fault(struct reply *reply, const struct fault *fault, yyjson_val *id)
{
	struct exchange *x = reply->exchange;
	struct json json = json_begin(reply_arena(reply), 256);
	int status = reply->era == &era_stateless ? fault->http_stateless : fault->http_sessions;

	reply_fault_headers(reply, fault);
	guard_cors(x);
	reply->answered = true;
	fault_write(&json, fault, id);
	exchange_answer(x, status, "application/json", json_end(&json));
}

void reply_status(struct reply *reply, int status)
{
	guard_cors(reply->exchange);
	reply->answered = true;
	exchange_answer(reply->exchange, status, NULL, STR(""));
}
