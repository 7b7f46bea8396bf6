/* turn_store.c - see turn_store.h. */
#include "turn_store.h"

#include "queue.h"
#include "rows.h"

/* A run renews the lease where less is left of it than that. */
#define SHORT_MS (TURN_LEASE_MS / 2)

/* ---- Beginning ---- */

struct beginning {
	struct turn *turn;
	struct arena *arena;
	enum turn_state state;
	const char *asked;              /* the conversation that was named; NULL: none */
	int64_t known;                  /* the message, if a run before found it; 0: look for it */
	const char *fresh;              /* the number of a conversation that is begun */
};

/* Of this call, or of its idempotency key: 1, 0: there is none, -1. */
static int find_message(struct store *store, struct arena *arena, const struct turn *turn, struct message *message)
{
	int found = row_of_call(store, arena, turn->call, message);

	return found ? found : row_of_key(store, arena, &(struct message) {
		.role = "customer", .author = turn->customer, .idempotency_key = turn->idempotency_key,
	}, message);
}

/* More, or with less than nothing less, stands with the turn's message. */
static bool add_tokens(struct store *store, const struct turn *turn, int64_t share, const struct tokens *taken)
{
	struct tokens more = taken ? *taken : (struct tokens) { 0 };

	more.in += share;
	return row_add_tokens(store, turn->id, turn->seq, &more);
}

/* For so long another turn is under way, which may not be taken before. 0: there is none. */
static int64_t busy_ms(const struct turn *turn, int64_t now)
{
	const struct conversation *conversation = &turn->conversation;
	int64_t until = conversation->turn_until;

	if (!conversation->turn_owner || (conversation->turn_asks && conversation->turn_seq <= turn->seq))
		return 0;
	if (conversation->turn_seq == turn->seq)
		until += TURN_QUIET_MS - TURN_LEASE_MS;
	return until > now ? until - now : 0;
}

/* A client may send the same answer of its person's several times at once: each is a call of this number, one of which goes on. */
static bool holds(const struct turn *turn)
{
	const struct conversation *conversation = &turn->conversation;

	return conversation->turn_owner == turn->call && (conversation->turn_asks || (turn->is_known && !turn->waits));
}

/* What is known of the message, if the lease is not to be taken or renewed. */
static enum turn_state look(struct store *store, struct arena *arena, struct turn *turn, int64_t now)
{
	const struct conversation *conversation = &turn->conversation;

	if (conversation->answered >= turn->seq)
		return row_answering(store, arena, turn->id, turn->seq, &turn->answer) == 1 ? TURN_ANSWERED : TURN_FAILED;
	if (conversation_is_for_person(conversation))
		return TURN_FOR_PERSON;
	if (holds(turn) && conversation->turn_until > now)
		return TURN_OURS;
	turn->wait_ms = busy_ms(turn, now);
	return turn->wait_ms ? TURN_BUSY : TURN_OURS;
}

/* Whether it was another's, or nobody's. conversation_keep() comes after. */
static bool take_lease(struct turn *turn, int64_t now)
{
	struct conversation *conversation = &turn->conversation;

	/* Of the same message goes on what was done before its customer was asked. */
	if (conversation->turn_seq != turn->seq)
		conversation_end_turn(conversation);
	bool is_taken = conversation->turn_owner != turn->call || conversation->turn_seq != turn->seq;
	conversation->turn_owner = turn->call;
	conversation->turn_seq = turn->seq;
	conversation->turn_until = now + (conversation->turn_asks ? TURN_ASKING_MS : TURN_LEASE_MS);
	return is_taken;
}

/* A closed conversation is open again. conversation_keep() comes after. */
static bool write_down(struct store *store, struct arena *arena, struct turn *turn)
{
	struct conversation *conversation = &turn->conversation;
	struct message message = {
		.at = now_ms(), .role = "customer", .author = turn->customer, .text = turn->text, .idempotency_key = turn->idempotency_key,
		.call = turn->call,
	};

	if (strcmp(conversation->status, "closed") == 0)
		conversation->status = "open";
	turn->is_new = message_add(store, arena, conversation, &message);
	turn->seq = message.seq;
	return turn->is_new;
}

