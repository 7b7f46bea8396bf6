/* rounds.h - the model answers: it writes, uses tools, is told what they found, and so on until it has said all, within bounds.
 *
 * Every run of the call goes through the same rounds from the first, as what was asked before is answered at once. Where another
 * process goes on with the call, because its customer was asked something, the rounds before that are those that were written down. */
#ifndef ROUNDS_H
#define ROUNDS_H

#include "context.h"
#include "model_ask.h"
#include "shop.h"
#include "turn_store.h"

#define ROUNDS_MAX 6                    /* times that a model is asked for one answer; the last time without tools */
#define USES_MAX 8                      /* of tools in all */

struct rounds {
	struct mcp_call *call;
	struct store *store;
	struct models *models;
	struct turn *turn;
	struct arena *arena;            /* of what the model is told */
	struct telling telling;         /* what the model is told; its steps are those that were written down */
	const char *judged;             /* a line that is kept before what was written down; NULL: none */
	size_t *resumed;                /* the latest use after whose question this call went on, counted through all messages; 0: none */
	struct tokens beside;           /* that others took for the same message; none where they are written down */

	/* What came of it: */
	struct model_message steps[2 * ROUNDS_MAX];
	size_t step_count;
	str text;                       /* what it says in the end; "": nothing */
	const char *model;
	const char *cut;                /* why that is not all; NULL: it is */
	const char *tools[USES_MAX];    /* that it used */
	int64_t tool_count;
	const char *cards[USES_MAX];    /* what they found, for pages */
	size_t card_count;
	struct tokens taken;            /* that are not written down yet */
	bool truncated;                 /* it was not told all of the conversation */
	bool wants_person;
	const char *reason;
};

enum rounds_outcome {
	ROUNDS_DONE,
	ROUNDS_PENDING,         /* return MCP_WAITING */
	ROUNDS_FAILED,          /* no model answers */
	ROUNDS_LOST,            /* the turn is somebody else's now, or the store failed */
};

enum rounds_outcome rounds_run(struct rounds *rounds);

/* What a model says it took, as it is written down: what it does not say is none. */
struct tokens tokens_of(const struct model_usage *usage);
void tokens_add(struct tokens *to, const struct tokens *more);

/* What is being written is told: to the caller, and now and then to all who follow. False: the turn is somebody else's now. */
bool rounds_tell(struct mcp_call *call, struct store *store, const char *id, const struct model_said *said);

#endif
