/* connection.c - connections: what each waits for, and cutting those that take too long. */
#include <linux/tcp.h>          /* the one of <netinet/tcp.h> knows no bytes received */
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fatal.h"
#include "inside.h"

static int64_t phase_ms(const struct loop *loop, int phase)
{
	const struct http_settings *set = &loop->http->set;

	switch (phase) {
	case PHASE_NEW: return set->header_deadline_ms > NEW_MS ? set->header_deadline_ms : NEW_MS;
	case PHASE_IDLE: return set->idle_ms;
	case PHASE_HEADERS: return set->header_deadline_ms;
	case PHASE_BODY: return set->body_deadline_ms;
	case PHASE_SENDING: return SENDING_MS;
	case PHASE_LEFT: return LEFT_MS;
	default: return INT64_MAX / 2;
	}
}

/* While the server stops, who sends or takes nothing has less time. */
static bool is_hurried(const struct loop *loop, int phase)
{
	return (phase == PHASE_BODY || phase == PHASE_SENDING) &&
	       atomic_load(&loop->http->hurry_ms);
}

/* When the time of the first in a phase is over; of those behind it, it is not before. */
static int64_t ends_ms(const struct loop *loop, int phase)
{
	const struct connection *first = loop->phases[phase].first;
	const struct http *http = loop->http;
	int64_t began, at, soon;

	if (!first)
		return INT64_MAX;
	at = first->since_ms + phase_ms(loop, phase);
	if (!is_hurried(loop, phase))
		return at;
	began = atomic_load(&http->draining_since_ms);
	soon = (began > first->since_ms ? began : first->since_ms) + atomic_load(&http->hurry_ms);
	return soon < at ? soon : at;
}

/* How often to look for clients that trickle a request line: libmicrohttpd does not tell of it. */
static int64_t sweep_pause_ms(const struct loop *loop)
{
	int64_t pause_ms = loop->http->set.header_deadline_ms / 2;

	return pause_ms > 5000 ? 5000 : pause_ms < 50 ? 50 : pause_ms;
}

/* ---- Phases ---- */

static bool is_idle(int phase)
{
	return phase == PHASE_NEW || phase == PHASE_IDLE;
}

static void leave_phase(struct connection *c)
{
	struct connection_list *list = &c->loop->phases[c->phase];

	if (c->phase == PHASE_NONE)
		return;
	if (is_idle(c->phase))
		crowd_busy(c);
	if (c->next)
		c->next->previous = c->previous;
	else
		list->last = c->previous;
	if (c->previous)
		c->previous->next = c->next;
	else
		list->first = c->next;
	c->next = c->previous = NULL;
}

void connection_enter(struct connection *c, enum phase phase)
{
	/* libmicrohttpd does not see an end that comes with the last bytes: it waits for more. */
	if (c->left && phase <= PHASE_BODY)
		phase = PHASE_LEFT;
	/* What it had said before may still be read; but it makes way once. */
	if (c->makes_way && phase < PHASE_PARKED)
		phase = PHASE_NONE;
	leave_phase(c);
	c->phase = (uint8_t)phase;
	c->since_ms = c->loop->tick;
	c->swept = c->trickling = false;
	if (phase == PHASE_NONE)
		return;
	struct connection_list *list = &c->loop->phases[phase];
	c->previous = list->last;
	if (list->last)
		list->last->next = c;
	else
		list->first = c;
	list->last = c;
	if (is_idle(c->phase))
		crowd_idle(c);
}

/* ---- Their life ---- */

static void client_left(struct watch *watch, UNUSED uint32_t events)
{
	struct connection *c = (struct connection *)watch;

	c->left = true;
	/* One whose stream was just opened sees it by itself. */
	if (c->exchange.parked && !c->exchange.stream)
		exchange_leave(&c->exchange);
	else if (c->phase <= PHASE_BODY)
		connection_enter(c, c->phase);
}

