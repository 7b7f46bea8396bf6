/* chat.c - chat_with_ai: a customer says something, and is answered; see turn.h and rounds.h. */
#include "turn.h"

#include <math.h>
#include <stdatomic.h>

#include "feeling.h"
#include "figures.h"
#include "queue.h"
#include "rounds.h"
#include "writing.h"

#define DAY_MS INT64_C(86400000)
#define LOOK_AGAIN_MS 100               /* at least: a lease that could not be written may be ours still */
#define LOW_MAX 2                       /* of a customer's words in a row, before a person looks */
#define ASKS_FOR_PERSON "the customer asks for a person"

static struct models *models;

struct chat {
	const char *message;
	const char *conversation_id;
	const char *idempotency_key;
};

struct chatted {
	const char *conversation_id;
	const char *status;
	const char *reply;
	const char *by;
	int64_t seq, answers;
	bool has_answer;
	const char **tools;
	int64_t tool_count;
	double sentiment;
	bool has_sentiment;
	const char *model;
	int64_t tokens_in, tokens_out, tokens_cached;
	bool truncated;
	const char *cut;
};

SHAPE(chat_shape, struct chat,
	TEXT(struct chat, message, "What the customer says", .required = true, AT_LEAST(1), AT_MOST(MESSAGE_MAX)),
	TEXT(struct chat, conversation_id, "The conversation that it goes on with; without it a new one begins", AT_LEAST(1), AT_MOST(64),
	     EXAMPLES("CNV-7H2K9QX4TN")),
	TEXT(struct chat, idempotency_key, "A new one for each message, and the same to repeat a call that seems to have failed: it is then said"
	     " once, and answered once", AT_LEAST(1), AT_MOST(128)));

SHAPE(chatted_shape, struct chatted,
	TEXT(struct chatted, conversation_id, "To go on with it, and to follow it: support://conversation/ID", .required = true),
	TEXT(struct chatted, status, "open: the model answers; waiting, with_person: a person does, and the model is silent", .required = true,
	     ONE_OF(STATUSES)),
	TEXT(struct chatted, reply, "What the customer is answered", .required = true),
	TEXT(struct chatted, by, "Who answered; nobody: a person will", .required = true, ONE_OF("model", "person", "nobody")),
	INT(struct chatted, seq, "Number of the message in its conversation", .required = true),
	INT(struct chatted, answers, "Number of the answer; absent: there is none yet", OPTIONAL(struct chatted, has_answer)),
	TEXTS(struct chatted, tools, tool_count, "What the model looked up or did"),
	REAL(struct chatted, sentiment, "How the customer feels, by these words: from -1 to 1", OPTIONAL(struct chatted, has_sentiment)),
	TEXT(struct chatted, model, "The model that answered"),
	INT(struct chatted, tokens_in, "Tokens that it read", .required = true),
	INT(struct chatted, tokens_out, "Tokens that it wrote", .required = true),
	INT(struct chatted, tokens_cached, "Of what it read: those that a cache had", .required = true),
	BOOL(struct chatted, truncated, "It was told a summary of what was said long ago"),
	TEXT(struct chatted, cut, "Why the reply is not all of what it had to say"));

/* ---- Starting ---- */

bool turn_start(const char *version)
{
	if (!briefing_start() || !judge_start() || !shop_start(version))
		return false;
	models = models_create();
	return models != NULL;
}

void turn_stop(void)
{
	models_destroy(models);
	judge_stop();
	shop_stop();
	briefing_stop();
}

/* ---- Between runs ---- */

/* Of the message, once it was written down or found. */
struct kept {
	const char *conversation_id;
	int64_t seq;
	bool asks;                      /* the model: no person is to answer */
	bool waits;                     /* the turn is somebody else's */
	bool counts;                    /* what it took to judge the message is written down */
	size_t resumed;                 /* see rounds.h */
	size_t heard, heard_before;     /* bytes that somebody else's turn was seen to have written: in its round, and in those before */
};

/* Made once: who waits looks often, and none of what it finds stays with the call. */
static struct kept *keep(struct mcp_call *call, const struct turn *turn)
{
	struct kept *kept = (struct kept *)mcp_kept(call);

	if (!kept) {
		kept = arena_array(mcp_arena(call), struct kept, 1);
		*kept = (struct kept) { .conversation_id = arena_copy(mcp_arena(call), str_of(turn->id)), .seq = turn->seq };
		mcp_keep(call, kept);
	}
	return kept;
}

