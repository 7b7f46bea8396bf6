/* loop.h - event loops: one thread each, with messages, timers and connections of its own.
 *
 * Only its loop touches a connection, its request and its streams. Another thread that has
 * something to say posts a message; that is the only way in, and the mailbox the only lock. */
#ifndef LOOP_H
#define LOOP_H

#include "core.h"

struct loop;

/* A message to a loop, embedded in what it is about. `run` is called once on the loop's thread. */
struct message {
	struct message *next;
	void (*run)(struct message *message, struct loop *loop);
};

/* Any thread. The message must not be posted again before it ran. One that comes behind its loop's last
 * turn is run by http_stop(), where loop_current() is NULL: it only lets go of what it holds. */
void loop_post(struct loop *loop, struct message *message);

/* On its loop: run once at the end of this turn, when all that came in it was looked at; so what many ask for
 * in a turn is done in one go. It must not be given again before it ran. */
void loop_finally(struct loop *loop, struct message *message);

struct loop *loop_current(void);                /* NULL on a thread that is no loop */
int loop_index(const struct loop *loop);        /* from 0 */
void *loop_context(const struct loop *loop);    /* what http_settings.open gave this loop */
int64_t loop_tick_ms(const struct loop *loop);  /* tick_ms() when this turn of the loop began */

/* A timer, embedded. All calls on its loop; it fires once, in the order of time. */
struct timer {
	int64_t at_ms;
	size_t place;                           /* in the heap, from 1; 0: not set */
	void (*run)(struct timer *timer, struct loop *loop);
};
void timer_set(struct loop *loop, struct timer *timer, int64_t at_ms);  /* moves it if it was set */
void timer_clear(struct loop *loop, struct timer *timer);               /* fine if it was not */

/* A descriptor that the loop watches, embedded. All calls on its loop; `events` are epoll's. */
struct watch {
	void (*ready)(struct watch *watch, uint32_t events);
};
void loop_watch(struct loop *loop, struct watch *watch, int fd, uint32_t events);
void loop_watch_for(struct loop *loop, struct watch *watch, int fd, uint32_t events);   /* others than before */
void loop_unwatch(struct loop *loop, int fd);           /* before it is closed, or after */

#endif
