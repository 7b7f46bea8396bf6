/* test_model_ask_step.c - what comes after a model's trouble, and what its breaker hears. */
#include "model_step.h"
#include "suite.h"

static enum model_step after(enum model_trouble trouble, int64_t retry_after_ms, int tries, bool last, int64_t *pause_ms)
{
	return model_step_after(&(struct model_fault) { .trouble = trouble, .retry_after_ms = retry_after_ms }, tries, last, 0, pause_ms);
}

START_TEST(what_another_model_may_mend_goes_to_the_next)
{
	static const enum model_trouble next[] = {
		MODEL_UNAVAILABLE, MODEL_NOT_READY, MODEL_NO_SUCH_MODEL, MODEL_DENIED, MODEL_CUT, MODEL_NONSENSE,
	};
	static const enum model_trouble end[] = { MODEL_INVALID, MODEL_TOO_LONG, MODEL_NO_ROOM };
	int64_t pause_ms;

	for (size_t i = 0; i < sizeof(next) / sizeof(*next); i++)
		ck_assert_int_eq(after(next[i], 0, 1, false, &pause_ms), MODEL_STEP_NEXT);
	for (size_t i = 0; i < sizeof(end) / sizeof(*end); i++) {
		ck_assert_int_eq(after(end[i], 0, 1, false, &pause_ms), MODEL_STEP_END);
		ck_assert_int_eq(after(end[i], 0, 1, true, &pause_ms), MODEL_STEP_END);
	}
	ck_assert_int_eq(after(MODEL_IDENTITY, 0, 1, false, &pause_ms), MODEL_STEP_MENDED);
	ck_assert_int_eq(after(MODEL_IDENTITY, 0, 1, true, &pause_ms), MODEL_STEP_MENDED);
}
END_TEST

START_TEST(throttled_it_is_asked_again_as_long_as_that_is_soon)
{
	int64_t first_ms, second_ms, pause_ms;

	ck_assert_int_eq(after(MODEL_THROTTLED, 0, 1, false, &first_ms), MODEL_STEP_AGAIN);
	ck_assert_int_eq(after(MODEL_THROTTLED, 0, 2, false, &second_ms), MODEL_STEP_AGAIN);
	ck_assert_int_gt(second_ms, first_ms);
	ck_assert_int_eq(after(MODEL_THROTTLED, 0, 3, false, &pause_ms), MODEL_STEP_NEXT);
	ck_assert_int_eq(after(MODEL_THROTTLED, 2000, 1, false, &pause_ms), MODEL_STEP_AGAIN);
	ck_assert_int_eq(pause_ms, 2000);
	ck_assert_int_eq(after(MODEL_THROTTLED, 2001, 1, false, &pause_ms), MODEL_STEP_NEXT);
	ck_assert_int_eq(after(MODEL_THROTTLED, 2001, 1, true, &pause_ms), MODEL_STEP_NEXT);
	for (int tries = 1; tries < 4; tries++)
		ck_assert_int_eq(model_step_after(&(struct model_fault) { .trouble = MODEL_THROTTLED, .retry_after_ms = INT64_MAX }, tries, true, 1, &pause_ms),
		                 MODEL_STEP_NEXT);
}
END_TEST

START_TEST(the_last_one_has_a_second_try)
{
	int64_t pause_ms;

	ck_assert_int_eq(after(MODEL_UNAVAILABLE, 0, 1, true, &pause_ms), MODEL_STEP_AGAIN);
	ck_assert_int_eq(after(MODEL_UNAVAILABLE, 0, 2, true, &pause_ms), MODEL_STEP_NEXT);
	ck_assert_int_eq(after(MODEL_UNAVAILABLE, 5000, 1, true, &pause_ms), MODEL_STEP_NEXT);
	ck_assert_int_eq(after(MODEL_DENIED, 0, 1, true, &pause_ms), MODEL_STEP_NEXT);
}
END_TEST

static enum breaker_turn tell(struct breaker *breaker, enum model_trouble trouble)
{
	enum breaker_pass pass = breaker_enter(breaker, 0);
	const struct model_fault fault = { .trouble = trouble };

	ck_assert_int_ne(pass, BREAKER_NO_ENTRY);
	return model_tell_breaker(breaker, pass, trouble ? &fault : NULL, 0);
}

START_TEST(its_breaker_hears_of_what_is_its_own)
{
	static const enum model_trouble ours[] = { MODEL_FINE, MODEL_INVALID, MODEL_TOO_LONG, MODEL_NO_ROOM };
	static const enum model_trouble away[] = { MODEL_THROTTLED, MODEL_UNAVAILABLE, MODEL_NOT_READY, MODEL_CUT, MODEL_NONSENSE, MODEL_IDENTITY };
	static const enum model_trouble wrong[] = { MODEL_DENIED, MODEL_NO_SUCH_MODEL };

	for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
		struct breaker breaker = BREAKER_START;
		for (int j = 0; j < 2 * BREAKER_FAILURES; j++)
			ck_assert_int_eq(tell(&breaker, ours[i]), BREAKER_AS_IT_WAS);
	}
	for (size_t i = 0; i < sizeof(away) / sizeof(*away); i++) {
		struct breaker breaker = BREAKER_START;
		for (int j = 1; j < BREAKER_FAILURES; j++)
			ck_assert_int_eq(tell(&breaker, away[i]), BREAKER_AS_IT_WAS);
		ck_assert_int_eq(tell(&breaker, away[i]), BREAKER_OPENED);
		ck_assert_int_eq(breaker_enter(&breaker, BREAKER_OPEN_MS), BREAKER_PROBE);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		struct breaker breaker = BREAKER_START;
		ck_assert_int_eq(tell(&breaker, wrong[i]), BREAKER_OPENED);
		ck_assert_int_eq(breaker_enter(&breaker, BREAKER_OPEN_MS), BREAKER_NO_ENTRY);
		ck_assert_int_eq(breaker_enter(&breaker, 5 * 60 * 1000), BREAKER_PROBE);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("model_ask step");
	TCase *tests = tcase_create("steps");

	tcase_add_test(tests, what_another_model_may_mend_goes_to_the_next);
	tcase_add_test(tests, throttled_it_is_asked_again_as_long_as_that_is_soon);
	tcase_add_test(tests, the_last_one_has_a_second_try);
	tcase_add_test(tests, its_breaker_hears_of_what_is_its_own);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