static bool make_conversation(struct store *store, struct beginning *beginning)
{
	struct turn *turn = beginning->turn;
	int64_t now = now_ms();

	turn->conversation = (struct conversation) {
		.id = beginning->fresh, .customer = turn->customer, .status = "open", .started_at = now, .updated_at = now,
	};
	turn->id = beginning->fresh;
	return conversation_make(store, &turn->conversation);
}

/* TURN_OURS: go on. */
static enum turn_state find_conversation(struct store *store, struct beginning *beginning, const char *id)
{
	struct turn *turn = beginning->turn;

	switch (conversation_find(store, beginning->arena, id, turn->customer, &turn->conversation)) {
	case FOUND:
		turn->id = turn->conversation.id;
		return TURN_OURS;
	case NOT_FOUND:
		return TURN_NOT_FOUND;
	default:
		return TURN_FAILED;
	}
}

/* In the conversation that was named. Who says the same again, without a key and before it is answered, says it once. */
static enum turn_state find_in(struct store *store, struct beginning *beginning, const char *id)
{
	struct turn *turn = beginning->turn;
	enum turn_state state = find_conversation(store, beginning, id);

	if (state != TURN_OURS || turn->idempotency_key)
		return state;
	struct message same;
	int found = row_saying(store, beginning->arena, turn->conversation.id, turn->conversation.answered, turn->text, &same);
	if (found == 1)
		turn->seq = same.seq;
	return found < 0 ? TURN_FAILED : TURN_OURS;
}

/* Where an earlier run found it: by then it may be answered, so that find_in() would take it for a new one, or erased. */
static enum turn_state find_known(struct store *store, struct beginning *beginning)
{
	enum turn_state state = find_conversation(store, beginning, beginning->asked);

	return state == TURN_NOT_FOUND ? TURN_GONE : state;
}

static enum turn_state find_all(struct store *store, struct beginning *beginning)
{
	struct turn *turn = beginning->turn;
	struct message message;

	/* Run once more, it begins as it did. */
	turn->id = beginning->asked;
	turn->is_new = false;
	turn->seq = beginning->known;
	if (turn->seq)
		return find_known(store, beginning);
	int found = find_message(store, beginning->arena, turn, &message);
	if (found < 0)
		return TURN_FAILED;
	if (!found && turn->id)
		return find_in(store, beginning, turn->id);
	if (!found)
		return TURN_OURS;
	if (strcmp(message.text, turn->text) != 0 || strcmp(message.author, turn->customer) != 0 ||
	    (turn->id && !conversation_is(beginning->arena, turn->id, message.conversation_id)))
		return TURN_OTHER_WORDS;
	turn->seq = message.seq;
	turn->id = message.conversation_id;
	return find_conversation(store, beginning, turn->id);
}

static bool begin(struct store *store, void *context)
{
	struct beginning *beginning = context;
	struct turn *turn = beginning->turn;

	beginning->state = find_all(store, beginning);
	if (beginning->state == TURN_OURS && !turn->seq &&
	    !((beginning->asked || make_conversation(store, beginning)) && write_down(store, beginning->arena, turn)))
		beginning->state = TURN_FAILED;
	int64_t now = now_ms();
	if (beginning->state == TURN_OURS)
		beginning->state = look(store, beginning->arena, turn, now);
	bool is_taken = beginning->state == TURN_OURS && take_lease(turn, now);
	if (((beginning->state == TURN_OURS || turn->is_new) && !conversation_keep(store, &turn->conversation)) ||
	    (is_taken && !add_tokens(store, turn, turn->share, NULL)))
		beginning->state = TURN_FAILED;
	return beginning->state != TURN_FAILED;
}

/* A run of a turn that is under way: nothing is to be written. */
static bool is_under_way(struct store *store, struct beginning *beginning)
{
	struct turn *turn = beginning->turn;

	beginning->state = find_all(store, beginning);
	if (beginning->state != TURN_OURS)
		return true;
	int64_t now = now_ms();
	beginning->state = look(store, beginning->arena, turn, now);
	return beginning->state != TURN_OURS ||
	       (holds(turn) && turn->conversation.turn_until - now > SHORT_MS);
}

