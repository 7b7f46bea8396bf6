/* era_sessions.c - 2025-03-26 to 2025-11-25: initialize, sessions, questions as requests. */
#include "guard.h"
#include "rpc.h"
#include "input_wait.h"
#include "methods.h"
#include "result.h"
#include "session.h"
#include "sight.h"
#include "skill_methods.h"

static const struct fault *admit(struct mcp_call *call)
{
	struct session *session = call->reply->session;

	if (!session)
		return NULL;            /* no capabilities are assumed without one */
	call->can = session_can(session);
	call->log_least = session_log_least(session);
	return NULL;
}

/* ---- Methods ---- */

/* What was asked for if it is one of ours, or the latest; never 2026-07-28, which has no initialize. */
static enum revision negotiate(str requested)
{
	enum revision revision;

	if (revision_find(requested, &revision) && revision < R2026_07_28)
		return revision;
	return R2025_11_25;
}

/* The id can only be told where the answer has no headers yet. */
static void welcome(struct mcp_call *call, struct session *begun)
{
	struct reply *reply = call->reply;

	reply->session = begun;
	if (!begun || !reply->exchange) {
		call->fault = &FAULT_BUSY;
		call_settle(call);
		return;
	}
	exchange_add_header(reply->exchange, "Mcp-Session-Id", session_id(begun));
	struct json *json = call_result(call, NULL);
	json_key(json, "protocolVersion");
	json_text(json, revision_names[call->revision]);
	json_key(json, "capabilities");
	json_raw(json, runtime.capabilities[call->revision]);
	json_key(json, "serverInfo");
	json_raw(json, runtime.server_info[call->revision]);
	if (runtime.server->instructions) {
		json_key(json, "instructions");
		json_text(json, runtime.server->instructions);
	}
	call_settle(call);
}

static const struct fault *initialize(struct mcp_call *call)
{
	struct reply *reply = call->reply;
	str requested = json_member(call->params, "protocolVersion");
	yyjson_val *capabilities = yyjson_obj_get(call->params, "capabilities");

	if (!requested.at)
		return fault_say(call->arena, &FAULT_PARAMS, "params.protocolVersion must be a string.");
	TRY(guard_initialize(reply));
	call->revision = reply->revision = negotiate(requested);
	call_from(call, yyjson_obj_get(call->params, "clientInfo"));
	session_begin(call, capabilities_read(capabilities), welcome);
	return NULL;
}

static const struct fault *ping(struct mcp_call *call)
{
	call_result(call, NULL);
	return NULL;
}

static const struct fault *set_level(struct mcp_call *call)
{
	int level = level_find(json_member(call->params, "level"));

	if (!call->reply->session)
		return &FAULT_SESSION_NEEDED;
	if (level < 0)
		return fault_say(call->arena, &FAULT_PARAMS, "params.level is not a log level.");
	session_set_level(call, level);
	return NULL;
}

static const struct fault *no_resource(struct mcp_call *call, str uri)
{
	return fault_say(call->arena, &FAULT_NO_RESOURCE, "There is no resource \"%s\".",
	                 str_quote(uri, 256).text);
}

static const struct fault *read_uri(struct mcp_call *call, str *uri)
{
	*uri = json_member(call->params, "uri");
	if (!call->reply->session)
		return &FAULT_SESSION_NEEDED;
	if (!uri->at)
		return fault_say(call->arena, &FAULT_PARAMS, "params.uri must name a resource.");
	/* What is kept of it has a sign of ours behind it. */
	return uri->size > URI_MAX || memchr(uri->at, FOLLOWED_AS, uri->size) ? no_resource(call, *uri) : NULL;
}

static const struct fault *follow(struct mcp_call *call, struct sights *sights)
{
	str uri = json_member(call->params, "uri");

	if (sights->count > 0 && !sights->first->seen)
		return no_resource(call, uri);
	session_follow(call, uri, sights->first->offer);
	return NULL;
}

static const struct fault *resources_subscribe(struct mcp_call *call)
{
	struct sights *sights = arena_new(call->arena, struct sights);
	struct sight *sight = arena_new(call->arena, struct sight);
	str uri;

	TRY(read_uri(call, &uri));
	sight->offer = offer_for_uri(call->arena, uri, &sight->in);
	if (!sight->offer)
		return no_resource(call, uri);
	TRY(guard_scope(call, sight->offer->scope));
	*sights = (struct sights) { .first = sight, .then = follow,
	                            .count = !sight_is_sure(call->reply->caller, sight->offer) };
	return sights_look(call, sights);
}

static const struct fault *resources_unsubscribe(struct mcp_call *call)
{
	str uri;

	TRY(read_uri(call, &uri));
	session_follow(call, uri, NULL);
	return NULL;
}

static const struct method methods[] = {
	{ "initialize",               initialize,               NULL },
	{ "ping",                     ping,                     NULL },
	{ "logging/setLevel",         set_level,                NULL },
	{ "tools/list",               tools_list,               NULL },
	{ "tools/call",               tools_call,               NULL },
	{ "resources/list",           resources_list,           NULL },
	{ "resources/templates/list", resources_templates_list, NULL },
	{ "resources/read",           resources_read,           NULL },
	{ "resources/subscribe",      resources_subscribe,      NULL },
	{ "resources/unsubscribe",    resources_unsubscribe,    NULL },
	{ "prompts/list",             prompts_list,             NULL },
	{ "prompts/get",              prompts_get,              NULL },
	{ "completion/complete",      completion_complete,      NULL },
	{ "skills/list",              skills_list,              NULL },
	{ "skills/get",               skills_get,               NULL },
	{ "resources/directory/read", resources_directory_read, NULL },
	{ 0 },
};

static const struct other_method others[] = {
	{ "server/discover",      "initialize begins a session and tells what there is" },
	{ "subscriptions/listen", "resources/subscribe follows a resource, and a GET hears of its changes" },
	{ 0 },
};

/* An id means something within a session only: without one nothing is cancelled by a bare id. */
static bool notice(struct reply *reply, str method, yyjson_val *params)
{
	yyjson_val *id = yyjson_obj_get(params, "requestId");

	if (!str_is(method, "notifications/cancelled") || !reply->session || !id)
		return false;
	struct json text = json_begin(reply_arena(reply), 64);
	json_value(&text, id);
	return !session_cancel_call(reply->session, json_end(&text))
	       && input_cancel(reply, json_end(&text));
}

/* Its client can cancel it by its id. */
static const struct fault *enter(struct mcp_call *call)
{
	if (call->reply->session)
		session_add_call(call->reply->session, call);
	return NULL;
}

static void leave(struct mcp_call *call)
{
	if (call->reply->session)
		session_remove_call(call->reply->session, call);
}

static void release(struct reply *reply)
{
	session_leave(reply->session);
}

static void open_result(UNUSED struct json *json, UNUSED const char *type)
{
}

static void close_result(UNUSED struct json *json, UNUSED const struct mcp_call *call)
{
}

/* What waits for a person can't wait in a batch: that is answered by the process that has it. */
static bool can_ask(const struct mcp_call *call)
{
	const struct reply *reply = call->reply;

	return !reply->batch && session_can_stream(reply);
}

const struct era era_sessions = {
	.methods = methods, .others = others, .admit = admit, .notice = notice, .enter = enter, .leave = leave,
	.open_stream = session_open_stream, .release = release, .open_result = open_result,
	.close_result = close_result, .can_ask = can_ask, .ask = input_ask,
};
