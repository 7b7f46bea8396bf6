/* core.c - the core vocabulary: $ref and $dynamicRef. The others of it are read by the index. */
#include "schema_private.h"

static bool check_ref(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return fits(check, rule->schemas[0], value);
}

/* The outermost of the resources we came through that has the anchor says what is meant. */
static bool check_dynamic_ref(struct check *check, const struct rule *rule, yyjson_val *value)
{
	const struct anchor *initial = rule->more;
	const struct schema *schema = initial->schema;
	size_t steps = 0;

	for (const struct scope *scope = check->scope; scope; scope = scope->up, steps++) {
		const struct anchor *anchor = find_anchor(scope->resource, initial->name, true);
		if (anchor)
			schema = anchor->schema;
	}
	return spend(check, steps) && fits(check, schema, value);
}

static bool read_ref(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = keyword(reader, schema, "$ref", YYJSON_TYPE_STR);
	str fragment;

	if (!value)
		return !reader->trouble;
	struct rule *rule = add_rule(reader, schema, check_ref, value);
	add_schemas(reader, rule, 1, true);
	return (rule->schemas[0] = resolve(reader, schema, text_of(value), &fragment)) != NULL;
}

static bool read_dynamic_ref(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = keyword(reader, schema, "$dynamicRef", YYJSON_TYPE_STR);
	str fragment;

	if (!value)
		return !reader->trouble;
	const struct schema *target = resolve(reader, schema, text_of(value), &fragment);
	if (!target)
		return false;
	const struct anchor *anchor = find_anchor(target->resource, fragment, true);
	bool dynamic = anchor && anchor->schema == target;
	check_fn *check = dynamic ? check_dynamic_ref : check_ref;
	struct rule *rule = add_rule(reader, schema, check, value);
	add_schemas(reader, rule, 1, true);
	rule->schemas[0] = target;
	rule->more = anchor;
	return true;
}

bool read_core(struct reader *reader, struct schema *schema)
{
	return read_ref(reader, schema) && read_dynamic_ref(reader, schema);
}
