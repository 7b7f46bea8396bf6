/* turns.h - a conversation as models take it, whatever was kept of it.
 *
 * What one of them refuses poisons a conversation, and each fallback with it. So here the first message is the user's and
 * roles alternate: neighbours of one role are one message, and what a model says before any user is left out. No block is
 * blank. Each use of a tool has its result in the message behind it, all of them before the text, in the order of the
 * uses; one that has none is told to have failed, and a result of nothing is left out. */
#ifndef TURNS_H
#define TURNS_H

#include "model.h"

struct turns {
	struct arena *arena;
	struct turn {
		enum model_role role;
		struct model_block *blocks;
		size_t count;
	} *at;
	size_t count;
	const struct model_block *first_use;    /* of a tool; NULL: there is none */
};

/* NULL, or what is wrong with the request. */
const char *turns_make(struct arena *arena, const struct model_request *request, struct turns *turns);

/* Whether it is JSON, and an object. */
bool is_object(str text);

#endif
