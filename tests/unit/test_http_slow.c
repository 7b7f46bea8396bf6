/* test_http_slow.c - clients that take their time are cut, those that are only idle are not. */
#include "http_fixture.h"

static void start_impatient(void)
{
	struct http_settings settings = usual_settings();

	settings.header_deadline_ms = 150;
	settings.body_deadline_ms = 150;
	settings.idle_ms = 3000;
	start_with(&settings);
}

/* Sends a byte every 10 ms, so it is never inactive; false once it was cut. */
static bool trickle(int fd, const char *text, int ms)
{
	char waste[1000];

	for (int i = 0; i < ms / 10; i++) {
		if (send(fd, &text[(size_t)i % strlen(text)], 1, MSG_NOSIGNAL) != 1 ||
		    recv(fd, waste, sizeof(waste), MSG_DONTWAIT) == 0)
			return false;
		pause_ms(10);
	}
	return true;
}

static const struct { const char *said, *trickled; } slow[] = {
	{ "", "GET /a-very-long-path-indeed" },
	{ "POST /echo HTTP/1.1\r\nHost: here\r\n", "X-Header: and-so-on" },
	{ "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 5000\r\n\r\n", "body" },
	{ "POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n" },
	/* The same on a connection that has been used. */
	{ POST("/echo", "x", 1), "GET /a-very-long-path-indeed" },
	{ POST("/echo", "x", 1) "POST /echo HTTP/1.1\r\nHost: here\r\n", "X-Header: and-so-on" },
};

START_TEST(a_client_that_trickles_is_cut)
{
	long long before = atomic_load(&http_counters.slow_clients);
	int fd = dial();

	say(fd, slow[_i].said);
	ck_assert(!trickle(fd, slow[_i].trickled, 1500));
	AWAIT(atomic_load(&http_counters.connections) == 0);
	ck_assert_int_eq(atomic_load(&http_counters.slow_clients), before + 1);
	ck_assert_int_eq(atomic_load(&finished), atomic_load(&headers_calls));
	close(fd);
}
END_TEST

START_TEST(a_client_that_stops_amid_its_headers_is_cut)
{
	int fd = dial();

	say(fd, "POST /echo HTTP/1.1\r\nHost: he");
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

START_TEST(an_idle_connection_is_kept)
{
	int idle = dial(), silent = dial(), other = dial();

	HEARD(ask(idle, POST("/echo", "hello", 5)), "hello");
	/* Others keep the loops busy meanwhile. */
	for (int i = 0; i < 50; i++) {
		HEARD(ask(other, POST("/echo", "hello", 5)), "hello");
		pause_ms(10);
	}
	HEARD(ask(idle, POST("/echo", "again", 5)), "again");
	HEARD(ask(silent, POST("/echo", "at last", 7)), "at last");
	close(idle);
	close(silent);
	close(other);
}
END_TEST

START_TEST(parked_requests_and_streams_have_no_deadline)
{
	int parking = dial(), streaming = dial();
	struct heard heard = { .size = 0 };

	say(parking, POST("/hold", "x", 1));
	say(streaming, GET("/stream"));
	ck_assert(hear_until(streaming, &heard, ": ok"));
	pause_ms(500);
	ck_assert_int_eq(atomic_load(&gone), 0);
	ck_assert_int_eq(atomic_load(&http_counters.connections), 2);
	close(parking);
	close(streaming);
	AWAIT(atomic_load(&gone) == 2);
}
END_TEST

START_TEST(an_idle_connection_is_closed_in_the_end)
{
	struct http_settings settings = usual_settings();
	int fd;

	stop();
	settings.idle_ms = 100;
	start_with(&settings);
	fd = dial();
	HEARD(ask(fd, POST("/echo", "hello", 5)), "hello");
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_slow");
	TCase *tests = tcase_create("slow clients");

	tcase_add_checked_fixture(tests, start_impatient, stop);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, a_client_that_trickles_is_cut,
	                    0, sizeof(slow) / sizeof(slow[0]));
	tcase_add_test(tests, a_client_that_stops_amid_its_headers_is_cut);
	tcase_add_test(tests, an_idle_connection_is_kept);
	tcase_add_test(tests, parked_requests_and_streams_have_no_deadline);
	tcase_add_test(tests, an_idle_connection_is_closed_in_the_end);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
