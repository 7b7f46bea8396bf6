/* command_healthcheck.c - the command `healthcheck`: asks a running server whether it lives, for containers, which have no curl.
 *
 * Plain sockets, since libcurl and what it loads would be most of a small server's memory. */
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "commands.h"

static int connect_to(const char *host, int port, int64_t timeout_ms)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;
	struct timeval limit = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
	char service[16];
	int to = -1;

	snprintf(service, sizeof(service), "%d", port);
	if (getaddrinfo(host, service, &hints, &found) != 0)
		return -1;
	for (struct addrinfo *at = found; at && to < 0; at = at->ai_next) {
		to = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
		if (to < 0)
			continue;
		setsockopt(to, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
		setsockopt(to, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
		if (connect(to, at->ai_addr, at->ai_addrlen) != 0) {
			close(to);
			to = -1;
		}
	}
	freeaddrinfo(found);
	return to;
}

int healthcheck(const char *host, int port, int64_t timeout_ms)
{
	static const char request[] =
		"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
	char answer[64] = "";
	int to = connect_to(host, port, timeout_ms), status = 0;

	if (to < 0)
		return 0;
	if (send(to, request, sizeof(request) - 1, MSG_NOSIGNAL) == (ssize_t)sizeof(request) - 1 &&
	    recv(to, answer, sizeof(answer) - 1, MSG_WAITALL) > 12 &&
	    strncmp(answer, "HTTP/1.", 7) == 0)
		status = atoi(answer + 9);
	close(to);
	return status;
}
