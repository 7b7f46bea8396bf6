/* model_ask.c - models that a call waits for: one after the other, until one answers. */
#include "model_ask.h"

#include <stdio.h>
#include <stdlib.h>

#include "aws_self.h"
#include "fatal.h"
#include "hearing.h"
#include "log.h"
#include "model_send.h"
#include "model_span.h"
#include "model_step.h"
#include "seal.h"

#define CONNECT_MS 3000
#define PREFIX "model "                 /* of its keys, beside those of other things that a call waits for */

struct asking {
	struct hearing hearing;         /* the first member */
	struct models *models;
	size_t at;                      /* the model that is asked */
	int tries;                      /* of that one */
	bool trying;                    /* one is on its way, its breaker was entered */
	bool mended;
	enum breaker_pass pass;
	struct model_sent sent;
	struct span span;               /* of the try */
	int64_t until_ms;               /* by tick_ms(), all tries */
	bool over;
	enum model_outcome outcome;
	struct model_said said;         /* of what is over */
	struct arena *words;            /* NULL: no model has failed */
	const char *why;                /* what each of them said, in it */
	size_t charged;
	int64_t marked_ms;              /* by tick_ms(), see model_writes_since() */
	char key[];
};

static struct model *model_of(const struct asking *asking)
{
	return &asking->models->each[asking->at];
}

/* ---- Its end ---- */

static void stop(struct awaited *awaited)
{
	struct asking *asking = (struct asking *)(void *)awaited;

	hearing_stop(&asking->hearing);
	if (!asking->trying)
		return;
	breaker_forget(&model_of(asking)->breaker, asking->pass);
	model_counts_left(model_of(asking)->counts);
	asking->trying = false;
}

static void release(struct awaited *awaited)
{
	struct asking *asking = (struct asking *)(void *)awaited;
	struct budget *budget = budget_hold(asking->hearing.budget);

	if (hearing_release(&asking->hearing)) {
		identity_drop(asking->sent.identity);
		arena_destroy(asking->words);
		budget_give(budget, asking->charged);
		free(asking);
	}
	budget_drop(budget);
}

/* ---- Words ---- */

static void add_why(struct asking *asking, const char *why)
{
	const char *before = asking->why;

	if (!asking->words)
		asking->words = arena_create_charged(asking->hearing.budget);
	asking->why = arena_print(asking->words, "%s%s%s: %s", before ? before : "", before ? "; " : "", model_of(asking)->full, why);
}

/* Of those that are asked for the answer: whoever is on call is told when none gives one, which others beside them say nothing of. */
static void count_question(const struct asking *asking, bool answered)
{
	if (!models_are_none(asking->models) && !asking->models->beside)
		model_counts_question(answered);
}

static void fail(struct asking *asking, enum model_trouble trouble)
{
	asking->over = true;
	asking->outcome = MODEL_FAILED;
	asking->said = (struct model_said) { .why = asking->why, .trouble = trouble };
	count_question(asking, false);
}

/* Tells the breaker, and whoever reads the log. */
static void leave(struct asking *asking, const struct model_fault *fault)
{
	struct model *model = model_of(asking);

	asking->trying = false;
	if (fault && asking->hearing.failed_here) {
		breaker_forget(&model->breaker, asking->pass);
		return;
	}
	switch (model_tell_breaker(&model->breaker, asking->pass, fault, tick_ms())) {
	case BREAKER_OPENED:
		log_warning("the model %s is not asked for a while: %s", model->full, fault->why);
		break;
	case BREAKER_CLOSED:
		log_warning("the model %s answers again", model->full);
		break;
	case BREAKER_AS_IT_WAS:
		break;
	}
}

/* ---- Tries ---- */

/* NULL, or why it did not go out. */
static const char *send_it(struct asking *asking, struct arena *arena, struct mcp_call *call, const struct model_request *request, int64_t pause_ms)
{
	struct model *model = model_of(asking);
	struct fetch_request fetch = { .pause_ms = pause_ms, .connect_ms = CONNECT_MS, .party = reply_party(call->reply) };

	identity_drop(asking->sent.identity);
	const char *wrong = model_send(arena, asking->models, model, request, &fetch, &asking->sent);
	if (wrong)
		return wrong;
	asking->tries++;
	span_begin(&asking->span);
	struct model_reading reading = { .wire = model->wire, .model = model->name, .secret = asking->sent.secret };
	hearing_try(&asking->hearing, &fetch, &reading, asking->until_ms, asking->sent.skew_ms);
	return NULL;
}

