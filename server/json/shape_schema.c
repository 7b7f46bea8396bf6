/* shape_schema.c - the JSON Schema (2020-12) of a shape.
 *
 * An input's says all that shape_read() checks. An output's says only what shape_write() keeps to:
 * types and what is always there; clients check answers against it, so a bound would turn data
 * that is merely unusual into a failed call. Clients check arguments too, before they send them, so
 * an input's says nothing that shape_read() does not want: a time has no format there, since a date
 * alone is fine and is no "date-time".
 *
 * Examples stand in the description: OpenAI's strict mode refuses a schema with `examples`. */
#include <assert.h>

#include "reader.h"

static void schema_of(struct json *json, const struct shape *shape, enum schema_use use,
                      bool headers, const char *about);

static void text_member(struct json *json, const char *key, const char *text)
{
	if (!text)
		return;
	json_key(json, key);
	json_text(json, text);
}

static void real_member(struct json *json, const char *key, double value)
{
	json_key(json, key);
	json_real(json, value);
}

static void bounds(struct json *json, const struct field *field, const char *least,
                   const char *most)
{
	if (field->has_least)
		real_member(json, least, field->least);
	if (field->has_most)
		real_member(json, most, field->most);
}

/* What a name reads like to a person: "ship_to" is "Ship to". */
static void title(struct json *json, const char *name)
{
	char *words = arena_copy(json->arena, str_of(name));

	for (char *at = words; *at; at++)
		if (*at == '_')
			*at = ' ';
	if (*words >= 'a' && *words <= 'z')
		*words = (char)(*words - 'a' + 'A');
	text_member(json, "title", words);
}

static void texts_member(struct json *json, const char *key, const char *const *texts)
{
	json_key(json, key);
	json_array(json);
	for (; *texts; texts++)
		json_text(json, *texts);
	json_array_end(json);
}

/* An output's choices are examples: what a newer program adds must not fail older clients. */
static void choices(struct json *json, const struct field *field, enum schema_use use)
{
	if (field->one_of)
		texts_member(json, use == SCHEMA_OUTPUT ? "examples" : "enum", field->one_of);
}

/* ---- By type ---- */

/* A form knows four formats (elicitation, "Supported Schema Types"). */
static const char *format_for(const struct field *field, enum schema_use use)
{
	static const char *const known[] = { "email", "uri", "date", "date-time", NULL };

	if (use != SCHEMA_FORM || !field->format)
		return field->format;
	for (const char *const *format = known; *format; format++)
		if (strcmp(*format, field->format) == 0)
			return *format;
	return NULL;
}

static void text_schema(struct json *json, const struct field *field, enum schema_use use)
{
	choices(json, field, use);
	if (use == SCHEMA_OUTPUT)
		return;
	text_member(json, "format", format_for(field, use));
	bounds(json, field, "minLength", "maxLength");
	if (field->has_standard)
		text_member(json, "default", field->standard_text);
}

static void number_schema(struct json *json, const struct field *field, enum schema_use use)
{
	if (use == SCHEMA_OUTPUT)
		return;
	bounds(json, field, "minimum", "maximum");
	if (field->has_standard)
		real_member(json, "default", field->standard);
}

static void bool_schema(struct json *json, const struct field *field, enum schema_use use)
{
	if (use == SCHEMA_OUTPUT || !field->has_standard)
		return;
	json_key(json, "default");
	json_bool(json, field->standard != 0);
}

static void time_schema(struct json *json, const struct field *field, enum schema_use use)
{
	char text[TIME_TEXT_SIZE];

	if (use == SCHEMA_INPUT)
		real_member(json, "maxLength", TIME_BYTES_MAX);
	else
		text_member(json, "format", "date-time");
	if (use == SCHEMA_OUTPUT || !field->has_standard)
		return;
	time_print((int64_t)field->standard, text);
	text_member(json, "default", text);
}

static void amount_schema(struct json *json, const struct field *field, enum schema_use use)
{
	json_key(json, "amount");
	json_object(json);
	text_member(json, "type", "integer");
	text_member(json, "description", "In the currency's minor unit, such as pence or cents");
	if (use == SCHEMA_INPUT) {
		real_member(json, "minimum", field->has_least ? field->least : 0);
		if (field->has_most)
			real_member(json, "maximum", field->most);
	}
	json_object_end(json);
}

static void money_schema(struct json *json, const struct field *field, enum schema_use use)
{
	json_key(json, "properties");
	json_object(json);
	amount_schema(json, field, use);
	json_key(json, "currency");
	json_object(json);
	text_member(json, "type", "string");
	text_member(json, "description", "ISO 4217 code, such as GBP");
	if (use == SCHEMA_INPUT)
		text_member(json, "pattern", "^[A-Z]{3}$");
	json_object_end(json);
	json_object_end(json);
	texts_member(json, "required", (const char *const[]) { "amount", "currency", NULL });
	if (use == SCHEMA_INPUT) {
		json_key(json, "additionalProperties");
		json_bool(json, false);
	}
}

