/* test_http_loop.c - loops: messages, timers, parked requests, bursts, ending. */
#include <pthread.h>
#include <sys/resource.h>

#include "http_fixture.h"

START_TEST(a_parked_request_is_answered_by_a_message)
{
	int fd = dial();

	HEARD(ask(fd, POST("/park", "x", 1)), "\r\n\r\nlate");
	HEARD(ask(fd, POST("/echo", "next", 4)), "\r\n\r\nnext");
	HEARD(ask(fd, GET("/park")), "\r\n\r\nlate");
	close(fd);
	AWAIT(atomic_load(&finished) == 3);
	ck_assert_int_eq(atomic_load(&gone), 0);
}
END_TEST

static void answer_parked(UNUSED struct loop *loop)
{
	exchange_answer(atomic_load(&parked), 200, "text/plain", STR("from afar"));
}

START_TEST(another_thread_has_a_parked_request_answered)
{
	int fd = dial();

	for (int i = 0; i < 20; i++) {
		atomic_store(&parked, NULL);
		say(fd, POST("/hold", "x", 1));
		AWAIT(atomic_load(&parked));
		on_loop(exchange_loop(atomic_load(&parked)), answer_parked);
		HEARD(hear(fd), "\r\n\r\nfrom afar");
	}
	close(fd);
}
END_TEST

START_TEST(a_client_that_leaves_its_parked_request_is_noticed)
{
	int fd = dial();

	/* On a connection that was parked before, and on a new one. */
	if (_i % 2)
		HEARD(ask(fd, POST("/park", "x", 1)), "late");
	say(fd, POST("/hold", "x", 1));
	AWAIT(atomic_load(&parked));
	if (_i < 2) {
		close(fd);
	} else {
		shutdown(fd, SHUT_WR);          /* half of it counts as leaving */
		ck_assert(is_closed(fd));
		close(fd);
	}
	AWAIT(atomic_load(&gone) == 1);
	ck_assert_int_eq(atomic_load(&finished), 1 + _i % 2);
	AWAIT(atomic_load(&http_counters.connections) == 0);
}
END_TEST

START_TEST(a_client_that_left_before_the_parking_is_noticed)
{
	int fd = dial();

	HEARD(ask(fd, POST("/park", "x", 1)), "late");
	say(fd, POST("/hold", "x", 1));
	close(fd);
	AWAIT(atomic_load(&gone) == 1 || atomic_load(&http_counters.connections) == 0);
	AWAIT(atomic_load(&http_counters.connections) == 0);
}
END_TEST

/* The end comes with the request or right behind it, which libmicrohttpd alone may not see. */
START_TEST(a_client_that_half_closes_is_answered_and_let_go)
{
	int fd = dial();

	HEARD(ask(fd, POST("/echo", "one", 3)), "one");
	say(fd, POST("/echo", "two", 3));
	shutdown(fd, SHUT_WR);
	HEARD(hear(fd), "two");
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

START_TEST(a_client_that_leaves_amid_its_headers_is_let_go)
{
	int fd = dial();

	if (_i % 2)
		HEARD(ask(fd, POST("/echo", "one", 3)), "one");
	say(fd, "POST /echo HTTP/1.1\r\nHost: he");
	close(fd);
	AWAIT(atomic_load(&http_counters.connections) == 0);
}
END_TEST

/* ---- Messages and timers ---- */

#define POSTERS 4
#define POSTS 2000

struct counting {
	struct message message;
	int poster, number;
};

static struct counting counting[POSTERS][POSTS];
static int last_seen[POSTERS];
static atomic_int seen, disorder;

static void count_one(struct message *message, struct loop *loop)
{
	struct counting *one = (struct counting *)message;

	if (last_seen[one->poster] != one->number - 1 || loop_current() != loop)
		atomic_fetch_add(&disorder, 1);
	last_seen[one->poster] = one->number;
	atomic_fetch_add(&seen, 1);
}

static void *post_many(void *argument)
{
	int poster = *(int *)argument;

	for (int i = 0; i < POSTS; i++) {
		counting[poster][i] = (struct counting) { .message.run = count_one,
			.poster = poster, .number = i + 1 };
		loop_post(http_loop(http, 0), &counting[poster][i].message);
	}
	return NULL;
}

START_TEST(messages_arrive_once_and_in_order)
{
	pthread_t threads[POSTERS];
	int numbers[POSTERS];

	for (int i = 0; i < POSTERS; i++) {
		numbers[i] = i;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, post_many, &numbers[i]), 0);
	}
	for (int i = 0; i < POSTERS; i++)
		pthread_join(threads[i], NULL);
	AWAIT(atomic_load(&seen) == POSTERS * POSTS);
	ck_assert_int_eq(atomic_load(&disorder), 0);
	ck_assert_ptr_null(loop_current());
}
END_TEST

