/* test_auth_key_wait.c - requests that wait for the keys of an issuer: how long, how many, and its end. */
#include "issuer_fixture.h"

START_TEST(who_waits_for_a_slow_issuer_is_told_in_three_seconds)
{
	key_times.fetch = 30000;
	set_manners(SLOW, NOT_FOUND, TRUE_PAGE);
	trust();
	AWAIT(now_counted(&sign_ins.fetches) > 0);
	int64_t began = tick_ms();
	struct auth_answer found = sign_in(token_by(ED25519, "one"));
	int64_t took = tick_ms() - began;
	ck_assert_int_eq(found.outcome, AUTH_UNAVAILABLE);
	ck_assert_msg(took >= 2900 && took < 4500, "%lld ms", (long long)took);
	ck_assert_int_eq(comes_to(ALICE_KEY), AUTH_FINE);
	/* It is told as soon as they are there. */
	struct visitor visitor;
	wait_on_loop(&visitor);
	ck_assert(visitor.room && !atomic_load(&visitor.come));
	atomic_store(&op.released, true);
	AWAIT(atomic_load(&visitor.come));
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_FINE);
}
END_TEST

static struct visitor crowd[KEY_WAITERS_MAX + 10];
static atomic_int cancelled;

static void cancel_all(UNUSED struct loop *loop)
{
	for (int i = 0; i < 100; i++)
		atomic_fetch_add(&cancelled, auth_await_cancel(&crowd[i].waiter));
}

START_TEST(so_many_wait_and_the_others_are_told_at_once)
{
	key_times.fetch = 30000;
	set_manners(SLOW, NOT_FOUND, TRUE_PAGE);
	trust();
	for (int i = 0; i < COUNT(crowd); i++) {
		wait_as(&crowd[i], (uint64_t)i);
		ck_assert_int_eq(crowd[i].room, i < KEY_WAITERS_MAX);
	}
	/* Who leaves makes room. */
	atomic_store(&cancelled, 0);
	on_loop(a_loop, cancel_all);
	ck_assert_int_eq(atomic_load(&cancelled), 100);
	wait_on_loop(&crowd[KEY_WAITERS_MAX]);
	ck_assert(crowd[KEY_WAITERS_MAX].room);
	atomic_store(&op.released, true);
	for (int i = 100; i <= KEY_WAITERS_MAX; i++)
		AWAIT(atomic_load(&crowd[i].come));
	for (int i = 0; i < 100; i++)
		ck_assert(!atomic_load(&crowd[i].come));
	on_loop(a_loop, cancel_all);    /* they are not in the list any more */
	ck_assert_int_eq(atomic_load(&cancelled), 100);
}
END_TEST

/* As anybody can who names keys that nobody has. */
START_TEST(whoever_comes_often_leaves_half_of_the_places_to_others)
{
	enum { HALF = KEY_WAITERS_MAX / 2 };
	struct visitor other;

	key_times.fetch = 30000;
	set_manners(SLOW, NOT_FOUND, TRUE_PAGE);
	trust();
	for (int i = 0; i < HALF + 10; i++) {
		wait_as(&crowd[i], 1);
		ck_assert_int_eq(crowd[i].room, i < HALF);
	}
	wait_as(&other, 2);
	ck_assert(other.room);
	/* What it gave back it may have again, whoever came meanwhile. */
	atomic_store(&cancelled, 0);
	on_loop(a_loop, cancel_all);
	ck_assert_int_eq(atomic_load(&cancelled), 100);
	for (int i = 0; i < 99; i++) {
		wait_as(&crowd[i], 1);
		ck_assert(crowd[i].room);
	}
	atomic_store(&op.released, true);
	AWAIT(atomic_load(&other.come));
	for (int i = 0; i < HALF; i++)
		AWAIT(atomic_load(&crowd[i].come) || i == 99);
	/* Who was told has given its place back. */
	set_manners(SLOW, NOT_FOUND, TRUE_PAGE);
	atomic_store(&op.released, false);
	ck_assert_ptr_null(issuer_reload());
	for (int i = 0; i < HALF; i++) {
		wait_as(&crowd[i], 3);
		ck_assert(crowd[i].room);
	}
	atomic_store(&op.released, true);
	for (int i = 0; i < HALF; i++)
		AWAIT(atomic_load(&crowd[i].come));
}
END_TEST

START_TEST(who_comes_too_late_to_wait_is_told_at_once)
{
	struct visitor visitor;

	sign_in_once();
	int64_t began = tick_ms();
	wait_on_loop(&visitor);
	ck_assert(visitor.room);
	AWAIT(atomic_load(&visitor.come));
	ck_assert_int_lt(tick_ms() - began, 1500);
}
END_TEST

START_TEST(it_stops_while_the_issuer_is_silent_and_tells_who_waits)
{
	struct visitor visitor;

	key_times.fetch = 60000;
	set_manners(SLOW, NOT_FOUND, TRUE_PAGE);
	trust();
	AWAIT(now_counted(&sign_ins.fetches) > 0);
	wait_on_loop(&visitor);
	int64_t began = tick_ms();
	issuer_stop();
	ck_assert_int_lt(tick_ms() - began, 4000);
	AWAIT(atomic_load(&visitor.come));
	ck_assert_int_eq(comes_to(token_by(ED25519, "one")), AUTH_UNAVAILABLE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("key wait");
	TCase *waited = issuer_tests("waited for");

	tcase_add_test(waited, who_waits_for_a_slow_issuer_is_told_in_three_seconds);
	tcase_add_test(waited, so_many_wait_and_the_others_are_told_at_once);
	tcase_add_test(waited, whoever_comes_often_leaves_half_of_the_places_to_others);
	tcase_add_test(waited, who_comes_too_late_to_wait_is_told_at_once);
	tcase_add_test(waited, it_stops_while_the_issuer_is_silent_and_tells_who_waits);
	suite_add_tcase(suite, waited);
	return run_suite(suite);
}
