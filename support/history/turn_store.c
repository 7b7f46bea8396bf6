/* turn_store.c - see turn_store.h. */
#include "turn_store.h"

#include "queue.h"

/* A run renews the lease where less is left of it than that. */
#define SHORT_MS (TURN_LEASE_MS / 2)

/* What a statement is told of a turn. */
struct turn_row {
	const char *id, *customer, *text, *idempotency_key, *steps;
	int64_t call, seq, now, until, most;
	int64_t in, out, cached;
};

static SHAPE(turn_row_shape, struct turn_row,
	TEXT(struct turn_row, id, ""),
	TEXT(struct turn_row, customer, ""),
	TEXT(struct turn_row, text, ""),
	TEXT(struct turn_row, idempotency_key, ""),
	TEXT(struct turn_row, steps, ""),
	INT(struct turn_row, call, ""),
	INT(struct turn_row, seq, ""),
	INT(struct turn_row, now, ""),
	INT(struct turn_row, until, ""),
	INT(struct turn_row, most, ""),
	INT(struct turn_row, in, ""),
	INT(struct turn_row, out, ""),
	INT(struct turn_row, cached, ""));

static struct turn_row row_of(const struct turn *turn)
{
	return (struct turn_row) {
		.id = turn->id, .customer = turn->customer, .text = turn->text, .idempotency_key = turn->idempotency_key,
		.call = turn->call, .seq = turn->seq, .now = now_ms(), .until = now_ms() + TURN_LEASE_MS,
	};
}

/* More, or with less than nothing less, stands with the turn's message. */
static bool add_tokens(struct store *store, const struct turn *turn, int64_t share, const struct tokens *taken)
{
	struct turn_row row = row_of(turn);

	row.in = share + (taken ? taken->in : 0);
	row.out = taken ? taken->out : 0;
	row.cached = taken ? taken->cached : 0;
	if (!row.in && !row.out && !row.cached)
		return true;
	return store_change(store, "update message set tokens_in = case when tokens_in + :in > 0 then tokens_in + :in else 0 end,"
	                    " tokens_out = tokens_out + :out, tokens_cached = tokens_cached + :cached where conversation_id = :id and seq = :seq",
	                    turn_row_shape, &row) >= 0;
}

/* ---- Beginning ---- */

struct beginning {
	struct turn *turn;
	struct arena *arena;
	enum turn_state state;
	const char *asked;              /* the conversation that was named; NULL: none */
	int64_t known;                  /* the message, if a run before found it; 0: look for it */
	const char *fresh;              /* the number of a conversation that is begun */
};

/* The message of this call, or of its idempotency key: 1, 0: there is none, -1. */
static int find_message(struct store *store, struct arena *arena, const struct turn_row *row, struct message *message)
{
	int found = store_find_one(store, arena, "select " MESSAGE_COLUMNS " from message where call = :call and call <> 0", turn_row_shape, row,
	                           message_row_shape, message);

	if (found || !row->idempotency_key)
		return found;
	return store_find_one(store, arena, "select " MESSAGE_COLUMNS " from message where role = 'customer' and author = :customer"
	                      " and idempotency_key = :idempotency_key", turn_row_shape, row, message_row_shape, message);
}

