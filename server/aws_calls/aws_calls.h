/* aws_calls.h - calls of AWS: what is known is answered at once, for the rest nobody waits with a thread.
 *
 *     struct aws_waiter waiter = { .tell = tell };
 *     if (aws_ask(calls, &(struct aws_wish) { ECS_LIST_TASKS, input }, &waiter))
 *         ...waiter.result or waiter.trouble
 *     ...else it is told, or forgotten before: always one of them, and once
 *
 * Equal calls share a request, but of operations whose answers are not kept. A call is tried again as AWS's own
 * libraries do, with new credentials where they have expired, and by AWS's clock where ours is wrong. */
#ifndef AWS_CALLS_H
#define AWS_CALLS_H

#include "cache.h"
#include "credentials.h"

struct aws_calls;
struct flight;

struct aws_calls_settings {
	struct credentials *credentials;        /* stay until the end */
	aws_variable_fn *variable;
	const char *region;
	double (*chance)(void);                 /* from 0 to 1; NULL: chance */
};

struct aws_calls *aws_calls_create(const struct aws_calls_settings *settings);
/* Nobody waits any more. */
void aws_calls_destroy(struct aws_calls *calls);        /* NULL is fine */

struct aws_wish {
	enum aws_action action;         /* not LOGS_START_LIVE_TAIL, which answers in a stream */
	str input;                      /* JSON, or a form: see request.h */
	bool refresh;                   /* somebody wants to see how it is now */
	int64_t pause_ms;               /* before it goes out, where nobody else's does */
	uint64_t party;                 /* who has at most half of what is asked, or begun and goes on, at once; 0: nobody who is counted */
};

struct aws_waiter {
	/* On another thread, with a lock that aws_ask() and aws_forget() take: it is short, and hands on. */
	void (*tell)(struct aws_waiter *waiter);

	/* Once it is known: */
	struct aws_result *result;      /* the waiter's to drop; NULL: none, see trouble */
	char trouble[CACHE_TROUBLE_TEXT]; /* for people; "": none. Beside a result: that is an older one */
	char code[CACHE_CODE_TEXT];     /* of the trouble, as AWS calls it; "": it does not */
	enum aws_fault fault;           /* of the trouble */

	struct aws_waiter *next, **place;       /* ours; place NULL: it does not wait */
	struct flight *flight;                  /* that it waits for */
};

/* Any thread. True: it is known now, and nothing is told. */
bool aws_ask(struct aws_calls *calls, const struct aws_wish *wish, struct aws_waiter *waiter);
/* Any thread. From now on nothing is told. What it was told before is the waiter's all the same. What nobody waits for any more does
 * not go out, nor once more. */
void aws_forget(struct aws_calls *calls, struct aws_waiter *waiter);

/* Any thread. Of an operation that begins something (operation.h) whoever was told its answer ends that, once, before it drops the
 * answer, for the party that began it; `over`: it is done, and nobody need be told. What nobody waited for any more ends by itself.
 * `calls` NULL: they are destroyed, and waited for what was being ended. */
void aws_end(struct aws_calls *calls, enum aws_action action, uint64_t party, struct aws_result *result, bool over);

#endif
