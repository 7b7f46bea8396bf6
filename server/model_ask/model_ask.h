/* model_ask.h - a tool asks a language model: no thread waits, the tool is run again from the top as the model writes.
 *
 *     struct model_said said;
 *     switch (model_ask(call, models, "reply", &request, &said)) {
 *     case MODEL_PENDING:
 *         mcp_progress(call, (double)said.text.size, 0, "%.*s", (int)said.text.size, said.text.at);
 *         return MCP_WAITING;
 *     case MODEL_ANSWERED: break;
 *     default:             return mcp_fail(call, "%s", said.why);
 *     }
 *
 * The models are asked in their order, until one begins to write: one that has no time, is away or is not to be had is left out for
 * a while. Of what was told nothing is told twice: where a model breaks off after its first word, what came stays, and says so.
 *
 * In one call the same key is the same request, as often as the tool is run again: it is to be made from the same each time, for
 * the next model is asked with that of the latest run. A call that ends lets go of its request, and with that the model
 * stops. It takes 90 s at most, and counts in the time that the call may take (.deadline_ms). */
#ifndef MODEL_ASK_H
#define MODEL_ASK_H

#include "mcp.h"
#include "model_wire.h"

/* ---- Which models there are ---- */

/* What a program that asks models has in its table of settings. */
#define MODEL_SETTINGS \
	{ .name = "MODELS", .kind = SETTING_LIST, \
	  .about = "Models that are asked, the first that can answer: openai:NAME or bedrock:ID, separated by commas" }, \
	{ .name = "OPENAI_URL", .kind = SETTING_TEXT, .standard = "https://api.openai.com/v1", \
	  .about = "Where the models of openai: are: OpenAI's, or any server that has /chat/completions there" }, \
	{ .name = "OPENAI_KEY", .kind = SETTING_TEXT, .about = "The key for it, where it wants one; a secret" }

struct models;

/* By the settings, for the server's start(); credentials and the region for those of bedrock are AWS's own, or AWS_BEARER_TOKEN_BEDROCK.
 * NULL: they are wrong, and it has logged how. */
struct models *models_create(void);
/* Those that another setting of the program's names as MODELS does: for what a smaller one does as well, and can be done without. Their
 * requests are counted, and no questions. */
struct models *models_create_of(const char *setting);
void models_destroy(struct models *models);     /* for its stop(). NULL is fine */
/* There is none: whoever asks one is told so. */
bool models_are_none(const struct models *models);

/* ---- Asking ---- */

/* In milliseconds; tests have them shorter. */
struct model_times {
	int64_t pace;           /* at least, between two runs of a tool, but for the last */
	int64_t first_word;     /* until a model begins to write */
	int64_t silence;        /* from then on, until more comes */
	int64_t all;            /* of one question, with all its tries */
};
extern struct model_times model_times;

enum model_outcome {
	MODEL_ANSWERED,         /* see `answer` and `cut` */
	MODEL_FAILED,           /* `why` says it */
	MODEL_PENDING,          /* return MCP_WAITING now, the tool is run again when there is more, or all of it */
};

/* All of it lives until the tool returns. */
struct model_said {
	str text;                       /* PENDING: what it has written so far, in whole characters */
	int64_t written;                /* PENDING: bytes of all that models wrote for this call: it only grows, as progress does */
	const char *model;              /* who writes, or has answered: "openai:gpt-4o-mini"; NULL: nobody */
	struct model_answer answer;
	const char *cut;                /* of an answer: why it is not whole, with MODEL_STOP_NONE; NULL: it is */
	const char *why;                /* for people */
	enum model_trouble trouble;     /* of the last one that was asked; MODEL_FINE: there is none */
};

MUST_USE enum model_outcome model_ask(struct mcp_call *call, struct models *models, const char *key,
                                      const struct model_request *request, struct model_said *said);

/* A run that has only to tell what is being written begins with this: what it asks with need not be made anew. True: a model that this
 * call asked writes, `said` is as MODEL_PENDING has it, return MCP_WAITING. False: go on, and call model_ask(). What else the call waits
 * for is looked at by the next run that goes on. */
bool model_writes(struct mcp_call *call, struct model_said *said);
/* True at most once in so many milliseconds, of the model that writes: for what costs more than progress. */
bool model_writes_since(struct mcp_call *call, int64_t every_ms);

#endif