static bool has_counted(const struct mcp_call *call)
{
	const struct kept *kept = mcp_kept(call);

	return kept && kept->counts;
}

static void go_on_with(struct turn *turn, const struct kept *kept)
{
	if (!kept)
		return;
	turn->id = kept->conversation_id;
	turn->seq = kept->seq;
	turn->is_known = true;
	turn->waits = kept->waits;
}

/* ---- Answers ---- */

static enum mcp_answer for_person(struct mcp_call *call, const struct turn *turn)
{
	return mcp_return(call, chatted_shape, &(struct chatted) {
		.conversation_id = turn->id, .status = turn->conversation.status, .by = "nobody", .seq = turn->seq,
		.reply = "Thank you. A person of the shop will answer here as soon as one can; you can write more meanwhile.",
		.has_sentiment = turn->conversation.has_sentiment, .sentiment = turn->conversation.sentiment,
	});
}

/* `rounds` NULL: it was answered before. */
static enum mcp_answer answered(struct mcp_call *call, const struct turn *turn, const struct rounds *rounds)
{
	const struct message *answer = &turn->answer;
	bool model = strcmp(answer->role, "model") == 0;
	struct chatted chatted = {
		.conversation_id = turn->id, .status = turn->conversation.status, .reply = answer->text, .by = model ? "model" : "person",
		.seq = turn->seq, .answers = answer->seq, .has_answer = true, .has_sentiment = turn->conversation.has_sentiment,
		.sentiment = turn->conversation.sentiment, .model = model ? answer->author : NULL, .tokens_in = answer->tokens_in,
		.tokens_out = answer->tokens_out, .tokens_cached = answer->tokens_cached, .cut = answer->cut,
	};

	if (rounds) {
		chatted.tools = (const char **)rounds->tools;
		chatted.tool_count = rounds->tool_count;
		chatted.truncated = rounds->truncated;
	}
	return mcp_return(call, chatted_shape, &chatted);
}

/* Before it waits the first time: of which conversation this is, so that a client follows a new one, or asks for a person in it, long before
 * its first answer is whole. */
static void tell_where(struct mcp_call *call, const struct turn *turn)
{
	if (!mcp_kept(call))
		mcp_progress(call, 0, 0, "%s", conversation_uri(mcp_arena(call), turn->id));
}

/* Progress only grows: a round of the model's after its first is told behind what was heard of that. */
static void tell_heard(struct mcp_call *call, struct kept *kept, const char *text)
{
	size_t size = strlen(text);

	if (size < kept->heard)
		kept->heard_before += kept->heard;
	kept->heard = size;
	mcp_progress(call, (double)(kept->heard_before + size), 0, "%s", text);
}

/* Whoever says the same again is told what it is being answered, as who said it first is. */
static enum mcp_answer wait_for_turn(struct mcp_call *call, const struct turn *turn)
{
	const struct conversation *conversation = &turn->conversation;

	tell_where(call, turn);
	struct kept *kept = keep(call, turn);
	kept->waits = true;
	if (conversation->turn_text && conversation->turn_seq == turn->seq)
		tell_heard(call, kept, conversation->turn_text);
	return mcp_wait(call, conversation_uri(mcp_arena(call), turn->id), turn->wait_ms > LOOK_AGAIN_MS ? turn->wait_ms : LOOK_AGAIN_MS);
}

/* ---- No answer of the model's ---- */

static enum mcp_answer give_up(struct mcp_call *call, struct store *store, struct turn *turn, const struct tokens *taken, const char *reason)
{
	switch (turn_give_up(store, mcp_arena(call), turn, taken, reason)) {
	case TURN_FOR_PERSON:
		mcp_count(PASSED_ON, 1);
		conversation_changed(mcp_arena(call), turn->id, true);
		return for_person(call, turn);
	case TURN_OURS:
		conversation_changed(mcp_arena(call), turn->id, false);
		return mcp_fail(call, "Your message is written down, but there is no answer just now. Call chat_with_ai again with the same"
		                " arguments in a moment, with conversation_id \"%s\".", turn->id);
	case TURN_BUSY:
		return wait_for_turn(call, turn);
	default:
		return mcp_fail(call, HISTORY_DOWN);
	}
}

/* Why the model is not asked; NULL: it is; UNKNOWN: the store failed. */
static const char UNKNOWN[] = "";

