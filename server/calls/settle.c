/* settle.c - how a call ends: what its client is told, what the log says, what is left behind.
 *
 * Once, on its loop. One whose worker still has it (cancelled, over its deadline) is told in an arena of
 * its own, and its memory stays until the worker comes back. */
#include <assert.h>

#include "awaited.h"
#include "call_private.h"
#include "call_span.h"
#include "result.h"
#include "served.h"

#define SMALL_ANSWER 65536              /* mostly the socket's at once */

struct json *call_result(struct mcp_call *call, const char *type)
{
	struct json *json = &call->result;

	if (call->has_result)
		call_mistake(call, "it answered twice: return what the first of mcp_return(), mcp_say(), mcp_fail() or"
		             " the like returns");
	*json = json_begin(call->arena, 1024);
	if (!call->background) {
		json_before(json, STR("{\"jsonrpc\":\"2.0\",\"id\":"));
		json_value(json, call->id);
		json_key(json, "result");
	}
	json_object(json);
	call->reply->era->open_result(json, type);
	call->has_result = true;
	return json;
}

static str error_message(struct mcp_call *call, const struct fault *fault, struct arena *arena)
{
	struct json json = json_begin(arena, 256);

	fault_write(&json, fault, call->id);
	return json_end(&json);
}

str call_result_end(struct mcp_call *call)
{
	struct json *json = &call->result;

	call->reply->era->close_result(json, call);
	json_object_end(json);
	if (!call->background)
		json_object_end(json);
	return json_end(json);
}

/* A tool may do without a service that it called, and tell it later; without its store it did nothing. */
static bool is_unavailable(const struct mcp_call *call)
{
	if (call->mistake || call->misused_store)
		return false;
	return call->trouble == TROUBLE_STORE
	       || (call->trouble == TROUBLE_SERVICE && (call->fault || call->is_error));
}

/* Whose matter it is: the operator's are unavailable, deadline and mistake; the model's and the client's error, refused
 * and fault. */
const char *call_outcome(const struct mcp_call *call)
{
	if (call->overran)
		return "deadline";
	if (atomic_load(&call->cancelled))
		return "cancelled";
	if (is_unavailable(call))
		return "unavailable";
	if (call->fault)
		return call->fault->outcome ? call->fault->outcome : "fault";
	if (call->result_word)
		return call->result_word;
	return call->is_error ? "error" : "ok";
}

void call_report(struct mcp_call *call, int status)
{
	const char *method = call->method ? call->method->name : "other";
	const char *target = call->offer ? call->offer->name : NULL;
	const char *word = call_outcome(call);
	int64_t micros = tick_us() - call->reply->began_us;

	call->reply->logged = true;
	if (call->offer && !call_settled_early(call))
		served_note(call->offer->changes ? SERVED_CHANGES : SERVED_READS, call->trouble != TROUBLE_STORE);
	metrics_request(method, target, word, micros);
	call_span_end(call, word);
	if (log_shows(LOG_INFO))
		log_request(&(struct log_request) {
			.about = &call->about, .method = method, .target = str_of(target),
			.caller = caller_name(call->reply->caller), .client = call->client,
			.client_version = call->client_version, .revision = revision_names[call->revision],
			.address = reply_refused_address(call->reply, status),
			.outcome = word, .status = status, .micros = micros });
}

/* A refusal's headers: only where the HTTP answer itself is the refusal. */
static void add_headers(struct reply *reply, const struct fault *fault)
{
	if (reply->exchange && !reply->batch)
		reply_fault_headers(reply, fault);
}

/* What the client is told instead of a result; NULL: there is a result, or nothing is to be said. A
 * call that is still on its worker is settled early, and the worker's half of it left alone. */
static const struct fault *settling_fault(struct mcp_call *call, struct arena *arena)
{
	if (call->overran)
		return fault_say(arena, &FAULT_INTERNAL, "This took longer than the %lld s it may take.",
		                 (long long)(call->deadline_ms / 1000));
	if (atomic_load(&call->cancelled))
		return reply_can_stream(call->reply) ? NULL : &FAULT_CANCELLED;
	return call->fault;
}

void call_release(struct mcp_call *call)
{
	struct reply *reply = call->reply;

	call_let_go(call);
	if (reply->response->release)
		reply->response->release(call);
	notes_free(call);
	if (reply->batch)
		arena_destroy(call->arena);
	reply_drop(reply);
}

static void leave_everything(struct mcp_call *call)
{
	struct reply *reply = call->reply;

	in_flight_remove(call);
	timer_clear(reply->loop, &call->timer);
	/* While its worker has it, it waits for nothing. */
	if (!call->on_worker) {
		store_answers_drop(&call->answers);
		if (call->wait && call->wait->leave)
			call->wait->leave(call);
	}
	reply->era->leave(call);
}

/* A large answer is kept until its client has read it: there must be room for that. */
static bool may_keep(const struct reply *reply, str message)
{
	if (message.size <= SMALL_ANSWER || budget_has(reply_budget(reply), 0))
		return true;
	metric_add(METRIC_LIMIT_MEMORY, 1);
	return false;
}

void call_settle_request(struct mcp_call *call, const struct fault *fault, struct arena *own)
{
	struct reply *reply = call->reply;
	struct arena *arena = own ? own : call->arena;
	str message = { 0 };
	int status = 200;

	if (fault) {
		reply_tell_id(reply);
		message = error_message(call, fault, arena);
		status = reply_status_of(reply, fault);
		add_headers(reply, fault);
	} else if (!atomic_load(&call->cancelled)) {
		if (call->is_error)
			reply_tell_id(reply);
		message = call_result_end(call);
		if (!may_keep(reply, message)) {
			call->fault = fault = reply_no_room(reply);
			reply_tell_id(reply);
			add_headers(reply, fault);
			message = error_message(call, fault, reply_arena(reply));
			status = fault->http_sessions;
		}
	}
	call_report(call, status);
	reply_answer(reply, call, message, status, own);
	reply_batch_done(reply);
}

void call_settle(struct mcp_call *call)
{
	call_take_back(call);
	struct arena *own = call->on_worker ? arena_create_charged(reply_budget(call->reply)) : NULL;
	const struct fault *fault = settling_fault(call, own ? own : call->arena);

	assert(!call->settled);
	call->settled = true;
	leave_everything(call);
	call->reply->response->settle(call, fault, own);
	if (!call->on_worker)
		call_release(call);
}

void call_hand_over(struct mcp_call *call)
{
	call->settled = true;
	call->result_word = "asked";
	leave_everything(call);
	call_report(call, 200);
	reply_hand_over(call->reply, call);
	call_release(call);
}

void call_part(struct mcp_call *call, str message, struct arena *own)
{
	call->result_word = "task";
	call_report(call, 200);
	call->result_word = NULL;
	if (call->about.trace.recorded)
		call_span_go_on(call);
	call->reply = reply_part(call->reply, call, message, own);
}
