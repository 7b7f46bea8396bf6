/* channel_private.h - what the files of a channel share.
 *
 *     channel.c         its life: opened, found, finished, forgotten
 *     channel_write.c   its events, on their way to the database and to the client
 *     channel_resume.c  its client comes back; its call goes on in another process
 *     listener.c        the connection that gets the events
 *     listening.c       those that only listen (GET)
 */
#ifndef CHANNEL_PRIVATE_H
#define CHANNEL_PRIVATE_H

#include "session_private.h"
#include "shared.h"

struct listener;

/* One that is not in the database yet. */
struct event {
	struct event *next;
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
	bool owned;                     /* this process writes it */
	bool fresh;                     /* the database doesn't know it yet */
	bool storing;                   /* an errand is under way */
	bool running;                   /* a call of this process will answer on it */
	bool closing;                   /* its client is to come back, once it has what is on its way */
	char *ids;                      /* of the calls it answers, JSON */
	struct event *first, *last;     /* not stored yet */
	size_t unstored;                /* bytes of them */
	struct listener *listener;
	struct timer flush;
	struct timer timer;             /* of one that only listens: to end it */
	struct channel *listening_next, **listening_place;
};

struct channel *channel_keep(struct channel *channel);
void channel_drop(struct channel *channel);
/* Takes it out of its session: this process has nothing to do with it any more. */
void channel_forget(struct channel *channel);
/* The same where nothing here needs it: no call, no client, nothing on its way. */
void channel_forget_idle(struct channel *channel);
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

/* ---- Events (channel_write.c) ---- */

struct event *event_create(int64_t stream, int64_t number, str message);
void events_drop(struct channel *channel);
/* channel_commit(), when this turn is over: what is sent in it goes together. */
void channel_commit_later(struct channel *channel);
/* Another process writes it now, or its session is over. */
void channel_lose(struct channel *channel);
/* Its client left. */
void channel_detach(struct channel *channel);

/* ---- Listeners ---- */

/* Takes x over. `after`: the event its client has. */
struct listener *listener_create(struct channel *channel, struct exchange *x, int64_t after);
struct channel *listener_channel(const struct listener *listener);
struct loop *listener_loop(const struct listener *listener);
struct listener *listener_keep(struct listener *listener);
void listener_drop(struct listener *listener);
/* It has as much as it takes for now, and reads the rest when that has gone out. Any thread. */
bool listener_is_behind(const struct listener *listener);
/* Calls act(listener, number, text) on that loop: now, if this is it; `text` is copied otherwise. */
typedef void listener_fn(struct listener *listener, int64_t number, str text);
void listener_on(struct loop *loop, listener_fn *act, struct listener *listener, int64_t number,
                 str text);
/* An event that is in the database; from its channel's home. */
void listener_give(struct listener *listener, const struct event *event);
/* The following on the listener's loop, some of them as listener_on() calls them. */
/* Events are sent in their order, each once; what is missing is read from the database. */
void listener_send_read(struct listener *listener, const struct rows *events);
void listener_read(struct listener *listener, int64_t number, str text);
/* The stream is over, with the event of that number. */
void listener_end(struct listener *listener, int64_t last, str text);
/* The connection is, whatever has been sent. */
void listener_finish(struct listener *listener, int64_t number, str text);
/* 2025-11-25: tells before it ends after which pause to come back. */
void listener_interrupt(struct listener *listener, int64_t number, str text);
/* 2025-11-25: an id to come back with, at once. */
void listener_prime(struct listener *listener, int64_t number, str text);

/* ---- The channels of this loop that only listen ---- */

void listening_add(struct channel *channel);
void listening_remove(struct channel *channel);         /* fine if it is none */
/* Its client came back. */
void listening_attached(struct channel *channel);
/* Tells the client that all it follows may have changed: this channel missed what was told. */
void listening_catch_up(struct channel *channel);

#endif