static const char *why_person(struct mcp_call *call, struct store *store, const struct turn *turn)
{
	int64_t most = setting_int("CUSTOMER_TOKENS"), taken = 0;

	if (models_are_none(models))
		return "no model is set";
	if (feeling_wants_person(mcp_arena(call), turn->text))
		return ASKS_FOR_PERSON;
	if (most)
		taken = turn_tokens_since(store, mcp_arena(call), turn, now_ms() - DAY_MS);
	if (taken < 0)
		return UNKNOWN;
	return most && taken >= most ? "the customer's share of the model is used up for today" : NULL;
}

/* ---- The model's ---- */

static const char *cards_of(struct mcp_call *call, const struct rounds *rounds)
{
	const char *all = NULL;

	for (size_t i = 0; i < rounds->card_count; i++)
		all = arena_print(mcp_arena(call), "%s%s%s", all ? all : "[", all ? "," : "", rounds->cards[i]);
	return all ? arena_print(mcp_arena(call), "%s]", all) : NULL;
}

static struct turn_end end_of(struct mcp_call *call, const struct turn *turn, const struct rounds *rounds, const struct judgement *judgement)
{
	struct arena *arena = mcp_arena(call);
	double sentiment = judgement->is_there ? judgement->sentiment : feeling_of(arena, turn->text);
	int64_t low_count = sentiment <= FEELING_LOW ? turn->conversation.low_count + 1 : 0;
	bool silent = !rounds->text.size;
	struct turn_end end = {
		.answer = {
			.role = "model", .author = rounds->model, .cards = cards_of(call, rounds), .cut = rounds->cut,
			.text = silent ? "I have no answer to this. A colleague of mine will look at it." : arena_copy(arena, rounds->text),
			.steps = steps_write(arena, rounds->steps, rounds->step_count), .tokens_in = rounds->taken.in,
			.tokens_out = rounds->taken.out, .tokens_cached = rounds->taken.cached,
		},
		.has_sentiment = true, .sentiment = sentiment, .low_count = low_count,
		.for_person = rounds->wants_person || judgement->wants_person || silent || low_count >= LOW_MAX,
		.reason = rounds->wants_person ? rounds->reason : judgement->wants_person ? ASKS_FOR_PERSON
			: silent ? "the model had no answer" : "the customer is unhappy",
		.beside = rounds->beside,
	};

	return end;
}

/* Of all whom this process answers, each a tenth of it: the latest ten have two thirds. */
static void note_sentiment(double sentiment)
{
	static _Atomic double latest;
	double before = atomic_load(&latest), now;

	do
		now = before + (sentiment - before) / 10;
	while (!atomic_compare_exchange_weak(&latest, &before, now));
	mcp_gauge(SENTIMENT, (int64_t)lround(now * 100));
}

static enum mcp_answer finish(struct mcp_call *call, struct store *store, struct turn *turn, const struct rounds *rounds,
                              const struct judgement *judgement)
{
	struct turn_end end = end_of(call, turn, rounds, judgement);

	switch (turn_finish(store, mcp_arena(call), turn, &end)) {
	case TURN_ANSWERED:
		mcp_count(PASSED_ON, end.for_person);
		mcp_count(UNHAPPY, end.sentiment <= FEELING_LOW);
		note_sentiment(end.sentiment);
		conversation_changed(mcp_arena(call), turn->id, end.for_person);
		return answered(call, turn, rounds);
	case TURN_BUSY:
		return wait_for_turn(call, turn);
	default:
		return mcp_fail(call, HISTORY_DOWN);
	}
}

/* `arena`: of what the model is told, which is far more than its turn keeps while it waits. */
static enum mcp_answer answer_in(struct mcp_call *call, struct store *store, struct turn *turn, struct arena *arena)
{
	struct rounds rounds = { .call = call, .store = store, .models = models, .turn = turn, .arena = arena, .resumed = &keep(call, turn)->resumed };
	struct messages told;

