/* stream.c - open streams: what is sent, what waits for the socket, and how they end. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fatal.h"
#include "inside.h"

#define FIRST_ROOM 512
#define CHUNK_ROOM 24           /* for the length before a chunk */
#define KEEP_ALIVES_A_TURN 256
#define KEEP_ALIVE ": \n\n"

/* ---- The backlog ---- */

void stream_append(struct stream *s, const char *bytes, size_t size)
{
	if (s->size == 0)
		s->taken_ms = s->loop->tick;
	if (s->room - s->size < size && s->sent > 0) {
		memmove(s->backlog, s->backlog + s->sent, s->size - s->sent);
		s->size -= s->sent;
		s->sent = 0;
	}
	if (s->room - s->size < size) {
		s->room = s->size + size > s->room * 2 ? s->size + size : s->room * 2;
		if (s->room < FIRST_ROOM)
			s->room = FIRST_ROOM;
		s->backlog = realloc(s->backlog, s->room);
		if (!s->backlog)
			fatal();
	}
	memcpy(s->backlog + s->size, bytes, size);
	s->size += size;
	budget_take(s->budget, size);
}

void stream_append_events(struct stream *s, const char *bytes, size_t size)
{
	char frame[CHUNK_ROOM];

	if (s->chunked)
		stream_append(s, frame, (size_t)snprintf(frame, sizeof(frame), "%zx\r\n", size));
	stream_append(s, bytes, size);
	if (s->chunked)
		stream_append(s, "\r\n", 2);
}

static void drop_backlog(struct stream *s)
{
	budget_give(s->budget, stream_backlog(s));
	free(s->backlog);
	s->backlog = NULL;
	s->size = s->room = s->sent = 0;
}

size_t stream_backlog(const struct stream *s)
{
	return s->size - s->sent;
}

/* ---- Lists ---- */

static void unlink_stream(struct stream *s)
{
	struct stream_list *list = &s->loop->streams;

	if (s->next)
		s->next->previous = s->previous;
	else
		list->last = s->previous;
	if (s->previous)
		s->previous->next = s->next;
	else
		list->first = s->next;
}

void stream_link(struct stream *s)
{
	struct stream_list *list = &s->loop->streams;

	s->next = NULL;
	s->previous = list->last;
	if (list->last)
		list->last->next = s;
	else
		list->first = s;
	list->last = s;
}

static void was_heard(struct stream *s)
{
	s->silent_since_ms = s->loop->tick;
	if (s->loop->streams.last == s)
		return;
	unlink_stream(s);
	stream_link(s);
}

void stream_make_dirty(struct stream *s)
{
	if (s->dirty)
		return;
	s->dirty = true;
	s->next_dirty = s->loop->dirty;
	s->loop->dirty = s;
}

/* ---- The end ---- */

/* The socket is closed now, the memory freed when no event of this turn can be for it. */
static void die(struct stream *s)
{
	struct connection *c = s->connection;

	assert(!s->dead);
	s->dead = true;
	drop_backlog(s);
	if (s->fd >= 0) {
		unlink_stream(s);
		/* Until libmicrohttpd has closed its own, closing ours does not end the watch. */
		if (c->mhd)
			loop_unwatch(s->loop, s->fd);
		close(s->fd);
		count(&http_counters.streams, -1);
	}
	s->fd = -1;
	exchange_finish(&c->exchange);
	if (!s->dirty) {
		s->next_dirty = s->loop->dead;
		s->loop->dead = s;
	}
}

void stream_leave(struct stream *s)
{
	gone_fn *gone = s->gone;

	if (s->dead)
		return;
	count(&http_counters.gone_clients, 1);
	s->left = true;
	die(s);
	if (!s->released)
		gone(s->user);
}

static void bury(struct stream *s)
{
	struct connection *c = s->connection;

	c->exchange.stream = NULL;
	if (!c->mhd) {
		free((char *)(uintptr_t)c->exchange.target);
		exchange_charge(&c->exchange, NULL, NULL);
		connection_free(c);
	}
	budget_drop(s->budget);
	free(s);
}

