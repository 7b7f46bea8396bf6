/* test_auth_share.c - what is kept for people is counted by their names, and forgotten with its last user. */
#include <pthread.h>

#include "auth_fixture.h"
#include "http_fixture.h"
#include "share.h"

static struct budget all_requests = { .max = 100000 }, all_streams = { .max = 300 };

static const struct caller *person(int number)
{
	char name[32];

	snprintf(name, sizeof(name), ":person-%d", number);
	return caller_create(&(struct identity) { .name = str_of(name), .scopes = STR("a") }, NULL);
}

static void prepare(void)
{
	auth_share(&all_requests, &all_streams);
}

START_TEST(people_of_one_name_share_and_the_last_takes_it_along)
{
	size_t before = share_count();
	const struct caller *one = person(1), *same = person(1), *other = person(2);

	ck_assert_uint_eq(share_count(), before + 2);
	ck_assert_ptr_eq(caller_requests(one), caller_requests(same));
	ck_assert_ptr_eq(caller_streams(one), caller_streams(same));
	ck_assert_ptr_ne(caller_requests(one), caller_requests(other));
	ck_assert_uint_eq(caller_requests(one)->max, 50000);
	ck_assert_uint_eq(caller_streams(one)->max, 150);
	caller_drop(one);
	ck_assert_uint_eq(share_count(), before + 2);
	caller_drop(same);
	ck_assert_uint_eq(share_count(), before + 1);
	caller_drop(other);
	ck_assert_uint_eq(share_count(), before);
}
END_TEST

START_TEST(whoever_counts_there_holds_it_beyond_the_caller)
{
	size_t before = share_count();
	const struct caller *one = person(1);
	struct arena *arena = arena_create_charged(caller_requests(one));
	struct budget *streams = budget_hold(caller_streams(one));

	arena_charge(arena, 60000);
	budget_take(streams, 10);
	caller_drop(one);
	ck_assert_uint_eq(share_count(), before + 1);
	/* Whoever comes back meanwhile finds what is kept. */
	one = person(1);
	ck_assert(!budget_has(caller_requests(one), 1));
	ck_assert_uint_eq(caller_streams(one)->used, 10);
	caller_drop(one);
	budget_give(streams, 10);
	budget_drop(streams);
	ck_assert_uint_eq(share_count(), before + 1);
	arena_destroy(arena);
	ck_assert_uint_eq(share_count(), before);
	ck_assert_uint_eq(all_requests.used, 0);
	ck_assert_uint_eq(all_streams.used, 0);
}
END_TEST

START_TEST(thousands_of_people_are_found_each_by_name)
{
	enum { PEOPLE = 5000 };
	static const struct caller *people[PEOPLE];
	size_t before = share_count();

	for (int i = 0; i < PEOPLE; i++)
		people[i] = person(i);
	ck_assert_uint_eq(share_count(), before + PEOPLE);
	for (int i = 0; i < PEOPLE; i++) {
		const struct caller *again = person(i);

		ck_assert_ptr_eq(caller_requests(again), caller_requests(people[i]));
		caller_drop(again);
	}
	for (int i = 0; i < PEOPLE; i++)
		caller_drop(people[i]);
	ck_assert_uint_eq(share_count(), before);
}
END_TEST

START_TEST(the_share_of_a_key_stays)
{
	const struct caller *alice;

	ck_assert_ptr_null(auth_configure(line_of("keeps", ALICE_KEY, "a"), false));
	ck_assert_int_eq(check("Bearer " ALICE_KEY, &alice), AUTH_FINE);
	struct budget *own = caller_requests(alice);
	ck_assert(!own->hold);
	caller_drop(alice);
	for (int i = 0; i < 3; i++)
		ck_assert_ptr_null(auth_configure(line_of("bob", BOB_KEY, "a"), false));
	alice = auth_caller("keeps");
	ck_assert_ptr_eq(caller_requests(alice), own);
	caller_drop(alice);
}
END_TEST

/* ---- What HTTP keeps for people ---- */

static void let_in(struct exchange *x)
{
	const struct caller *one = person(1);

	exchange_charge(x, caller_requests(one), caller_streams(one));
	caller_drop(one);               /* nobody else holds the share now */
	headers_in(x);
}

static const struct { const char *request; bool leaves; } requests_of[] = {
	{ POST("/", "some text", 9), false }, { POST("/brief", "some text", 9), false },
	{ POST("/stream", "some text", 9), true }, { POST("/hold", "some text", 9), true },
	{ POST("/park", "some text", 9), false },
	{ POST("/refuse", "some text", 9), false }, { POST("/", "half", 9), true }, { GET("/much"), true },
};

START_TEST(an_exchange_and_its_stream_hold_the_share)
{
	struct http_settings settings = usual_settings();
	size_t before = share_count();

	settings.handler.headers = let_in;
	start_with(&settings);
	int fd = dial();
	say(fd, requests_of[_i].request);
	if (!requests_of[_i].leaves) {
		hear(fd);
		AWAIT(share_count() == before);
	}
	AWAIT(atomic_load(&headers_calls) == 1);
	if (strstr(requests_of[_i].request, "/stream"))
		AWAIT(share_count() == before + 1);
	close(fd);
	AWAIT(share_count() == before);
	stop();
	ck_assert_uint_eq(all_requests.used, 0);
	ck_assert_uint_eq(all_streams.used, 0);
}
END_TEST

static void *come_and_go(void *unused)
{
	for (int i = 0; i < 20000; i++) {
		const struct caller *one = person(i % 7);
		struct arena *arena = arena_create_charged(caller_requests(one));

		arena_charge(arena, 1);
		caller_drop(one);
		arena_destroy(arena);
	}
	return unused;
}

START_TEST(people_come_and_go_on_several_threads)
{
	pthread_t threads[4];
	size_t before = share_count();

	for (int i = 0; i < COUNT(threads); i++)
		pthread_create(&threads[i], NULL, come_and_go, NULL);
	for (int i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(share_count(), before);
	ck_assert_uint_eq(all_requests.used, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shares");
	TCase *tests = tcase_create("shares");

	tcase_add_checked_fixture(tests, prepare, NULL);
	tcase_add_test(tests, people_of_one_name_share_and_the_last_takes_it_along);
	tcase_add_test(tests, whoever_counts_there_holds_it_beyond_the_caller);
	tcase_add_test(tests, thousands_of_people_are_found_each_by_name);
	tcase_add_test(tests, the_share_of_a_key_stays);
	tcase_add_loop_test(tests, an_exchange_and_its_stream_hold_the_share, 0, COUNT(requests_of));
	tcase_add_test(tests, people_come_and_go_on_several_threads);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
