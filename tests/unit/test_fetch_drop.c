/* test_fetch_drop.c - the outbound thread: letting go of a request at any moment, and at the stop of the process. */
#include "fetch_fixture.h"

static const char *const moments[] = { "/now", "/silent", "/half", "/cut", "/after/20", "/bytes/300000", "/heads" };

/* Its owner is gone as soon as it dropped it: an event that came afterwards would write into what is not there. */
START_TEST(it_is_dropped_at_any_moment)
{
	for (int us = 0; us < 6000; us += us < 400 ? 20 : 311) {
		struct heard *heard = calloc(1, sizeof(*heard));
		struct fetch_request request = request_of(moments[_i]);

		heard->pauses = us % 3;
		heard->fetch = fetch_start(&request, us % 2 ? &whole : &in_pieces, heard);
		usleep((useconds_t)us);
		fetch_drop(heard->fetch);
		int ends = heard->ends;
		memset(heard, 0xaa, sizeof(*heard));
		free(heard);
		ck_assert_int_le(ends, 1);
	}
}
END_TEST

START_TEST(it_may_be_dropped_in_its_own_end)
{
	struct heard heard = { .drops = true };

	begin(&heard, "/now");
	await(&heard.ends, 1);
	begin(&heard, "/cut");
	await(&heard.ends, 2);
}
END_TEST

static atomic_int told, let_go, left;

static void tell_and_stay(UNUSED void *owner, UNUSED struct fetch *fetch, UNUSED const struct fetch_answer *answer)
{
	int mine = atomic_fetch_add(&told, 1) + 1;

	while (atomic_load(&let_go) < mine)
		sched_yield();
	atomic_store(&left, mine);
}

/* One that waited for the end of the event would be there for ever. */
START_TEST(who_was_told_of_its_end_waits_for_nothing)
{
	static const struct fetch_events events = { .done = tell_and_stay };
	struct fetch_request request = request_of("/now");

	for (int i = 1; i <= 100; i++) {
		struct fetch *fetch = fetch_start(&request, &events, NULL);
		while (atomic_load(&told) < i)
			sched_yield();
		/* Whether it comes before the end of the event or after. */
		atomic_store(&let_go, i - 1 + i % 2);
		fetch_drop_told(fetch);
		atomic_store(&let_go, i);
		fetch_settle();
		ck_assert_int_eq(atomic_load(&left), i);
	}
	ck_assert_int_eq(get("/now").status, 200);
}
END_TEST

/* The system calls of this thread that write; sockets are none of them. */
static int64_t writes(void)
{
	long long count = -1;
	char line[100];
	FILE *file = fopen("/proc/thread-self/io", "r");

	while (file && fgets(line, sizeof(line), file))
		(void)!sscanf(line, "syscw: %lld", &count);
	if (file)
		fclose(file);
	return count;
}

static void order_more(void *owner, UNUSED struct fetch *fetch, UNUSED const struct fetch_answer *answer)
{
	struct heard *more = owner;
	struct fetch_request request = request_of("/now");
	int64_t before = writes();

	more->fetch = fetch_start(&request, &whole, more);
	atomic_store(&left, writes() - before ? 2 : 1);
}

START_TEST(a_thread_that_is_awake_is_not_woken)
{
	static const struct fetch_events events = { .done = order_more };
	struct heard more = { 0 };
	struct fetch_request request = request_of("/now");

	atomic_store(&left, 0);
	struct fetch *fetch = fetch_start(&request, &events, &more);
	await(&more.ends, 1);
	ck_assert_int_eq(atomic_load(&left), 1);
	fetch_drop(fetch);
	fetch_drop(more.fetch);
}
END_TEST

START_TEST(what_is_withdrawn_before_it_went_out_does_not)
{
	struct heard paused = { 0 }, out = { 0 };
	struct fetch_request request = request_of("/now");

	request.pause_ms = 60000;
	paused.fetch = fetch_start(&request, &whole, &paused);
	fetch_withdraw(paused.fetch);
	await(&paused.ends, 1);
	ck_assert(paused.answer->withdrawn && !paused.answer->sent);
	fetch_drop(paused.fetch);
	begin(&out, "/silent");
	await_request(1);
	fetch_withdraw(out.fetch);
	ck_assert_int_eq(get("/now").status, 200);      /* the thread has looked at it by then */
	ck_assert_int_eq(out.ends, 0);
	fetch_drop(out.fetch);
}
END_TEST