static int find_answer(struct store *store, struct arena *arena, const struct turn_row *row, struct message *answer)
{
	return store_find_one(store, arena, "select " MESSAGE_COLUMNS " from message where conversation_id = :id and seq > :seq and answers >= :seq"
	                      " order by seq limit 1", turn_row_shape, row, message_row_shape, answer);
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

/* What is known of the message, if the lease is not to be taken or renewed. */
static enum turn_state look(struct store *store, struct arena *arena, struct turn *turn, int64_t now)
{
	const struct conversation *conversation = &turn->conversation;
	struct turn_row row = row_of(turn);

	if (conversation->answered >= turn->seq)
		return find_answer(store, arena, &row, &turn->answer) == 1 ? TURN_ANSWERED : TURN_FAILED;
	if (conversation_is_for_person(conversation))
		return TURN_FOR_PERSON;
	if (conversation->turn_owner == turn->call && conversation->turn_until > now)
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
	struct turn_row row = row_of(turn);
	struct message same;
	row.seq = turn->conversation.answered;
	int found = store_find_one(store, beginning->arena, "select " MESSAGE_COLUMNS " from message where conversation_id = :id and seq > :seq"
	                           " and role = 'customer' and text = :text order by seq limit 1", turn_row_shape, &row, message_row_shape, &same);
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
	struct turn_row row = row_of(turn);
	struct message message;

	/* Run once more, it begins as it did. */
	turn->id = beginning->asked;
	turn->is_new = false;
	turn->seq = beginning->known;
	if (turn->seq)
		return find_known(store, beginning);
	int found = find_message(store, beginning->arena, &row, &message);
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
	return find_conversation(store, beginning, message.conversation_id);
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
	       (turn->conversation.turn_owner == turn->call && turn->conversation.turn_until - now > SHORT_MS);
}

enum turn_state turn_begin(struct store *store, struct arena *arena, struct turn *turn)
{
	char fresh[CONVERSATION_ID_SIZE];
	struct beginning beginning = { .turn = turn, .arena = arena, .asked = turn->id, .known = turn->is_known ? turn->seq : 0 };

	if (turn->is_known && is_under_way(store, &beginning))
		return beginning.state;
	conversation_id_make(fresh);
	beginning.fresh = arena_copy(arena, str_of(fresh));
	if (store_transact(store, begin, &beginning) == STORE_COMMITTED)
		return beginning.state;
	/* What it seemed to have written is not there. */
	turn->id = beginning.asked;
	turn->is_new = false;
	turn->seq = beginning.known;
	return TURN_FAILED;
}

/* ---- While it is written ---- */

int turn_tell(struct store *store, struct arena *arena, int64_t call, str text, const char **id)
{
	struct turn_row row = { .call = call, .text = arena_copy(arena, text), .until = now_ms() + TURN_LEASE_MS }, told;
	int found = store_find_one(store, arena, "update conversation set turn_text = :text, turn_until = :until where turn_owner = :call"
	                           " and turn_owner <> 0"
	                           " returning id", turn_row_shape, &row, turn_row_shape, &told);

	if (found == 1)
		*id = told.id;
	return found;
}

bool turn_resume(struct store *store, struct turn *turn)
{
	struct turn_row row = row_of(turn);

	turn->conversation.turn_asks = false;
	return store_change(store, "update conversation set turn_asks = 0, turn_until = :until where id = :id and turn_owner = :call"
	                    " and turn_seq = :seq", turn_row_shape, &row) == 1;
}

bool turn_keep(struct store *store, const struct turn *turn, const char *steps, const struct tokens *taken)
{
	struct turn_row row = row_of(turn);

	row.steps = steps;
	row.until = now_ms() + TURN_ASKING_MS;
	return store_change(store, "update conversation set turn_steps = :steps, turn_asks = 1, turn_text = null, turn_until = :until"
	                    " where id = :id and turn_owner = :call and turn_seq = :seq", turn_row_shape, &row) == 1 &&
	       add_tokens(store, turn, 0, taken);
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
	    !conversation_keep(store, &conversation) || !add_tokens(store, turn, -turn->share, NULL))
		return false;
	turn->conversation = conversation;
	turn->answer = answer;
	return true;
}

static enum turn_state settle(struct store *store, store_work_fn *work, struct ending *ending, enum turn_state done)
{
	switch (store_transact(store, work, ending)) {
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

/* ---- What is told ---- */

bool turn_summarize(struct store *store, const struct turn *turn, const char *summary, int64_t to, const struct tokens *taken)
{
	struct turn_row row = row_of(turn);

	row.text = summary;
	row.most = to;
	return store_change(store, "update conversation set summary = :text, summary_to = :most where id = :id and turn_owner = :call",
	                    turn_row_shape, &row) == 1 && add_tokens(store, turn, 0, taken);
}

int64_t turn_tokens_since(struct store *store, struct arena *arena, const struct turn *turn, int64_t since)
{
	struct turn_row row = row_of(turn), sum;

	row.now = since;
	int found = store_find_one(store, arena, "select cast(coalesce(sum(m.tokens_in + m.tokens_out), 0) as bigint) as most"
	                           " from conversation c join message m on m.conversation_id = c.id"
	                           " where c.customer = :customer and c.updated_at >= :now and m.at >= :now",
	                           turn_row_shape, &row, turn_row_shape, &sum);

	if (found != 1)
		return -1;
	return sum.most > turn->share ? sum.most - turn->share : 0;
}

bool turn_messages(struct store *store, struct arena *arena, const struct turn *turn, struct messages *found)
{
	struct turn_row row = row_of(turn);
	ROWS(struct message) rows;

	row.now = turn->conversation.summary_to;
	row.seq = turn->seq;
	row.most = MESSAGES_TOLD;
	if (!store_find(store, arena, "select " MESSAGE_COLUMNS " from (select " MESSAGE_COLUMNS " from message where conversation_id = :id"
	                " and (seq > :now or answers > :now) and (seq <= :seq or (answers > 0 and answers <= :seq))"
	                " order by seq desc limit :most) as latest order by seq",
	                turn_row_shape, &row, message_row_shape, &rows))
		return false;
	*found = (struct messages) { rows.first, rows.count };
	return true;
}
