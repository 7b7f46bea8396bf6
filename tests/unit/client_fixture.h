/* client_fixture.h - a server that does what it is told: answers, refuses, breaks off, stays silent;
 * and a client of it. set_up() and tear_down() go around every test. */
#ifndef CLIENT_FIXTURE_H
#define CLIENT_FIXTURE_H

#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "fetch.h"
#include "suite.h"

enum act {
	ANSWER,         /* status and headers, a body, the connection kept */
	ANSWER_CLOSE,   /* the same, then it closes without having said so */
	HALF,           /* the first half of that, then it closes */
	HANG_UP,        /* reads the request and closes */
	HOLD,           /* reads the request and says nothing */
};

/* What to do with a request; the last step of a script is for all that follow. In the body "$ID" is
 * the request's id. */
struct step {
	enum act act;
	const char *head;       /* "200 OK\r\nContent-Type: text/plain" */
	const char *body;
};

#define CONNECTIONS_MAX 64

struct server {
	int listener, port;
	const struct step *script;
	int steps;
	atomic_int requests, connections;
	pthread_t thread, served_by[CONNECTIONS_MAX];
	int sockets[CONNECTIONS_MAX];
	pthread_mutex_t lock;
	char last[16384];       /* the latest request, as it came */
};

struct connection {
	struct server *server;
	int socket;
};

static inline void reply(int socket, const struct step *step, const char *request)
{
	char body[4096] = "", text[8192];
	const char *mark = step->body ? strstr(step->body, "$ID") : NULL;
	const char *id = strstr(request, "\"id\":");
	if (mark)
		snprintf(body, sizeof(body), "%.*s%d%s", (int)(mark - step->body), step->body,
		         id ? atoi(id + 5) : 0, mark + 3);
	else if (step->body)
		snprintf(body, sizeof(body), "%s", step->body);
	int size = snprintf(text, sizeof(text), "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s",
	                    step->head, strlen(body), body);
	send(socket, text, (size_t)(step->act == HALF ? size - 5 : size), MSG_NOSIGNAL);
}

/* One whole request, head and body. False: the client left. */
static inline bool read_request(int socket, char *text, size_t room)
{
	size_t size = 0, whole = 0;
	while (whole == 0 || size < whole) {
		ssize_t got = recv(socket, text + size, room - 1 - size, 0);
		if (got <= 0)
			return false;
		size += (size_t)got;
		text[size] = '\0';
		const char *end = strstr(text, "\r\n\r\n");
		const char *length = strcasestr(text, "\r\nContent-Length:");
		if (end)
			whole = (size_t)(end + 4 - text) + (length ? (size_t)atoi(length + 17) : 0);
	}
	return true;
}

static inline void *serve_connection(void *context)
{
	struct connection connection = *(struct connection *)context;
	struct server *server = connection.server;
	char text[sizeof(server->last)];
	bool more = true;
	free(context);
	while (more && read_request(connection.socket, text, sizeof(text))) {
		int number = atomic_fetch_add(&server->requests, 1);
		const struct step *step =
			&server->script[number < server->steps ? number : server->steps - 1];
		pthread_mutex_lock(&server->lock);
		strcpy(server->last, text);
		pthread_mutex_unlock(&server->lock);
		if (step->act == ANSWER || step->act == ANSWER_CLOSE || step->act == HALF)
			reply(connection.socket, step, text);
		more = step->act == ANSWER || step->act == HOLD;
	}
	shutdown(connection.socket, SHUT_RDWR);         /* closed by server_stop(), which uses it too */
	return NULL;
}

static inline void *accept_all(void *context)
{
	struct server *server = context;
	for (;;) {
		int socket = accept(server->listener, NULL, NULL);
		int number = atomic_load(&server->connections);
		if (socket < 0 || number == CONNECTIONS_MAX)
			return NULL;
		struct connection *connection = malloc(sizeof(*connection));
		*connection = (struct connection) { server, socket };
		server->sockets[number] = socket;
		atomic_fetch_add(&server->connections, 1);
		pthread_create(&server->served_by[number], NULL, serve_connection, connection);
	}
}

/* A socket on a free loopback port. Until it listens, connections to it are refused. */
static inline int bind_any(int *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int socket_ = socket(AF_INET, SOCK_STREAM, 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(socket_, (struct sockaddr *)&address, size), 0);
	ck_assert_int_eq(getsockname(socket_, (struct sockaddr *)&address, &size), 0);
	*port = ntohs(address.sin_port);
	return socket_;
}

static inline void serve(struct server *server, const struct step *script, int steps)
{
	atomic_store(&server->requests, 0);
	server->script = script;
	server->steps = steps;
	ck_assert_int_eq(listen(server->listener, 64), 0);
	ck_assert_int_eq(pthread_create(&server->thread, NULL, accept_all, server), 0);
}

#define SCRIPT(server, ...) \
	do { \
		static const struct step script_[] = { __VA_ARGS__ }; \
		serve(server, script_, (int)(sizeof(script_) / sizeof(script_[0]))); \
	} while (0)

static inline void stop(struct server *server)
{
	shutdown(server->listener, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	int count = atomic_load(&server->connections);
	for (int i = 0; i < count; i++) {
		shutdown(server->sockets[i], SHUT_RDWR);
		pthread_join(server->served_by[i], NULL);
		close(server->sockets[i]);
	}
	server->script = NULL;
}

static struct server *server;
static struct arena *arena;
static struct client *client;
static char url[64];

static inline void set_up(void)
{
	server = calloc(1, sizeof(*server));
	server->listener = bind_any(&server->port);
	pthread_mutex_init(&server->lock, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/mcp", server->port);
	arena = arena_create();
	client = client_create(url, "mcp_key", "tester", "1.2.3");
	ck_assert_ptr_nonnull(client);
}

static inline void tear_down(void)
{
	client_destroy(client);
	fetch_stop();
	if (server->script)
		stop(server);
	close(server->listener);
	free(server);
	arena_destroy(arena);
}

static inline bool server_was_sent(const char *text)
{
	pthread_mutex_lock(&server->lock);
	bool found = strstr(server->last, text) != NULL;
	if (!found)
		fprintf(stderr, "not sent: %s\nin: %s\n", text, server->last);
	pthread_mutex_unlock(&server->lock);
	return found;
}

#endif
