/* fetch_server.h - a server of many connections on one thread, which does what the path of each request says:
 *
 *     /now            answers "now"
 *     /after/MS       the same, so many milliseconds later
 *     /together/N     the same, as soon as so many requests are there at once
 *     /silent         says nothing
 *     /half           half of an answer, then nothing
 *     /cut            half of an answer, then it closes
 *     /bytes/N        N bytes
 *     /heads          headers without end
 *     /named          some headers, and before them a head that is not the answer's
 *     /disguised      a header that looks like the line of a status
 *     /switched       101, and then "now" of what nobody asked for */
#ifndef FETCH_SERVER_H
#define FETCH_SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core.h"
#include "suite.h"

#define PEERS_MAX 1500

struct peer {
	char asked[4096];
	size_t asked_size;
	int64_t answer_at_ms;           /* 0: it was not asked; -1: never, what is to be sent was */
	char *text;                     /* still to be sent */
	size_t size, sent;
	bool closes, floods;
};

struct fetch_server {
	int listener, port, wake[2];
	pthread_t thread;
	atomic_int requests, connections, at_once, at_once_most;
	struct pollfd polled[PEERS_MAX + 2];
	struct peer *peers[PEERS_MAX + 2];      /* of the same place */
	int count;
};

static inline void say(struct peer *peer, const char *before, const char *head, size_t body, size_t of_it)
{
	size_t room = strlen(before) + strlen(head) + of_it + 64;

	peer->text = malloc(room);
	peer->size = (size_t)snprintf(peer->text, room, "%sHTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n",
	                              before, body, head);
	memset(peer->text + peer->size, 'x', of_it);
	peer->size += of_it;
	peer->sent = 0;
}

static inline bool is_told(const struct peer *peer, const char *what)
{
	const char *path = strchr(peer->asked, ' ');

	return path && strncmp(path + 1, what, strlen(what)) == 0;
}

static inline long told_number(const struct peer *peer)
{
	const char *slash = strchr(strchr(peer->asked, '/') + 1, '/');

	return atol(slash + 1);
}

static inline void do_as_told(struct peer *peer)
{
	peer->answer_at_ms = -1;
	peer->closes = is_told(peer, "/cut") || is_told(peer, "/switched");
	peer->floods = is_told(peer, "/heads");
	if (is_told(peer, "/bytes/"))
		say(peer, "", "", (size_t)told_number(peer), (size_t)told_number(peer));
	else if (is_told(peer, "/half") || is_told(peer, "/cut"))
		say(peer, "", "", 1000, 500);
	else if (is_told(peer, "/named"))
		say(peer, "HTTP/1.1 103 Early Hints\r\nX-One: early\r\n\r\n",
		    "X-One: 1 \r\nx-empty:\r\nDate: Sat, 28 Nov 2026 12:00:00 GMT\r\nX-One: 2\r\n", 3, 3);
	else if (is_told(peer, "/disguised"))
		say(peer, "", "X-One: 1\r\nHTTP/1.1 100 Continue: 1\r\n", 3, 3);
	else if (is_told(peer, "/switched"))
		say(peer, "HTTP/1.1 101 Switching Protocols\r\nX-One: 1\r\n\r\n", "", 3, 3);
	else if (!is_told(peer, "/silent"))
		say(peer, "", "", 3, 3);
	if (peer->floods)
		peer->size -= 5;                /* nor is its head over */
}

static inline void drop_peer(struct fetch_server *server, int i)
{
	close(server->polled[i].fd);
	if (server->peers[i]->answer_at_ms != 0)
		atomic_fetch_sub(&server->at_once, 1);
	free(server->peers[i]->text);
	free(server->peers[i]);
	server->count--;
	server->polled[i] = server->polled[server->count];
	server->peers[i] = server->peers[server->count];
}

static inline void is_asked(struct fetch_server *server, struct peer *peer)
{
	int now = atomic_fetch_add(&server->at_once, 1) + 1;

	atomic_fetch_add(&server->requests, 1);
	if (now > atomic_load(&server->at_once_most))
		atomic_store(&server->at_once_most, now);
	peer->answer_at_ms = is_told(peer, "/together/") ? INT64_MAX : tick_ms() + (is_told(peer, "/after/") ? told_number(peer) : 0);
}

