/* model_counts.c - see model_counts.h. */
#include "model_counts.h"

#include <pthread.h>
#include <stdio.h>

#include "counted.h"
#include "told.h"

#define MODELS_MAX 8                            /* and a place for all others */
#define MODEL_SIZE 208
#define LINE_SIZE (MODEL_SIZE + 96)

static const char *const troubles[] = {
	[MODEL_FINE] = "answered", [MODEL_THROTTLED] = "throttled", [MODEL_UNAVAILABLE] = "unavailable", [MODEL_NOT_READY] = "not-ready",
	[MODEL_IDENTITY] = "identity", [MODEL_NO_SUCH_MODEL] = "no-such-model", [MODEL_DENIED] = "denied", [MODEL_INVALID] = "invalid",
	[MODEL_TOO_LONG] = "too-long", [MODEL_CUT] = "cut", [MODEL_NONSENSE] = "nonsense", [MODEL_NO_ROOM] = "no-room",
};
static const char *const tokens[] = { "input", "output", "cache_read", "cache_write" };

enum {
	TROUBLES = sizeof(troubles) / sizeof(*troubles), TOKENS = sizeof(tokens) / sizeof(*tokens),
	LEFT = TROUBLES, HELD_BACK, REQUESTS,
	FIRST_WORDS = REQUESTS + TOKENS, SLOW_FIRST_WORDS, FIRST_WORD_TIME, COUNTS
};

/* What CloudWatch is told of each; of one that nobody waited for, or that was held back, nothing. */
static const char *const told_names[COUNTS] = {
	[MODEL_FINE] = "AnsweredModelRequests", [REQUESTS] = "InputTokens", [REQUESTS + 1] = "OutputTokens", [REQUESTS + 2] = "CachedTokens",
	[FIRST_WORDS] = "FirstWords", [SLOW_FIRST_WORDS] = "SlowFirstWords", [FIRST_WORD_TIME] = "FirstWordMicroseconds",
};

struct model_counts {
	char model[MODEL_SIZE];
	char names[COUNTS][LINE_SIZE];
	atomic_llong values[COUNTS];
	struct told told[COUNTS + 1];   /* ends at the first that is empty */
};

/* A family's lines stand together, whoever's they are. */
enum family { OF_REQUESTS, OF_TOKENS, OF_FIRST_WORDS, OF_SLOW_FIRST_WORDS, OF_FIRST_WORD_TIME, FAMILIES };

static const char *const helps[FAMILIES] = {
	[OF_REQUESTS] = "Requests of language models by what came of them, tries each.",
	[OF_TOKENS] = "Tokens of language models, as they say: input is without what they had in a cache.",
	[OF_FIRST_WORDS] = "Requests of language models that came to a first word.",
	[OF_SLOW_FIRST_WORDS] = "Those of them that waited for it for more than three seconds.",
	[OF_FIRST_WORD_TIME] = "How long those were waited for, in all.",
};

static struct {
	pthread_mutex_t lock;
	int count;
	struct model_counts each[MODELS_MAX + 1];
	struct counted tables[FAMILIES][(MODELS_MAX + 1) * REQUESTS + 1];       /* each ends at the first that is empty */
	int used[FAMILIES];
} all = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- Questions ---- */

static atomic_llong answered_questions, failed_questions;
static const struct counted questions[] = {
	{ "mcp_model_questions_total{outcome=\"answered\"}", "counter", "Questions to language models, by whether one answered.", &answered_questions },
	{ "mcp_model_questions_total{outcome=\"failed\"}", "counter", "Questions to language models, by whether one answered.", &failed_questions },
	{ 0 },
};
static const struct told told_questions[] = {
	{ "AnsweredQuestions", NULL, NULL, &answered_questions }, { "FailedQuestions", NULL, NULL, &failed_questions },
	{ 0 },
};

void model_counts_question(bool answered)
{
	atomic_fetch_add_explicit(answered ? &answered_questions : &failed_questions, 1, memory_order_relaxed);
}

/* ---- Of each model ---- */

