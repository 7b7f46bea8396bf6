/* test_aws_cache.c - answers of AWS that are kept: how long, how many, and what they say. */
#include <pthread.h>
#include <stdlib.h>

#include "cache.h"
#include "suite.h"

#define SECOND INT64_C(1000)
#define START_MS (1000 * SECOND)

static struct arena *arena;
static struct cache *cache;

static void set_up(void)
{
	arena = arena_create();
	cache = cache_create(100000);
}

static void tear_down(void)
{
	cache_destroy(cache);
	arena_destroy(arena);
}

static struct aws_result *a_result(size_t size, int64_t as_of_ms)
{
	char *text = arena_alloc(arena, size + 2);

	memset(text, ' ', size);
	text[0] = '{';
	text[size - 1] = '}';
	return aws_result_create(&aws_operations[ECS_LIST_TASKS], (str) { text, size }, as_of_ms);
}

/* ---- How long ---- */

static struct cache_entry *entry(void)
{
	return cache_find(cache, STR("key"));
}

static enum cache_says says(bool refresh, int64_t now_ms)
{
	return cache_says(entry(), 30 * SECOND, refresh, now_ms);
}

static const struct aws_error away = { .fault = AWS_TRANSIENT, .code = "ServiceUnavailable" };

START_TEST(an_answer_is_good_for_so_long)
{
	ck_assert_int_eq(says(false, START_MS), CACHE_ASK);
	cache_put(cache, entry(), a_result(10, START_MS));
	ck_assert_int_eq(says(false, START_MS), CACHE_ANSWERS);
	ck_assert_int_eq(says(false, START_MS + 30 * SECOND - 1), CACHE_ANSWERS);
	ck_assert_int_eq(says(false, START_MS + 30 * SECOND), CACHE_ASK);
	ck_assert_int_eq(says(false, START_MS - 1), CACHE_ASK);
	ck_assert_int_eq(cache_says(entry(), 0, false, START_MS), CACHE_ASK);
}
END_TEST

START_TEST(who_wants_it_anew_has_it_but_every_five_seconds)
{
	cache_put(cache, entry(), a_result(10, START_MS));
	ck_assert_int_eq(says(true, START_MS + 5 * SECOND - 1), CACHE_ANSWERS);
	ck_assert_int_eq(says(true, START_MS + 5 * SECOND), CACHE_ASK);
	ck_assert_int_eq(cache_says(entry(), 2 * SECOND, true, START_MS + 3 * SECOND), CACHE_ASK);
}
END_TEST

START_TEST(trouble_is_told_for_a_while_and_an_old_answer_serves)
{
	int64_t later = START_MS + 40 * SECOND;

	cache_put_trouble(cache, entry(), &away, "it is away", START_MS);
	ck_assert_int_eq(says(false, START_MS + 5 * SECOND - 1), CACHE_TROUBLE);
	ck_assert_str_eq(entry()->trouble, "it is away");
	ck_assert_int_eq(says(false, START_MS + 5 * SECOND), CACHE_ASK);
	cache_put(cache, entry(), a_result(10, START_MS));
	ck_assert_int_eq(says(false, START_MS), CACHE_ANSWERS);
	cache_put_trouble(cache, entry(), &away, "", later);
	ck_assert_int_eq(says(false, later), CACHE_STALE);
	ck_assert_int_eq(says(false, later + 5 * SECOND), CACHE_ASK);
	ck_assert_int_eq(aws_result_as_of_ms(entry()->result), START_MS);
	later = START_MS + CACHE_STALE_MS;
	cache_put_trouble(cache, entry(), &away, "it is away", later);
	ck_assert_int_eq(says(false, later), CACHE_TROUBLE);
	cache_put_trouble(cache, entry(), &away, "it is away", later + 1);
	ck_assert_ptr_null(entry()->result);
}
END_TEST

/* ---- How many ---- */

static const char *name(int i)
{
	return arena_print(arena, "key %d", i);
}

static bool has(int i)
{
	struct cache_entry *found = cache_find(cache, str_of(name(i)));

	return found->result;
}

