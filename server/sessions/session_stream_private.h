/* session_stream_private.h - what the files of a session's stream share.
 *
 *     session_stream.c            its life: opened, found, finished, forgotten
 *     session_stream_write.c      its events, on their way to the database and to the client
 *     session_stream_receiver.c   the connection that gets the events
 *     session_stream_resume.c     its client comes back; its call goes on in another process
 *     session_stream_listening.c  those that only listen (GET)
 */
#ifndef SESSION_STREAM_PRIVATE_H
#define SESSION_STREAM_PRIVATE_H

#include "session_private.h"
#include "state.h"

struct receiver;

/* One that is not in the database yet. */
struct event {
	struct event *next;
	int64_t number;
	size_t size, head;              /* of all of it; of what stands before the message */
	char text[];                    /* as it is sent */
};

struct session_stream {
	atomic_int references;          /* the session, its reply, receivers, messages about it */
	struct session_stream *next;    /* in the session, under its lock */
	struct session *session;        /* held */
	struct loop *home;
	int64_t number, events;
	bool answers, forgotten;
	atomic_bool ended, attached;    /* attached: it has a receiver; read by other loops */
	_Atomic int64_t came;           /* the latest client that came back to it: see receiver_create() */
	bool owned;                     /* this process writes it */
	bool fresh;                     /* the database doesn't know it yet */
	bool storing;                   /* an errand is under way */
	bool running;                   /* a call of this process will answer on it */
	bool closing;                   /* its client is to come back, once it has what is on its way */
	char *ids;                      /* of the calls it answers, JSON */
	struct event *first, *last;     /* not stored yet */
	size_t unstored;                /* bytes of them */
	struct receiver *receiver;
	const struct caller *caller;    /* held; whose the latest was: what it is told is what that sees */
	struct timer flush;
	struct timer timer;             /* of one that only listens: to end it */
	struct session_stream *listening_next, **listening_place;
};

/* The stream that has this timer. */
#define SESSION_STREAM_OF(timer, member) \
	((struct session_stream *)(void *)((char *)(timer) - offsetof(struct session_stream, member)))

struct session_stream *session_stream_keep(struct session_stream *stream);
void session_stream_drop(struct session_stream *stream);
/* Takes it out of its session: this process has nothing to do with it any more. */
void session_stream_forget(struct session_stream *stream);
/* The same where nothing here needs it: no call, no client, nothing on its way. */
void session_stream_forget_idle(struct session_stream *stream);
/* One that is forgotten has none: whoever lets go of it last frees it, on any loop. On its home. */
void session_stream_set_timer(struct session_stream *stream, struct timer *timer, int64_t in_ms);
/* Its last event was sent, or its session ended. On its home loop. */
void session_stream_finish(struct session_stream *stream);
void session_stream_set_caller(struct session_stream *stream, const struct caller *caller);
void session_stream_set_receiver(struct session_stream *stream, struct receiver *receiver);
/* Ends the connection of its receiver, where it has one: it is over, or has another. */
void session_stream_end_receiver(struct session_stream *stream);
/* The same of one that goes on: the client is to come back. */
void session_stream_interrupt(struct session_stream *stream);
/* Makes one and puts it into its session; `number` 0: a new one. NULL: the session has too many, or
 * that one already. */
struct session_stream *session_stream_create(struct session *session, struct loop *home,
                                             int64_t number, bool answers);
struct session_stream *session_stream_find(struct session *session, int64_t number);  /* held */
/* Has something done on its home, unless it is forgotten there. Any thread. The reference is handed over. */
void session_stream_send_home(struct session_stream *stream,
                              void (*act)(struct session_stream *stream));

/* ---- Events (session_stream_write.c) ---- */

struct event *event_create(int64_t stream, int64_t number, str message);
void events_drop(struct session_stream *stream);
/* session_stream_commit(), when this turn is over: what is sent in it goes together. */
void session_stream_commit_later(struct session_stream *stream);
/* Another process writes it now, or its session is over. */
void session_stream_lose(struct session_stream *stream);
/* Its client left: the one that `came` as that number. */
void session_stream_detach(struct session_stream *stream, int64_t came);

/* ---- The connections that get its events ---- */

/* Takes x over, which the caller sent; NULL: its client has left already. `after`: the event that has.
 * `came`: which it is of this process's clients that came back, in the database's order; 0: it opened the
 * stream. Held by the receiver of it. On the loop of x. */
struct receiver *receiver_create(struct session_stream *stream, struct exchange *x,
                                 const struct caller *caller, int64_t after, int64_t came);
struct session_stream *receiver_stream(const struct receiver *receiver);
struct loop *receiver_loop(const struct receiver *receiver);
const struct caller *receiver_caller(const struct receiver *receiver);
struct receiver *receiver_keep(struct receiver *receiver);
void receiver_drop(struct receiver *receiver);
/* It has as much as it takes for now, and reads the rest when that has gone out. Any thread. */
bool receiver_is_behind(const struct receiver *receiver);
/* Calls act(receiver, number, text) on that loop: now, if this is it; `text` is copied otherwise. */
typedef void receiver_fn(struct receiver *receiver, int64_t number, str text);
void receiver_on(struct loop *loop, receiver_fn *act, struct receiver *receiver, int64_t number,
                 str text);
/* Its client left; on its stream's home. */
void receiver_detach(struct receiver *receiver, int64_t number, str text);
/* An event that is in the database; from its stream's home. */
void receiver_give(struct receiver *receiver, const struct event *event);
/* The following on the receiver's loop, some of them as receiver_on() calls them. */
/* Events are sent in their order, each once; what is missing is read from the database. */
void receiver_send_read(struct receiver *receiver, const struct rows *events);
void receiver_read(struct receiver *receiver, int64_t number, str text);
/* The stream is over, with the event of that number. */
void receiver_end(struct receiver *receiver, int64_t last, str text);
/* The connection is, whatever has been sent. */
void receiver_finish(struct receiver *receiver, int64_t number, str text);
/* 2025-11-25: tells before it ends after which pause to come back. */
void receiver_interrupt(struct receiver *receiver, int64_t number, str text);
/* 2025-11-25: an id to come back with, at once. */
void receiver_prime(struct receiver *receiver, int64_t number, str text);

/* ---- The streams of this loop that only listen ---- */

void listening_add(struct session_stream *stream);
void listening_remove(struct session_stream *stream);   /* fine if it is none */
/* Its client came back. */
void listening_attached(struct session_stream *stream);
/* Tells the client that all it follows may have changed: this stream missed what was told. */
void listening_tell_all(struct session_stream *stream);
/* The same, if it is the one that carries the session's messages. */
void listening_catch_up(struct session_stream *stream);
/* It has come to carry the session's messages. True: it has to be told of all, for what was told before
 * went to no other stream here that still has a client. Any loop. */
bool listening_missed(struct session_stream *stream);

#endif