#define TIMERS 200
static struct timer timers[TIMERS];
static atomic_int fired;
static int64_t last_at;
static atomic_bool out_of_order, too_early;

static void fire(struct timer *timer, struct loop *loop)
{
	if (timer->at_ms < last_at)
		atomic_store(&out_of_order, true);
	if (timer->at_ms > loop_tick_ms(loop))
		atomic_store(&too_early, true);
	last_at = timer->at_ms;
	atomic_fetch_add(&fired, 1);
}

/* Sets them in disorder, moves a third, and clears a third. */
static void set_timers(struct loop *loop)
{
	int64_t now = loop_tick_ms(loop);
	uint32_t random = 12345;

	for (int i = 0; i < TIMERS; i++) {
		random = random * 1664525 + 1013904223;
		timers[i] = (struct timer) { .run = fire };
		timer_set(loop, &timers[i], now + 10 + (random >> 16) % 100);
	}
	for (int i = 0; i < TIMERS; i++) {
		random = random * 1664525 + 1013904223;
		if (i % 3 == 0)
			timer_set(loop, &timers[i], now + 10 + (random >> 16) % 100);
		if (i % 3 == 1)
			timer_clear(loop, &timers[i]);
	}
	timer_clear(loop, &timers[1]);          /* fine if it is not set */
}

START_TEST(timers_fire_once_in_the_order_of_time)
{
	on_loop(http_loop(http, 0), set_timers);
	AWAIT(atomic_load(&fired) == TIMERS - (TIMERS + 1) / 3);
	pause_ms(30);
	ck_assert_int_eq(atomic_load(&fired), TIMERS - (TIMERS + 1) / 3);
	ck_assert(!atomic_load(&out_of_order));
	ck_assert(!atomic_load(&too_early));
}
END_TEST

/* ---- Bursts ---- */

/* With libmicrohttpd's own epoll thread a burst of exactly 128 or 256 ready sockets could hang. */
static void burst(int count)
{
	int fds[512];

	for (int i = 0; i < count; i++) {
		fds[i] = dial();
		ck_assert_int_ge(fds[i], 0);
		say(fds[i], POST("/echo", "hello", 5));
	}
	for (int i = 0; i < count; i++) {
		HEARD(hear(fds[i]), "\r\n\r\nhello");
		close(fds[i]);
	}
}

START_TEST(bursts_of_connections_are_all_answered)
{
	static const int counts[] = { 64, 128, 192, 256, 100, 384, 127, 129, 255, 512 };

	for (int i = 0; i < 10; i++)
		burst(counts[i]);
}
END_TEST

START_TEST(a_burst_that_parks_is_all_answered)
{
	int fds[512];

	for (int i = 0; i < 512; i++) {
		fds[i] = dial();
		say(fds[i], POST("/park", "x", 1));
	}
	for (int i = 0; i < 512; i++) {
		HEARD(hear(fds[i]), "late");
		close(fds[i]);
	}
}
END_TEST

