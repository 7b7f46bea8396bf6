/* item_erase.c - a conversation goes, of items of DynamoDB.
 *
 * No transaction holds all of one. So first it is marked: from then on nobody finds it, nothing is written in it, and whoever says again what
 * was said in it says it anew. Then its messages go, each with what it is found by, and at last it itself. Until then it is its customer's, and
 * in the index `due` as one that is going, for whoever goes on with it if this process ends. */
#include "item_index.h"
#include "item_rows.h"
#include "item_size.h"
#include "item_write.h"

/* 1: it is marked, and *customer whose it is; 0: it is not there, or something was said in it since; -1: it failed. */
static int mark(struct store *store, struct arena *arena, const struct erasing_some *some, const char **customer)
{
	struct json json = items_ask(arena);
	yyjson_val *said;

	json_key_of(&json, item_pk(arena, some->id), "head");
	json_member_of(&json, "UpdateExpression", "SET erasing = :one, due_part = :going, due_by = :now ADD version :one REMOVE day_part, moment");
	json_member_of(&json, "ConditionExpression", "updated_at < :before OR attribute_exists(erasing)");
	json_plain_key(&json, STR("ExpressionAttributeValues"));
	json_object(&json);
	item_int(&json, ":one", 1);
	item_int(&json, ":before", some->before);
	item_text(&json, ":going", ITEM_GOING);
	item_text(&json, ":now", arena_print(arena, "%s#%s", item_sorted(arena, now_ms()), some->id));
	json_object_end(&json);
	json_member_of(&json, "ReturnValues", "ALL_NEW");
	enum dynamodb_outcome outcome = items_asked(store, &json, DYNAMODB_UPDATE_ITEM, &said);
	if (outcome == DYNAMODB_DONE)
		*customer = arena_copy(arena, item_word(yyjson_obj_get(said, "Attributes"), "customer"));
	return outcome == DYNAMODB_FAILED ? -1 : outcome == DYNAMODB_DONE;
}

/* ---- Its messages ---- */

#define AT_ONCE (WRITES_MAX - 3)        /* a message and what it is found by are three */
#define BYTES_AT_ONCE ((size_t)3 << 20) /* of what goes: of the 4 MB that a transaction may have */

struct going {
	struct store *store;
	struct arena *arena;            /* of `items`, which are sent together */
	const char *id;
	struct gone { const char *pk, *sk; bool points; } items[WRITES_MAX];
	int count;
	size_t bytes;                   /* or more */
	int64_t messages, limit;
	bool failed;
};

/* What points to it may be another conversation's by now, in which the same was said with the same key. */
static void put_delete(struct writes *writes, const struct gone *gone, const char *id)
{
	struct json *json = writes_begin(writes, "Delete");

	json_key_of(json, gone->pk, gone->sk);
	if (gone->points) {
		json_member_of(json, "ConditionExpression", "attribute_not_exists(pk) OR conversation_id = :id");
		json_plain_key(json, STR("ExpressionAttributeValues"));
		json_object(json);
		item_text(json, ":id", id);
		json_object_end(json);
	}
	writes_end(writes);
}

static enum dynamodb_outcome send_some(struct going *going, int from, int to)
{
	struct writes writes = writes_open(going->arena);

	for (int i = from; i < to; i++)
		put_delete(&writes, &going->items[i], going->id);
	return writes_send(going->store, &writes);
}

/* All of them or none; where one is not its own, each by itself, but that one. */
static void send_all(struct going *going)
{
	enum dynamodb_outcome outcome = going->count ? send_some(going, 0, going->count) : DYNAMODB_DONE;

	if (outcome == DYNAMODB_CONDITION)
		for (int i = 0; outcome != DYNAMODB_FAILED && i < going->count; i++)
			outcome = send_some(going, i, i + 1);
	going->failed = going->failed || outcome == DYNAMODB_FAILED;
	going->count = 0;
	going->bytes = 0;
}

static void delete_one(struct going *going, const char *pk, const char *sk, bool points)
{
	going->items[going->count++] = (struct gone) { pk, sk, points };
}

static bool delete_message(void *context, yyjson_val *item)
{
	struct going *going = context;
	struct message message;

	item_take(going->arena, message_row_shape, item, &message);
	if (message.call)
		delete_one(going, item_call_pk(going->arena, message.call), "call", true);
	if (message.idempotency_key)
		delete_one(going, item_key_pk(going->arena, &message), message.idempotency_key, true);
	delete_one(going, item_pk(going->arena, going->id), item_sk(going->arena, message.seq), false);
	going->bytes += item_size(&message);
	going->messages++;
	if (going->count > AT_ONCE || going->bytes > BYTES_AT_ONCE)
		send_all(going);
	return !going->failed && going->messages < going->limit;
}

/* ---- All of it ---- */

static bool erase_marked(struct store *store, struct arena *arena, struct erasing_some *some, const char *customer)
{
	struct going going = { .store = store, .arena = arena, .id = some->id, .limit = some->limit };

	if (!query_partition(store, arena, item_pk(arena, some->id), "m#", delete_message, &going))
		return false;
	some->over = going.messages < going.limit;
	if (some->over && going.count)
		send_all(&going);
	if (some->over) {
		delete_one(&going, item_pk(arena, some->id), "head", false);
		delete_one(&going, item_customer_pk(arena, customer), item_pk(arena, some->id), false);
	}
	send_all(&going);
	some->messages = going.messages;
	some->conversations = some->over;
	return !going.failed;
}

bool items_erase_some(struct store *store, void *context)
{
	struct erasing_some *some = context;
	struct arena *arena = arena_create();
	const char *customer = NULL;
	int marked = mark(store, arena, some, &customer);
	bool fine = marked >= 0;

	some->messages = some->conversations = 0;
	some->over = true;
	if (marked == 1)
		fine = erase_marked(store, arena, some, customer);
	arena_destroy(arena);
	return fine;
}
