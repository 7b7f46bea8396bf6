/* loop.c - an event loop: what woke it, its messages and timers, then libmicrohttpd, turn by turn.
 *
 * A turn handles everything in one order that the other files rely on: first sockets whose client
 * left or that take more bytes, then messages and timers, then what was added to streams is sent,
 * and libmicrohttpd. Only there are connections freed, so no event of the turn is for one that is gone.
 * Last comes what was put off to the end of the turn. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "fatal.h"
#include "inside.h"

#define EVENTS_MAX 128

static _Thread_local struct loop *current;

struct loop *loop_current(void)
{
	return current;
}

int loop_index(const struct loop *loop)
{
	return loop->index;
}

void *loop_context(const struct loop *loop)
{
	return loop->context;
}

int64_t loop_tick_ms(const struct loop *loop)
{
	return loop->tick;
}

/* ---- Messages ---- */

void loop_post(struct loop *loop, struct message *message)
{
	struct message *latest = atomic_load_explicit(&loop->mailbox, memory_order_relaxed);

	do
		message->next = latest;
	while (!atomic_compare_exchange_weak(&loop->mailbox, &latest, message));
	/* It looks into its mailbox after it said that it goes to sleep, so either it sees this
	 * message or it is seen asleep here. The first to see it wakes it. */
	if (loop != current && atomic_exchange(&loop->asleep, false)) {
		uint64_t one = 1;
		ssize_t written = write(loop->wake, &one, sizeof(one));
		(void)written;          /* it can only be full, and then the loop is awake */
	}
}

void messages_run(struct loop *loop)
{
	struct message *latest, *first = NULL;

	if (!atomic_load_explicit(&loop->mailbox, memory_order_relaxed))
		return;
	latest = atomic_exchange(&loop->mailbox, NULL);
	while (latest) {
		struct message *next = latest->next;

		latest->next = first;
		first = latest;
		latest = next;
	}
	while (first) {
		struct message *message = first;

		first = message->next;
		message->run(message, loop);
	}
}

void loop_finally(struct loop *loop, struct message *message)
{
	message->next = NULL;
	*loop->finally_end = message;
	loop->finally_end = &message->next;
}

/* What these ask for in turn is done too. */
static void finally_run(struct loop *loop)
{
	for (struct message *message; (message = loop->finally);) {
		loop->finally = message->next;
		if (!loop->finally)
			loop->finally_end = &loop->finally;
		message->run(message, loop);
	}
}

/* ---- Sockets ---- */

void loop_watch(struct loop *loop, struct watch *watch, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0)
		fatal();                /* only out of memory, or a programmer's error */
}

void loop_watch_for(struct loop *loop, struct watch *watch, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (epoll_ctl(loop->epoll, EPOLL_CTL_MOD, fd, &event) != 0)
		fatal();
}

void loop_unwatch(struct loop *loop, int fd)
{
	epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static void daemon_is_ready(struct watch *watch, UNUSED uint32_t events)
{
	((struct loop *)((char *)watch - offsetof(struct loop, daemon_watch)))->daemon_ready = true;
}

/* It is edge triggered: nobody needs to read what was written. */
static void mailbox_is_ready(UNUSED struct watch *watch, UNUSED uint32_t events)
{
}

/* ---- Turns ---- */

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int time_to_wait(const struct loop *loop)
{
	if (loop->resumed || loop->pending || loop->dirty || loop->stopping)
		return 0;
	int64_t next = earlier(earlier(timers_next_ms(loop), connections_next_ms(loop)),
	                       streams_next_ms(loop));
	if (next == INT64_MAX)
		return -1;
	int64_t wait_ms = next - tick_ms();
	return wait_ms < 0 ? 0 : wait_ms > INT_MAX ? INT_MAX : (int)wait_ms;
}

static void wait_for_events(struct loop *loop)
{
	struct epoll_event events[EVENTS_MAX];
	int wait_ms = time_to_wait(loop);

	if (wait_ms != 0) {
		atomic_store(&loop->asleep, true);
		if (atomic_load(&loop->mailbox))
			wait_ms = 0;
	}
	int count = epoll_wait(loop->epoll, events, EVENTS_MAX, wait_ms);
	atomic_store_explicit(&loop->asleep, false, memory_order_relaxed);
	loop->tick = tick_ms();
	for (int i = 0; i < count; i++) {
		struct watch *watch = events[i].data.ptr;
		watch->ready(watch, events[i].events);
	}
}

/* Others see once a turn what happened in it. */
static void publish(struct loop *loop)
{
	if (loop->counted.requests)
		count(&http_counters.requests, loop->counted.requests);
	if (loop->counted.bytes_in)
		count(&http_counters.bytes_in, loop->counted.bytes_in);
	if (loop->counted.bytes_out)
		count(&http_counters.bytes_out, loop->counted.bytes_out);
	loop->counted.requests = loop->counted.bytes_in = loop->counted.bytes_out = 0;
	if (atomic_load_explicit(&loop->open, memory_order_relaxed) == loop->exchanges)
		return;
	atomic_store(&loop->open, loop->exchanges);
	if (atomic_load(&loop->http->draining) && loop->exchanges == 0)
		http_tell(loop->http, NULL, 0);
}

static void turn(struct loop *loop)
{
	wait_for_events(loop);
	messages_run(loop);
	timers_run(loop);
	connections_check(loop);
	streams_keep_alive(loop);
	streams_flush(loop);
	daemon_run(loop);
	streams_flush(loop);
	streams_bury(loop);
	finally_run(loop);
	publish(loop);
}

void *loop_run(void *pointer)
{
	struct loop *loop = pointer;
	const struct http_settings *set = &loop->http->set;

	current = loop;
	loop->tick = tick_ms();
	if (set->open) {
		loop->context = set->open(set->context, loop);
		loop->failed = !loop->context;
	}
	if (!loop->failed)
		loop->failed = !daemon_start(loop);
	http_tell(loop->http, &loop->http->ready, 1);
	while (!loop->failed && !loop->stopping)
		turn(loop);
	if (loop->daemon)
		daemon_stop(loop);
	publish(loop);
	if (loop->context && set->close)
		set->close(loop->context);
	messages_run(loop);             /* what was on its way to calls that are over now */
	return NULL;
}

void loop_create(struct loop *loop, struct http *http, int index, int listener)
{
	loop->http = http;
	loop->index = index;
	loop->listener = listener;
	loop->finally_end = &loop->finally;
	loop->crowds = crowds_create();
	loop->daemon_watch.ready = daemon_is_ready;
	loop->mailbox_watch.ready = mailbox_is_ready;
	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (loop->epoll < 0 || loop->wake < 0)
		fatal();
	loop_watch(loop, &loop->mailbox_watch, loop->wake, EPOLLIN | EPOLLET);
}

void loop_destroy(struct loop *loop)
{
	close(loop->epoll);
	close(loop->wake);
	if (loop->listener >= 0)
		close(loop->listener);
	crowds_destroy(loop->crowds);
	free(loop->timers);
}
