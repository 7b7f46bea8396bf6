/* json.h - JSON text, appended piece by piece, and structs to and from JSON by their shapes.
 *
 * Answers are written straight into one buffer: no tree is built, and what was written once (a
 * tool list, an id as it came) goes in again as bytes. Reading is yyjson's. */
#ifndef JSON_H
#define JSON_H

#include <yyjson.h>

#include "core.h"
#include "shape.h"

struct json {
	struct arena *arena;
	char *at;
	size_t size, room;
	bool comma;                     /* the next value needs one before it */
	bool mended;                    /* U+FFFD stands in it for what was no UTF-8 */
};

struct json json_begin(struct arena *arena, size_t room);
str json_end(const struct json *json);                  /* what was written; in the arena */

void json_object(struct json *json);                    /* { */
void json_object_end(struct json *json);
void json_array(struct json *json);                     /* [ */
void json_array_end(struct json *json);
void json_plain_key(struct json *json, str key);        /* plain ASCII: not escaped */
/* As it stands in the source: whatever comes before the value that follows, {"type":"text","text": */
void json_before(struct json *json, str text);
void json_key_str(struct json *json, str key);          /* escaped, as json_str() does */
void json_str(struct json *json, str text);             /* escaped; U+FFFD for what is no UTF-8 */
void json_text(struct json *json, const char *text);
void json_int(struct json *json, int64_t value);
void json_real(struct json *json, double value);        /* what reads back; null if not finite */
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
void json_raw(struct json *json, str value);            /* one whole value, already JSON */
void json_bytes(struct json *json, str bytes);          /* as they are: no comma, no quotes */
/* A text of JSON on one line, as an event of a stream has to be: no string has line breaks in it, so each is between tokens. */
void json_one_line(char *text, size_t size);
void json_value(struct json *json, yyjson_val *value);  /* a parsed value, as it came */

/* ---- Reading ---- */

enum json_trouble {
	JSON_FINE, JSON_SYNTAX, JSON_TOO_DEEP, JSON_TOO_MANY, JSON_DUPLICATE_KEY,
	JSON_NO_TEXT,                   /* in a string: half a surrogate pair, no UTF-8 */
};

struct json_bounds {
	int depth;                      /* levels */
	size_t values;                  /* with keys; 0: as many as there are. Each costs 16 bytes. */
};

/* Parses one text within bounds; the document lives in the arena. Strict RFC 8259,
 * UTF-8 checked, long numbers kept as raw text. The bounds are looked at before parsing. NULL
 * where there is trouble; duplicate keys are looked for in the outermost object only.
 * `text` must be writable with 4 spare bytes behind it (it is parsed in place). *why says in words
 * what is wrong and where, in the arena, or which key is a duplicate; NULL: nothing to add. */
yyjson_val *json_parse(struct arena *arena, char *text, size_t size, struct json_bounds bounds,
                       enum json_trouble *trouble, const char **why);
/* The same from bytes that must not change, which are ours or were within bounds before. */
yyjson_val *json_parse_copy(struct arena *arena, str text, int depth_max,
                            enum json_trouble *trouble);
/* A key that an object names twice; NULL: none. Not recursive. */
yyjson_val *json_duplicate(yyjson_val *object);
/* What it is, in words: "a string". */
const char *json_kind(yyjson_val *value);
/* A string: .at NULL where it is none, or has a NUL in it. */
str json_string(yyjson_val *value);

/* Here, so that the length of a key that is written where it is used is known. */
static inline void json_key(struct json *json, const char *key)
{
	json_plain_key(json, str_of(key));
}

/* A member: NULL where it is absent, or null, which says the same. */
static inline yyjson_val *json_given(yyjson_val *object, const char *key)
{
	yyjson_val *value = yyjson_obj_get(object, key);

	return yyjson_is_null(value) ? NULL : value;
}

/* A string member: .at NULL also where it is absent. */
static inline str json_member(yyjson_val *object, const char *key)
{
	return json_string(yyjson_obj_get(object, key));
}

/* ---- Shapes ---- */

/* How an object is read, by who wrote it. */
enum {
	SHAPE_STRICT = 1,       /* members the shape does not know are refused */
	SHAPE_DIGITS = 2,       /* digits without quotes are the text they look like: 536365 */
	SHAPE_WORDS = 4,        /* whole numbers stand in texts: "7", as a prompt's arguments do */
	SHAPE_ALL = 8,          /* all that is wrong is told (up to REFUSALS_MAX), a line each, not the first */
	SHAPE_SHOWN = 16,       /* what others wrote that is shown alone: U+0000 in a text is U+FFFD, no reason to refuse it */
	SHAPE_ARGUMENTS = SHAPE_STRICT | SHAPE_DIGITS | SHAPE_ALL,      /* a client's; a person's form: DIGITS */
};

/* Reads an object into a struct of the shape, filling in defaults; text is copied into the arena,
 * as NUL-terminated. NULL, or what is wrong in words that name the field: "items[2].quantity must
 * be at least 1, not 0". `how` is of SHAPE_…, 0 for what programs wrote. `object` NULL stands for
 * {}. */
const char *shape_read(const struct shape *shape, yyjson_val *object, unsigned how, void *out,
                       struct arena *arena);
/* As an answer: each list is there, if only []. NULL, or the first field that must be there and is not. */
const struct field *shape_write(struct json *json, const struct shape *shape, const void *in);
/* For shape_read(), which may want an item of a list that is there. */
void shape_write_input(struct json *json, const struct shape *shape, const void *in);

enum schema_use {
	SCHEMA_INPUT,                   /* closed: additionalProperties false */
	SCHEMA_OUTPUT,
	SCHEMA_FORM,                    /* elicitation: flat, title and description, no closing */
};
/* JSON Schema 2020-12 of a shape (NULL: of no members). It has `properties` in any case: OpenAI's
 * API refuses an object's schema without. Headers (x-mcp-header) only where asked. */
void shape_schema(struct json *json, const struct shape *shape, enum schema_use use, bool headers);
/* A field's description, with its examples: Begin, such as "2011-01-31" or "2011-02-01T09:30:00Z".
 * NULL where it has none. */
const char *shape_about(struct arena *arena, const struct field *field);
const struct field *shape_field(const struct shape *shape, str name);   /* NULL: none */
/* Whether a text is within a text field's bounds, and one of its choices. */
bool shape_takes_text(const struct field *field, const char *text);
bool shape_takes_int(const struct field *field, int64_t value);
/* Tells each thing in which a shape contradicts itself, with the field. */
typedef void shape_wrong_fn(void *of, const struct field *field, const char *what);
void shape_check(const struct shape *shape, shape_wrong_fn *tell, void *of);

#endif
