/* test_http_stream.c - event streams: framing, hang-ups, backlogs, keep-alive, their price. */
#include <sys/resource.h>

#include "http_fixture.h"

static const char *to_send;
static size_t to_send_size;
static atomic_bool was_sent;

static void send_event(UNUSED struct loop *loop)
{
	struct stream *s = atomic_load(&opened);

	atomic_store(&was_sent, s && stream_send(s, (str) { to_send, to_send_size }));
}

static bool send_to_opened(const char *event, size_t size)
{
	to_send = event;
	to_send_size = size;
	on_loop(stream_loop(atomic_load(&opened)), send_event);
	return atomic_load(&was_sent);
}

static void end_opened_on_loop(UNUSED struct loop *loop)
{
	stream_end(atomic_load(&opened));
}

static void end_opened(void)
{
	on_loop(stream_loop(atomic_load(&opened)), end_opened_on_loop);
}

static int open_stream(struct heard *heard)
{
	int fd = dial();

	say(fd, GET("/stream"));
	ck_assert(hear_until(fd, heard, ": ok\n\n"));
	AWAIT(atomic_load(&opened));
	return fd;
}

START_TEST(a_stream_begins_at_once)
{
	struct heard heard = { .size = 0 };
	int fd = open_stream(&heard);

	HEARD(heard, "HTTP/1.1 200 OK\r\n");
	HEARD(heard, "Content-Type: text/event-stream\r\n");
	HEARD(heard, "Cache-Control: no-cache\r\n");
	HEARD(heard, "X-Accel-Buffering: no\r\n");
	HEARD(heard, "X-Extra: yes\r\n");
	HEARD(heard, "Transfer-Encoding: chunked\r\n");
	ck_assert_int_eq(atomic_load(&http_counters.streams), 1);
	close(fd);
}
END_TEST

START_TEST(events_are_chunks_and_the_end_is_one)
{
	struct heard heard = { .size = 0 };
	int fd = open_stream(&heard);

	ck_assert(send_to_opened("data: one\n\n", 11));
	ck_assert(hear_until(fd, &heard, "b\r\ndata: one\n\n\r\n"));
	ck_assert(send_to_opened("data: two\n\n", 11));
	ck_assert_int_eq(atomic_load(&finished), 0);
	end_opened();
	ck_assert(hear_until(fd, &heard, "b\r\ndata: two\n\n\r\n0\r\n\r\n"));
	ck_assert(is_closed(fd));
	close(fd);
	AWAIT(atomic_load(&finished) == 1);
	ck_assert_int_eq(atomic_load(&gone), 0);
}
END_TEST

START_TEST(http_1_0_streams_end_by_closing)
{
	struct heard heard = { .size = 0 };
	int fd = dial();

	say(fd, "GET /stream HTTP/1.0\r\n\r\n");
	ck_assert(hear_until(fd, &heard, "\r\n\r\n: ok\n\n"));
	NOT_HEARD(heard, "chunked");
	AWAIT(atomic_load(&opened));
	send_to_opened("data: one\n\n", 11);
	end_opened();
	ck_assert(!hear_until(fd, &heard, "\1"));
	ck_assert(heard.ended);
	HEARD(heard, ": ok\n\ndata: one\n\n");
	NOT_HEARD(heard, "0\r\n");
	close(fd);
}
END_TEST

START_TEST(a_stream_that_ends_at_once_keeps_the_connection)
{
	int fd = dial();

	for (int i = 0; i < 3; i++) {
		struct heard heard = ask(fd, POST("/brief", "x", 1));
		HEARD(heard, "Content-Type: text/event-stream\r\n");
		HEARD(heard, "Content-Length: 22\r\n");
		HEARD(heard, "\r\n\r\ndata: one\n\ndata: two\n\n");
	}
	close(fd);
	AWAIT(atomic_load(&finished) == 3);
}
END_TEST

START_TEST(what_a_stream_left_counts_until_it_is_taken)
{
	struct http_settings settings = usual_settings();

	stop();
	stream_budget.max = 2 * sizeof(much);
	start_with(&settings);
	for (int i = 0; i < 2; i++) {
		struct heard heard = { .size = 0 };
		int fd = dial();

		say(fd, GET("/brief-much"));
		ck_assert(hear_until(fd, &heard, "HTTP/1.1 200 OK\r\n"));
		ck_assert_uint_ge(atomic_load(&stream_budget.used), sizeof(much));
		close(fd);
		AWAIT(atomic_load(&stream_budget.used) == 0);
	}
	AWAIT(atomic_load(&finished) == 2);
}
END_TEST

static void open_for_parked(UNUSED struct loop *loop)
{
	struct stream *s = stream_open(atomic_load(&parked), is_gone, NULL);

	ck_assert(stream_send(s, STR("data: parked\n\n")));
	atomic_store(&opened, s);
}

