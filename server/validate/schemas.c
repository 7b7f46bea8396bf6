/* schemas.c - shapes, and JSON Schema that is written by hand. */
#include "json.h"
#include "json_schema.h"
#include "validate_private.h"

static void field_wrong(void *of, const struct field *field, const char *what)
{
	struct checking *at = of;

	complain(at, ".%s, field \"%s\": %s", at->shape, field->name, what);
}

void validate_shape(struct checking *at, const char *member, const struct shape *shape)
{
	at->shape = member;
	shape_check(shape, field_wrong, at);
}

#define A_SCHEMA "{\"type\":\"object\",\"properties\":{}}"

/* An OpenAI client refuses an object without properties. */
static void check_root(struct checking *at, const char *member, yyjson_val *schema, bool object)
{
	bool is_object = str_is(json_member(schema, "type"), "object");

	if (object && !is_object)
		complain(at, ".%s has no \"type\":\"object\" at its root: write " A_SCHEMA, member);
	if (is_object && !yyjson_is_obj(yyjson_obj_get(schema, "properties")))
		complain(at, ".%s has no \"properties\" at its root, which some clients want: write " A_SCHEMA, member);
}

void validate_schema(struct checking *at, const char *member, const char *text, bool object)
{
	yyjson_val *schema = validate_json(at, member, text, A_SCHEMA);
	const char *why;

	if (!schema)
		return;
	if (!yyjson_is_obj(schema))
		complain(at, ".%s is no object: write " A_SCHEMA, member);
	else if (!json_schema_compile(at->arena, schema, &why))
		complain(at, ".%s is no JSON Schema (2020-12): %s", member, why);
	else
		check_root(at, member, schema, object);
}

void validate_texts(struct checking *at, const struct shape *in, const char *what)
{
	for (const struct field *field = in ? in->fields : NULL; field && field->type != FIELD_END; field++)
		if (field->type != FIELD_TEXT && field->type != FIELD_INT)
			complain(at, ".in, field \"%s\": %s are texts or whole numbers: declare it with TEXT or INT",
			         field->name, what);
}
