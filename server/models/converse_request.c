/* converse_request.c - a request of Bedrock's Converse and ConverseStream. The order of keys is fixed: a cache has what
 * requests begin with only where that is the same byte by byte. */
#include "bedrock.h"
#include "inside.h"
#include "turns.h"

#define REQUEST_FIRST 4096
#define CACHE_POINT "{\"cachePoint\":{\"type\":\"default\"}}"

/* What a family of models wants otherwise. */
static const struct family {
	const char *part;               /* of a model's id, or of an inference profile's */
	bool plain_schemas;             /* of a tool's input only type, properties and required */
	bool greedy;                    /* with tools it takes what is most likely, or it gets them wrong */
	bool caches_tools;              /* a cache point may stand behind the tools */
} families[] = {
	{ .part = "amazon.nova", .plain_schemas = true, .greedy = true },
	{ .part = "anthropic.", .caches_tools = true },
	{ .part = "" },
};

static const struct family *family_of(const char *model)
{
	const struct family *family = families;

	while (!strstr(model, family->part))
		family++;
	return family;
}

/* ---- Messages ---- */

static void put_use(struct json *json, const struct model_block *use)
{
	json_before(json, STR("{\"toolUse\":{\"toolUseId\":"));
	json_str(json, use->id);
	json_key(json, "name");
	json_str(json, use->name);
	json_key(json, "input");
	json_raw(json, is_object(use->text) ? use->text : STR("{}"));
	json_bytes(json, STR("}}"));
}

/* Its JSON is an object, what is none is a text. A text may not be blank. */
static void put_result(struct json *json, const struct model_block *result)
{
	json_before(json, STR("{\"toolResult\":{\"toolUseId\":"));
	json_str(json, result->id);
	json_key(json, "content");
	if (is_object(result->text)) {
		json_before(json, STR("[{\"json\":"));
		json_raw(json, result->text);
	} else if (blank_trim(result->text).size > 0) {
		json_before(json, STR("[{\"text\":"));
		json_str(json, result->text);
	} else {
		json_raw(json, STR("[{\"json\":{}"));
	}
	json_bytes(json, STR("}]"));
	json_key(json, "status");
	json_text(json, result->failed ? "error" : "success");
	json_bytes(json, STR("}}"));
}

static void put_text(struct json *json, str text)
{
	json_before(json, STR("{\"text\":"));
	json_str(json, text);
	json_object_end(json);
}

static void put_block(struct json *json, const struct model_block *block)
{
	switch (block->kind) {
	case MODEL_TEXT:
		put_text(json, block->text);
		break;
	case MODEL_TOOL_USE:
		put_use(json, block);
		break;
	case MODEL_TOOL_RESULT:
		put_result(json, block);
		break;
	case MODEL_AS_IT_CAME:
		if (is_object(block->text))
			json_raw(json, block->text);
		break;
	}
}

