/* channel_private.h - what the files of a channel share.
 *
 *     channel.c         its life: opened, written to, finished, forgotten, come back to
 *     channel_kept.c    its events, where this process is all there is: kept in memory
 *     channel_room.c    which of them go when there are too many
 *     channel_shared.c  its events, where there are others: in the database
 *     listener.c        the connection that gets them
 *     listening.c       those that only listen (GET)
 */
#ifndef CHANNEL_PRIVATE_H
#define CHANNEL_PRIVATE_H

#include "session_private.h"

struct listener;

struct event {
	struct event *next;
	struct channel *channel;
	struct event *older, *newer;    /* of those this loop keeps, see channel_room.c */
	int64_t number;
	size_t size, head;              /* of all of it; of what stands before the message */
	char text[];                    /* as it is sent */
};

struct channel {
	atomic_int references;          /* the session, its reply, listeners, messages about it */
	struct channel *next;           /* in the session, under its lock */
	struct session *session;        /* held */
	struct loop *home;
	int64_t number, events;
	bool answers, forgotten;
	atomic_bool ended, attached;    /* attached: somebody listens; read by other loops */
	struct event *first, *last;     /* kept; or not stored yet */
	size_t kept;
	struct listener *listener;
	struct timer timer;             /* to forget it; of one that only listens: to end it */
	struct channel *listening_next, **listening_place;
	struct message last_word;       /* to its home, which frees it */

	/* channel_kept.c */
	struct event *unsent;           /* the first its listener has not been given */
	size_t given;                   /* bytes, since it said that all is sent */
	bool waits;                     /* for it to say so */

	/* channel_shared.c */
	bool shared;
	bool owned;                     /* this process writes it */
	bool fresh;                     /* the database doesn't know it yet */
	bool storing;                   /* an errand is under way */
	bool running;                   /* a call of this process will answer on it */
	bool closing;                   /* its client is to come back, once it has what is on its way */
	char *ids;                      /* of the calls it answers, JSON */
	struct timer flush;
};

struct channel *channel_keep(struct channel *channel);
void channel_drop(struct channel *channel);
/* Takes it out of its session: nobody can come back to it any more. */
void channel_forget(struct channel *channel);
/* One that is forgotten has none: whoever lets go of it last frees it, on any loop. On its home. */
void channel_set_timer(struct channel *channel, struct timer *timer, int64_t in_ms);
/* Its last event was sent, or its session ended. On its home loop. */
void channel_finish(struct channel *channel);
void channel_set_listener(struct channel *channel, struct listener *listener);
/* Ends the connection of its listener, where it has one: it is over, or has another. */
void channel_end_listener(struct channel *channel);
/* The same of one that goes on: the client is to come back. */
void channel_interrupt(struct channel *channel);
/* Makes one and puts it into its session; `number` 0: a new one. NULL: the session has too many, or
 * that one already. */
struct channel *channel_create(struct session *session, struct loop *home, int64_t number,
                               bool answers);
struct channel *channel_find(struct session *session, int64_t number);  /* held */

struct event *event_create(struct channel *channel, int64_t number, str message);
void event_append(struct channel *channel, struct event *event);
void event_drop_first(struct channel *channel);

/* ---- Events in memory ---- */

void kept_send(struct channel *channel, struct event *event);
void kept_finish(struct channel *channel);
/* Its client left. */
void kept_detach(struct channel *channel);
/* About to be freed. */
void kept_drop(struct event *event);
/* What its listener was given has gone out; on the channel's home. */
void kept_was_sent(struct listener *listener, int64_t number, str text);
/* Its listener is behind. */
bool kept_is_crowded(const struct channel *channel);
const struct fault *kept_resume(struct session *session, struct exchange *x, int64_t number,
                                int64_t event);

/* ---- Room for them (channel_room.c) ---- */

/* Of the events that this loop keeps, each on its channel's home. */
void room_add(struct event *event);
void room_remove(struct event *event);
/* There is one more. It stays, whatever has to go. */
void room_make(const struct event *added);

/* ---- Events in the database ---- */

/* It is new; it will answer these calls (JSON ids). */
void stored_open(struct channel *channel, str ids);
void stored_send(struct channel *channel, struct event *event);
void stored_finish(struct channel *channel);
void stored_detach(struct channel *channel);
void stored_close_stream(struct channel *channel);
void stored_resume(struct reply *reply, int64_t number, int64_t event);

/* ---- Listeners ---- */

extern const struct fault channel_unknown;

/* Takes x over. */
struct listener *listener_create(struct channel *channel, struct exchange *x);
struct channel *listener_channel(const struct listener *listener);
struct loop *listener_loop(const struct listener *listener);
struct listener *listener_keep(struct listener *listener);
void listener_drop(struct listener *listener);
/* Calls act(listener, number, text) on that loop: now, if this is it; `text` is copied otherwise. */
void listener_on(struct loop *loop, void (*act)(struct listener *, int64_t, str),
                 struct listener *listener, int64_t number, str text);
/* The following on the listener's loop. */
void listener_send(struct listener *listener, int64_t number, str text);
/* And tells the channel (kept_was_sent) when all that was sent so far is with the socket. */
void listener_send_and_tell(struct listener *listener, int64_t number, str text);
void listener_finish(struct listener *listener, int64_t number, str text);
/* 2025-11-25: tells before it ends after which pause to come back. */
void listener_interrupt(struct listener *listener, int64_t number, str text);
/* 2025-11-25: an id to come back with, at once. */
void listener_prime(struct listener *listener, int64_t number, str text);
/* What the client has; events of a shared channel are sent in their order, each once, and what is
 * missing is read from the database. */
void listener_begin_after(struct listener *listener, int64_t number);
void listener_send_stored(struct listener *listener, int64_t number, str text);
/* The stream is over, with that event. */
void listener_end_stored(struct listener *listener, int64_t last, str text);
void listener_read(struct listener *listener, int64_t number, str text);

/* ---- The channels of this loop that only listen ---- */

void listening_add(struct channel *channel);
void listening_remove(struct channel *channel);         /* fine if it is none */
/* Its client came back. */
void listening_attached(struct channel *channel);
/* Tells the client that all it follows may have changed: this channel missed what was told. */
void listening_catch_up(struct channel *channel);

#endif