/* False: it did not go out, of which the words are kept. */
static bool try_it(struct asking *asking, struct mcp_call *call, const struct model_request *request, int64_t pause_ms)
{
	struct arena *arena = arena_create_secret();
	const char *wrong = send_it(asking, arena, call, request, pause_ms);

	if (wrong) {
		breaker_forget(&model_of(asking)->breaker, asking->pass);
		asking->trying = false;
		add_why(asking, wrong);
		log_often(LOG_WARNING, "the model %s can't be asked: %s", model_of(asking)->full, wrong);
	}
	arena_destroy(arena);
	return !wrong;
}

static bool enter(struct asking *asking)
{
	struct model *model = model_of(asking);

	asking->tries = 0;
	asking->mended = false;
	asking->pass = breaker_enter(&model->breaker, tick_ms());
	asking->trying = asking->pass != BREAKER_NO_ENTRY;
	if (!asking->trying) {
		model_counts_held_back(model->counts);
		add_why(asking, "it failed lately, so it is not asked");
	}
	return asking->trying;
}

/* The first that may be asked, of those that are left. */
static void ask_next(struct asking *asking, struct mcp_call *call, const struct model_request *request, enum model_trouble trouble)
{
	for (; asking->at < asking->models->count; asking->at++) {
		if (!enter(asking))
			continue;
		if (try_it(asking, call, request, 0))
			return;
		trouble = asking->sent.trouble;
		if (trouble == MODEL_INVALID)
			break;
	}
	fail(asking, trouble ? trouble : MODEL_UNAVAILABLE);
}

static struct asking *begin(struct mcp_call *call, struct models *models, const char *key, const struct model_request *request)
{
	size_t size = sizeof(PREFIX) + strlen(key);
	struct asking *asking = calloc(1, sizeof(*asking) + size);

	if (!asking)
		fatal();
	snprintf(asking->key, size, PREFIX "%s", key);
	asking->models = models;
	asking->marked_ms = tick_ms();
	asking->until_ms = tick_ms() + model_times.all;
	asking->hearing.awaited.stop = stop;
	asking->hearing.awaited.release = release;
	hearing_begin(&asking->hearing, call, asking->key, request->at_once);
	asking->charged = sizeof(*asking) + size;
	budget_take(asking->hearing.budget, asking->charged);
	if (models_are_none(models)) {
		asking->why = "no model is set (MODELS)";
		fail(asking, MODEL_FINE);
	} else {
		ask_next(asking, call, request, MODEL_FINE);
	}
	return asking;
}

/* ---- What came of a try ---- */

static void answered(struct asking *asking, const struct model_answer *answer, const struct model_fault *fault)
{
	asking->over = true;
	asking->outcome = MODEL_ANSWERED;
	count_question(asking, true);
	asking->said = (struct model_said) {
		.model = model_of(asking)->full, .answer = *answer, .cut = fault ? fault->why : NULL,
		.trouble = fault ? fault->trouble : MODEL_FINE,
		.text = { asking->hearing.text.at ? asking->hearing.text.at : "", asking->hearing.text.size },
	};
}

static void count(struct asking *asking, const struct model_answer *answer, const struct model_fault *fault)
{
	struct model_counts *counts = model_of(asking)->counts;
	const struct hearing *hearing = &asking->hearing;

	model_counts_note(counts, fault ? fault->trouble : MODEL_FINE);
	model_counts_tokens(counts, &answer->usage);
	if (hearing->first_ms)
		model_counts_first_word(counts, hearing->first_ms - hearing->sent_ms);
	model_span_end(&asking->span, model_of(asking), answer, fault);
}

static double chance(void)
{
	uint32_t bits;

	random_bytes(&bits, sizeof(bits));
	return bits / 4294967296.0;
}

/* What to do about it; `pause_ms` before that. */
static enum model_step choose(struct asking *asking, const struct model_fault *fault, int64_t *pause_ms)
{
	bool last = asking->at + 1 == asking->models->count;
	enum model_step step = model_step_after(fault, asking->tries, last, chance(), pause_ms);

	if (asking->hearing.failed_here)
		return MODEL_STEP_END;
	if (step == MODEL_STEP_MENDED) {
		step = !asking->mended && model_mend(asking->models, &asking->sent, fault) ? MODEL_STEP_AGAIN : MODEL_STEP_NEXT;
		asking->mended = true;
	}
	if (step == MODEL_STEP_AGAIN && tick_ms() + *pause_ms >= asking->until_ms)
		step = MODEL_STEP_NEXT;
	if (step == MODEL_STEP_NEXT && tick_ms() >= asking->until_ms)
		step = MODEL_STEP_END;
	return step;
}

