/* check.c - runs a schema's rules on a value, within bounds. */
#include "schema_private.h"

bool check_give_up(struct check *check, const char *why)
{
	if (!check->gave_up)
		check->trouble = why;
	check->gave_up = true;
	return false;
}

bool check_spend(struct check *check, size_t steps)
{
	if (check->gave_up)
		return false;
	check->steps -= steps > STEPS_MAX ? STEPS_MAX : (int64_t)steps;
	if (check->steps >= 0)
		return true;
	return check_give_up(check, "The arguments are too much to check: send less at once");
}

/* ---- What was evaluated ---- */

static void push_mark(struct check *check, uint32_t mark)
{
	if (check->marked == check->marks_room) {
		size_t room = check->marks_room ? check->marks_room * 2 : 64;
		check->marks = arena_grow(check->arena, check->marks,
		                          check->marks_room * sizeof(*check->marks),
		                          room * sizeof(*check->marks));
		check->marks_room = room;
	}
	check->marks[check->marked++] = mark;
}

/* Every mark is paid for, so there are never more than steps. */
void check_mark(struct check *check, size_t index)
{
	if (check->collects && check_spend(check, 1))
		push_mark(check, index < MARK_ALL ? (uint32_t)index : MARK_ALL);
}

/* ---- Schemas ---- */

/* Whether a rule says something else than the one before, that did not hold: what is no text need not be long, too, and
 * of the forms that an object may have some want again what it lacks. */
static bool says_more(const struct check *check, const struct rule *rule, yyjson_val *value)
{
	return check_goes_on(check) && yyjson_is_obj(value) && !rule->in_place;
}

static bool run(struct check *check, const struct schema *schema, yyjson_val *value)
{
	bool fine = true;

	for (const struct rule *rule = schema->rules; rule && (fine || says_more(check, rule, value)); rule = rule->next)
		fine &= rule->check(check, rule, value);
	return fine && !check->gave_up;
}

/* The marks of a schema that does not fit are void, and no one wants those of one whose
 * surroundings do not collect them. */
static bool run_marking(struct check *check, const struct schema *schema, yyjson_val *value)
{
	bool collected = check->collects;
	size_t before = check->marked_before;

	check->collects |= schema->collects;
	check->marked_before = check->marked;
	bool fine = run(check, schema, value);
	if (!fine || !collected)
		check->marked = check->marked_before;
	check->marked_before = before;
	check->collects = collected;
	return fine;
}

bool check_fits(struct check *check, const struct schema *schema, yyjson_val *value)
{
	const struct scope *outer = check->scope;
	const struct scope scope = { outer, schema->resource };

	if (!check_spend(check, steps_of(value)))
		return false;
	if (schema->verdict != VERDICT_RULES)
		return schema->verdict == VERDICT_ALWAYS ||
		       check_refuse(check, "must not be given");
	if (check->levels == LEVELS_MAX)
		return check_give_up(check, "The arguments are nested too deep to check");
	check->levels++;
	if (!outer || outer->resource != schema->resource)
		check->scope = &scope;
	bool fine = run_marking(check, schema, value);
	check->scope = outer;
	check->levels--;
	return fine;
}

bool check_fits_quietly(struct check *check, const struct schema *schema, yyjson_val *value)
{
	check->quiet++;
	bool fine = check_fits(check, schema, value);
	check->quiet--;
	return fine;
}

bool check_part(struct check *check, const struct schema *schema, struct place place,
                yyjson_val *value)
{
	const struct place *outer = check->place;
	bool collected = check->collects;

	place.up = outer;
	check->place = &place;
	check->collects = false;
	bool fine = check_fits(check, schema, value);
	check->collects = collected;
	check->place = outer;
	return fine;
}

/* ---- The whole ---- */

static void run_whole(struct check *check, const struct json_schema *schema, yyjson_val *value)
{
	if (check_value(check, value))
		check_fits(check, schema->root, value);
	matcher_free(check->matcher);
}

const char *json_schema_check(const struct json_schema *schema, yyjson_val *value,
                              struct arena *arena)
{
	struct check check = { .arena = arena, .steps = STEPS_MAX, .all = true };

	run_whole(&check, schema, value);
	return check.gave_up ? check.trouble : refusals_told(&check.refusals, arena);
}

const char *json_schema_check_own(const struct json_schema *schema, yyjson_val *value, struct arena *arena)
{
	struct check check = { .arena = arena, .steps = OWN_STEPS_MAX, .discreet = true };

	run_whole(&check, schema, value);
	return check.gave_up ? NULL : check.trouble;
}