static void open_and_end_for_parked(struct loop *loop)
{
	open_for_parked(loop);
	stream_end(atomic_load(&opened));
}

START_TEST(a_parked_request_can_become_a_stream)
{
	struct heard heard = { .size = 0 };
	int fd = dial();

	say(fd, POST("/hold", "x", 1));
	AWAIT(atomic_load(&parked));
	on_loop(exchange_loop(atomic_load(&parked)), open_and_end_for_parked);
	HEARD(hear(fd), "Content-Length: 14\r\n");
	atomic_store(&parked, NULL);
	say(fd, POST("/hold", "x", 1));
	AWAIT(atomic_load(&parked));
	on_loop(exchange_loop(atomic_load(&parked)), open_for_parked);
	ck_assert(hear_until(fd, &heard, "data: parked\n\n"));
	HEARD(heard, ": ok\n\n");
	end_opened();
	ck_assert(hear_until(fd, &heard, "0\r\n\r\n"));
	ck_assert(is_closed(fd));
	close(fd);
	AWAIT(atomic_load(&finished) == 2);
	ck_assert_int_eq(atomic_load(&gone), 0);
}
END_TEST

START_TEST(a_client_that_leaves_an_idle_stream_is_noticed)
{
	struct heard heard = { .size = 0 };
	int fd = open_stream(&heard);

	if (_i == 0) {
		close(fd);
	} else {
		shutdown(fd, SHUT_WR);
		ck_assert(is_closed(fd));
		close(fd);
	}
	AWAIT(atomic_load(&gone) == 1);
	ck_assert_int_eq(atomic_load(&finished), 1);
	AWAIT(atomic_load(&http_counters.streams) == 0);
	AWAIT(atomic_load(&http_counters.connections) == 0);
}
END_TEST

START_TEST(what_a_client_says_on_a_stream_does_not_hide_its_leaving)
{
	struct heard heard = { .size = 0 };
	int fd = open_stream(&heard);

	for (int i = 0; i < 20; i++)
		say(fd, POST("/echo", "hello", 5));
	ck_assert(send_to_opened("data: one\n\n", 11));
	ck_assert(hear_until(fd, &heard, "data: one"));
	NOT_HEARD(heard, "hello");
	close(fd);
	AWAIT(atomic_load(&gone) == 1);
}
END_TEST

/* ---- Backlogs ---- */

static char large[8000];

/* Sends to a client that does not read until it is refused. */
static int fill(void)
{
	int count = 0;

	memset(large, 'x', sizeof(large));
	memcpy(large, "data: ", 6);
	memcpy(large + sizeof(large) - 2, "\n\n", 2);
	while (count < 20000 && send_to_opened(large, sizeof(large)))
		count++;
	return count;
}

