/* model_answers.h - answers of models, read in whichever pieces, and what was made of them as one text:
 *
 *     Hello|uses t1 get_order {"id":"1"}|came {…}|stop 2|usage 9 5 -1 -1|fault 8: why */
#ifndef MODEL_ANSWERS_H
#define MODEL_ANSWERS_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "frame_bytes.h"
#include "model_wire.h"

#define TOLD_MAX (2 * MODEL_ANSWER_MAX)

static struct {
	char text[TOLD_MAX], read[TOLD_MAX];    /* as it was told; all that was read */
	size_t size;
	enum model_trouble trouble;
	struct model_fault fault;               /* but for its texts */
	char code[128];
} told;

static inline void keep_told(void *of, str text)
{
	(void)of;
	memcpy(told.text + told.size, text.at, text.size);
	told.size += text.size;
}

static inline size_t print_block(char *into, size_t room, const struct model_block *block)
{
	switch (block->kind) {
	case MODEL_TEXT:
		return (size_t)snprintf(into, room, "%.*s|", STR_FORMAT(block->text));
	case MODEL_TOOL_USE:
		return (size_t)snprintf(into, room, "uses %.*s %.*s %.*s|", STR_FORMAT(block->id), STR_FORMAT(block->name), STR_FORMAT(block->text));
	default:
		return (size_t)snprintf(into, room, "came %.*s %.*s|", STR_FORMAT(block->name), STR_FORMAT(block->text));
	}
}

static inline void print_answer(const struct model_answer *answer, const struct model_fault *fault)
{
	size_t size = 0, texts = 0;

	for (size_t i = 0; i < answer->count; i++) {
		size += print_block(told.read + size, TOLD_MAX - size, &answer->blocks[i]);
		texts += answer->blocks[i].kind == MODEL_TEXT ? answer->blocks[i].text.size : 0;
	}
	ck_assert_uint_eq(texts, told.size);
	size += (size_t)snprintf(told.read + size, TOLD_MAX - size, "stop %d|usage %d %d %d %d", (int)answer->stop,
	                         (int)answer->usage.input, (int)answer->usage.output, (int)answer->usage.cache_read,
	                         (int)answer->usage.cache_write);
	if (fault)
		snprintf(told.read + size, TOLD_MAX - size, "|fault %d: %s", (int)fault->trouble, fault->why);
}

/* In pieces of that size; each in memory of its own, so that a sanitizer sees a byte read too many. */
static inline const char *read_answer(const struct model_wire *wire, const struct model_head *head, str body, size_t step)
{
	struct budget budget = { .max = SIZE_MAX };
	struct model_reader *reader = model_reader_create(&(struct model_reading) { wire, "some-model", STR("sk-/known+key="), &budget, keep_told, NULL });
	struct model_answer answer;

	told.size = 0;
	model_reader_head(reader, head);
	for (bool more = true; more && body.size > 0; ) {
		size_t size = step < body.size ? step : body.size;
		char *copy = malloc(size);
		memcpy(copy, body.at, size);
		more = model_reader_feed(reader, (str) { copy, size });
		free(copy);
		body = (str) { body.at + size, body.size - size };
	}
	const struct model_fault *fault = model_reader_end(reader, &answer);
	ck_assert_ptr_eq(model_reader_end(reader, &answer), fault);
	told.fault = fault ? *fault : (struct model_fault) { 0 };
	told.trouble = told.fault.trouble;
	snprintf(told.code, sizeof(told.code), "%s", fault ? fault->code : "");
	print_answer(&answer, fault);
	model_reader_destroy(reader);
	ck_assert_uint_eq(budget.used, 0);
	return told.read;
}

static const struct model_head fine_head = { .status = 200 };

static inline void put_event(struct frame_bytes *into, const char *name, const char *json)
{
	frame_put_event(into, name, str_of(json));
}

#endif
