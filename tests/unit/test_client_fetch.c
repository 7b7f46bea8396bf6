/* test_client_fetch.c - outbound HTTP, and which URLs and keys a client takes. */
#include "client_fixture.h"
#include "fetch_private.h"

static struct fetch_answer get(const char *address, int64_t total_ms, bool once)
{
	struct fetch_answer answer;
	fetch(arena, &(struct fetch_request) {
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
	fetch(arena, &(struct fetch_request) {
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

START_TEST(whoever_wants_to_be_left_alone_for_ever_is_for_a_while)
{
	SCRIPT(server, { ANSWER, "503 Busy\r\nRetry-After: 9223372036854775807", "" });
	ck_assert_int_eq(get(url, 2000, false).retry_after_ms, 6 * 3600 * 1000);
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

static const struct { const char *url; bool near; } places[] = {
	{ "http://127.0.0.1:1/", true }, { "http://localhost/", true }, { "http://[::1]/", true },
	{ "http://169.254.170.2/v2/x", true }, { "http://169.254.169.254/latest", true }, { "http://[fd00:ec2::254]/", true },
	{ "http://[fe80::1]/", true }, { "http://10.0.0.1/", false }, { "http://169.254.1.1.example/", false },
	{ "http://169.255.0.1/", false }, { "http://[fd00:ec3::1]/", false }, { "https://shop.example/?http://127.0.0.1/", false },
};

/* So the roles of containers and machines are asked directly, whatever proxy there is. */
START_TEST(neither_does_the_link)
{
	ck_assert_ptr_null(fetch_check_url(places[_i].url));
	ck_assert(fetch_is_near(places[_i].url) == places[_i].near);
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

static TCase *fetch_tests(void)
{
	TCase *tests = tcase_create("fetch");
	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, an_answer_is_fetched);
	tcase_add_test(tests, whoever_wants_to_be_left_alone_for_ever_is_for_a_while);
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
	tcase_add_loop_test(tests, neither_does_the_link, 0, COUNT(places));
	tcase_add_loop_test(tests, only_some_urls_can_be_called, 0, COUNT(urls));
	tcase_add_test(tests, a_key_with_a_line_break_is_refused);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("fetch");
	suite_add_tcase(suite, fetch_tests());
	return run_suite(suite);
}
