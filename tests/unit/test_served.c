/* test_served.c - when failing calls make a process not ready, and for how long, with a clock of our own. */
#include <stdatomic.h>

#include "readiness.h"
#include "served.h"
#include "suite.h"

static int64_t at_ms;

static void begin(void)
{
	served_forget();
	served_tell(NULL);
	readiness_set(READINESS_CALLS, NULL, "");
	at_ms = 1000000;
}

static void end_of(int well, int badly)
{
	for (int i = 0; i < well; i++)
		served_note(SERVED_READS, true);
	for (int i = 0; i < badly; i++)
		served_note(SERVED_READS, false);
	served_look(at_ms);
}

/* Seconds until it is not, with so many failing each second; -1: not within two minutes. */
static int lasts(bool ready, int badly)
{
	for (int seconds = 0; seconds <= 120; seconds++, at_ms += 1000) {
		end_of(0, badly);
		if (!readiness_why_not() != ready)
			return seconds;
	}
	return -1;
}

static const struct { int well, badly; bool ready; } shares[] = {
	{ 0, 0, true }, { 100, 0, true }, { 0, 2, true }, { 0, 3, false }, { 3, 3, false }, { 4, 3, true },
	{ 1000, 999, true }, { 1000, 1000, false },
};

START_TEST(half_of_the_calls_are_too_many)
{
	end_of(shares[_i].well, shares[_i].badly);
	ck_assert_int_eq(!readiness_why_not(), shares[_i].ready);
}
END_TEST

/* Those of the one kind do not hide those of the other. */
static const struct { int well, badly, others; bool ready; } kinds[] = {
	{ 0, 2, 1000, true }, { 0, 3, 1000, false }, { 3, 3, 1000, false }, { 4, 3, 1000, true },
};

START_TEST(half_of_one_kind_are_too_many)
{
	enum served_kind kind = _i % 2 ? SERVED_CHANGES : SERVED_READS;
	enum served_kind other = _i % 2 ? SERVED_READS : SERVED_CHANGES;

	for (int i = 0; i < kinds[_i / 2].others; i++)
		served_note(other, true);
	for (int i = 0; i < kinds[_i / 2].well; i++)
		served_note(kind, true);
	for (int i = 0; i < kinds[_i / 2].badly; i++)
		served_note(kind, false);
	served_look(at_ms);
	ck_assert_int_eq(!readiness_why_not(), kinds[_i / 2].ready);
	if (!kinds[_i / 2].ready)
		ck_assert_ptr_nonnull(strstr(readiness_why_not(), kind == SERVED_CHANGES ? "that change" : "that only read"));
}
END_TEST

START_TEST(what_is_long_ago_counts_no_more)
{
	end_of(1000, 0);
	at_ms += 60000;
	end_of(3, 3);
	ck_assert_ptr_nonnull(readiness_why_not());
}
END_TEST

START_TEST(single_failures_far_apart_are_none)
{
	for (int i = 0; i < 50; i++, at_ms += 11000) {
		end_of(0, 1);
		ck_assert_ptr_null(readiness_why_not());
	}
}
END_TEST

START_TEST(it_ends_by_itself_and_stays_ended)
{
	end_of(0, 9);
	int away = lasts(false, 0);
	ck_assert_int_ge(away, 10);
	ck_assert_int_le(away, 16);
	ck_assert_int_eq(lasts(true, 0), -1);
}
END_TEST

/* Whatever goes on, it is ready for as long as it was away: of many that fail alike some are always there. */
START_TEST(it_is_back_for_as_long_as_it_was_away_and_both_grow)
{
	int changes = 0, before = 0;

	end_of(0, 9);
	for (int64_t until = at_ms + 600000; at_ms < until; changes += 2) {
		int away = lasts(false, 9), back = lasts(true, 9);
		ck_assert_int_le(away, 66);
		ck_assert_int_ge(back, away - 6);
		ck_assert_int_ge(back, before);
		before = back;
	}
	ck_assert_int_eq(before, 60);
	ck_assert_int_le(changes, 16);
}
END_TEST

START_TEST(after_a_calm_it_begins_anew)
{
	end_of(0, 9);
	(void)lasts(false, 0);
	at_ms += 200000;
	end_of(0, 9);
	int away = lasts(false, 0);
	ck_assert_int_le(away, 16);
}
END_TEST

/* While the database is known to be away, and for the seconds in which the others notice that it is back. */
START_TEST(what_another_part_explains_is_not_counted)
{
	end_of(0, 9);
	ck_assert_ptr_nonnull(readiness_why_not());
	for (int second = 0; second < 30; second++, at_ms += 1000) {
		served_note(SERVED_READS, false);
		served_explained(at_ms);
		ck_assert_ptr_null(readiness_why_not());
	}
	for (int i = 0; i < 4; i++, at_ms += 1000) {
		end_of(0, 9);
		ck_assert_ptr_null(readiness_why_not());
	}
	at_ms += 1000;
	end_of(0, 1);
	ck_assert_ptr_null(readiness_why_not());
	at_ms += 20000;
	end_of(0, 9);
	ck_assert_ptr_nonnull(readiness_why_not());
}
END_TEST

static atomic_int looks;

static void count_look(void)
{
	looks++;
}

START_TEST(who_looks_is_told_of_a_failure_at_once_and_not_of_each)
{
	served_tell(count_look);
	served_note(SERVED_READS, true);
	ck_assert_int_eq(looks, 0);
	for (int i = 0; i < 1000; i++)
		served_note(SERVED_READS, false);
	ck_assert_int_ge(looks, 1);
	ck_assert_int_lt(looks, 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("served");
	TCase *tcase = tcase_create("served");

	tcase_add_checked_fixture(tcase, begin, NULL);
	tcase_add_loop_test(tcase, half_of_the_calls_are_too_many, 0, COUNT(shares));
	tcase_add_loop_test(tcase, half_of_one_kind_are_too_many, 0, 2 * COUNT(kinds));
	tcase_add_test(tcase, what_is_long_ago_counts_no_more);
	tcase_add_test(tcase, single_failures_far_apart_are_none);
	tcase_add_test(tcase, it_ends_by_itself_and_stays_ended);
	tcase_add_test(tcase, it_is_back_for_as_long_as_it_was_away_and_both_grow);
	tcase_add_test(tcase, what_another_part_explains_is_not_counted);
	tcase_add_test(tcase, after_a_calm_it_begins_anew);
	tcase_add_test(tcase, who_looks_is_told_of_a_failure_at_once_and_not_of_each);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
