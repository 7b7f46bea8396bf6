/* validation.c - the validation vocabulary: types, choices, lengths and counts (numbers: see
 * validation_numbers.c; minContains and maxContains: see items.c). */
#include <inttypes.h>

#include "schema_private.h"

/* ---- type ---- */

static const char *const type_names[] = {
	"null", "boolean", "object", "array", "number", "string", "integer", NULL
};
static const char *const type_texts[] = {
	"null", "true or false", "an object", "an array", "a number", "a string", "a whole number"
};

enum { TYPE_NULL, TYPE_BOOLEAN, TYPE_OBJECT, TYPE_ARRAY, TYPE_NUMBER, TYPE_STRING, TYPE_INTEGER };

static int type_of(yyjson_val *value)
{
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_NULL: return TYPE_NULL;
	case YYJSON_TYPE_BOOL: return TYPE_BOOLEAN;
	case YYJSON_TYPE_OBJ:  return TYPE_OBJECT;
	case YYJSON_TYPE_ARR:  return TYPE_ARRAY;
	case YYJSON_TYPE_STR:  return TYPE_STRING;
	default:               return TYPE_NUMBER;
	}
}

static const char *types_words(struct arena *arena, uint64_t types)
{
	struct json out = json_begin(arena, 128);

	for (int i = 0; type_names[i]; i++) {
		if (!(types >> i & 1))
			continue;
		types &= ~(UINT64_C(1) << i);
		json_bytes(&out, out.size == 0 ? STR("") : types ? STR(", ") : STR(" or "));
		json_bytes(&out, str_of(type_texts[i]));
	}
	json_bytes(&out, (str) { "", 1 });
	return json_end(&out).at;
}

static bool check_type(struct check *check, const struct rule *rule, yyjson_val *value)
{
	int type = type_of(value);
	bool whole = rule->limit >> TYPE_INTEGER & 1 && type == TYPE_NUMBER;

	if (rule->limit >> type & 1 || (whole && number_is_integer(value)))
		return true;
	if (check->quiet)
		return false;
	return check_refuse(check, "must be %s, not %s", types_words(check->arena, rule->limit),
	                    whole ? words_of_came(check, value) : json_kind(value));
}

static bool add_type(struct rule *rule, yyjson_val *name)
{
	for (int i = 0; type_names[i]; i++) {
		if (yyjson_equals_str(name, type_names[i])) {
			rule->limit |= UINT64_C(1) << i;
			return true;
		}
	}
	return false;
}

static bool read_type(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = yyjson_obj_get(schema->value, "type"), *name;
	yyjson_arr_iter iter = yyjson_arr_iter_with(value);

	if (!value)
		return true;
	struct rule *rule = schema_add_rule(reader, schema, check_type, value);
	bool fine = yyjson_is_arr(value) ? yyjson_arr_size(value) > 0 : add_type(rule, value);
	while (fine && (name = yyjson_arr_iter_next(&iter)))
		fine = add_type(rule, name);
	return fine || schema_complain(reader, schema, "type must be one or a list of null, "
	                               "boolean, object, array, number, string and integer");
}

/* ---- enum, const ---- */

static bool check_enum(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(rule->value);
	yyjson_val *choice;

	if (!check_spend(check, yyjson_arr_size(rule->value) / 8))
		return false;
	while ((choice = yyjson_arr_iter_next(&iter)))
		if (value_same(check, choice, value))
			return true;
	if (check->quiet)
		return false;
	const char *choices = words_of_list(check->arena, rule->value);
	return check_refuse(check, "must be one of %s, not %s", choices,
	                    words_of_came(check, value));
}

static bool check_const(struct check *check, const struct rule *rule, yyjson_val *value)
{
	if (value_same(check, rule->value, value))
		return true;
	if (check->quiet)
		return false;
	const struct schema constant = { .value = rule->value };
	return check_refuse(check, "must be %s, not %s", words_of_schema(check->arena, &constant),
	                    words_of_came(check, value));
}

static bool read_choices(struct reader *reader, struct schema *schema)
{
	yyjson_val *list = schema_keyword(reader, schema, "enum", YYJSON_TYPE_ARR);
	yyjson_val *constant = yyjson_obj_get(schema->value, "const");

	if (list)
		schema_add_rule(reader, schema, check_enum, list);
	if (constant)
		schema_add_rule(reader, schema, check_const, constant);
	return !reader->trouble;
}

/* ---- Lengths and counts ---- */

static bool refuse_count(struct check *check, const struct rule *rule, const char *bound,
                         uint64_t count, const char *what)
{
	return check_refuse(check, "must have at %s %" PRIu64 " %s%s, not %" PRIu64, bound,
	                    rule->limit, what, plural(rule->limit), count);
}

static bool at_least(struct check *check, const struct rule *rule, uint64_t count, const char *what)
{
	return count >= rule->limit || refuse_count(check, rule, "least", count, what);
}

static bool at_most(struct check *check, const struct rule *rule, uint64_t count, const char *what)
{
	return count <= rule->limit || refuse_count(check, rule, "most", count, what);
}

static uint64_t length_of(struct check *check, yyjson_val *value)
{
	check_spend(check, yyjson_get_len(value) / 64);
	return utf8_length(text_of(value));
}

static bool check_min_length(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !yyjson_is_str(value) || at_least(check, rule, length_of(check, value), "character");
}

static bool check_max_length(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !yyjson_is_str(value) || at_most(check, rule, length_of(check, value), "character");
}

static bool check_min_items(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !yyjson_is_arr(value) || at_least(check, rule, yyjson_arr_size(value), "item");
}

static bool check_max_items(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !yyjson_is_arr(value) || at_most(check, rule, yyjson_arr_size(value), "item");
}

