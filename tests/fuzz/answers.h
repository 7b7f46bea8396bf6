/* answers.h - what holds of an answer of a model, whatever came: it is the same in any pieces, its text is what was told,
 * its tools can be used, and it can be said back to every model. */
#ifndef ANSWERS_H
#define ANSWERS_H

#include "fuzz.h"
#include "json.h"
#include "model_wire.h"

struct heard {
	uint64_t hash;
	size_t size;                    /* of the text that was told */
	enum model_trouble trouble;
};

static inline void hear(void *of, str text)
{
	struct heard *heard = of;

	must(text.size > 0);
	for (size_t i = 0; i < text.size; i++)
		heard->hash = heard->hash * 31 + (unsigned char)text.at[i];
	heard->size += text.size;
}

static inline bool is_said_by(str text, const char *others, size_t most)
{
	for (size_t i = 0; i < text.size; i++)
		if (!(text.at[i] >= '0' && text.at[i] <= '9') && !((text.at[i] | 0x20) >= 'a' && (text.at[i] | 0x20) <= 'z')
		    && !(text.at[i] && strchr(others, text.at[i])))
			return false;
	return text.size > 0 && text.size <= most;
}

static inline yyjson_val *parse_any(struct arena *arena, str text)
{
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, text, 64, &trouble);

	must(value);
	return value;
}

static inline void check_block(struct arena *arena, const struct model_block *block, bool uses)
{
	must(block->kind != MODEL_TOOL_RESULT && block->text.size > 0);
	if (block->kind == MODEL_TOOL_USE)
		must(uses && is_said_by(block->id, "_.:-", 64) && is_said_by(block->name, "_-", 64));
	if (block->kind != MODEL_TEXT)
		must(yyjson_is_obj(parse_any(arena, block->text)));
	else
		must(utf8_valid(block->text) && !memchr(block->text.at, '\0', block->text.size));
}

/* As a conversation goes on, with results of tools that nobody kept. */
static inline void check_back(struct arena *arena, const struct model_wire *wire, const struct model_answer *answer)
{
	struct model_block question = { .kind = MODEL_TEXT, .text = STR("?") };
	struct model_message messages[] = {
		{ MODEL_USER, &question, 1 }, { MODEL_ASSISTANT, answer->blocks, answer->count }, { MODEL_USER, &question, 1 },
	};
	struct model_request request = { .model = "m", .messages = messages, .message_count = 3, .max_tokens = 1, .cache = true };
	struct model_http http;

	must(!wire->write(arena, &request, &http));
	must(yyjson_is_obj(parse_any(arena, http.body)));
}

static inline void check_answer(const struct model_answer *answer, const struct model_fault *fault, struct heard *heard)
{
	struct arena *arena = arena_create();
	struct heard texts = { .hash = 0 };

	must((answer->stop == MODEL_STOP_NONE) == (fault != NULL));
	must(!fault || (fault->trouble && fault->why && utf8_valid(str_of(fault->why))));
	for (size_t i = 0; i < answer->count; i++) {
		check_block(arena, &answer->blocks[i], answer->stop == MODEL_USES_TOOLS);
		if (answer->blocks[i].kind == MODEL_TEXT)
			hear(&texts, answer->blocks[i].text);
	}
	/* What was told and cannot be seen is no block. */
	must(texts.size <= heard->size && (texts.size < heard->size || texts.hash == heard->hash));
	check_back(arena, &model_wire_openai, answer);
	check_back(arena, &model_wire_bedrock, answer);
	arena_destroy(arena);
}

static inline struct heard listen(const struct model_wire *wire, int status, str body, size_t step)
{
	struct heard heard = { .hash = 0 };
	struct budget budget = { .max = SIZE_MAX };
	struct model_reader *reader = model_reader_create(&(struct model_reading) { wire, "m", STR("key-"), &budget, hear, &heard });
	struct model_answer answer;

	model_reader_head(reader, &(struct model_head) { .status = status });
	while (body.size > 0) {
		size_t size = step < body.size ? step : body.size;
		model_reader_feed(reader, (str) { body.at, size });
		body = (str) { body.at + size, body.size - size };
	}
	const struct model_fault *fault = model_reader_end(reader, &answer);
	heard.trouble = fault ? fault->trouble : MODEL_FINE;
	check_answer(&answer, fault, &heard);
	model_reader_destroy(reader);
	must(budget.used == 0);
	return heard;
}

static inline bool is_same(struct heard a, struct heard b)
{
	return a.hash == b.hash && a.size == b.size && a.trouble == b.trouble;
}

static inline void check_listening(const struct model_wire *wire, int status, str body)
{
	struct heard heard = listen(wire, status, body, SIZE_MAX);

	must(is_same(heard, listen(wire, status, body, 1)));
	must(is_same(heard, listen(wire, status, body, 13)));
}

#endif
