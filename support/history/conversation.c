/* conversation.c - see conversation.h. */
#include "conversation.h"

#include <stdlib.h>
#include <unistd.h>

#include "fold.h"

SHAPE(message_row_shape, struct message,
	TEXT(struct message, conversation_id, ""),
	INT(struct message, seq, ""),
	INT(struct message, at, ""),
	TEXT(struct message, role, ""),
	TEXT(struct message, author, ""),
	TEXT(struct message, text, ""),
	TEXT(struct message, cards, ""),
	TEXT(struct message, steps, ""),
	INT(struct message, answers, ""),
	TEXT(struct message, cut, ""),
	INT(struct message, tokens_in, ""),
	INT(struct message, tokens_out, ""),
	INT(struct message, tokens_cached, ""),
	TEXT(struct message, idempotency_key, ""),
	INT(struct message, call, ""));

SHAPE(conversation_row_shape, struct conversation,
	TEXT(struct conversation, id, ""),
	TEXT(struct conversation, customer, ""),
	TEXT(struct conversation, status, ""),
	INT(struct conversation, started_at, ""),
	INT(struct conversation, updated_at, ""),
	INT(struct conversation, messages, ""),
	INT(struct conversation, answered, ""),
	INT(struct conversation, waiting_since, ""),
	TEXT(struct conversation, reason, ""),
	TEXT(struct conversation, contact, ""),
	TEXT(struct conversation, person, ""),
	REAL(struct conversation, sentiment, "", OPTIONAL(struct conversation, has_sentiment)),
	INT(struct conversation, low_count, ""),
	INT(struct conversation, failed_turns, ""),
	INT(struct conversation, rating, ""),
	TEXT(struct conversation, comment, ""),
	TEXT(struct conversation, summary, ""),
	INT(struct conversation, summary_to, ""),
	INT(struct conversation, turn_seq, ""),
	INT(struct conversation, turn_owner, ""),
	INT(struct conversation, turn_until, ""),
	BOOL(struct conversation, turn_asks, ""),
	TEXT(struct conversation, turn_steps, ""),
	TEXT(struct conversation, turn_text, ""),
	TEXT(struct conversation, first_words, ""),
	TEXT(struct conversation, latest_words, ""));

#define LETTERS 10

void conversation_id_make(char id[CONVERSATION_ID_SIZE])
{
	static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	unsigned char random[LETTERS];
	char *at = id;

	if (getentropy(random, sizeof(random)) != 0)
		abort();
	memcpy(at, "CNV-", 4);
	at += 4;
	for (size_t i = 0; i < LETTERS; i++)
		*at++ = alphabet[random[i] % 32];
	*at = '\0';
}

const char *caller_as_customer(const struct mcp_call *call)
{
	const char *customer = mcp_customer(call);

	return !customer && strcmp(mcp_caller(call), "anonymous") == 0 ? setting_text("ANONYMOUS_CUSTOMER") : customer;
}

const char *conversation_uri(struct arena *arena, const char *id)
{
	return arena_print(arena, "support://conversation/%s", id);
}

static const char *as_known(struct arena *arena, const char *spelt)
{
	return text_capitals(arena, text_plain(arena, spelt));
}

bool conversation_is(struct arena *arena, const char *spelt, const char *id)
{
	return strcmp(as_known(arena, spelt), id) == 0;
}

enum lookup conversation_find(struct store *store, struct arena *arena, const char *id, const char *customer,
                              struct conversation *conversation)
{
	struct conversation wanted = { .id = as_known(arena, id) };
	int found = store_find_one(store, arena, "select " CONVERSATION_COLUMNS " from conversation where id = :id",
	                           conversation_row_shape, &wanted, conversation_row_shape, conversation);

	if (found < 0)
		return HISTORY_FAILED;
	return found && (!customer || strcmp(conversation->customer, customer) == 0) ? FOUND : NOT_FOUND;
}

/* ---- Within a transaction ---- */

/* What a customer said up to `answers` is answered by this message. */
static bool leaves_nothing(struct store *store, struct arena *arena, const struct message *message, bool *nothing)
{
	struct message found;
	int left = store_find_one(store, arena, "select seq from message where conversation_id = :conversation_id"
	                          " and seq > :answers and seq < :seq and role = 'customer' order by seq limit 1",
	                          message_row_shape, message, message_row_shape, &found);

	*nothing = left == 0;
	return left >= 0;
}

static bool count_answered(struct store *store, struct arena *arena, struct conversation *conversation, const struct message *message)
{
	bool nothing = false;

	if (!message->answers) {
		/* A note wants no answer. */
		if (strcmp(message->role, "customer") != 0 && conversation->answered == message->seq - 1)
			conversation->answered = message->seq;
		return true;
	}
	bool fine = leaves_nothing(store, arena, message, &nothing);
	conversation->answered = nothing ? message->seq : message->answers;
	return fine;
}

bool message_add(struct store *store, struct arena *arena, struct conversation *conversation, struct message *message)
{
	message->conversation_id = conversation->id;
	message->seq = ++conversation->messages;
	if (message->at > conversation->updated_at)
		conversation->updated_at = message->at;
	if (!conversation->waiting_since && strcmp(message->role, "customer") == 0 && strcmp(conversation->status, "with_person") == 0)
		conversation->waiting_since = message->at;
	if (conversation->added_count == ADDED_MAX || !count_answered(store, arena, conversation, message))
		return false;
	if (!conversation->added)
		conversation->added = arena_array(arena, struct message, ADDED_MAX);
	conversation->added[conversation->added_count++] = *message;
	return true;
}

bool conversation_make(struct store *store, const struct conversation *conversation)
{
	return store_change(store, "insert into conversation (id, customer, status, started_at, updated_at)"
	                    " values (:id, :customer, :status, :started_at, :updated_at)", conversation_row_shape, conversation) == 1;
}

static bool write_row(struct store *store, const struct conversation *conversation)
{
	return store_change(store, "update conversation set status = :status, updated_at = :updated_at, messages = :messages,"
	                    " answered = :answered, waiting_since = :waiting_since, reason = :reason, contact = :contact,"
	                    " person = :person, sentiment = :sentiment, low_count = :low_count, failed_turns = :failed_turns,"
	                    " rating = :rating, comment = :comment, summary = :summary, summary_to = :summary_to,"
	                    " turn_seq = :turn_seq, turn_owner = :turn_owner, turn_until = :turn_until, turn_asks = :turn_asks,"
	                    " turn_steps = :turn_steps, turn_text = :turn_text where id = :id", conversation_row_shape, conversation) == 1;
}

bool conversation_keep(struct store *store, struct conversation *conversation)
{
	bool fine = write_row(store, conversation);

	for (size_t i = 0; fine && i < conversation->added_count; i++)
		fine = store_change(store, "insert into message (" MESSAGE_COLUMNS ") values (:conversation_id, :seq, :at, :role, :author,"
		                    " :text, :cards, :steps, :answers, :cut, :tokens_in, :tokens_out, :tokens_cached, :idempotency_key, :call)",
		                    message_row_shape, &conversation->added[i]) == 1;
	conversation->added_count = 0;
	return fine;
}

void conversation_end_turn(struct conversation *conversation)
{
	conversation->turn_seq = conversation->turn_owner = conversation->turn_until = 0;
	conversation->turn_asks = false;
	conversation->turn_steps = conversation->turn_text = NULL;
}
