/* test_http_turn.c - a loop's turn, as others take part in it: what is put off to its end, what is watched. */
#include <sys/epoll.h>
#include <sys/socket.h>

#include "http_fixture.h"

/* ---- The end of a turn ---- */

static struct message at_end[3];
static char order_of[8];
static atomic_size_t ordered;

static void note_end(struct message *message, struct loop *loop)
{
	order_of[atomic_fetch_add(&ordered, 1)] = (char)('a' + (message - at_end));
	if (message == &at_end[0])
		loop_finally(loop, &at_end[2]);
}

static void note_message(UNUSED struct message *message, UNUSED struct loop *loop)
{
	order_of[atomic_fetch_add(&ordered, 1)] = 'm';
}

static void put_off(struct loop *loop)
{
	static struct message posted = { .run = note_message };

	for (int i = 0; i < 3; i++)
		at_end[i].run = note_end;
	loop_finally(loop, &at_end[0]);
	loop_post(loop, &posted);
	loop_finally(loop, &at_end[1]);
	order_of[atomic_fetch_add(&ordered, 1)] = '-';
}

START_TEST(what_is_put_off_runs_in_order_at_the_end_of_the_turn)
{
	on_loop(http_loop(http, 0), put_off);
	AWAIT(atomic_load(&ordered) == 5);
	ck_assert_str_eq(order_of, "-abcm");
}
END_TEST

/* ---- Descriptors of others ---- */

static int pair[2];
static atomic_uint told;
static atomic_int tellings;

static void was_told(UNUSED struct watch *watch, uint32_t events)
{
	char taken[8];

	atomic_fetch_or(&told, events);
	if (events & EPOLLIN && read(pair[0], taken, sizeof(taken)) > 0)
		atomic_fetch_add(&tellings, 1);
}

static struct watch watching = { .ready = was_told };

static void watch_reading(struct loop *loop)
{
	loop_watch(loop, &watching, pair[0], EPOLLIN);
}

static void watch_writing(struct loop *loop)
{
	loop_watch_for(loop, &watching, pair[0], EPOLLIN | EPOLLOUT);
}

static void watch_no_more(struct loop *loop)
{
	loop_unwatch(loop, pair[0]);
	loop_unwatch(loop, pair[0]);
}

START_TEST(a_loop_watches_what_it_is_given)
{
	struct loop *loop = http_loop(http, 0);

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	on_loop(loop, watch_reading);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	AWAIT(atomic_load(&tellings) == 1);
	ck_assert_uint_eq(atomic_load(&told), EPOLLIN);
	on_loop(loop, watch_writing);
	AWAIT(atomic_load(&told) & EPOLLOUT);
	on_loop(loop, watch_no_more);
	ck_assert_int_eq(write(pair[1], "x", 1), 1);
	pause_ms(30);
	ck_assert_int_eq(atomic_load(&tellings), 1);
	close(pair[0]);
	close(pair[1]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("http_turn");
	TCase *tests = tcase_create("turns");

	tcase_add_checked_fixture(tests, start, stop);
	tcase_add_test(tests, what_is_put_off_runs_in_order_at_the_end_of_the_turn);
	tcase_add_test(tests, a_loop_watches_what_it_is_given);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
