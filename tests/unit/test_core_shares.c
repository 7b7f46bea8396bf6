/* test_core_shares.c - nobody can have all of what many share. */
#include <stdlib.h>

#include "shares.h"
#include "suite.h"

static struct shares shares = SHARES;

static int take(uint64_t party, int64_t amount, int64_t most)
{
	int taken = 0;

	while (shares_take(&shares, party, amount, most))
		taken++;
	return taken;
}

START_TEST(one_alone_may_have_half_and_room_is_left_for_those_who_come)
{
	ck_assert_int_eq(take(1, 1, 12), 6);
	ck_assert_int_eq(take(2, 1, 12), 3);
	ck_assert_int_eq(take(3, 1, 12), 2);
	ck_assert_int_eq(take(4, 1, 12), 1);
	ck_assert_int_eq(take(1, 1, 12), 0);
	shares_add(&shares, 1, -5);
	ck_assert_int_eq(take(5, 1, 12), 3);
	ck_assert_int_eq(shares.total, 10);
	shares_add(&shares, 1, -1);
	shares_add(&shares, 2, -3);
	shares_add(&shares, 3, -2);
	shares_add(&shares, 4, -1);
	shares_add(&shares, 5, -3);
}
END_TEST

START_TEST(amounts_may_be_of_any_size)
{
	ck_assert_int_eq(take(1, 10, 100), 5);
	ck_assert_int_eq(take(2, 10, 100), 3);
	ck_assert_int_eq(take(3, 7, 100), 1);
	shares_add(&shares, 1, -50);
	shares_add(&shares, 2, -30);
	shares_add(&shares, 3, -7);
}
END_TEST

START_TEST(of_one_there_may_be_one)
{
	ck_assert_int_eq(take(1, 1, 1), 1);
	ck_assert_int_eq(take(2, 1, 1), 0);
	shares_add(&shares, 1, -1);
	ck_assert_int_eq(take(2, 1, 1), 1);
	shares_add(&shares, 2, -1);
	ck_assert_int_eq(take(3, 1, 0), 0);
}
END_TEST

static void nothing_is_left(void)
{
	ck_assert_int_eq(shares.total, 0);
	for (int i = 0; i < SHARES_BUCKETS; i++)
		ck_assert_ptr_null(shares.buckets[i]);
}

int main(void)
{
	Suite *suite = suite_create("shares");
	TCase *tests = tcase_create("shares");

	tcase_add_checked_fixture(tests, NULL, nothing_is_left);
	tcase_add_test(tests, one_alone_may_have_half_and_room_is_left_for_those_who_come);
	tcase_add_test(tests, amounts_may_be_of_any_size);
	tcase_add_test(tests, of_one_there_may_be_one);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
