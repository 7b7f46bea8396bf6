/* session.h - the sessions of 2025-03-26 to 2025-11-25 and the resumable streams they have.
 *
 * A session's facts never change after initialize and are shared to read. What changes (its
 * streams, the questions it was asked, its running calls) is small and found under its lock, from
 * any loop; whatever is to be done about it is then a message to the loop that owns it. */
#ifndef SESSION_H
#define SESSION_H

#include "call.h"

struct session;

/* Begins one, for the caller, and holds it. NULL: the cap is reached and none can be evicted. */
struct session *session_begin(const struct caller *caller, enum revision revision, unsigned can);
/* Finds and holds. NULL: unknown, ended, or somebody else's. */
struct session *session_find(str id, const struct caller *caller);
void session_drop(struct session *session);             /* NULL is fine */
/* Ends it for everyone: its streams end, its id is unknown from now on. */
void session_end(struct session *session);
void sessions_stop(void);                               /* ends all and frees them */

const char *session_id(const struct session *session);
enum revision session_revision(const struct session *session);
unsigned session_can(const struct session *session);
int session_log_least(const struct session *session);
void session_set_log_least(struct session *session, int level);

/* ---- Calls that may be cancelled by their id ---- */

void session_add_call(struct session *session, struct mcp_call *call);
void session_remove_call(struct session *session, struct mcp_call *call);
void session_cancel_call(struct session *session, yyjson_val *id);

/* ---- Resources it follows ---- */

/* Begins or ends following a resource. False: it follows as many as it may. */
bool session_subscribe(struct session *session, str uri, bool wanted);
bool session_follows(struct session *session, const char *uri);

/* ---- Questions put to the client ---- */

/* Files a question of a call and gives its number; the answer is sent to the call's loop. */
int64_t session_add_question(struct session *session, struct mcp_call *call, const char *key);
/* A response came from the client: claimed once. False: no such question. */
bool session_answer(struct session *session, yyjson_val *response);
void session_remove_questions(struct session *session, uint64_t call_serial);

/* ---- Channels: the events of one stream, kept for a client that comes back ---- */

/* Opens the stream of a POST (on its reply's exchange) or of a GET, here on its home loop. NULL: the
 * session has too many; the exchange is untouched. `answers`: it will carry an answer, so it is held
 * for the reply until channel_end(); otherwise it only listens. */
struct channel *channel_open(struct session *session, struct exchange *x, bool answers);
/* A JSON message as an event: kept, and sent if the client is there. On its home loop. */
void channel_send(struct channel *channel, str message);
/* The last event was sent: the stream ends; what was not received can still be fetched. */
void channel_end(struct channel *channel);
/* The client comes back with Last-Event-ID on exchange x, on any loop. NULL, or why not. */
const struct fault *channel_resume(struct session *session, struct exchange *x, str last_event_id);
/* Ends the connection, not the channel: the client comes back for the rest. */
void channel_close_stream(struct channel *channel);
/* Tells this loop's listening streams of a change (topic_method), one a session. */
void channels_tell(const char *topic);
/* Ends this loop's streams that only listen, within the jitter. */
void channels_end_listeners(int64_t jitter_ms);

#endif
