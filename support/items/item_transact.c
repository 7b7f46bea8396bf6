/* item_transact.c - a transaction of the rules, on DynamoDB.
 *
 * It is what was read, and the version of the conversation with which it was read: all that it writes is gathered, and goes out at its end in
 * one TransactWriteItems under the condition that the version is still that. Else it runs again from the top. */
#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "clock.h"
#include "item_index.h"
#include "item_rows.h"
#include "item_size.h"
#include "item_ttl.h"
#include "item_write.h"
#include "seal.h"

#define TRY_MS 10000                    /* how long it is run again */
#define PAUSE_MS 20                     /* at most, before the second try; PAUSE_MOST_MS before any */
#define PAUSE_MOST_MS 200
#define MORE_MAX 4
#define HOUR_MS INT64_C(3600000)

/* What this thread's transaction will write. */
static _Thread_local struct writing {
	bool open, spoilt;
	struct arena *arena;            /* until it is over */
	struct conversation head;       /* no id: nothing */
	bool made;
	const struct message *added;
	size_t added_count;
	struct more { int64_t seq; struct tokens tokens; } more[MORE_MAX];
	size_t more_count;
	const char *gone;               /* a conversation that is no more; "": none */
} writing;

void items_spoil(void)
{
	writing.spoilt = true;
}

void items_gone(const char *id)
{
	if (writing.open)
		writing.gone = arena_copy(writing.arena, str_of(id));
}

/* ---- What is gathered ---- */

bool items_make(struct store *store UNUSED, const struct conversation *conversation UNUSED)
{
	writing.made = true;
	return true;
}

#define WORDS_MOST 120

/* As a list shows it. */
static const char *cut_words(struct arena *arena, const char *text)
{
	str rest = str_of(text);
	size_t count = 0, cut = 0;

	for (; rest.size > 0 && count <= WORDS_MOST; count++) {
		if (count == WORDS_MOST - 1)
			cut = (size_t)(rest.at - text);
		size_t step = utf8_step(rest);
		rest = (str) { rest.at + (step ? step : 1), rest.size - (step ? step : 1) };
	}
	return count > WORDS_MOST ? arena_print(arena, "%.*s…", (int)cut, text) : text;
}

static void note_words(struct conversation *head, const struct message *added)
{
	const char *words = cut_words(writing.arena, added->text);

	if (added->seq == 1)
		head->first_words = words;
	if (strcmp(added->role, "note") != 0)
		head->latest_words = words;
}

/* What is the transaction's own is in its copy alone: the rules' conversation outlives it. */
bool items_keep(struct store *store UNUSED, struct conversation *conversation)
{
	writing.head = *conversation;
	writing.added = conversation->added;
	writing.added_count = conversation->added_count;
	conversation->added_count = 0;
	for (size_t i = 0; i < writing.added_count; i++)
		note_words(&writing.head, &writing.added[i]);
	return true;
}

bool items_gather_tokens(int64_t seq, const struct tokens *more, bool *fine)
{
	size_t at = 0;

	while (at < writing.more_count && writing.more[at].seq != seq)
		at++;
	*fine = at < MORE_MAX;
	if (writing.open && *fine) {
		struct tokens *tokens = &writing.more[at].tokens;
		*tokens = (struct tokens) { tokens->in + more->in, tokens->out + more->out, tokens->cached + more->cached };
		writing.more[at].seq = seq;
		writing.more_count += at == writing.more_count;
	}
	return writing.open;
}

/* ---- What is written ---- */

static void put_names(struct json *json)
{
	json_plain_key(json, STR("ExpressionAttributeNames"));
	json_raw(json, STR("{\"#ttl\":\"ttl\"}"));
}

static void put_head(struct writes *writes, const struct writing *what)
{
	struct json *json = writes_begin(writes, "Put");
	const struct conversation *head = &what->head;
	int64_t ttl = item_ttl();

	json_plain_key(json, STR("Item"));
	json_object(json);
	item_text(json, "pk", item_pk(json->arena, head->id));
	item_text(json, "sk", "head");
	item_put(json, conversation_row_shape, head);
	item_int(json, "version", head->version + 1);
	item_put_ttl(json, ttl);
	if (head->kept_to || ttl)
		item_int(json, "kept_to", head->kept_to ? head->kept_to : ttl);
	item_put_indexed(json, head);
	json_object_end(json);
	json_member_of(json, "ConditionExpression", what->made ? "attribute_not_exists(pk)" : "version = :version AND attribute_not_exists(erasing)");
	if (!what->made) {
		json_plain_key(json, STR("ExpressionAttributeValues"));
		json_object(json);
		item_int(json, ":version", head->version);
		json_object_end(json);
	}
	writes_end(writes);
}

