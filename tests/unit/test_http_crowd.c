/* test_http_crowd.c - too many connections: idle ones make way, and no address takes them all. */
#include "http_fixture.h"

#define MOST 12

static void start_small(void)
{
	struct http_settings settings = usual_settings();

	settings.loops = 1;
	settings.connections_max = MOST;
	start_with(&settings);
}

static void close_all(const int *fds, int count)
{
	for (int i = 0; i < count; i++)
		close(fds[i]);
}

/* Nothing was said to it and it was not closed. */
static bool is_open(int fd)
{
	char byte;

	return recv(fd, &byte, 1, MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

/* Fills the server with what is said on each of these connections. */
static void fill(int *fds, const char *from, const char *text)
{
	int open = (int)atomic_load(&http_counters.connections);

	for (int i = 0; open + i < MOST; i++) {
		fds[i] = dial_from(from);
		say(fds[i], text);
		/* One after the other, so that they are idle for different times. */
		AWAIT(atomic_load(&http_counters.connections) == open + i + 1);
		if (strcmp(text, GET("/peer")) == 0)
			HEARD(hear(fds[i]), "200 OK");
	}
}

START_TEST(the_one_idle_longest_makes_way)
{
	long long closed = atomic_load(&http_counters.closed_idle);
	int fds[MOST], more[3];

	fill(fds, "127.0.0.1", GET("/peer"));
	HEARD(ask(fds[0], GET("/peer")), "200 OK");     /* so it is not the first any more */
	for (int i = 0; i < 3; i++) {
		more[i] = dial();
		HEARD(ask(more[i], GET("/peer")), "200 OK");
		ck_assert(is_closed(fds[i + 1]));
	}
	ck_assert(is_open(fds[0]));
	ck_assert(is_open(fds[4]));
	ck_assert_int_eq(atomic_load(&http_counters.closed_idle), closed + 3);
	close_all(fds, MOST);
	close_all(more, 3);
}
END_TEST

START_TEST(who_never_said_a_word_makes_way_too)
{
	int fds[MOST], more;

	fill(fds, "127.0.0.1", "");
	more = dial();
	HEARD(ask(more, GET("/peer")), "200 OK");
	ck_assert(is_closed(fds[0]));
	close_all(fds, MOST);
	close(more);
}
END_TEST

START_TEST(an_address_that_takes_all_makes_way_itself)
{
	int regular = dial(), other = dial_from("127.0.0.3"), fds[MOST], more[2 * MOST];

	HEARD(ask(regular, GET("/peer")), "200 OK");
	HEARD(ask(other, GET("/peer")), "200 OK");
	fill(fds, "127.0.0.2", GET("/peer"));
	for (int i = 0; i < 2 * MOST; i++) {
		more[i] = dial_from("127.0.0.2");
		HEARD(ask(more[i], GET("/peer")), "200 OK");
	}
	/* These have been idle for much longer, but they are few. */
	HEARD(ask(regular, GET("/peer")), "200 OK");
	HEARD(ask(other, GET("/peer")), "200 OK");
	close(regular);
	close(other);
	close_all(fds, MOST - 2);
	close_all(more, 2 * MOST);
}
END_TEST

static bool is_let_in(const char *from)
{
	int fd = dial_from(from);
	struct heard heard = ask(fd, POST("/echo", "hello", 5));

	close(fd);
	return strstr(heard.text, "hello") != NULL;
}

/* What holds a connection without being idle, and without a request. */
static const char *const holding[] = {
	"GET /peer HTTP/1.1\r\nHost: he",
	"POST /refuse HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n",
	GET("/much"),           /* and does not read the answer */
};

static bool is_let_in_soon(const char *from)
{
	for (int i = 0; i < 200; i++) {
		if (is_let_in(from))
			return true;
		pause_ms(20);
	}
	return false;
}

START_TEST(what_one_address_leaves_undone_makes_way)
{
	int fds[MOST];

	fill(fds, "127.0.0.2", holding[_i]);
	ck_assert(is_let_in_soon("127.0.0.3"));         /* as soon as what was said is read */
	close_all(fds, MOST);
}
END_TEST

START_TEST(a_request_under_way_never_makes_way)
{
	int fds[MOST], probe, others[20];

	fill(fds, "127.0.0.2", POST("/hold", "x", 1));
	AWAIT(atomic_load(&requests) == MOST);
	probe = dial();
	struct heard heard = ask(probe, GET("/peer"));
	HEARD(heard, " 503 ");
	HEARD(heard, "Connection: close");
	ck_assert(is_closed(probe));
	for (int i = 0; i < 20; i++) {
		others[i] = dial_from("127.0.0.2");     /* more than are to spare */
		if (i >= 16)
			HEARD(ask(others[i], GET("/peer")), " 503 ");
	}
	AWAIT(atomic_load(&http_counters.connections) <= MOST + 16);
	ck_assert_int_eq(atomic_load(&gone), 0);
	close_all(others, 20);
	close(probe);
	close_all(fds, MOST);
	AWAIT(atomic_load(&gone) == MOST);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_crowd");
	TCase *tests = tcase_create("connections");

	tcase_add_checked_fixture(tests, start_small, stop);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, the_one_idle_longest_makes_way);
	tcase_add_test(tests, who_never_said_a_word_makes_way_too);
	tcase_add_test(tests, an_address_that_takes_all_makes_way_itself);
	tcase_add_loop_test(tests, what_one_address_leaves_undone_makes_way, 0, 3);
	tcase_add_test(tests, a_request_under_way_never_makes_way);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
