/* test_fetch.c - the outbound thread: many requests at once, what each is told, their bounds, and whose turn it is. */
#include <sys/resource.h>

#include "fetch_fixture.h"

#define MANY 500

START_TEST(many_are_in_flight_on_one_thread)
{
	static struct heard heard[MANY];

	memset(heard, 0, sizeof(heard));
	for (int i = 0; i < MANY; i++)
		begin(&heard[i], "/together/500");
	for (int i = 0; i < MANY; i++) {
		await(&heard[i].ends, 1);
		ck_assert_msg(heard[i].answer->status == 200, "%s", heard[i].answer->why);
		ck_assert(str_is(heard[i].answer->body, "xxx"));
		ck_assert(pthread_equal(heard[i].thread, heard[0].thread));
		ck_assert(!pthread_equal(heard[i].thread, pthread_self()));
		fetch_drop(heard[i].fetch);
	}
	ck_assert_int_eq(atomic_load(&server->requests), MANY);
}
END_TEST

START_TEST(connections_are_used_again)
{
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(get("/now").status, 200);
	ck_assert_int_eq(atomic_load(&server->connections), 1);
}
END_TEST

START_TEST(each_is_told_of_its_head_and_of_its_end)
{
	struct heard heard = { 0 };
	struct fetch_request request = request_of("/bytes/300000");

	heard.fetch = fetch_start(&request, &in_pieces, &heard);
	await(&heard.ends, 1);
	ck_assert_int_eq(heard.heads, 1);
	ck_assert_int_eq(heard.status, 200);
	ck_assert(heard.first);
	ck_assert_int_gt(heard.pieces, 1);
	ck_assert_uint_eq(heard.bytes, 300000);
	ck_assert_int_eq(heard.answer->status, 200);
	ck_assert_uint_eq(heard.answer->body.size, 0);
	fetch_drop(heard.fetch);
}
END_TEST

START_TEST(who_takes_no_more_is_sent_no_more_until_it_does)
{
	struct heard heard = { .pauses = 3 };
	struct fetch_request request = request_of("/bytes/300000");

	request.silence_ms = 20000;
	heard.fetch = fetch_start(&request, &in_pieces, &heard);
	for (int i = 1; i <= 3; i++) {
		await(&heard.pieces, i);
		ck_assert_uint_eq(heard.bytes, 0);
		ck_assert_int_eq(heard.ends, 0);
		fetch_resume(heard.fetch);
	}
	await(&heard.ends, 1);
	ck_assert_uint_eq(heard.bytes, 300000);
	fetch_resume(heard.fetch);
	fetch_drop(heard.fetch);
}
END_TEST

START_TEST(who_wants_no_more_ends_it)
{
	struct heard heard = { .stops = true };
	struct fetch_request request = request_of("/bytes/300000");

	heard.fetch = fetch_start(&request, &in_pieces, &heard);
	await(&heard.ends, 1);
	ck_assert_int_eq(heard.pieces, 1);
	ck_assert_int_eq(heard.answer->status, 0);
	fetch_drop(heard.fetch);
}
END_TEST

START_TEST(who_wants_no_more_after_a_pause_ends_it)
{
	struct heard heard = { .pauses = 1 };
	struct fetch_request request = request_of("/bytes/3000000");

	request.answer_max = 1 << 22;
	heard.fetch = fetch_start(&request, &in_pieces, &heard);
	await(&heard.pieces, 1);
	heard.stops = true;
	fetch_resume(heard.fetch);
	await(&heard.ends, 1);
	ck_assert_int_eq(heard.pieces, 2);
	ck_assert_int_eq(heard.answer->status, 0);
	fetch_drop(heard.fetch);
}
END_TEST

static const struct { const char *path; int status; } odd[] = { { "/disguised", 200 }, { "/switched", 101 }, { "/named", 200 } };

/* Whatever a server writes there: who takes pieces has been told of what. */
START_TEST(a_head_comes_before_all_pieces)
{
	struct heard heard = { 0 };
	struct fetch_request request = request_of(odd[_i].path);

	heard.fetch = fetch_start(&request, &in_pieces, &heard);
	await(&heard.ends, 1);
	ck_assert_int_eq(heard.heads, 1);
	ck_assert(heard.first);
	ck_assert_int_eq(heard.status, odd[_i].status);
	ck_assert_int_eq(heard.answer->status, odd[_i].status);
	ck_assert(str_is(fetch_header(heard.answer, "X-One"), "1"));
	fetch_drop(heard.fetch);
}
END_TEST

START_TEST(headers_are_found_by_their_names)
{
	struct fetch_answer answer = get("/named");

	ck_assert(str_is(fetch_header(&answer, "x-one"), "1"));
	ck_assert(str_is(fetch_header(&answer, "X-EMPTY"), ""));
	ck_assert(str_is(fetch_header(&answer, "date"), "Sat, 28 Nov 2026 12:00:00 GMT"));
	ck_assert_ptr_null(fetch_header(&answer, "X-On").at);
	ck_assert_ptr_null(fetch_header(&answer, "X-One: 1").at);
	ck_assert_ptr_null(fetch_header(&answer, "HTTP/1.1 200 OK").at);
}
END_TEST

