/* change.c - see change.h. */
#include "change.h"

#include <stdlib.h>

#define ROOM_FIRST 64

const SHAPE(change_shape, struct change,
	TIME(struct change, at, "When"),
	TEXT(struct change, kind, "call: somebody called AWS; deployment: of a service; alarm: what it says", .required = true,
	     ONE_OF("call", "deployment", "alarm")),
	TEXT(struct change, who, "Who did it, where somebody did"),
	TEXT(struct change, what, "What was done, or became so", .required = true),
	TEXT(struct change, on, "What with: the service, the alarm, the resource"),
	TEXT(struct change, failed, "It was refused, or failed, so; absent: it was done"));

void changes_add(struct changes *changes, struct arena *arena, const struct change *change)
{
	if (changes->count == changes->room) {
		int64_t room = changes->room > 0 ? 2 * changes->room : ROOM_FIRST;
		changes->changes = arena_grow(arena, changes->changes, (size_t)changes->room * sizeof(*change), (size_t)room * sizeof(*change));
		changes->room = room;
	}
	changes->changes[changes->count++] = *change;
}

static int later_first(const void *a, const void *b)
{
	int64_t one = ((const struct change *)a)->at, other = ((const struct change *)b)->at;

	return (one < other) - (one > other);
}

void changes_sort(struct changes *changes)
{
	if (changes->count > 1)
		qsort(changes->changes, (size_t)changes->count, sizeof(*changes->changes), later_first);
}