/* False: it left. */
static inline bool hear(struct fetch_server *server, struct peer *peer, int socket)
{
	ssize_t got = recv(socket, peer->asked + peer->asked_size, sizeof(peer->asked) - 1 - peer->asked_size, 0);

	if (got <= 0)
		return got < 0 && errno == EAGAIN;
	peer->asked_size += (size_t)got;
	peer->asked[peer->asked_size] = '\0';
	if (strstr(peer->asked, "\r\n\r\n"))
		is_asked(server, peer);
	return true;
}

/* False: it is to be closed. */
static inline bool tell(struct fetch_server *server, struct peer *peer, int socket)
{
	if (peer->floods && peer->sent == peer->size) {
		static const char more[] = "X-More: and more and more and more and more and more and more\r\n";
		return send(socket, more, sizeof(more) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) > 0 || errno == EAGAIN;
	}
	ssize_t sent = send(socket, peer->text + peer->sent, peer->size - peer->sent, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (sent < 0)
		return errno == EAGAIN;
	peer->sent += (size_t)sent;
	if (peer->sent < peer->size || peer->floods)
		return true;
	if (peer->closes)
		return false;
	free(peer->text);
	peer->text = NULL;
	if (is_told(peer, "/half"))
		return true;
	peer->asked_size = 0;
	peer->answer_at_ms = 0;
	atomic_fetch_sub(&server->at_once, 1);
	return true;
}

static inline void welcome(struct fetch_server *server)
{
	int socket = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (socket < 0)
		return;
	if (server->count == PEERS_MAX + 2) {
		close(socket);
		return;
	}
	atomic_fetch_add(&server->connections, 1);
	server->polled[server->count] = (struct pollfd) { .fd = socket, .events = POLLIN };
	server->peers[server->count++] = calloc(1, sizeof(struct peer));
}

static inline void *serve_all(void *context)
{
	struct fetch_server *server = context;

	for (;;) {
		int64_t now = tick_ms(), wait = 1000;
		for (int i = 2; i < server->count; i++) {
			struct peer *peer = server->peers[i];
			if (peer->answer_at_ms == INT64_MAX && told_number(peer) <= atomic_load(&server->at_once_most))
				peer->answer_at_ms = now;
			if (peer->answer_at_ms > 0 && peer->answer_at_ms <= now)
				do_as_told(peer);
			else if (peer->answer_at_ms > 0 && peer->answer_at_ms - now < wait)
				wait = peer->answer_at_ms - now;
			server->polled[i].events = peer->text ? POLLIN | POLLOUT : POLLIN;
		}
		poll(server->polled, (nfds_t)server->count, (int)wait);
		if (server->polled[1].revents)
			break;
		for (int i = server->count - 1; i >= 2; i--) {
			struct peer *peer = server->peers[i];
			short came = server->polled[i].revents;
			bool stays = true;
			if (came & (POLLIN | POLLHUP | POLLERR))
				stays = hear(server, peer, server->polled[i].fd);
			if (stays && (came & POLLOUT) && peer->text)
				stays = tell(server, peer, server->polled[i].fd);
			if (!stays)
				drop_peer(server, i);
		}
		if (server->polled[0].revents)
			welcome(server);
	}
	while (server->count > 2)
		drop_peer(server, server->count - 1);
	return NULL;
}

static inline struct fetch_server *fetch_server_start(void)
{
	struct fetch_server *server = calloc(1, sizeof(*server));
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);

	server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(server->listener, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
	ck_assert_int_eq(listen(server->listener, 1024), 0);
	ck_assert_int_eq(pipe2(server->wake, O_CLOEXEC), 0);
	server->port = ntohs(address.sin_port);
	server->polled[0] = (struct pollfd) { .fd = server->listener, .events = POLLIN };
	server->polled[1] = (struct pollfd) { .fd = server->wake[0], .events = POLLIN };
	server->count = 2;
	ck_assert_int_eq(pthread_create(&server->thread, NULL, serve_all, server), 0);
	return server;
}

static inline void fetch_server_stop(struct fetch_server *server)
{
	ck_assert_int_eq(write(server->wake[1], "", 1), 1);
	pthread_join(server->thread, NULL);
	close(server->listener);
	close(server->wake[0]);
	close(server->wake[1]);
	free(server);
}

#endif