static void list_schema(struct json *json, const struct field *field, enum schema_use use)
{
	json_key(json, "items");
	if (field->type == FIELD_LIST) {
		/* Nothing inside a list can travel in a header. */
		schema_of(json, field->item, use, false, NULL);
	} else {
		json_object(json);
		text_member(json, "type", field->type == FIELD_TEXTS ? "string" : "number");
		choices(json, field, use);
		json_object_end(json);
	}
	if (use != SCHEMA_OUTPUT)
		bounds(json, field, "minItems", "maxItems");
}

/* ---- Fields ---- */

const char *shape_about(struct arena *arena, const struct field *field)
{
	struct json about = json_begin(arena, 256);

	if (!field->about || !field->examples)
		return field->about;
	json_bytes(&about, str_of(field->about));
	for (const char *const *example = field->examples; *example; example++) {
		json_bytes(&about, example == field->examples ? STR(", such as ") : STR(" or "));
		about.comma = false;
		json_text(&about, *example);
	}
	json_bytes(&about, (str) { "", 1 });
	return json_end(&about).at;
}

static const char *type_of(enum field_type type)
{
	static const char *const types[] = {
		[FIELD_TEXT] = "string", [FIELD_INT] = "integer", [FIELD_REAL] = "number",
		[FIELD_BOOL] = "boolean", [FIELD_TIME] = "string", [FIELD_MONEY] = "object",
		[FIELD_LIST] = "array", [FIELD_TEXTS] = "array", [FIELD_REALS] = "array",
	};

	return types[type];
}

static void typed_schema(struct json *json, const struct field *field, enum schema_use use)
{
	switch (field->type) {
	case FIELD_TEXT:  text_schema(json, field, use); break;
	case FIELD_INT:
	case FIELD_REAL:  number_schema(json, field, use); break;
	case FIELD_BOOL:  bool_schema(json, field, use); break;
	case FIELD_TIME:  time_schema(json, field, use); break;
	case FIELD_MONEY: money_schema(json, field, use); break;
	case FIELD_LIST:
	case FIELD_REALS:
	case FIELD_TEXTS: list_schema(json, field, use); break;
	default: break;
	}
}

static void field_schema(struct json *json, const struct field *field, enum schema_use use,
                         bool headers)
{
	json_key(json, field->name);
	if (field->type == FIELD_NEST) {
		schema_of(json, field->item, use, headers, field->about);
		return;
	}
	json_object(json);
	text_member(json, "type", type_of(field->type));
	if (use == SCHEMA_FORM)
		title(json, field->name);
	text_member(json, "description", shape_about(json->arena, field));
	typed_schema(json, field, use);
	if (headers)
		text_member(json, "x-mcp-header", field->header);
	json_object_end(json);
}

/* An answer's lists always are, see shape_write(). */
static bool is_always_there(const struct field *field, enum schema_use use)
{
	bool list = field->type == FIELD_LIST || field->type == FIELD_TEXTS || field->type == FIELD_REALS;

	return field->required || (list && use == SCHEMA_OUTPUT);
}

static void required_of(struct json *json, const struct shape *shape, enum schema_use use)
{
	bool any = false;

	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		if (!is_always_there(field, use))
			continue;
		if (!any) {
			json_key(json, "required");
			json_array(json);
		}
		any = true;
		json_text(json, field->name);
	}
	if (any)
		json_array_end(json);
}

static void fields_of(struct json *json, const struct shape *shape, enum schema_use use,
                      bool headers)
{
	json_key(json, "properties");
	json_object(json);
	for (const struct field *field = shape->fields; field->type != FIELD_END; field++) {
		/* Elicitation, "Requested Schema": flat, of strings, numbers and booleans. */
		assert(use != SCHEMA_FORM || field->type <= FIELD_TIME);
		field_schema(json, field, use, headers);
	}
	json_object_end(json);
	required_of(json, shape, use);
}

static void schema_of(struct json *json, const struct shape *shape, enum schema_use use,
                      bool headers, const char *about)
{
	static const struct field none = { 0 };
	static const struct shape empty = { 0, &none };

	json_object(json);
	text_member(json, "type", "object");
	text_member(json, "description", about);
	fields_of(json, shape ? shape : &empty, use, headers);
	if (use == SCHEMA_INPUT) {
		json_key(json, "additionalProperties");
		json_bool(json, false);
	}
	json_object_end(json);
}

void shape_schema(struct json *json, const struct shape *shape, enum schema_use use, bool headers)
{
	schema_of(json, shape, use, headers, NULL);
}
