/* steps.h - what a model did between a question and its answer, as JSON text: uses of tools and their results, what it said
 * and thought on the way. As it is kept in message.steps and conversation.turn_steps. */
#ifndef STEPS_H
#define STEPS_H

#include "model.h"

#define STEPS_MAX (64 * 1024)           /* bytes as text */

struct steps {
	const struct model_message *messages;   /* the model's, then the results, in turn */
	size_t count;
};

/* NULL: there are none, or they are too many. Where that spares enough, what the model thought and then the results are
 * left out instead. */
const char *steps_write(struct arena *arena, const struct model_message *messages, size_t count);
/* What is no text of theirs is none. NULL is none too. */
struct steps steps_read(struct arena *arena, const char *text);
/* Each use has its one result in the message behind it, and each result its use. */
bool steps_paired(struct steps steps);

/* The use that a result with that id is of, in the message before it; NULL: there is none. */
const struct model_block *steps_use_of(const struct model_message *before, str id);

/* What stands in place of a result that is left out: of which tool it was says `before`, the message that used it. */
str steps_left_out(struct arena *arena, const struct model_message *before, str id);

#endif