static void *start_and_drop(void *seed)
{
	struct arena *own = arena_create();
	unsigned dice = *(unsigned *)seed;

	for (int i = 0; i < 200; i++) {
		struct heard *heard = calloc(1, sizeof(*heard));
		const char *path = moments[(unsigned)rand_r(&dice) % (unsigned)COUNT(moments)];
		heard->fetch = fetch_start(&(struct fetch_request) {
			.method = "POST", .url = arena_print(own, "http://127.0.0.1:%d%s", server->port, path),
			.body = STR("a body"), .connect_ms = 1000, .total_ms = 1000, .silence_ms = 2,
			.pause_ms = (int64_t)(rand_r(&dice) % 3), .party = (uint64_t)(rand_r(&dice) % 3), .answer_max = 100000,
			.once = rand_r(&dice) % 2,
		}, rand_r(&dice) % 2 ? &whole : &in_pieces, heard);
		if (rand_r(&dice) % 4 == 0)
			await(&heard->ends, 1);
		else
			usleep((useconds_t)(rand_r(&dice) % 2000));
		if (rand_r(&dice) % 2)
			fetch_resume(heard->fetch);
		if (rand_r(&dice) % 4 == 0)
			fetch_withdraw(heard->fetch);
		fetch_drop(heard->fetch);
		memset(heard, 0xaa, sizeof(*heard));
		free(heard);
	}
	arena_destroy(own);
	return NULL;
}

START_TEST(many_threads_start_and_drop)
{
	pthread_t threads[8];
	unsigned seeds[8];

	for (unsigned i = 0; i < 8; i++) {
		seeds[i] = i + 1;
		ck_assert_int_eq(pthread_create(&threads[i], NULL, start_and_drop, &seeds[i]), 0);
	}
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
}
END_TEST

START_TEST(whatever_is_not_over_is_told_that_the_process_stops)
{
	struct heard heard[3] = { 0 };
	struct fetch_request request = request_of("/now");

	begin(&heard[0], "/silent");
	begin(&heard[1], "/half");
	request.pause_ms = 60000;
	heard[2].fetch = fetch_start(&request, &whole, &heard[2]);
	await_request(2);
	fetch_stop();
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(heard[i].ends, 1);
		ck_assert_ptr_nonnull(strstr(heard[i].answer->why, "stops"));
		ck_assert(heard[i].answer->sent == (i < 2));
		fetch_drop(heard[i].fetch);
	}
	ck_assert_int_eq(get("/now").status, 200);
}
END_TEST

static atomic_bool given_up;

static void *wait_long(void *took)
{
	struct fetch_request request = request_of("/silent");
	struct fetch_answer answer;
	int64_t began = tick_ms();

	request.give_up = &given_up;
	fetch(arena, &request, &answer);
	*(int64_t *)took = answer.status == 0 ? tick_ms() - began : INT64_MAX;
	return NULL;
}

START_TEST(who_waits_gives_up_at_once)
{
	pthread_t thread;
	int64_t took = 0;

	atomic_store(&given_up, false);
	pthread_create(&thread, NULL, wait_long, &took);
	await_request(1);
	fetch_give_up(&given_up);
	pthread_join(thread, NULL);
	ck_assert_int_lt(took, 10000);
}
END_TEST

static TCase *drop_tests(void)
{
	TCase *tests = tcase_create("letting go of requests");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, it_is_dropped_at_any_moment, 0, COUNT(moments));
	tcase_add_test(tests, it_may_be_dropped_in_its_own_end);
	tcase_add_test(tests, who_was_told_of_its_end_waits_for_nothing);
	tcase_add_test(tests, a_thread_that_is_awake_is_not_woken);
	tcase_add_test(tests, what_is_withdrawn_before_it_went_out_does_not);
	tcase_add_test(tests, many_threads_start_and_drop);
	tcase_add_test(tests, whatever_is_not_over_is_told_that_the_process_stops);
	tcase_add_test(tests, who_waits_gives_up_at_once);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("letting go of requests");

	suite_add_tcase(suite, drop_tests());
	return run_suite(suite);
}
