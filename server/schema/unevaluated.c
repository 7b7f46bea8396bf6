/* unevaluated.c - the unevaluated vocabulary: what the rules before it have left over.
 *
 * These rules are a schema's last, so all marks since it began are its own and those of the schemas
 * it applied to the same value. */
#include "schema_private.h"

/* A bit for each of `count` parts that was evaluated; NULL: all were, or the check gave up. */
static uint64_t *evaluated(struct check *check, size_t count)
{
	size_t words = count / 64 + 1, marked = check->marked - check->marked_before;

	if (!check_spend(check, words + marked / 4))
		return NULL;
	uint64_t *bits = arena_array(check->arena, uint64_t, words);
	for (size_t i = check->marked_before; i < check->marked; i++) {
		if (check->marks[i] == MARK_ALL)
			return NULL;
		bits[check->marks[i] / 64] |= UINT64_C(1) << check->marks[i] % 64;
	}
	return bits;
}

static bool has_bit(const uint64_t *bits, size_t index)
{
	return bits[index / 64] >> index % 64 & 1;
}

static bool refuse_unknown(struct check *check, const struct place *place)
{
	if (check->quiet)
		return false;
	const char *name = words_of_text(check->arena, place->name);
	if (!check->place && !check->discreet)
		return check_refuse_all(check, "Unknown argument %s", name);
	return check_refuse_all(check, "Unknown member %s in %s", name, check_path(check));
}

static bool check_left_over(struct check *check, const struct rule *rule, struct place place,
                            yyjson_val *value)
{
	if (place.kind == PLACE_MEMBER && rule->schemas[0]->verdict == VERDICT_NEVER)
		return refuse_unknown(check, &place);
	return check_part(check, rule->schemas[0], place, value);
}

static bool check_items(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(value);
	struct place place = { .kind = PLACE_ITEM };
	yyjson_val *item;

	if (!yyjson_is_arr(value))
		return true;
	const uint64_t *bits = evaluated(check, yyjson_arr_size(value));
	for (; bits && (item = yyjson_arr_iter_next(&iter)); place.index++)
		if (!has_bit(bits, place.index) && !check_left_over(check, rule, place, item))
			return false;
	check_mark(check, MARK_ALL);
	return true;
}

static bool check_members(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(value);
	struct place place = { .kind = PLACE_MEMBER };
	yyjson_val *key;

	if (!yyjson_is_obj(value))
		return true;
	const uint64_t *bits = evaluated(check, yyjson_obj_size(value));
	for (; bits && (key = yyjson_obj_iter_next(&iter)); place.index++) {
		place.name = text_of(key);
		if (!has_bit(bits, place.index) &&
		    !check_left_over(check, rule, place, yyjson_obj_iter_get_val(key)))
			return false;
	}
	check_mark(check, MARK_ALL);
	return true;
}

static void read_one(struct reader *reader, struct schema *schema, const char *name,
                     check_fn *check)
{
	const struct schema *inner = schema_inner(reader, schema, name);

	if (!inner)
		return;
	struct rule *rule = schema_add_rule(reader, schema, check, inner->value);
	rule_add_schemas(reader, rule, 1, false);
	rule->schemas[0] = inner;
	schema->collects = true;
}

bool schema_read_unevaluated(struct reader *reader, struct schema *schema)
{
	read_one(reader, schema, "unevaluatedItems", check_items);
	read_one(reader, schema, "unevaluatedProperties", check_members);
	return true;
}
