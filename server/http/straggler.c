/* straggler.c - reads on for a moment where an answer was sent before its request was read.
 *
 * Closing a socket with unread bytes resets the connection, and a reset may overtake the answer (a
 * 413 to a client that is still sending). So libmicrohttpd closes its descriptor, and a duplicate
 * is read until the client has finished, or LINGER_MS. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fatal.h"
#include "inside.h"

#define STRAGGLERS_MAX 256

struct straggler {
	struct watch watch;
	struct loop *loop;
	struct straggler *next, *previous;
	int64_t since_ms;
	int fd;                         /* -1: done, freed at the next check */
};

/* Closed now, freed in connections_check(): an event of this turn may still be for it. */
static void finish(struct straggler *straggler)
{
	if (straggler->fd >= 0)
		close(straggler->fd);
	straggler->fd = -1;
	straggler->since_ms = 0;
}

static void read_on(struct watch *watch, UNUSED uint32_t events)
{
	struct straggler *straggler = (struct straggler *)watch;
	char waste[16384];
	ssize_t size;

	if (straggler->fd < 0)
		return;
	/* Level triggered: so much a turn. */
	size = recv(straggler->fd, waste, sizeof(waste), MSG_DONTWAIT);
	if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR))
		finish(straggler);
}

void connection_linger(struct connection *c)
{
	struct loop *loop = c->loop;
	struct straggler *straggler;
	int fd;

	if (loop->straggler_count == STRAGGLERS_MAX || loop->stopping)
		return;
	fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
	if (fd < 0)
		return;
	connection_unwatch(c);
	shutdown(fd, SHUT_WR);
	straggler = calloc(1, sizeof(*straggler));
	if (!straggler)
		fatal();
	straggler->watch.ready = read_on;
	straggler->loop = loop;
	straggler->since_ms = loop->tick;
	straggler->fd = fd;
	straggler->previous = loop->last_straggler;
	if (loop->last_straggler)
		loop->last_straggler->next = straggler;
	else
		loop->stragglers = straggler;
	loop->last_straggler = straggler;
	loop->straggler_count++;
	loop_watch(loop, &straggler->watch, fd, EPOLLIN | EPOLLRDHUP);
}

static void bury(struct straggler *straggler)
{
	struct loop *loop = straggler->loop;

	finish(straggler);
	if (straggler->next)
		straggler->next->previous = straggler->previous;
	else
		loop->last_straggler = straggler->previous;
	if (straggler->previous)
		straggler->previous->next = straggler->next;
	else
		loop->stragglers = straggler->next;
	loop->straggler_count--;
	free(straggler);
}

void stragglers_check(struct loop *loop)
{
	for (struct straggler *straggler = loop->stragglers, *next; straggler; straggler = next) {
		next = straggler->next;
		if (straggler->since_ms <= loop->tick - LINGER_MS)
			bury(straggler);
	}
}

int64_t stragglers_next_ms(const struct loop *loop)
{
	return loop->stragglers ? loop->stragglers->since_ms + LINGER_MS : INT64_MAX;
}

void stragglers_close(struct loop *loop)
{
	while (loop->stragglers)
		bury(loop->stragglers);
}
