/* shape_read.c - a struct from a JSON object, checked against its shape. */
#include "reader.h"

#define LIST_ITEMS_MAX 100000   /* whatever the shape allows: what `[{},{},…]` may cost */

static bool read_struct(struct reader *reader, const struct shape *shape, yyjson_val *object,
                        const struct place *place, void *out);

/* ---- Money, nested structs and lists ---- */

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
	const struct field fields[] = {
		{ .name = "amount", .type = FIELD_INT, .offset = offsetof(struct money, minor),
		  .required = true, .has_least = true, .least = field->has_least ? field->least : 0,
		  .has_most = field->has_most, .most = field->most },
		TEXT(struct money, currency, "", .required = true), { 0 }
	};
	const struct shape shape = { sizeof(struct money), fields };
	const struct place currency = { .up = place, .name = "currency" };

	if (!yyjson_is_obj(value))
		return reader_refuse(reader, place, "must be an object such as {\"amount\": 255,"
		                     " \"currency\": \"GBP\"}, its amount in pence or cents, not"
		                     " %s", json_kind(value));
	if (!read_struct(reader, &shape, value, place, out))
		return false;
	if (!is_currency(str_of(out->currency)))
		return reader_refuse(reader, &currency, "must be the three capital letters of an"
		                     " ISO 4217 code such as GBP, not %s",
		                     reader_quote(reader->arena, str_of(out->currency)));
	return true;
}

static bool read_nest(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, void **out)
{
	*out = arena_alloc(reader->arena, field->item->size);
	return read_struct(reader, field->item, value, place, *out);
}

static size_t size_of_item(const struct field *field)
{
	switch (field->type) {
	case FIELD_TEXTS: return sizeof(const char *);
	case FIELD_REALS: return sizeof(double);
	default:          return field->item->size;
	}
}

static bool read_item(struct reader *reader, const struct field *field, yyjson_val *value,
                      const struct place *place, void *out)
{
	switch (field->type) {
	case FIELD_TEXTS: return reader_text(reader, field, value, place, out);
	case FIELD_REALS: return reader_any_real(reader, value, place, out);
	default:          return read_struct(reader, field->item, value, place, out);
	}
}

static bool read_items(struct reader *reader, const struct field *field, yyjson_val *array,
                       const struct place *place, void *items)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	struct place item = { .up = place };
	yyjson_val *value;
	bool fine = true;

	while ((fine || reader_goes_on(reader)) && (value = yyjson_arr_iter_next(&iter))) {
		size_t index = item.index++;
		fine &= read_item(reader, field, value, &item, (char *)items + index * size_of_item(field));
	}
	return fine;
}

static bool read_list(struct reader *reader, const struct field *field, yyjson_val *array,
                      const struct place *place, void *out, int64_t *count_out)
{
	size_t count = yyjson_arr_size(array);

	if (!yyjson_is_arr(array))
		return reader_refuse(reader, place, "must be an array, not %s", json_kind(array));
	if (!reader_length(reader, field, count, "item", place))
		return false;
	if (count > LIST_ITEMS_MAX)
		return reader_refuse(reader, place, "must have at most %d items, not %zu",
		                     LIST_ITEMS_MAX, count);
	void *items = arena_alloc(reader->arena, size_of_item(field) * count);
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
	case FIELD_TEXT:  return reader_bounded_text(reader, field, value, place, at);
	case FIELD_INT:   return reader_int(reader, field, value, place, at);
	case FIELD_REAL:  return reader_real(reader, field, value, place, at);
	case FIELD_BOOL:  return reader_bool(reader, value, place, at);
	case FIELD_TIME:  return reader_time(reader, field, value, place, at);
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
		return reader_refuse(reader, &place, "is required%s",
		                     value ? ", so it must not be null" : "");
	if (given && !read_value(reader, field, value, &place, out))
		return false;
	if (!given && field->has_standard)
		fill_in(field, out);
	if (field->has_offset > 0)
		*(bool *)member(out, field->has_offset - 1) = given || field->has_standard;
	return true;
}

/* `known`: what there is, for the first; those after it go without. */
static bool refuse_name(struct reader *reader, const char *known, yyjson_val *key,
                        const struct place *place)
{
	struct arena *arena = reader->arena;
	const char *name = reader_quote(arena, (str) { yyjson_get_str(key), yyjson_get_len(key) });

	refusals_add(&reader->refusals, place ?
	             arena_print(arena, "Unknown member %s in %s%s%s", name, reader_path(arena, place),
	                         known ? ": its members are " : "", known ? known : "") :
	             arena_print(arena, "Unknown argument %s%s%s", name,
	                         known ? ": the arguments are " : "", known ? known : ""));
	return false;
}

static bool knows_all(struct reader *reader, const struct shape *shape, yyjson_val *object,
                      const struct place *place)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *key;
	bool fine = true;

	while ((fine || reader_goes_on(reader)) && (key = yyjson_obj_iter_next(&iter)))
		if (!shape_field(shape, (str) { yyjson_get_str(key), yyjson_get_len(key) }))
			fine = refuse_name(reader, fine ? reader_names(reader->arena, shape) : NULL, key, place);
	return fine;
}

static bool read_struct(struct reader *reader, const struct shape *shape, yyjson_val *object,
                        const struct place *place, void *out)
{
	if (!yyjson_is_obj(object))
		return reader_refuse(reader, place, "must be an object, not %s",
		                     json_kind(object));
	if (json_duplicate(object))
		return reader_refuse(reader, place, "must not name a member twice");
	bool fine = !(reader->how & SHAPE_STRICT) || knows_all(reader, shape, object, place);
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++)
		if (fine || reader_goes_on(reader))
			fine &= read_field(reader, field, object, place, out);
	return fine;
}

const char *shape_read(const struct shape *shape, yyjson_val *object, unsigned how, void *out,
                       struct arena *arena)
{
	static const struct field none = { 0 };
	static const struct shape empty = { 0, &none };
	/* {} of two words: a type and a size of 0. */
	yyjson_val nothing = { .tag = YYJSON_TYPE_OBJ };
	struct reader reader = { .arena = arena, .how = how };

	if (shape)
		memset(out, 0, shape->size);
	read_struct(&reader, shape ? shape : &empty, object ? object : &nothing, NULL, out);
	return refusals_told(&reader.refusals, arena);
}
