/* http_fixture.h - a server whose paths say what the handler does, and a client of sockets. */
#ifndef HTTP_FIXTURE_H
#define HTTP_FIXTURE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http.h"
#include "suite.h"

/* ---- What happened ---- */

static struct http *http;
static atomic_int headers_calls, requests, finished, gone;
static _Atomic(struct exchange *) parked;
static _Atomic(struct stream *) opened;
static atomic_int body_trouble;

static void is_gone(void *user)
{
	(void)user;
	atomic_store(&opened, NULL);
	atomic_fetch_add(&gone, 1);
}

#define TEN(text) text text text text text text text text text text
#define LONG_CHALLENGE "Bearer scope=\"" TEN(TEN("https://shop/a ")) "the-end\""

static void headers_in(struct exchange *x)
{
	atomic_fetch_add(&headers_calls, 1);
	if (exchange_is_spare(x)) {
		exchange_answer(x, 503, "text/plain", STR("there are too many"));
	} else if (str_is(exchange_path(x), "/refuse")) {
		exchange_add_header(x, "WWW-Authenticate", "Bearer");
		exchange_answer(x, 401, "text/plain", STR("who are you?"));
	} else if (str_is(exchange_path(x), "/refuse-at-length")) {
		exchange_add_header(x, "WWW-Authenticate", LONG_CHALLENGE);
		exchange_answer(x, 401, "text/plain", STR("who are you?"));
	} else if (str_is(exchange_path(x), "/before-body")) {
		exchange_park(x, is_gone);
		atomic_store(&parked, x);
	}
}

struct later {
	struct message message;
	struct exchange *x;
};

static void answer_later(struct message *message, UNUSED struct loop *loop)
{
	struct later *later = (struct later *)message;

	exchange_answer(later->x, 200, "text/plain", STR("late"));
	free(later);
}

static void park(struct exchange *x)
{
	struct later *later = calloc(1, sizeof(*later));

	later->message.run = answer_later;
	later->x = x;
	exchange_park(x, is_gone);
	loop_post(exchange_loop(x), &later->message);
}

static void answer_again(struct exchange *x)
{
	size_t size;
	char *body = exchange_body(x, &size);

	exchange_answer(x, 200, "text/plain", (str) { body, size });
}

static void end_at_once(struct exchange *x)
{
	struct stream *s = stream_open(x, is_gone, NULL);

	ck_assert(stream_send(s, STR("data: one\n\n")));
	ck_assert(stream_send(s, STR("data: two\n\n")));
	stream_end(s);
}

static char much[16 << 20];             /* more than sockets hold */

static void end_much_at_once(struct exchange *x)
{
	struct stream *s = stream_open(x, is_gone, NULL);

	ck_assert(stream_send(s, (str) { much, sizeof(much) }));
	stream_end(s);
}

static void request_in(struct exchange *x)
{
	str path = exchange_path(x);

	atomic_fetch_add(&requests, 1);
	atomic_store(&body_trouble, exchange_body_trouble(x));
	if (exchange_body_trouble(x) != BODY_FINE) {
		exchange_answer(x, 413, "application/json", STR("{\"error\":\"too large\"}"));
	} else if (str_is(path, "/park")) {
		park(x);
	} else if (str_is(path, "/hold")) {
		exchange_park(x, is_gone);
		atomic_store(&parked, x);
	} else if (str_is(path, "/stream")) {
		exchange_add_header(x, "X-Extra", "yes");
		atomic_store(&opened, stream_open(x, is_gone, NULL));
	} else if (str_is(path, "/brief")) {
		end_at_once(x);
	} else if (str_is(path, "/brief-much")) {
		end_much_at_once(x);
	} else if (str_is(path, "/much")) {
		exchange_answer(x, 200, "text/plain", (str) { much, sizeof(much) });
	} else if (str_is(path, "/path")) {
		exchange_answer(x, 200, "text/plain", exchange_header(x, "X-Say"));
	} else if (str_is(path, "/host")) {
		exchange_answer(x, 200, "text/plain", exchange_host(x));
	} else if (str_is(path, "/peer")) {
		exchange_answer(x, 200, "text/plain", exchange_peer(x));
	} else {
		answer_again(x);
	}
}

static void is_finished(UNUSED struct exchange *x)
{
	atomic_fetch_add(&finished, 1);
}

static struct budget request_budget = { .max = 1000000 }, stream_budget = { .max = 1000000 };

static struct http_settings usual_settings(void)
{
	return (struct http_settings) {
		.host = "127.0.0.1", .loops = 2, .connection_bytes = 8192, .body_max = 100000,
		.requests = &request_budget, .backlog_max = 20000, .streams = &stream_budget,
		.connections_max = 1200, .header_deadline_ms = 10000, .body_deadline_ms = 10000,
		.idle_ms = 60000, .keep_alive_ms = 15000,
		.handler = { headers_in, request_in, is_finished },
	};
}

