/* reader_values.c - single values: of the right type, and within their bounds. */
#include "builder.h"
#include "number.h"
#include "reader.h"

/* ---- Bounds ---- */

static bool in_bounds(struct reader *reader, const struct field *field, double value,
                      const struct place *place)
{
	bool low = field->has_least && value < field->least;

	if (!low && !(field->has_most && value > field->most))
		return true;
	return reader_refuse(reader, place, "must be at %s %s, not %s", low ? "least" : "most",
	                     reader_number(reader->arena, low ? field->least : field->most),
	                     reader_number(reader->arena, value));
}

bool reader_length(struct reader *reader, const struct field *field, size_t length,
                      const char *unit, const struct place *place)
{
	bool low = field->has_least && (double)length < field->least;
	double bound = low ? field->least : field->most;

	if (!low && !(field->has_most && (double)length > field->most))
		return true;
	return reader_refuse(reader, place, "must have at %s %s %s%s, not %zu",
	                     low ? "least" : "most", reader_number(reader->arena, bound), unit,
	                     bound == 1 ? "" : "s", length);
}

/* ---- Single values ---- */

/* A text of the enumeration is the shape's own. */
static bool read_choice(struct reader *reader, const struct field *field, str text,
                        const struct place *place, const char **out)
{
	for (const char *const *choice = field->one_of; *choice; choice++) {
		if (str_is(text, *choice)) {
			*out = *choice;
			return true;
		}
	}
	return reader_refuse(reader, place, "must be one of %s, not %s",
	                     reader_choices(reader->arena, field->one_of),
	                     reader_quote(reader->arena, text));
}

static bool is_digits(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return text.size > 0;
}

/* The text of a value; .at NULL: it has none. Models and command lines leave out the quotes of an
 * order's number. Digits alone come as they were written, of any length; 1.0 and 1e3 would not. */
static str text_of(struct reader *reader, yyjson_val *value)
{
	if (yyjson_is_str(value))
		return (str) { yyjson_get_str(value), yyjson_get_len(value) };
	if (!(reader->how & SHAPE_DIGITS))
		return (str) { 0 };
	if (yyjson_is_uint(value))
		return str_of(arena_print(reader->arena, "%llu",
		                          (unsigned long long)yyjson_get_uint(value)));
	str raw = { yyjson_get_raw(value), yyjson_get_len(value) };
	return raw.at && is_digits(raw) ? raw : (str) { 0 };
}

static str without_nul(struct arena *arena, str text)
{
	struct builder shown = builder_begin(arena, text.size + 64);

	while (text.at) {
		builder_put(&shown, str_cut(&text, '\0'));
		if (text.at)
			builder_put(&shown, STR(REPLACEMENT));
	}
	char *end = builder_end(&shown);
	return (str) { end, shown.size };
}

bool reader_text(struct reader *reader, const struct field *field, yyjson_val *value,
                 const struct place *place, const char **out)
{
	str text = text_of(reader, value);

	if (!text.at)
		return reader_refuse(reader, place, "must be a string, not %s", json_kind(value));
	if (memchr(text.at, '\0', text.size) && (reader->how & SHAPE_SHOWN))
		text = without_nul(reader->arena, text);
	if (memchr(text.at, '\0', text.size))
		return reader_refuse(reader, place, "must not contain the character U+0000");
	if (field->one_of)
		return read_choice(reader, field, text, place, out);
	*out = arena_copy(reader->arena, text);
	return true;
}

bool reader_bounded_text(struct reader *reader, const struct field *field, yyjson_val *value,
                         const struct place *place, const char **out)
{
	if (!reader_text(reader, field, value, place, out))
		return false;
	if (!field->has_least && !field->has_most)
		return true;
	if (!reader_length(reader, field, utf8_length(str_of(*out)), "character", place))
		return false;
	/* Who wants a character wants one that can be seen. */
	return !(field->has_least && field->least > 0 && text_blank(*out)) ||
	       reader_refuse(reader, place, "must not be blank");
}

/* A whole number in whatever way JSON can write one: 5, 5.0, 5e0. */
static bool read_whole(struct reader *reader, yyjson_val *value, const struct place *place,
                       int64_t *out)
{
	double real = yyjson_get_real(value);
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (text.at && (reader->how & SHAPE_WORDS))
		return str_to_int(text, out) || reader_refuse(reader, place, "must be a whole number, not %s",
		                                              reader_quote(reader->arena, text));
	if (yyjson_is_real(value) && real_to_int(real, out))
		return true;
	if (yyjson_is_raw(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) > INT64_MAX) ||
	    (yyjson_is_real(value) && !(real >= -0x1p63 && real < 0x1p63)))
		return reader_refuse(reader, place, "is out of range: it must be a whole number"
		                     " from -9223372036854775808 to 9223372036854775807");
	if (yyjson_is_real(value))
		return reader_refuse(reader, place, "must be a whole number, not %s",
		                     reader_number(reader->arena, real));
	if (!yyjson_is_num(value))
		return reader_refuse(reader, place, "must be a whole number, not %s",
		                     json_kind(value));
	*out = yyjson_get_sint(value);
	return true;
}

bool reader_int(struct reader *reader, const struct field *field, yyjson_val *value,
                     const struct place *place, int64_t *out)
{
	return read_whole(reader, value, place, out) &&
	       in_bounds(reader, field, (double)*out, place);
}

bool reader_any_real(struct reader *reader, yyjson_val *value, const struct place *place, double *out)
{
	if (yyjson_is_raw(value))
		return reader_refuse(reader, place, "is out of range");
	if (!yyjson_is_num(value))
		return reader_refuse(reader, place, "must be a number, not %s", json_kind(value));
	*out = yyjson_get_num(value);
	return true;
}

bool reader_real(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, double *out)
{
	return reader_any_real(reader, value, place, out) && in_bounds(reader, field, *out, place);
}

bool reader_bool(struct reader *reader, yyjson_val *value, const struct place *place, bool *out)
{
	if (!yyjson_is_bool(value))
		return reader_refuse(reader, place, "must be true or false, not %s",
		                     json_kind(value));
	*out = yyjson_get_bool(value);
	return true;
}

bool reader_time(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, int64_t *out)
{
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at || text.size > TIME_BYTES_MAX || !time_parse(text, out)) {
		const char *came = text.at ? reader_quote(reader->arena, text)
		                           : json_kind(value);
		return reader_refuse(reader, place, "must be a time such as"
		                     " \"2026-07-28T09:30:00Z\" or a date such as"
		                     " \"2026-07-28\", not %s", came);
	}
	return in_bounds(reader, field, (double)*out, place);
}
