/* core.c - the core vocabulary: $ref and $dynamicRef. The others of it are read by the index. */
#include "schema_private.h"

static bool check_ref(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return check_fits(check, rule->schemas[0], value);
}

/* The outermost of the resources we came through that has the anchor says what is meant. */
static bool check_dynamic_ref(struct check *check, const struct rule *rule, yyjson_val *value)
{
	const struct anchor *initial = rule->more;
	const struct schema *schema = initial->schema;
	size_t steps = 0;

	for (const struct scope *scope = check->scope; scope; scope = scope->up, steps++) {
		const struct anchor *anchor = resource_anchor(scope->resource, initial->name, true);
		if (anchor)
			schema = anchor->schema;
	}
	return check_spend(check, steps) && check_fits(check, schema, value);
}

static bool read_ref(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = schema_keyword(reader, schema, "$ref", YYJSON_TYPE_STR);
	str fragment;

	if (!value)
		return !reader->trouble;
	struct rule *rule = schema_add_rule(reader, schema, check_ref, value);
	rule_add_schemas(reader, rule, 1, true);
	rule->schemas[0] = schema_resolve(reader, schema, text_of(value), &fragment);
	return rule->schemas[0];
}

static bool read_dynamic_ref(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = schema_keyword(reader, schema, "$dynamicRef", YYJSON_TYPE_STR);
	str fragment;

	if (!value)
		return !reader->trouble;
	const struct schema *target = schema_resolve(reader, schema, text_of(value), &fragment);
	if (!target)
		return false;
	const struct anchor *anchor = resource_anchor(target->resource, fragment, true);
	bool dynamic = anchor && anchor->schema == target;
	check_fn *check = dynamic ? check_dynamic_ref : check_ref;
	struct rule *rule = schema_add_rule(reader, schema, check, value);
	rule_add_schemas(reader, rule, 1, true);
	rule->schemas[0] = target;
	rule->more = anchor;
	return true;
}

bool schema_read_core(struct reader *reader, struct schema *schema)
{
	return read_ref(reader, schema) && read_dynamic_ref(reader, schema);
}
