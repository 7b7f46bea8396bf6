/* test_client.c - outbound HTTP, the MCP client and its circuit breaker, against a server of the
 * test's own that does what it is told: answers, refuses, breaks off, stays silent. */
#include <arpa/inet.h>
#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tool_answer.h"
#include "breaker.h"
#include "client.h"
#include "fetch.h"

/* ---- A server that does what it is told ---- */

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

static void reply(int socket, const struct step *step, const char *request)
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
static bool read_request(int socket, char *text, size_t room)
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

static void *serve_connection(void *context)
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

static void *accept_all(void *context)
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
static int bind_any(int *port)
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

static void serve(struct server *server, const struct step *script, int steps)
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

static void stop(struct server *server)
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
static struct fetcher *fetcher;
static struct client *client;
static char url[64];

static void set_up(void)
{
	server = calloc(1, sizeof(*server));
	server->listener = bind_any(&server->port);
	pthread_mutex_init(&server->lock, NULL);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/mcp", server->port);
	arena = arena_create();
	fetcher = fetcher_create();
	client = client_create(url, "mcp_key", "tester", "1.2.3");
	ck_assert_ptr_nonnull(client);
}

static void tear_down(void)
{
	client_destroy(client);
	fetcher_destroy(fetcher);
	if (server->script)
		stop(server);
	close(server->listener);
	free(server);
	arena_destroy(arena);
}

static bool server_was_sent(const char *text)
{
	pthread_mutex_lock(&server->lock);
	bool found = strstr(server->last, text) != NULL;
	if (!found)
		fprintf(stderr, "not sent: %s\nin: %s\n", text, server->last);
	pthread_mutex_unlock(&server->lock);
	return found;
}

/* ---- Fetching ---- */

static struct fetch_answer get(const char *address, int64_t total_ms, bool once)
{
	struct fetch_answer answer;
	fetch(fetcher, arena, &(struct fetch_request) {
		.method = "GET", .url = address, .connect_ms = 1000, .total_ms = total_ms,
		.answer_max = 1000, .once = once,
	}, &answer);
	return answer;
}

START_TEST(an_answer_is_fetched)
{
	SCRIPT(server, { ANSWER, "201 Created\r\nContent-Type: text/x; a=b\r\nRetry-After: 7",
	                 "hello" });
	struct fetch_answer answer;
	const char *const headers[] = { "X-Test: 1", "X-Empty:", NULL };
	fetch(fetcher, arena, &(struct fetch_request) {
		.method = "POST", .url = url, .headers = headers, .body = STR("sent"),
		.connect_ms = 1000, .total_ms = 2000, .answer_max = 5,
	}, &answer);
	ck_assert_int_eq(answer.status, 201);
	ck_assert(str_is(answer.body, "hello"));
	ck_assert(str_is(answer.type, "text/x; a=b"));
	ck_assert_int_eq(answer.retry_after_ms, 7000);
	ck_assert(answer.sent);
	ck_assert(server_was_sent("POST /mcp HTTP/1.1\r\n"));
	ck_assert(server_was_sent("\r\nX-Test: 1\r\n"));
	ck_assert(server_was_sent("\r\nX-Empty:\r\n"));
	ck_assert(server_was_sent("\r\n\r\nsent"));
	ck_assert_ptr_null(strcasestr(server->last, "Expect"));
}
END_TEST

START_TEST(a_connection_is_kept)
{
	SCRIPT(server, { ANSWER, "200 OK", "x" });
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(get(url, 2000, false).status, 200);
	ck_assert_int_eq(atomic_load(&server->requests), 5);
	ck_assert_int_eq(atomic_load(&server->connections), 1);
}
END_TEST

START_TEST(a_kept_connection_that_was_closed_is_no_failure)
{
	SCRIPT(server, { ANSWER_CLOSE, "200 OK", "x" });
	for (int i = 0; i < 4; i++)
		ck_assert_int_eq(get(url, 2000, false).status, 200);
	ck_assert_int_eq(atomic_load(&server->connections), 4);
}
END_TEST

/* libcurl cannot tell a connection that is about to be closed; it sends again, which is right only
 * for what may be sent twice. */
