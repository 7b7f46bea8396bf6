/* context.c - see context.h. */
#include "context.h"

#include <math.h>
#include <stdlib.h>

#include "builder.h"

#define SUMMARY_MAX 2000                /* bytes of a summary that are told */
#define AROUND 16                       /* bytes that a protocol writes around a block, about */
#define FACTOR_LEAST 0.5
#define FACTOR_MOST 3.0
#define ROOM_AFTER 0.75                 /* of the budget, where something has to be left out */

/* ---- Who said what, in the order in which it is told ---- */

/* Of an answer the message that it stands behind. */
static int64_t place(const struct message *message)
{
	return message->answers > 0 && message->answers < message->seq ? message->answers : message->seq;
}

static bool is_customers(const struct message *message)
{
	return strcmp(message->role, "customer") == 0;
}

static int compare(const void *a, const void *b)
{
	const struct message *one = *(const struct message *const *)a, *other = *(const struct message *const *)b;
	int64_t by_place = place(one) - place(other);

	/* An answer has a higher number than what it answers. */
	return by_place != 0 ? (by_place < 0 ? -1 : 1) : one->seq < other->seq ? -1 : one->seq > other->seq;
}

/* What answers up_to itself came from another turn: there is nothing to be said then. */
static bool is_told(const struct message *message, const struct telling *telling)
{
	return place(message) > telling->summary_to && place(message) <= telling->up_to
	    && (is_customers(message) || (strcmp(message->role, "note") != 0 && message->answers != telling->up_to));
}

struct talk {
	const struct message **said;
	size_t count;
};

/* Whose answer is a guardrail's, with what it answers, which stands before it. */
static void leave_out_held_back(struct talk *talk)
{
	size_t kept = 0;

	for (size_t i = 0; i < talk->count; i++) {
		const struct message *message = talk->said[i];
		bool held_back = message->cut && strcmp(message->cut, HELD_BACK) == 0;
		while (held_back && kept > 0 && is_customers(talk->said[kept - 1]))
			kept--;
		if (!held_back)
			talk->said[kept++] = message;
	}
	talk->count = kept;
}

static struct talk order(struct arena *arena, const struct telling *telling)
{
	struct talk talk = { arena_array(arena, const struct message *, telling->message_count + 1), 0 };

	for (int64_t i = 0; i < telling->message_count; i++)
		if (is_told(&telling->messages[i], telling))
			talk.said[talk.count++] = &telling->messages[i];
	qsort(talk.said, talk.count, sizeof(*talk.said), compare);
	leave_out_held_back(&talk);
	return talk;
}

/* ---- Blocks, and whose they are ---- */

struct part {
	enum model_role role;
	struct model_block block;
};

struct parts {
	struct arena *arena;
	struct part *at;
	size_t count, room;
	size_t bytes;
};

static size_t bytes_of(const struct model_block *block)
{
	return block->text.size + block->id.size + block->name.size + AROUND;
}

static void add(struct parts *parts, enum model_role role, struct model_block block)
{
	if (block.kind == MODEL_TEXT && blank_trim(block.text).size == 0)
		return;
	if (parts->count == parts->room) {
		size_t room = parts->room ? 2 * parts->room : 8;
		parts->at = arena_grow(parts->arena, parts->at, parts->room * sizeof(*parts->at), room * sizeof(*parts->at));
		parts->room = room;
	}
	parts->at[parts->count++] = (struct part) { role, block };
	parts->bytes += bytes_of(&block);
}

static void add_text(struct parts *parts, enum model_role role, const char *text)
{
	add(parts, role, (struct model_block) { .kind = MODEL_TEXT, .text = str_of(text) });
}

static void add_all(struct parts *parts, const struct parts *more)
{
	for (size_t i = 0; i < more->count; i++)
		add(parts, more->at[i].role, more->at[i].block);
}

