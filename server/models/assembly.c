/* assembly.c - what a model says, put together from its pieces: blocks by their number, inputs of tools parsed once
 * they are whole. */
#include "inside.h"

#define NAME_MAX_ 64
#define PIECE_FIRST 128

static bool is_name(char c, const char *more)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c && strchr(more, c));
}

/* ---- Pieces ---- */

struct said *said_find(struct model_reader *reader, int64_t index)
{
	for (size_t i = reader->count; i-- > 0; )
		if (reader->said[i]->index == index)
			return reader->said[i];
	return NULL;
}

struct said *said_begin(struct model_reader *reader, int64_t index, enum model_block_kind kind)
{
	said_text_ends(reader);
	reader->complete = false;
	if (reader->count == BLOCKS_MAX) {
		reader_fail(reader, MODEL_NO_ROOM, "", "the answer has more than %d blocks", BLOCKS_MAX);
		return NULL;
	}
	struct said *said = reader->said[reader->count++] = arena_new(reader->arena, struct said);
	*said = (struct said) { .index = index, .kind = kind };
	return said;
}

/* An id that does not fit is one of ours: its result comes with the same. */
void said_names(struct model_reader *reader, struct said *said, str id, str name)
{
	bool fits = id.size > 0 && id.size <= NAME_MAX_;

	for (size_t i = 0; fits && i < id.size; i++)
		fits = is_name(id.at[i], "_.:-");
	said->id = fits ? arena_copy(reader->arena, id) : arena_print(reader->arena, "call_%zu", reader->count);
	if (name.size == 0)
		name = STR("unnamed");
	name.size = name.size < NAME_MAX_ ? name.size : NAME_MAX_;
	said->name = arena_copy(reader->arena, name);
	for (size_t i = 0; i < name.size; i++)
		if (!is_name(said->name[i], "_-"))
			said->name[i] = '_';
}

static void put(struct model_reader *reader, struct builder *builder, str text)
{
	if (text.size > MODEL_ANSWER_MAX - reader->size) {
		reader_fail(reader, MODEL_NO_ROOM, "", "the answer is longer than %d bytes", MODEL_ANSWER_MAX);
		return;
	}
	reader->size += text.size;
	if (!builder->at)
		*builder = builder_begin(reader->arena, PIECE_FIRST);
	if (text.size > 0)
		builder_put(builder, text);
}

void said_put(struct model_reader *reader, struct builder *builder, str text)
{
	if (text.size > 0)
		reader->complete = false;
	put(reader, builder, text);
}

void said_value(struct model_reader *reader, struct builder *builder, yyjson_val *value)
{
	struct arena *arena = arena_create_charged(reader->budget);
	struct json json = json_begin(arena, PIECE_FIRST);

	json_value(&json, value);
	said_put(reader, builder, json_end(&json));
	arena_destroy(arena);
}

/* ---- Text ---- */

static void say(void *of, str text)
{
	struct model_reader *reader = of;
	struct said *said = reader->said[reader->count - 1];

	if (!reader->fault.trouble)
		put(reader, &said->text, text);
	if (!reader->fault.trouble && reader->tell)
		reader->tell(reader->of, text);
}

/* The text that is being said is the latest block: others begin after it has ended. */
static bool is_being_said(const struct model_reader *reader)
{
	return reader->count > 0 && reader->said[reader->count - 1]->kind == MODEL_TEXT;
}

void said_text_ends(struct model_reader *reader)
{
	if (is_being_said(reader))
		thinking_end(&reader->thinking, say, reader);
}

/* U+0000 stands in no text of ours. */
void said_text(struct model_reader *reader, int64_t index, str text)
{
	bool goes_on = is_being_said(reader) && reader->said[reader->count - 1]->index == index;

	if (text.size > 0)
		reader->complete = false;
	if (text.size == 0 || (!goes_on && !said_begin(reader, index, MODEL_TEXT)))
		return;
	while (text.size > 0) {
		str part = str_cut(&text, '\0');
		thinking_take(&reader->thinking, part, say, reader);
	}
}

/* ---- The end ---- */

