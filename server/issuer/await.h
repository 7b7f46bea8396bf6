/* await.h - to wait, without a thread, for keys of the issuer that are being fetched. */
#ifndef AWAIT_H
#define AWAIT_H

#include "core.h"
#include "loop.h"

/* Somebody who waits for the issuer's keys, with its request. */
struct auth_waiter {
	struct message message;         /* the following are ours */
	struct timer timer;
	struct auth_waiter *next, **place;
	struct loop *loop;
	uint64_t party;
	void (*come)(struct auth_waiter *waiter);
};
#define AUTH_WAIT_MS 3000
/* After AUTH_WAITING, on `loop`: `come` is called there once, within AUTH_WAIT_MS, whatever came of it;
 * never before this returns. False: so many of the same party wait (caller_party()) that the others need what
 * is left; the answer is that of AUTH_UNAVAILABLE. */
MUST_USE bool auth_await_keys(struct auth_waiter *waiter, struct loop *loop, uint64_t party,
                              void (*come)(struct auth_waiter *waiter));
/* The client left: on the same loop. True: `come` is not called any more, and the waiter free to be
 * released. False: it is on its way. */
MUST_USE bool auth_await_cancel(struct auth_waiter *waiter);

#endif
