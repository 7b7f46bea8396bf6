/* channel_private.h - what channel.c and listening.c share of a channel. */
#ifndef CHANNEL_PRIVATE_H
#define CHANNEL_PRIVATE_H

#include "session_private.h"

struct event;
struct listener;

struct channel {
	atomic_int references;          /* the session, its reply, listeners, messages about it */
	struct channel *next;           /* in the session, under its lock */
	struct session *session;        /* held */
	struct loop *home;
	int64_t number, events;
	bool answers, forgotten;
	atomic_bool ended, attached;    /* attached: somebody listens; read by other loops */
	struct event *first, *last;
	size_t kept;
	struct listener *listener;
	struct timer timer;             /* to forget it; of one that only listens: to end it */
	struct channel *listening_next, **listening_place;
};

/* Its last event was sent, or its session ended. On its home loop. */
void channel_finish(struct channel *channel);

/* The channels of this loop that only listen (GET). */
void listening_add(struct channel *channel);
void listening_remove(struct channel *channel);         /* fine if it is none */

#endif
