/* reader.h - how shape_read() goes through an object: where it is, and what it found wrong. */
#ifndef READER_H
#define READER_H

#include "json.h"
#include "refusals.h"

/* Where in the arguments a value is: items[2].quantity. */
struct place {
	const struct place *up;
	const char *name;
	size_t index;                   /* one more than the item's; 0: not an item */
};

#define TIME_BYTES_MAX 64       /* more than anybody writes, seconds of many digits too */

struct reader {
	struct arena *arena;
	unsigned how;                   /* of SHAPE_… */
	struct refusals refusals;
};

/* Whether something wrong does not end the reading: what else is, is wanted too. */
static inline bool reader_goes_on(const struct reader *reader)
{
	return (reader->how & SHAPE_ALL) && refusals_have_room(&reader->refusals);
}

/* ---- Words (reader_words.c) ---- */

/* Says what is wrong with the value at a place: "items[2].quantity must be …". False. */
bool reader_refuse(struct reader *reader, const struct place *place, const char *format, ...)
	PRINTF(3, 4);
const char *reader_path(struct arena *arena, const struct place *place);
/* Text that came, quoted, cut to a readable length between two characters. */
const char *reader_quote(struct arena *arena, str text);
const char *reader_number(struct arena *arena, double value);
const char *reader_names(struct arena *arena, const struct shape *shape);
const char *reader_choices(struct arena *arena, const char *const *one_of);

/* ---- Single values (reader_values.c): false, and the reader says why ---- */

bool reader_bounded_text(struct reader *reader, const struct field *field, yyjson_val *value,
                       const struct place *place, const char **out);
/* The bounds of the field are not the text's: it is one of a list. */
bool reader_text(struct reader *reader, const struct field *field, yyjson_val *value,
               const struct place *place, const char **out);
bool reader_int(struct reader *reader, const struct field *field, yyjson_val *value,
              const struct place *place, int64_t *out);
bool reader_real(struct reader *reader, const struct field *field, yyjson_val *value,
               const struct place *place, double *out);
/* The bounds of the field are not the number's. */
bool reader_any_real(struct reader *reader, yyjson_val *value, const struct place *place, double *out);
bool reader_bool(struct reader *reader, yyjson_val *value, const struct place *place, bool *out);
bool reader_time(struct reader *reader, const struct field *field, yyjson_val *value,
               const struct place *place, int64_t *out);
/* A text's or list's length: `unit` is what it counts, "character". */
bool reader_length(struct reader *reader, const struct field *field, size_t length,
                      const char *unit, const struct place *place);

#endif
