/* linger.c - reads on for a moment where an answer was sent before its request was read.
 *
 * Closing a socket with unread bytes resets the connection, and a reset may overtake the answer (a
 * 413 to a client that is still sending). So libmicrohttpd closes its descriptor, and a duplicate
 * is read until the client has finished, or LINGER_MS. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"

#define LINGERS_MAX 256

struct linger {
	struct watch watch;
	struct loop *loop;
	struct linger *next, *previous;
	int64_t since_ms;
	int fd;                         /* -1: done, freed at the next check */
};

/* Closed now, freed in connections_check(): an event of this turn may still be for it. */
static void finish(struct linger *linger)
{
	if (linger->fd >= 0)
		close(linger->fd);
	linger->fd = -1;
	linger->since_ms = 0;
}

static void read_on(struct watch *watch, UNUSED uint32_t events)
{
	struct linger *linger = (struct linger *)watch;
	char waste[16384];
	ssize_t size;

	if (linger->fd < 0)
		return;
	/* Level triggered: so much a turn. */
	size = recv(linger->fd, waste, sizeof(waste), MSG_DONTWAIT);
	if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
		finish(linger);
}

void connection_linger(struct connection *c)
{
	struct loop *loop = c->loop;
	struct linger *linger;
	int fd;

	if (loop->linger_count == LINGERS_MAX || loop->stopping)
		return;
	fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return;
	connection_unwatch(c);
	shutdown(fd, SHUT_WR);
	linger = calloc(1, sizeof(*linger));
	if (!linger)
		abort();
	linger->watch.ready = read_on;
	linger->loop = loop;
	linger->since_ms = loop->tick;
	linger->fd = fd;
	linger->previous = loop->last_linger;
	if (loop->last_linger)
		loop->last_linger->next = linger;
	else
		loop->lingers = linger;
	loop->last_linger = linger;
	loop->linger_count++;
	loop_watch(loop, &linger->watch, fd, EPOLLIN | EPOLLRDHUP);
}

static void bury(struct linger *linger)
{
	struct loop *loop = linger->loop;

	finish(linger);
	if (linger->next)
		linger->next->previous = linger->previous;
	else
		loop->last_linger = linger->previous;
	if (linger->previous)
		linger->previous->next = linger->next;
	else
		loop->lingers = linger->next;
	loop->linger_count--;
	free(linger);
}

void lingers_check(struct loop *loop)
{
	for (struct linger *linger = loop->lingers, *next; linger; linger = next) {
		next = linger->next;
		if (linger->since_ms <= loop->tick - LINGER_MS)
			bury(linger);
	}
}

int64_t lingers_next_ms(const struct loop *loop)
{
	return loop->lingers ? loop->lingers->since_ms + LINGER_MS : INT64_MAX;
}

void lingers_close(struct loop *loop)
{
	while (loop->lingers)
		bury(loop->lingers);
}
