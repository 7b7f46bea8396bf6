/* model_reader.c - an answer as it comes: in pieces, as a whole, or a refusal. */
#include "inside.h"

#define BODY_MAX (1024 * 1024)
#define REFUSAL_MAX (64 * 1024)         /* what is behind that is not looked at */
#define BODY_FIRST 1024

struct model_reader *model_reader_create(const struct model_reading *reading)
{
	struct arena *arena = arena_create_charged(reading->budget);
	struct model_reader *reader = arena_new(arena, struct model_reader);

	*reader = (struct model_reader) {
		.wire = reading->wire, .budget = reading->budget, .tell = reading->tell, .of = reading->of, .arena = arena,
		.secret = reading->secret,
		.model = arena_copy(arena, str_of(reading->model)), .usage = { -1, -1, -1, -1 },
	};
	return reader;
}

void model_reader_destroy(struct model_reader *reader)
{
	if (reader)
		arena_destroy(reader->arena);
}

yyjson_val *read_json(struct arena *arena, str text)
{
	char *copy = arena_alloc_raw(arena, text.size + YYJSON_PADDING_SIZE);
	enum json_trouble trouble;
	const char *why;

	if (text.size > 0)
		memcpy(copy, text.at, text.size);
	return json_parse(arena, copy, text.size, (struct json_bounds) { JSON_DEPTH, JSON_VALUES_MAX }, &trouble, &why);
}

static str copy(struct arena *arena, str text)
{
	return text.at ? (str) { arena_copy(arena, text), text.size } : text;
}

void model_reader_head(struct model_reader *reader, const struct model_head *head)
{
	reader->head = *head;
	reader->head.error_type = copy(reader->arena, head->error_type);
	reader->head.date = copy(reader->arena, head->date);
}

static bool is_refused(const struct model_reader *reader)
{
	return reader->head.status / 100 != 2;
}

/* ---- What comes ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What begins as JSON, or as a page, is no stream of any protocol: so what comes says itself what it is, and no
 * Content-Type has to be right. A frame begins with a length, an event with the name of a field. */
static str begin(struct model_reader *reader, str bytes)
{
	for (; bytes.size > 0 && is_blank(bytes.at[0]); bytes.size--)
		bytes.at++;
	if (bytes.size == 0)
		return bytes;
	bool whole = is_refused(reader) || bytes.at[0] == '{' || bytes.at[0] == '[' || bytes.at[0] == '<';
	reader->form = whole ? AS_A_WHOLE : IN_PIECES;
	if (whole)
		reader->body = builder_begin(reader->arena, BODY_FIRST);
	else
		reader->wire->begin(reader);
	return bytes;
}

static void collect(struct model_reader *reader, str bytes)
{
	size_t most = is_refused(reader) ? REFUSAL_MAX : BODY_MAX, left = most - reader->body.size;

	if (bytes.size > left && !is_refused(reader))
		reader_fail(reader, MODEL_NO_ROOM, "", "the answer is longer than %d bytes", BODY_MAX);
	bytes.size = bytes.size < left ? bytes.size : left;
	if (bytes.size > 0)
		builder_put(&reader->body, bytes);
}

/* What is kept of them is at most twice as much, and what was read of it. */
static bool has_room(struct model_reader *reader, size_t size)
{
	if (budget_has(reader->budget, 2 * size))
		return true;
	reader_fail(reader, MODEL_NO_ROOM, "", "there is no room for more of the answer");
	return false;
}

bool model_reader_feed(struct model_reader *reader, str bytes)
{
	if (reader->form == OVER || reader->fault.trouble || !has_room(reader, bytes.size))
		return false;
	if (reader->form == NOTHING_YET)
		bytes = begin(reader, bytes);
	if (bytes.size > 0 && reader->form == AS_A_WHOLE)
		collect(reader, bytes);
	else if (bytes.size > 0)
		reader->wire->take(reader, bytes);
	return !reader->fault.trouble && !(is_refused(reader) && reader->body.size == REFUSAL_MAX);
}

/* ---- The end ---- */

static void read_all(struct model_reader *reader)
{
	str body = { reader->body.at, reader->body.size };

	if (reader->head.status == 0)
		reader_fail(reader, MODEL_UNAVAILABLE, "", "it did not answer");
	else if (is_refused(reader))
		reader->wire->refused(reader, without_secret(reader, body));
	else if (reader->form == NOTHING_YET)
		reader_fail(reader, MODEL_CUT, "", "the answer is empty");
	else if (reader->form == AS_A_WHOLE)
		reader->wire->whole(reader, body);
	else
		reader->wire->finish(reader);
	said_text_ends(reader);
	if (!reader->complete)
		reader_fail(reader, MODEL_CUT, "", "the answer ends before its end");
}

const struct model_fault *model_reader_end(struct model_reader *reader, struct model_answer *answer)
{
	if (reader->form != OVER) {
		if (!reader->fault.trouble)
			read_all(reader);
		if (reader->fault.trouble)
			reader->stop = MODEL_STOP_NONE;
		said_finish(reader, &reader->answer);
		reader->form = OVER;
	}
	*answer = reader->answer;
	return reader->fault.trouble ? &reader->fault : NULL;
}
