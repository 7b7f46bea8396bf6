/* feeling.h - how a customer feels, and whether they ask for a person, by their words alone: English and German.
 *
 * A word list knows no irony and no third language: it says 0 where it knows nothing. It is what there is where no model
 * judges, and it is quick enough to look at every message. */
#ifndef FEELING_H
#define FEELING_H

#include "core.h"

#define FEELING_LOW (-0.6)              /* at or below it a customer is not well served; twice in a row a person looks */

/* From -1 to 1. Negations turn a word round; capitals and exclamation marks make it stronger. */
double feeling_of(struct arena *arena, const char *words);

/* They ask to speak with a human being, now: not where they only mention one, thank one, or want none. */
bool feeling_wants_person(struct arena *arena, const char *words);

#endif
