/* item_ttl.c - see item_ttl.h. */
#include "item_ttl.h"

#include "item_write.h"
#include "log.h"

#define DAY_S INT64_C(86400)
#define AT_ONCE 98                      /* messages: a transaction has 100 items, and the head and the customer's are among them */

static int64_t now_s(void)
{
	return now_ms() / 1000;
}

int64_t item_ttl(void)
{
	return items.days ? now_s() + (items.days + ITEM_MARGIN_DAYS) * DAY_S : 0;
}

void item_put_ttl(struct json *json, int64_t ttl)
{
	if (ttl)
		item_int(json, "ttl", ttl);
}

bool item_is_over(yyjson_val *item)
{
	int64_t ttl = item_number(item, "ttl");

	return ttl && ttl <= now_s();
}

/* ---- Anew ---- */

struct renewing {
	struct writes writes;
	const char *id;
	int64_t ttl;
	int count;
};

static void renew(struct renewing *renewing, const char *pk, const char *sk, const char *also)
{
	struct json *json = writes_begin(&renewing->writes, "Update");

	json_key_of(json, pk, sk);
	json_member_of(json, "UpdateExpression", also ? also : "SET #ttl = :ttl");
	json_member_of(json, "ConditionExpression", "attribute_exists(pk)");
	json_plain_key(json, STR("ExpressionAttributeNames"));
	json_raw(json, STR("{\"#ttl\":\"ttl\"}"));
	json_plain_key(json, STR("ExpressionAttributeValues"));
	json_object(json);
	item_int(json, ":ttl", renewing->ttl);
	if (also)
		item_int(json, ":one", 1);
	json_object_end(json);
	writes_end(&renewing->writes);
}

static bool renew_message(void *context, yyjson_val *item)
{
	struct renewing *renewing = context;

	if (item_number(item, "ttl") >= renewing->ttl)
		return true;
	renew(renewing, arena_copy(renewing->writes.arena, item_word(item, "pk")),
	      arena_copy(renewing->writes.arena, item_word(item, "sk")), NULL);
	return ++renewing->count < AT_ONCE;
}

/* What is not among the first of them has its turn with the next message. Who writes meanwhile is not in the way: then it does as well. */
void item_renew(struct store *store, const struct conversation *head)
{
	if (!items.days || !head->kept_to || head->kept_to >= now_s() + items.days * DAY_S)
		return;
	struct arena *arena = arena_create();
	struct renewing renewing = { .writes = writes_open(arena), .id = head->id, .ttl = item_ttl() };
	if (query_partition(store, arena, item_pk(arena, head->id), "m#", renew_message, &renewing)) {
		renew(&renewing, item_customer_pk(arena, head->customer), arena_print(arena, "c#%s", head->id), NULL);
		renew(&renewing, item_pk(arena, head->id), "head",
		      renewing.count < AT_ONCE ? "SET #ttl = :ttl, kept_to = :ttl ADD version :one" : "SET #ttl = :ttl ADD version :one");
		if (writes_send(store, &renewing.writes) == DYNAMODB_CONDITION)
			log_info("the conversation %s was erased while its messages were given more time", head->id);
	}
	arena_destroy(arena);
}