static void put_messages(struct json *json, const struct turns *turns)
{
	json_key(json, "messages");
	json_array(json);
	for (const struct turn *turn = turns->at; turn < turns->at + turns->count; turn++) {
		json_before(json, STR("{\"role\":"));
		json_text(json, turn->role == MODEL_USER ? "user" : "assistant");
		json_key(json, "content");
		json_array(json);
		for (size_t i = 0; i < turn->count; i++)
			put_block(json, &turn->blocks[i]);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
}

/* ---- What the system says ---- */

static void put_system(struct json *json, const struct model_request *request)
{
	bool has_system = request->system && !text_blank(request->system);
	bool has_situation = request->situation && !text_blank(request->situation);

	if (!has_system && !has_situation)
		return;
	json_key(json, "system");
	json_array(json);
	if (has_system)
		put_text(json, str_of(request->system));
	if (has_system && request->cache)
		json_raw(json, STR(CACHE_POINT));
	if (has_situation)
		put_text(json, str_of(request->situation));
	json_array_end(json);
}

/* ---- Tools ---- */

/* The other members are refused, where they stand at the top. */
static void put_plain_schema(struct json *json, str schema)
{
	static const char *const members[] = { "type", "properties", "required" };
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(json->arena, schema, JSON_DEPTH, &trouble);

	json_object(json);
	for (size_t i = 0; i < sizeof(members) / sizeof(*members); i++) {
		yyjson_val *member = yyjson_obj_get(value, members[i]);
		if (!member)
			continue;
		json_key(json, members[i]);
		json_value(json, member);
	}
	json_object_end(json);
}

static void put_tool(struct json *json, const struct model_tool *tool, const struct family *family)
{
	json_before(json, STR("{\"toolSpec\":{\"name\":"));
	json_text(json, tool->name);
	if (tool->about && !text_blank(tool->about)) {
		json_key(json, "description");
		json_text(json, tool->about);
	}
	json_before(json, STR("\"inputSchema\":{\"json\":"));
	if (family->plain_schemas)
		put_plain_schema(json, str_of(tool->schema));
	else
		json_raw(json, str_of(tool->schema));
	json_bytes(json, STR("}}}"));
}

/* Messages that have uses of tools are refused where there are no tools, so where those are gone one that was used stands
 * for them. */
static void put_former_tool(struct json *json, const struct turns *turns, const struct family *family)
{
	struct model_tool former = {
		.name = arena_copy(json->arena, turns->first_use->name), .about = "Not to be had any more.", .schema = "{\"type\":\"object\",\"properties\":{}}"
	};

	put_tool(json, &former, family);
}

/* There is no word for using none: then they are left out, where the messages allow it. */
static bool has_tools(const struct model_request *request, const struct turns *turns)
{
	return turns->first_use || (request->tool_count > 0 && !request->no_tools);
}

static void put_tools(struct json *json, const struct model_request *request, const struct turns *turns)
{
	const struct family *family = family_of(request->model);

	if (!has_tools(request, turns))
		return;
	json_before(json, STR("\"toolConfig\":{\"tools\":["));
	for (size_t i = 0; i < request->tool_count; i++)
		put_tool(json, &request->tools[i], family);
	if (request->tool_count == 0)
		put_former_tool(json, turns, family);
	if (request->cache && family->caches_tools)
		json_raw(json, STR(CACHE_POINT));
	json_array_end(json);
	if (request->must_use) {
		json_before(json, STR("\"toolChoice\":{\"tool\":{\"name\":"));
		json_text(json, request->must_use);
		json_bytes(json, STR("}}"));
	}
	json_object_end(json);
}

/* ---- The rest ---- */

static void put_bounds(struct json *json, const struct model_request *request, bool greedy)
{
	double temperature = greedy ? 0 : request->temperature;

	json_before(json, STR("\"inferenceConfig\":{\"maxTokens\":"));
	json_int(json, request->max_tokens);
	if (temperature >= 0) {
		json_key(json, "temperature");
		json_real(json, temperature);
	}
	json_object_end(json);
	if (greedy)
		json_bytes(json, STR(",\"additionalModelRequestFields\":{\"inferenceConfig\":{\"topK\":1}}"));
}

/* A trace would repeat what the guardrail is to keep back. In a stream it judges before it is told, not behind. */
static void put_guardrail(struct json *json, const struct model_request *request)
{
	if (!request->guardrail)
		return;
	json_before(json, STR("\"guardrailConfig\":{\"guardrailIdentifier\":"));
	json_text(json, request->guardrail);
	json_key(json, "guardrailVersion");
	json_text(json, request->guardrail_version);
	json_bytes(json, STR(",\"trace\":\"disabled\""));
	if (!request->at_once)
		json_bytes(json, STR(",\"streamProcessingMode\":\"sync\""));
	json_object_end(json);
}

const char *converse_write(struct arena *arena, const struct model_request *request, struct model_http *http)
{
	struct turns turns;
	const char *wrong = turns_make(arena, request, &turns);

	if (wrong)
		return wrong;
	struct json json = json_begin(arena, REQUEST_FIRST);
	json_object(&json);
	put_tools(&json, request, &turns);
	put_system(&json, request);
	put_messages(&json, &turns);
	put_bounds(&json, request, has_tools(request, &turns) && family_of(request->model)->greedy);
	put_guardrail(&json, request);
	json_object_end(&json);
	*http = (struct model_http) {
		.path = arena_print(arena, "/model/%s/%s", text_in_uri(arena, request->model), request->at_once ? "converse" : "converse-stream"),
		.type = "application/json", .accept = request->at_once ? "application/json" : "application/vnd.amazon.eventstream",
		.body = json_end(&json),
	};
	return NULL;
}
