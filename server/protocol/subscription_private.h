/* subscription_private.h - what the files of subscriptions/listen share. */
#ifndef SUBSCRIPTION_PRIVATE_H
#define SUBSCRIPTION_PRIVATE_H

#include "task.h"

struct followed {
	const char *uri;                /* or a topic of list_topics, or of a task */
	bool due;                       /* changed while the client was slow */
	bool reading;                   /* a task whose row is being read */
	struct subscription *subscription;
	struct followed *next, **place; /* in the loop's index */
};

struct subscription {
	struct mcp_call *call;
	struct subscription *next, **place;
	uint64_t party;                 /* whose share it is of */
	struct followed *followed;      /* the lists first, then resources, then tasks */
	int lists, resources, count;    /* where each kind ends */
	struct timer timer;             /* to look again whether a slow client has read; or to end */
};

/* Its caller, its place and what it follows are known: acknowledges it, and tells how all is. */
const struct fault *subscription_begin(struct subscription *subscription);
/* A notification with its params open, for subscription_send(). */
struct json subscription_message(struct arena *arena, const char *method);
void subscription_send(struct subscription *subscription, struct json *json);
/* Tells what is due, in so many milliseconds. */
void subscription_look_again(struct subscription *subscription, int64_t in_ms);

/* ---- Tasks (subscription_task.c) ---- */

/* Begins it when it is known which of the tasks it asks for are this caller's. */
const struct fault *subscription_find_tasks(struct subscription *subscription, yyjson_val *ids);
const char *subscription_task_id(const struct followed *followed);
/* Tells how it is when its row was read; nothing where there is none any more. */
void subscription_tell_task(struct subscription *subscription, struct followed *followed);

#endif