static const struct { const char *path, *why; int64_t silence_ms, total_ms; size_t most; } bad[] = {
	{ "/silent", "in time (nothing more", 50, 20000, 1000 },
	{ "/half", "in time (nothing more", 50, 20000, 1000 },
	{ "/silent", "there was no answer in time", 0, 50, 1000 },
	{ "/cut", "closed before the end", 0, 20000, 1000 },
	{ "/bytes/1001", "longer than 1000 bytes", 0, 20000, 1000 },
	{ "/bytes/100000000", "longer than 200000 bytes", 0, 20000, 200000 },
	{ "/heads", "longer than 64 KiB", 0, 20000, 1000 },
};

START_TEST(what_is_no_answer_says_why)
{
	struct fetch_request request = request_of(bad[_i].path);
	struct fetch_answer answer;

	request.silence_ms = bad[_i].silence_ms;
	request.total_ms = bad[_i].total_ms;
	request.answer_max = bad[_i].most;
	fetch(arena, &request, &answer);
	ck_assert_int_eq(answer.status, 0);
	ck_assert(answer.sent);
	ck_assert_msg(strstr(answer.why, bad[_i].why), "\"%s\" does not say \"%s\"", answer.why, bad[_i].why);
}
END_TEST

START_TEST(what_is_kept_of_answers_is_bounded)
{
	struct budget little = { .max = 100000 };
	struct fetch_request request = request_of("/bytes/200000");
	struct fetch_answer answer;

	request.budget = &little;
	fetch(arena, &request, &answer);
	ck_assert_int_eq(answer.status, 0);
	ck_assert_ptr_nonnull(strstr(answer.why, "no memory"));
	ck_assert_uint_eq(atomic_load(&little.used), 0);
	little.max = 1 << 20;
	fetch(arena, &request, &answer);
	ck_assert_uint_eq(answer.body.size, 200000);
	ck_assert_uint_eq(atomic_load(&little.used), 0);
}
END_TEST

static void wait_for_lock(UNUSED void *owner, UNUSED struct fetch *fetch, UNUSED const struct fetch_answer *answer)
{
	pthread_mutex_lock(&lock);
	pthread_mutex_unlock(&lock);
}

/* All of them are there before the thread looks at the first: an event keeps it. */
START_TEST(one_request_too_many_is_refused_and_no_other)
{
	struct budget little = { .max = 1 << 20 };
	struct heard heard[5] = { 0 };
	struct fetch_request request = request_of("/now");

	pthread_mutex_lock(&lock);
	struct fetch *keeps = fetch_start(&request, &(struct fetch_events) { .done = wait_for_lock }, NULL);
	request.budget = &little;
	for (int i = 0; i < COUNT(heard); i++) {
		heard[i].fetch = fetch_start(&request, &whole, &heard[i]);
		if (i == 0)
			little.max = (COUNT(heard) - 1) * atomic_load(&little.used);
	}
	little.max = 1 << 20;           /* for the answers */
	pthread_mutex_unlock(&lock);
	for (int i = 0; i < COUNT(heard); i++) {
		await(&heard[i].ends, 1);
		ck_assert_int_eq(heard[i].answer->status, i < COUNT(heard) - 1 ? 200 : 0);
	}
	ck_assert_ptr_nonnull(strstr(heard[COUNT(heard) - 1].answer->why, "no memory"));
	for (int i = 0; i < COUNT(heard); i++)
		fetch_drop(heard[i].fetch);
	fetch_drop(keeps);
	ck_assert_uint_eq(atomic_load(&little.used), 0);
}
END_TEST

START_TEST(a_pause_comes_before_and_counts_in_no_limit)
{
	struct fetch_request request = request_of("/now");
	struct fetch_answer answer;
	int64_t began = tick_ms();

	request.pause_ms = 300;
	request.total_ms = 250;
	fetch(arena, &request, &answer);
	ck_assert_msg(answer.status == 200, "%s", answer.why);
	ck_assert_int_ge(tick_ms() - began, 300);
}
END_TEST

/* So many files may be open, by what the thread sees as it begins. */
static void allow_files(rlim_t files, struct rlimit *before)
{
	getrlimit(RLIMIT_NOFILE, before);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit) { files, before->rlim_max }), 0);
}

