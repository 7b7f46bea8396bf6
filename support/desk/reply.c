/* reply.c - take_conversation and reply_as_person: somebody of the shop has the conversation, and the model is silent. */
#include "desk.h"

#include "queue.h"

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

struct work {
	struct mcp_call *call;
	const struct reply *asked;      /* NULL: it is only taken */
	const char *id;
	struct conversation conversation;
	enum lookup found;
	bool known;                     /* it was said before, by its key */
	struct message before;
};

/* It is the caller's; where somebody else's it was, a note says so. */
static bool take(struct store *store, struct work *work, int64_t now)
{
	struct conversation *conversation = &work->conversation;
	const char *who = mcp_caller(work->call), *whose = conversation->person;
	bool theirs = strcmp(conversation->status, "with_person") == 0 && whose && strcmp(whose, who) != 0;

	conversation_end_turn(conversation);
	conversation->status = "with_person";
	conversation->person = who;
	return !theirs || history_add_note(store, mcp_arena(work->call), conversation, who,
	                                   arena_print(mcp_arena(work->call), "%s took over from %s.", who, whose), now);
}

static bool find(struct store *store, struct work *work)
{
	work->found = conversation_of(work->call, store, ANY_SEEN, work->id, &work->conversation);
	return work->found == FOUND;
}

/* ---- take_conversation ---- */

static bool take_it(struct store *store, void *context)
{
	struct work *work = context;

	return find(store, work) && take(store, work, now_ms()) && conversation_keep(store, &work->conversation);
}

/* Ends a tool whose transaction is over. */
static enum mcp_answer answer(struct mcp_call *call, struct store *store, enum store_outcome outcome, const struct work *work)
{
	if (outcome == STORE_FAILED)
		return mcp_fail(call, HISTORY_DOWN);
	if (outcome == STORE_TAKEN_BACK)
		return conversation_missing(call, work->found, work->id);
	conversation_changed(mcp_arena(call), work->conversation.id, true);
	return conversation_answer(call, store, work->conversation.id);
}

enum mcp_answer take_conversation(struct mcp_call *call, const void *in, struct store *store)
{
	const struct take *asked = in;
	struct work work = { .call = call, .id = asked->conversation_id, .found = HISTORY_FAILED };

	return answer(call, store, store_transact(store, take_it, &work), &work);
}

/* ---- reply_as_person ---- */

/* False: the store failed. */
static bool look_for_key(struct store *store, struct work *work, const struct message *message)
{
	int found = message->idempotency_key
		? store_find_one(store, mcp_arena(work->call), "select conversation_id, text from message where role = 'person'"
		                 " and author = :author and idempotency_key = :idempotency_key", message_row_shape, message,
		                 message_row_shape, &work->before)
		: 0;

	work->known = found == 1;
	return found >= 0;
}

static void leave(struct conversation *conversation, const struct reply *asked)
{
	conversation->waiting_since = 0;
	if (!asked->close && !asked->give_back)
		return;
	conversation->status = asked->close ? "closed" : "open";
	conversation->person = NULL;
	/* What made it wait is over, or it would wait again at once. */
	conversation->low_count = conversation->failed_turns = 0;
}

static bool say(struct store *store, void *context)
{
	struct work *work = context;
	struct conversation *conversation = &work->conversation;
	struct message message = {
		.at = now_ms(), .role = "person", .author = mcp_caller(work->call), .text = work->asked->message,
		.idempotency_key = work->asked->idempotency_key, .call = mcp_call_number(work->call),
	};

	if (!find(store, work) || !look_for_key(store, work, &message))
		return false;
	if (work->known)
		return true;
	if (!take(store, work, message.at))
		return false;
	message.answers = conversation->messages;
	bool fine = message_add(store, mcp_arena(work->call), conversation, &message);
	leave(conversation, work->asked);
	return fine && conversation_keep(store, conversation);
}

enum mcp_answer reply_as_person(struct mcp_call *call, const void *in, struct store *store)
{
	const struct reply *asked = in;
	struct work work = { .call = call, .asked = asked, .id = asked->conversation_id, .found = HISTORY_FAILED };

	if (asked->close && asked->give_back)
		return mcp_fail(call, "Either `close` it or `give_back` what comes next to the model, not both.");
	enum store_outcome outcome = store_transact(store, say, &work);
	if (outcome == STORE_COMMITTED && work.known &&
	    (strcmp(work.before.conversation_id, work.conversation.id) != 0 || strcmp(work.before.text, asked->message) != 0))
		return mcp_fail(call, "This idempotency_key was used before, for another reply (in conversation %s). Use a new key for a new"
		                " reply.", work.before.conversation_id);
	return answer(call, store, outcome, &work);
}
