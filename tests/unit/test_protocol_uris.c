/* test_protocol_uris.c - what is one resource, however its URI is spelt. */
#include "runtime.h"
#include "suite.h"

struct named {
	const char *name, *part;
};

static SHAPE(named_shape, struct named,
	TEXT(struct named, name, "A name", .required = true),
	TEXT(struct named, part, "A part of it", .required = true));

static struct offer template = { .name = "part://{name}-{part}", .in = named_shape };

static void begin(void)
{
	static const struct extension *const none[] = { NULL };

	runtime.extensions = none;
	runtime.templates = (struct offers) { &template, 1, 1 };
}

static struct topic topic(const char *uri)
{
	struct arena *arena = arena_create();
	struct topic made = topic_of(arena, str_of(uri));

	arena_destroy(arena);
	return made;
}

START_TEST(what_is_one_is_the_same_topic_however_it_is_spelt_and_nothing_else)
{
	ck_assert(topic_is(topic("part://An%20n-1"), topic("part://%41n n-%31")));
	ck_assert(topic_is(topic("part://%c3%a9-1"), topic("part://%C3%A9-1")));
	ck_assert(topic_is(topic("part://a+b-1"), topic("part://a%2bb-1")));
	/* Of two ways to divide it each is another. */
	ck_assert(!topic_is(topic("part://a%2Db-c"), topic("part://a-b-c")));
	ck_assert(!topic_is(topic("part://a-b"), topic("part://a-B")));
	ck_assert(!topic_is(topic("part://a%2Fb-c"), topic("part://a%252Fb-c")));
	/* What names nothing here is compared as it is written. */
	ck_assert(!topic_is(topic("other://a"), topic("other://%61")));
	ck_assert(!topic_is(topic("PART://a-b"), topic("part://a-b")));
	ck_assert(topic_is(topic("list:tools"), topic("list:tools")));
}
END_TEST

START_TEST(a_resource_is_spelt_as_programs_are_told_to)
{
	struct arena *arena = arena_create();

	ck_assert_str_eq(offer_spelling(arena, STR("part://%41n n%2f-%7e!")), "part://An%20n%2F-~%21");
	ck_assert_str_eq(offer_spelling(arena, STR("part://a%2Db-c-d")), "part://a%2Db-c-d");
	ck_assert_str_eq(offer_spelling(arena, STR("other://%61")), "other://%61");
	ck_assert_str_eq(offer_spelling(arena, STR("")), "");
	arena_destroy(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uris");
	TCase *tests = tcase_create("topics");

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, what_is_one_is_the_same_topic_however_it_is_spelt_and_nothing_else);
	tcase_add_test(tests, a_resource_is_spelt_as_programs_are_told_to);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
