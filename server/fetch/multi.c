/* multi.c - libcurl's multi interface over epoll.
 *
 * curl_multi_socket_action() rather than curl_multi_poll(): a byte for one of a thousand requests costs that one,
 * not a walk through all of them. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "fatal.h"
#include "fetch_private.h"

#define EVENTS_MAX 64                   /* of sockets, in a turn */
#define HANDLES_KEPT 64

static struct {
	const struct curl_library *curl;
	CURLM *multi;                   /* NULL: nothing is in flight, and nothing kept */
	int sockets;                    /* an epoll */
	int waker;                      /* whoever wakes the thread writes there */
	bool *watched;                  /* by the number of the socket */
	size_t watched_room;
	int in_flight;
	int64_t due_ms;                 /* INT64_MAX: libcurl waits for no clock */
	int64_t idle_ms;                /* since when nothing is in flight */
	CURL *handles[HANDLES_KEPT];
	int handle_count;
} own;

/* ---- What libcurl wants to be told ---- */

static bool is_watched(curl_socket_t socket)
{
	return (size_t)socket < own.watched_room && own.watched[socket];
}

static void note_watched(curl_socket_t socket, bool is)
{
	size_t room = own.watched_room ? own.watched_room : 256;

	while (room <= (size_t)socket)
		room *= 2;
	if (room > own.watched_room) {
		if (!(own.watched = realloc(own.watched, room)))
			fatal();
		memset(own.watched + own.watched_room, 0, room - own.watched_room);
		own.watched_room = room;
	}
	own.watched[socket] = is;
}

/* What is to be watched no longer libcurl may have closed before it says so: that number can be another's by now. So
 * a socket goes when it closes, or when there is something of it that nobody wants to know (leave_alone). */
static int watch(UNUSED CURL *easy, curl_socket_t socket, int what, UNUSED void *a, UNUSED void *b)
{
	struct epoll_event event = {
		.events = (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0),
		.data.fd = socket,
	};

	note_watched(socket, what != CURL_POLL_REMOVE);
	if (what != CURL_POLL_REMOVE && epoll_ctl(own.sockets, EPOLL_CTL_MOD, socket, &event) != 0
	    && epoll_ctl(own.sockets, EPOLL_CTL_ADD, socket, &event) != 0)
		return -1;
	return 0;
}

static void leave_alone(curl_socket_t socket)
{
	epoll_ctl(own.sockets, EPOLL_CTL_DEL, socket, NULL);
}

static int be_due(UNUSED CURLM *multi, long in_ms, UNUSED void *context)
{
	own.due_ms = in_ms < 0 ? INT64_MAX : tick_ms() + in_ms;
	return 0;
}

static void open_multi(void)
{
	if (!(own.multi = own.curl->multi_init()))
		fatal();
	own.curl->multi_setopt(own.multi, CURLMOPT_SOCKETFUNCTION, watch);
	own.curl->multi_setopt(own.multi, CURLMOPT_TIMERFUNCTION, be_due);
}

/* ---- One request ---- */

static void keep_connections(void)
{
	own.curl->multi_setopt(own.multi, CURLMOPT_MAXCONNECTS, (long)(own.in_flight + CONNECTIONS_KEPT));
}

static CURL *new_handle(void)
{
	CURL *easy = own.curl->easy_init();

	if (!easy)
		fatal();
	transfer_set_up(own.curl, easy);
	return easy;
}

void multi_add(struct fetch *fetch)
{
	CURL *easy = own.handle_count > 0 ? own.handles[--own.handle_count] : new_handle();

	if (!own.multi)
		open_multi();
	own.in_flight++;
	keep_connections();
	transfer_begin(fetch, own.curl, easy);
	if (own.curl->multi_add(own.multi, easy) != CURLM_OK)
		fatal();
}

void multi_remove(struct fetch *fetch, CURLcode code)
{
	own.curl->multi_remove(own.multi, fetch->easy);
	transfer_end(fetch, own.curl, code);
	if (own.handle_count < HANDLES_KEPT)
		own.handles[own.handle_count++] = fetch->easy;
	else
		own.curl->easy_cleanup(fetch->easy);
	fetch->easy = NULL;
	own.in_flight--;
	own.idle_ms = tick_ms();
	keep_connections();
}

CURLcode multi_resume(struct fetch *fetch)
{
	return own.curl->pause(fetch->easy, CURLPAUSE_CONT);
}

/* ---- A turn ---- */

static void act(curl_socket_t socket, uint32_t events)
{
	int running;
	int what = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0)
	           | (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);

	own.curl->multi_act(own.multi, socket, what, &running);
}

static void act_by_clock(void)
{
	if (tick_ms() < own.due_ms)
		return;                 /* as it is while there is no multi */
	own.due_ms = INT64_MAX;
	act(CURL_SOCKET_TIMEOUT, 0);
}

/* False: there was none. */
static bool read_ends(void)
{
	int left;
	bool some = false;
	void *fetch;

	for (CURLMsg *message; own.multi && (message = own.curl->multi_read(own.multi, &left)); ) {
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code = message->data.result;
		own.curl->getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch);
		flight_end(fetch, code);
		some = true;
	}
	return some;
}

/* What was kept for the next request. */
static void close_kept(void)
{
	while (own.handle_count > 0)
		own.curl->easy_cleanup(own.handles[--own.handle_count]);
	if (own.multi)
		own.curl->multi_cleanup(own.multi);
	own.multi = NULL;
	own.due_ms = INT64_MAX;
}

static int64_t idle_due(void)
{
	return own.multi && own.in_flight == 0 ? own.idle_ms + CONNECTION_IDLE_S * 1000 : INT64_MAX;
}

static int wait_ms(int64_t due)
{
	if (own.due_ms < due)
		due = own.due_ms;
	if (idle_due() < due)
		due = idle_due();
	if (due == INT64_MAX)
		return -1;
	int64_t left = due - tick_ms();
	return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void came(int socket, uint32_t events)
{
	if (socket == own.waker)
		return;                 /* each time it is written to, whatever was read of it */
	if (is_watched(socket))
		act(socket, events);
	else
		leave_alone(socket);
}

void multi_turn(int64_t due_ms)
{
	struct epoll_event events[EVENTS_MAX];

	/* What was added just now is due at once; where one ended already, it may be another's turn. */
	act_by_clock();
	bool some = read_ends();
	int in_ms = some ? 0 : wait_ms(due_ms);
	if (in_ms != 0 && !engine_falls_asleep())
		in_ms = 0;
	int count = epoll_wait(own.sockets, events, EVENTS_MAX, in_ms);

	engine_is_awake();
	for (int i = 0; i < count; i++)
		came(events[i].data.fd, events[i].events);
	act_by_clock();
	read_ends();
	if (tick_ms() >= idle_due())
		close_kept();
}

/* ---- From start to end ---- */

void multi_open(int waker)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET, .data.fd = waker };

	own.curl = curl_library_started();
	own.due_ms = INT64_MAX;
	own.waker = waker;
	own.sockets = epoll_create1(EPOLL_CLOEXEC);
	if (!own.curl || own.sockets < 0 || epoll_ctl(own.sockets, EPOLL_CTL_ADD, waker, &event) != 0)
		fatal();
}

void multi_close(void)
{
	close_kept();
	close(own.sockets);
	free(own.watched);
	own.watched = NULL;
	own.watched_room = 0;
}
