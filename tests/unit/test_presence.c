/* test_presence.c - who is at what just now: who begins, says it again, ends, lapses; in which order, and how many. */
#include <stdio.h>
#include <stdlib.h>

#include "presence_table.h"
#include "suite.h"

static struct presences all = { .at_one = MCP_PRESENT_MAX, .shares = SHARES };

static const struct topic ONE = { 1 }, ITS_NEIGHBOUR = { 1 + PRESENCE_BUCKETS };

static bool put(struct topic topic, const char *who, int64_t until_ms, int64_t now_ms)
{
	char uri[32];

	snprintf(uri, sizeof(uri), "talk://%llu", (unsigned long long)topic.key);
	return presence_put(&all, topic, uri, who, until_ms, now_ms);
}

static const char *found(struct topic topic, int64_t now_ms)
{
	static char text[64];
	const char *who[PRESENCE_AT_ONE_MAX];
	int count = presence_find(&all, topic, now_ms, who);

	text[0] = 0;
	for (int i = 0; i < count; i++)
		sprintf(text + strlen(text), "%s ", who[i]);
	return text;
}

/* The URI of one that has lapsed; "": none has. */
static const char *lapsed(int64_t now_ms)
{
	static char text[32];
	struct presence *gone = presence_take_lapsed(&all, now_ms);

	snprintf(text, sizeof(text), "%s", gone ? gone->uri : "");
	free(gone);
	return text;
}

static void forget(void)
{
	while (*lapsed(INT64_MAX))
		;
	ck_assert_int_eq(all.count, 0);
	ck_assert_uint_eq(all.bytes, 0);
	ck_assert_ptr_null(all.first);
	ck_assert_ptr_null(all.last);
	for (int i = 0; i < PRESENCE_BUCKETS; i++)
		ck_assert_ptr_null(all.buckets[i]);
}

START_TEST(who_begins_and_ends_is_news_and_who_says_it_again_is_none)
{
	ck_assert(put(ONE, "ada", 600, 0));
	ck_assert(!put(ONE, "ada", 900, 300));
	ck_assert(put(ONE, "bob", 901, 301));
	ck_assert_str_eq(found(ONE, 302), "ada bob ");
	/* Not there, there, not there any more; and what shares its bucket is something else. */
	ck_assert(!presence_remove(&all, ITS_NEIGHBOUR, "ada", 303));
	ck_assert(put(ITS_NEIGHBOUR, "ada", 903, 303));
	ck_assert(presence_remove(&all, ONE, "ada", 304));
	ck_assert(!presence_remove(&all, ONE, "ada", 304));
	ck_assert_str_eq(found(ONE, 305), "bob ");
	ck_assert_str_eq(found(ITS_NEIGHBOUR, 305), "ada ");
	forget();
}
END_TEST

START_TEST(who_does_not_say_it_again_lapses_and_whoever_is_first_is_first)
{
	put(ONE, "ada", 600, 0);
	put(ITS_NEIGHBOUR, "bob", 300, 10);
	put(ONE, "cyd", 450, 20);
	put(ONE, "ada", 620, 20);
	ck_assert_int_eq(all.first->until_ms, 300);
	ck_assert_str_eq(lapsed(299), "");
	ck_assert_str_eq(lapsed(300), "talk://2049");
	ck_assert_str_eq(found(ONE, 449), "ada cyd ");
	/* What has lapsed is not there, whether it was looked after or not. */
	ck_assert_str_eq(found(ONE, 450), "ada ");
	ck_assert(!presence_remove(&all, ONE, "cyd", 450));
	ck_assert_str_eq(lapsed(450), "talk://1");
	ck_assert_str_eq(lapsed(619), "");
	/* Who comes back behind that time begins. */
	ck_assert(put(ONE, "ada", 1220, 620));
	ck_assert_int_eq(all.count, 1);
	forget();
}
END_TEST

START_TEST(of_one_resource_few_are_known_those_who_stay_longest)
{
	static const char *const names[] = { "a", "b", "c", "d" };

	for (int i = 0; i < COUNT(names); i++)
		put(ONE, names[i], 600 + i, i);
	put(ITS_NEIGHBOUR, "z", 100, 4);
	put(ONE, "a", 700, 4);
	ck_assert_str_eq(found(ONE, 4), "a b c d ");
	ck_assert(put(ONE, "e", 605, 5));
	ck_assert_str_eq(found(ONE, 5), "a c d e ");
	ck_assert_str_eq(found(ITS_NEIGHBOUR, 5), "z ");
	forget();
}
END_TEST

