/* listener_rows.h - who has listened to what, of those who have no session: a listener that comes back looks like
 * one that never was here, but what it follows is known here since it first did.
 *
 * Of a caller and a URI there is a hash, of which nothing can be read; two that share one are told more than they
 * need. Rows that nobody asked for in half a year are forgotten. */
#ifndef LISTENER_ROWS_H
#define LISTENER_ROWS_H

#include "state.h"

struct state_listener {
	int64_t topic;                  /* the hash, as signed */
	int64_t known_ms;               /* for so long, by now; 0: since now */
};

struct listener_errand {
	struct errand errand;
	const char *topics;             /* a JSON array of hashes */
	ROWS(struct state_listener) known;
	bool unsure;                    /* nobody knows how long: any of them may be known for ever */
};

int64_t listener_topic(const char *caller, const char *uri);
/* Notes that they are listened to, and says since when. */
bool listener_rows_note(struct errand *errand, struct store *store);

/* As a process begins, which is to have taken its number. False: the database can't. */
MUST_USE bool listener_rows_begin(struct store *store);
/* Whether nobody can have listened to what this process's service has before the process began. */
bool listener_rows_are_first(void);

#endif
