/* test_client.c - the MCP client: calls, what of them is tried again, and when it gives up. */
#include "calling.h"
#include "client_fixture.h"

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

static SHAPE(question_shape, struct question,
	TEXT(struct question, words, "Words"),
	TEXT(struct question, region, "Region", .header = "Region"),
	INT(struct question, limit, "Limit", OPTIONAL(struct question, has_limit), .header = "Limit"),
	BOOL(struct question, all, "All", .header = "All"));

static SHAPE(found_shape, struct found,
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
	return client_call(client, arena, "search", idempotent, question_shape, &question,
	                   found_shape, &found, &why);
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
	ck_assert_int_eq(client_call(client, arena, "search", true, question_shape, &question, NULL,
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
	{ { ANSWER, JSON, RESULT("\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"Not now.\"}],"
	                         "\"_meta\":{\"outcome\":\"unavailable\"}") },
	  CLIENT_UNREACHABLE, "could not do it: Not now." },
	{ { ANSWER, JSON, RESULT("\"isError\":true,\"content\":[{\"type\":\"text\",\"text\":\"No tea.\"}],"
	                         "\"_meta\":{\"outcome\":\"error\"}") }, CLIENT_REFUSED, "No tea." },
	{ { ANSWER, JSON, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32603,\"message\":"
	                  "\"It broke\"}}" }, CLIENT_UNREACHABLE, "could not do it: It broke" },
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

/* As of a call whose caller has no memory left. */
static enum client_outcome call_with(struct budget *budget)
{
	struct calling calling;
	struct fetch_answer fetched;

	ck_assert(calling_begin(&calling, client, arena, "search", true, NULL, NULL));
	calling.request.budget = budget;
	do
		fetch(arena, &calling.request, &fetched);
	while (!calling_judge(&calling, &fetched));
	return calling_conclude(&calling, arena, NULL, NULL, &why);
}

static const size_t rooms[] = { 0, 3000 };      /* for no request; for no answer */

START_TEST(what_fails_here_does_not_open_the_circuit)
{
	struct budget little = { .max = rooms[_i] };

	SCRIPT(server, { ANSWER, JSON, TEA });
	for (int i = 0; i < 2 * BREAKER_FAILURES; i++) {
		ck_assert_int_eq(call_with(&little), CLIENT_UNREACHABLE);
		ck_assert_msg(strstr(why, "no memory"), "%s", why);
	}
	ck_assert_int_eq(atomic_load(&server->requests) > 0, rooms[_i] > 0);
	ck_assert_int_eq(call(true), CLIENT_ANSWERED);
	ck_assert_uint_eq(atomic_load(&little.used), 0);
}
END_TEST

static void *call_often(void *unused)
{
	struct arena *own = arena_create();
	bool fine = true;
	for (int i = 0; i < 20 && fine; i++) {
		struct found mine = { 0 };
		const char *trouble = NULL;
		fine = client_call(client, own, "search", true, NULL, NULL, found_shape, &mine,
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
	tcase_add_loop_test(tests, what_fails_here_does_not_open_the_circuit, 0, COUNT(rooms));
	tcase_add_test(tests, threads_share_a_client);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("client");
	suite_add_tcase(suite, call_tests());
	return run_suite(suite);
}