START_TEST(what_must_not_be_sent_twice_is_not)
{
	SCRIPT(server, { ANSWER, "200 OK", "x" }, { HANG_UP, NULL, NULL }, { ANSWER, "200 OK", "y" });
	ck_assert_int_eq(get(url, 2000, false).status, 200);
	struct fetch_answer answer = get(url, 2000, true);
	ck_assert_int_eq(answer.status, 0);
	ck_assert(answer.sent);
	ck_assert_int_eq(atomic_load(&server->requests), 2);
	ck_assert_int_eq(atomic_load(&server->connections), 2);
}
END_TEST

START_TEST(what_may_be_sent_twice_survives_a_closing_connection)
{
	SCRIPT(server, { ANSWER, "200 OK", "x" }, { HANG_UP, NULL, NULL }, { ANSWER, "200 OK", "y" });
	ck_assert_int_eq(get(url, 2000, false).status, 200);
	ck_assert(str_is(get(url, 2000, false).body, "y"));
	ck_assert_int_eq(atomic_load(&server->requests), 3);
}
END_TEST

START_TEST(a_refused_connection_was_not_sent)
{
	struct fetch_answer answer = get(url, 2000, false);
	ck_assert_int_eq(answer.status, 0);
	ck_assert(!answer.sent);
	ck_assert_ptr_nonnull(answer.why);
}
END_TEST

START_TEST(a_server_that_went_away_was_not_sent_anything)
{
	SCRIPT(server, { ANSWER, "200 OK", "x" });
	ck_assert_int_eq(get(url, 2000, false).status, 200);
	stop(server);
	struct fetch_answer answer = get(url, 2000, false);
	ck_assert_int_eq(answer.status, 0);
	ck_assert(!answer.sent);
}
END_TEST

static const struct { struct step step; const char *why; } broken[] = {
	{ { HANG_UP, NULL, NULL }, "" },
	{ { HALF, "200 OK", "only half of this" }, "" },
	{ { HOLD, NULL, NULL }, "in time" },
	{ { ANSWER, "garbage", NULL }, "" },
};

START_TEST(a_broken_answer_is_none_but_may_have_been_carried_out)
{
	serve(server, &broken[_i].step, 1);
	struct fetch_answer answer = get(url, 100, false);
	if (answer.status != 0)
		ck_assert_msg(strcmp(broken[_i].step.head, "garbage") == 0, "%d", answer.status);
	else
		ck_assert_ptr_nonnull(strstr(answer.why, broken[_i].why));
	ck_assert(answer.sent);
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_none)
{
	static char body[2000];
	memset(body, 'x', 1001);
	struct step step = { ANSWER, "200 OK", body };
	serve(server, &step, 1);
	struct fetch_answer answer = get(url, 2000, false);
	ck_assert_int_eq(answer.status, 0);
	ck_assert_ptr_nonnull(strstr(answer.why, "1000 bytes"));
	body[1000] = '\0';
	ck_assert_uint_eq(get(url, 2000, false).body.size, 1000);
	stop(server);
}
END_TEST

START_TEST(redirects_are_not_followed)
{
	SCRIPT(server, { ANSWER, "302 Found\r\nLocation: /elsewhere", "" });
	ck_assert_int_eq(get(url, 2000, false).status, 302);
	ck_assert_int_eq(atomic_load(&server->requests), 1);
}
END_TEST

START_TEST(loopback_needs_no_proxy)
{
	SCRIPT(server, { ANSWER, "200 OK", "x" });
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	int status = get(url, 2000, false).status;
	unsetenv("http_proxy");
	ck_assert_int_eq(status, 200);
}
END_TEST

static const struct { const char *url; bool good; } urls[] = {
	{ "http://127.0.0.1:8081/mcp", true },
	{ "https://shop.example/mcp", true },
	{ "HTTP://shop.example", true },
	{ "ftp://shop.example/mcp", false },
	{ "file:///etc/passwd", false },
	{ "127.0.0.1:8081/mcp", false },
	{ "http://", false },
	{ "", false },
	{ "http://me:secret@shop.example/mcp", false },
	{ "http://a b/", false },
};