UNUSED static void start_with(const struct http_settings *settings)
{
	atomic_store(&headers_calls, 0);
	atomic_store(&requests, 0);
	atomic_store(&finished, 0);
	atomic_store(&gone, 0);
	atomic_store(&parked, NULL);
	atomic_store(&opened, NULL);
	http = http_start(settings);
	ck_assert_ptr_nonnull(http);
}

UNUSED static void start(void)
{
	struct http_settings settings = usual_settings();

	start_with(&settings);
}

UNUSED static void stop(void)
{
	http_stop(http);
	http = NULL;
	ck_assert_int_eq(atomic_load(&http_counters.connections), 0);
	ck_assert_int_eq(atomic_load(&http_counters.streams), 0);
}

/* ---- The client ---- */

UNUSED static void pause_ms(int ms)
{
	poll(NULL, 0, ms);
}

/* Waits at most two seconds. */
#define AWAIT(condition) \
	do { \
		for (int try_ = 0; !(condition) && try_ < 10000; try_++) \
			usleep(200); \
		ck_assert_msg((condition), "not within two seconds: " #condition); \
	} while (0)

/* From an address of this machine, such as 127.0.0.2. */
UNUSED static int dial_from(const char *from)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(from) };
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons((uint16_t)http_port(http)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval most = { .tv_sec = 5 };

	ck_assert_int_ge(fd, 0);
	/* Its port is chosen on connecting, so that two connections may have the same. */
	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int) { 1 }, sizeof(int));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&own, sizeof(own)), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof(most));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &most, sizeof(most));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

UNUSED static int dial(void)
{
	return dial_from("127.0.0.1");
}

UNUSED static void say(int fd, const char *text)
{
	ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (ssize_t)strlen(text));
}

struct heard {
	char text[8192];
	size_t size;
	bool ended;             /* the server closed */
};

/* Reads until the text is in what was heard so far, or the end; false: nothing came for 5 s. */
UNUSED static bool hear_until(int fd, struct heard *heard, const char *text)
{
	while (!strstr(heard->text, text)) {
		ssize_t size = recv(fd, heard->text + heard->size,
		                    sizeof(heard->text) - 1 - heard->size, 0);
		if (size <= 0) {
			heard->ended = size == 0 || errno == ECONNRESET;
			return false;
		}
		heard->size += (size_t)size;
		heard->text[heard->size] = '\0';
	}
	return true;
}

/* Reads until the server closes. */
UNUSED static struct heard hear_all(int fd)
{
	struct heard heard = { .size = 0 };

	hear_until(fd, &heard, "\1");
	return heard;
}

/* One answer with a Content-Length. */
UNUSED static struct heard hear(int fd)
{
	struct heard heard = { .size = 0 };

	ck_assert_msg(hear_until(fd, &heard, "\r\n\r\n"), "no answer, only '%s'", heard.text);
	char *length = strstr(heard.text, "Content-Length: ");
	size_t whole = (size_t)(strstr(heard.text, "\r\n\r\n") + 4 - heard.text) +
	               (length ? (size_t)atoi(length + 16) : 0);
	while (heard.size < whole) {
		ssize_t size = recv(fd, heard.text + heard.size, whole - heard.size, 0);
		ck_assert_int_gt(size, 0);
		heard.size += (size_t)size;
	}
	heard.text[heard.size] = '\0';
	return heard;
}

UNUSED static struct heard ask(int fd, const char *text)
{
	say(fd, text);
	return hear(fd);
}

#define HEARD(heard, wanted) \
	ck_assert_msg(strstr((heard).text, wanted), "no '%s' in '%s'", wanted, (heard).text)
#define NOT_HEARD(heard, unwanted) \
	ck_assert_msg(!strstr((heard).text, unwanted), "'%s' in '%s'", unwanted, (heard).text)

/* Within five seconds: the server has closed. */
UNUSED static bool is_closed(int fd)
{
	char waste[4096];
	ssize_t size;

	while ((size = recv(fd, waste, sizeof(waste), 0)) > 0)
		;
	return size == 0 || errno == ECONNRESET;
}

#define POST(path, body, size) \
	"POST " path " HTTP/1.1\r\nHost: here\r\nContent-Length: " #size "\r\n\r\n" body
#define GET(path) "GET " path " HTTP/1.1\r\nHost: here\r\n\r\n"

/* Runs it on the loop and waits for it. */
struct order {
	struct message message;
	void (*run)(struct loop *loop);
	atomic_bool done;
};

UNUSED static void carry_out(struct message *message, struct loop *loop)
{
	struct order *order = (struct order *)message;

	order->run(loop);
	atomic_store(&order->done, true);
}

UNUSED static void on_loop(struct loop *loop, void (*run)(struct loop *loop))
{
	struct order order = { .message.run = carry_out, .run = run };

	loop_post(loop, &order.message);
	AWAIT(atomic_load(&order.done));
}

#endif