START_TEST(a_stream_over_its_backlog_is_ended)
{
	long long before = atomic_load(&http_counters.overflowed_streams);
	struct heard heard = { .size = 0 };
	int fd = open_stream(&heard);

	ck_assert_int_gt(fill(), 1);
	AWAIT(atomic_load(&gone) == 1);
	AWAIT(atomic_load(&http_counters.streams) == 0);
	ck_assert_int_eq(atomic_load(&http_counters.overflowed_streams), before + 1);
	ck_assert_int_eq(atomic_load(&finished), 1);
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

/* Its owner let go before the loop came to it: nobody is there to be told. */
static void overflow_and_end(UNUSED struct loop *loop)
{
	struct stream *s = atomic_load(&opened);

	while (stream_send(s, (str) { large, sizeof(large) }))
		;
	stream_end(s);
}

START_TEST(one_that_overflowed_and_was_ended_is_not_told)
{
	struct heard heard = { .size = 0 };
	int fd = open_stream(&heard);

	on_loop(stream_loop(atomic_load(&opened)), overflow_and_end);
	AWAIT(atomic_load(&http_counters.streams) == 0);
	ck_assert_int_eq(atomic_load(&finished), 1);
	ck_assert_int_eq(atomic_load(&gone), 0);
	ck_assert(is_closed(fd));
	close(fd);
}
END_TEST

START_TEST(all_backlogs_together_have_a_limit)
{
	struct http_settings settings = usual_settings();
	struct heard heard = { .size = 0 };
	int fd;

	stop();
	stream_budget.max = 5000;
	start_with(&settings);
	fd = open_stream(&heard);
	memset(large, 'x', sizeof(large));
	ck_assert(send_to_opened(large, 4000));
	ck_assert(!send_to_opened(large, 6000));
	AWAIT(atomic_load(&gone) == 1);
	close(fd);
}
END_TEST

/* A client that pauses gets everything afterwards, and the end. */
START_TEST(what_a_slow_reader_left_is_kept_and_sent)
{
	struct http_settings settings = usual_settings();
	struct heard heard = { .size = 0 };
	size_t expected = 0, got = 0;
	char buffer[65536];
	ssize_t size;
	int fd;

	stop();
	settings.backlog_max = stream_budget.max = 32 * 1024 * 1024;
	start_with(&settings);
	fd = open_stream(&heard);
	memset(large, 'x', sizeof(large));
	for (int i = 0; i < 1500; i++, expected += 6 + sizeof(large) + 2)
		ck_assert(send_to_opened(large, sizeof(large)));
	end_opened();
	expected += 5 - (heard.size - (size_t)(strstr(heard.text, ": ok\n\n") + 6 - heard.text));
	expected += 2;                          /* behind the first comment */
	while ((size = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		got += (size_t)size;
	ck_assert_int_eq(size, 0);
	ck_assert_uint_eq(got, expected);
	close(fd);
	AWAIT(atomic_load(&finished) == 1);
	ck_assert_int_eq(atomic_load(&gone), 0);
}
END_TEST

START_TEST(silent_streams_send_comments)
{
	struct http_settings settings = usual_settings();
	struct heard heard = { .size = 0 };
	int fd;

	stop();
	settings.keep_alive_ms = 30;
	start_with(&settings);
	fd = open_stream(&heard);
	ck_assert(hear_until(fd, &heard, ": ok\n\n\r\n4\r\n: \n\n\r\n4\r\n: \n\n\r\n"));
	close(fd);
}
END_TEST

/* ---- Their price ---- */

static long private_kib(void)
{
	FILE *file = fopen("/proc/self/smaps_rollup", "r");
	char line[200];
	long sum = 0, kib;

	ck_assert_ptr_nonnull(file);
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "Private_Clean: %ld", &kib) == 1 ||
		    sscanf(line, "Private_Dirty: %ld", &kib) == 1)
			sum += kib;
	fclose(file);
	return sum;
}

#define STREAMS 500

START_TEST(idle_streams_cost_little_memory_and_no_cpu)
{
	static int fds[STREAMS];
	struct rusage before, after;
	long kib = private_kib();

	for (int i = 0; i < STREAMS; i++) {
		fds[i] = dial();
		say(fds[i], GET("/stream"));
	}
	AWAIT(atomic_load(&http_counters.streams) == STREAMS);
	kib = private_kib() - kib;
	getrusage(RUSAGE_SELF, &before);
	pause_ms(300);
	getrusage(RUSAGE_SELF, &after);
	ck_assert_int_lt((after.ru_utime.tv_sec - before.ru_utime.tv_sec) * 1000000 +
	                 after.ru_utime.tv_usec - before.ru_utime.tv_usec, 10000);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	ck_assert_msg(kib * 1024 / STREAMS < 5000, "%ld bytes a stream", kib * 1024 / STREAMS);
#endif
	for (int i = 0; i < STREAMS; i++)
		close(fds[i]);
	AWAIT(atomic_load(&gone) == STREAMS);
}
END_TEST

START_TEST(streams_count_as_connections)
{
	struct http_settings settings = usual_settings();
	int fds[10];

	stop();
	settings.loops = 1;
	settings.connections_max = 8;
	start_with(&settings);
	for (int i = 0; i < 8; i++) {
		fds[i] = dial();
		say(fds[i], GET("/stream"));
	}
	AWAIT(atomic_load(&http_counters.streams) == 8);
	fds[8] = dial();
	HEARD(ask(fds[8], POST("/echo", "hello", 5)), " 503 ");
	ck_assert(is_closed(fds[8]));
	close(fds[8]);
	close(fds[0]);
	AWAIT(atomic_load(&http_counters.connections) == 7);
	fds[0] = dial();
	HEARD(ask(fds[0], POST("/echo", "hello", 5)), "hello");
	for (int i = 0; i < 8; i++)
		close(fds[i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_stream");
	TCase *tests = tcase_create("streams");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_stream_begins_at_once);
	tcase_add_test(tests, events_are_chunks_and_the_end_is_one);
	tcase_add_test(tests, http_1_0_streams_end_by_closing);
	tcase_add_test(tests, a_stream_that_ends_at_once_keeps_the_connection);
	tcase_add_test(tests, what_a_stream_left_counts_until_it_is_taken);
	tcase_add_test(tests, a_parked_request_can_become_a_stream);
	tcase_add_loop_test(tests, a_client_that_leaves_an_idle_stream_is_noticed, 0, 2);
	tcase_add_test(tests, what_a_client_says_on_a_stream_does_not_hide_its_leaving);
	tcase_add_test(tests, a_stream_over_its_backlog_is_ended);
	tcase_add_test(tests, one_that_overflowed_and_was_ended_is_not_told);
	tcase_add_test(tests, all_backlogs_together_have_a_limit);
	tcase_add_test(tests, what_a_slow_reader_left_is_kept_and_sent);
	tcase_add_test(tests, silent_streams_send_comments);
	tcase_add_test(tests, idle_streams_cost_little_memory_and_no_cpu);
	tcase_add_test(tests, streams_count_as_connections);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
