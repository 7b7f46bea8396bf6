/* test_http.c - requests, bodies and answers of server/http. */
#include "http_fixture.h"

START_TEST(answers_with_what_was_posted)
{
	int fd = dial();
	struct heard heard = ask(fd, POST("/echo", "hello", 5));

	HEARD(heard, "HTTP/1.1 200 OK\r\n");
	HEARD(heard, "Content-Type: text/plain\r\n");
	HEARD(heard, "\r\n\r\nhello");
	close(fd);
	AWAIT(atomic_load(&finished) == 1);
}
END_TEST

START_TEST(keeps_the_connection_for_the_next_request)
{
	int fd = dial();

	for (int i = 0; i < 50; i++)
		HEARD(ask(fd, POST("/echo", "again", 5)), "\r\n\r\nagain");
	close(fd);
	AWAIT(atomic_load(&finished) == 50);
}
END_TEST

START_TEST(answers_requests_that_came_together_in_order)
{
	int fd = dial();
	struct heard heard = { .size = 0 };

	say(fd, POST("/echo", "one", 3) POST("/park", "x", 1) POST("/echo", "three", 5));
	ck_assert(hear_until(fd, &heard, "three"));
	ck_assert(strstr(heard.text, "one") < strstr(heard.text, "late"));
	ck_assert(strstr(heard.text, "late") < strstr(heard.text, "three"));
	close(fd);
}
END_TEST

START_TEST(reads_a_request_that_comes_in_pieces)
{
	const char *text = POST("/echo", "hello", 5);
	int fd = dial();

	for (const char *at = text; *at; at++) {
		ck_assert_int_eq(send(fd, at, 1, 0), 1);
		if ((at - text) % 16 == 0)
			pause_ms(1);
	}
	HEARD(hear(fd), "\r\n\r\nhello");
	close(fd);
}
END_TEST

START_TEST(gives_headers_trimmed_and_by_any_case)
{
	int fd = dial();

	HEARD(ask(fd, "GET /path HTTP/1.1\r\nhost: here\r\nx-SAY: \t some words \t \r\n\r\n"),
	      "\r\n\r\nsome words");
	close(fd);
}
END_TEST

START_TEST(gives_the_path_as_it_came_without_the_query)
{
	int fd = dial();

	HEARD(ask(fd, "GET /path?a=%20 HTTP/1.1\r\nHost: a\r\nX-Say: yes\r\n\r\n"), "\r\n\r\nyes");
	NOT_HEARD(ask(fd, "GET /%70ath HTTP/1.1\r\nHost: a\r\nX-Say: yes\r\n\r\n"), "yes");
	close(fd);
}
END_TEST

START_TEST(knows_the_address_of_the_client)
{
	int fd = dial();

	HEARD(ask(fd, GET("/peer")), "\r\n\r\n127.0.0.1");
	close(fd);
}
END_TEST

START_TEST(serves_http_1_0_and_closes)
{
	int fd = dial();

	say(fd, "POST /echo HTTP/1.0\r\nContent-Length: 3\r\n\r\nold");
	struct heard heard = hear_all(fd);
	HEARD(heard, "\r\n\r\nold");
	HEARD(heard, "Connection: close");
	ck_assert(heard.ended);
	close(fd);
}
END_TEST

START_TEST(answers_head_without_a_body)
{
	int fd = dial();

	say(fd, "HEAD /peer HTTP/1.1\r\nHost: here\r\n\r\n" GET("/path"));
	struct heard heard = { .size = 0 };
	hear_until(fd, &heard, "200 OK\r\n");
	NOT_HEARD(heard, "127.0.0.1");
	close(fd);
}
END_TEST

START_TEST(reads_chunked_bodies)
{
	int fd = dial();

	HEARD(ask(fd, "POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
	              "5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"), "\r\n\r\nhello, world");
	close(fd);
}
END_TEST

START_TEST(a_refusal_of_the_headers_keeps_the_connection)
{
	int fd = dial();
	struct heard heard = ask(fd, POST("/refuse", "hello", 5));

	HEARD(heard, "HTTP/1.1 401 ");
	HEARD(heard, "WWW-Authenticate: Bearer\r\n");
	HEARD(ask(fd, POST("/echo", "next", 4)), "\r\n\r\nnext");
	ck_assert_int_eq(atomic_load(&requests), 1);
	close(fd);
	AWAIT(atomic_load(&finished) == 2);
}
END_TEST

