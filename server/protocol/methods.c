/* methods.c - the methods both eras have: tools, resources, prompts. */
#include "compat.h"
#include "guard.h"
#include "methods.h"
#include "param.h"
#include "request_state.h"
#include "result.h"
#include "task.h"

/* ---- Lists ---- */

#define LIST_TTL_MS 300000              /* lists only change with the program */

/* What is listed depends on what the caller may use, so it is private where keys have scopes. */
static const struct fault *list(struct mcp_call *call, const char *key, const struct offers *offers)
{
	int place, shown = 0;

	TRY(list_cursor(call, key, offers->count, &place));
	struct json *json = call_result(call, "complete");
	json_key(json, key);
	json_array(json);
	for (; place < offers->count && shown < runtime.set.page_size; place++) {
		if (!guard_lists(call, offers->first[place].scope))
			continue;
		json_raw(json, offers->first[place].listed[call->revision]);
		shown++;
	}
	json_array_end(json);
	if (place < offers->count)
		list_next(call, json, key, place);
	if (call->revision >= R2026_07_28)
		result_cacheable(json, LIST_TTL_MS, "private");
	return NULL;
}

const struct fault *tools_list(struct mcp_call *call)
{
	return list(call, "tools", &runtime.tools);
}

const struct fault *resources_list(struct mcp_call *call)
{
	return list(call, "resources", &runtime.resources);
}

const struct fault *resources_templates_list(struct mcp_call *call)
{
	return list(call, "resourceTemplates", &runtime.templates);
}

const struct fault *prompts_list(struct mcp_call *call)
{
	return list(call, "prompts", &runtime.prompts);
}

/* ---- Calls ---- */

static const struct fault *unknown(struct mcp_call *call, const char *what, str name)
{
	return fault_say(call->arena, &FAULT_PARAMS, "There is no %s \"%s\".", what,
	                 str_quote(name, 128).text);
}

/* Invalid arguments are the tool's bad news from 2025-11-25 on, so that the model reads them. */
static const struct fault *bad_arguments(struct mcp_call *call, const char *why)
{
	if (call->offer->kind == OFFER_TOOL && call->revision >= R2025_11_25) {
		mcp_fail(call, "%s", why);
		call->result_word = "refused";
		return NULL;
	}
	return fault_say(call->arena, &FAULT_PARAMS, "%s", why);
}

/* A tool with a schema of its own is given its arguments as JSON, checked. */
static const struct fault *bind_text(struct mcp_call *call, yyjson_val *arguments, bool *bound)
{
	struct json json = json_begin(call->arena, 256);
	enum json_trouble trouble;

	if (!arguments)
		arguments = json_parse_copy(call->arena, STR("{}"), runtime.set.depth_max, &trouble);
	const char *why = json_schema_check(call->offer->schema, arguments, call->arena);
	if (why)
		return bad_arguments(call, why);
	json_value(&json, arguments);
	call->in = arena_copy(call->arena, json_end(&json));
	*bound = true;
	return NULL;
}

/* Every argument of a prompt is a text. */
static unsigned how_of(const struct offer *offer)
{
	return offer->kind == OFFER_PROMPT ? SHAPE_ARGUMENTS | SHAPE_WORDS : SHAPE_ARGUMENTS;
}

static const struct fault *bind(struct mcp_call *call, bool *bound)
{
	static const struct field none[] = { { 0 } };
	static const struct shape empty = { 0, none };
	const struct shape *shape = call->offer->in ? call->offer->in : &empty;
	yyjson_val *arguments = json_given(call->params, "arguments");
	void *in = arena_alloc(call->arena, shape->size + 1);
	const char *why;

	if (arguments && !yyjson_is_obj(arguments))
		return fault_say(call->arena, &FAULT_PARAMS, "arguments must be an object.");
	if (call->offer->schema)
		return bind_text(call, arguments, bound);
	arguments = compat_arguments(call->arena, shape, arguments);
	why = shape_read(shape, arguments, how_of(call->offer), in, call->arena);
	if (why)
		return bad_arguments(call, arena_print(call->arena, "%s%s", why,
		                                       compat_hint(shape, arguments)));
	call->in = in;
	*bound = true;
	return NULL;
}

static const struct fault *start_named(struct mcp_call *call, const struct offers *offers,
                                       const char *what)
{
	str name = json_member(call->params, "name");
	bool bound = false;

	if (!name.at)
		return fault_say(call->arena, &FAULT_PARAMS, "params.name must name a %s.", what);
	call->offer = offer_find(offers, name);
	if (!call->offer)
		return unknown(call, what, name);
	TRY(task_needed(call));
	/* A task that is taken up was admitted before, and has its answers. */
	if (call->revision >= R2026_07_28 && !call->reply->response->background) {
		TRY(param_headers_agree(call));
		TRY(questions_restore(call));
	}
	TRY(guard_scope(call, call->offer->scope));
	TRY(bind(call, &bound));
	return bound ? call_start(call) : NULL;
}

const struct fault *tools_call(struct mcp_call *call)
{
	return start_named(call, &runtime.tools, "tool");
}

const struct fault *prompts_get(struct mcp_call *call)
{
	return start_named(call, &runtime.prompts, "prompt");
}

const struct fault *resources_read(struct mcp_call *call)
{
	static const struct offer nowhere = { .kind = OFFER_RESOURCE, .name = "unknown" };

	call->uri = json_member(call->params, "uri");
	if (!call->uri.at)
		return fault_say(call->arena, &FAULT_PARAMS, "params.uri must name a resource.");
	call->offer = offer_for_uri(call->arena, call->uri, &call->in);
	if (!call->offer) {
		call->offer = &nowhere;
		mcp_not_found(call, "There is no resource \"%s\".", str_quote(call->uri, 256).text);
		return call->fault;
	}
	TRY(guard_scope(call, call->offer->scope));
	return call_start(call);
}