START_TEST(only_some_urls_can_be_called)
{
	const char *wrong = fetch_check_url(urls[_i].url);
	ck_assert_msg(!wrong == urls[_i].good, "%s: %s", urls[_i].url, wrong ? wrong : "fine");
	ck_assert(!wrong || !strstr(wrong, "secret"));
	struct client *other = client_create(urls[_i].url, NULL, "t", "1");
	ck_assert(!other == !urls[_i].good);
	client_destroy(other);
}
END_TEST

START_TEST(a_key_with_a_line_break_is_refused)
{
	ck_assert_ptr_null(client_create(url, "a\r\nX-Evil: 1", "t", "1"));
}
END_TEST

/* ---- Calling ---- */

struct question {
	const char *words;
	const char *region;
	int64_t limit;
	bool has_limit;
	bool all;
};

struct found {
	const char *name;
	int64_t count;
};

static const struct shape question_shape = SHAPE(struct question,
	TEXT(struct question, words, "Words"),
	TEXT(struct question, region, "Region", .header = "Region"),
	INT(struct question, limit, "Limit", OPTIONAL(struct question, has_limit), .header = "Limit"),
	BOOL(struct question, all, "All", .header = "All"));

static const struct shape found_shape = SHAPE(struct found,
	TEXT(struct found, name, "Name", .required = true),
	INT(struct found, count, "Count"));

#define JSON "200 OK\r\nContent-Type: application/json"
#define SSE "200 OK\r\nContent-Type: text/event-stream; charset=utf-8"
#define RESULT(members) "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{" members "}}"
#define TEA RESULT("\"resultType\":\"complete\",\"content\":[]," \
	"\"structuredContent\":{\"name\":\"tea\",\"count\":3,\"other\":[1]}")

static const char *why;
static struct found found;

static enum client_outcome call(bool idempotent)
{
	struct question question = { .words = "green \"tea\"", .region = "north", .all = true };
	found = (struct found) { 0 };
	why = NULL;
	return client_call(client, arena, "search", idempotent, &question_shape, &question,
	                   &found_shape, &found, &why);
}

static void is_tea(void)
{
	ck_assert_str_eq(found.name, "tea");
	ck_assert_int_eq(found.count, 3);
}

START_TEST(a_tool_is_called)
{
	SCRIPT(server, { ANSWER, JSON, TEA });
	ck_assert_int_eq(call(true), CLIENT_ANSWERED);
	is_tea();
	ck_assert(server_was_sent("POST /mcp HTTP/1.1\r\n"));
	ck_assert(server_was_sent("\r\nContent-Type: application/json\r\n"));
	ck_assert(server_was_sent("\r\nAccept: application/json, text/event-stream\r\n"));
	ck_assert(server_was_sent("\r\nMCP-Protocol-Version: 2026-07-28\r\n"));
	ck_assert(server_was_sent("\r\nMcp-Method: tools/call\r\n"));
	ck_assert(server_was_sent("\r\nMcp-Name: search\r\n"));
	ck_assert(server_was_sent("\r\nMcp-Param-Region: north\r\n"));
	ck_assert(server_was_sent("\r\nMcp-Param-All: true\r\n"));
	ck_assert(server_was_sent("\r\nAuthorization: Bearer mcp_key\r\n"));
	ck_assert_ptr_null(strstr(server->last, "Mcp-Param-Limit"));
	ck_assert(server_was_sent("\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\""));
	ck_assert(server_was_sent("\"io.modelcontextprotocol/clientInfo\":"
	                          "{\"name\":\"tester\",\"version\":\"1.2.3\"}"));
	ck_assert(server_was_sent("\"io.modelcontextprotocol/clientCapabilities\":{}"));
	ck_assert(server_was_sent("\"name\":\"search\""));
	ck_assert(server_was_sent("\"words\":\"green \\\"tea\\\"\""));
}
END_TEST

START_TEST(a_tool_without_arguments_or_results_is_called)
{
	SCRIPT(server, { ANSWER, JSON, RESULT("\"content\":[]") });
	ck_assert_int_eq(client_call(client, arena, "ping", true, NULL, NULL, NULL, NULL, &why),
	                 CLIENT_ANSWERED);
	ck_assert(server_was_sent("\"arguments\":{}"));
}
END_TEST

