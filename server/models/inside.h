/* inside.h - a reader: what all protocols do with what they read. Only for this room. */
#ifndef INSIDE_H
#define INSIDE_H

#include "builder.h"
#include "json.h"
#include "model_wire.h"
#include "thinking.h"

#define JSON_DEPTH 32
#define JSON_VALUES_MAX 16384           /* of an event, an answer, a tool's input: 16 bytes each */
#define BLOCKS_MAX 64                   /* of one answer */

/* A block that is being said. */
struct said {
	int64_t index;                  /* the protocol's number */
	enum model_block_kind kind;
	char *id, *name;
	struct builder text;            /* pieces; .at NULL: none yet */
	bool written;                   /* AS_IT_CAME: the text is all of the block, as JSON */
	struct builder signature, sealed;       /* of reasoning, likewise */
};

struct model_reader {
	const struct model_wire *wire;
	const char *model;
	str secret;
	struct budget *budget;
	model_text_fn *tell;
	void *of;
	struct arena *arena;
	struct model_head head;
	enum { NOTHING_YET, IN_PIECES, AS_A_WHOLE, OVER } form;
	struct builder body;            /* AS_A_WHOLE */
	void *stream;                   /* IN_PIECES: the protocol's */

	struct said *said[BLOCKS_MAX];
	size_t count, size;             /* of them; bytes that they have */
	struct thinking thinking;       /* of the text that is being said */
	enum model_stop stop;
	struct model_usage usage;
	bool complete;                  /* it has come to its end, and nothing was said behind that */
	bool vague;                     /* that end is none we know: what it said stands, its tools are not used */
	struct model_fault fault;
	struct model_answer answer;     /* OVER */
};

/* What came, as JSON within bounds; NULL: it is none. */
yyjson_val *read_json(struct arena *arena, str text);

/* ---- Trouble (model_fault.c) ---- */

/* Whoever repeats by what it was asked is not repeated. */
str without_secret(struct model_reader *reader, str words);
/* The first that is said stays. */
void reader_fail(struct model_reader *reader, enum model_trouble trouble, const char *code, const char *format, ...)
	PRINTF(4, 5);
/* What the other side says: its code and words, as far as it has some; either may be .at NULL. */
void reader_told(struct model_reader *reader, int status, str code, str words);
/* What came as a whole is no answer: it was cut off, or is a page, or whatever else. */
void reader_fail_whole(struct model_reader *reader, str body, yyjson_val *said);

/* ---- What is said, piece by piece (assembly.c) ---- */

/* A protocol's words for ends, the last entry is empty. MODEL_STOP_NONE: it was broken off there. */
struct ending {
	const char *word;
	enum model_stop stop;
};
/* It ends here, and says why: in a word of these, in another one, or not. More that is said behind it makes it none. */
void said_end(struct model_reader *reader, const struct ending *endings, str word);

/* NULL: there are too many, and that is its end. */
struct said *said_begin(struct model_reader *reader, int64_t index, enum model_block_kind kind);
struct said *said_find(struct model_reader *reader, int64_t index);     /* the latest of that number; NULL: none */
/* Names of others become ones that every protocol takes. */
void said_names(struct model_reader *reader, struct said *said, str id, str name);
/* Text goes to whoever is told. */
void said_text(struct model_reader *reader, int64_t index, str text);
void said_put(struct model_reader *reader, struct builder *builder, str text);
void said_value(struct model_reader *reader, struct builder *builder, yyjson_val *value);       /* as JSON */
/* What was held back of the text is told, or was thinking. */
void said_text_ends(struct model_reader *reader);
void said_finish(struct model_reader *reader, struct model_answer *answer);

/* A string, with whatever is in it; .at NULL where it is none. (An array has a length, too.) */
static inline str text_of(yyjson_val *value)
{
	return yyjson_is_str(value) ? (str) { yyjson_get_str(value), yyjson_get_len(value) } : (str) { 0 };
}

/* Of tokens, or of a block: -1 where it is no number that anybody counts with. */
static inline int64_t count_of(yyjson_val *value)
{
	return yyjson_is_int(value) && yyjson_get_uint(value) <= INT32_MAX ? yyjson_get_sint(value) : -1;
}

#endif
