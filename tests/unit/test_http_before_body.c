/* test_http_before_body.c - requests that are parked when their headers are in: nothing of the body is read. */
#include "http_fixture.h"

#define LARGE 90000

static char large[LARGE + 256];

static void go_on(UNUSED struct loop *loop)
{
	exchange_go_on(atomic_load(&parked));
}

static void refuse(UNUSED struct loop *loop)
{
	exchange_answer(atomic_load(&parked), 401, "text/plain", STR("not you"));
}

static void on_parked(void (*run)(struct loop *loop))
{
	on_loop(exchange_loop(atomic_load(&parked)), run);
}

static void say_and_wait(int fd, const char *text)
{
	atomic_store(&parked, NULL);
	say(fd, text);
	AWAIT(atomic_load(&parked));
}

static const char *with_large_body(const char *path)
{
	int size = snprintf(large, sizeof(large), "POST %s HTTP/1.1\r\nHost: here\r\nContent-Length: %d"
	                    "\r\n\r\n", path, LARGE);

	memset(large + size, 'x', LARGE);
	large[size + LARGE] = '\0';
	return large;
}

static const struct { const char *request, *answer; } requests_of_all_kinds[] = {
	{ POST("/before-body", "hello", 5), "\r\n\r\nhello" },
	{ "POST /before-body HTTP/1.1\r\nHost: here\r\nContent-Length: 0\r\n\r\n", "Content-Length: 0" },
	{ "POST /before-body HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n"
	  "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "\r\n\r\nhello" },
	{ GET("/before-body"), "Content-Length: 0" },
	{ "DELETE /before-body HTTP/1.1\r\nHost: here\r\n\r\n", "Content-Length: 0" },
};

START_TEST(it_goes_on_as_if_it_had_not_waited)
{
	int fd = dial();

	for (int i = 0; i < 3; i++) {
		say_and_wait(fd, requests_of_all_kinds[_i].request);
		ck_assert_int_eq(atomic_load(&requests), i);
		on_parked(go_on);
		struct heard heard = hear(fd);
		HEARD(heard, requests_of_all_kinds[_i].answer);
		ck_assert_int_eq(atomic_load(&headers_calls), i + 1);
		if (strstr(heard.text, "Connection: close")) {
			close(fd);
			fd = dial();
		}
	}
	close(fd);
	AWAIT(atomic_load(&finished) == 3);
	ck_assert_int_eq(atomic_load(&gone), 0);
}
END_TEST

/* More than libmicrohttpd's buffer and the body's uncounted beginning. */
START_TEST(nothing_of_its_body_is_read)
{
	int fd = dial();
	struct heard heard = { .size = 0 };
	long long before = atomic_load(&http_counters.bytes_in);
	size_t kept = atomic_load(&request_budget.used);

	say_and_wait(fd, with_large_body("/before-body"));
	for (int i = 0; i < 3; i++)
		http_settle(http);
	ck_assert_int_eq(atomic_load(&http_counters.bytes_in), before);
	ck_assert_uint_eq(atomic_load(&request_budget.used), kept);
	on_parked(go_on);
	ck_assert(hear_until(fd, &heard, "200 OK"));
	http_settle(http);
	ck_assert_int_eq(atomic_load(&http_counters.bytes_in), before + LARGE);
	close(fd);
}
END_TEST

START_TEST(who_expects_100_continue_gets_it_only_then)
{
	int fd = dial();

	say_and_wait(fd, "POST /before-body HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n"
	             "Expect: 100-continue\r\n\r\n");
	struct pollfd heard = { .fd = fd, .events = POLLIN };
	http_settle(http);
	ck_assert_int_eq(poll(&heard, 1, 0), 0);
	on_parked(go_on);
	HEARD(hear(fd), "100 Continue");
	say(fd, "hello");
	HEARD(hear(fd), "\r\n\r\nhello");
	close(fd);
}
END_TEST

START_TEST(a_refusal_leaves_a_small_body_and_its_connection)
{
	int fd = dial();

	for (int i = 0; i < 3; i++) {
		say_and_wait(fd, POST("/before-body", "hello", 5));
		on_parked(refuse);
		HEARD(hear(fd), "401 Unauthorized");
	}
	HEARD(ask(fd, POST("/echo", "next", 4)), "\r\n\r\nnext");
	ck_assert_int_eq(atomic_load(&requests), 1);
	close(fd);
}
END_TEST

START_TEST(a_refusal_ends_the_connection_of_a_large_one)
{
	int fd = dial();

	say_and_wait(fd, with_large_body("/before-body"));
	on_parked(refuse);
	struct heard heard = hear_all(fd);
	HEARD(heard, "401 Unauthorized");
	ck_assert(heard.ended);
	ck_assert_int_eq(atomic_load(&requests), 0);
	close(fd);
}
END_TEST

START_TEST(a_client_that_leaves_is_noticed)
{
	int fd = dial();

	say_and_wait(fd, _i % 2 ? POST("/before-body", "hello", 5) : with_large_body("/before-body"));
	if (_i < 2)
		close(fd);
	else
		shutdown(fd, SHUT_WR);
	AWAIT(atomic_load(&gone) == 1);
	AWAIT(atomic_load(&http_counters.connections) == 0);
	ck_assert_int_eq(atomic_load(&finished), 1);
	ck_assert_int_eq(atomic_load(&requests), 0);
	if (_i >= 2)
		close(fd);
}
END_TEST

START_TEST(what_was_sent_behind_it_waits)
{
	int fd = dial();
	struct heard heard = { .size = 0 };

	say_and_wait(fd, POST("/before-body", "one", 3) POST("/echo", "two", 3));
	http_settle(http);
	ck_assert_int_eq(atomic_load(&requests), 0);
	on_parked(go_on);
	ck_assert(hear_until(fd, &heard, "\r\n\r\none"));
	ck_assert(hear_until(fd, &heard, "\r\n\r\ntwo"));
	close(fd);
}
END_TEST

START_TEST(the_end_of_the_server_is_its_end)
{
	int fd = dial();

	say_and_wait(fd, with_large_body("/before-body"));
	stop();
	ck_assert_int_eq(atomic_load(&gone), 1);
	ck_assert_int_eq(atomic_load(&finished), 1);
	ck_assert(is_closed(fd));
	close(fd);
	start();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_before_body");
	TCase *tests = tcase_create("before the body");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, it_goes_on_as_if_it_had_not_waited, 0,
	                    sizeof(requests_of_all_kinds) / sizeof(requests_of_all_kinds[0]));
	tcase_add_test(tests, nothing_of_its_body_is_read);
	tcase_add_test(tests, who_expects_100_continue_gets_it_only_then);
	tcase_add_test(tests, a_refusal_leaves_a_small_body_and_its_connection);
	tcase_add_test(tests, a_refusal_ends_the_connection_of_a_large_one);
	tcase_add_loop_test(tests, a_client_that_leaves_is_noticed, 0, 4);
	tcase_add_test(tests, what_was_sent_behind_it_waits);
	tcase_add_test(tests, the_end_of_the_server_is_its_end);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