static const struct { const char *value, *header; } encoded[] = {
	{ "plain text", "Mcp-Param-Region: plain text\r\n" },
	{ "", "Mcp-Param-Region:\r\n" },
	{ "caf\xc3\xa9", "Mcp-Param-Region: =?base64?Y2Fmw6k=?=\r\n" },
	{ " x", "Mcp-Param-Region: =?base64?IHg=?=\r\n" },
	{ "a\nb", "Mcp-Param-Region: =?base64?YQpi?=\r\n" },
	{ "=?base64?YQ==?=", "Mcp-Param-Region: =?base64?PT9iYXNlNjQ/WVE9PT89?=\r\n" },
};

START_TEST(header_values_are_encoded_where_needed)
{
	struct question question = { .region = encoded[_i].value, .limit = -5, .has_limit = true };
	SCRIPT(server, { ANSWER, JSON, TEA });
	ck_assert_int_eq(client_call(client, arena, "search", true, &question_shape, &question, NULL,
	                             NULL, &why), CLIENT_ANSWERED);
	ck_assert(server_was_sent(encoded[_i].header));
	ck_assert(server_was_sent("\r\nMcp-Param-Limit: -5\r\n"));
}
END_TEST

static const char *const streams[] = {
	": ok\n\ndata: " TEA "\n\n",
	": ok\r\n\r\nevent: message\r\ndata:" TEA "\r\n\r\n",
	"data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{}}\n\n"
	"data: {\"jsonrpc\":\"2.0\",\"id\":99999,\"result\":{}}\n\n"
	"id: 3\nretry: 5\ndata: {\"jsonrpc\":\"2.0\",\ndata: \"id\":$ID,\"result\":{\n"
	"data: \"structuredContent\":\n"
	"data: {\"name\":\"tea\",\"count\":3}}}\n\n",
	"data: not JSON\r\rdata\r\rdata: " TEA "\r\r",
};

START_TEST(an_answer_may_come_as_a_stream)
{
	struct step step = { ANSWER, SSE, streams[_i] };
	serve(server, &step, 1);
	ck_assert_int_eq(call(false), CLIENT_ANSWERED);
	is_tea();
	stop(server);
}
END_TEST

static const struct { struct step step; enum client_outcome outcome; const char *why; } ends[] = {
	{ { ANSWER, JSON, RESULT("\"isError\":true,\"content\":["
	                         "{\"type\":\"text\",\"text\":\"No tea.\"},"
	                         "{\"type\":\"text\",\"text\":\"Sorry.\"}]") },
	  CLIENT_REFUSED, "No tea.\nSorry." },
	{ { ANSWER, JSON, RESULT("\"isError\":true,\"content\":[]") }, CLIENT_REFUSED,
	  "did not say why" },
	{ { ANSWER, JSON, RESULT("\"resultType\":\"input_required\"") }, CLIENT_REFUSED, "program" },
	{ { ANSWER, JSON, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32602,\"message\":"
	                  "\"Unknown tool\"}}" }, CLIENT_REFUSED, "Unknown tool" },
	{ { ANSWER, "404 Not Found\r\nContent-Type: application/json",
	    "{\"jsonrpc\":\"2.0\",\"error\":{\"code\":-32601,\"message\":\"No such method\"}}" },
	  CLIENT_REFUSED, "No such method" },
	{ { ANSWER, "401 Unauthorized", "" }, CLIENT_REFUSED, "its key is not accepted" },
	{ { ANSWER, "403 Forbidden", "" }, CLIENT_REFUSED, "its key does not allow" },
	{ { ANSWER, "404 Not Found\r\nContent-Type: text/html", "<h1>no</h1>" }, CLIENT_REFUSED,
	  "HTTP 404" },
	{ { ANSWER, "301 Moved", "" }, CLIENT_REFUSED, "HTTP 301" },
	{ { ANSWER, JSON, "{\"jsonrpc\":\"2.0\",\"id\":77777,\"result\":{}}" }, CLIENT_UNREACHABLE,
	  "no MCP answer" },
	{ { ANSWER, JSON, "{" }, CLIENT_UNREACHABLE, "no MCP answer" },
	{ { ANSWER, JSON, "[]" }, CLIENT_UNREACHABLE, "no MCP answer" },
	{ { ANSWER, JSON, RESULT("\"content\":[]") }, CLIENT_UNREACHABLE, "no structured result" },
	{ { ANSWER, JSON, RESULT("\"structuredContent\":{\"name\":5}") }, CLIENT_UNREACHABLE, "name" },
	{ { ANSWER, "500 Oops", "" }, CLIENT_UNREACHABLE, "HTTP 500" },
	{ { ANSWER, SSE, ": ok\n\ndata: {\"jsonrpc\"" }, CLIENT_UNREACHABLE, "broke off" },
	{ { HANG_UP, NULL, NULL }, CLIENT_UNREACHABLE, "cannot be reached" },
	{ { HALF, JSON, TEA }, CLIENT_UNREACHABLE, "cannot be reached" },
	{ { ANSWER, "503 Busy\r\nRetry-After: 60", "" }, CLIENT_UNREACHABLE, "HTTP 503" },
};

