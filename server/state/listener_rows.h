/* listener_rows.h - who has listened to what since when, of those who have no session: a listener that comes back
 * looks like one that never was here, but what it follows is known here since it first did.
 *
 * Of a caller and of a URI there is a hash each. A caller has so many rows and no more; what it listens to beyond is
 * in one row for all its others, so it is told more than it need be, and nobody else is. Where there are too many in
 * all, those of whoever has most become such a row, and of callers who were long away one for everyone. So rows say
 * less when they are many, and never too little. Those that nobody asked for in half a year are forgotten. */
#ifndef LISTENER_ROWS_H
#define LISTENER_ROWS_H

#include "state.h"

#define LISTENER_ROWS_MOST 100000       /* about: each process looks when it has made a few thousand */
#define LISTENER_CALLER_MOST 20000      /* about: of several listeners at once none sees the others' */

struct listener_errand {
	struct errand errand;
	int64_t caller;                 /* its hash; none is 0 */
	const int64_t *topics;          /* hashes, in order, each once; none is 0 */
	int64_t *since_ms;              /* of each, when it is done, by tick_ms(): its caller can't have listened to
	                                   it before */
	int count;
};

/* Notes that they are listened to, and says since when. */
bool listener_rows_note(struct errand *errand, struct store *store);

/* As a process begins, which is to have taken its number. False: the database can't. */
MUST_USE bool listener_rows_begin(struct store *store);
/* Whether nobody can have listened to what this process's service has before the process began. */
bool listener_rows_are_first(void);

/* listener_room.c: makes room where there is none. */
bool listener_rows_tidy(struct store *store);

#endif