/* By which it is found for as long as it is kept, for whoever erases the customer. */
static void put_customers(struct writes *writes, const struct conversation *head)
{
	struct json *json = writes_begin(writes, "Put");

	json_plain_key(json, STR("Item"));
	json_object(json);
	item_text(json, "pk", item_customer_pk(json->arena, head->customer));
	item_text(json, "sk", item_pk(json->arena, head->id));
	item_text(json, "id", head->id);
	item_put_ttl(json, item_ttl());
	json_object_end(json);
	writes_end(writes);
}

/* Which message it is, under what it is looked for by. One whose time is over is in nobody's way, though it is still there; nor is one to a
 * conversation that is no more. */
static void put_pointer(struct writes *writes, const char *pk, const char *sk, const struct message *message, const char *gone)
{
	struct json *json = writes_begin(writes, "Put");

	json_plain_key(json, STR("Item"));
	json_object(json);
	item_text(json, "pk", pk);
	item_text(json, "sk", sk);
	item_text(json, "conversation_id", message->conversation_id);
	item_int(json, "seq", message->seq);
	item_text(json, "author", message->author);
	item_text(json, "text", message->text);
	item_put_ttl(json, item_ttl());
	json_object_end(json);
	json_member_of(json, "ConditionExpression", "attribute_not_exists(pk) OR #ttl < :now OR conversation_id = :gone");
	put_names(json);
	json_plain_key(json, STR("ExpressionAttributeValues"));
	json_object(json);
	item_int(json, ":now", now_ms() / 1000);
	item_text(json, ":gone", gone);
	json_object_end(json);
	writes_end(writes);
}

static void add_more(struct message *message, struct writing *what)
{
	for (size_t i = 0; i < what->more_count; i++)
		if (what->more[i].seq == message->seq) {
			message->tokens_in += what->more[i].tokens.in;
			message->tokens_out += what->more[i].tokens.out;
			message->tokens_cached += what->more[i].tokens.cached;
			what->more[i].seq = 0;
		}
}

static void put_message(struct writes *writes, const struct message *message, const char *gone)
{
	struct json *json = writes_begin(writes, "Put");

	json_plain_key(json, STR("Item"));
	json_object(json);
	item_text(json, "pk", item_pk(json->arena, message->conversation_id));
	item_text(json, "sk", item_sk(json->arena, message->seq));
	item_put(json, message_row_shape, message);
	item_put_ttl(json, item_ttl());
	item_put_moment(json, message);
	json_object_end(json);
	json_member_of(json, "ConditionExpression", "attribute_not_exists(pk)");
	writes_end(writes);
	if (message->call)
		put_pointer(writes, item_call_pk(json->arena, message->call), "call", message, gone);
	if (message->idempotency_key)
		put_pointer(writes, item_key_pk(json->arena, message), message->idempotency_key, message, gone);
}

/* What models took for the customer, by the hour in which it was said: of the messages, and what is added to those that are there. */
static void put_shares(struct writes *writes, const struct writing *what)
{
	struct share { int64_t hour, tokens; } shares[ADDED_MAX + 1] = { { .hour = now_ms() / HOUR_MS } };
	size_t count = 1, at;

	for (size_t i = 0; i < what->more_count; i++)
		shares[0].tokens += what->more[i].tokens.in + what->more[i].tokens.out;
	for (size_t i = 0; i < what->added_count; i++) {
		const struct message *added = &what->added[i];
		for (at = 0; at < count && shares[at].hour != added->at / HOUR_MS; at++)
			;
		count += at == count;
		shares[at].hour = added->at / HOUR_MS;
		shares[at].tokens += added->tokens_in + added->tokens_out;
	}
	for (at = 0; at < count; at++)
		items_put_share(writes, what->head.customer, shares[at].hour * HOUR_MS, shares[at].tokens);
}