enum turn_state turn_begin(struct store *store, struct arena *arena, struct turn *turn)
{
	char fresh[CONVERSATION_ID_SIZE];
	struct beginning beginning = { .turn = turn, .arena = arena, .asked = turn->id, .known = turn->is_known ? turn->seq : 0 };

	if (turn->is_known && is_under_way(store, &beginning))
		return beginning.state;
	conversation_id_make(fresh);
	beginning.fresh = arena_copy(arena, str_of(fresh));
	if (history_transact(store, begin, &beginning) == STORE_COMMITTED)
		return beginning.state;
	/* What it seemed to have written is not there. */
	turn->id = beginning.asked;
	turn->is_new = false;
	turn->seq = beginning.known;
	return TURN_FAILED;
}

/* ---- The end ---- */

struct ending {
	struct turn *turn;
	const struct turn_end *end;     /* NULL: it is given up, because of */
	const char *reason;
	const struct tokens *taken;
	struct arena *arena;
};

/* As the conversation is now; false: the lease is gone. */
static bool find_ours(struct store *store, const struct ending *ending, struct conversation *conversation)
{
	const struct turn *turn = ending->turn;

	return conversation_find(store, ending->arena, turn->id, turn->customer, conversation) == FOUND &&
	       conversation->turn_owner == turn->call && conversation->turn_seq == turn->seq;
}

static bool pass_on(struct store *store, struct arena *arena, struct conversation *conversation, const char *reason)
{
	return history_wait_for_person(store, arena, conversation, &(struct passing_on) {
		.reason = reason, .author = "support", .note = "A person of the shop will answer here.",
	}, now_ms());
}

static bool finish(struct store *store, void *context)
{
	const struct ending *ending = context;
	const struct turn_end *end = ending->end;
	struct turn *turn = ending->turn;
	struct conversation conversation;
	struct message answer = end->answer;

	if (!find_ours(store, ending, &conversation))
		return false;
	conversation.has_sentiment = end->has_sentiment;
	conversation.sentiment = end->sentiment;
	conversation.low_count = end->low_count;
	conversation.failed_turns = end->failed_turns;
	conversation_end_turn(&conversation);
	answer.at = now_ms();
	answer.answers = turn->seq;
	if (!message_add(store, ending->arena, &conversation, &answer) || (end->for_person && !pass_on(store, ending->arena, &conversation, end->reason)) ||
	    !conversation_keep(store, &conversation) || !add_tokens(store, turn, -turn->share, &end->beside))
		return false;
	turn->conversation = conversation;
	turn->answer = answer;
	return true;
}

static enum turn_state settle(struct store *store, store_work_fn *work, struct ending *ending, enum turn_state done)
{
	switch (history_transact(store, work, ending)) {
	case STORE_COMMITTED:  return done;
	case STORE_TAKEN_BACK: return TURN_BUSY;
	default:               return TURN_FAILED;
	}
}

enum turn_state turn_finish(struct store *store, struct arena *arena, struct turn *turn, const struct turn_end *end)
{
	return settle(store, finish, &(struct ending) { .turn = turn, .end = end, .arena = arena }, TURN_ANSWERED);
}

/* ---- No answer ---- */

#define FAILED_MAX 2

static bool give_up(struct store *store, void *context)
{
	const struct ending *ending = context;
	struct conversation conversation;

	if (!find_ours(store, ending, &conversation))
		return false;
	conversation.failed_turns += !ending->reason;
	conversation_end_turn(&conversation);
	if ((ending->reason || conversation.failed_turns >= FAILED_MAX) &&
	    !pass_on(store, ending->arena, &conversation, ending->reason ? ending->reason : "the model could not answer"))
		return false;
	ending->turn->conversation = conversation;
	return conversation_keep(store, &conversation) && add_tokens(store, ending->turn, -ending->turn->share, ending->taken);
}

enum turn_state turn_give_up(struct store *store, struct arena *arena, struct turn *turn, const struct tokens *taken, const char *reason)
{
	struct ending ending = { .turn = turn, .reason = reason, .taken = taken, .arena = arena };
	enum turn_state state = settle(store, give_up, &ending, TURN_OURS);

	return state == TURN_OURS && conversation_is_for_person(&turn->conversation) ? TURN_FOR_PERSON : state;
}