START_TEST(a_call_that_fails_is_not_repeated_unless_harmless_and_says_why)
{
	serve(server, &ends[_i].step, 1);
	ck_assert_int_eq(call(false), ends[_i].outcome);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, ends[_i].why), "\"%s\" does not say \"%s\"", why, ends[_i].why);
	ck_assert_int_eq(atomic_load(&server->requests), 1);
}
END_TEST

static const struct { struct step first, second; bool idempotent; } again[] = {
	{ { ANSWER, "503 Busy", "" }, { ANSWER, JSON, TEA }, false },
	{ { ANSWER, "429 Slow down\r\nRetry-After: 0", "" }, { ANSWER, JSON, TEA }, false },
	{ { HANG_UP, NULL, NULL }, { ANSWER, JSON, TEA }, true },
	{ { HALF, JSON, TEA }, { ANSWER, JSON, TEA }, true },
	{ { ANSWER, "502 Bad Gateway", "" }, { ANSWER, SSE, "data: " TEA "\n\n" }, true },
	{ { ANSWER, SSE, ": ok\n\n" }, { ANSWER, JSON, TEA }, true },
};

START_TEST(a_call_is_tried_again_where_that_is_safe)
{
	struct step script[] = { again[_i].first, again[_i].second };
	serve(server, script, 2);
	int64_t began = tick_ms();
	ck_assert_int_eq(call(again[_i].idempotent), CLIENT_ANSWERED);
	ck_assert_int_ge(tick_ms() - began, 50);
	is_tea();
	ck_assert_int_eq(atomic_load(&server->requests), 2);
	stop(server);
}
END_TEST

START_TEST(it_gives_up_after_three_tries)
{
	SCRIPT(server, { HANG_UP, NULL, NULL });
	int64_t began = tick_ms();
	ck_assert_int_eq(call(true), CLIENT_UNREACHABLE);
	ck_assert_int_eq(atomic_load(&server->requests), 3);
	ck_assert_int_ge(tick_ms() - began, 200);
}
END_TEST

START_TEST(retry_after_is_honoured)
{
	SCRIPT(server, { ANSWER, "503 Busy\r\nRetry-After: 1", "" }, { ANSWER, JSON, TEA });
	int64_t began = tick_ms();
	ck_assert_int_eq(call(false), CLIENT_ANSWERED);
	ck_assert_int_ge(tick_ms() - began, 1000);
}
END_TEST

/* The whole of the time a call may take: the one test that waits for it. */
START_TEST(silence_ends_after_three_seconds)
{
	SCRIPT(server, { HOLD, NULL, NULL });
	int64_t began = tick_ms();
	ck_assert_int_eq(call(true), CLIENT_UNREACHABLE);
	int64_t took = tick_ms() - began;
	ck_assert_msg(took >= 2900 && took < 3500, "%lld ms", (long long)took);
	ck_assert_ptr_nonnull(strstr(why, "in time"));
	ck_assert_int_eq(atomic_load(&server->requests), 1);
}
END_TEST

