/* test_aws_rate.c - how often calls to AWS may be made, and what of that is one caller's. */
#include "rate.h"
#include "suite.h"

#define LONG 60000

START_TEST(calls_go_as_often_as_they_may)
{
	struct rate_meter meter = RATE_METER;
	struct rate rate = { .per_second = 2, .at_once = 3 };

	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000, 0), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000, 500), -1);      /* it would be 501 */
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000, LONG), 501);    /* each behind the other */
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000, LONG), 1001);
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1250, LONG), 1251);
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 900, LONG), 1751);    /* a clock that went back changes nothing */
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000000, 0), 0);      /* and a rest gives no more than that */
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000000, 0), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000000, 0), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000000, 0), -1);
}
END_TEST

START_TEST(in_a_minute_as_many_go_as_the_rate_says)
{
	struct rate_meter meter = RATE_METER;
	struct rate rate = { .per_second = 2, .at_once = 2 };
	int went = 0;

	for (int64_t now = 0; now < 60000; now += 7)
		went += rate_take(&meter, &rate, 0, now, 0) == 0;
	ck_assert_int_ge(went, 118);
	ck_assert_int_le(went, 122);
}
END_TEST

START_TEST(of_one_party_are_half_of_those_at_once)
{
	struct rate_meter meter = RATE_METER;
	struct rate rate = { .per_second = 0.01, .at_once = 40 };

	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(rate_take(&meter, &rate, 7, 1000, 20000), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 7, 1000, 20000), -1);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(rate_take(&meter, &rate, 8, 1000, 20000), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 9, 1000, 20000), -1);
	/* One that comes then is whoever's asks for it. */
	ck_assert_int_eq(rate_take(&meter, &rate, 7, 102000, 20000), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 7, 102000, 20000), -1);
}
END_TEST

START_TEST(of_one_party_half_of_the_time_is_waited_in)
{
	struct rate_meter meter = RATE_METER;
	struct rate rate = { .per_second = 1, .at_once = 4 };
	int went = 0;

	while (rate_take(&meter, &rate, 7, 1000, 20000) >= 0)
		went++;
	ck_assert_int_eq(went, 2 + 9);
	ck_assert_int_eq(rate_take(&meter, &rate, 8, 1000, 20000), 8001);
	ck_assert_int_eq(rate_take(&meter, &rate, 0, 1000, 20000), 9001);
}
END_TEST

/* However few it is of all: the one that there is, is anybody's. */
START_TEST(one_at_once_is_anybodys)
{
	struct rate_meter meter = RATE_METER;
	struct rate rate = { .per_second = 0.5, .at_once = 1 };

	ck_assert_int_eq(rate_take(&meter, &rate, 7, 1000, 0), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 8, 1000, 0), -1);
	ck_assert_int_eq(rate_take(&meter, &rate, 7, 3000, 0), 0);
}
END_TEST

START_TEST(who_used_most_is_known_among_many)
{
	struct rate_meter meter = RATE_METER;
	struct rate rate = { .per_second = 0.001, .at_once = 200 };

	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(rate_take(&meter, &rate, 7, 1000, 0), 0);
	for (uint64_t party = 100; party < 100 + 3 * RATE_PARTIES; party++)
		ck_assert_int_eq(rate_take(&meter, &rate, party, 1000, 0), 0);
	ck_assert_int_eq(rate_take(&meter, &rate, 7, 1000, 0), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_rate");
	TCase *cases = tcase_create("rate");
	tcase_add_test(cases, calls_go_as_often_as_they_may);
	tcase_add_test(cases, in_a_minute_as_many_go_as_the_rate_says);
	tcase_add_test(cases, of_one_party_are_half_of_those_at_once);
	tcase_add_test(cases, of_one_party_half_of_the_time_is_waited_in);
	tcase_add_test(cases, one_at_once_is_anybodys);
	tcase_add_test(cases, who_used_most_is_known_among_many);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
