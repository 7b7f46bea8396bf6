/* era_stateless.c - 2026-07-28: every request stands alone and says all about itself. */
#include "compat.h"
#include "guard.h"
#include "subscription.h"
#include "methods.h"
#include "param.h"
#include "rpc.h"
#include "request_state.h"
#include "result.h"
#include "skill_methods.h"
#include "task.h"

#define META "io.modelcontextprotocol/"

/* ---- The validation ladder (mcp-requirements B.3, from rung 2) ---- */

static const struct fault *needs_meta(struct mcp_call *call, const char *what)
{
	return fault_say(call->arena, &(struct fault) { FAULT_STATUS(-32602, 400) },
	                 "params._meta must have %s.", what);
}

static const struct fault *unsupported(struct mcp_call *call, str version)
{
	struct fault *fault = fault_say(call->arena, &FAULT_VERSION, "%s", FAULT_VERSION.text);
	struct json json = json_begin(call->arena, 128);

	json_object(&json);
	json_key(&json, "supported");
	json_array(&json);
	json_text(&json, revision_names[R2026_07_28]);
	json_array_end(&json);
	json_key(&json, "requested");
	json_str(&json, version);
	json_object_end(&json);
	fault->data = json_end(&json);
	return fault;
}

static const struct fault *read_level(struct mcp_call *call)
{
	if (!json_given(call->meta, META "logLevel"))
		return NULL;
	call->log_least = level_find(json_member(call->meta, META "logLevel"));
	return call->log_least < 0
		? fault_say(call->arena, &FAULT_PARAMS, "%slogLevel is not a log level.", META) : NULL;
}

/* It must be there and agree with the body, but for what COMPAT serves. */
static const struct fault *version_header(struct mcp_call *call, str version)
{
	const struct fault *fault = param_header_is(call, "MCP-Protocol-Version", version, false);
	str header = exchange_header(call->reply->exchange, "MCP-Protocol-Version");
	enum revision revision;

	if (fault && !header.at && compat_serves(COMPAT_VERSION_MISSING))
		return NULL;
	if (fault && revision_find(header, &revision) && compat_serves(COMPAT_VERSION_MISMATCH))
		return NULL;
	return fault;
}

static const struct fault *admit(struct mcp_call *call)
{
	str version = json_member(call->meta, META "protocolVersion");
	yyjson_val *capabilities = yyjson_obj_get(call->meta, META "clientCapabilities");

	call_from(call, yyjson_obj_get(call->meta, META "clientInfo"));
	if (!yyjson_is_obj(call->meta) || !version.at)
		return needs_meta(call, META "protocolVersion, a string");
	if (!yyjson_is_obj(capabilities))
		return needs_meta(call, META "clientCapabilities, an object");
	TRY(version_header(call, version));
	if (!str_is(version, revision_names[R2026_07_28]))
		return unsupported(call, version);
	TRY(param_header_is(call, "Mcp-Method", call->method_name, false));
	if (call->method && call->method->named_by) {
		str name = json_member(call->params, call->method->named_by);
		if (!name.at)
			return fault_say(call->arena, &FAULT_HEADERS, "params.%s, a string, and a"
			                 " header Mcp-Name that says the same are needed.",
			                 call->method->named_by);
		TRY(param_header_is(call, "Mcp-Name", name, true));
	}
	call->can = capabilities_read(capabilities);
	return read_level(call);
}

/* ---- Methods ---- */

static const struct fault *discover(struct mcp_call *call)
{
	struct json *json = call_result(call, "complete");

	json_key(json, "supportedVersions");
	json_array(json);
	json_text(json, revision_names[R2026_07_28]);
	json_array_end(json);
	json_key(json, "capabilities");
	json_raw(json, runtime.capabilities[R2026_07_28]);
	if (runtime.server->instructions) {
		json_key(json, "instructions");
		json_text(json, runtime.server->instructions);
	}
	result_cacheable(json, 3600000, "public");
	return NULL;
}

static const struct fault *listen(struct mcp_call *call)
{
	return subscriptions_listen(call, guard_follows);
}