static bool check_min_members(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !yyjson_is_obj(value) || at_least(check, rule, yyjson_obj_size(value), "member");
}

static bool check_max_members(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !yyjson_is_obj(value) || at_most(check, rule, yyjson_obj_size(value), "member");
}

static bool read_counts(struct reader *reader, struct schema *schema)
{
	static const struct { const char *name; check_fn *check; } counts[] = {
		{ "minLength", check_min_length }, { "maxLength", check_max_length },
		{ "minItems", check_min_items }, { "maxItems", check_max_items },
		{ "minProperties", check_min_members }, { "maxProperties", check_max_members },
	};
	uint64_t count;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (schema_count(reader, schema, counts[i].name, &count))
			schema_add_rule(reader, schema, counts[i].check, NULL)->limit = count;
	return !reader->trouble;
}

/* ---- pattern ---- */

static bool check_pattern(struct check *check, const struct rule *rule, yyjson_val *value)
{
	if (!yyjson_is_str(value) || pattern_matches(check, rule->more, text_of(value)))
		return true;
	if (check->quiet)
		return false;
	return check_refuse(check, "must match the pattern %s, not %s", yyjson_get_str(rule->value),
	                    words_of_came(check, value));
}

static bool read_pattern(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = schema_keyword(reader, schema, "pattern", YYJSON_TYPE_STR);
	const char *why;

	if (!value)
		return !reader->trouble;
	struct rule *rule = schema_add_rule(reader, schema, check_pattern, value);
	rule->more = pattern_compile(reader->arena, text_of(value), &why);
	return rule->more ||
	       schema_complain(reader, schema, "pattern is no regular expression: %s", why);
}

/* ---- uniqueItems ---- */

static bool check_unique(struct check *check, const struct rule *rule, yyjson_val *value)
{
	size_t first, second;

	(void)rule;
	if (!yyjson_is_arr(value) || !value_find_same(check, value, &first, &second))
		return true;
	return check_refuse(check, "must not have an item twice: [%zu] and [%zu] are the same",
	                    first, second);
}

static bool read_unique(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = schema_keyword(reader, schema, "uniqueItems", YYJSON_TYPE_BOOL);

	if (yyjson_is_true(value))
		schema_add_rule(reader, schema, check_unique, value);
	return !reader->trouble;
}

/* ---- required, dependentRequired ---- */

/* The next of the names that is missing; NULL: there is none. */
static yyjson_val *next_missing(struct check *check, yyjson_arr_iter *names, yyjson_val *object)
{
	size_t steps = 1 + yyjson_obj_size(object) / 8;
	yyjson_val *name;

	while ((name = yyjson_arr_iter_next(names)))
		if (!check_spend(check, steps) ||
		    !yyjson_obj_getn(object, yyjson_get_str(name), yyjson_get_len(name)))
			return name;
	return NULL;
}

static yyjson_val *find_missing(struct check *check, yyjson_val *names, yyjson_val *object)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(names);

	return next_missing(check, &iter, object);
}

static bool check_required(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(rule->value);
	yyjson_val *missing;
	bool fine = true;

	if (!yyjson_is_obj(value))
		return true;
	while ((fine || check_goes_on(check)) && (missing = next_missing(check, &iter, value)))
		fine = !check->quiet &&
		       check_refuse_all(check, "%s is required", check_path_to(check, text_of(missing)));
	return fine;
}

static bool check_dependent_required(struct check *check, const struct rule *rule,
                                     yyjson_val *value)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(rule->value);
	yyjson_val *key, *missing = NULL;

	if (!yyjson_is_obj(value))
		return true;
	while (!missing && (key = yyjson_obj_iter_next(&iter)))
		if (!check_spend(check, 1 + yyjson_obj_size(value) / 8) ||
		    yyjson_obj_getn(value, yyjson_get_str(key), yyjson_get_len(key)))
			missing = find_missing(check, yyjson_obj_iter_get_val(key), value);
	if (!missing)
		return true;
	if (check->quiet)
		return false;
	return check_refuse_all(check, "%s is required where %s is given",
	                        check_path_to(check, text_of(missing)),
	                        check_path_to(check, text_of(key)));
}

static bool are_strings(yyjson_val *array)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	yyjson_val *item;

	while ((item = yyjson_arr_iter_next(&iter)))
		if (!yyjson_is_str(item))
			return false;
	return yyjson_is_arr(array);
}

static bool read_required(struct reader *reader, struct schema *schema)
{
	yyjson_val *names = yyjson_obj_get(schema->value, "required");

	if (!names)
		return true;
	schema_add_rule(reader, schema, check_required, names);
	return are_strings(names) ||
	       schema_complain(reader, schema, "required must be a list of strings");
}

static bool read_dependent_required(struct reader *reader, struct schema *schema)
{
	yyjson_val *map = schema_keyword(reader, schema, "dependentRequired", YYJSON_TYPE_OBJ);
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);
	yyjson_val *key;

	if (!map)
		return !reader->trouble;
	schema_add_rule(reader, schema, check_dependent_required, map);
	while ((key = yyjson_obj_iter_next(&iter)))
		if (!are_strings(yyjson_obj_iter_get_val(key)))
			return schema_complain(reader, schema,
			                       "dependentRequired must map to lists of strings");
	return true;
}

bool schema_read_validation(struct reader *reader, struct schema *schema)
{
	return read_type(reader, schema) && read_choices(reader, schema) &&
	       schema_read_number_bounds(reader, schema) && read_counts(reader, schema) &&
	       read_pattern(reader, schema) && read_unique(reader, schema) &&
	       read_required(reader, schema) && read_dependent_required(reader, schema);
}