START_TEST(who_asks_before_sending_is_refused_before_sending)
{
	int fd = dial();

	say(fd, "POST /refuse HTTP/1.1\r\nHost: here\r\nContent-Length: 90000\r\n"
	        "Expect: 100-continue\r\n\r\n");
	struct heard heard = hear_all(fd);
	HEARD(heard, "HTTP/1.1 401 ");
	NOT_HEARD(heard, "100 Continue");
	close(fd);
	fd = dial();
	say(fd, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 2\r\n"
	        "Expect: 100-continue\r\n\r\n");
	heard = (struct heard) { .size = 0 };
	ck_assert(hear_until(fd, &heard, "100 Continue\r\n\r\n"));
	HEARD(ask(fd, "ok"), "\r\n\r\nok");
	close(fd);
}
END_TEST

/* Sends everything, although the answer may be there long before; false: the server cut it off. */
static bool say_much(int fd, size_t size)
{
	static char zeros[65536];

	for (size_t sent = 0; sent < size;) {
		size_t most = size - sent < sizeof(zeros) ? size - sent : sizeof(zeros);
		ssize_t now = send(fd, zeros, most, MSG_NOSIGNAL);
		if (now <= 0)
			return false;
		sent += (size_t)now;
	}
	return true;
}

/* One byte too many is refused in words, also where the client sends without listening. */
static const struct { size_t size; int status; } bodies[] = {
	{ 99999, 200 }, { 100000, 200 }, { 100001, 413 }, { 5000000, 413 },
};

START_TEST(bodies_have_a_limit)
{
	int fd = dial();
	char head[200];
	struct heard heard = { .size = 0 };

	snprintf(head, sizeof(head), "POST /path HTTP/1.1\r\nHost: here\r\nX-Say: fine\r\n"
	         "Content-Length: %zu\r\n\r\n", bodies[_i].size);
	say(fd, head);
	ck_assert(say_much(fd, bodies[_i].size));
	hear_until(fd, &heard, bodies[_i].status == 200 ? "fine" : "too large");
	HEARD(heard, bodies[_i].status == 200 ? "200 OK" : " 413 ");
	ck_assert_int_eq(atomic_load(&body_trouble),
	                 bodies[_i].status == 200 ? BODY_FINE : BODY_TOO_LARGE);
	close(fd);
	AWAIT(atomic_load(&finished) == 1);
}
END_TEST

static void say_chunks(int fd, int count)
{
	char chunk[10000 + 16];

	say(fd, "POST /path HTTP/1.1\r\nHost: here\r\nX-Say: fine\r\n"
	        "Transfer-Encoding: chunked\r\n\r\n");
	memset(chunk, 'x', sizeof(chunk));
	memcpy(chunk, "2710\r\n", 6);
	memcpy(chunk + 10006, "\r\n", 2);
	for (int i = 0; i < count; i++)
		if (send(fd, chunk, 10008, MSG_NOSIGNAL) != 10008)
			return;
	send(fd, "0\r\n\r\n", 5, MSG_NOSIGNAL);
}

START_TEST(chunked_bodies_have_the_same_limit)
{
	int fd = dial();
	struct heard heard = { .size = 0 };

	say_chunks(fd, 10);
	HEARD(hear(fd), "200 OK");
	close(fd);
	fd = dial();
	say_chunks(fd, 11);
	HEARD(hear(fd), " 413 ");
	close(fd);
	fd = dial();
	say_chunks(fd, 100);
	hear_until(fd, &heard, "\1");
	ck_assert(heard.ended);                 /* it did not stop in time */
	close(fd);
}
END_TEST

START_TEST(all_bodies_together_have_a_limit)
{
	struct http_settings settings = usual_settings();
	int first, second;

	stop();
	request_budget.max = 150000;
	start_with(&settings);
	first = dial();
	second = dial();
	say(first, "POST /path HTTP/1.1\r\nHost: here\r\nContent-Length: 90000\r\n\r\n");
	AWAIT(atomic_load(&headers_calls) == 1);
	ck_assert_uint_eq(atomic_load(&request_budget.used), 0);        /* what is said is not kept */
	ck_assert(say_much(first, 80000));
	AWAIT(atomic_load(&request_budget.used) >= 80000);
	say(second, "POST /path HTTP/1.1\r\nHost: here\r\nContent-Length: 90000\r\n\r\n");
	HEARD(hear(second), " 413 ");
	ck_assert_int_eq(atomic_load(&body_trouble), BODY_NO_ROOM);
	close(second);
	close(first);
	AWAIT(atomic_load(&finished) == 2);
	ck_assert_uint_eq(atomic_load(&request_budget.used), 0);
	first = dial();
	say(first, "POST /path HTTP/1.1\r\nHost: here\r\nContent-Length: 90000\r\n\r\n");
	ck_assert(say_much(first, 90000));
	HEARD(hear(first), "200 OK");
	close(first);
}
END_TEST