void streams_bury(struct loop *loop)
{
	struct stream **place = &loop->dead;

	while (*place) {
		struct stream *s = *place;

		if (s->connection->mhd) {       /* libmicrohttpd still has to close it */
			place = &s->next_dirty;
			continue;
		}
		*place = s->next_dirty;
		bury(s);
	}
}

/* ---- Sending ---- */

void stream_when_sent(struct stream *s, stream_sent_fn *sent)
{
	s->sent_all = sent;
	if (s->fd >= 0)
		stream_make_dirty(s);
}

/* Nothing waits any more: it is over, or somebody may have more. */
static void sent_all(struct stream *s)
{
	stream_sent_fn *tell = s->sent_all;

	if (s->ending) {
		die(s);
		return;
	}
	s->sent_all = NULL;
	if (tell && !s->overflowed)
		tell(s->user);
}

void stream_flush(struct stream *s)
{
	ssize_t sent;

	if (s->dead)
		return;
	if (s->size == 0) {
		sent_all(s);
		return;
	}
	sent = send(s->fd, s->backlog + s->sent, s->size - s->sent, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0) {
		if (errno != EAGAIN && errno != EINTR)
			stream_leave(s);
		return;                 /* EPOLLOUT tells when there is room */
	}
	s->loop->counted.bytes_out += sent;
	s->sent += (size_t)sent;
	s->taken_ms = s->loop->tick;
	budget_give(s->budget, (size_t)sent);
	was_heard(s);
	if (s->sent < s->size)
		return;
	drop_backlog(s);
	sent_all(s);
}

/* ---- While open ---- */

static bool has_room(const struct stream *s, size_t size)
{
	return stream_backlog(s) <= s->loop->http->set.backlog_max && budget_has(s->budget, size);
}

bool stream_send(struct stream *s, str events)
{
	if (s->overflowed || s->left)
		return false;
	if (events.size == 0)
		return true;
	if (!has_room(s, events.size)) {
		s->overflowed = true;
		count(&http_counters.overflowed_streams, 1);
		if (s->fd >= 0)
			stream_make_dirty(s);
		return false;
	}
	stream_append_events(s, events.at, events.size);
	if (s->fd >= 0)
		stream_make_dirty(s);
	return true;
}

void stream_end(struct stream *s)
{
	s->released = true;
	if (s->overflowed)
		return;                 /* its end is on its way */
	if (s->chunked)
		stream_append(s, "0\r\n\r\n", 5);
	s->ending = true;
	if (s->fd >= 0)
		stream_make_dirty(s);
}

struct loop *stream_loop(const struct stream *s)
{
	return s->loop;
}

static void clean(struct stream *s)
{
	s->dirty = false;
	if (s->dead) {
		s->next_dirty = s->loop->dead;
		s->loop->dead = s;
	} else if (s->fd < 0) {
		stream_settle(s);
	} else if (s->overflowed) {
		stream_leave(s);
	} else {
		stream_flush(s);
	}
}

void streams_flush(struct loop *loop)
{
	while (loop->dirty) {
		struct stream *s = loop->dirty;

		loop->dirty = s->next_dirty;
		clean(s);
	}
}

/* ---- Keep-alive ---- */

/* Its client takes nothing of what waits, for as long as an answer's may. */
static bool is_stuck(const struct stream *s)
{
	return s->size > 0 && s->taken_ms <= s->loop->tick - SENDING_MS;
}

/* They are in the order of their silence. Those that are due together are spread over turns. */
void streams_keep_alive(struct loop *loop)
{
	int64_t due = loop->tick - loop->http->set.keep_alive_ms;

	for (int i = 0; i < KEEP_ALIVES_A_TURN; i++) {
		struct stream *s = loop->streams.first;

		if (!s || s->silent_since_ms > due)
			return;
		was_heard(s);
		if (is_stuck(s)) {
			count(&http_counters.slow_clients, 1);
			stream_leave(s);
			continue;
		}
		if (s->size == 0 && !s->ending) {
			stream_append_events(s, KEEP_ALIVE, sizeof(KEEP_ALIVE) - 1);
			stream_make_dirty(s);
		}
	}
}

int64_t streams_next_ms(const struct loop *loop)
{
	const struct stream *first = loop->streams.first;

	return first ? first->silent_since_ms + loop->http->set.keep_alive_ms : INT64_MAX;
}