const char *model_trouble_word(enum model_trouble trouble)
{
	return troubles[trouble];
}

static enum family family_of(int at)
{
	if (at < REQUESTS)
		return OF_REQUESTS;
	if (at < FIRST_WORDS)
		return OF_TOKENS;
	return at == FIRST_WORDS ? OF_FIRST_WORDS : at == SLOW_FIRST_WORDS ? OF_SLOW_FIRST_WORDS : OF_FIRST_WORD_TIME;
}

static void print_name(char name[LINE_SIZE], const char *model, int at)
{
	switch (family_of(at)) {
	case OF_REQUESTS:
		snprintf(name, LINE_SIZE, "mcp_model_requests_total{model=\"%s\",outcome=\"%s\"}", model,
		         at == LEFT ? "left" : at == HELD_BACK ? "held-back" : troubles[at]);
		break;
	case OF_TOKENS:
		snprintf(name, LINE_SIZE, "mcp_model_tokens_total{model=\"%s\",kind=\"%s\"}", model, tokens[at - REQUESTS]);
		break;
	case OF_FIRST_WORDS:
		snprintf(name, LINE_SIZE, "mcp_model_first_words_total{model=\"%s\"}", model);
		break;
	case OF_SLOW_FIRST_WORDS:
		snprintf(name, LINE_SIZE, "mcp_model_slow_first_words_total{model=\"%s\"}", model);
		break;
	default:
		snprintf(name, LINE_SIZE, "mcp_model_first_word_seconds_total{model=\"%s\"}", model);
	}
}

/* Before anybody is served, who would read the tables meanwhile. */
static void begin(struct model_counts *counts, const char *model)
{
	struct told *told = counts->told;

	snprintf(counts->model, sizeof(counts->model), "%s", model);
	for (int at = 0; at < COUNTS; at++) {
		enum family family = family_of(at);
		print_name(counts->names[at], model, at);
		all.tables[family][all.used[family]++] = (struct counted) { counts->names[at], "counter", helps[family], &counts->values[at] };
		const char *name = at < TROUBLES && at != MODEL_FINE ? "FailedModelRequests" : told_names[at];
		if (name)
			*told++ = (struct told) { name, "Model", counts->model, &counts->values[at] };
	}
	told_add(counts->told);
}

static void begin_all(void)
{
	counted_add(questions);
	told_add(told_questions);
	for (int family = 0; family < FAMILIES; family++)
		counted_add(all.tables[family]);
}

struct model_counts *model_counts_of(const char *model)
{
	int at = 0;

	pthread_mutex_lock(&all.lock);
	while (at < all.count && strcmp(all.each[at].model, model) != 0)
		at++;
	if (at > MODELS_MAX)
		at = MODELS_MAX;
	if (at == all.count) {
		begin(&all.each[all.count++], at < MODELS_MAX ? model : "other");
		if (at == 0)
			begin_all();
	}
	pthread_mutex_unlock(&all.lock);
	return &all.each[at];
}

static void add(struct model_counts *counts, int at, int64_t n)
{
	atomic_fetch_add_explicit(&counts->values[at], n, memory_order_relaxed);
}

void model_counts_note(struct model_counts *counts, enum model_trouble trouble)
{
	add(counts, (int)trouble, 1);
}

void model_counts_left(struct model_counts *counts)
{
	add(counts, LEFT, 1);
}

void model_counts_held_back(struct model_counts *counts)
{
	add(counts, HELD_BACK, 1);
}

void model_counts_tokens(struct model_counts *counts, const struct model_usage *usage)
{
	const int64_t each[TOKENS] = { usage->input, usage->output, usage->cache_read, usage->cache_write };

	for (int i = 0; i < TOKENS; i++)
		if (each[i] > 0)
			add(counts, REQUESTS + i, each[i]);
}

void model_counts_first_word(struct model_counts *counts, int64_t after_ms)
{
	add(counts, FIRST_WORDS, 1);
	add(counts, SLOW_FIRST_WORDS, after_ms > MODEL_SLOW_MS);
	add(counts, FIRST_WORD_TIME, after_ms * 1000);
}
