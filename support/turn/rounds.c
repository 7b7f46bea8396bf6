/* rounds.c - see rounds.h. */
#include "rounds.h"

#include "briefing.h"

#define TELL_ALL_MS 500                 /* at least, between two times that what is being written is told to all */
#define ANSWER_TOKENS 800
#define SUMMARY_TOKENS 200
#define PLACES 4096                     /* in a message of a model's: more than it has */

/* ---- While it writes ---- */

bool rounds_tell(struct mcp_call *call, struct store *store, const char *id, const struct model_said *said)
{
	mcp_progress(call, (double)said->written, 0, "%.*s", STR_FORMAT(said->text));
	if (!model_writes_since(call, TELL_ALL_MS))
		return true;
	int told = turn_tell(store, mcp_arena(call), id, mcp_call_number(call), said->text);
	if (told == 1)
		mcp_changed(conversation_uri(mcp_arena(call), id));
	return told != 0;
}

static enum rounds_outcome pending(struct rounds *rounds, const struct model_said *said)
{
	if (said->text.size > 0 && !rounds_tell(rounds->call, rounds->store, rounds->turn->id, said))
		return ROUNDS_LOST;
	return ROUNDS_PENDING;
}

/* ---- Asking ---- */

struct tokens tokens_of(const struct model_usage *usage)
{
	return (struct tokens) {
		.in = usage->input > 0 ? usage->input : 0, .out = usage->output > 0 ? usage->output : 0,
		.cached = usage->cache_read > 0 ? usage->cache_read : 0,
	};
}

void tokens_add(struct tokens *to, const struct tokens *more)
{
	to->in += more->in;
	to->out += more->out;
	to->cached += more->cached;
}

/* Of what is no longer told: once, when it is first left out. Without one it goes on, so trouble here costs nothing else. */
static enum rounds_outcome summarize(struct rounds *rounds, const struct context *context)
{
	const char *source = context_left_out(rounds->arena, &rounds->telling, context->left_out_to);
	const struct model_block block = { .kind = MODEL_TEXT, .text = str_of(source ? source : "") };
	const struct model_message message = { MODEL_USER, &block, 1 };
	struct model_request request = {
		.system = briefing_summary, .messages = &message, .message_count = 1, .max_tokens = SUMMARY_TOKENS, .temperature = 0, .at_once = true,
	};
	struct model_said said;

	if (!source)
		return ROUNDS_DONE;
	briefing_guardrail(&request);
	switch (model_ask(rounds->call, rounds->models, "summary", &request, &said)) {
	case MODEL_PENDING:
		return ROUNDS_PENDING;
	case MODEL_ANSWERED:
		break;
	default:
		return ROUNDS_DONE;
	}
	const struct tokens taken = tokens_of(&said.answer.usage);
	/* What a guardrail says in its place is no summary. */
	for (size_t i = 0; i < said.answer.count && said.answer.stop != MODEL_GUARDRAIL; i++)
		if (said.answer.blocks[i].kind == MODEL_TEXT)
			rounds->telling.summary = arena_copy(mcp_arena(rounds->call), said.answer.blocks[i].text);
	rounds->telling.summary_to = context->left_out_to;
	return turn_summarize(rounds->store, rounds->turn, rounds->telling.summary, context->left_out_to, &taken) ? ROUNDS_DONE : ROUNDS_LOST;
}

static enum rounds_outcome tell_model(struct rounds *rounds, struct context *context)
{
	rounds->telling.steps = (struct steps) { rounds->steps, rounds->step_count };
	*context = context_make(rounds->arena, &rounds->telling);
	rounds->truncated |= context->left_out_to > 0;
	if (context->left_out_to <= rounds->telling.summary_to || rounds->step_count > 0)
		return ROUNDS_DONE;
	enum rounds_outcome outcome = summarize(rounds, context);
	if (outcome == ROUNDS_DONE)
		*context = context_make(rounds->arena, &rounds->telling);
	return outcome;
}

static void take_text(struct rounds *rounds, const struct model_said *said)
{
	rounds->text = STR("");
	for (size_t i = 0; i < said->answer.count; i++) {
		const struct model_block *block = &said->answer.blocks[i];
		if (block->kind != MODEL_TEXT)
			continue;
		const char *both = arena_print(mcp_arena(rounds->call), "%.*s%s%.*s", STR_FORMAT(rounds->text), rounds->text.size ? "\n" : "",
		                               STR_FORMAT(block->text));
		rounds->text = str_of(both);
	}
	if (!rounds->text.size)
		rounds->text = said->text;
}

