/* wire.c - HTTP as a client speaks it: a request a connection, answers with a length, in chunks, or as events. */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inside.h"

#define FIRST_ROOM 4096
#define ENDLESS SIZE_MAX                /* until the connection ends */

struct wire {
	struct arena *arena;
	int fd;
	char *at;                       /* what came and was not taken yet */
	size_t size, room;
	const char *head;
	int status;
	bool chunked, events, over;
	size_t left;                    /* of the body, or of a chunk */
	struct json body;               /* what came of it, without chunks' borders */
	size_t taken;                   /* of that */
};

/* ---- Bytes ---- */

static int dial(struct mcp_test *test)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons((uint16_t)http_port(test->trial->serving.http)) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0)
		fail_say("the server can't be reached: %s", strerror(errno));
	return fd;
}

static void send_all(struct wire *wire, str text)
{
	while (text.size > 0) {
		ssize_t sent = send(wire->fd, text.at, text.size, MSG_NOSIGNAL);
		if (sent < 0 && errno != EINTR)
			fail_say("the server took no request: %s", strerror(errno));
		text.at += sent > 0 ? sent : 0;
		text.size -= sent > 0 ? (size_t)sent : 0;
	}
}

/* False: the connection has ended, or (it is not over) nothing came for so long. */
static bool receive(struct wire *wire, int64_t wait_ms)
{
	struct pollfd ready = { .fd = wire->fd, .events = POLLIN };

	if (wire->room - wire->size < FIRST_ROOM / 2) {
		size_t room = wire->room ? 2 * wire->room : FIRST_ROOM;
		wire->at = arena_grow(wire->arena, wire->at, wire->room, room);
		wire->room = room;
	}
	while (poll(&ready, 1, (int)wait_ms) < 0 && errno == EINTR)
		;
	if (!ready.revents)
		return false;
	ssize_t size = recv(wire->fd, wire->at + wire->size, wire->room - wire->size, 0);
	wire->size += size > 0 ? (size_t)size : 0;
	wire->over |= size <= 0;
	return size > 0;
}

static void take(struct wire *wire, size_t size)
{
	memmove(wire->at, wire->at + size, wire->size - size);
	wire->size -= size;
}

/* The bytes up to and with the first such text; 0: it has not come yet. */
static size_t up_to(const char *at, size_t size, const char *text)
{
	const char *found = size ? memmem(at, size, text, strlen(text)) : NULL;

	return found ? (size_t)(found - at) + strlen(text) : 0;
}

/* ---- The head ---- */

const char *wire_header(const struct wire *wire, const char *name)
{
	size_t size = strlen(name);

	for (const char *line = wire->head; (line = strstr(line, "\r\n")); ) {
		line += 2;
		if (strncasecmp(line, name, size) != 0 || line[size] != ':')
			continue;
		str value = { line + size + 1, strcspn(line + size + 1, "\r") };
		return arena_copy(wire->arena, str_trim(value));
	}
	return NULL;
}

int wire_status(const struct wire *wire)
{
	return wire->status;
}

/* ---- The body ---- */

/* Takes the line before a chunk; false: it has not come yet. The one of 0 bytes is the last. */
static bool begin_chunk(struct wire *wire)
{
	size_t skip = wire->size >= 2 && memcmp(wire->at, "\r\n", 2) == 0 ? 2 : 0;
	size_t size = up_to(wire->at + skip, wire->size - skip, "\r\n");

	if (!size)
		return false;
	wire->left = strtoull(wire->at + skip, NULL, 16);
	wire->over = wire->left == 0;
	take(wire, skip + size);
	return true;
}

/* What of what came is the body's goes there. */
static void sort(struct wire *wire)
{
	while (wire->size > 0 && !wire->over) {
		if (wire->left == 0 && !begin_chunk(wire))
			return;
		size_t size = wire->size < wire->left ? wire->size : wire->left;
		json_bytes(&wire->body, (str) { wire->at, size });
		take(wire, size);
		if (wire->left != ENDLESS)
			wire->left -= size;
		wire->over |= wire->left == 0 && !wire->chunked;
	}
}

