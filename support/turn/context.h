/* context.h - what a model is told of a conversation: as messages, within a budget of tokens.
 *
 * An answer stands right behind the message that it answers, though others came in between. What a person of the shop wrote
 * is the assistant's, and says so: in the customer's role anybody could write the same. Notes are left out, and what a guardrail held back.
 *
 * A turn is what a customer said, what the model did, and the answers. Where all of them are too much, the oldest are left out as
 * a whole, and more of them than need be, so that this is not so again with the next. The latest TURNS_KEPT stay while
 * the budget has room for them, the last of all stays in any case. A summary stands in for what was left out: in the
 * customer's first message, never with what the shop itself tells the model, as it is made of a customer's words.
 *
 * What is given back begins with the user's and alternates, and each use of a tool has its result behind it. */
#ifndef CONTEXT_H
#define CONTEXT_H

#include "conversation.h"
#include "steps.h"

#define CONTEXT_TOKENS 12000            /* the default */
#define TURNS_KEPT 4
#define TURNS_IN_FULL 2                 /* with the results of tools, besides the one under way; of older ones they are a line */

struct telling {
	const struct message *messages; /* by seq. Those that the summary has may be missing */
	int64_t message_count;
	int64_t up_to;                  /* the customer's message that is to be answered (turn_seq); what came later is left out */
	const char *summary;            /* NULL: there is none */
	int64_t summary_to;             /* it has all up to that message, and what answers them */
	struct steps steps;             /* of the turn under way */
	int64_t tokens;                 /* the budget; 0: CONTEXT_TOKENS */
	size_t other_bytes;             /* of what else is told: system, situation, tools */
	double factor;                  /* see context_factor(); 0: not known */
};

struct context {
	const struct model_message *messages;
	size_t count;                   /* 0: the customer said nothing */
	size_t bytes;                   /* of all, other_bytes too */
	int64_t tokens;                 /* those are about so many */
	int64_t left_out_to;            /* up to that message, with what answers them; 0: nothing is left out. Above
	                                   summary_to: a new summary is wanted, see context_left_out() */
};

struct context context_make(struct arena *arena, const struct telling *telling);

/* How a model's own count differs from a token for each four bytes: of a request of so many bytes, and what it said it was
 * (usage.input and what the cache had). Within sense, whatever it said. */
double context_factor(size_t bytes, int64_t tokens);

#define SUMMARY_SOURCE_MAX (32 * 1024)  /* bytes of what a summary is made of */

/* What a summary up to `to` is made of: the one before, and who said what since. Of a long text the latest part. NULL: there is
 * nothing. */
const char *context_left_out(struct arena *arena, const struct telling *telling, int64_t to);

#endif
