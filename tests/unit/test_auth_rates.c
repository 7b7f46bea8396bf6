/* test_auth_rates.c - how often a caller or an address may call. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "auth.h"
#include "siphash.h"
#include "suite.h"

START_TEST(siphash_is_the_published_one)
{
	uint64_t key[2] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908 };
	char bytes[15];
	for (int i = 0; i < 15; i++)
		bytes[i] = (char)i;
	ck_assert_uint_eq(siphash(key, (str) { bytes, 15 }), 0xa129ca6149be45e5);
	ck_assert_uint_eq(siphash(key, (str) { bytes, 8 }), 0x93f5f5799a932462);
	ck_assert_uint_eq(siphash(key, (str) { bytes, 0 }), 0x726fdb47dd0e0e31);
}
END_TEST

START_TEST(a_bucket_gives_its_burst_and_then_its_rate)
{
	struct rates *rates = rates_create(60, 5);      /* one a second */
	int64_t now = 1000000;
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(rates_take(rates, STR("alice"), now), 0);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now), 1000);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 400), 600);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 999), 1);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 1000), 0);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 1000), 1000);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(rates_take(rates, STR("bob"), now + 1000), 0);
	ck_assert_int_eq(rates_take(rates, STR("bob"), now + 1000), 1000);
	/* A long rest fills it, and not further. */
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(rates_take(rates, STR("alice"), now + 3600000), 0);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 3600000), 1000);
	rates_destroy(rates);
}
END_TEST

START_TEST(being_refused_costs_nothing)
{
	struct rates *rates = rates_create(600, 1);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	for (int i = 0; i < 50; i++)
		ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 100);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5100), 0);
	rates_destroy(rates);
}
END_TEST

START_TEST(no_rate_is_no_limit)
{
	struct rates *rates = rates_create(0, 1);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(NULL, STR("a"), 5000), 0);
	rates_destroy(rates);
}
END_TEST

START_TEST(the_fastest_rate_still_is_one)
{
	struct rates *rates = rates_create(INT64_MAX, 1);       /* a token each microsecond */

	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 1);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5001), 0);
	rates_owe(rates, STR("a"), 5001, 4000);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5001), 5);
	rates_destroy(rates);
	/* One token a minute; a burst of none is one of one. */
	rates = rates_create(1, 0);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 60000);
	rates_destroy(rates);
	rates = rates_create(-1, 1);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	rates_destroy(rates);
}
END_TEST

/* However much may be saved up: the time at which a bucket is full fits into its slot. */
START_TEST(a_burst_without_end_is_no_trouble)
{
	struct rates *rates = rates_create(60, INT64_MAX);

	rates_owe(rates, STR("a"), 5000, 1000000);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	rates_owe(rates, STR("a"), 5000, 70000000);
	ck_assert_int_ne(rates_take(rates, STR("a"), 5000), 0);
	rates_destroy(rates);
}
END_TEST

START_TEST(what_is_owed_once_adds_to_what_is_taken)
{
	struct rates *rates = rates_create(60, 3);

	rates_owe(rates, STR("a"), 5000, 1);
	rates_owe(rates, STR("a"), 5000, -1);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 1000);
	rates_destroy(rates);
	rates = rates_create(0, 1);
	rates_owe(rates, STR("a"), 5000, 9);
	ck_assert_int_eq(rates_take(rates, STR("a"), 5000), 0);
	rates_destroy(rates);
}
END_TEST

START_TEST(ten_thousand_callers_do_not_get_in_each_others_way)
{
	struct rates *rates = rates_create(60, 1);
	int refused = 0;
	for (int i = 0; i < 10000; i++) {
		char who[32];
		int size = snprintf(who, sizeof(who), "10.%d.%d.%d", i >> 16, i >> 8 & 255, i & 255);
		refused += rates_take(rates, (str) { who, (size_t)size }, 5000) != 0;
	}
	ck_assert_int_le(refused, 10);
	rates_destroy(rates);
}
END_TEST

START_TEST(what_is_owed_is_waited_for)
{
	struct rates *rates = rates_create(60, 5);
	int64_t now = 1000000;
	ck_assert_int_eq(rates_take(rates, STR("alice"), now), 0);
	rates_owe(rates, STR("alice"), now, 49);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now), 46000);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 45999), 1);
	ck_assert_int_eq(rates_take(rates, STR("alice"), now + 46000), 0);
	ck_assert_int_eq(rates_take(rates, STR("bob"), now), 0);
	rates_owe(rates, STR("bob"), now, 0);
	rates_owe(NULL, STR("bob"), now, 1);
	ck_assert_int_eq(rates_take(rates, STR("bob"), now), 0);
	rates_destroy(rates);
}
END_TEST

/* More addresses than there are slots, all in use: who is limited stays so, and who is not is not. */
START_TEST(a_flood_of_addresses_frees_nobody)
{
	struct rates *rates = rates_create(60, 5);
	int64_t now = 1000000;
	int refused = 0;
	rates_take(rates, STR("limited"), now);
	rates_owe(rates, STR("limited"), now, 100);
	for (int i = 0; i < 300000; i++) {
		char who[32];
		int size = snprintf(who, sizeof(who), "flood-%d", i);
		rates_take(rates, (str) { who, (size_t)size }, now);
	}
	ck_assert_int_eq(rates_take(rates, STR("limited"), now), 97000);
	for (int i = 0; i < 100; i++) {
		char who[32];
		int size = snprintf(who, sizeof(who), "honest-%d", i);
		refused += rates_take(rates, (str) { who, (size_t)size }, now + 1000) != 0;
	}
	ck_assert_int_eq(refused, 0);
	rates_destroy(rates);
}
END_TEST

struct taking {
	struct rates *rates;
	atomic_int taken;
};

static void *take_many(void *context)
{
	struct taking *taking = context;
	for (int i = 0; i < 1000; i++)
		if (rates_take(taking->rates, STR("shared"), 7000) == 0)
			atomic_fetch_add(&taking->taken, 1);
	return NULL;
}

START_TEST(threads_share_a_bucket_exactly)
{
	struct taking taking = { .rates = rates_create(60, 1500) };
	pthread_t threads[4];
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, take_many, &taking);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	ck_assert_int_eq(atomic_load(&taking.taken), 1500);
	rates_destroy(taking.rates);
}
END_TEST

static TCase *rate_tests(void)
{
	TCase *tests = tcase_create("rates");
	tcase_add_test(tests, siphash_is_the_published_one);
	tcase_add_test(tests, a_bucket_gives_its_burst_and_then_its_rate);
	tcase_add_test(tests, being_refused_costs_nothing);
	tcase_add_test(tests, no_rate_is_no_limit);
	tcase_add_test(tests, the_fastest_rate_still_is_one);
	tcase_add_test(tests, a_burst_without_end_is_no_trouble);
	tcase_add_test(tests, what_is_owed_once_adds_to_what_is_taken);
	tcase_add_test(tests, ten_thousand_callers_do_not_get_in_each_others_way);
	tcase_add_test(tests, what_is_owed_is_waited_for);
	tcase_add_test(tests, a_flood_of_addresses_frees_nobody);
	tcase_add_test(tests, threads_share_a_bucket_exactly);
	return tests;
}

int main(void)
{
	Suite *suite = suite_create("rates");
	suite_add_tcase(suite, rate_tests());
	return run_suite(suite);
}
