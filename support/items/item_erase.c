/* item_erase.c - a conversation goes, of items of DynamoDB.
 *
 * No transaction holds all of one. So first it is marked: from then on nobody finds it, and nothing is written in it, while it is still
 * among those that are old, and its customer's, for whoever goes on if this process ends. Then its messages go, and at last it itself. */
#include "item_batch.h"
#include "item_rows.h"
#include "item_write.h"

/* 1: it is marked, and *customer whose it is; 0: it is not there, or something was said in it since; -1: it failed. */
static int mark(struct store *store, struct arena *arena, const struct erasing_some *some, const char **customer)
{
	struct json json = items_ask(arena);
	yyjson_val *said;

	json_key_of(&json, item_pk(arena, some->id), "head");
	json_member_of(&json, "UpdateExpression", "SET erasing = :one ADD version :one REMOVE due_part, due_by, day_part, moment");
	json_member_of(&json, "ConditionExpression", "updated_at < :before");
	json_plain_key(&json, STR("ExpressionAttributeValues"));
	json_object(&json);
	item_int(&json, ":one", 1);
	item_int(&json, ":before", some->before);
	json_object_end(&json);
	json_member_of(&json, "ReturnValues", "ALL_NEW");
	enum dynamodb_outcome outcome = items_asked(store, &json, DYNAMODB_UPDATE_ITEM, &said);
	if (outcome == DYNAMODB_DONE)
		*customer = arena_copy(arena, item_word(yyjson_obj_get(said, "Attributes"), "customer"));
	return outcome == DYNAMODB_FAILED ? -1 : outcome == DYNAMODB_DONE;
}

struct going {
	struct batch batch;
	const char **messages;          /* their sk */
	int64_t count, limit;
};

static bool delete_pointers(void *context, yyjson_val *item)
{
	struct going *going = context;
	struct arena *arena = going->batch.arena;
	struct message message;

	item_take(arena, message_row_shape, item, &message);
	if (message.call)
		batch_delete(&going->batch, item_call_pk(arena, message.call), "call");
	if (message.idempotency_key)
		batch_delete(&going->batch, item_key_pk(arena, &message), message.idempotency_key);
	going->messages[going->count++] = item_sk(arena, message.seq);
	return !going->batch.failed && going->count < going->limit;
}

/* A batch is no transaction, and what a message is found by is known of it alone: so those go first, whole, and then the messages. */
static bool delete_messages(struct store *store, struct arena *arena, const char *id, struct going *going)
{
	if (!query_partition(store, arena, item_pk(arena, id), "m#", delete_pointers, going) || !batch_send(&going->batch))
		return false;
	for (int64_t i = 0; i < going->count; i++)
		batch_delete(&going->batch, item_pk(arena, id), going->messages[i]);
	return batch_send(&going->batch);
}

static void put_delete(struct writes *writes, const char *pk, const char *sk)
{
	json_key_of(writes_begin(writes, "Delete"), pk, sk);
	writes_end(writes);
}

/* Itself, and that it is its customer's. */
static bool delete_rest(struct store *store, struct arena *arena, const char *id, const char *customer)
{
	struct writes writes = writes_open(arena);

	put_delete(&writes, item_pk(arena, id), "head");
	put_delete(&writes, item_customer_pk(arena, customer), item_pk(arena, id));
	return writes_send(store, &writes) == DYNAMODB_DONE;
}

static bool erase_marked(struct store *store, struct arena *arena, struct erasing_some *some, const char *customer)
{
	struct going going = { .batch = batch_open(store, arena), .messages = arena_array(arena, const char *, some->limit), .limit = some->limit };

	if (!delete_messages(store, arena, some->id, &going))
		return false;
	some->messages = going.count;
	some->over = going.count < going.limit;
	some->conversations = some->over;
	return !some->over || delete_rest(store, arena, some->id, customer);
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
