/* refusals.h - all that is wrong with one thing, in words: whoever wrote it mends that at once, and not each after
 * another round. */
#ifndef REFUSALS_H
#define REFUSALS_H

#include "core.h"

#define REFUSALS_MAX 8          /* that are told; one more is counted, so that it is said that there are more */
#define REFUSALS_MADE_MAX 32    /* with those whose words were told before: to make them costs as much */

struct refusals {
	const char *lines[REFUSALS_MAX];
	int count, made;
};

void refusals_add(struct refusals *refusals, const char *words);

/* Whether one more would be told or counted: without that, whoever looks may stop. */
static inline bool refusals_have_room(const struct refusals *refusals)
{
	return refusals->count <= REFUSALS_MAX && refusals->made < REFUSALS_MADE_MAX;
}

/* One as it is, several a line each. NULL: there are none. */
const char *refusals_told(const struct refusals *refusals, struct arena *arena);

#endif
