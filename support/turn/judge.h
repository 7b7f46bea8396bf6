/* judge.h - how a customer feels, and whether they ask for a person, by a small model beside the one that answers.
 *
 * It is asked before the other is waited for, and is never waited for itself: where it has not come when the answer is there, or
 * makes no sense, feeling.h says what the words alone say. Whatever they try to make of it, it is a number in its range and
 * a yes or no. */
#ifndef JUDGE_H
#define JUDGE_H

#include "model_ask.h"
#include "turn_store.h"

#define JUDGE_SETTING \
	{ .name = "JUDGE_MODEL", .kind = SETTING_LIST, \
	  .about = "A small model that judges how a customer feels, named as in MODELS; without one a list of words does" }

/* By the settings, for start(). False: JUDGE_MODEL is wrong, it has said how. */
bool judge_start(void);
void judge_stop(void);

struct judgement {
	bool is_there;
	double sentiment;               /* from -1 to 1 */
	bool wants_person;
	struct tokens taken;            /* whatever came of it */
};

/* Asks it, or takes what has come since. */
struct judgement judge(struct mcp_call *call, struct arena *arena, const char *words);

/* What it said as a line, and what such a line says: it stands before what was done when the customer is asked something, so that who
 * goes on with the turn need not have it judged again. NULL, and false: it has said nothing. */
const char *judgement_write(struct arena *arena, const struct judgement *judgement);
bool judgement_read(const char *text, struct judgement *judgement);

#endif