/* What the model thought is for the turn in which it did. */
static void add_steps(struct parts *parts, struct steps steps, bool in_full)
{
	for (size_t i = 0; i < steps.count; i++)
		for (size_t at = 0; at < steps.messages[i].count; at++) {
			struct model_block block = steps.messages[i].blocks[at];
			if (block.kind == MODEL_TOOL_RESULT && !in_full)
				block.text = steps_left_out(parts->arena, &steps.messages[i - 1], block.id);
			if (block.kind != MODEL_AS_IT_CAME)
				add(parts, steps.messages[i].role, block);
		}
}

/* ---- Turns ---- */

struct turn {
	size_t from, to;                /* of what is said */
	struct parts parts;
};

struct turns {
	struct turn *at;
	size_t count;
};

static void add_message(struct parts *parts, const struct message *message, bool in_full)
{
	if (is_customers(message)) {
		add_text(parts, MODEL_USER, text_blank(message->text) ? "(An empty message.)" : message->text);
	} else if (strcmp(message->role, "person") == 0) {
		add_text(parts, MODEL_ASSISTANT, arena_print(parts->arena, "(A colleague wrote:) %s", message->text));
	} else {
		struct steps steps = steps_read(parts->arena, message->steps);
		if (steps_paired(steps))
			add_steps(parts, steps, in_full);
		add_text(parts, MODEL_ASSISTANT, message->text);
		if (message->cut && !text_blank(message->text))
			add_text(parts, MODEL_ASSISTANT, "(This answer was not finished.)");
	}
}

static void fill(struct arena *arena, const struct talk *talk, struct turn *turn, bool in_full)
{
	turn->parts = (struct parts) { .arena = arena };
	for (size_t i = turn->from; i < turn->to; i++)
		add_message(&turn->parts, talk->said[i], in_full);
}

/* Each begins where a customer speaks behind an answer. What stands before any customer is left out. */
static struct turns split(struct arena *arena, const struct talk *talk)
{
	struct turns turns = { arena_array(arena, struct turn, talk->count + 1), 0 };

	for (size_t i = 0; i < talk->count; i++) {
		bool begins = is_customers(talk->said[i]) && (turns.count == 0 || !is_customers(talk->said[i - 1]));
		if (begins)
			turns.at[turns.count++] = (struct turn) { .from = i };
		if (turns.count > 0)
			turns.at[turns.count - 1].to = i + 1;
	}
	for (size_t i = 0; i < turns.count; i++)
		fill(arena, talk, &turns.at[i], i + 1 + TURNS_IN_FULL >= turns.count);
	return turns;
}

/* ---- The budget ---- */

static int64_t tokens_of(const struct telling *telling, size_t bytes)
{
	return (int64_t)ceil((double)bytes / 4 * (telling->factor > 0 ? telling->factor : 1));
}

double context_factor(size_t bytes, int64_t tokens)
{
	double factor = bytes > 0 && tokens > 0 ? (double)tokens * 4 / (double)bytes : 0;

	return factor == 0 ? 0 : fmin(fmax(factor, FACTOR_LEAST), FACTOR_MOST);
}

/* With the turns from there on, besides what is told in any case. */
static int64_t tokens_from(const struct telling *telling, const struct turns *turns, size_t from, size_t always)
{
	size_t bytes = always;

	for (size_t i = from; i < turns->count; i++)
		bytes += turns->at[i].parts.bytes;
	return tokens_of(telling, bytes);
}

/* The first turn that is told. */
static size_t choose(struct arena *arena, const struct telling *telling, const struct talk *talk, struct turns *turns, size_t always)
{
	int64_t budget = telling->tokens > 0 ? telling->tokens : CONTEXT_TOKENS;
	int64_t enough = (int64_t)((double)budget * ROOM_AFTER);
	size_t from = 0;

	if (tokens_from(telling, turns, 0, always) <= budget)
		return 0;
	while (from + TURNS_KEPT < turns->count && tokens_from(telling, turns, from, always) > enough)
		from++;
	if (tokens_from(telling, turns, from, always) <= budget)
		return from;
	for (size_t i = from; i + 1 < turns->count; i++)
		fill(arena, talk, &turns->at[i], false);
	while (from + 1 < turns->count && tokens_from(telling, turns, from, always) > budget)
		from++;
	return from;
}

