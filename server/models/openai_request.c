/* openai_request.c - a request of /v1/chat/completions. The order of keys is fixed, and what changes from call to call
 * stands last, so that a server that caches what requests begin with finds it again. */
#include "inside.h"
#include "openai.h"
#include "turns.h"

#define REQUEST_FIRST 4096

/* Models that think before they answer have another name for the bound, and no temperature but their own. */
static bool bounds_thinking(const char *model)
{
	static const char *const families[] = { "o1", "o3", "o4", "gpt-5", NULL };

	for (const char *const *family = families; *family; family++)
		if (str_starts(str_of(model), *family))
			return true;
	return false;
}

/* ---- Messages ---- */

/* The texts of a message as one; null where there is none. */
static void put_texts(struct json *json, const struct turn *turn)
{
	struct builder text = builder_begin(json->arena, 256);

	for (size_t i = 0; i < turn->count; i++) {
		if (turn->blocks[i].kind != MODEL_TEXT)
			continue;
		if (text.size > 0)
			builder_put(&text, STR("\n\n"));
		builder_put(&text, turn->blocks[i].text);
	}
	json_str(json, text.size > 0 ? (str) { text.at, text.size } : (str) { 0 });
}

static bool has(const struct turn *turn, enum model_block_kind kind)
{
	for (size_t i = 0; i < turn->count; i++)
		if (turn->blocks[i].kind == kind)
			return true;
	return false;
}

static void put_use(struct json *json, const struct model_block *use)
{
	json_before(json, STR("{\"id\":"));
	json_str(json, use->id);
	json_before(json, STR("\"type\":\"function\",\"function\":{\"name\":"));
	json_str(json, use->name);
	json_before(json, STR("\"arguments\":"));
	json_str(json, is_object(use->text) ? use->text : STR("{}"));
	json_bytes(json, STR("}}"));
}

static void put_assistant(struct json *json, const struct turn *turn)
{
	json_before(json, STR("{\"role\":\"assistant\",\"content\":"));
	put_texts(json, turn);
	if (has(turn, MODEL_TOOL_USE)) {
		json_key(json, "tool_calls");
		json_array(json);
		for (size_t i = 0; i < turn->count; i++)
			if (turn->blocks[i].kind == MODEL_TOOL_USE)
				put_use(json, &turn->blocks[i]);
		json_array_end(json);
	}
	json_object_end(json);
}

/* It has no word for a failure, so that is one of the text. */
static void put_result(struct json *json, const struct model_block *result)
{
	struct builder text = builder_begin(json->arena, result->text.size + 16);

	if (result->failed)
		builder_put(&text, STR("Failed: "));
	if (result->text.size > 0)
		builder_put(&text, result->text);
	json_before(json, STR("{\"role\":\"tool\",\"tool_call_id\":"));
	json_str(json, result->id);
	json_key(json, "content");
	json_str(json, (str) { text.at, text.size });
	json_object_end(json);
}

/* Each result is a message of its own. */
static void put_user(struct json *json, const struct turn *turn)
{
	for (size_t i = 0; i < turn->count; i++)
		if (turn->blocks[i].kind == MODEL_TOOL_RESULT)
			put_result(json, &turn->blocks[i]);
	if (!has(turn, MODEL_TEXT))
		return;
	json_before(json, STR("{\"role\":\"user\",\"content\":"));
	put_texts(json, turn);
	json_object_end(json);
}

/* One message: some templates take no second. */
static void put_system(struct json *json, const struct model_request *request)
{
	bool has_system = !text_blank(request->system ? request->system : "");
	bool has_situation = !text_blank(request->situation ? request->situation : "");

	if (!has_system && !has_situation)
		return;
	json_before(json, STR("{\"role\":\"system\",\"content\":"));
	json_text(json, arena_print(json->arena, "%s%s%s", has_system ? request->system : "",
	                            has_system && has_situation ? "\n\n" : "", has_situation ? request->situation : ""));
	json_object_end(json);
}

/* ---- Tools ---- */

static void put_tool(struct json *json, const struct model_tool *tool)
{
	json_before(json, STR("{\"type\":\"function\",\"function\":{\"name\":"));
	json_text(json, tool->name);
	if (!text_blank(tool->about ? tool->about : "")) {
		json_key(json, "description");
		json_text(json, tool->about);
	}
	json_key(json, "parameters");
	json_raw(json, str_of(tool->schema));
	json_bytes(json, STR("}}"));
}

/* They stay where none is to be used, since the beginning of the request is to stay the same. */
static void put_tools(struct json *json, const struct model_request *request)
{
	if (request->tool_count == 0)
		return;
	json_key(json, "tools");
	json_array(json);
	for (size_t i = 0; i < request->tool_count; i++)
		put_tool(json, &request->tools[i]);
	json_array_end(json);
}

static void put_choice(struct json *json, const struct model_request *request)
{
	if (request->tool_count == 0 || (!request->no_tools && !request->must_use))
		return;
	json_key(json, "tool_choice");
	if (request->no_tools) {
		json_text(json, "none");
		return;
	}
	json_before(json, STR("{\"type\":\"function\",\"function\":{\"name\":"));
	json_text(json, request->must_use);
	json_bytes(json, STR("}}"));
}

/* ---- The door ---- */

static void put_messages(struct json *json, const struct model_request *request, const struct turns *turns)
{
	json_key(json, "messages");
	json_array(json);
	put_system(json, request);
	for (size_t i = 0; i < turns->count; i++) {
		if (turns->at[i].role == MODEL_USER)
			put_user(json, &turns->at[i]);
		else
			put_assistant(json, &turns->at[i]);
	}
	json_array_end(json);
}

static void put_bounds(struct json *json, const struct model_request *request)
{
	bool thinks = bounds_thinking(request->model);

	json_key(json, thinks ? "max_completion_tokens" : "max_tokens");
	json_int(json, request->max_tokens);
	if (request->temperature >= 0 && !thinks) {
		json_key(json, "temperature");
		json_real(json, request->temperature);
	}
}

const char *openai_write(struct arena *arena, const struct model_request *request, struct model_http *http)
{
	struct turns turns;
	const char *wrong = turns_make(arena, request, &turns);

	if (wrong)
		return wrong;
	struct json json = json_begin(arena, REQUEST_FIRST);
	json_before(&json, STR("{\"model\":"));
	json_text(&json, request->model);
	put_tools(&json, request);
	put_messages(&json, request, &turns);
	put_choice(&json, request);
	put_bounds(&json, request);
	json_bytes(&json, request->at_once ? STR(",\"stream\":false}") : STR(",\"stream\":true,\"stream_options\":{\"include_usage\":true}}"));
	*http = (struct model_http) {
		.path = "/chat/completions", .type = "application/json",
		.accept = request->at_once ? "application/json" : "text/event-stream", .body = json_end(&json),
	};
	return NULL;
}
