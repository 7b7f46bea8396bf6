/* session_private.h - what session.c, channel.c and correspond.c share of a session. */
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
	size_t size;
	char uri[];
};

struct session {
	char id[SESSION_ID_SIZE];
	enum revision revision;
	unsigned can;                   /* of enum can */
	const struct caller *caller;
	uint64_t party;                 /* whose share it is of */

	atomic_int references, kept_channels;
	atomic_int log_least;
	atomic_bool ended, follows;     /* follows: anything at all */
	atomic_bool stale;              /* shared: to be read again before it is relied on */
	_Atomic int64_t listener;       /* shared: the stream that carries its messages */
	_Atomic int64_t opening;        /* shared: one that will, when it is stored; 0: none */

	/* The table's, under its lock. */
	struct session *same_hash, *older, *newer;
	_Atomic int64_t used_ms;        /* written under it */

	pthread_mutex_t lock;           /* for what follows */
	struct filed_call *calls;
	struct followed *followed;
	int followed_count;
	struct channel *channels;
	int channel_count;
	int64_t next_channel;
};

#define session_keep session_hold
/* One that is in no table yet, held twice: for the table and the receiver. */
struct session *session_create(const char *id, const struct caller *caller, uint64_t party,
                               enum revision revision, unsigned can);
/* Puts it into the table; false: there is no room. `there`: the one of that id that is there already,
 * held, and nothing was done. */
bool session_put(struct session *session, struct session **there);
void session_free(struct session *session);
/* Under its lock, or when nobody else knows it. */
void session_follow_nothing(struct session *session);
/* It follows these URIs, a JSON array, and no others; meanwhile nobody sees it follow less. */
void session_follow_only(struct session *session, yyjson_val *uris);
/* Shared: that a stream carries the session's messages is in the database now. */
void session_stream_stored(struct session *session, int64_t number);
/* It is read again before it is relied on, and at once where it has channels. */
void session_doubt(struct session *session);
/* Ends the session's channels, wherever they are; called once, when it ended. */
void channels_end_session(struct session *session);
/* The same when the loops are no more. */
void channels_free_session(struct session *session);

#endif
