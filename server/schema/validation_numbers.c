/* validation_numbers.c - the validation vocabulary's keywords for numbers. */
#include "schema_private.h"

#define DIGITS_STEPS 24                 /* what finding the digits of a double costs */

static bool refuse_number(struct check *check, const struct rule *rule, yyjson_val *value,
                          const char *what)
{
	if (check->quiet)
		return false;
	const char *bound = words_of_value(check->arena, rule->value);
	return check_refuse(check, "must be %s %s, not %s", what, bound,
	                    words_of_came(check, value));
}

static bool check_minimum(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !number_is_any(value) || number_compare(value, rule->value) >= 0 ||
	       refuse_number(check, rule, value, "at least");
}

static bool check_maximum(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !number_is_any(value) || number_compare(value, rule->value) <= 0 ||
	       refuse_number(check, rule, value, "at most");
}

static bool check_above(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !number_is_any(value) || number_compare(value, rule->value) > 0 ||
	       refuse_number(check, rule, value, "more than");
}

static bool check_below(struct check *check, const struct rule *rule, yyjson_val *value)
{
	return !number_is_any(value) || number_compare(value, rule->value) < 0 ||
	       refuse_number(check, rule, value, "less than");
}

static bool check_multiple(struct check *check, const struct rule *rule, yyjson_val *value)
{
	if (!number_is_any(value) || (yyjson_is_real(value) && !check_spend(check, DIGITS_STEPS)))
		return true;
	return divisor_divides(value, rule->more) ||
	       refuse_number(check, rule, value, "a multiple of");
}

static bool read_multiple(struct reader *reader, struct schema *schema)
{
	yyjson_val *value = yyjson_obj_get(schema->value, "multipleOf");

	if (!value)
		return true;
	struct divisor *divisor = arena_new(reader->arena, struct divisor);
	if (!number_is_any(value) || !divisor_read(value, divisor))
		return schema_complain(reader, schema,
		                       "multipleOf must be a number above 0 of at most 19 digits");
	schema_add_rule(reader, schema, check_multiple, value)->more = divisor;
	return true;
}

bool schema_read_number_bounds(struct reader *reader, struct schema *schema)
{
	static const struct { const char *name; check_fn *check; } bounds[] = {
		{ "minimum", check_minimum }, { "maximum", check_maximum },
		{ "exclusiveMinimum", check_above }, { "exclusiveMaximum", check_below },
	};

	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		yyjson_val *value = yyjson_obj_get(schema->value, bounds[i].name);
		if (value && !number_is_any(value))
			return schema_complain(reader, schema, "%s must be a number",
			                       bounds[i].name);
		if (value)
			schema_add_rule(reader, schema, bounds[i].check, value);
	}
	return read_multiple(reader, schema);
}