struct connection *connection_create(struct loop *loop, struct MHD_Connection *mhd)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		fatal();
	c->watch.ready = client_left;
	c->loop = loop;
	c->mhd = mhd;
	c->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	c->phase = PHASE_NONE;
	c->spare = loop->connections - loop->making_way >= loop->http->connections_max;
	crowd_enter(c);
	connection_enter(c, PHASE_NEW);
	c->swept = true;                /* nothing was received yet: c->bytes is right */
	loop_watch(loop, &c->watch, c->fd, EPOLLRDHUP | EPOLLET);
	loop->connections++;
	count(&http_counters.connections, 1);
	return c;
}

void connection_free(struct connection *c)
{
	connection_enter(c, PHASE_NONE);
	crowd_leave(c);
	c->loop->connections--;
	c->loop->making_way -= c->makes_way;
	count(&http_counters.connections, -1);
	free(c->headers);
	free(c->address);
	free(c);
}

void connection_closed(struct connection *c)
{
	c->mhd = NULL;
	if (!c->exchange.stream)
		connection_free(c);
}

void connection_watch(struct connection *c)
{
	/* What was told once is told again after a change. */
	if (c->left)
		loop_watch_for(c->loop, &c->watch, c->fd, EPOLLRDHUP | EPOLLET);
}

void connection_unwatch(struct connection *c)
{
	loop_unwatch(c->loop, c->fd);
}

/* ---- Deadlines ---- */

/* libmicrohttpd sees the end and closes. */
static void cut(struct connection *c)
{
	if (c->phase == PHASE_HEADERS || c->phase == PHASE_BODY || c->trickling)
		count(&http_counters.slow_clients, 1);
	connection_enter(c, PHASE_NONE);
	shutdown(c->fd, SHUT_RDWR);
}

void connection_make_way(struct connection *c)
{
	count(&http_counters.closed_idle, 1);
	c->makes_way = true;
	c->loop->making_way++;
	connection_enter(c, PHASE_NONE);
	shutdown(c->fd, SHUT_RDWR);
}

static void sweep_one(struct connection *c)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return;
	if (c->trickling) {
		cut(c);
		return;
	}
	c->trickling = c->swept && info.tcpi_bytes_received > c->bytes;
	c->swept = true;
	c->bytes = info.tcpi_bytes_received;
	if (c->trickling)
		c->loop->active = true;         /* look again */
}

/* What came in since the sweep before and is no request line yet, is cut at the next sweep. */
static void sweep(struct loop *loop)
{
	loop->active = false;
	loop->sweep_ms = 0;
	for (int phase = PHASE_NEW; phase <= PHASE_IDLE; phase++)
		for (struct connection *c = loop->phases[phase].first, *next; c; c = next) {
			next = c->next;
			sweep_one(c);
		}
}

/* Something was taken since this was asked last, or it is asked for the first time. */
static bool takes_its_answer(struct connection *c)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);
	bool takes;

	if (getsockopt(c->fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return false;
	takes = !c->swept || info.tcpi_bytes_acked > c->bytes;
	connection_enter(c, PHASE_SENDING);
	c->swept = true;
	c->bytes = info.tcpi_bytes_acked;
	return takes;
}

static void time_is_over(struct connection *c)
{
	if (c->phase == PHASE_SENDING && is_hurried(c->loop, PHASE_SENDING) && takes_its_answer(c))
		return;
	cut(c);
}

void connections_check(struct loop *loop)
{
	bool waiting = loop->phases[PHASE_NEW].first || loop->phases[PHASE_IDLE].first;

	for (int phase = 0; phase < PHASE_PARKED; phase++)
		while (ends_ms(loop, phase) <= loop->tick)
			time_is_over(loop->phases[phase].first);
	if (loop->sweep_ms && loop->sweep_ms <= loop->tick)
		sweep(loop);
	if (loop->active && waiting && !loop->sweep_ms)
		loop->sweep_ms = loop->tick + sweep_pause_ms(loop);
	stragglers_check(loop);
}

int64_t connections_next_ms(const struct loop *loop)
{
	int64_t next = stragglers_next_ms(loop);

	if (loop->sweep_ms && loop->sweep_ms < next)
		next = loop->sweep_ms;
	for (int phase = 0; phase < PHASE_PARKED; phase++) {
		int64_t at = ends_ms(loop, phase);

		if (at < next)
			next = at;
	}
	return next;
}
