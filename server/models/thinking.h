/* thinking.h - what a model thinks aloud, <thinking>…</thinking> or <think>…</think>, left out of what it says, in
 * whichever pieces that comes. */
#ifndef THINKING_H
#define THINKING_H

#include "core.h"

/* Zeroed at first: so it begins with a text. */
struct thinking {
	char held[16];                  /* may be the beginning of a mark */
	unsigned size;
	bool inside;
	bool said;                      /* something that can be seen, and */
	bool blank;                     /* the latest of it was a blank */
};

/* Pieces of text that are said, in turn. */
typedef void thinking_fn(void *of, str text);
void thinking_take(struct thinking *thinking, str text, thinking_fn *say, void *of);
/* The text is over. */
void thinking_end(struct thinking *thinking, thinking_fn *say, void *of);

#endif
