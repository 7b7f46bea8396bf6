/* reply.c - take_conversation and reply_as_person: somebody of the shop has the conversation, and the model is silent. */
#include "desk.h"

#include "person.h"

struct take { const char *conversation_id; };

struct reply {
	const char *conversation_id;
	const char *message;
	bool close, give_back;
	const char *idempotency_key;
};

SHAPE(take_shape, struct take, CONVERSATION_NAMED(struct take));

SHAPE(reply_shape, struct reply,
	CONVERSATION_NAMED(struct reply),
	TEXT(struct reply, message, "What is said to the customer", .required = true, AT_LEAST(1), AT_MOST(MESSAGE_MAX)),
	BOOL(struct reply, close, "True: nothing is left to do; it is closed", DEFAULT(false)),
	BOOL(struct reply, give_back, "True: the model answers again what comes next", DEFAULT(false)),
	TEXT(struct reply, idempotency_key, "A text that is new for each reply. Calling again with the same one says nothing twice",
	     AT_LEAST(1), AT_MOST(200)));

static void note(struct mcp_call *call, enum lookup found, const char *id, const struct conversation *now)
{
	mcp_note(call, "conversation", found == FOUND ? now->id : id);
}

/* Ends a tool by answering with the conversation, or why it did not come to that. */
static enum mcp_answer answer(struct mcp_call *call, struct store *store, enum lookup found, const char *id, const struct conversation *now)
{
	if (found != FOUND)
		return conversation_missing(call, found, id);
	conversation_changed(mcp_arena(call), now->id, true);
	return conversation_answer(call, store, now->id);
}

enum mcp_answer take_conversation(struct mcp_call *call, const void *in, struct store *store)
{
	const struct take *asked = in;
	struct conversation now;
	enum lookup found = person_takes(store, mcp_arena(call), asked->conversation_id, caller_as_person(call), &now);

	note(call, found, asked->conversation_id, &now);
	return answer(call, store, found, asked->conversation_id, &now);
}

enum mcp_answer reply_as_person(struct mcp_call *call, const void *in, struct store *store)
{
	const struct reply *asked = in;
	const struct reply_of_person reply = {
		.id = asked->conversation_id, .who = caller_as_person(call), .text = asked->message, .close = asked->close, .give_back = asked->give_back,
		.idempotency_key = asked->idempotency_key, .call = mcp_call_number(call),
	};
	struct conversation now;
	const char *other;

	if (asked->close && asked->give_back)
		return mcp_fail(call, "Either `close` it or `give_back` what comes next to the model, not both.");
	enum lookup found = person_replies(store, mcp_arena(call), &reply, &now, &other);
	note(call, found, asked->conversation_id, &now);
	if (found == FOUND && other)
		return mcp_fail(call, "This idempotency_key was used before, for another reply (in conversation %s). Use a new key for a new"
		                " reply.", other);
	if (found == FOUND)
		writing_is_over(call, now.id, caller_as_person(call));
	return answer(call, store, found, asked->conversation_id, &now);
}
