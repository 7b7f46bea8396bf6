/* test_fetch_breaker.c - the circuit breaker alone, with a clock of our own. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "breaker.h"
#include "suite.h"

static struct breaker breaker;

static enum breaker_turn pass_through(bool reached, int64_t at)
{
	enum breaker_pass pass = breaker_enter(&breaker, at);
	ck_assert_int_ne(pass, BREAKER_NO_ENTRY);
	return breaker_leave(&breaker, pass, reached, at);
}

static void open_it(int64_t at)
{
	breaker = (struct breaker)BREAKER_START;
	for (int i = 1; i < BREAKER_FAILURES; i++)
		ck_assert_int_eq(pass_through(false, at), BREAKER_AS_IT_WAS);
	ck_assert_int_eq(pass_through(false, at), BREAKER_OPENED);
}

START_TEST(a_success_in_between_starts_the_count_anew)
{
	breaker = (struct breaker)BREAKER_START;
	for (int i = 0; i < 5 * BREAKER_FAILURES; i++)
		ck_assert_int_eq(pass_through(i % BREAKER_FAILURES == 0, 0), BREAKER_AS_IT_WAS);
}
END_TEST

START_TEST(one_probe_decides)
{
	open_it(1000);
	ck_assert_int_eq(breaker_enter(&breaker, 1000 + BREAKER_OPEN_MS - 1), BREAKER_NO_ENTRY);
	int64_t later = 1000 + BREAKER_OPEN_MS;
	ck_assert_int_eq(breaker_enter(&breaker, later), BREAKER_PROBE);
	ck_assert_int_eq(breaker_enter(&breaker, later + BREAKER_OPEN_MS), BREAKER_NO_ENTRY);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_PROBE, false, later), BREAKER_AS_IT_WAS);
	ck_assert_int_eq(breaker_enter(&breaker, later + BREAKER_OPEN_MS - 1), BREAKER_NO_ENTRY);
	later += BREAKER_OPEN_MS;
	ck_assert_int_eq(breaker_enter(&breaker, later), BREAKER_PROBE);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_PROBE, true, later), BREAKER_CLOSED);
	ck_assert_int_eq(breaker_enter(&breaker, later), BREAKER_CALL);
}
END_TEST

START_TEST(a_late_failure_neither_prolongs_nor_ends_a_probe)
{
	open_it(0);
	ck_assert_int_eq(breaker_enter(&breaker, BREAKER_OPEN_MS), BREAKER_PROBE);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_CALL, false, BREAKER_OPEN_MS),
	                 BREAKER_AS_IT_WAS);
	ck_assert_int_eq(breaker_enter(&breaker, BREAKER_OPEN_MS), BREAKER_NO_ENTRY);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_CALL, true, BREAKER_OPEN_MS), BREAKER_CLOSED);
}
END_TEST

START_TEST(a_refusal_opens_it_at_once_for_as_long_as_it_says)
{
	breaker = (struct breaker)BREAKER_START;
	enum breaker_pass pass = breaker_enter(&breaker, 0);
	ck_assert_int_eq(breaker_refused(&breaker, pass, 0, 5 * BREAKER_OPEN_MS), BREAKER_OPENED);
	ck_assert_int_eq(breaker_enter(&breaker, 5 * BREAKER_OPEN_MS - 1), BREAKER_NO_ENTRY);
	ck_assert_int_eq(breaker_enter(&breaker, 5 * BREAKER_OPEN_MS), BREAKER_PROBE);
	ck_assert_int_eq(breaker_refused(&breaker, BREAKER_PROBE, 5 * BREAKER_OPEN_MS, 1), BREAKER_AS_IT_WAS);
	ck_assert_int_eq(breaker_enter(&breaker, 5 * BREAKER_OPEN_MS + 1), BREAKER_PROBE);
	ck_assert_int_eq(breaker_leave(&breaker, BREAKER_PROBE, true, 5 * BREAKER_OPEN_MS + 1), BREAKER_CLOSED);
}
END_TEST

static void *enter_once(void *probes)
{
	if (breaker_enter(&breaker, BREAKER_OPEN_MS) == BREAKER_PROBE)
		atomic_fetch_add((atomic_int *)probes, 1);
	return NULL;
}

START_TEST(of_many_threads_one_is_the_probe)
{
	pthread_t threads[8];
	atomic_int probes = 0;
	open_it(0);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, enter_once, &probes);
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&probes), 1);
}
END_TEST

static TCase *breaker_tests(void)
{
	TCase *tests = tcase_create("breaker");
	tcase_add_test(tests, a_success_in_between_starts_the_count_anew);
	tcase_add_test(tests, one_probe_decides);
	tcase_add_test(tests, a_late_failure_neither_prolongs_nor_ends_a_probe);
	tcase_add_test(tests, a_refusal_opens_it_at_once_for_as_long_as_it_says);
	tcase_add_test(tests, of_many_threads_one_is_the_probe);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("breaker");
	suite_add_tcase(suite, breaker_tests());
	return run_suite(suite);
}
