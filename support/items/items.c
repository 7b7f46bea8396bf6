/* items.c - see items.h. */
#include "items.h"

#include <stdlib.h>

#include "item_ttl.h"
#include "log.h"

struct items items;

/* ---- Attributes ---- */

void item_text(struct json *json, const char *name, const char *text)
{
	if (!text)
		return;
	json_key_str(json, str_of(name));
	json_object(json);
	json_member_of(json, "S", text);
	json_object_end(json);
}

static void put_number(struct json *json, const char *name, const char *digits)
{
	json_key_str(json, str_of(name));
	json_object(json);
	json_member_of(json, "N", digits);
	json_object_end(json);
}

void item_int(struct json *json, const char *name, int64_t number)
{
	put_number(json, name, arena_print(json->arena, "%lld", (long long)number));
}

static void put_field(struct json *json, const struct field *field, const char *at)
{
	switch (field->type) {
	case FIELD_TEXT:
		item_text(json, field->name, *(const char *const *)(const void *)at);
		break;
	case FIELD_INT:
		if (*(const int64_t *)(const void *)at)
			item_int(json, field->name, *(const int64_t *)(const void *)at);
		break;
	case FIELD_BOOL:
		if (*(const bool *)at)
			item_int(json, field->name, 1);
		break;
	case FIELD_REAL:
		put_number(json, field->name, arena_print(json->arena, "%.17g", *(const double *)(const void *)at));
		break;
	default:
		abort();
	}
}

void item_put(struct json *json, const struct shape *shape, const void *from)
{
	for (const struct field *field = shape->fields; field->name; field++)
		if (!field->has_offset || *((const bool *)from + field->has_offset - 1))
			put_field(json, field, (const char *)from + field->offset);
}

static void take_field(struct arena *arena, const struct field *field, yyjson_val *value, char *to)
{
	str text = json_member(value, field->type == FIELD_TEXT ? "S" : "N");
	char *at = to + field->offset;
	int64_t number = 0;

	if (field->type == FIELD_TEXT) {
		*(const char **)(void *)at = text.at ? arena_copy(arena, text) : NULL;
		return;
	}
	if (field->type == FIELD_REAL) {
		*(double *)(void *)at = strtod(arena_copy(arena, text), NULL);
	} else if (str_to_int(text, &number)) {
		if (field->type == FIELD_INT)
			*(int64_t *)(void *)at = number;
		else
			*(bool *)at = number != 0;
	}
	if (field->has_offset)
		*((bool *)to + field->has_offset - 1) = true;
}

void item_take(struct arena *arena, const struct shape *shape, yyjson_val *item, void *to)
{
	memset(to, 0, shape->size);
	for (const struct field *field = shape->fields; field->name; field++) {
		yyjson_val *value = yyjson_obj_get(item, field->name);
		if (value)
			take_field(arena, field, value, to);
	}
}

bool item_is_ours(bool has_all)
{
	if (!has_all)
		log_often(LOG_ERROR, "DynamoDB's table %s has an item that is not as this program writes them; it is left out", items.table);
	return has_all;
}

int64_t item_number(yyjson_val *item, const char *name)
{
	int64_t number = 0;

	return str_to_int(json_member(yyjson_obj_get(item, name), "N"), &number) ? number : 0;
}

str item_word(yyjson_val *item, const char *name)
{
	return json_member(yyjson_obj_get(item, name), "S");
}

/* ---- Keys ---- */

const char *item_pk(struct arena *arena, const char *id)
{
	return arena_print(arena, "c#%s", id);
}

const char *item_sk(struct arena *arena, int64_t seq)
{
	return arena_print(arena, "m#%012lld", (long long)(seq < 0 ? 0 : seq > 999999999999 ? 999999999999 : seq));
}

const char *item_call_pk(struct arena *arena, int64_t call)
{
	return arena_print(arena, "k#%lld", (long long)call);
}

const char *item_key_pk(struct arena *arena, const struct message *by)
{
	return arena_print(arena, "k#%s#%s", by->role, by->author);
}

const char *item_customer_pk(struct arena *arena, const char *customer)
{
	return arena_print(arena, "u#%s", customer);
}

