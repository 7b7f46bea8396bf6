/* sight.h - whether a caller sees what it wants to follow, where its scopes alone do not tell. */
#ifndef SIGHT_H
#define SIGHT_H

#include "call.h"

struct sight {
	const struct offer *offer;
	const void *in;                 /* the template's values */
	const char *uri;
	bool seen;
};

struct sights {
	struct sight *first;
	int count;
	/* Goes on, on the call's loop, when it is known which are seen. */
	const struct fault *(*then)(struct mcp_call *call, struct sights *sights);
	bool failed;
};

/* It may read each of them, so nobody need be asked. */
bool sight_is_sure(const struct caller *caller, const struct offer *offer);
/* Asks the program about those that are not sure, as a tool is run: on the loop or on a worker. Where
 * there are none it goes on at once. They are in the call's arena. */
const struct fault *sights_look(struct mcp_call *call, struct sights *sights);

#endif