/* What such a method's body says is nothing: it takes no room, and is not waited for. */
static const char *const without_body[] = { "OPTIONS", "DELETE", "GET", "HEAD", "PUT", "BREW" };

START_TEST(only_a_post_has_a_body)
{
	static const char *const sizes[] = { "Content-Length: 99999", "Transfer-Encoding: chunked" };
	size_t most = request_budget.max;
	char head[200];

	request_budget.max = 50000;
	for (int i = 0; i < 2; i++) {
		int fd = dial();

		snprintf(head, sizeof(head), "%s /path HTTP/1.1\r\nHost: here\r\nX-Say: fine\r\n%s\r\n\r\n",
		         without_body[_i], sizes[i]);
		say(fd, head);
		struct heard heard = hear_all(fd);
		HEARD(heard, " 200 OK\r\n");
		HEARD(heard, "Connection: close\r\n");
		ck_assert_int_eq(atomic_load(&body_trouble), BODY_FINE);
		close(fd);
	}
	AWAIT(atomic_load(&finished) == 2);
	request_budget.max = most;
}
END_TEST

START_TEST(a_client_that_leaves_amid_its_body_is_finished)
{
	int fd = dial();

	say(fd, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\nonly this");
	AWAIT(atomic_load(&headers_calls) == 1);
	close(fd);
	AWAIT(atomic_load(&finished) == 1);
	ck_assert_int_eq(atomic_load(&requests), 0);
}
END_TEST

START_TEST(a_port_in_use_is_an_error)
{
	struct http_settings settings = usual_settings();

	settings.port = http_port(http);
	ck_assert_ptr_null(http_start(&settings));
}
END_TEST

static void *open_nothing(UNUSED void *context, UNUSED struct loop *loop)
{
	return NULL;
}

START_TEST(a_loop_that_cannot_open_its_store_stops_the_start)
{
	struct http_settings settings = usual_settings();

	settings.open = open_nothing;
	ck_assert_ptr_null(http_start(&settings));
}
END_TEST

START_TEST(listens_on_ipv6)
{
	struct http_settings settings = usual_settings();
	int fd;

	stop();
	settings.host = "::";
	http = http_start(&settings);
	if (!http) {                            /* a machine without IPv6 */
		start();
		return;
	}
	stop();
	start_with(&settings);
	fd = dial();                            /* by its IPv4 address */
	HEARD(ask(fd, GET("/peer")), "\r\n\r\n127.0.0.1");
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http");
	TCase *tests = tcase_create("requests");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_add_test(tests, answers_with_what_was_posted);
	tcase_add_test(tests, keeps_the_connection_for_the_next_request);
	tcase_add_test(tests, answers_requests_that_came_together_in_order);
	tcase_add_test(tests, reads_a_request_that_comes_in_pieces);
	tcase_add_test(tests, gives_headers_trimmed_and_by_any_case);
	tcase_add_test(tests, gives_the_path_as_it_came_without_the_query);
	tcase_add_test(tests, knows_the_address_of_the_client);
	tcase_add_test(tests, serves_http_1_0_and_closes);
	tcase_add_test(tests, answers_head_without_a_body);
	tcase_add_test(tests, reads_chunked_bodies);
	tcase_add_test(tests, a_refusal_of_the_headers_keeps_the_connection);
	tcase_add_test(tests, who_asks_before_sending_is_refused_before_sending);
	tcase_add_loop_test(tests, bodies_have_a_limit, 0, sizeof(bodies) / sizeof(bodies[0]));
	tcase_add_test(tests, chunked_bodies_have_the_same_limit);
	tcase_add_test(tests, all_bodies_together_have_a_limit);
	tcase_add_loop_test(tests, only_a_post_has_a_body, 0,
	                    sizeof(without_body) / sizeof(without_body[0]));
	tcase_add_test(tests, a_client_that_leaves_amid_its_body_is_finished);
	tcase_add_test(tests, a_port_in_use_is_an_error);
	tcase_add_test(tests, a_loop_that_cannot_open_its_store_stops_the_start);
	tcase_add_test(tests, listens_on_ipv6);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