/* ---- All of it ---- */

static struct parts summary_of(struct arena *arena, const struct telling *telling)
{
	struct parts parts = { .arena = arena };
	str summary = str_of(telling->summary);

	if (!telling->summary || text_blank(telling->summary))
		return parts;
	for (; summary.size > SUMMARY_MAX || (summary.at[summary.size] & 0xc0) == 0x80; summary.size--)
		;
	add_text(&parts, MODEL_USER, arena_print(arena, "(What was said before, in short: %.*s)", STR_FORMAT(summary)));
	return parts;
}

/* Neighbours of one role are one message. */
static struct model_message *group(const struct parts *parts, size_t *count)
{
	struct model_message *messages = arena_array(parts->arena, struct model_message, parts->count + 1);
	struct model_block *blocks = arena_array(parts->arena, struct model_block, parts->count + 1);

	*count = 0;
	for (size_t i = 0; i < parts->count; i++) {
		blocks[i] = parts->at[i].block;
		if (i == 0 || parts->at[i].role != parts->at[i - 1].role)
			messages[(*count)++] = (struct model_message) { parts->at[i].role, &blocks[i], 0 };
		messages[*count - 1].count++;
	}
	return messages;
}

struct context context_make(struct arena *arena, const struct telling *telling)
{
	struct talk talk = order(arena, telling);
	struct turns turns = split(arena, &talk);
	struct parts all = summary_of(arena, telling), steps = { .arena = arena };

	if (turns.count == 0)
		return (struct context) { .left_out_to = telling->summary_to };
	for (size_t i = 0; i < telling->steps.count; i++)
		for (size_t at = 0; at < telling->steps.messages[i].count; at++)
			add(&steps, telling->steps.messages[i].role, telling->steps.messages[i].blocks[at]);

	size_t from = choose(arena, telling, &talk, &turns, telling->other_bytes + all.bytes + steps.bytes);
	for (size_t i = from; i < turns.count; i++)
		add_all(&all, &turns.at[i].parts);
	add_all(&all, &steps);

	struct context context = {
		.bytes = telling->other_bytes + all.bytes,
		.left_out_to = from > 0 ? place(talk.said[turns.at[from - 1].to - 1]) : telling->summary_to,
	};
	context.tokens = tokens_of(telling, context.bytes);
	context.messages = group(&all, &context.count);
	return context;
}

/* ---- What a summary is made of ---- */

/* On one line, whichever sign may begin one, so that nobody's words look like somebody else's line. */
static const char *line_of(struct arena *arena, const struct message *message)
{
	const char *who = is_customers(message) ? "Customer" : strcmp(message->role, "person") == 0 ? "Colleague" : "Assistant";
	char *text = arena_copy(arena, str_of(message->text));

	for (size_t size = strlen(text), at = 0; at < size; at++) {
		size_t blank = blank_step((str) { text + at, size - at });
		memset(text + at, ' ', (unsigned char)text[at] < ' ' ? 1 : blank);
	}
	return text_blank(text) ? "" : arena_print(arena, "%s: %s\n", who, text);
}

const char *context_left_out(struct arena *arena, const struct telling *telling, int64_t to)
{
	struct talk talk = order(arena, telling);
	struct builder text = builder_begin(arena, 1024);
	size_t size = 0, from = 0, end = 0;

	while (end < talk.count && place(talk.said[end]) <= to)
		end++;
	for (from = end; from > 0; from--) {
		size += strlen(line_of(arena, talk.said[from - 1]));
		if (size > SUMMARY_SOURCE_MAX)
			break;
	}
	if (end == 0)
		return NULL;
	if (telling->summary && !text_blank(telling->summary))
		builder_put(&text, str_of(arena_print(arena, "(Before that, in short: %s)\n", telling->summary)));
	for (size_t i = from; i < end; i++)
		builder_put(&text, str_of(line_of(arena, talk.said[i])));
	return builder_end(&text);
}
