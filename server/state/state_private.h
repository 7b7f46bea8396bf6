/* state_private.h - what the files of the state's layer share. */
#ifndef STATE_PRIVATE_H
#define STATE_PRIVATE_H

#include "state.h"

#define CHANNEL_CHANGED "mcp_changed"   /* URIs; triggers of programs tell on it too */
#define CHANNEL_ALL "mcp_all"           /* words for all processes */
#define CHANNEL_ONE "mcp_"              /* words for one, its number behind it */

extern struct state_settings state_set;

/* errands.c: takes errands from now on, and gives the descriptor that wakes whoever carries them out. */
int errands_open(void);
bool errands_are_open(void);
/* No more are taken: what is sent from now on fails at once. */
void errands_close(void);
/* After that, when nobody carries them out any more. */
void errands_end(void);
/* On the state's thread alone: gets what was sent, tells whether anything is left to do, and does what
 * can be done. `last_time`: whatever can't be fails. True: there is more, but it has taken a while. */
void errands_fetch(void);
bool errands_wait(void);
bool errands_run(struct store *store, bool last_time);
/* Logs what could not be done that last time, if anything. */
void errands_tell_lost(void);

/* beat.c: this process takes a number, or a new one. */
bool beat_register(struct store *store);
/* Where this process is the only one. */
bool beat_bury_others(struct store *store);
/* Says that it lives, looks after the dead and what is due. False: the database could not. */
struct beat_seen {
	bool unknown;                   /* the others took this process for dead */
	bool more;                      /* is due than was told: to be looked for when that is done */
};
bool beat(struct store *store, bool judges, struct beat_seen *seen);
/* Ends what nobody needs any more. */
bool beat_tidy(struct store *store);
/* One more session was begun: ends the one that is idle longest where there are too many. */
bool beat_counts_session(struct store *store, const char *begun);       /* its id */

/* This process ends: what is still its own is ended as if it had died, but now. */
void beat_end(struct store *store);

/* secret.c: takes the secret that is there, or leaves the fresh one. */
bool secret_keep(struct store *store);

void state_set_me(int64_t me);

/* Tells one process; within a transaction. */
bool tell_one(struct store *store, int64_t process, const char *what, const char *session,
              int64_t stream);
bool tell_all(struct store *store, const char *channel, const char *words);

/* task_tidy.c: fails the tasks whose owner is no process any more. */
bool task_rows_bury(struct store *store);
/* And deletes those whose results were kept long enough, or are too many. */
bool task_rows_tidy(struct store *store);

#endif