START_TEST(what_was_not_sent_is_tried_again)
{
	int64_t began = tick_ms();
	ck_assert_int_eq(call(false), CLIENT_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(why, "cannot be reached"));
	ck_assert_int_ge(tick_ms() - began, 200);       /* the two pauses */
}
END_TEST

START_TEST(the_circuit_opens_after_five_failures)
{
	SCRIPT(server, { HANG_UP, NULL, NULL });
	for (int i = 0; i < BREAKER_FAILURES; i++)
		ck_assert_int_eq(call(false), CLIENT_UNREACHABLE);
	ck_assert_int_eq(call(true), CLIENT_UNREACHABLE);
	ck_assert_ptr_nonnull(strstr(why, "not called"));
	ck_assert_int_eq(atomic_load(&server->requests), BREAKER_FAILURES);
}
END_TEST

START_TEST(refusals_do_not_open_the_circuit)
{
	SCRIPT(server, { ANSWER, "401 Unauthorized", "" });
	for (int i = 0; i < 2 * BREAKER_FAILURES; i++)
		ck_assert_int_eq(call(true), CLIENT_REFUSED);
}
END_TEST

static void *call_often(void *unused)
{
	struct arena *own = arena_create();
	bool fine = true;
	for (int i = 0; i < 20 && fine; i++) {
		struct found mine = { 0 };
		const char *trouble = NULL;
		fine = client_call(client, own, "search", true, NULL, NULL, &found_shape, &mine,
		                   &trouble) == CLIENT_ANSWERED && mine.count == 3;
	}
	arena_destroy(own);
	return fine ? unused : NULL;
}

START_TEST(threads_share_a_client)
{
	pthread_t threads[12];
	SCRIPT(server, { ANSWER, JSON, TEA });
	for (int i = 0; i < 12; i++)
		pthread_create(&threads[i], NULL, call_often, server);
	for (int i = 0; i < 12; i++) {
		void *fine = NULL;
		pthread_join(threads[i], &fine);
		ck_assert_ptr_nonnull(fine);
	}
	ck_assert_int_eq(atomic_load(&server->requests), 240);
}
END_TEST

/* ---- The breaker alone, with a clock of our own ---- */

static struct breaker breaker;

static enum breaker_turn pass_through(bool reached, int64_t at)
{
	enum breaker_pass pass = breaker_enter(&breaker, at);
	ck_assert_int_ne(pass, BREAKER_NO_ENTRY);
	return breaker_leave(&breaker, pass, reached, at);
}

static void open_it(int64_t at)
{
	breaker = (struct breaker)BREAKER_START;
	for (int i = 1; i < BREAKER_FAILURES; i++)
		ck_assert_int_eq(pass_through(false, at), BREAKER_AS_IT_WAS);
	ck_assert_int_eq(pass_through(false, at), BREAKER_OPENED);
}

START_TEST(a_success_in_between_starts_the_count_anew)
{
	breaker = (struct breaker)BREAKER_START;
	for (int i = 0; i < 5 * BREAKER_FAILURES; i++)
		ck_assert_int_eq(pass_through(i % BREAKER_FAILURES == 0, 0), BREAKER_AS_IT_WAS);
}
END_TEST

START_TEST(one_probe_decides)
{
	open_it(1000);
	ck_assert_int_eq(breaker_enter(&breaker, 1000 + BREAKER_OPEN_MS - 1), BREAKER_NO_ENTRY);
	int64_t later = 1000 + BREAKER_OPEN_MS;
	ck_assert_int_eq(breaker_enter(&breaker, later), BREAKER_PROBE);
	ck_assert_int_eq(breaker_enter(&breaker, later + BREAKER_OPEN_MS), BREAKER_NO_ENTRY);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_PROBE, false, later), BREAKER_AS_IT_WAS);
	ck_assert_int_eq(breaker_enter(&breaker, later + BREAKER_OPEN_MS - 1), BREAKER_NO_ENTRY);
	later += BREAKER_OPEN_MS;
	ck_assert_int_eq(breaker_enter(&breaker, later), BREAKER_PROBE);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_PROBE, true, later), BREAKER_CLOSED);
	ck_assert_int_eq(breaker_enter(&breaker, later), BREAKER_CALL);
}
END_TEST

