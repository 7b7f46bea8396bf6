/* item_customer.c - what is counted and found by the customer, as it is now: an index knows it a moment later.
 *
 * Which conversations are a customer's is written with each of them, so that none is left when a customer is erased. What models took for a
 * customer is added up by the hour in the transaction that takes it, so that of two turns at once each knows the other's. */
#include "erase.h"
#include "item_rows.h"
#include "item_write.h"

#define HOUR_MS INT64_C(3600000)
#define HOURS_KEPT 72                   /* that they are looked back is 24 */

/* ---- Tokens ---- */

void items_put_tokens(struct writes *writes, const char *id, int64_t seq, const struct tokens *more)
{
	struct json *json = writes_begin(writes, "Update");

	json_key_of(json, item_pk(json->arena, id), item_sk(json->arena, seq));
	json_member_of(json, "UpdateExpression", "ADD tokens_in :in, tokens_out :out, tokens_cached :cached");
	json_member_of(json, "ConditionExpression", "attribute_exists(pk)");
	json_plain_key(json, STR("ExpressionAttributeValues"));
	json_object(json);
	item_int(json, ":in", more->in);
	item_int(json, ":out", more->out);
	item_int(json, ":cached", more->cached);
	json_object_end(json);
	writes_end(writes);
}

void items_put_share(struct writes *writes, const char *customer, int64_t at_ms, int64_t tokens)
{
	if (!tokens)
		return;
	struct json *json = writes_begin(writes, "Update");
	json_key_of(json, item_customer_pk(json->arena, customer), item_hour_sk(json->arena, at_ms));
	json_member_of(json, "UpdateExpression", "SET #ttl = :ttl ADD taken :tokens");
	json_plain_key(json, STR("ExpressionAttributeNames"));
	json_raw(json, STR("{\"#ttl\":\"ttl\"}"));
	json_plain_key(json, STR("ExpressionAttributeValues"));
	json_object(json);
	item_int(json, ":ttl", (at_ms + HOURS_KEPT * HOUR_MS) / 1000);
	item_int(json, ":tokens", tokens);
	json_object_end(json);
	writes_end(writes);
}

struct sum { struct arena *arena; const char *from; int64_t taken; };

static bool add_up(void *context, yyjson_val *item)
{
	struct sum *sum = context;

	if (strcmp(arena_copy(sum->arena, item_word(item, "sk")), sum->from) >= 0)
		sum->taken += item_number(item, "taken");
	return true;
}

/* Of whole hours. */
int64_t items_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since)
{
	struct sum sum = { .arena = arena, .from = item_hour_sk(arena, since) };

	if (!query_partition(store, arena, item_customer_pk(arena, turn->customer), "t#", add_up, &sum))
		return -1;
	return sum.taken > turn->share ? sum.taken - turn->share : 0;
}

/* ---- Conversations ---- */

struct own {
	struct store *store;
	struct arena *arena;
	struct erased *all;
	const char *first;              /* its number */
	bool failed;
};

static bool count_own(void *context, yyjson_val *item)
{
	struct own *own = context;
	const char *id = arena_copy(own->arena, item_word(item, "id"));
	yyjson_val *head;
	int found = items_get(own->store, own->arena, item_pk(own->arena, id), "head", &head);

	own->failed = found < 0;
	own->all->conversations += found == 1;
	own->all->messages += found == 1 ? item_number(head, "messages") : 0;
	return !own->failed;
}

bool items_count_of_customer(struct store *store, struct arena *arena, const char *customer, struct erased *all)
{
	struct own own = { .store = store, .arena = arena, .all = all };

	*all = (struct erased) { 0 };
	return query_partition(store, arena, item_customer_pk(arena, customer), "c#", count_own, &own) && !own.failed;
}

static bool take_first(void *context, yyjson_val *item)
{
	struct own *own = context;

	own->first = arena_copy(own->arena, item_word(item, "id"));
	return false;
}

static bool delete_it(void *context, yyjson_val *item)
{
	struct writes *writes = context;
	const char *pk = arena_copy(writes->arena, item_word(item, "pk")), *sk = arena_copy(writes->arena, item_word(item, "sk"));

	json_key_of(writes_begin(writes, "Delete"), pk, sk);
	writes_end(writes);
	return writes->count < WRITES_MAX;
}

/* What models took, by the hour; or that one conversation. */
static bool forget(struct store *store, struct arena *arena, const char *pk, const char *begin)
{
	struct writes writes = writes_open(arena);

	return query_partition(store, arena, pk, begin, delete_it, &writes) && (!writes.count || writes_send(store, &writes) == DYNAMODB_DONE);
}

/* One that DynamoDB let go first is forgotten here, and once none is left what models took. */
int items_of_customer(struct store *store, struct arena *arena, const char *customer, struct conversation *found)
{
	const char *pk = item_customer_pk(arena, customer);

	for (;;) {
		struct own own = { .arena = arena };
		yyjson_val *head;
		if (!query_partition(store, arena, pk, "c#", take_first, &own))
			return -1;
		if (!own.first)
			return forget(store, arena, pk, "t#") ? 0 : -1;
		int there = items_get(store, arena, item_pk(arena, own.first), "head", &head);
		*found = (struct conversation) { .id = own.first };
		if (there || !forget(store, arena, pk, item_pk(arena, own.first)))
			return there == 1 ? 1 : -1;
	}
}
