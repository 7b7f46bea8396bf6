/* items.c - the applicator vocabulary's keywords for the items of arrays. */
#include <inttypes.h>

#include "schema_private.h"

/* ---- prefixItems, items ---- */

/* The last of the rule's schemas is that of the items behind the first ones; NULL: any. */
static bool check_items(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(value);
	size_t prefix = rule->count - 1;
	const struct schema *rest = rule->schemas[prefix];
	yyjson_val *item;
	bool fine = true;

	if (!yyjson_is_arr(value))
		return true;
	if (rest && rest->verdict == VERDICT_NEVER && yyjson_arr_size(value) > prefix)
		return check_refuse(check, "must have at most %zu item%s, not %zu", prefix,
		                    plural(prefix), yyjson_arr_size(value));
	for (size_t i = 0; (item = yyjson_arr_iter_next(&iter)) && (i < prefix || rest); i++) {
		const struct place place = { .kind = PLACE_ITEM, .index = i };
		fine &= check_part(check, i < prefix ? rule->schemas[i] : rest, place, item);
		if (!fine && !check_goes_on(check))
			return false;
		if (i < prefix)
			check_mark(check, i);
	}
	if (rest)
		check_mark(check, MARK_ALL);
	return fine;
}

static void read_places(struct reader *reader, struct schema *schema)
{
	yyjson_val *prefix = yyjson_obj_get(schema->value, "prefixItems"), *item;
	const struct schema *rest = schema_inner(reader, schema, "items");
	yyjson_arr_iter iter = yyjson_arr_iter_with(prefix);
	size_t i = 0;

	if (!prefix && !rest)
		return;
	struct rule *rule = schema_add_rule(reader, schema, check_items, prefix);
	rule_add_schemas(reader, rule, yyjson_arr_size(prefix) + 1, false);
	while ((item = yyjson_arr_iter_next(&iter)))
		rule->schemas[i++] = schema_of(reader, item);
	rule->schemas[i] = rest;
}

/* ---- contains ---- */

struct contains {
	uint64_t least, most;
};

/* What fits is counted as far as somebody asks. */
static uint64_t count_fitting(struct check *check, const struct rule *rule, yyjson_val *array)
{
	const struct contains *contains = rule->more;
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	yyjson_val *item;
	uint64_t count = 0;

	for (size_t i = 0; (item = yyjson_arr_iter_next(&iter)) && !check->gave_up; i++) {
		const struct place place = { .kind = PLACE_ITEM, .index = i };
		if (!check_part(check, rule->schemas[0], place, item))
			continue;
		check_mark(check, i);
		count++;
		bool known = contains->most == UINT64_MAX ? count >= contains->least :
		             count > contains->most;
		if (known && !check->collects)
			break;
	}
	return count;
}

static bool check_contains(struct check *check, const struct rule *rule, yyjson_val *value)
{
	const struct contains *contains = rule->more;

	if (!yyjson_is_arr(value))
		return true;
	check->quiet++;
	uint64_t count = count_fitting(check, rule, value);
	check->quiet--;
	bool few = count < contains->least;
	if (!few && count <= contains->most)
		return true;
	if (check->quiet)
		return false;
	uint64_t limit = few ? contains->least : contains->most;
	return check_refuse(check, "must have at %s %" PRIu64 " item%s that fit%s %s",
	                    few ? "least" : "most", limit, plural(limit), limit == 1 ? "s" : "",
	                    words_of_schema(check->arena, rule->schemas[0]));
}

static bool read_contains(struct reader *reader, struct schema *schema)
{
	const struct schema *inner = schema_inner(reader, schema, "contains");
	struct contains *contains = arena_new(reader->arena, struct contains);

	*contains = (struct contains) { 1, UINT64_MAX };
	schema_count(reader, schema, "minContains", &contains->least);
	schema_count(reader, schema, "maxContains", &contains->most);
	if (!inner)
		return !reader->trouble;
	struct rule *rule = schema_add_rule(reader, schema, check_contains, inner->value);
	rule_add_schemas(reader, rule, 1, false);
	rule->schemas[0] = inner;
	rule->more = contains;
	return !reader->trouble;
}

bool schema_read_items(struct reader *reader, struct schema *schema)
{
	read_places(reader, schema);
	return read_contains(reader, schema);
}
