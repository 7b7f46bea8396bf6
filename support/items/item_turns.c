/* item_turns.c - a turn's single writes and what it reads, of items of DynamoDB: what turn_rows.c is for rows. */
#include "item_rows.h"
#include "item_size.h"
#include "item_write.h"

/* A change of a conversation that is not being erased. `also` holds of it too. Up to change_end() come its values. */
static void change_begin(struct json *json, const char *id, const char *how, const char *also)
{
	json_key_of(json, item_pk(json->arena, id), "head");
	json_member_of(json, "UpdateExpression", how);
	json_member_of(json, "ConditionExpression", arena_print(json->arena, "attribute_exists(pk) AND attribute_not_exists(erasing)%s", also));
	json_plain_key(json, STR("ExpressionAttributeValues"));
	json_object(json);
	item_int(json, ":one", 1);
}

#define WHOSE " AND turn_owner = :call"
#define OURS WHOSE " AND turn_seq = :seq"

static void put_ours(struct json *json, const struct turn *turn)
{
	item_int(json, ":call", turn->call);
	item_int(json, ":seq", turn->seq);
}

/* 1; 0: the condition does not hold; -1: it failed. */
static int change_end(struct store *store, struct json *json)
{
	yyjson_val *said;

	json_object_end(json);
	enum dynamodb_outcome outcome = items_asked(store, json, DYNAMODB_UPDATE_ITEM, &said);
	return outcome == DYNAMODB_FAILED ? -1 : outcome == DYNAMODB_DONE;
}

int items_tell(struct store *store, struct arena *arena, const char *id, int64_t call, str text)
{
	struct json json = items_ask(arena);

	change_begin(&json, id, "SET turn_text = :text, turn_until = :until ADD version :one", WHOSE);
	item_int(&json, ":call", call);
	item_text(&json, ":text", arena_copy(arena, item_text_fit(text)));
	item_int(&json, ":until", now_ms() + TURN_LEASE_MS);
	return change_end(store, &json);
}

bool items_rate(struct store *store, const char *id, int64_t rating, const char *comment)
{
	struct arena *arena = arena_create();
	struct json json = items_ask(arena);

	json_plain_key(&json, STR("ExpressionAttributeNames"));
	json_raw(&json, STR("{\"#comment\":\"comment\"}"));
	change_begin(&json, id, comment ? "SET rating = :rating, #comment = :comment ADD version :one"
	                                : "SET rating = :rating ADD version :one REMOVE #comment", "");
	item_int(&json, ":rating", rating);
	item_text(&json, ":comment", comment);
	/* One that is erased meanwhile is not there for whoever asks next either. */
	bool fine = change_end(store, &json) >= 0;
	arena_destroy(arena);
	return fine;
}

/* ---- Once, and with the tokens that were taken for it ---- */

static bool is_something(const struct tokens *tokens)
{
	return tokens && (tokens->in || tokens->out || tokens->cached);
}

static void put_taken(struct writes *writes, const struct turn *turn, const struct tokens *taken)
{
	if (!is_something(taken))
		return;
	items_put_tokens(writes, turn->id, turn->seq, taken);
	items_put_share(writes, turn->customer, now_ms(), taken->in + taken->out);
}

/* False: the lease is gone, or it failed. */
static bool change_and_take(struct store *store, struct writes *writes, const struct turn *turn, const struct tokens *taken)
{
	json_object_end(&writes->json);
	writes_end(writes);
	put_taken(writes, turn, taken);
	bool fine = writes_send(store, writes) == DYNAMODB_DONE;
	arena_destroy(writes->arena);
	return fine;
}

/* It is so once: of two at once one has it, and which is known though an answer is lost. */
bool items_resume(struct store *store, struct turn *turn)
{
	struct writes writes = writes_open(arena_create());
	struct json *json = writes_begin(&writes, "Update");

	turn->conversation.turn_asks = false;
	change_begin(json, turn->id, "SET turn_until = :until ADD version :one REMOVE turn_asks", OURS " AND turn_asks = :one");
	put_ours(json, turn);
	item_int(json, ":until", now_ms() + TURN_LEASE_MS);
	return change_and_take(store, &writes, turn, NULL);
}

bool items_keep_turn(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken)
{
	struct writes writes = writes_open(arena_create());
	struct json *json = writes_begin(&writes, "Update");

	change_begin(json, turn->id, "SET turn_steps = :steps, turn_asks = :one, turn_until = :until ADD version :one REMOVE turn_text", OURS);
	put_ours(json, turn);
	item_text(json, ":steps", steps ? steps : "");
	item_int(json, ":until", now_ms() + TURN_ASKING_MS);
	return change_and_take(store, &writes, turn, taken);
}

bool items_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken)
{
	struct writes writes = writes_open(arena_create());
	struct json *json = writes_begin(&writes, "Update");

	change_begin(json, turn->id, "SET summary = :summary, summary_to = :to ADD version :one", WHOSE);
	item_int(json, ":call", turn->call);
	item_text(json, ":summary", summary ? summary : "");
	item_int(json, ":to", to);
	return change_and_take(store, &writes, turn, taken);
}

/* In a transaction: with what else it writes. Alone: as this. */
bool items_add_tokens(struct store *store, const char *id, int64_t seq, const struct tokens *more)
{
	bool fine = true;

	if (!is_something(more) || items_gather_tokens(seq, more, &fine))
		return fine;
	struct writes writes = writes_open(arena_create());
	items_put_tokens(&writes, id, seq, more);
	fine = writes_send(store, &writes) != DYNAMODB_FAILED;
	arena_destroy(writes.arena);
	return fine;
}

/* ---- What is told ---- */

static bool is_told(const struct message *message, const void *seq)
{
	int64_t up_to = *(const int64_t *)seq;

	return message->seq <= up_to || (message->answers > 0 && message->answers <= up_to);
}

bool items_told(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found)
{
	/* What answers a message behind the summary's stands behind it too. */
	return items_look_back(store, arena, turn->id, turn->conversation.summary_to + 1, MESSAGES_TOLD, is_told, &turn->seq, found);
}