START_TEST(there_are_so_many_and_no_more_and_who_would_lapse_first_goes)
{
	for (int i = 0; i < PRESENCES_MAX; i++)
		put((struct topic) { 100 + (uint64_t)i }, "ada", 10000 + (i * 7919) % PRESENCES_MAX, 0);
	ck_assert_str_eq(lapsed(0), "");
	ck_assert_int_eq(all.first->until_ms, 10000);
	put(ONE, "ada", 15000, 0);
	ck_assert_str_eq(lapsed(0), "talk://100");
	ck_assert_str_eq(lapsed(0), "");
	ck_assert_int_eq(all.count, PRESENCES_MAX);
	ck_assert_int_eq(all.last->until_ms, 10000 + PRESENCES_MAX - 1);
	forget();
}
END_TEST

START_TEST(so_many_bytes_and_no_more)
{
	char who[1001];
	int count = 0;

	memset(who, 'a', 1000);
	who[1000] = 0;
	while (all.bytes <= PRESENCE_BYTES_MAX)
		put((struct topic) { (uint64_t)++count }, who, 1000 + count, 0);
	ck_assert_int_lt(count, PRESENCES_MAX);
	ck_assert_str_eq(lapsed(0), "talk://1");
	ck_assert_str_eq(lapsed(0), "");
	forget();
}
END_TEST

/* Whoever follows is said again and again: to let one in for another would make news of both each time. */
START_TEST(where_who_is_there_stays_who_comes_to_a_full_place_is_not_noted)
{
	static const char *const names[] = { "a", "b" };

	all.at_one = 2;
	all.stays = true;
	for (int i = 0; i < COUNT(names); i++)
		ck_assert(put(ONE, names[i], 600 + i, 0));
	ck_assert(!put(ONE, "c", 900, 1));
	ck_assert(put(ITS_NEIGHBOUR, "c", 900, 1));
	ck_assert(!put(ONE, "a", 900, 1));
	ck_assert_str_eq(found(ONE, 2), "a b ");
	ck_assert_str_eq(lapsed(601), "talk://1");
	ck_assert(put(ONE, "c", 900, 601));
	ck_assert_str_eq(found(ONE, 602), "a c ");

	/* However many there are, nobody goes. */
	char who[16];
	int count = 0;
	do
		snprintf(who, sizeof(who), "%d", ++count);
	while (put((struct topic) { 100 + (uint64_t)count }, who, 10000, 602));
	ck_assert_int_gt(all.count, PRESENCES_MAX / 100 * 99);
	ck_assert_int_le(all.count, PRESENCES_MAX);
	ck_assert_str_eq(lapsed(602), "");
	forget();
	ck_assert_int_eq(all.shares.total, 0);
	all.stays = false;
}
END_TEST

START_TEST(where_who_is_there_stays_whoever_is_at_very_much_leaves_room_to_others)
{
	uint64_t count = 0;

	all.stays = true;
	while (put((struct topic) { 100 + count }, "ada", 10000, 0))
		count++;
	ck_assert_uint_gt(count, PRESENCES_MAX / 100 * 49);
	ck_assert_uint_le(count, PRESENCES_MAX / 2);
	ck_assert(put(ONE, "bob", 10000, 0));
	ck_assert(!put(ONE, "ada", 10000, 0));
	/* Who is at less has room again. */
	ck_assert(presence_remove(&all, (struct topic) { 100 }, "ada", 1));
	ck_assert(presence_remove(&all, (struct topic) { 101 }, "ada", 1));
	ck_assert(put(ONE, "ada", 10000, 1));
	forget();
	ck_assert_int_eq(all.shares.total, 0);
	all.stays = false;
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("presence");
	TCase *tests = tcase_create("presence");

	tcase_add_test(tests, who_begins_and_ends_is_news_and_who_says_it_again_is_none);
	tcase_add_test(tests, who_does_not_say_it_again_lapses_and_whoever_is_first_is_first);
	tcase_add_test(tests, of_one_resource_few_are_known_those_who_stay_longest);
	tcase_add_test(tests, there_are_so_many_and_no_more_and_who_would_lapse_first_goes);
	tcase_add_test(tests, so_many_bytes_and_no_more);
	tcase_add_test(tests, where_who_is_there_stays_who_comes_to_a_full_place_is_not_noted);
	tcase_add_test(tests, where_who_is_there_stays_whoever_is_at_very_much_leaves_room_to_others);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