START_TEST(a_late_failure_neither_prolongs_nor_ends_a_probe)
{
	open_it(0);
	ck_assert_int_eq(breaker_enter(&breaker, BREAKER_OPEN_MS), BREAKER_PROBE);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_CALL, false, BREAKER_OPEN_MS),
	                 BREAKER_AS_IT_WAS);
	ck_assert_int_eq(breaker_enter(&breaker, BREAKER_OPEN_MS), BREAKER_NO_ENTRY);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_CALL, true, BREAKER_OPEN_MS), BREAKER_CLOSED);
}
END_TEST

static void *enter_once(void *probes)
{
	if (breaker_enter(&breaker, BREAKER_OPEN_MS) == BREAKER_PROBE)
		atomic_fetch_add((atomic_int *)probes, 1);
	return NULL;
}

START_TEST(of_many_threads_one_is_the_probe)
{
	pthread_t threads[8];
	atomic_int probes = 0;
	open_it(0);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, enter_once, &probes);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&probes), 1);
}
END_TEST

#define COUNT(table) (int)(sizeof(table) / sizeof((table)[0]))

static TCase *fetch_tests(void)
{
	TCase *tests = tcase_create("fetch");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, an_answer_is_fetched);
	tcase_add_test(tests, a_connection_is_kept);
	tcase_add_test(tests, a_kept_connection_that_was_closed_is_no_failure);
	tcase_add_test(tests, what_must_not_be_sent_twice_is_not);
	tcase_add_test(tests, what_may_be_sent_twice_survives_a_closing_connection);
	tcase_add_test(tests, a_refused_connection_was_not_sent);
	tcase_add_test(tests, a_server_that_went_away_was_not_sent_anything);
	tcase_add_loop_test(tests, a_broken_answer_is_none_but_may_have_been_carried_out, 0,
	                    COUNT(broken));
	tcase_add_test(tests, an_answer_that_is_too_long_is_none);
	tcase_add_test(tests, redirects_are_not_followed);
	tcase_add_test(tests, loopback_needs_no_proxy);
	tcase_add_loop_test(tests, only_some_urls_can_be_called, 0, COUNT(urls));
	tcase_add_test(tests, a_key_with_a_line_break_is_refused);
	return tests;
}

static TCase *call_tests(void)
{
	TCase *tests = tcase_create("calls");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 20);
	tcase_add_test(tests, a_tool_is_called);
	tcase_add_test(tests, a_tool_without_arguments_or_results_is_called);
	tcase_add_loop_test(tests, header_values_are_encoded_where_needed, 0, COUNT(encoded));
	tcase_add_loop_test(tests, an_answer_may_come_as_a_stream, 0, COUNT(streams));
	tcase_add_loop_test(tests, a_call_that_fails_is_not_repeated_unless_harmless_and_says_why, 0,
	                    COUNT(ends));
	tcase_add_loop_test(tests, a_call_is_tried_again_where_that_is_safe, 0, COUNT(again));
	tcase_add_test(tests, it_gives_up_after_three_tries);
	tcase_add_test(tests, retry_after_is_honoured);
	tcase_add_test(tests, silence_ends_after_three_seconds);
	tcase_add_test(tests, what_was_not_sent_is_tried_again);
	tcase_add_test(tests, the_circuit_opens_after_five_failures);
	tcase_add_test(tests, refusals_do_not_open_the_circuit);
	tcase_add_test(tests, threads_share_a_client);
	return tests;
}

static TCase *breaker_tests(void)
{
	TCase *tests = tcase_create("breaker");
	tcase_add_test(tests, a_success_in_between_starts_the_count_anew);
	tcase_add_test(tests, one_probe_decides);
	tcase_add_test(tests, a_late_failure_neither_prolongs_nor_ends_a_probe);
	tcase_add_test(tests, of_many_threads_one_is_the_probe);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("client");
	suite_add_tcase(suite, fetch_tests());
	suite_add_tcase(suite, call_tests());
	suite_add_tcase(suite, breaker_tests());
	SRunner *runner = srunner_create(suite);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}