static double cpu_seconds(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

START_TEST(idle_connections_use_no_cpu)
{
	int fds[100];
	double before;

	for (int i = 0; i < 100; i++) {
		fds[i] = dial();
		HEARD(ask(fds[i], i % 2 ? POST("/park", "x", 1) : POST("/echo", "x", 1)), "200 OK");
	}
	before = cpu_seconds();
	pause_ms(300);
	ck_assert_double_lt(cpu_seconds() - before, 0.01);
	for (int i = 0; i < 100; i++)
		close(fds[i]);
}
END_TEST

/* ---- Ending ---- */

START_TEST(quiescing_refuses_new_connections_and_closes_answered_ones)
{
	int fd = dial();

	HEARD(ask(fd, POST("/echo", "hello", 5)), "hello");
	ck_assert(!http_quiesced());
	http_quiesce(http);
	ck_assert(http_quiesced());
	ck_assert_int_lt(dial(), 0);
	struct heard heard = ask(fd, POST("/echo", "bye", 3));
	HEARD(heard, "Connection: close");
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

START_TEST(draining_waits_for_what_is_open)
{
	int fd = dial();

	say(fd, POST("/hold", "x", 1));
	AWAIT(atomic_load(&parked));
	http_quiesce(http);
	http_drain(http, 2000);
	ck_assert(!http_drained(http, 50));
	on_loop(exchange_loop(atomic_load(&parked)), answer_parked);
	HEARD(hear(fd), "from afar");
	ck_assert(http_drained(http, 2000));
	close(fd);
}
END_TEST

/* Half a body, a refused one too, and an answer nobody takes. */
static const char *const dawdling[] = {
	"POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf",
	"POST /echo HTTP/1.1\r\nHost: here\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nha",
	"POST /refuse HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf",
	GET("/much"),
};

START_TEST(draining_does_not_wait_for_who_dawdles)
{
	int fd = dial();

	say(fd, dawdling[_i]);
	AWAIT(atomic_load(&headers_calls) == 1);
	http_quiesce(http);
	http_drain(http, 4000);
	ck_assert(http_drained(http, 4000));
	ck_assert_int_eq(atomic_load(&finished), 1);
	close(fd);
}
END_TEST

static atomic_bool draining;

static void *drain(UNUSED void *context)
{
	http_drain(http, 20000);
	atomic_store(&draining, true);
	return (void *)(intptr_t)http_drained(http, 20000);
}

START_TEST(draining_waits_for_who_goes_on)
{
	int fd = dial();
	pthread_t thread;
	void *drained;

	say(fd, "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 8\r\n\r\nhalf");
	AWAIT(atomic_load(&headers_calls) == 1);
	http_quiesce(http);
	atomic_store(&draining, false);
	pthread_create(&thread, NULL, drain, NULL);
	AWAIT(atomic_load(&draining));
	say(fd, "rest");
	HEARD(hear(fd), "halfrest");
	pthread_join(thread, &drained);
	ck_assert(drained);
	close(fd);
}
END_TEST

START_TEST(stopping_ends_what_is_open)
{
	int fds[3];

	for (int i = 0; i < 3; i++)
		fds[i] = dial();
	say(fds[0], POST("/hold", "x", 1));
	say(fds[1], GET("/stream"));
	say(fds[2], "POST /echo HTTP/1.1\r\nHost: here\r\nContent-Length: 10\r\n\r\nhalf");
	AWAIT(atomic_load(&headers_calls) == 3 && atomic_load(&parked) && atomic_load(&opened));
	stop();
	ck_assert_int_eq(atomic_load(&finished), 3);
	ck_assert_int_eq(atomic_load(&gone), 2);
	for (int i = 0; i < 3; i++) {
		ck_assert(is_closed(fds[i]));
		close(fds[i]);
	}
	start();
}
END_TEST

static atomic_int contexts;

static void *open_context(void *context, struct loop *loop)
{
	atomic_fetch_add(&contexts, 1);
	return loop_current() == loop ? context : NULL;
}

static void close_context(UNUSED void *context)
{
	atomic_fetch_sub(&contexts, 1);
}

static void check_context(struct loop *loop)
{
	ck_assert_ptr_eq(loop_context(loop), &contexts);
}

START_TEST(each_loop_has_its_own_context)
{
	struct http_settings settings = usual_settings();

	stop();
	settings.open = open_context;
	settings.close = close_context;
	settings.context = &contexts;
	start_with(&settings);
	ck_assert_int_eq(http_loops(http), 2);
	ck_assert_int_eq(atomic_load(&contexts), 2);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(loop_index(http_loop(http, i)), i);
		on_loop(http_loop(http, i), check_context);
	}
	stop();
	ck_assert_int_eq(atomic_load(&contexts), 0);
	start();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_loop");
	TCase *tests = tcase_create("loops");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_parked_request_is_answered_by_a_message);
	tcase_add_test(tests, another_thread_has_a_parked_request_answered);
	tcase_add_loop_test(tests, a_client_that_leaves_its_parked_request_is_noticed, 0, 4);
	tcase_add_loop_test(tests, a_client_that_left_before_the_parking_is_noticed, 0, 20);
	tcase_add_loop_test(tests, a_client_that_half_closes_is_answered_and_let_go, 0, 10);
	tcase_add_loop_test(tests, a_client_that_leaves_amid_its_headers_is_let_go, 0, 10);
	tcase_add_test(tests, messages_arrive_once_and_in_order);
	tcase_add_test(tests, timers_fire_once_in_the_order_of_time);
	tcase_add_loop_test(tests, bursts_of_connections_are_all_answered, 0, 10);
	tcase_add_test(tests, a_burst_that_parks_is_all_answered);
	tcase_add_test(tests, idle_connections_use_no_cpu);
	tcase_add_test(tests, quiescing_refuses_new_connections_and_closes_answered_ones);
	tcase_add_test(tests, draining_waits_for_what_is_open);
	tcase_add_loop_test(tests, draining_does_not_wait_for_who_dawdles, 0,
	                    sizeof(dawdling) / sizeof(dawdling[0]));
	tcase_add_test(tests, draining_waits_for_who_goes_on);
	tcase_add_test(tests, stopping_ends_what_is_open);
	tcase_add_test(tests, each_loop_has_its_own_context);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
