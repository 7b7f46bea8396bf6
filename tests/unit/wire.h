/* wire.h - between a store and PostgreSQL: what the server sends is passed on byte by byte, held up or cut behind any
 * number of them, and other messages are put between its own. */
#ifndef WIRE_H
#define WIRE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "things.h"

/* WIRE_ENDS: cut right behind a message, which comes with the end. */
enum wire_trouble { WIRE_NONE, WIRE_CUT, WIRE_HELD, WIRE_BETWEEN, WIRE_ENDS };

static struct {
	int listener, port, client, server;     /* -1: none */
	pthread_t thread;
	atomic_bool over, deaf, ends;   /* deaf: nothing is read of the client; ends: it is told that no more comes */
	atomic_bool bytewise;
	_Atomic(enum wire_trouble) trouble;
	atomic_llong behind;            /* bytes, or messages, until then; below 0: it happened */
	char between[512];              /* what is put there */
	size_t between_size;
	size_t of_message, header_size; /* what is left of the message at hand; what is known of the next one's head */
	unsigned char header[5];
} wire;

static inline void wire_close(void)
{
	if (wire.client >= 0)
		close(wire.client);
	if (wire.server >= 0)
		close(wire.server);
	wire.client = wire.server = -1;
}

static inline int wire_reach(void)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	const char *host = strstr(getenv("POSTGRES_URL"), "host=") + 5;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%.*s/.s.PGSQL.%s", (int)strcspn(host, "&"), host,
	         getenv("POSTGRES_PORT"));
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static inline void wire_accept(void)
{
	int one = 1;

	wire_close();
	wire.client = accept(wire.listener, NULL, NULL);
	setsockopt(wire.client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	wire.server = wire_reach();
	wire.of_message = wire.header_size = 0;
}

static inline bool wire_put(const char *at, size_t size)
{
	return send(wire.client, at, size, MSG_NOSIGNAL) == (ssize_t)size;
}

/* At the beginning of a message of the server's. */
static inline void wire_begins(void)
{
	if (atomic_load(&wire.trouble) == WIRE_BETWEEN && atomic_fetch_sub(&wire.behind, 1) == 0)
		(void)!wire_put(wire.between, wire.between_size);
}

static inline void wire_follow(unsigned char byte)
{
	if (wire.of_message > 0) {
		wire.of_message--;
		return;
	}
	wire.header[wire.header_size++] = byte;
	if (wire.header_size < 5)
		return;
	const unsigned char *size = wire.header + 1;
	wire.of_message = ((size_t)size[0] << 24 | (size_t)size[1] << 16 | (size_t)size[2] << 8 | size[3]) - 4;
	wire.header_size = 0;
}

/* False: it is cut here. */
static inline bool wire_pass_byte(char byte)
{
	enum wire_trouble trouble = atomic_load(&wire.trouble);

	if (wire.of_message == 0 && wire.header_size == 0)
		wire_begins();
	if ((trouble == WIRE_CUT || trouble == WIRE_HELD) && atomic_fetch_sub(&wire.behind, 1) == 0) {
		if (trouble == WIRE_CUT)
			return false;
		while (atomic_load(&wire.trouble) == WIRE_HELD && !atomic_load(&wire.over))
			poll(NULL, 0, 1);
	}
	wire_follow((unsigned char)byte);
	if (atomic_load(&wire.bytewise))
		poll(NULL, 0, 1);
	bool ended = wire.of_message == 0 && wire.header_size == 0;
	if (ended && trouble == WIRE_ENDS && atomic_fetch_sub(&wire.behind, 1) == 0) {
		(void)!send(wire.client, &byte, 1, MSG_NOSIGNAL | MSG_MORE);
		return false;
	}
	return wire_put(&byte, 1);
}

static inline bool wire_pass(void)
{
	char bytes[65536];
	ssize_t size = recv(wire.server, bytes, sizeof(bytes), 0);

	for (ssize_t i = 0; i < size; i++)
		if (!wire_pass_byte(bytes[i]))
			return false;
	return size > 0;
}

static inline bool wire_pass_back(void)
{
	char bytes[65536];
	ssize_t size = recv(wire.client, bytes, sizeof(bytes), 0);

	return size > 0 && send(wire.server, bytes, (size_t)size, MSG_NOSIGNAL) == size;
}

static void *wire_run(void *nothing)
{
	while (!atomic_load(&wire.over)) {
		bool deaf = atomic_load(&wire.deaf);
		struct pollfd about[] = { { wire.listener, POLLIN, 0 }, { wire.server, POLLIN, 0 },
		                          { deaf ? -1 : wire.client, POLLIN, 0 } };
		if (atomic_exchange(&wire.ends, false))
			shutdown(wire.client, SHUT_WR);
		poll(about, 3, 5);
		if (about[0].revents)
			wire_accept();
		else if ((about[1].revents && !wire_pass()) || (about[2].revents && !wire_pass_back()))
			wire_close();
	}
	return nothing;
}

static inline void wire_open(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int small = 4096;

	memset(&wire, 0, sizeof(wire));
	wire.client = wire.server = -1;
	wire.listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(wire.listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	ck_assert_int_eq(bind(wire.listener, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(wire.listener, 16), 0);
	ck_assert_int_eq(getsockname(wire.listener, (struct sockaddr *)&at, &size), 0);
	wire.port = ntohs(at.sin_port);
	ck_assert_int_eq(pthread_create(&wire.thread, NULL, wire_run, NULL), 0);
}

static inline void wire_end(void)
{
	atomic_store(&wire.over, true);
	pthread_join(wire.thread, NULL);
	wire_close();
	close(wire.listener);
}

/* From now on, behind so many bytes (or messages) of the server's. */
static inline void wire_trouble_behind(enum wire_trouble trouble, long long behind)
{
	atomic_store(&wire.trouble, WIRE_NONE);
	atomic_store(&wire.behind, behind);
	atomic_store(&wire.trouble, trouble);
}

static inline bool wire_was_troubled(void)
{
	return atomic_load(&wire.behind) < 0;
}

#endif
