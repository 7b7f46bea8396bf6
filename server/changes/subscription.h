/* subscription.h - subscriptions/listen of 2026-07-28. */
#ifndef SUBSCRIPTION_H
#define SUBSCRIPTION_H

#include "call.h"

struct following;

struct subscribed {
	const char *uri;                /* as its client spells it; or a topic of list_topics, or of an extension */
	struct topic topic;
	bool due;                       /* to be told: it may have changed, and its client was slow or is new */
	bool reading;                   /* what it is now is being read */
	struct subscription *subscription;
	struct subscribed *next, **place; /* in the loop's index */
};

struct subscription {
	struct mcp_call *call;
	struct subscription *next, **place;
	uint64_t party;                 /* whose share it is of */
	bool acknowledged;              /* nothing is told before */
	struct subscribed *followed;      /* the lists first, then resources, then an extension's */
	int lists, resources, count;    /* where each kind ends */
	struct timer timer;             /* to look again whether a slow client has read; or to end */
	struct expiry *expiry;          /* of the token it came with */
};

/* Its caller, its place and what it follows are known: notes that, acknowledges it, and tells how all is. */
const struct fault *subscription_begin(struct subscription *subscription);
/* It is noted, and what is due is marked. */
void subscription_acknowledge(struct subscription *subscription);
/* Ends what notification() began, and sends it. */
void subscription_send(struct subscription *subscription, struct json *json);
/* Tells what is due, as much as its client takes, and the rest when it has taken that. */
void subscription_tell_due(struct subscription *subscription);
/* The same in so many milliseconds. */
void subscription_look_again(struct subscription *subscription, int64_t in_ms);

/* What an extension has followed besides: a const table, in its struct extension. */
struct subscription_kind {
	const char *member;             /* the ids' in params.notifications */
	const char *topic;              /* what its topics begin with; the id stands behind */
	/* Adds those of the ids that the caller may follow, then calls subscription_begin(). */
	const struct fault *(*find)(struct subscription *subscription, yyjson_val *ids);
	void (*tell)(struct subscription *subscription, struct subscribed *followed);
};

/* Of resources whose scopes (NULL behind the last) the caller lacks: why it can't begin, or NULL: without them. */
typedef const struct fault *subscription_lacks_fn(struct mcp_call *call, const char *const *scopes);
const struct fault *subscriptions_listen(struct mcp_call *call, subscription_lacks_fn *lacks);
/* Tells this loop's subscribers that a resource changed. */
void subscriptions_tell(struct topic topic);
/* Tells them all of everything. */
void subscriptions_tell_all(void);
/* Who follows what on this loop; false: nobody does. */
bool subscriptions_follow(struct following *following);
/* As the loop's thread ends. */
void subscriptions_end_loop(void);
/* Ends those of this loop, spread over the jitter, and at once each that begins after. */
void subscriptions_end(int64_t jitter_ms);

#endif
