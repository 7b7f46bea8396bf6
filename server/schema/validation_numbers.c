/* validation_numbers.c - the validation vocabulary's keywords for numbers. */
#include "schema_private.h"

static bool refuse_number(struct check *check, const struct rule *rule, yyjson_val *value,
                          const char *what)
{
	if (check->quiet)
		return false;
	return refuse(check, "must be %s %s, not %s", what, value_words(check->arena, rule->value),
	              value_words(check->arena, value));
}

static bool check_minimum(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !is_number(value) || compare_numbers(value, rule->value) >= 0 ||
	       refuse_number(check, rule, value, "at least");
}

static bool check_maximum(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !is_number(value) || compare_numbers(value, rule->value) <= 0 ||
	       refuse_number(check, rule, value, "at most");
}

static bool check_above(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !is_number(value) || compare_numbers(value, rule->value) > 0 ||
	       refuse_number(check, rule, value, "more than");
}

static bool check_below(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !is_number(value) || compare_numbers(value, rule->value) < 0 ||
	       refuse_number(check, rule, value, "less than");
}

static bool check_multiple(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !is_number(value) || is_multiple(value, rule->more) ||
	       refuse_number(check, rule, value, "a multiple of");
}

static bool read_multiple(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = yyjson_obj_get(schema->value, "multipleOf");

	if (!value)
		return true;
	struct divisor *divisor = arena_new(reader->arena, struct divisor);
	if (!is_number(value) || !divisor_read(value, divisor))
		return complain(reader, schema,
		                "multipleOf must be a number above 0 of at most 19 digits");
	add_rule(reader, schema, check_multiple, value)->more = divisor;
	return true;
}

bool read_number_bounds(struct reader *reader, struct schema *schema)
{
	static const struct { const char *name; check_fn *check; } bounds[] = {
		{ "minimum", check_minimum }, { "maximum", check_maximum },
		{ "exclusiveMinimum", check_above }, { "exclusiveMaximum", check_below },
	};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		yyjson_val *value = yyjson_obj_get(schema->value, bounds[i].name);
		if (value && !is_number(value))
			return complain(reader, schema, "%s must be a number", bounds[i].name);
		if (value)
			add_rule(reader, schema, bounds[i].check, value);
	}
	return read_multiple(reader, schema);
}
