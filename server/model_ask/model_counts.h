/* model_counts.h - what came of the requests of each model, for /metrics. */
#ifndef MODEL_COUNTS_H
#define MODEL_COUNTS_H

#include "model.h"

struct model_counts;

/* Those of the model of that name: the same as long as the process lives. Beyond some, "other". */
struct model_counts *model_counts_of(const char *model);

/* A request is over. Its trouble as a word, where it was answered "answered". */
void model_counts_note(struct model_counts *counts, enum model_trouble trouble);
/* Nobody waited for its end. */
void model_counts_left(struct model_counts *counts);
/* It was not asked, for it failed lately. */
void model_counts_held_back(struct model_counts *counts);
void model_counts_tokens(struct model_counts *counts, const struct model_usage *usage);
void model_counts_first_word(struct model_counts *counts, int64_t after_ms);
#define MODEL_SLOW_MS 3000              /* a first word that is waited for longer is a slow one */
/* A question was answered, by whichever model, or by none of those that there are. */
void model_counts_question(bool answered);

const char *model_trouble_word(enum model_trouble trouble);

#endif
