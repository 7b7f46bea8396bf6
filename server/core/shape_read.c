/* shape_read.c - a struct from a JSON object, checked against its shape.
 *
 * What is wrong is said to a model, which can only correct what it is told: the member's whole
 * path, what is allowed, and what came. */
#include <math.h>

#include "json.h"
#include "number.h"

#define LIST_ITEMS_MAX 100000   /* where the shape sets no bound: what `[{},{},…]` may cost */
#define QUOTED_BYTES_MAX 60     /* of what came, in an error */

/* Where in the arguments a value is: items[2].quantity. */
struct place {
	const struct place *up;
	const char *name;
	size_t index;                   /* one more than the item's; 0: not an item */
};

struct reader {
	struct arena *arena;
	bool strict;
	const char *trouble;            /* the first thing that is wrong */
};

static bool read_struct(struct reader *reader, const struct shape *shape, yyjson_val *object,
                        const struct place *place, void *out);

/* ---- Words ---- */

static const char *path_of(struct arena *arena, const struct place *place)
{
	if (!place)
		return "";
	if (place->index > 0)
		return arena_print(arena, "%s[%zu]", path_of(arena, place->up), place->index - 1);
	if (!place->up)
		return place->name;
	return arena_print(arena, "%s.%s", path_of(arena, place->up), place->name);
}

/* Says what is wrong with the value at a place: "items[2].quantity must be …". */
static bool PRINTF(3, 4) refuse(struct reader *reader, const struct place *place,
                                const char *format, ...)
{
	va_list list;

	va_start(list, format);
	const char *words = arena_print_list(reader->arena, format, list);
	va_end(list);
	const char *path = place ? path_of(reader->arena, place) : "The arguments";
	reader->trouble = arena_print(reader->arena, "%s %s", path, words);
	return false;
}

/* Text that came, quoted, cut to a readable length between two characters. */
static const char *quote(struct arena *arena, yyjson_val *text)
{
	const char *at = yyjson_get_str(text);
	size_t size = yyjson_get_len(text);

	if (size <= QUOTED_BYTES_MAX)
		return arena_print(arena, "\"%.*s\"", (int)size, at);
	size = QUOTED_BYTES_MAX;
	while (size > 0 && ((unsigned char)at[size] & 0xc0) == 0x80)
		size--;
	return arena_print(arena, "\"%.*s…\"", (int)size, at);
}

static const char *number_words(struct arena *arena, double value)
{
	char text[NUMBER_TEXT_SIZE];

	real_print(value, text);
	return arena_copy(arena, str_of(text));
}

static const char *kind_of(yyjson_val *value)
{
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_OBJ:  return "an object";
	case YYJSON_TYPE_ARR:  return "an array";
	case YYJSON_TYPE_STR:  return "a string";
	case YYJSON_TYPE_BOOL: return "true or false";
	case YYJSON_TYPE_NULL: return "null";
	default:               return "a number";
	}
}

static const char *names_of(struct arena *arena, const struct shape *shape)
{
	struct json names = json_begin(arena, 256);

	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		if (field != shape->fields)
			json_bytes(&names, STR(", "));
		json_bytes(&names, str_of(field->name));
	}
	json_bytes(&names, (str) { "", 1 });
	return json_end(&names).at;
}

static const char *choices_of(struct arena *arena, const char *const *one_of)
{
	struct json choices = json_begin(arena, 256);

	for (const char *const *choice = one_of; *choice; choice++) {
		if (choice != one_of)
			json_bytes(&choices, STR(", "));
		json_bytes(&choices, str_of(*choice));
	}
	json_bytes(&choices, (str) { "", 1 });
	return json_end(&choices).at;
}

/* ---- Bounds ---- */

/* `unit` is what is counted: " characters", or "" of a number. */
static bool in_bounds(struct reader *reader, const struct field *field, double value,
                      const char *verb, const char *unit, const struct place *place)
{
	bool low = field->has_least && value < field->least;

	if (!low && !(field->has_most && value > field->most))
		return true;
	return refuse(reader, place, "must %s at %s %s%s, not %s", verb, low ? "least" : "most",
	              number_words(reader->arena, low ? field->least : field->most), unit,
	              number_words(reader->arena, value));
}

/* ---- Single values ---- */

/* A text of the enumeration is the shape's own. */
static bool read_choice(struct reader *reader, const struct field *field, yyjson_val *value,
                        const struct place *place, const char **out)
{
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	for (const char *const *choice = field->one_of; *choice; choice++) {
		if (str_is(text, *choice)) {
			*out = *choice;
			return true;
		}
	}
	return refuse(reader, place, "must be one of %s, not %s",
	              choices_of(reader->arena, field->one_of), quote(reader->arena, value));
}

/* One text, its length not yet checked. */
static bool read_text(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, const char **out)
{
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at)
		return refuse(reader, place, "must be a string, not %s", kind_of(value));
	if (memchr(text.at, '\0', text.size))
		return refuse(reader, place, "must not contain the character U+0000");
	if (field->one_of)
		return read_choice(reader, field, value, place, out);
	*out = arena_copy(reader->arena, text);
	return true;
}