static enum dynamodb_outcome commit(struct store *store, struct arena *arena, struct writing *what)
{
	struct writes writes = writes_open(arena);

	put_head(&writes, what);
	if (what->made)
		put_customers(&writes, &what->head);
	put_shares(&writes, what);
	for (size_t i = 0; i < what->added_count; i++) {
		struct message message = what->added[i];
		add_more(&message, what);
		item_fit(arena, &message);
		put_message(&writes, &message, what->gone);
	}
	for (size_t i = 0; i < what->more_count; i++)
		if (what->more[i].seq)
			items_put_tokens(&writes, what->head.id, what->more[i].seq, &what->more[i].tokens);
	return writes_send(store, &writes);
}

/* ---- The transaction ---- */

/* Somebody was first: the longer, the more often. */
static void pause_before(int tries)
{
	uint32_t chance, most_ms = tries < PAUSE_MOST_MS / PAUSE_MS ? (uint32_t)(PAUSE_MS * tries) : PAUSE_MOST_MS;

	random_bytes(&chance, sizeof(chance));
	struct timespec time = { 0, (long)(chance % most_ms) * 1000000 };
	nanosleep(&time, NULL);
}

/* Of many who write in one conversation, of a process one runs again at a time: so that they are not in each other's way for ever. */
#define LANES 64
static struct {
	pthread_mutex_t lock;
	pthread_cond_t left;
	bool taken[LANES];
} lanes = { .lock = PTHREAD_MUTEX_INITIALIZER, .left = PTHREAD_COND_INITIALIZER };

static bool *lane_of(const char *id)
{
	unsigned sum = 0;

	for (; *id; id++)
		sum = 31 * sum + (unsigned char)*id;
	return &lanes.taken[sum % LANES];
}

/* False: others had it all the time. */
static bool lane_take(bool *lane)
{
	struct timespec until = tick_in(TRY_MS);
	bool late = false;

	pthread_mutex_lock(&lanes.lock);
	while (*lane && !late)
		late = pthread_cond_clockwait(&lanes.left, &lanes.lock, CLOCK_MONOTONIC, &until) == ETIMEDOUT;
	bool mine = !*lane;
	*lane = true;
	pthread_mutex_unlock(&lanes.lock);
	return mine;
}

static void lane_leave(bool *lane)
{
	pthread_mutex_lock(&lanes.lock);
	*lane = false;
	pthread_cond_broadcast(&lanes.left);
	pthread_mutex_unlock(&lanes.lock);
}

static enum store_outcome run_once(struct store *store, struct arena *arena, store_work_fn *work, void *context, bool *again)
{
	writing = (struct writing) { .open = true, .arena = arena, .gone = "" };
	bool done = work(store, context);
	writing.open = *again = false;
	if (writing.spoilt)
		return STORE_FAILED;
	if (!done)
		return STORE_TAKEN_BACK;
	if (!writing.head.id)
		return STORE_COMMITTED;
	enum dynamodb_outcome outcome = commit(store, arena, &writing);
	*again = outcome == DYNAMODB_CONDITION;
	if (outcome == DYNAMODB_DONE)
		item_renew(store, &writing.head);
	return outcome == DYNAMODB_DONE ? STORE_COMMITTED : STORE_FAILED;
}

static enum store_outcome run_again(struct store *store, store_work_fn *work, void *context, int64_t until_ms)
{
	enum store_outcome outcome = STORE_FAILED;
	bool again = true;

	for (int tries = 1; again && tick_ms() < until_ms; tries++) {
		pause_before(tries);
		struct arena *arena = arena_create();
		outcome = run_once(store, arena, work, context, &again);
		arena_destroy(arena);
	}
	return outcome;
}

enum store_outcome items_transact(struct store *store, store_work_fn *work, void *context)
{
	struct arena *arena = arena_create();
	bool again = true;
	enum store_outcome outcome = run_once(store, arena, work, context, &again);

	if (again) {
		/* Whoever waits for its lane has no more time than who has it: else, where none comes through, each would wait for all before. */
		bool *lane = lane_of(writing.head.id);
		int64_t until_ms = tick_ms() + TRY_MS;
		outcome = STORE_FAILED;
		if (lane_take(lane)) {
			outcome = run_again(store, work, context, until_ms);
			lane_leave(lane);
		}
	}
	arena_destroy(arena);
	return outcome;
}
