/* stream_open.c - how a stream begins: as a plain answer, or by taking its socket.
 *
 * stream_open() only begins to collect. When the handler returns (or, for a parked exchange, at the
 * end of the turn) a stream that ended already is sent as a plain answer of known length and the
 * connection stays libmicrohttpd's; any other takes the socket and sends its own response head. */
#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "fatal.h"
#include "inside.h"

#define PATH_KEPT_MAX 64
#define HELLO ": ok\n\n"

static void add_head(struct stream *s, struct exchange *x)
{
	struct arena *arena = arena_create();
	str head = exchange_head(arena, x, 200, arena_print(arena,
		"Content-Type: text/event-stream\r\nCache-Control: no-cache\r\nX-Accel-Buffering: no\r\n%s",
		s->chunked ? "Transfer-Encoding: chunked\r\n" : ""));

	stream_append(s, head.at, head.size);
	arena_destroy(arena);
}

/* What was collected goes behind the head, as one chunk. */
static void add_collected(struct stream *s, struct exchange *x)
{
	char *collected = s->backlog;
	size_t size = s->size;

	budget_give(s->budget, size);
	s->backlog = NULL;
	s->size = s->room = 0;
	s->chunked = !x->http_1_0;
	add_head(s, x);
	stream_append_events(s, HELLO, sizeof(HELLO) - 1);
	if (size)
		stream_append_events(s, collected, size);
	free(collected);
}

/* What was libmicrohttpd's memory, or the request's, is no more. */
static void release_request(struct exchange *x)
{
	struct connection *c = exchange_connection(x);
	str path = exchange_path(x);
	size_t size = path.size < PATH_KEPT_MAX ? path.size : PATH_KEPT_MAX;
	char *kept = malloc(size + 1);

	if (!kept)
		fatal();
	memcpy(kept, path.at, size);
	x->target = kept;
	x->target_size = x->path_size = (uint32_t)size;
	x->scheme_size = 0;
	x->host_size = 0;
	free(c->headers);
	c->headers = NULL;
	c->header_count = c->header_room = 0;
	free(c->address);
	c->address = NULL;
	body_release(x);
	exchange_charge(x, NULL, NULL);
	arena_destroy(x->arena);
	x->arena = NULL;
	x->added = NULL;
}

static bool take_socket(struct stream *s)
{
	struct connection *c = s->connection;

	s->fd = fcntl(c->fd, F_DUPFD_CLOEXEC, 0);
	if (s->fd < 0)
		return false;
	connection_unwatch(c);
	stream_link(s);
	s->silent_since_ms = s->loop->tick;
	count(&http_counters.streams, 1);
	/* Edge triggered: one registration for its life, and no event while it is idle. */
	loop_watch(s->loop, &s->watch, s->fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET);
	return true;
}

/* It ended as soon as it was opened. What it collected counts until its client has taken it. */
static void answer_at_once(struct stream *s, struct exchange *x)
{
	str body = { s->backlog, s->size };

	x->unsent = s->size;
	x->stream = NULL;
	exchange_add_header(x, "Cache-Control", "no-cache");
	exchange_add_header(x, "X-Accel-Buffering", "no");
	if (!body.size)
		free(s->backlog);
	exchange_respond(x, 200, "text/event-stream", body, MHD_RESPMEM_MUST_FREE);
	budget_drop(s->budget);         /* the exchange has it, too */
	free(s);
}

void stream_settle(struct stream *s)
{
	struct exchange *x = &s->connection->exchange;
	bool parked = x->parked;

	if (s->ending && !s->overflowed) {
		answer_at_once(s, x);
		return;
	}
	bool taken = !s->overflowed && take_socket(s);
	if (taken)
		add_collected(s, x);
	release_request(x);
	x->drop = true;
	if (parked)
		exchange_unpark(x);
	if (taken)
		stream_flush(s);
	else
		stream_leave(s);
}

/* Nothing that a client sends after its request is read, but it must not hide the end behind it. */
static void waste(struct stream *s)
{
	char bytes[4096];

	for (int i = 0; i < 64; i++)
		if (recv(s->fd, bytes, sizeof(bytes), MSG_DONTWAIT) < (ssize_t)sizeof(bytes))
			return;
	stream_leave(s);                /* it floods */
}

static void socket_changed(struct watch *watch, uint32_t events)
{
	struct stream *s = (struct stream *)watch;

	if (s->dead)
		return;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
		stream_leave(s);
		return;
	}
	if (events & EPOLLIN)
		waste(s);
	if (!s->dead)
		stream_flush(s);
}

struct stream *stream_open(struct exchange *x, gone_fn *gone, void *user)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		fatal();
	assert(x->status == 0 && !x->stream && !x->over);
	s->watch.ready = socket_changed;
	s->connection = exchange_connection(x);
	s->loop = s->connection->loop;
	s->budget = budget_hold(x->streams);
	s->gone = gone;
	s->user = user;
	s->fd = -1;
	x->stream = s;
	x->status = 200;
	if (x->id)
		exchange_add_header(x, "X-Request-Id", x->id);
	x->id = NULL;
	if (x->parked)
		stream_make_dirty(s);
	return s;
}