static bool read_bounded_text(struct reader *reader, const struct field *field, yyjson_val *value,
                              const struct place *place, const char **out)
{
	if (!read_text(reader, field, value, place, out))
		return false;
	if (!field->has_least && !field->has_most)
		return true;
	size_t length = utf8_length((str) { yyjson_get_str(value), yyjson_get_len(value) });
	bool one = field->has_least && (double)length < field->least ? field->least == 1 : field->most == 1;
	return in_bounds(reader, field, (double)length, "have", one ? " character" : " characters", place);
}

/* A whole number in whatever way JSON can write one: 5, 5.0, 5e0. */
static bool read_whole(struct reader *reader, yyjson_val *value, const struct place *place,
                       int64_t *out)
{
	double real = yyjson_get_real(value);

	if (yyjson_is_raw(value) || (yyjson_is_uint(value) && yyjson_get_uint(value) > INT64_MAX) ||
	    (yyjson_is_real(value) && !(real >= -0x1p63 && real < 0x1p63)))
		return refuse(reader, place, "is out of range: it must be a whole number from "
		              "-9223372036854775808 to 9223372036854775807");
	if (yyjson_is_real(value) && real != trunc(real))
		return refuse(reader, place, "must be a whole number, not %s",
		              number_words(reader->arena, real));
	if (!yyjson_is_num(value))
		return refuse(reader, place, "must be a whole number, not %s", kind_of(value));
	*out = yyjson_is_real(value) ? (int64_t)real : yyjson_get_sint(value);
	return true;
}

static bool read_int(struct reader *reader, const struct field *field, yyjson_val *value,
                     const struct place *place, int64_t *out)
{
	return read_whole(reader, value, place, out) &&
	       in_bounds(reader, field, (double)*out, "be", "", place);
}

static bool read_real(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, double *out)
{
	if (yyjson_is_raw(value))
		return refuse(reader, place, "is out of range");
	if (!yyjson_is_num(value))
		return refuse(reader, place, "must be a number, not %s", kind_of(value));
	*out = yyjson_get_num(value);
	return in_bounds(reader, field, *out, "be", "", place);
}

static bool read_bool(struct reader *reader, yyjson_val *value, const struct place *place, bool *out)
{
	if (!yyjson_is_bool(value))
		return refuse(reader, place, "must be true or false, not %s", kind_of(value));
	*out = yyjson_get_bool(value);
	return true;
}

static bool read_time(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, int64_t *out)
{
	str text = { yyjson_get_str(value), yyjson_get_len(value) };

	if (!text.at || !time_parse(text, out))
		return refuse(reader, place, "must be a time such as \"2026-07-28T09:30:00Z\" or a date "
		              "such as \"2026-07-28\", not %s",
		              text.at ? quote(reader->arena, value) : kind_of(value));
	return in_bounds(reader, field, (double)*out, "be", " (milliseconds since 1970)", place);
}

static bool is_currency(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] < 'A' || text.at[i] > 'Z')
			return false;
	return text.size == 3;
}

/* Money is read as a struct of its own, so that its members are checked like all others. */
static bool read_money(struct reader *reader, const struct field *field, yyjson_val *value,
                       const struct place *place, struct money *out)
{
	const struct shape shape = SHAPE(struct money,
		{ .name = "amount", .type = FIELD_INT, .offset = offsetof(struct money, minor),
		  .required = true, .has_least = true, .least = field->has_least ? field->least : 0,
		  .has_most = field->has_most, .most = field->most },
		TEXT(struct money, currency, "", .required = true));
	const struct place currency = { .up = place, .name = "currency" };

	if (!yyjson_is_obj(value))
		return refuse(reader, place, "must be an object such as {\"amount\": 255, \"currency\": "
		              "\"GBP\"}, its amount in pence or cents, not %s", kind_of(value));
	if (!read_struct(reader, &shape, value, place, out))
		return false;
	if (!is_currency(str_of(out->currency)))
		return refuse(reader, &currency, "must be the three capital letters of an ISO 4217 code "
		              "such as GBP, not %s",
		              quote(reader->arena, yyjson_obj_get(value, "currency")));
	return true;
}

/* ---- Nested structs and lists ---- */

static bool read_nest(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, void **out)
{
	*out = arena_alloc(reader->arena, field->item->size);
	return read_struct(reader, field->item, value, place, *out);
}

static bool read_items(struct reader *reader, const struct field *field, yyjson_val *array,
                       const struct place *place, void *items)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	struct place item = { .up = place };
	yyjson_val *value;

	while ((value = yyjson_arr_iter_next(&iter))) {
		size_t index = item.index++;
		bool fine = field->type == FIELD_TEXTS ?
			read_text(reader, field, value, &item, (const char **)items + index) :
			read_struct(reader, field->item, value, &item,
			            (char *)items + index * field->item->size);
		if (!fine)
			return false;
	}
	return true;
}

