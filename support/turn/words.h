/* words.h - what somebody wrote as single words, as feeling.h looks at them. Only for this room. */
#ifndef WORDS_H
#define WORDS_H

#include "core.h"

#define WORDS_MAX 1000                  /* of one message; what is behind them is not looked at */

/* In small letters, ä as ae, ß as ss, each apostrophe as '. Between clauses stands "," and between sentences ".". */
struct word {
	const char *text;
	bool shouted;                   /* it stood in capitals */
};

struct words {
	const struct word *at;
	size_t count;
	size_t marks;                   /* exclamation marks */
};

struct words words_in(struct arena *arena, const char *text);

/* Whether the word there is one of some, with a blank between them; behind the last word there is none. */
bool word_is(const struct words *words, size_t at, const char *some);
bool word_ends(const struct words *words, size_t at);   /* a clause, or all of it */

#endif
