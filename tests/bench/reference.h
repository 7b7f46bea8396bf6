/* reference.h - as much HTTP as the benchmark's references need: connections that stay, requests with a
 * Content-Length, answers in JSON. What is left out is left out for speed: a reference is as little work
 * as the task can be done with. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <stddef.h>
#include <stdnoreturn.h>

#define REQUEST_MAX 16384
#define ANSWER_MAX 16384

/* One client. It sends no request before the one before was answered. */
struct peer {
	int socket;
	size_t size;
	char bytes[REQUEST_MAX + 1];
};

enum heard { PEER_LEFT, PEER_SAID_PART, PEER_ASKED };

/* Listens on a free port of loopback, and prints the port. */
int reference_listen(void);

/* Reads once. PEER_ASKED: `body` is the request's, which ends with a NUL and lasts until the answer. */
enum heard peer_read(struct peer *peer, const char **body);
void peer_answer(struct peer *peer, const char *json, size_t size);

/* What the threads do: each has what `begin` gives (NULL: nothing), and makes answers of bodies. */
struct service {
	void *(*begin)(void);
	size_t (*answer)(void *own, const char *body, char *json, size_t room);
};

/* A thread for each connection, for ever. */
noreturn void serve_with_threads(const struct service *service);

/* Copies what stands in quotes behind `name` in JSON without escapes, as "sku":". Gives where it ends,
 * NULL: there is none. */
const char *json_text(const char *json, const char *name, char *text, size_t room);

#endif
