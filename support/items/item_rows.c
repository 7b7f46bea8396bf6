/* item_rows.c - conversations and messages read of DynamoDB: what rows.c is for rows. */
#include "item_rows.h"

#include "items.h"

/* What a transaction reads has to be had: else it is not committed, whatever the rules make of it. */
static int get(struct store *store, struct arena *arena, const char *pk, const char *sk, yyjson_val **item)
{
	int found = items_get(store, arena, pk, sk, item);

	if (found < 0)
		items_spoil();
	return found;
}

/* ---- Conversations ---- */

bool item_take_conversation(struct arena *arena, yyjson_val *item, struct conversation *conversation)
{
	item_take(arena, conversation_row_shape, item, conversation);
	return item_is_ours(conversation->id && conversation->customer && conversation->status);
}

enum lookup items_find(struct store *store, struct arena *arena, const char *id, const char *customer, struct conversation *conversation)
{
	yyjson_val *item;
	int found = get(store, arena, item_pk(arena, conversation_id_known(arena, id)), "head", &item);

	if (found < 0)
		return HISTORY_FAILED;
	if (!found || yyjson_obj_get(item, "erasing"))
		return NOT_FOUND;
	if (!item_take_conversation(arena, item, conversation)) {
		items_spoil();
		return HISTORY_FAILED;
	}
	conversation->version = item_number(item, "version");
	conversation->kept_to = item_number(item, "kept_to");
	return !customer || strcmp(conversation->customer, customer) == 0 ? FOUND : NOT_FOUND;
}

/* ---- Messages ---- */

/* As what is read of tokens never comes to less than nothing. */
static bool take_message(struct arena *arena, yyjson_val *item, struct message *message)
{
	item_take(arena, message_row_shape, item, message);
	if (message->tokens_in < 0)
		message->tokens_in = 0;
	return item_is_ours(message->conversation_id && message->author && message->text);
}

/* What points to a conversation that goes, or is gone, points to nothing: the same is then said anew, in its place. */
static int get_pointer(struct store *store, struct arena *arena, const char *pk, const char *sk, struct message *message)
{
	struct conversation conversation;
	yyjson_val *item;
	int found = get(store, arena, pk, sk, &item);

	if (found != 1)
		return found;
	if (!take_message(arena, item, message)) {
		items_spoil();
		return -1;
	}
	switch (items_find(store, arena, message->conversation_id, NULL, &conversation)) {
	case FOUND:
		return 1;
	case NOT_FOUND:
		items_gone(message->conversation_id);
		return 0;
	default:
		return -1;
	}
}

int items_of_call(struct store *store, struct arena *arena, int64_t call, struct message *message)
{
	return call ? get_pointer(store, arena, item_call_pk(arena, call), "call", message) : 0;
}

int items_of_key(struct store *store, struct arena *arena, const struct message *by, struct message *message)
{
	return by->idempotency_key && by->author ? get_pointer(store, arena, item_key_pk(arena, by), by->idempotency_key, message) : 0;
}

/* ---- Messages of a conversation ---- */

struct looking {
	struct arena *arena;
	struct message *found;          /* `most` of them at most */
	int64_t count, most;
	bool (*fits)(const struct message *message, const void *by);    /* NULL: all do */
	const void *by;
};

static bool look_at(void *context, yyjson_val *item)
{
	struct looking *looking = context;
	struct message *to = &looking->found[looking->count];

	if (!take_message(looking->arena, item, to) || !item_is_ours(to->role))
		return true;
	if (!looking->fits || looking->fits(to, looking->by))
		looking->count++;
	return looking->count < looking->most;
}

/* Of those from `first` to `last`, by number. False: it failed, and the transaction with it. */
static bool look(struct store *store, struct looking *looking, const char *id, int64_t first, int64_t last, bool backwards)
{
	struct arena *arena = looking->arena;
	struct json json = items_ask(arena);

	if (first > last || looking->most < 1)
		return true;
	json_member_of(&json, "KeyConditionExpression", "pk = :pk AND sk BETWEEN :first AND :last");
	json_plain_key(&json, STR("ExpressionAttributeValues"));
	json_object(&json);
	item_text(&json, ":pk", item_pk(arena, id));
	item_text(&json, ":first", item_sk(arena, first));
	item_text(&json, ":last", item_sk(arena, last));
	json_object_end(&json);
	json_plain_key(&json, STR("ConsistentRead"));
	json_bool(&json, true);
	json_plain_key(&json, STR("ScanIndexForward"));
	json_bool(&json, !backwards);
	if (!looking->fits) {
		json_plain_key(&json, STR("Limit"));
		json_int(&json, looking->most);
	}
	bool fine = query_each(store, &json, look_at, looking);
	if (!fine)
		items_spoil();
	return fine;
}

typedef bool fits_fn(const struct message *message, const void *by);

static int look_for_one(struct store *store, struct arena *arena, const char *id, int64_t first, int64_t last, fits_fn *fits, const void *by,
                        struct message *message)
{
	struct message found;
	struct looking looking = { .arena = arena, .found = &found, .most = 1, .fits = fits, .by = by };

	if (!look(store, &looking, id, first, last, false))
		return -1;
	if (looking.count)
		*message = found;
	return looking.count == 1;
}

static bool says(const struct message *message, const void *text)
{
	return strcmp(message->role, "customer") == 0 && (!text || strcmp(message->text, text) == 0);
}

int items_saying(struct store *store, struct arena *arena, const char *id, int64_t after, const char *text, struct message *message)
{
	return look_for_one(store, arena, id, after + 1, INT64_MAX, says, text, message);
}

static bool answers(const struct message *message, const void *seq)
{
	return message->answers >= *(const int64_t *)seq;
}

int items_answering(struct store *store, struct arena *arena, const char *id, int64_t seq, struct message *message)
{
	return look_for_one(store, arena, id, seq + 1, INT64_MAX, answers, &seq, message);
}

bool items_leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing)
{
	struct message found;
	int left = look_for_one(store, arena, message->conversation_id, message->answers + 1, message->seq - 1, says, NULL, &found);

	*nothing = left == 0;
	return left >= 0;
}

bool items_look_back(struct store *store, struct arena *arena, const char *id, int64_t first, int64_t most, fits_fn *fits, const void *by,
                     struct messages *found)
{
	struct looking looking = { .arena = arena, .found = arena_array(arena, struct message, most), .most = most, .fits = fits, .by = by };
	bool fine = look(store, &looking, id, first, INT64_MAX, true);

	*found = (struct messages) { looking.found, looking.count };
	messages_turn_round(found);
	return fine;
}

bool items_page(struct store *store, struct arena *arena, const struct page *page, struct messages *found)
{
	struct looking looking = { .arena = arena, .found = arena_array(arena, struct message, page->limit), .most = page->limit };
	bool fine = look(store, &looking, page->id, page->after < INT64_MAX ? page->after + 1 : INT64_MAX, page->before - 1, page->latest);

	*found = (struct messages) { looking.found, looking.count };
	if (page->latest)
		messages_turn_round(found);
	return fine;
}
