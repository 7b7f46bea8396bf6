/* applicator.c - the applicator vocabulary: schemas that apply others (for those that do so to
 * members see members.c, to items items.c). */
#include "schema_private.h"

#define EXPLAINED_MAX 4                 /* of the schemas none of which fits */
#define EXPLAINED_LEVELS 2              /* of such within such */
#define CHOICES_BYTES_MAX 400

static bool check_all(struct check *check, const struct rule *rule, yyjson_val *value)
{
	for (size_t i = 0; i < rule->count; i++)
		if (!check_fits(check, rule->schemas[i], value))
			return false;
	return true;
}

/* ---- None fits ---- */

/* `const` after `const` is an enumeration. */
static bool are_constants(const struct rule *rule)
{
	for (size_t i = 0; i < rule->count; i++)
		if (!yyjson_obj_get(rule->schemas[i]->value, "const"))
			return false;
	return true;
}

static bool refuse_constants(struct check *check, const struct rule *rule, yyjson_val *value)
{
	struct json out = json_begin(check->arena, 128);

	for (size_t i = 0; i < rule->count && out.size < CHOICES_BYTES_MAX; i++) {
		if (i > 0)
			json_bytes(&out, STR(", "));
		yyjson_val *choice = yyjson_obj_get(rule->schemas[i]->value, "const");
		json_bytes(&out, str_of(words_of_value(check->arena, choice)));
	}
	json_bytes(&out, (str) { "", 1 });
	return check_refuse(check, "must be one of %s, not %s", json_end(&out).at,
	                    words_of_came(check, value));
}

/* Says of each of the first why it does not fit, running it once more for its words. */
static bool explain(struct check *check, const struct rule *rule, yyjson_val *value,
                    struct json *out)
{
	for (size_t i = 0; i < rule->count && i < EXPLAINED_MAX; i++) {
		if (check_fits(check, rule->schemas[i], value) || check->gave_up)
			return false;
		const char *words = arena_print(check->arena, "%s(%zu) %s", i > 0 ? "; " : ": ",
		                                i + 1, check->trouble);
		json_bytes(out, str_of(words));
	}
	json_bytes(out, rule->count > EXPLAINED_MAX ? STR("; …") : STR(""));
	return true;
}

static bool refuse_none(struct check *check, const struct rule *rule, yyjson_val *value)
{
	struct json out = json_begin(check->arena, 256);

	if (check->quiet)
		return false;
	if (are_constants(rule))
		return refuse_constants(check, rule, value);
	if (check->explaining < EXPLAINED_LEVELS) {
		check->explaining++;
		bool explained = explain(check, rule, value, &out);
		check->explaining--;
		if (!explained)
			return false;
	}
	json_bytes(&out, (str) { "", 1 });
	return check_refuse(check, "must fit one of %zu form%s, and fits none%s", rule->count,
	                    plural(rule->count), json_end(&out).at);
}

/* ---- anyOf, oneOf, not ---- */

/* All are tried where others ask what was evaluated. */
static bool check_any(struct check *check, const struct rule *rule, yyjson_val *value)
{
	bool any = false;

	for (size_t i = 0; i < rule->count && (!any || check->collects); i++)
		any |= check_fits_quietly(check, rule->schemas[i], value);
	return any || refuse_none(check, rule, value);
}

static bool check_one(struct check *check, const struct rule *rule, yyjson_val *value)
{
	size_t count = 0, which[2] = { 0 };

	for (size_t i = 0; i < rule->count && count < 2; i++)
		if (check_fits_quietly(check, rule->schemas[i], value))
			which[count++] = i + 1;
	if (count == 0)
		return refuse_none(check, rule, value);
	if (count == 1)
		return true;
	return check_refuse(check, "must fit exactly one of %zu forms, but fits number %zu and %zu",
	                    rule->count, which[0], which[1]);
}

static bool check_not(struct check *check, const struct rule *rule, yyjson_val *value)
{
	bool fine = check_fits_quietly(check, rule->schemas[0], value);

	if (!fine || check->quiet)
		return !fine;
	return check_refuse(check, "must not fit %s",
	                    words_of_schema(check->arena, rule->schemas[0]));
}

/* ---- if, then, else ---- */

static bool check_if(struct check *check, const struct rule *rule, yyjson_val *value)
{
	if (!rule->schemas[1] && !rule->schemas[2] && !check->collects)
		return true;
	bool fine = check_fits_quietly(check, rule->schemas[0], value);
	const struct schema *next = rule->schemas[fine ? 1 : 2];
	return !next || check_fits(check, next, value);
}

static void read_if(struct reader *reader, struct schema *schema)
{
	const struct schema *test = schema_inner(reader, schema, "if");

	if (!test)
		return;
	struct rule *rule = schema_add_rule(reader, schema, check_if, test->value);
	rule_add_schemas(reader, rule, 3, true);
	rule->schemas[0] = test;
	rule->schemas[1] = schema_inner(reader, schema, "then");
	rule->schemas[2] = schema_inner(reader, schema, "else");
}

/* ---- dependentSchemas ---- */

static bool check_dependent(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(rule->value);
	yyjson_val *key;

	if (!yyjson_is_obj(value))
		return true;
	for (size_t i = 0; (key = yyjson_obj_iter_next(&iter)); i++) {
		if (!check_spend(check, 1 + yyjson_obj_size(value) / 8))
			return false;
		if (yyjson_obj_getn(value, yyjson_get_str(key), yyjson_get_len(key)) &&
		    !check_fits(check, rule->schemas[i], value))
			return false;
	}
	return true;
}

static void read_dependent(struct reader *reader, struct schema *schema)
{
	yyjson_val *map = yyjson_obj_get(schema->value, "dependentSchemas"), *key;
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);

	if (!map)
		return;
	struct rule *rule = schema_add_rule(reader, schema, check_dependent, map);
	rule_add_schemas(reader, rule, yyjson_obj_size(map), true);
	for (size_t i = 0; (key = yyjson_obj_iter_next(&iter)); i++)
		rule->schemas[i] = schema_of(reader, yyjson_obj_iter_get_val(key));
}

/* ---- All ---- */

static void read_list(struct reader *reader, struct schema *schema, const char *name,
                      check_fn *check)
{
	yyjson_val *list = yyjson_obj_get(schema->value, name), *item;
	yyjson_arr_iter iter = yyjson_arr_iter_with(list);

	if (!list)
		return;
	struct rule *rule = schema_add_rule(reader, schema, check, list);
	rule_add_schemas(reader, rule, yyjson_arr_size(list), true);
	for (size_t i = 0; (item = yyjson_arr_iter_next(&iter)); i++)
		rule->schemas[i] = schema_of(reader, item);
}

static void read_not(struct reader *reader, struct schema *schema)
{
	const struct schema *inner = schema_inner(reader, schema, "not");

	if (!inner)
		return;
	struct rule *rule = schema_add_rule(reader, schema, check_not, inner->value);
	rule_add_schemas(reader, rule, 1, true);
	rule->schemas[0] = inner;
}

bool schema_read_applicator(struct reader *reader, struct schema *schema)
{
	if (!schema_read_members(reader, schema) || !schema_read_items(reader, schema))
		return false;
	read_list(reader, schema, "allOf", check_all);
	read_list(reader, schema, "anyOf", check_any);
	read_list(reader, schema, "oneOf", check_one);
	read_not(reader, schema);
	read_if(reader, schema);
	read_dependent(reader, schema);
	return true;
}