static void go_on(struct asking *asking, struct mcp_call *call, const struct model_request *request, const struct model_fault *fault)
{
	enum model_trouble trouble = fault->trouble;
	int64_t pause_ms;
	enum model_step step = choose(asking, fault, &pause_ms);

	log_often(LOG_WARNING, "asking the model %s failed: %s", model_of(asking)->full, fault->why);
	if (step == MODEL_STEP_AGAIN && try_it(asking, call, request, pause_ms))
		return;
	if (asking->trying) {
		add_why(asking, fault->why);
		leave(asking, fault);
	}
	if (step == MODEL_STEP_END) {
		fail(asking, trouble);
		return;
	}
	asking->at++;
	ask_next(asking, call, request, trouble);
}

/* Where nothing was read of an answer, whoever fetched it knows why. */
static const struct model_fault *fault_of(struct asking *asking, struct model_answer *answer, struct model_fault *mine)
{
	const struct model_fault *fault = hearing_end(&asking->hearing, answer);

	if (!fault || !asking->hearing.why.text[0] || (fault->trouble != MODEL_UNAVAILABLE && fault->trouble != MODEL_CUT))
		return fault;
	*mine = *fault;
	mine->why = asking->hearing.why.text;
	if (asking->hearing.failed_here)        /* which says nothing of the model */
		mine->trouble = MODEL_NO_ROOM;
	return mine;
}

/* What a run has told stays: no other model goes on where this one broke off. */
static void judge(struct asking *asking, struct mcp_call *call, const struct model_request *request, bool was_told)
{
	struct model_answer answer;
	struct model_fault mine;
	const struct model_fault *fault = fault_of(asking, &answer, &mine);

	count(asking, &answer, fault);
	if (fault && !was_told) {
		go_on(asking, call, request, fault);
		return;
	}
	leave(asking, fault);
	answered(asking, &answer, fault);
}

/* ---- The door ---- */

static struct asking *find(struct mcp_call *call, const char *key)
{
	struct awaited *awaited = call->awaited;

	while (awaited && (awaited->stop != stop || strcmp(awaited->key + strlen(PREFIX), key) != 0))
		awaited = awaited->next;
	return (struct asking *)(void *)awaited;
}

/* Of all that it asked, and each of them one more: the next one's first word is more than all before. */
static int64_t written(struct mcp_call *call)
{
	int64_t bytes = 0;

	for (struct awaited *awaited = call->awaited; awaited; awaited = awaited->next)
		if (awaited->stop == stop)
			bytes += 1 + (int64_t)((struct asking *)(void *)awaited)->hearing.text.size;
	return bytes;
}

static void pending(struct mcp_call *call, struct asking *asking, struct model_said *said)
{
	*said = (struct model_said) { .text = STR(""), .written = written(call) };
	if (asking) {
		said->model = model_of(asking)->full;
		if (asking->hearing.text.size > 0)
			said->text = (str) { asking->hearing.text.at, asking->hearing.text.size };
	}
	call_wait_for_awaited(call);
}

enum model_outcome model_ask(struct mcp_call *call, struct models *models, const char *key,
                             const struct model_request *request, struct model_said *said)
{
	struct asking *asking = find(call, key);

	if (!asking && !call_begins_nothing(call)) {
		asking = begin(call, models, key, request);
	} else if (asking && !asking->over) {
		bool was_told = asking->hearing.text.size > 0;
		if (hearing_take(&asking->hearing))
			judge(asking, call, request, was_told);
	}
	if (asking && asking->over) {
		*said = asking->said;
		return asking->outcome;
	}
	pending(call, asking, said);
	return MODEL_PENDING;
}

/* The one that has begun to write; there is one, or the others are asked for all of it at once. */
static struct asking *writing(struct mcp_call *call)
{
	struct awaited *awaited = call->awaited;

	while (awaited && (awaited->stop != stop || ((struct asking *)(void *)awaited)->over ||
	                   !((struct asking *)(void *)awaited)->hearing.text.size))
		awaited = awaited->next;
	return (struct asking *)(void *)awaited;
}

bool model_writes(struct mcp_call *call, struct model_said *said)
{
	if (atomic_load(&call->cancelled))
		return false;
	for (struct awaited *awaited = call->awaited; awaited; awaited = awaited->next) {
		struct asking *asking = (struct asking *)(void *)awaited;
		if (awaited->stop == stop && !asking->over && hearing_take(&asking->hearing))
			return false;
	}
	struct asking *asking = writing(call);
	if (asking)
		pending(call, asking, said);
	return asking;
}

bool model_writes_since(struct mcp_call *call, int64_t every_ms)
{
	struct asking *asking = writing(call);
	int64_t now_ms = tick_ms();
	bool due = asking && now_ms - asking->marked_ms >= every_ms;

	if (due)
		asking->marked_ms = now_ms;
	return due;
}