static const char *why_cut(const struct model_said *said)
{
	switch (said->answer.stop) {
	case MODEL_MAX_TOKENS: return "it would have been too long";
	case MODEL_GUARDRAIL:  return HELD_BACK;
	case MODEL_FILTERED:   return "it was filtered";
	default:               return said->cut ? "the model broke off" : NULL;
	}
}

/* Of what it is told besides the conversation. */
static size_t other_bytes(const char *situation)
{
	size_t bytes = strlen(briefing_system()) + strlen(situation);

	for (size_t i = 0; i < shop_tool_count; i++)
		bytes += strlen(shop_tools[i].name) + strlen(shop_tools[i].about) + strlen(shop_tools[i].schema);
	return bytes;
}

/* By what it says that it read, the next round is told as much as the budget has room for. */
static void take_measure(struct rounds *rounds, const struct context *context, const struct model_usage *usage)
{
	const struct tokens taken = tokens_of(usage);

	tokens_add(&rounds->taken, &taken);
	rounds->telling.factor = context_factor(context->bytes, taken.in + taken.cached);
}

static enum rounds_outcome ask(struct rounds *rounds)
{
	struct arena *arena = rounds->arena;
	const char *situation = briefing_situation(arena, rounds->turn->customer);
	struct context context;
	struct model_said said;

	rounds->telling.other_bytes = other_bytes(situation);
	enum rounds_outcome outcome = tell_model(rounds, &context);
	bool last = rounds->step_count + 2 >= 2 * ROUNDS_MAX || rounds->tool_count >= USES_MAX;

	if (outcome != ROUNDS_DONE)
		return outcome;
	struct model_request request = {
		.system = briefing_system(), .situation = situation, .messages = context.messages,
		.message_count = context.count, .tools = shop_tools, .tool_count = shop_tool_count, .no_tools = last, .max_tokens = ANSWER_TOKENS,
		.temperature = 0, .cache = true,
	};
	briefing_guardrail(&request);
	switch (model_ask(rounds->call, rounds->models, arena_print(arena, "answer %zu", rounds->step_count), &request, &said)) {
	case MODEL_PENDING:
		return pending(rounds, &said);
	case MODEL_ANSWERED:
		break;
	default:
		return ROUNDS_FAILED;
	}
	rounds->model = said.model;
	rounds->cut = why_cut(&said);
	take_measure(rounds, &context, &said.answer.usage);
	take_text(rounds, &said);
	if (said.answer.stop != MODEL_USES_TOOLS || last)
		return ROUNDS_DONE;
	rounds->steps[rounds->step_count++] = (struct model_message) { MODEL_ASSISTANT, said.answer.blocks, said.answer.count };
	return ROUNDS_PENDING;
}

/* ---- Tools ---- */

/* A model that asks the same again would ask it for ever. */
static bool is_again(const struct rounds *rounds, const struct model_block *use)
{
	for (size_t i = 0; i + 1 < rounds->step_count; i++)
		for (size_t j = 0; j < rounds->steps[i].count; j++) {
			const struct model_block *before = &rounds->steps[i].blocks[j];
			if (before->kind == MODEL_TOOL_USE && str_same(before->name, use->name) && str_same(before->text, use->text))
				return true;
		}
	return false;
}

/* Behind the line that is kept with them. */
static const char *steps_kept(const struct rounds *rounds)
{
	const char *text = rounds->turn->conversation.turn_steps, *end = text ? strchr(text, '\n') : NULL;

	return end ? end + 1 : text;
}

static enum rounds_outcome keep(struct rounds *rounds, const char *steps)
{
	struct conversation *conversation = &rounds->turn->conversation;

	if (conversation->turn_steps && strcmp(steps_kept(rounds), steps) == 0)
		return ROUNDS_DONE;
	if (rounds->judged)
		steps = arena_print(mcp_arena(rounds->call), "%s%s", rounds->judged, steps);
	tokens_add(&rounds->taken, &rounds->beside);
	if (!turn_keep(rounds->store, rounds->turn, steps, &rounds->taken))
		return ROUNDS_LOST;
	rounds->taken = rounds->beside = (struct tokens) { 0 };
	conversation->turn_steps = steps;
	conversation->turn_asks = true;
	mcp_changed(conversation_uri(mcp_arena(rounds->call), rounds->turn->id));
	return ROUNDS_DONE;
}

/* Of calls that come with the same answer of the customer's one goes on. */
static bool resume(struct rounds *rounds, size_t place)
{
	if (*rounds->resumed >= place && !rounds->turn->conversation.turn_asks)
		return true;
	*rounds->resumed = place;
	return turn_resume(rounds->store, rounds->turn);
}

