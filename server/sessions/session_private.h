/* session_private.h - what the files of a session, of its streams and cancellation.c share of it.
 *
 *     session.c         those that this process has met, by id
 *     session_fetch.c   brought here from the database, and what others say of them
 *     session_change.c  begun, changed and ended in the database
 *     session_follow.c  the resources that one follows
 */
#ifndef SESSION_PRIVATE_H
#define SESSION_PRIVATE_H

#include <pthread.h>

#include "session.h"

#define SESSION_ID_BYTES 24
#define SESSION_ID_SIZE (SESSION_ID_BYTES * 4 / 3 + 1)

/* A call that `notifications/cancelled` may name. */
struct filed_call {
	struct filed_call *next;
	struct loop *loop;
	uint64_t serial;
	size_t id_size;
	char id[];                      /* as JSON, so that 1 is not "1" */
};

struct followed {
	struct followed *next;
	struct topic topic;
	size_t size;
	char kept[];                    /* the URI as its client spells it; of whoever does not see all: FOLLOWED_AS
	                                   and its customer */
};

/* A stream that carries the session's messages: of each change after that, until the next one does. Loops
 * hear of a change one after the other and must agree on whose it is, so who carried before is known. */
struct carrying {
	int64_t stream;
	uint64_t after;                 /* by changes_so_far */
};
#define CARRIED_MAX 8
#define CARRIER_UNKNOWN (-1)            /* so often has it changed since */

struct session {
	char id[SESSION_ID_SIZE];
	enum revision revision;
	unsigned can;                   /* of enum can */
	const struct caller *caller;

	atomic_int references;
	atomic_int log_least;
	atomic_bool ended, follows;     /* follows: anything at all */
	atomic_bool stale;              /* to be read again before it is relied on */
	atomic_bool doubted;            /* who carries its messages, too: words of that may be lost */

	/* The table's, under its lock. */
	struct session *same_hash, *older, *newer;
	_Atomic int64_t used_ms;        /* written under it */

	pthread_mutex_t lock;           /* for what follows */
	struct filed_call *calls;
	struct followed *followed;
	int followed_count;
	struct session_stream *streams;
	int stream_count;
	struct carrying carried[CARRIED_MAX];   /* the latest first */
	int64_t told;                   /* the stream that missed nothing, as far as is known here */
};

#define session_keep session_hold
/* One that is in no table yet, held twice: for the table and the receiver. */
struct session *session_create(const char *id, const struct caller *caller, enum revision revision,
                               unsigned can);
/* Puts it into the table, and gives it back; or frees it, where there is one of that id: that, held. */
struct session *session_put(struct session *session);
void session_free(struct session *session);
/* Begins following a resource, here: as it is kept. False: it follows as many as it may. */
bool session_subscribe(struct session *session, str kept);
/* Ends following it, however it was spelt. */
void session_unsubscribe(struct session *session, str uri);
/* Those of a row that are of the same resource: a JSON array, each as it is kept; NULL: none is. */
const char *session_kept_of(struct arena *arena, const struct state_session *row, const char *uri);
/* How a URI is kept, that this caller sees. */
const char *session_kept(struct arena *arena, const char *uri, const struct offer *offer,
                         const struct caller *caller);
/* What it follows of a topic, or of all (NULL), and this caller sees, who may have other rights than whoever followed
 * it: URIs as its client spells them, in the arena. */
const char **session_shown(struct session *session, const struct topic *topic, const struct caller *caller,
                           struct arena *arena, int *count);
/* Under its lock, or when nobody else knows it. */
void session_follow_nothing(struct session *session);
/* It follows these, a JSON array, and no others; meanwhile nobody sees it follow less. */
void session_follow_only(struct session *session, yyjson_val *all);
/* A stream carries what changes from now on. Any thread. */
void session_carry(struct session *session, int64_t stream);
/* The one that carries that change; or CARRIER_UNKNOWN. */
int64_t session_carrier(struct session *session, uint64_t change);
/* It is read again before it is relied on, and at once where it has streams. */
void session_doubt(struct session *session);
/* How often anything was said of the sessions whose ids begin alike: a row that was read before the
 * latest is out of date. */
unsigned session_words(const char *id);
/* Ends the session's streams, wherever they are; called once, when it ended. */
void session_streams_end_session(struct session *session);
/* The same when the loops are no more. */
void session_streams_free_session(struct session *session);

#endif