	if (!turn_messages(store, arena, turn, &told))
		return mcp_fail(call, HISTORY_DOWN);
	rounds.telling = (struct telling) {
		.messages = told.messages, .message_count = told.count, .up_to = turn->seq, .summary = turn->conversation.summary,
		.summary_to = turn->conversation.summary_to, .tokens = setting_int("CONTEXT_TOKENS"),
	};
	/* Before the other, so that both are under way while the call waits. What it said before the customer was asked something is kept. */
	struct judgement judgement;
	if (!judgement_read(turn->conversation.turn_steps, &judgement))
		judgement = judge(call, arena, turn->text);
	rounds.judged = judgement_write(arena, &judgement);
	if (!has_counted(call))
		rounds.beside = judgement.taken;
	enum rounds_outcome outcome = rounds_run(&rounds);
	keep(call, turn)->counts |= judgement.taken.in && !rounds.beside.in;
	switch (outcome) {
	case ROUNDS_DONE:
		return finish(call, store, turn, &rounds, &judgement);
	case ROUNDS_PENDING:
		return MCP_WAITING;
	case ROUNDS_FAILED:
		tokens_add(&rounds.taken, &rounds.beside);
		return give_up(call, store, turn, &rounds.taken, NULL);
	default:
		return wait_for_turn(call, turn);
	}
}

static enum mcp_answer answer(struct mcp_call *call, struct store *store, struct turn *turn)
{
	const struct kept *kept = mcp_kept(call);
	const char *person = turn->conversation.turn_steps || (kept && kept->asks) ? NULL : why_person(call, store, turn);

	if (person == UNKNOWN)
		return mcp_fail(call, HISTORY_DOWN);
	if (person)
		return give_up(call, store, turn, NULL, person);
	tell_where(call, turn);
	struct kept *now = keep(call, turn);
	now->asks = true;
	now->waits = false;
	struct arena *arena = arena_create();
	enum mcp_answer answer = answer_in(call, store, turn, arena);
	arena_destroy(arena);
	return answer;
}

/* ---- The tool ---- */

static enum mcp_answer say(struct mcp_call *call, struct store *store, struct turn *turn)
{
	struct arena *arena = mcp_arena(call);
	enum turn_state state = turn_begin(store, arena, turn);

	if (turn->id && turn->seq)
		mcp_note(call, "conversation", turn->id);
	if (turn->is_new) {
		writing_is_over(call, turn->id, NULL);
		conversation_changed(arena, turn->id, state == TURN_FOR_PERSON);
	}
	switch (state) {
	case TURN_OURS:        return answer(call, store, turn);
	case TURN_BUSY:        return wait_for_turn(call, turn);
	case TURN_ANSWERED:    return answered(call, turn, NULL);
	case TURN_FOR_PERSON:  return for_person(call, turn);
	case TURN_OTHER_WORDS: return mcp_fail(call, "This idempotency_key was used before, for another message or in another conversation."
	                                       " Use a new key for a new message.");
	case TURN_GONE:        return mcp_fail(call, "This conversation is erased, and your message with it.");
	case TURN_NOT_FOUND:   return mcp_fail(call, "You have no conversation %s. list_conversations has yours; without a conversation_id a new"
	                                       " one begins.", turn->id);
	default:               return mcp_fail(call, HISTORY_DOWN);
	}
}

/* Who waits looks each time that anybody is told of the turn, and reads all that is written of it: none of which stays with the call. */
static bool waits_on(struct mcp_call *call, struct store *store, const struct turn *turn)
{
	const struct kept *kept = mcp_kept(call);
	struct turn seen = *turn;

	if (!kept || !kept->waits)
		return false;
	struct arena *arena = arena_create();
	bool busy = turn_begin(store, arena, &seen) == TURN_BUSY;
	if (busy)
		(void)wait_for_turn(call, &seen);
	arena_destroy(arena);
	return busy;
}

enum mcp_answer chat_with_ai(struct mcp_call *call, const void *in, struct store *store)
{
	const struct chat *asked = in;
	struct model_said said;
	struct turn turn = {
		.customer = caller_as_customer(call), .id = asked->conversation_id, .text = asked->message, .idempotency_key = asked->idempotency_key,
		.call = mcp_call_number(call), .share = setting_int("CUSTOMER_TOKENS") ? setting_int("CONTEXT_TOKENS") : 0,
	};

	if (!turn.customer)
		return mcp_fail(call, "This server does not know which customer you are, and a conversation is a customer's. Whoever runs it has to"
		                " say so: customer=ID in your key's line of API_KEYS, or OAUTH_CUSTOMER_CLAIM where people sign in.");
	const struct kept *kept = mcp_kept(call);
	if (kept && model_writes(call, &said) && rounds_tell(call, store, kept->conversation_id, &said))
		return MCP_WAITING;
	go_on_with(&turn, kept);
	if (waits_on(call, store, &turn))
		return MCP_WAITING;
	/* Nobody else is at it any more: if it is left to answer, its lease was taken just now. */
	turn.waits = false;
	return say(call, store, &turn);
}
