/* reference.c - see reference.h. */
#include "reference.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define STACK_BYTES (256 * 1024)

int reference_listen(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t address_size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	/* What is accepted inherits it. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) != 0 || listen(fd, 4096) != 0
	    || getsockname(fd, (struct sockaddr *)&address, &address_size) != 0) {
		perror("listen");
		exit(1);
	}
	printf("%d\n", ntohs(address.sin_port));
	fflush(stdout);
	return fd;
}

enum heard peer_read(struct peer *peer, const char **body)
{
	ssize_t got = read(peer->socket, peer->bytes + peer->size, REQUEST_MAX - peer->size);
	const char *length, *end;

	if (got <= 0)
		return PEER_LEFT;
	peer->size += (size_t)got;
	peer->bytes[peer->size] = '\0';
	end = strstr(peer->bytes, "\r\n\r\n");
	length = end ? strcasestr(peer->bytes, "\r\nContent-Length:") : NULL;
	if (!length || length > end)
		return PEER_SAID_PART;
	*body = end + 4;
	return strlen(*body) < strtoul(length + 17, NULL, 10) ? PEER_SAID_PART : PEER_ASKED;
}

void peer_answer(struct peer *peer, const char *json, size_t size)
{
	char head[128];
	int head_size = snprintf(head, sizeof(head), "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	                         "Content-Length: %zu\r\n\r\n", size);
	struct iovec parts[] = {
		{ .iov_base = head, .iov_len = (size_t)head_size },
		{ .iov_base = (void *)json, .iov_len = size },
	};

	peer->size = 0;
	/* A client that has left is found at the next read. */
	if (writev(peer->socket, parts, 2) < 0)
		return;
}

struct accepted {
	int socket;
	const struct service *service;
};

static void *serve_peer(void *context)
{
	struct accepted accepted = *(struct accepted *)context;
	struct peer *peer = calloc(1, sizeof(*peer));
	char *json = malloc(ANSWER_MAX);
	const char *body;
	enum heard heard;
	void *own;

	free(context);
	if (!peer || !json)
		abort();
	peer->socket = accepted.socket;
	own = accepted.service->begin ? accepted.service->begin() : NULL;
	while ((heard = peer_read(peer, &body)) != PEER_LEFT)
		if (heard == PEER_ASKED)
			peer_answer(peer, json, accepted.service->answer(own, body, json, ANSWER_MAX));
	close(peer->socket);
	free(json);
	free(peer);
	return NULL;
}

noreturn void serve_with_threads(const struct service *service)
{
	int listener = reference_listen();
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK_BYTES);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	for (;;) {
		struct accepted *accepted = malloc(sizeof(*accepted));
		if (!accepted)
			abort();
		*accepted = (struct accepted) { accept(listener, NULL, NULL), service };
		if (accepted->socket < 0 || pthread_create(&thread, &small, serve_peer, accepted) != 0) {
			perror("accept");
			exit(1);
		}
	}
}

const char *json_text(const char *json, const char *name, char *text, size_t room)
{
	const char *at = strstr(json, name);
	size_t size;

	if (!at)
		return NULL;
	at += strlen(name);
	size = strcspn(at, "\"");
	if (size >= room)
		return NULL;
	memcpy(text, at, size);
	text[size] = '\0';
	return at + size;
}
