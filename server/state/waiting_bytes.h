/* waiting_bytes.h - how much may wait for a person in the database. */
#ifndef WAITING_BYTES_H
#define WAITING_BYTES_H

#include "state_private.h"

#define WAITING_QUESTION 16384          /* bytes a question counts for, with an answer no longer than that:
                                         * also a bound of how many rows there are to be summed up */

/* What an answer counts beyond its question. NULL: nothing. */
int64_t waiting_answer(const char *answer);

/* Who wants something more to wait. What it replaces doesn't count. */
struct waiting {
	const char *caller;             /* surely whose; NULL: to be found out */
	const char *session, *task;     /* a session's call, or a task; the other is "" */
	int64_t stream;                 /* replaces what was taken up of this one; 0: nothing */
	const char *replaced;           /* the record and questions of this task; "": of none */
	int64_t bytes;
};
/* Whether there is room for it; WAITING_UNKNOWN: the database can't say. Outside of transactions. */
enum waiting_room { WAITING_UNKNOWN, WAITING_FULL, WAITING_SHARE_FULL, WAITING_ROOM };
MUST_USE enum waiting_room waiting_room(struct store *store, const struct waiting *wanted);

#endif