static void read_head(struct wire *wire, int64_t wait_ms)
{
	size_t size;

	while (!(size = up_to(wire->at, wire->size, "\r\n\r\n")))
		if (!receive(wire, wait_ms))
			fail_say("nothing came of the server within %lld s", (long long)wait_ms / 1000);
	wire->head = arena_copy(wire->arena, (str) { wire->at, size });
	take(wire, size);
	wire->status = (int)strtol(wire->head + strcspn(wire->head, " "), NULL, 10);
	const char *type = wire_header(wire, "Content-Type"), *length = wire_header(wire, "Content-Length");
	const char *coding = wire_header(wire, "Transfer-Encoding");
	wire->events = type && strncmp(type, "text/event-stream", 17) == 0;
	wire->chunked = coding && strcmp(coding, "chunked") == 0;
	wire->left = wire->chunked ? 0 : length ? strtoull(length, NULL, 10) : ENDLESS;
	wire->over = wire->left == 0 && !wire->chunked;
	sort(wire);
}

static bool read_more(struct wire *wire, int64_t wait_ms)
{
	bool some = receive(wire, wait_ms);

	sort(wire);
	return some;
}

/* The data of an event, its lines in one; .at NULL: it has none (a comment, `retry`). */
static str data_of(struct wire *wire, str event)
{
	struct json data = json_begin(wire->arena, event.size + 1);
	bool some = false;

	while (event.size > 0) {
		str line = str_cut(&event, '\n');
		if (!str_starts(line, "data:"))
			continue;
		line.at += 5;
		line.size -= 5;
		json_bytes(&data, str_trim(line));
		some |= str_trim(line).size > 0;
	}
	return some ? json_end(&data) : (str) { 0 };
}

static str next_event(struct wire *wire, int64_t wait_ms)
{
	for (;;) {
		const char *at = wire->body.at + wire->taken;
		size_t size = up_to(at, wire->body.size - wire->taken, "\n\n");
		if (size == 0 && (wire->over || !read_more(wire, wait_ms)))
			return (str) { 0 };
		if (size == 0)
			continue;
		wire->taken += size;
		str data = data_of(wire, (str) { at, size });
		if (data.at)
			return data;
	}
}

str wire_message(struct wire *wire, int64_t wait_ms)
{
	if (wire->events)
		return next_event(wire, wait_ms);
	while (!wire->over)
		if (!read_more(wire, wait_ms) && !wire->over)
			return (str) { 0 };
	str body = { wire->body.at + wire->taken, wire->body.size - wire->taken };
	wire->taken = wire->body.size;
	return body.size > 0 ? body : (str) { 0 };
}

/* ---- Asking ---- */

struct wire *wire_ask(struct mcp_test *test, const char *method, const struct header *headers, str body)
{
	struct arena *arena = test->trial->arena;
	struct wire *wire = arena_new(arena, struct wire);
	struct json head = json_begin(arena, 512);

	*wire = (struct wire) { .arena = arena, .fd = dial(test), .body = json_begin(arena, FIRST_ROOM) };
	json_bytes(&head, str_of(arena_print(arena, "%s /mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
	                                            "Authorization: Bearer %s\r\n", method, test->key)));
	for (; headers->name; headers++)
		if (headers->value)
			json_bytes(&head, str_of(arena_print(arena, "%s: %s\r\n", headers->name, headers->value)));
	if (body.at)
		json_bytes(&head, str_of(arena_print(arena, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
		                                     body.size)));
	json_bytes(&head, STR("\r\n"));
	json_bytes(&head, body);
	send_all(wire, json_end(&head));
	read_head(wire, 30000);
	return wire;
}

void wire_close(struct wire *wire)
{
	close(wire->fd);
	wire->fd = -1;
}