static void count_use(struct rounds *rounds, const struct model_block *use, const struct shop_result *found)
{
	rounds->tools[rounds->tool_count++] = arena_copy(mcp_arena(rounds->call), use->name);
	if (found->card)
		rounds->cards[rounds->card_count++] = found->card;
	if (found->wants_person) {
		rounds->wants_person = true;
		rounds->reason = found->reason;
	}
}

static enum rounds_outcome use(struct rounds *rounds, size_t number, const struct model_block *block, struct model_block *result)
{
	struct turn *turn = rounds->turn;
	struct arena *arena = mcp_arena(rounds->call);
	bool asks = shop_asks(block->name);
	struct shop_result found = { 0 };

	*result = (struct model_block) { .kind = MODEL_TOOL_RESULT, .id = block->id, .name = block->name, .failed = true };
	if (rounds->tool_count == USES_MAX) {
		result->text = STR("No more tools can be used for this answer: answer with what you have, or say that a colleague will look at it.");
		return ROUNDS_DONE;
	}
	if (is_again(rounds, block)) {
		result->text = STR("You did exactly this before, and have its result: answer with that.");
		return ROUNDS_DONE;
	}
	const char *steps = asks ? steps_write(arena, rounds->steps, rounds->step_count) : NULL;
	if (asks && !steps) {
		result->text = STR("Nothing was done: this is too much to write down.");
		return ROUNDS_DONE;
	}
	if (asks && keep(rounds, steps) != ROUNDS_DONE)
		return ROUNDS_LOST;
	const char *key = arena_print(arena, "%s %lld %zu.%zu", turn->id, (long long)turn->seq, rounds->step_count, number);
	if (shop_use(rounds->call, turn->customer, key, block, &found) == SHOP_PENDING)
		return ROUNDS_PENDING;
	if (asks && !resume(rounds, rounds->step_count * PLACES + number + 1))
		return ROUNDS_LOST;
	result->text = found.text;
	result->failed = found.failed;
	count_use(rounds, block, &found);
	return ROUNDS_DONE;
}

/* All that the latest message uses, at once where that is only looking. */
static enum rounds_outcome use_tools(struct rounds *rounds)
{
	const struct model_message *said = &rounds->steps[rounds->step_count - 1];
	struct model_block *results = arena_array(mcp_arena(rounds->call), struct model_block, said->count ? said->count : 1);
	size_t count = 0;
	bool waits = false;

	for (size_t i = 0; i < said->count; i++) {
		if (said->blocks[i].kind != MODEL_TOOL_USE)
			continue;
		/* What changes something comes when all that stands before it is known. */
		if (waits && shop_asks(said->blocks[i].name))
			return ROUNDS_PENDING;
		enum rounds_outcome outcome = use(rounds, i, &said->blocks[i], &results[count++]);
		if (outcome != ROUNDS_DONE && outcome != ROUNDS_PENDING)
			return outcome;
		waits |= outcome == ROUNDS_PENDING;
	}
	if (waits)
		return ROUNDS_PENDING;
	rounds->steps[rounds->step_count++] = (struct model_message) { MODEL_USER, results, count };
	return ROUNDS_DONE;
}

/* ---- All of it ---- */

/* What was used in the rounds that were written down, as use() counted it. */
static void recount(struct rounds *rounds, const struct model_message *uses, const struct model_message *results)
{
	for (size_t i = 0; i < results->count && rounds->tool_count < USES_MAX; i++) {
		const struct model_block *used = steps_use_of(uses, results->blocks[i].id);
		if (!used)
			continue;
		struct shop_result found = shop_found(mcp_arena(rounds->call), used, &results->blocks[i]);
		count_use(rounds, used, &found);
	}
}

static bool restore(struct rounds *rounds)
{
	struct steps kept = steps_read(mcp_arena(rounds->call), steps_kept(rounds));

	if (kept.count > 2 * ROUNDS_MAX - 1)
		return false;
	for (size_t i = 0; i < kept.count; i++)
		rounds->steps[rounds->step_count++] = kept.messages[i];
	for (size_t i = 1; i < kept.count; i += 2)
		recount(rounds, &kept.messages[i - 1], &kept.messages[i]);
	return true;
}

enum rounds_outcome rounds_run(struct rounds *rounds)
{
	enum rounds_outcome outcome;

	if (!restore(rounds))
		return ROUNDS_LOST;
	for (;;) {
		size_t before = rounds->step_count;
		if (before % 2 == 0) {
			outcome = ask(rounds);
			if (outcome != ROUNDS_PENDING || rounds->step_count == before)
				return outcome;
		}
		outcome = use_tools(rounds);
		if (outcome != ROUNDS_DONE)
			return outcome;
	}
}