static bool read_list(struct reader *reader, const struct field *field, yyjson_val *array,
                      const struct place *place, void *out, int64_t *count_out)
{
	size_t count = yyjson_arr_size(array);
	size_t size = field->type == FIELD_TEXTS ? sizeof(const char *) : field->item->size;

	if (!yyjson_is_arr(array))
		return refuse(reader, place, "must be an array, not %s", kind_of(array));
	bool one = field->has_least && (double)count < field->least ? field->least == 1 : field->most == 1;
	if (!in_bounds(reader, field, (double)count, "have", one ? " item" : " items", place))
		return false;
	if (count > LIST_ITEMS_MAX)
		return refuse(reader, place, "must have at most %d items, not %zu", LIST_ITEMS_MAX, count);
	void *items = arena_alloc(reader->arena, size * count);
	memcpy(out, &items, sizeof(items));
	*count_out = (int64_t)count;
	return read_items(reader, field, array, place, items);
}

/* ---- Structs ---- */

/* The members of a struct, typed by the macros that made the field. */
static void *member(void *out, size_t offset)
{
	return (char *)out + offset;
}

static bool read_value(struct reader *reader, const struct field *field, yyjson_val *value,
                       const struct place *place, void *out)
{
	void *at = member(out, field->offset);

	switch (field->type) {
	case FIELD_TEXT:  return read_bounded_text(reader, field, value, place, at);
	case FIELD_INT:   return read_int(reader, field, value, place, at);
	case FIELD_REAL:  return read_real(reader, field, value, place, at);
	case FIELD_BOOL:  return read_bool(reader, value, place, at);
	case FIELD_TIME:  return read_time(reader, field, value, place, at);
	case FIELD_MONEY: return read_money(reader, field, value, place, at);
	case FIELD_NEST:  return read_nest(reader, field, value, place, at);
	default:
		return read_list(reader, field, value, place, at, member(out, field->count_offset));
	}
}

static void fill_in(const struct field *field, void *out)
{
	void *at = member(out, field->offset);

	switch (field->type) {
	case FIELD_TEXT: *(const char **)at = field->standard_text; break;
	case FIELD_INT:
	case FIELD_TIME: *(int64_t *)at = (int64_t)field->standard; break;
	case FIELD_REAL: *(double *)at = field->standard; break;
	case FIELD_BOOL: *(bool *)at = field->standard != 0; break;
	default: break;
	}
}

static bool read_field(struct reader *reader, const struct field *field, yyjson_val *object,
                       const struct place *up, void *out)
{
	yyjson_val *value = yyjson_obj_get(object, field->name);
	const struct place place = { .up = up, .name = field->name };
	bool given = value && !yyjson_is_null(value);

	if (!given && field->required)
		return refuse(reader, &place, value ? "is required, so it must not be null" : "is required");
	if (given && !read_value(reader, field, value, &place, out))
		return false;
	if (!given && field->has_standard)
		fill_in(field, out);
	if (field->has_offset > 0)
		*(bool *)member(out, field->has_offset - 1) = given || field->has_standard;
	return true;
}

static bool refuse_name(struct reader *reader, const struct shape *shape, yyjson_val *key,
                        const struct place *place)
{
	struct arena *arena = reader->arena;
	const char *names = shape->fields[0].name ? names_of(arena, shape) : "none";

	reader->trouble = place ?
		arena_print(arena, "Unknown member %s in %s: its members are %s", quote(arena, key),
		            path_of(arena, place), names) :
		arena_print(arena, "Unknown argument %s: the arguments are %s", quote(arena, key), names);
	return false;
}

static bool knows_all(struct reader *reader, const struct shape *shape, yyjson_val *object,
                      const struct place *place)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter)))
		if (!shape_field(shape, (str) { yyjson_get_str(key), yyjson_get_len(key) }))
			return refuse_name(reader, shape, key, place);
	return true;
}

static bool read_struct(struct reader *reader, const struct shape *shape, yyjson_val *object,
                        const struct place *place, void *out)
{
	if (!yyjson_is_obj(object))
		return refuse(reader, place, "must be an object, not %s", kind_of(object));
	if (json_has_duplicate(object))
		return refuse(reader, place, "must not name a member twice");
	if (reader->strict && !knows_all(reader, shape, object, place))
		return false;
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++)
		if (!read_field(reader, field, object, place, out))
			return false;
	return true;
}

const char *shape_read(const struct shape *shape, yyjson_val *object, bool strict, void *out,
                       struct arena *arena)
{
	static const struct field none = { 0 };
	static const struct shape empty = { 0, &none };
	/* {} of two words: a type and a size of 0. */
	yyjson_val nothing = { .tag = YYJSON_TYPE_OBJ };
	struct reader reader = { .arena = arena, .strict = strict };

	if (shape)
		memset(out, 0, shape->size);
	read_struct(&reader, shape ? shape : &empty, object ? object : &nothing, NULL, out);
	return reader.trouble;
}
