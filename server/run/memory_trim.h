/* memory_trim.h - gives back the memory that only starting needed, and later what a peak left behind. */
#ifndef MEMORY_TRIM_H
#define MEMORY_TRIM_H

#include "core.h"

struct memory_clock {
	int64_t due_ms;                 /* by tick_ms(): when to look again */
	int64_t used_ms, looked_ms;     /* of CPU, when it was due last, and when it looked last */
	bool dropped;                   /* what only starting needed */
	int64_t unused;                 /* bytes that stayed when they were given back last */
	int64_t least;                  /* the fewest there ever were */
	int64_t handed;                 /* by malloc: the most since then */
};

/* Once it serves. */
struct memory_clock memory_begin(void);
/* Gives memory back where that is due, worth it and nobody is held up: the milliseconds until the
 * next look. */
int64_t memory_run_due(struct memory_clock *clock, int64_t at_ms);

#endif
