/* rpc.c - a POST's JSON-RPC messages: their era, what is done with each, and one answer for all. */
#include "compat.h"
#include "guard.h"
#include "input_wait.h"
#include "message.h"
#include "rpc.h"
#include "session.h"

#define CLAIM "io.modelcontextprotocol/protocolVersion"

static bool claims_version(yyjson_val *message)
{
	return yyjson_obj_get(yyjson_obj_get(yyjson_obj_get(message, "params"), "_meta"), CLAIM);
}

static bool is_initialize(yyjson_val *message)
{
	return str_is(json_member(message, "method"), "initialize");
}

/* ---- The era and revision of the request (mcp-requirements B.2) ---- */

static const struct fault *unknown_version(struct reply *reply, str version)
{
	struct arena *arena = reply_arena(reply);
	struct fault *fault = fault_say(arena, &FAULT_VERSION,
		"MCP-Protocol-Version \"%s\" is not served%s.", str_quote(version, 32).text,
		memchr(version.at, ',', version.size) ? "; send it once, with one version" : "");
	struct json json = json_begin(arena, 128);

	json_object(&json);
	json_key(&json, "supported");
	json_array(&json);
	json_text(&json, revision_names[R2026_07_28]);
	json_array_end(&json);
	json_key(&json, "requested");
	json_text(&json, str_quote(version, 32).text);
	json_object_end(&json);
	fault->data = json_end(&json);
	return fault;
}

const struct fault *rpc_session(struct reply *reply, bool needed)
{
	str id = exchange_header(reply->exchange, "Mcp-Session-Id");

	if (!id.at)
		return needed ? &FAULT_SESSION_NEEDED : NULL;
	reply->session = session_find(id, reply->caller);
	if (!reply->session)
		return &FAULT_GONE;
	reply->revision = session_revision(reply->session);
	return NULL;
}

static const struct fault *choose_era(struct reply *reply, bool claim, bool initialize)
{
	str version = compat_version(reply->exchange);
	bool known = revision_find(version, &reply->revision);

	if (claim || (known && reply->revision == R2026_07_28)) {
		reply->era = &era_stateless;
		reply->revision = R2026_07_28;
		return NULL;
	}
	if (!known)
		reply->revision = R2025_03_26;
	/* initialize begins a session whatever version a header names: the body negotiates. */
	if (initialize)
		return NULL;
	if (version.at && !known)
		return unknown_version(reply, version);
	return rpc_session(reply, false);
}

/* ---- One message ---- */

static const struct fault *receive_one(struct reply *reply, yyjson_val *message)
{
	bool claim = claims_version(message);

	TRY(choose_era(reply, claim, is_initialize(message)));
	if (message_is_response(message)) {
		if (reply->era == &era_stateless)
			return fault_say(reply_arena(reply), &FAULT_INVALID,
			                 "A client sends no responses in 2026-07-28.");
		if (!reply->session)
			return &FAULT_SESSION_NEEDED;
		if (!input_answer(reply, message))
			reply_status(reply, 202);
	} else if (!yyjson_obj_get(message, "id")) {
		if (!reply->era->notice(reply, json_member(message, "method"),
		                        yyjson_obj_get(message, "params")))
			reply_status(reply, 202);
	} else {
		call_begin(reply, reply->arena, message);
		reply_settle_later(reply);
	}
	return NULL;
}

/* ---- A batch, only in 2025-03-26 ---- */

static void add_fault(struct reply *reply, const struct fault *fault, yyjson_val *id)
{
	struct json json = json_begin(reply_arena(reply), 256);

	fault_write(&json, fault, id);
	reply_batch_add(reply, json_end(&json));
}

static void receive_element(struct reply *reply, yyjson_val *message)
{
	const struct fault *fault = message_check_element(reply, message);

	if (!fault && is_initialize(message))
		fault = fault_say(reply_arena(reply), &FAULT_INVALID,
		                  "initialize must not be in a batch.");
	if (fault)
		add_fault(reply, fault, message_id(message));
	else if (message_is_response(message) && reply->session)
		(void)input_answer(reply, message);
	else if (message_is_response(message))
		;                               /* there is no question it could answer */
	else if (!yyjson_obj_get(message, "id"))
		(void)reply->era->notice(reply, json_member(message, "method"),
		                         yyjson_obj_get(message, "params"));
	else
		call_begin(reply, arena_create_charged(reply_budget(reply)), message);
}

static const struct fault *receive_batch(struct reply *reply, yyjson_val *batch)
{
	size_t index, count;
	yyjson_val *message;
	bool claim = false;

	yyjson_arr_foreach(batch, index, count, message)
		claim |= claims_version(message);
	TRY(choose_era(reply, claim, false));
	if (reply->era != &era_sessions || reply->revision != R2025_03_26)
		return &FAULT_BATCH;
	if (yyjson_arr_size(batch) == 0)
		return fault_say(reply_arena(reply), &FAULT_INVALID, "The batch is empty.");
	if (yyjson_arr_size(batch) > (size_t)runtime.set.batch_max) {
		metric_add(METRIC_LIMIT_BATCH, 1);
		return fault_say(reply_arena(reply), &FAULT_INVALID,
		                 "A batch may have at most %d messages.", runtime.set.batch_max);
	}
	guard_rate_more(reply, yyjson_arr_size(batch));
	reply->batch = true;
	reply->outstanding++;           /* not done before the last was begun */
	yyjson_arr_foreach(batch, index, count, message)
		receive_element(reply, message);
	reply->outstanding--;
	if (reply->outstanding == 0)
		reply_batch_done(reply);
	else
		reply_settle_later(reply);
	return NULL;
}

/* ---- The body ---- */

static const struct fault *no_memory(const struct reply *reply)
{
	metric_add(METRIC_LIMIT_MEMORY, 1);
	return reply_no_room(reply);
}

void rpc_receive(struct reply *reply)
{
	const struct fault *fault = NULL;
	size_t size;
	char *body = exchange_body(reply->exchange, &size);

	reply->arena = exchange_take_body(reply->exchange);
	yyjson_val *message = message_read(reply, body, size, &fault);
	if (!message)
		;                       /* it says why */
	else if (arena_charged(reply->arena) && !budget_has(reply_budget(reply), 0))
		fault = no_memory(reply);       /* a small one takes nothing that counts, and is served */
	else if (yyjson_is_arr(message))
		fault = receive_batch(reply, message);
	else if (!(fault = message_check(reply, message)))
		fault = receive_one(reply, message);
	if (fault)
		reply_fault(reply, fault, message ? message_id(message) : NULL);
}
