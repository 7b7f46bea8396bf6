/* steps.c - see steps.h. A message is {"role":"assistant","blocks":[…]}, a block {"text":…}, {"use":ID,"name":…,"input":…},
 * {"result":ID,"text":…,"failed":true} or {"as":MODEL,"text":…}. What is JSON already is a string all the same: so it comes back
 * byte for byte. */
#include "steps.h"

#include "json.h"

#define DEPTH 8

/* What is left out to make them shorter, the first that is enough. */
enum thrift { ALL, NO_THOUGHTS, NO_RESULTS, THRIFTS };

const struct model_block *steps_use_of(const struct model_message *before, str id)
{
	for (size_t i = 0; i < before->count; i++)
		if (before->blocks[i].kind == MODEL_TOOL_USE && str_same(before->blocks[i].id, id))
			return &before->blocks[i];
	return NULL;
}

str steps_left_out(struct arena *arena, const struct model_message *before, str id)
{
	const struct model_block *use = before ? steps_use_of(before, id) : NULL;
	str tool = use ? use->name : STR("a tool");

	return str_of(arena_print(arena, "(An earlier result of %.*s, left out. Use it again if it matters.)", STR_FORMAT(tool)));
}

/* ---- Writing ---- */

static void put(struct json *json, const char *key, str text)
{
	json_key(json, key);
	json_str(json, text);
}

static void write_block(struct json *json, const struct model_message *before, const struct model_block *block, enum thrift thrift)
{
	str text = block->text;

	json_object(json);
	switch (block->kind) {
	case MODEL_TEXT:
		break;
	case MODEL_TOOL_USE:
		put(json, "use", block->id);
		put(json, "name", block->name);
		break;
	case MODEL_TOOL_RESULT:
		put(json, "result", block->id);
		text = thrift == NO_RESULTS ? steps_left_out(json->arena, before, block->id) : text;
		break;
	case MODEL_AS_IT_CAME:
		put(json, "as", block->name);
	}
	put(json, "text", text);
	if (block->failed) {
		json_key(json, "failed");
		json_bool(json, true);
	}
	json_object_end(json);
}

static str write(struct arena *arena, const struct model_message *messages, size_t count, enum thrift thrift)
{
	struct json json = json_begin(arena, 1024);

	json_array(&json);
	for (size_t i = 0; i < count; i++) {
		const struct model_message *message = &messages[i];
		json_object(&json);
		put(&json, "role", message->role == MODEL_USER ? STR("user") : STR("assistant"));
		json_key(&json, "blocks");
		json_array(&json);
		for (size_t at = 0; at < message->count; at++)
			if (thrift == ALL || message->blocks[at].kind != MODEL_AS_IT_CAME)
				write_block(&json, i > 0 ? message - 1 : NULL, &message->blocks[at], thrift);
		json_array_end(&json);
		json_object_end(&json);
	}
	json_array_end(&json);
	return json_end(&json);
}

const char *steps_write(struct arena *arena, const struct model_message *messages, size_t count)
{
	for (enum thrift thrift = ALL; count > 0 && thrift < THRIFTS; thrift++) {
		str text = write(arena, messages, count, thrift);
		if (text.size <= STEPS_MAX)
			return arena_copy(arena, text);
	}
	return NULL;
}

/* ---- Reading ---- */

static bool read_block(yyjson_val *value, enum model_role role, struct model_block *block)
{
	static const struct { const char *key; enum model_block_kind kind; enum model_role role; } kinds[] = {
		{ "use", MODEL_TOOL_USE, MODEL_ASSISTANT }, { "result", MODEL_TOOL_RESULT, MODEL_USER },
		{ "as", MODEL_AS_IT_CAME, MODEL_ASSISTANT },
	};

	*block = (struct model_block) {
		.kind = MODEL_TEXT, .text = json_member(value, "text"), .failed = yyjson_get_bool(yyjson_obj_get(value, "failed")),
	};
	if (!block->text.at)
		return false;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		str named = json_member(value, kinds[i].key);
		if (!named.at)
			continue;
		block->kind = kinds[i].kind;
		*(block->kind == MODEL_AS_IT_CAME ? &block->name : &block->id) = named;
		if (block->kind == MODEL_TOOL_USE)
			block->name = json_member(value, "name");
		return role == kinds[i].role && (block->kind != MODEL_TOOL_USE || block->name.at);
	}
	return true;
}

static bool read_message(struct arena *arena, yyjson_val *value, struct model_message *message)
{
	str role = json_member(value, "role");
	yyjson_val *list = yyjson_obj_get(value, "blocks");
	struct model_block *blocks = arena_array(arena, struct model_block, yyjson_arr_size(list) + 1);
	yyjson_val *block;
	size_t i, count;

	if (!yyjson_is_arr(list) || (!str_is(role, "user") && !str_is(role, "assistant")))
		return false;
	*message = (struct model_message) { str_is(role, "user") ? MODEL_USER : MODEL_ASSISTANT, blocks, yyjson_arr_size(list) };
	yyjson_arr_foreach(list, i, count, block)
		if (!read_block(block, message->role, &blocks[i]))
			return false;
	return true;
}

struct steps steps_read(struct arena *arena, const char *text)
{
	enum json_trouble trouble;
	yyjson_val *list = text && strlen(text) <= STEPS_MAX ? json_parse_copy(arena, str_of(text), DEPTH, &trouble) : NULL;
	yyjson_val *value;
	size_t i, count;

	if (!yyjson_is_arr(list))
		return (struct steps) { 0 };
	struct model_message *messages = arena_array(arena, struct model_message, yyjson_arr_size(list) + 1);
	yyjson_arr_foreach(list, i, count, value)
		if (!read_message(arena, value, &messages[i]))
			return (struct steps) { 0 };
	return (struct steps) { messages, yyjson_arr_size(list) };
}

/* ---- Pairs ---- */

static size_t count_of(const struct model_message *message, enum model_block_kind kind, str id)
{
	size_t found = 0;

	for (size_t i = 0; i < message->count; i++)
		found += message->blocks[i].kind == kind && (!id.at || str_same(message->blocks[i].id, id));
	return found;
}

static bool answers(const struct model_message *uses, const struct model_message *results)
{
	for (size_t i = 0; i < uses->count; i++) {
		str id = uses->blocks[i].id;
		if (uses->blocks[i].kind == MODEL_TOOL_USE
		 && (count_of(uses, MODEL_TOOL_USE, id) != 1 || count_of(results, MODEL_TOOL_RESULT, id) != 1))
			return false;
	}
	return count_of(uses, MODEL_TOOL_USE, (str) { 0 }) == count_of(results, MODEL_TOOL_RESULT, (str) { 0 });
}

bool steps_paired(struct steps steps)
{
	static const struct model_message nothing = { .role = MODEL_USER };

	for (size_t i = 0; i < steps.count; i++) {
		const struct model_message *message = &steps.messages[i];
		if (message->role != (i % 2 == 0 ? MODEL_ASSISTANT : MODEL_USER))
			return false;
		if (i % 2 == 0 && !answers(message, i + 1 < steps.count ? message + 1 : &nothing))
			return false;
	}
	return true;
}
