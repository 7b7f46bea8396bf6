/* item_table.c - see item_table.h. */
#include "item_table.h"

#define LOOK_MS 4000
#define READ_MS 2000

extern const char table_json[];         /* table.json */

#define MAKE_IT "make it with aws dynamodb create-table --table-name %s --cli-input-json file://support/items/table.json, see docs/support.md"

static const char *where(void)
{
	const char *region = dynamodb_region(items.dynamodb);

	return region ? region : "no region";
}

/* ---- What it is, beside what it is to be ---- */

static bool same(yyjson_val *one, yyjson_val *other)
{
	return yyjson_equals(one, other);
}

static bool has(yyjson_val *list, yyjson_val *wanted)
{
	yyjson_val *item;
	size_t i, count;

	yyjson_arr_foreach(list, i, count, item)
		if (same(item, wanted))
			return true;
	return false;
}

/* What it keeps of an item; more is no harm. */
static bool keeps(yyjson_val *index, yyjson_val *wanted)
{
	yyjson_val *has_them = yyjson_obj_get(index, "Projection"), *attribute;
	size_t i, count;

	if (str_is(json_member(has_them, "ProjectionType"), "ALL"))
		return true;
	yyjson_arr_foreach(yyjson_obj_get(yyjson_obj_get(wanted, "Projection"), "NonKeyAttributes"), i, count, attribute)
		if (!has(yyjson_obj_get(has_them, "NonKeyAttributes"), attribute))
			return false;
	return true;
}

static yyjson_val *index_named(yyjson_val *indexes, yyjson_val *name)
{
	yyjson_val *index;
	size_t i, count;

	yyjson_arr_foreach(indexes, i, count, index)
		if (same(yyjson_obj_get(index, "IndexName"), name))
			return index;
	return NULL;
}

/* NULL, or what is not as it is to be. */
static const char *what_differs(struct arena *arena, yyjson_val *table)
{
	enum json_trouble trouble;
	yyjson_val *wanted = json_parse_copy(arena, str_of(table_json), 16, &trouble), *index;
	size_t i, count;

	if (!same(yyjson_obj_get(table, "KeySchema"), yyjson_obj_get(wanted, "KeySchema")))
		return "its keys are not pk and sk";
	yyjson_arr_foreach(yyjson_obj_get(wanted, "GlobalSecondaryIndexes"), i, count, index) {
		yyjson_val *name = yyjson_obj_get(index, "IndexName"), *found = index_named(yyjson_obj_get(table, "GlobalSecondaryIndexes"), name);
		if (!found)
			return arena_print(arena, "it has no index %s", yyjson_get_str(name));
		if (!same(yyjson_obj_get(found, "KeySchema"), yyjson_obj_get(index, "KeySchema")))
			return arena_print(arena, "the keys of its index %s are others", yyjson_get_str(name));
		if (!keeps(found, index))
			return arena_print(arena, "its index %s does not have all attributes", yyjson_get_str(name));
	}
	return NULL;
}

/* ---- Asking ---- */

static enum item_table judge(struct arena *arena, yyjson_val *table, const char **words)
{
	str status = json_member(table, "TableStatus");
	const char *differs = what_differs(arena, table);

	if (differs) {
		*words = arena_print(arena, "DynamoDB's table %s is not as this version needs it: %s; support/items/table.json has all of it", items.table,
		                     differs);
		return TABLE_UNFIT;
	}
	*words = arena_print(arena, "DynamoDB's table %s in %s", items.table, where());
	if (str_is(status, "ACTIVE") || str_is(status, "UPDATING"))
		return TABLE_FINE;
	*words = arena_print(arena, "%s is %.*s", *words, STR_FORMAT(status));
	return TABLE_AWAY;
}

static enum item_table refused(struct arena *arena, const struct dynamodb_answer *answer, const char **words)
{
	str code = str_of(answer->code);

	if (str_is(code, "ResourceNotFoundException")) {
		*words = arena_print(arena, "DynamoDB has no table %s in %s: " MAKE_IT, items.table, where(), items.table);
		return TABLE_UNFIT;
	}
	if (str_is(code, "AccessDeniedException")) {
		*words = arena_print(arena, "DynamoDB's table %s may not be looked at: %s; whoever this process is to AWS needs dynamodb:DescribeTable,"
		                     " and what else docs/support.md has", items.table, answer->why);
		return TABLE_UNFIT;
	}
	*words = arena_print(arena, "DynamoDB %s", answer->why);
	return TABLE_AWAY;
}

enum item_table item_table_look(struct arena *arena, const char **words)
{
	struct json json = items_ask(arena);
	struct dynamodb_answer answer;

	json_object_end(&json);
	if (!dynamodb_region(items.dynamodb)) {
		*words = "HISTORY is in DynamoDB, and nobody says in which region: set AWS_REGION";
		return TABLE_UNFIT;
	}
	if (dynamodb_call(items.dynamodb, arena, DYNAMODB_DESCRIBE_TABLE, json_end(&json), tick_ms() + LOOK_MS, &answer) != DYNAMODB_DONE)
		return refused(arena, &answer, words);
	return judge(arena, yyjson_obj_get(answer.said, "Table"), words);
}

const char *item_table_why_not(struct arena *arena)
{
	struct json json = items_ask(arena);
	struct dynamodb_answer answer;

	/* Nobody writes one of that key. */
	json_key_of(&json, "look", "look");
	json_object_end(&json);
	if (dynamodb_call(items.dynamodb, arena, DYNAMODB_GET_ITEM, json_end(&json), tick_ms() + READ_MS, &answer) == DYNAMODB_DONE)
		return NULL;
	return arena_print(arena, "DynamoDB %s", answer.why);
}