static const struct method methods[] = {
	{ "server/discover",          discover,                 NULL },
	{ "tools/list",               tools_list,               NULL },
	{ "tools/call",               tools_call,               "name" },
	{ "resources/list",           resources_list,           NULL },
	{ "resources/templates/list", resources_templates_list, NULL },
	{ "resources/read",           resources_read,           "uri" },
	{ "prompts/list",             prompts_list,             NULL },
	{ "prompts/get",              prompts_get,              "name" },
	{ "completion/complete",      completion_complete,      NULL },
	{ "subscriptions/listen",     listen,                   NULL },
	{ "skills/list",              skills_list,              NULL },
	{ "skills/get",               skills_get,               NULL },
	{ "resources/directory/read", resources_directory_read, NULL },
	{ "tasks/get",                tasks_get,                "taskId" },
	{ "tasks/update",             tasks_update,             "taskId" },
	{ "tasks/cancel",             tasks_cancel,             "taskId" },
	{ 0 },
};

static const struct other_method others[] = {
	{ "initialize",            "nothing begins, each request says all about itself; server/discover tells what there is" },
	{ "ping",                  "server/discover is answered as well" },
	{ "logging/setLevel",      "a request says it in its _meta, as " META "logLevel" },
	{ "resources/subscribe",   "subscriptions/listen follows resources, by its resourceSubscriptions" },
	{ "resources/unsubscribe", "who ends the request subscriptions/listen follows no more" },
	{ "tasks/result",          "tasks/get has the result once there is one" },
	{ 0 },
};

/* No notification of a client has a meaning over HTTP: a closed stream is the cancel. */
static bool notice(UNUSED struct reply *reply, UNUSED str method, UNUSED yyjson_val *params)
{
	return false;
}

/* A tool that runs long may become a task, before it runs or when it says so. */
static const struct fault *enter(struct mcp_call *call)
{
	return call->offer->runs_long && !call->offer->asks_first ? task_begin(call) : NULL;
}

static void leave(UNUSED struct mcp_call *call)
{
}

static bool open_stream(UNUSED struct reply *reply, UNUSED struct exchange *x)
{
	return false;
}

static void release(UNUSED struct reply *reply)
{
}

static void open_result(struct json *json, const char *type)
{
	json_key(json, "resultType");
	json_text(json, type);
}

/* A listen's result names its subscription too; one that says no says whose matter that is, for a program that can't read
 * it in the words (client/tool_answer.c). */
static void close_result(struct json *json, const struct mcp_call *call)
{
	json_key(json, "_meta");
	if (!call->subscription && !call->is_error) {
		json_raw(json, runtime.result_meta);
		return;
	}
	json_object(json);
	json_key(json, META "serverInfo");
	json_raw(json, runtime.server_info[R2026_07_28]);
	if (call->subscription) {
		json_key(json, META "subscriptionId");
		json_value(json, call->id);
	}
	if (call->is_error) {
		json_key(json, META_OUTCOME);
		json_text(json, call_outcome(call));
	}
	json_object_end(json);
}

static bool can_ask(UNUSED const struct mcp_call *call)
{
	return true;
}

/* ---- Asking: the call ends, the client calls again with the answers; a task waits for them ---- */

static void ask_by_result(struct mcp_call *call)
{
	str state = questions_seal(call);
	struct json *json = call_result(call, "input_required");

	json_key(json, "inputRequests");
	json_object(json);
	for (struct question *question = call->questions; question; question = question->next) {
		if (!question->wanted || question->answered)
			continue;
		json_key_str(json, str_of(question->key));
		json_object(json);
		json_key(json, "method");
		json_text(json, question->method);
		json_key(json, "params");
		json_raw(json, question->params);
		json_object_end(json);
	}
	json_object_end(json);
	json_key(json, "requestState");
	json_str(json, state);
	call->result_word = "asked";
}

static bool ask(struct mcp_call *call)
{
	if (call->task)
		task_ask(call);
	else
		ask_by_result(call);
	return true;
}

const struct era era_stateless = {
	.stateless = true, .methods = methods, .others = others, .admit = admit, .notice = notice, .enter = enter,
	.leave = leave, .open_stream = open_stream, .release = release, .open_result = open_result,
	.close_result = close_result, .can_ask = can_ask, .ask = ask,
};
