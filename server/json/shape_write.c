/* shape_write.c - a struct as JSON, by its shape. */
#include "json.h"

static const void *member(const void *in, size_t offset)
{
	return (const char *)in + offset;
}

static int64_t count_of(const struct field *field, const void *in)
{
	return *(const int64_t *)member(in, field->count_offset);
}

struct writer {
	struct json *json;
	enum schema_use use;
	const struct field *lacks;      /* the first that must be there and is not */
};

static void write_struct(struct writer *writer, const struct shape *shape, const void *in);

static void note_lack(struct writer *writer, const struct field *field)
{
	if (!writer->lacks)
		writer->lacks = field;
}

/* See "Absent" in shape.h. A time, or a list, that is required is never left out; nor is a list of an answer. */
static bool is_absent(const struct field *field, enum schema_use use, const void *in)
{
	const void *at = member(in, field->offset);

	if (field->has_offset > 0)
		return !*(const bool *)member(in, field->has_offset - 1);
	switch (field->type) {
	case FIELD_TEXT:  return !*(const char *const *)at;
	case FIELD_TIME:  return *(const int64_t *)at == 0 && !field->required;
	case FIELD_MONEY: return !((const struct money *)at)->currency;
	case FIELD_NEST:  return !*(const void *const *)at;
	case FIELD_LIST:
	case FIELD_REALS:
	case FIELD_TEXTS: return count_of(field, in) <= 0 && !field->required && use != SCHEMA_OUTPUT;
	default:          return false;
	}
}

/* It must be there, and is not. A time that is 0 is written all the same: whoever reads it back wants one. */
static bool is_lacking(const struct field *field, bool absent, const void *in)
{
	return field->required && (absent || (field->type == FIELD_TIME && *(const int64_t *)member(in, field->offset) == 0));
}

static void write_time(struct json *json, int64_t at_ms)
{
	char text[TIME_TEXT_SIZE];

	time_print(at_ms, text);
	json_text(json, text);
}

static void write_money(struct json *json, const struct money *money)
{
	json_object(json);
	json_key(json, "amount");
	json_int(json, money->minor);
	json_key(json, "currency");
	json_text(json, money->currency);
	json_object_end(json);
}

static void write_items(struct writer *writer, const struct field *field, const void *in)
{
	const char *items = *(const char *const *)member(in, field->offset);
	int64_t count = count_of(field, in);

	json_array(writer->json);
	if (!items && count > 0)
		note_lack(writer, field);
	for (int64_t i = 0; items && i < count; i++)
		write_struct(writer, field->item, items + (size_t)i * field->item->size);
	json_array_end(writer->json);
}

static void write_texts(struct writer *writer, const struct field *field, const void *in)
{
	const char *const *texts = *(const char *const *const *)member(in, field->offset);
	int64_t count = count_of(field, in);

	json_array(writer->json);
	if (!texts && count > 0)
		note_lack(writer, field);
	for (int64_t i = 0; texts && i < count; i++) {
		if (!texts[i])
			note_lack(writer, field);
		json_text(writer->json, texts[i]);
	}
	json_array_end(writer->json);
}

static void write_reals(struct writer *writer, const struct field *field, const void *in)
{
	const double *reals = *(const double *const *)member(in, field->offset);
	int64_t count = count_of(field, in);

	json_array(writer->json);
	if (!reals && count > 0)
		note_lack(writer, field);
	for (int64_t i = 0; reals && i < count; i++)
		json_real(writer->json, reals[i]);
	json_array_end(writer->json);
}

static void write_value(struct writer *writer, const struct field *field, const void *in)
{
	const void *at = member(in, field->offset);
	struct json *json = writer->json;

	switch (field->type) {
	case FIELD_TEXT:  json_text(json, *(const char *const *)at); break;
	case FIELD_INT:   json_int(json, *(const int64_t *)at); break;
	case FIELD_REAL:  json_real(json, *(const double *)at); break;
	case FIELD_BOOL:  json_bool(json, *(const bool *)at); break;
	case FIELD_TIME:  write_time(json, *(const int64_t *)at); break;
	case FIELD_MONEY: write_money(json, at); break;
	case FIELD_NEST:  write_struct(writer, field->item, *(const void *const *)at); break;
	case FIELD_LIST:  write_items(writer, field, in); break;
	case FIELD_TEXTS: write_texts(writer, field, in); break;
	case FIELD_REALS: write_reals(writer, field, in); break;
	case FIELD_END:   break;
	}
}

static void write_struct(struct writer *writer, const struct shape *shape, const void *in)
{
	json_object(writer->json);
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		bool absent = is_absent(field, writer->use, in);

		if (is_lacking(field, absent, in))
			note_lack(writer, field);
		if (absent)
			continue;
		json_key(writer->json, field->name);
		write_value(writer, field, in);
	}
	json_object_end(writer->json);
}

const struct field *shape_write(struct json *json, const struct shape *shape, const void *in)
{
	struct writer writer = { .json = json, .use = SCHEMA_OUTPUT };

	write_struct(&writer, shape, in);
	return writer.lacks;
}

void shape_write_input(struct json *json, const struct shape *shape, const void *in)
{
	struct writer writer = { .json = json, .use = SCHEMA_INPUT };

	write_struct(&writer, shape, in);
}
