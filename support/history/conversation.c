/* conversation.c - see conversation.h. */
#include "conversation.h"

#include <stdlib.h>
#include <unistd.h>

#include "fold.h"
#include "rows.h"

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

const char *conversation_id_known(struct arena *arena, const char *spelt)
{
	return text_capitals(arena, text_plain(arena, spelt));
}

bool conversation_is(struct arena *arena, const char *spelt, const char *id)
{
	return strcmp(conversation_id_known(arena, spelt), id) == 0;
}

enum lookup conversation_said(struct store *store, struct arena *arena, const char *customer, const char *idempotency_key,
                              struct conversation *conversation)
{
	const struct message by = { .role = "customer", .author = customer, .idempotency_key = idempotency_key };
	struct message said;

	if (!customer)
		return NOT_FOUND;
	int found = row_of_key(store, arena, &by, &said);
	return found == 1 ? conversation_find(store, arena, said.conversation_id, customer, conversation) : found ? HISTORY_FAILED : NOT_FOUND;
}

/* ---- Within a transaction ---- */

static bool count_answered(struct store *store, struct arena *arena, struct conversation *conversation, const struct message *message)
{
	bool nothing = false;

	if (!message->answers) {
		/* A note wants no answer. */
		if (strcmp(message->role, "customer") != 0 && conversation->answered == message->seq - 1)
			conversation->answered = message->seq;
		return true;
	}
	bool fine = row_leaves_nothing(store, arena, message, &nothing);
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

void conversation_end_turn(struct conversation *conversation)
{
	conversation->turn_seq = conversation->turn_owner = conversation->turn_until = 0;
	conversation->turn_asks = false;
	conversation->turn_steps = conversation->turn_text = NULL;
}
