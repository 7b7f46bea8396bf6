/* room_seen.h - room that was seen lately, for whom: what takes some of it need not sum up all that there
 * is each time. */
#ifndef ROOM_SEEN_H
#define ROOM_SEEN_H

#include <stdbool.h>
#include <stdint.h>

#define ROOM_CALLERS 256                /* that are remembered, each in the place of its hash */

struct room_seen {
	int64_t given;                  /* bytes, by this process to anybody */
	struct {
		uint64_t caller;
		int64_t left;           /* for it, when it was looked */
		int64_t given;          /* until then */
	} of[ROOM_CALLERS];
};

/* Of what sessions follow, and of what waits for people. The state's thread's. */
extern struct room_seen room_followed, room_waiting;

/* Whether there surely is so much: this process gave away less than a fourth of what was left at the
 * latest look. Others give too, and none knows of what the others do; four go no further than the bound. */
bool room_is_sure(const struct room_seen *seen, const char *caller, int64_t bytes);
/* It was looked: so much is left for the caller. */
void room_look(struct room_seen *seen, const char *caller, int64_t left);
void room_give(struct room_seen *seen, int64_t bytes);
/* All that was seen is long ago. */
void room_forget(void);

#endif
