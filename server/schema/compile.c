/* compile.c - a schema made ready to check with: found, read, and refused where it is wrong. */
#include "schema_private.h"

bool schema_complain(struct reader *reader, const struct schema *schema, const char *format, ...)
{
	va_list list;

	if (reader->trouble)
		return false;
	va_start(list, format);
	const char *words = arena_print_list(reader->arena, format, list);
	va_end(list);
	str uri = schema->resource ? schema->resource->uri : STR("");
	reader->trouble = arena_print(reader->arena, "%s#%s: %s", str_quote(uri, QUOTE_MAX).text,
	                              schema->pointer, words);
	return false;
}

/* ---- What the readers of keywords use ---- */

struct rule *schema_add_rule(struct reader *reader, struct schema *schema, check_fn *check,
                             yyjson_val *value)
{
	struct rule *rule = arena_new(reader->arena, struct rule);

	rule->check = check;
	rule->value = value;
	*schema->rules_end = rule;
	schema->rules_end = &rule->next;
	return rule;
}

void rule_add_schemas(struct reader *reader, struct rule *rule, size_t count, bool in_place)
{
	rule->schemas = arena_array(reader->arena, const struct schema *, count);
	rule->count = count;
	rule->in_place = in_place;
}

static const char *type_words(yyjson_type type)
{
	switch (type) {
	case YYJSON_TYPE_OBJ:  return "an object";
	case YYJSON_TYPE_ARR:  return "an array";
	case YYJSON_TYPE_BOOL: return "true or false";
	default:               return "a string";
	}
}

yyjson_val *schema_keyword(struct reader *reader, const struct schema *schema, const char *name,
                           yyjson_type type)
{
	yyjson_val *value = yyjson_obj_get(schema->value, name);

	if (!value || yyjson_get_type(value) == type)
		return value;
	schema_complain(reader, schema, "%s must be %s", name, type_words(type));
	return NULL;
}

static bool count_of(yyjson_val *value, uint64_t *count)
{
	double real = number_roughly(value);

	if (!number_is_integer(value) || real < 0)
		return false;
	*count = yyjson_is_uint(value) ? yyjson_get_uint(value) :
	         real < 0x1p64 ? (uint64_t)real : UINT64_MAX;
	return true;
}

bool schema_count(struct reader *reader, const struct schema *schema, const char *name,
                  uint64_t *count)
{
	yyjson_val *value = yyjson_obj_get(schema->value, name);

	if (!value)
		return false;
	if (count_of(value, count))
		return true;
	return schema_complain(reader, schema, "%s must be a whole number, at least 0", name);
}

const struct schema *schema_inner(struct reader *reader, const struct schema *schema,
                                  const char *name)
{
	return schema_of(reader, yyjson_obj_get(schema->value, name));
}

/* ---- All of it ---- */

/* References may lead to documents and places not seen yet, so there can be more while we read. */
static bool read_all(struct reader *reader)
{
	while (reader->unread) {
		struct schema *schema = reader->unread;
		reader->unread = schema->next;
		if (!schema_read(reader, schema))
			return false;
	}
	return true;
}

struct json_schema *json_schema_compile(struct arena *arena, yyjson_val *value, const char **why)
{
	struct reader reader = { .arena = arena };
	struct json_schema *compiled = arena_new(arena, struct json_schema);

	compiled->root = schema_index(&reader, value, STR(""), NULL, "");
	if (!compiled->root || !read_all(&reader) || !schema_check_loops(&reader)) {
		*why = reader.trouble;
		return NULL;
	}
	return compiled;
}