START_TEST(who_finds_no_place_waits_for_its_turn_and_not_for_ever)
{
	static struct heard heard[512];
	struct rlimit before;
	struct heard late = { 0 };
	struct fetch_request request = request_of("/now");

	memset(heard, 0, sizeof(heard));
	allow_files(8192, &before);
	for (int i = 0; i < COUNT(heard); i++)
		begin(&heard[i], "/silent");
	await_request(COUNT(heard));
	setrlimit(RLIMIT_NOFILE, &before);
	request.total_ms = 100;
	late.fetch = fetch_start(&request, &whole, &late);
	await(&late.ends, 1);
	ck_assert_ptr_nonnull(strstr(late.answer->why, "waited for its turn"));
	ck_assert(!late.answer->sent);
	fetch_drop(late.fetch);

	/* Another host has its own places, a place that is free is the next one's. */
	struct fetch_server *stuck = server;
	server = fetch_server_start();
	ck_assert_int_eq(get("/now").status, 200);
	fetch_server_stop(server);
	server = stuck;
	struct heard next = { 0 };
	begin(&next, "/now");
	fetch_drop(heard[100].fetch);
	await(&next.ends, 1);
	ck_assert_int_eq(next.answer->status, 200);
	fetch_drop(next.fetch);
	for (int i = 0; i < COUNT(heard); i++)
		if (i != 100)
			fetch_drop(heard[i].fetch);
}
END_TEST

/* However few may be in flight, and however many wait for one that says nothing. */
START_TEST(a_host_that_is_silent_leaves_room_for_others)
{
	static struct heard heard[2048 + 100];
	struct fetch_server *silent = server;
	struct rlimit before;
	int refused = 0;

	allow_files(512, &before);
	memset(heard, 0, sizeof(heard));
	for (int i = 0; i < COUNT(heard); i++)
		begin(&heard[i], "/silent");
	await_request(32);
	setrlimit(RLIMIT_NOFILE, &before);
	await(&heard[COUNT(heard) - 1].ends, 1);
	ck_assert_ptr_nonnull(strstr(heard[COUNT(heard) - 1].answer->why, "too many requests wait"));
	server = fetch_server_start();
	ck_assert_int_eq(get("/now").status, 200);
	fetch_server_stop(server);
	server = silent;
	for (int i = 0; i < COUNT(heard); i++)
		fetch_drop(heard[i].fetch);
	for (int i = 0; i < COUNT(heard); i++)
		refused += heard[i].ends;
	/* Of the 32 that are in flight some may have been in the line, which was full, when others came. */
	ck_assert_int_ge(refused, COUNT(heard) - 2048 - 32);
	ck_assert_int_le(refused, COUNT(heard) - 2048);
}
END_TEST

/* One who has five hundred that wait, and one who has one: that is the second to go. */
START_TEST(callers_take_turns)
{
	static struct heard heard[512 + 400];
	struct heard other = { 0 };
	struct rlimit before;
	struct fetch_request request = request_of("/silent");

	memset(heard, 0, sizeof(heard));
	allow_files(8192, &before);
	request.party = 1;
	for (int i = 0; i < COUNT(heard); i++)
		heard[i].fetch = fetch_start(&request, &whole, &heard[i]);
	await_request(512);
	setrlimit(RLIMIT_NOFILE, &before);
	request.url = url_of("/now");
	request.party = 2;
	other.fetch = fetch_start(&request, &whole, &other);
	while (atomic_load(&fetch_counters.waiting) < 401)
		usleep(1000);
	fetch_drop(heard[0].fetch);
	fetch_drop(heard[1].fetch);
	await(&other.ends, 1);
	ck_assert_int_eq(other.answer->status, 200);
	fetch_drop(other.fetch);
	for (int i = 2; i < COUNT(heard); i++)
		fetch_drop(heard[i].fetch);
}
END_TEST

static TCase *fetch_tests(void)
{
	TCase *tests = tcase_create("fetch");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, many_are_in_flight_on_one_thread);
	tcase_add_test(tests, connections_are_used_again);
	tcase_add_test(tests, each_is_told_of_its_head_and_of_its_end);
	tcase_add_test(tests, who_takes_no_more_is_sent_no_more_until_it_does);
	tcase_add_test(tests, who_wants_no_more_ends_it);
	tcase_add_test(tests, who_wants_no_more_after_a_pause_ends_it);
	tcase_add_loop_test(tests, a_head_comes_before_all_pieces, 0, COUNT(odd));
	tcase_add_test(tests, headers_are_found_by_their_names);
	tcase_add_loop_test(tests, what_is_no_answer_says_why, 0, COUNT(bad));
	tcase_add_test(tests, what_is_kept_of_answers_is_bounded);
	tcase_add_test(tests, one_request_too_many_is_refused_and_no_other);
	tcase_add_test(tests, a_pause_comes_before_and_counts_in_no_limit);
	tcase_add_test(tests, who_finds_no_place_waits_for_its_turn_and_not_for_ever);
	tcase_add_test(tests, a_host_that_is_silent_leaves_room_for_others);
	tcase_add_test(tests, callers_take_turns);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("fetch");

	suite_add_tcase(suite, fetch_tests());
	return run_suite(suite);
}
