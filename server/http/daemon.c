/* daemon.c - the libmicrohttpd daemon of one loop: how it is set up, run and ended. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "inside.h"
#include "log.h"

#define ROUNDS_MAX 16           /* of libmicrohttpd in one turn, so that messages get theirs */
#define WARN_PAUSE_MS 60000

static void connection_changed(void *cls, struct MHD_Connection *mhd, void **context,
                               enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*context = connection_create(cls, mhd);
	else if (*context)
		connection_closed(*context);
}

static void warn(struct loop *loop, const char *what)
{
	if (loop->warned_ms > loop->tick)
		return;
	loop->warned_ms = loop->tick + WARN_PAUSE_MS;
	log_warning("%d connections are open on loop %d, as CONNECTIONS_MAX allows: %s",
	            loop->connections, loop->index, what);
}

/* Streams are no longer libmicrohttpd's, so it cannot count them. */
static enum MHD_Result may_connect(void *cls, const struct sockaddr *address,
                                   UNUSED socklen_t size)
{
	struct loop *loop = cls;
	int most = loop->http->connections_max;
	int now = loop->connections - loop->making_way;
	struct connection *other;

	if (now < most)
		return MHD_YES;
	other = crowd_find(loop, address);
	if (other) {
		warn(loop, "idle ones are closed for new ones");
		connection_make_way(other);
		return MHD_YES;
	}
	count(&http_counters.refused_connections, 1);
	warn(loop, "none is idle, new ones are refused");
	return now < most + SPARE_CONNECTIONS ? MHD_YES : MHD_NO;
}

static void log_daemon(void *cls, const char *format, va_list list) PRINTF(2, 0);

static void log_daemon(void *cls, const char *format, va_list list)
{
	static const char refusal[] = "Error processing request";
	struct loop *loop = cls;
	char text[256];

	if (strncmp(format, refusal, sizeof(refusal) - 1) == 0) {
		count(&http_counters.refused_headers, 1);
		if (loop->http->lenient)
			lenient_refuse_lengths(loop);
	}
	if (!log_shows(LOG_DEBUG))
		return;
	vsnprintf(text, sizeof(text), format, list);
	text[strcspn(text, "\n")] = '\0';
	log_write(LOG_DEBUG, "libmicrohttpd: %s", text);
}

/* Paths and queries stay as they came. */
static size_t leave_escaped(UNUSED void *cls, UNUSED struct MHD_Connection *mhd, char *text)
{
	return strlen(text);
}

bool daemon_start(struct loop *loop)
{
	/* TURBO: a connection is closed without shutdown(), which would end the stream that took
	 * its socket out; and a new one is read at once. */
	unsigned flags = MHD_USE_EPOLL | MHD_USE_TURBO | MHD_USE_ERROR_LOG |
	                 MHD_ALLOW_SUSPEND_RESUME;
#if MHD_VERSION >= 0x00097707
	/* Without a thread of its own it needs no locks, nor a descriptor to wake itself. */
	flags |= MHD_USE_NO_THREAD_SAFETY;
#define STRICT MHD_OPTION_CLIENT_DISCIPLINE_LVL
#else
#define STRICT MHD_OPTION_STRICT_FOR_CLIENT
#endif
	/* A lenient one answers twice what it refuses for want of a Host: headers_read() looks. */
	int strict = loop->http->lenient ? 0 : 1;
	loop->daemon = MHD_start_daemon(flags, 0, may_connect, loop, exchange_receive, loop,
		MHD_OPTION_EXTERNAL_LOGGER, log_daemon, loop,   /* first: it hears all */
		MHD_OPTION_LISTEN_SOCKET, loop->listener,
		/* More than ours, so that ours is asked. */
		MHD_OPTION_CONNECTION_LIMIT,
			(unsigned)(loop->http->connections_max + MORE_CONNECTIONS),
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, loop->http->set.connection_bytes,
		MHD_OPTION_CONNECTION_TIMEOUT, 0u,              /* the deadlines are ours */
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, loop,
		MHD_OPTION_NOTIFY_COMPLETED, exchange_completed, loop,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, loop,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escaped, NULL,
		STRICT, strict,
		MHD_OPTION_END);
	if (!loop->daemon) {
		log_error("cannot start libmicrohttpd on loop %d", loop->index);
		return false;
	}
	loop_watch(loop, &loop->daemon_watch,
	           MHD_get_daemon_info(loop->daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd, EPOLLIN);
	return true;
}

static bool is_pending(const struct loop *loop)
{
	MHD_UNSIGNED_LONG_LONG wait_ms;

	return loop->resumed ||
	       (MHD_get_timeout(loop->daemon, &wait_ms) == MHD_YES && wait_ms == 0);
}

/* libmicrohttpd walks all its suspended connections whenever one was resumed: what was resumed in a
 * turn shares one walk. */
void daemon_run(struct loop *loop)
{
	if (!loop->daemon_ready && !loop->resumed && !loop->pending)
		return;
	loop->active |= loop->daemon_ready;
	loop->daemon_ready = false;
	for (int round = 0; round < ROUNDS_MAX; round++) {
		loop->resumed = false;
		MHD_run(loop->daemon);
		loop->pending = is_pending(loop);
		if (!loop->pending)
			return;
	}
}

void daemon_stop_listening(struct loop *loop)
{
	struct pollfd waiting = { .fd = loop->listener, .events = POLLIN };

	if (loop->listener < 0)
		return;
	/* Who is connected already is not turned away. */
	for (int round = 0; round < 1000 && poll(&waiting, 1, 0) > 0; round++)
		MHD_run(loop->daemon);
	MHD_quiesce_daemon(loop->daemon);
	close(loop->listener);
	loop->listener = -1;
	http_tell(loop->http, &loop->http->listening, -1);
}

void daemon_stop(struct loop *loop)
{
	loop->stopping = true;
	daemon_stop_listening(loop);
	/* What ends may send messages and open what must end as well. */
	for (int round = 0; round < 1000; round++) {
		messages_run(loop);
		streams_flush(loop);
		while (loop->phases[PHASE_PARKED].first) {
			exchange_leave(&loop->phases[PHASE_PARKED].first->exchange);
			streams_flush(loop);
		}
		while (loop->streams.first)
			stream_leave(loop->streams.first);
		streams_bury(loop);
		loop->daemon_ready = true;
		daemon_run(loop);
		if (!loop->pending && !loop->dirty && !loop->streams.first &&
		    !loop->phases[PHASE_PARKED].first && !atomic_load(&loop->mailbox))
			break;
	}
	stragglers_close(loop);
	MHD_stop_daemon(loop->daemon);
	loop->daemon = NULL;
	messages_run(loop);
	streams_bury(loop);
}