START_TEST(what_nobody_asked_for_longest_goes_first)
{
	for (int i = 0; i < 200; i++) {
		cache_put(cache, cache_find(cache, str_of(name(i))), a_result(1000, START_MS));
		cache_find(cache, str_of(name(0)));
		cache_trim(cache);
		ck_assert_uint_le(cache_size(cache), 100000);
	}
	ck_assert(has(0) && has(199) && has(190));
	ck_assert(!has(1) && !has(100));
}
END_TEST

START_TEST(what_is_on_its_way_stays)
{
	struct cache_entry *flying = cache_find(cache, STR("flying"));

	flying->flight = &arena;
	for (int i = 0; i < 200; i++)
		cache_put(cache, cache_find(cache, str_of(name(i))), a_result(1000, START_MS));
	cache_trim(cache);
	ck_assert_ptr_eq(cache_find(cache, STR("flying")), flying);
	flying->flight = NULL;
}
END_TEST

START_TEST(one_that_is_too_large_is_not_kept_nor_what_is_empty)
{
	cache_put(cache, entry(), a_result(50000, START_MS));
	cache_trim(cache);
	ck_assert_uint_eq(cache_size(cache), 0);
	for (int i = 0; i < 1000; i++)
		cache_find(cache, str_of(name(i)));
	cache_trim(cache);
	ck_assert_uint_le(cache_size(cache), 100000);
	cache_put(cache, entry(), a_result(10, START_MS));
	cache_put(cache, entry(), a_result(20, START_MS));
	struct aws_result *kept = aws_result_keep(entry()->result);
	cache_destroy(cache);
	cache = cache_create(1);
	ck_assert_ptr_nonnull(aws_result_value(kept));
	aws_result_drop(kept);
	aws_result_drop(NULL);
}
END_TEST

/* ---- What they say ---- */

static const struct { enum aws_action action; const char *text, *member; } texts[] = {
	{ ECS_LIST_TASKS, "{\"member\":\"x\"}", "x" },
	{ ECS_LIST_TASKS, "[]", NULL }, { ECS_LIST_TASKS, "", NULL }, { ECS_LIST_TASKS, "<A/>", NULL }, { ECS_LIST_TASKS, "{", NULL },
	{ RDS_DESCRIBE_EVENTS, "<DescribeEventsResponse><DescribeEventsResult><Marker>x</Marker></DescribeEventsResult></DescribeEventsResponse>", "x" },
	{ RDS_DESCRIBE_EVENTS, "<OtherResponse><OtherResult><Marker>x</Marker></OtherResult></OtherResponse>", NULL },
	{ RDS_DESCRIBE_EVENTS, "{\"Marker\":\"x\"}", NULL }, { RDS_DESCRIBE_EVENTS, "", NULL },
};

START_TEST(an_answer_is_read_as_its_service_speaks)
{
	struct aws_result *result = aws_result_create(&aws_operations[texts[_i].action], str_of(texts[_i].text), START_MS);

	for (int again = 0; again < 2; again++) {
		yyjson_val *value = aws_result_value(result);
		ck_assert((value != NULL) == (texts[_i].member != NULL));
		if (value)
			ck_assert(str_is(json_member(value, texts[_i].action == ECS_LIST_TASKS ? "member" : "Marker"), texts[_i].member));
	}
	aws_result_drop(result);
}
END_TEST

static void *look(void *result)
{
	return aws_result_value(result);
}

START_TEST(many_threads_may_look_at_one)
{
	struct aws_result *result = a_result(5000, START_MS);
	pthread_t threads[4];
	void *seen[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, look, result);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], &seen[i]);
	ck_assert(seen[0] && seen[0] == seen[1] && seen[1] == seen[2] && seen[2] == seen[3]);
	aws_result_drop(result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("aws_cache");
	TCase *cases = tcase_create("cache");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, an_answer_is_good_for_so_long);
	tcase_add_test(cases, who_wants_it_anew_has_it_but_every_five_seconds);
	tcase_add_test(cases, trouble_is_told_for_a_while_and_an_old_answer_serves);
	tcase_add_test(cases, what_nobody_asked_for_longest_goes_first);
	tcase_add_test(cases, what_is_on_its_way_stays);
	tcase_add_test(cases, one_that_is_too_large_is_not_kept_nor_what_is_empty);
	tcase_add_loop_test(cases, an_answer_is_read_as_its_service_speaks, 0, COUNT(texts));
	tcase_add_test(cases, many_threads_may_look_at_one);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
