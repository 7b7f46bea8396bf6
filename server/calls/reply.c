/* reply.c - one HTTP request being answered: its calls, what it keeps for them, and when it ends.
 *
 * What is said to its client goes where its response (response.c) has it go. */
#include <stdio.h>
#include <stdlib.h>

#include "call_span.h"
#include "fatal.h"
#include "origin.h"

static void start_queued(struct reply *reply);

static struct reply *create(struct loop *loop)
{
	/* Not by calloc(), which passes over what was freed just before. */
	struct reply *reply = malloc(sizeof(*reply));

	if (!reply)
		fatal();
	*reply = (struct reply) {
		.references = 1, .loop = loop, .response = &response_none,
		.silence.run = reply_silent,
	};
	about_begin(&reply->about);
	return reply;
}

/* As whoever calls knows it: a client, a proxy, another server. */
static void take_about(struct reply *reply)
{
	str traceparent = exchange_header(reply->exchange, "traceparent");
	str id = exchange_header(reply->exchange, "X-Request-Id");

	if (!traceparent.at && !id.at)
		return;
	(void)!trace_continue(&reply->about.trace, traceparent);
	about_take_id(&reply->about, id);
	reply_tell_id(reply);
}

struct reply *reply_create(struct exchange *x)
{
	struct reply *reply = create(exchange_loop(x));

	reply->began_us = exchange_began_us(x);
	reply->exchange = x;
	reply->response = &response_pending;
	exchange_set_user(x, reply);
	take_about(reply);
	return reply;
}

/* A header of an answer costs libmicrohttpd 1,500 instructions, so a plain result has none that nobody asked for. */
void reply_tell_id(struct reply *reply)
{
	if (reply->exchange)
		exchange_name(reply->exchange, reply->about.id);
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

const struct fault *reply_no_room(const struct reply *reply)
{
	const struct budget *budget = reply_budget(reply);

	return budget->of && budget_has(budget->of, 0) ? &FAULT_SHARE : &FAULT_BUSY;
}

const struct fault *errand_fault(const struct errand *errand)
{
	return errand->share_full ? &FAULT_SHARE : &FAULT_BUSY;
}

struct arena *reply_arena(struct reply *reply)
{
	if (!reply->own)
		reply->own = arena_create_charged(reply_budget(reply));
	return reply->own;
}

str reply_address_of(const struct exchange *x)
{
	return auth_client_address(runtime.set.trusted_proxies, exchange_peer(x), exchange_header(x, "X-Forwarded-For"));
}

str reply_address(const struct reply *reply)
{
	return reply_address_of(reply->exchange);
}

str reply_refused_address(const struct reply *reply, int status)
{
	bool refuses = status == 401 || status == 403 || status == 404 || status == 429 || status == 503;

	return refuses && reply->exchange ? reply_address(reply) : (str) { 0 };
}

str reply_address_group(const struct reply *reply, char room[16])
{
	return auth_address_group(reply_address(reply), room);
}

uint64_t reply_party(struct reply *reply)
{
	char room[16];

	if (!reply->party)
		reply->party = caller_party(reply->caller, reply->exchange
		                            ? reply_address_group(reply, room) : (str) { 0 });
	return reply->party;
}

void reply_drop(struct reply *reply)
{
	if (--reply->references > 0)
		return;
	timer_clear(reply->loop, &reply->silence);
	if (reply->era)
		reply->era->release(reply);
	arena_destroy(reply->arena);
	arena_destroy(reply->own);
	caller_drop(reply->caller);
	free(reply);
}

void reply_http_over(struct reply *reply)
{
	reply_span_end(reply, reply->exchange);
	reply->exchange = NULL;
	reply->stream = NULL;
	reply->response = &response_none;
	timer_clear(reply->loop, &reply->silence);
	reply_drop(reply);
}

void reply_log(struct reply *reply, struct exchange *x)
{
	int status = exchange_status(x), verb = (int)exchange_method(x);
	enum answered answered = status == 0 ? ANSWERED_GONE : status < 400 ? ANSWERED_OK
		: status < 500 ? ANSWERED_REFUSED : ANSWERED_UNAVAILABLE;

	if (reply->logged)
		return;
	reply->logged = true;
	metrics_answer(verb, answered);
	if (log_shows(LOG_INFO))
		log_request(&(struct log_request) {
			.about = &reply->about, .method = metric_verbs[verb], .target = exchange_path(x),
			.caller = reply->caller ? caller_name(reply->caller) : NULL,
			.address = reply_refused_address(reply, status), .outcome = metric_answered[answered],
			.status = status, .micros = tick_us() - reply->began_us });
}

void reply_taken_over(struct reply *reply, struct exchange *x)
{
	reply_log(reply, x);
	reply_http_over(reply);
}

void reply_park(struct reply *reply)
{
	if (reply->parked)
		return;
	reply->parked = true;
	reply_party(reply);
	exchange_park(reply->exchange, reply_client_gone);
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
	if (reply->batch)
		reply_batch_add(reply, message);
	else
		reply->response->finish(reply, message, status);
}

struct reply *reply_part(struct reply *reply, struct mcp_call *call, str message,
                         struct arena *own)
{
	struct reply *alone = reply_create_alone(reply->loop, reply->era, caller_keep(reply->caller));

	alone->revision = reply->revision;
	alone->party = reply->party;
	alone->arena = reply->arena;
	alone->began_us = reply->began_us;
	about_copy(&alone->about, &reply->about);
	reply->arena = NULL;
	reply_answer(reply, call, message, 200, own);
	reply_drop(reply);              /* the call's */
	call->sibling = NULL;
	alone->calls = call;
	alone->outstanding = 1;
	return alone;
}

void reply_hand_over(struct reply *reply, struct mcp_call *call)
{
	unlink_call(reply, call);
	if (reply->response->hand_over)
		reply->response->hand_over(reply);
}

/* ---- What a client answers ---- */

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

/* Collects its answers into one array; it is sent with the last. */
static void collect(struct reply *reply, str message)
{
	if (!reply->answers.at) {
		reply->answers = json_begin(reply_arena(reply), message.size + 64);
		json_array(&reply->answers);
	}
	json_raw(&reply->answers, message);
}

void reply_batch_add(struct reply *reply, str message)
{
	if (!message.at)
		return;
	if (reply->response->streams)
		reply_event(reply, message);
	else if (reply->exchange)
		collect(reply, message);
}

/* On a stream the array has what was answered before it was opened. */
void reply_batch_done(struct reply *reply)
{
	if (!reply->batch || reply->outstanding > 0)
		return;
	if (reply->answers.at)
		json_array_end(&reply->answers);
	if (reply->answers.at)
		reply->response->finish(reply, json_end(&reply->answers), 200);
	else if (reply->exchange)
		reply_status(reply, 202);
	else
		reply->response->finish(reply, (str) { 0 }, 200);
}

int reply_status_of(const struct reply *reply, const struct fault *fault)
{
	return reply->era && reply->era->stateless ? fault->http_stateless : fault->http_sessions;
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
	int status = reply_status_of(reply, fault);

	reply_fault_headers(reply, fault);
	reply_tell_id(reply);
	origin_allow(x);
	reply->answered = true;
	reply->response = &response_none;
	fault_write(&json, fault, id);
	exchange_answer(x, status, "application/json", json_end(&json));
}

void reply_status(struct reply *reply, int status)
{
	origin_allow(reply->exchange);
	reply->answered = true;
	reply->response = &response_none;
	exchange_answer(reply->exchange, status, NULL, STR(""));
}
