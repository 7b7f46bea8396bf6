/* session_rows.h - sessions, as rows. */
#ifndef SESSION_ROWS_H
#define SESSION_ROWS_H

#include "state.h"

struct state_session {
	const char *id, *caller;
	int64_t revision, can, log_least;
	int64_t party;                  /* whose share it is of: whoever has most makes room */
	int64_t listener;               /* the stream that carries its messages; 0: none */
	const char *followed;           /* JSON array of URIs, each as it is kept */
};

/* Each fills in the struct's rest; `there` false: there is no such session. Told to the others where
 * they may have it cached: told("session", id), told("follow", "ID KEPT"), told("unfollow", "ID URI"),
 * told("ended", id). */
#define FOLLOWED_AS '\1'
struct session_errand {
	struct errand errand;
	struct state_session session;
	const char *uri;                /* to follow, or no longer */
	const char *kept;               /* to follow: as it is kept, the URI and more behind a FOLLOWED_AS; to follow
	                                   no longer: those that are to go as they are kept, a JSON array */
	bool there;
};
bool session_row_insert(struct errand *errand, struct store *store);
bool session_row_load(struct errand *errand, struct store *store);
bool session_row_delete(struct errand *errand, struct store *store);
bool session_row_set_level(struct errand *errand, struct store *store);
bool session_row_follow(struct errand *errand, struct store *store);    /* there false: too many */
bool session_row_unfollow(struct errand *errand, struct store *store);

/* Ends all sessions of a caller, everywhere; where it is `gone` its tasks too. */
struct caller_errand {
	struct errand errand;
	const char *caller;
	bool gone;
};
bool caller_rows_end(struct errand *errand, struct store *store);

#endif
