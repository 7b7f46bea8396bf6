/* session.h - the sessions of 2025-03-26 to 2025-11-25 and the resumable streams they have.
 *
 * A session is a row in the database, and here a copy of it. Its facts never change after initialize
 * and are shared to read. What changes (its streams, its running calls) is small and found under its
 * lock, from any loop; whatever is to be done about it is then a message to the loop that owns it. */
#ifndef SESSION_H
#define SESSION_H

#include "call.h"
#include "session_rows.h"

struct change;
struct following;
struct session;
struct state_session;

/* Finds one that is here (session_is_here()) and holds it. NULL: unknown, ended, or somebody else's. */
struct session *session_find(str id, const struct caller *caller);
struct session *session_hold(struct session *session);
void session_drop(struct session *session);             /* NULL is fine */
/* The same for what was a use of it until now, a call or an open stream: it is idle from here on, not
 * from when that began. */
void session_leave(struct session *session);
/* It ended: its streams here end, its id is unknown from now on. */
void session_end(struct session *session);
/* The same of all whose caller is no longer what it was (auth_is_current()); each is told before. Any
 * thread. */
void sessions_end_revoked(void (*each)(const char *id));
void sessions_stop(void);                               /* forgets all */

const char *session_id(const struct session *session);
enum revision session_revision(const struct session *session);
unsigned session_can(const struct session *session);
int session_log_least(const struct session *session);

/* ---- Begun, changed and ended, for a call or a request (session_change.c) ---- */

/* Begins one for a call: it is in the database before `then`; `begun` is held, NULL: it can't be. Where
 * there are too many, whoever has most loses the one that is idle longest. */
typedef void session_begun_fn(struct mcp_call *call, struct session *begun);
void session_begin(struct mcp_call *call, unsigned can, session_begun_fn *then);
/* Changes what all processes know of the call's session, then answers it with an empty result. */
void session_set_level(struct mcp_call *call, int level);
/* `offer`: what the URI names, to be followed; NULL: to be followed no longer. */
void session_follow(struct mcp_call *call, str uri, const struct offer *offer);
/* Ends the session of a request, then answers that. */
void session_end_for(struct reply *reply);

/* ---- Brought here (session_fetch.c) ---- */

/* Whether it can be the id of a session at all. */
bool session_is_id(str id);
/* Is it here, and as it is everywhere? Then session_find() knows; else it is fetched first. */
bool session_is_here(str id);
/* Then `then` is called on this loop; `found` is held, or NULL. `failed`: the database did not say.
 * `caller` may be NULL: whoever it belongs to. */
typedef void session_fetched_fn(void *context, struct session *found, bool failed);
void session_fetch(str id, const struct caller *caller, session_fetched_fn *then, void *context);
/* As it is in the database: put into the table, or brought up to date. NULL: it is somebody else's;
 * else held. */
struct session *session_adopt(const struct state_session *row, const struct caller *caller);
struct session *session_held(str id);           /* whoever's it is; held; NULL: not here */
/* Those of this process that are in use, then those that were since the last time, the latest first:
 * as a JSON array. */
str sessions_used(struct arena *arena);
/* What is here may be out of date. */
void sessions_doubt(void);
/* It was ended, or changed, here or elsewhere. Any thread. */
void session_ended_elsewhere(str id);
void session_changed_elsewhere(str id);
void session_follows_elsewhere(str id, str uri, bool wanted);
void session_carried_elsewhere(str id, int64_t stream);

/* ---- Calls that may be cancelled by their id ---- */

void session_add_call(struct session *session, struct mcp_call *call);
void session_remove_call(struct session *session, struct mcp_call *call);
/* `id` as JSON, so that 1 is not "1". False: no such call runs here. Any thread. */
bool session_cancel_call(struct session *session, str id);

/* ---- Resources it follows ---- */

bool session_follows(struct session *session, struct topic topic);

/* ---- Its event streams, kept for a client that comes back ---- */

/* Opens the stream of a POST or of a GET on its exchange, here on its home loop. NULL: the
 * session has too many; the exchange is untouched. `answers`: it will carry the answers to the calls
 * with these ids (a JSON array), so it is held for the reply until session_stream_end(); otherwise it
 * only listens. */
struct session_stream *session_stream_open(struct reply *reply, struct exchange *x,
                                           bool answers, str ids);
/* A JSON message as an event: kept, and sent if the client is there. On its home loop. */
void session_stream_send(struct session_stream *stream, str message);
/* What may be left out should be: its client or the database is slow. */
bool session_stream_is_crowded(const struct session_stream *stream);
/* The last event was sent: the stream ends; what was not received can still be fetched. */
void session_stream_end(struct session_stream *stream);
/* The client comes back with Last-Event-ID, on any loop. NULL: it is answered later; or why not. */
const struct fault *session_stream_resume(struct reply *reply, str last_event_id);
/* Ends the connection, not the stream: the client comes back for the rest. */
void session_stream_close(struct session_stream *stream);
/* What was sent so far goes to the database ahead of any errand that follows. */
void session_stream_commit(struct session_stream *stream);
/* Its call waits in the database, for whichever process gets the answer. */
void session_stream_leave(struct session_stream *stream);
/* Goes on with a stream whose call was taken up: `last` is its latest event. Held for the reply. On
 * the loop that session_stream_home() names. NULL: it has a home here by now, ask again. */
struct session_stream *session_stream_take_up(struct session *session, int64_t number, int64_t last);
struct loop *session_stream_home(struct session *session, int64_t number);
int64_t session_stream_number(const struct session_stream *stream);
/* The database says so. Any thread. */
enum stream_word { STREAM_EVENTS, STREAM_DETACHED, STREAM_LOST, STREAM_MISSED };
void session_stream_hear(struct session *session, int64_t number, enum stream_word word);
/* Words that there are events may have been lost: who follows a stream here reads what there is. */
void session_streams_read_on(struct session *session);
/* All of this loop are no longer this process's. */
void session_streams_lose(void);

/* Tells this loop's listening streams of a change (topic_method), one a session. */
void session_streams_tell(const struct change *change);
/* Who follows what on this loop; false: nobody can. */
bool session_streams_follow(struct following *following);
/* Ends this loop's streams that only listen, within the jitter, and at once each that comes after. */
void session_streams_end_listening(int64_t jitter_ms);
/* A reply's messages go to the stream, which is held for it. */
void session_response(struct reply *reply, struct session_stream *stream);
/* It has one, or its client takes one. */
bool session_can_stream(const struct reply *reply);
/* Opens one for it (struct era). False: it has no session, or that has as many as it may. */
bool session_open_stream(struct reply *reply, struct exchange *x);

#endif