const char *item_hour_sk(struct arena *arena, int64_t at_ms)
{
	return arena_print(arena, "t#%010lld", (long long)(at_ms / 3600000));
}

void json_member_of(struct json *json, const char *key, const char *text)
{
	json_plain_key(json, str_of(key));
	json_text(json, text);
}

void json_key_of(struct json *json, const char *pk, const char *sk)
{
	json_plain_key(json, STR("Key"));
	json_object(json);
	item_text(json, "pk", pk);
	item_text(json, "sk", sk);
	json_object_end(json);
}

/* ---- Requests ---- */

struct json items_ask(struct arena *arena)
{
	struct json json = json_begin(arena, 1024);

	json_object(&json);
	json_member_of(&json, "TableName", items.table);
	return json;
}

enum dynamodb_outcome items_asked(struct store *store, struct json *json, enum dynamodb_action action, yyjson_val **said)
{
	struct dynamodb_answer answer;

	*said = NULL;
	json_object_end(json);
	if (!store_may_wait(store))
		return DYNAMODB_FAILED;
	enum dynamodb_outcome outcome = dynamodb_call(items.dynamodb, json->arena, action, json_end(json), INT64_MAX, &answer);
	*said = answer.said;
	return outcome;
}

int items_get(struct store *store, struct arena *arena, const char *pk, const char *sk, yyjson_val **item)
{
	struct json json = items_ask(arena);
	yyjson_val *said;

	json_key_of(&json, pk, sk);
	json_plain_key(&json, STR("ConsistentRead"));
	json_bool(&json, true);
	if (items_asked(store, &json, DYNAMODB_GET_ITEM, &said) != DYNAMODB_DONE)
		return -1;
	*item = yyjson_obj_get(said, "Item");
	return *item && !item_is_over(*item);
}

/* A page's request, from where the one before ended; each has an arena of its own, for there may be many. */
static struct json page_of(struct arena *arena, const struct json *json, yyjson_val *last)
{
	struct json page = json_begin(arena, json->size + 256);

	json_bytes(&page, (str) { json->at, json->size });
	page.comma = json->comma;
	if (last) {
		json_plain_key(&page, STR("ExclusiveStartKey"));
		json_value(&page, last);
	}
	return page;
}

/* Whether more of them are wanted. */
static bool each_of(yyjson_val *said, item_fn *each, void *context)
{
	yyjson_val *item;
	size_t i, count;

	yyjson_arr_foreach(yyjson_obj_get(said, "Items"), i, count, item)
		if (!item_is_over(item) && !each(context, item))
			return false;
	return true;
}

#define PAGES_MS 20000                  /* whoever waits for them is long gone, and would hold its worker */

bool query_each(struct store *store, const struct json *json, item_fn *each, void *context)
{
	struct arena *arena = arena_create();
	int64_t until_ms = tick_ms() + PAGES_MS;
	yyjson_val *said, *last = NULL;
	bool fine, more;

	do {
		struct arena *before = arena;
		arena = arena_create();
		struct json page = page_of(arena, json, last);
		arena_destroy(before);
		fine = items_asked(store, &page, DYNAMODB_QUERY, &said) == DYNAMODB_DONE;
		more = fine && each_of(said, each, context);
		last = more ? yyjson_obj_get(said, "LastEvaluatedKey") : NULL;
	} while (last && tick_ms() < until_ms);
	if (last)
		log_often(LOG_ERROR, "DynamoDB's pages of a query come to no end within %d s", PAGES_MS / 1000);
	arena_destroy(arena);
	return fine && !last;
}

bool query_partition(struct store *store, struct arena *arena, const char *pk, const char *begin, item_fn *each, void *context)
{
	struct json json = items_ask(arena);

	json_member_of(&json, "KeyConditionExpression", "pk = :pk AND begins_with(sk, :begin)");
	json_plain_key(&json, STR("ConsistentRead"));
	json_bool(&json, true);
	json_plain_key(&json, STR("ExpressionAttributeValues"));
	json_object(&json);
	item_text(&json, ":pk", pk);
	item_text(&json, ":begin", begin);
	json_object_end(&json);
	return query_each(store, &json, each, context);
}