void said_end(struct model_reader *reader, const struct ending *endings, str word)
{
	while (endings->word && !str_is_nocase(word, endings->word))
		endings++;
	reader->complete = true;
	reader->vague = !endings->word;
	reader->stop = endings->word ? endings->stop : MODEL_END_TURN;
	if (reader->stop == MODEL_STOP_NONE)
		reader_fail(reader, MODEL_CUT, "", "the answer ends before its end: %s", str_quote(word, 64).text);
}

static str built(struct builder *builder)
{
	return builder->at ? (str) { builder_end(builder), builder->size } : STR("");
}

/* The input as it is written by us, whichever blanks it came with; .at NULL: it is no object. */
static str read_input(struct model_reader *reader, str text)
{
	struct arena *arena = arena_create_charged(reader->budget);
	yyjson_val *value = read_json(arena, blank_trim(text).size > 0 ? text : STR("{}"));
	str input = { 0 };

	if (yyjson_is_obj(value)) {
		struct json json = json_begin(reader->arena, text.size);
		json_value(&json, value);
		input = json_end(&json);
	}
	arena_destroy(arena);
	return input;
}

/* {"reasoningContent":…}, as Bedrock has it back. */
static str write_reasoning(struct model_reader *reader, struct said *said)
{
	struct json json = json_begin(reader->arena, said->text.size + said->signature.size + said->sealed.size);

	json_before(&json, STR("{\"reasoningContent\":"));
	if (said->sealed.at) {
		json_before(&json, STR("{\"redactedContent\":"));
		json_str(&json, built(&said->sealed));
	} else {
		json_before(&json, STR("{\"reasoningText\":{\"text\":"));
		json_str(&json, built(&said->text));
		if (said->signature.at) {
			json_key(&json, "signature");
			json_str(&json, built(&said->signature));
		}
		json_bytes(&json, STR("}"));
	}
	json_bytes(&json, STR("}}"));
	return json_end(&json);
}

/* Whether the block is one of the answer's. */
static bool finish_block(struct model_reader *reader, struct said *said, bool tools, struct model_block *block)
{
	*block = (struct model_block) { .kind = said->kind };
	switch (said->kind) {
	case MODEL_TEXT:
		block->text = built(&said->text);
		return blank_trim(block->text).size > 0;
	case MODEL_TOOL_USE:
		block->id = str_of(said->id);
		block->name = str_of(said->name);
		block->text = tools ? read_input(reader, built(&said->text)) : (str) { 0 };
		if (tools && !block->text.at)
			reader->stop = MODEL_MALFORMED;
		return block->text.at;
	default:
		block->name = str_of(reader->model);
		block->text = said->written ? built(&said->text) : write_reasoning(reader, said);
		return tools;
	}
}

static size_t finish_blocks(struct model_reader *reader, bool tools, struct model_block *blocks)
{
	size_t count = 0;

	for (size_t i = 0; i < reader->count; i++)
		count += finish_block(reader, reader->said[i], tools, &blocks[count]);
	return count;
}

static bool began_tools(const struct model_reader *reader)
{
	for (size_t i = 0; i < reader->count; i++)
		if (reader->said[i]->kind == MODEL_TOOL_USE)
			return true;
	return false;
}

static bool has_tools(const struct model_block *blocks, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (blocks[i].kind == MODEL_TOOL_USE)
			return true;
	return false;
}

/* A tool is used only where the model came to that end and said so, and all of its uses make sense. Some say of that that it is the
 * end of the turn. Reasoning that may be cut off is not signed, which no model takes back. */
void said_finish(struct model_reader *reader, struct model_answer *answer)
{
	struct model_block *blocks = arena_array(reader->arena, struct model_block, reader->count + 1);
	if (reader->vague && reader->stop == MODEL_END_TURN && began_tools(reader))
		reader->stop = MODEL_MALFORMED;
	bool tools = reader->stop == MODEL_END_TURN || reader->stop == MODEL_USES_TOOLS;
	size_t count = finish_blocks(reader, tools, blocks);

	if (reader->stop == MODEL_MALFORMED)
		count = finish_blocks(reader, false, blocks);
	if (tools && reader->stop != MODEL_MALFORMED)
		reader->stop = has_tools(blocks, count) ? MODEL_USES_TOOLS : MODEL_END_TURN;
	*answer = (struct model_answer) { blocks, count, reader->stop, reader->usage };
}
