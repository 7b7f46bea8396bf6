/* test_protocol_uris.c - what is one resource, however its URI is spelt. */
#include <stdio.h>

#include "runtime.h"
#include "suite.h"

struct named {
	const char *name, *part;
};

static SHAPE(named_shape, struct named,
	TEXT(struct named, name, "A name", .required = true),
	TEXT(struct named, part, "A part of it", .required = true));

struct numbered {
	const char *name;
	int64_t number;
};

static SHAPE(numbered_shape, struct numbered,
	TEXT(struct numbered, name, "A name", .required = true),
	INT(struct numbered, number, "Which", .required = true, AT_LEAST(-5)));

static struct offer resource = { .name = "part://All-1" };
/* The first has what both take. */
static struct offer templates[] = {
	{ .name = "part://{name}-{part}", .in = named_shape },
	{ .name = "numbered://one/{number}/{name}", .in = numbered_shape },
	{ .name = "numbered://{name}/{number}/all", .in = numbered_shape },
};

static void begin(void)
{
	static const struct extension *const none[] = { NULL };

	runtime.extensions = none;
	runtime.resources = (struct offers) { &resource, 1, 1 };
	runtime.templates = (struct offers) { templates, 3, 3 };
}

static struct topic topic(const char *uri)
{
	struct arena *arena = arena_create();
	struct topic made = topic_of(arena, str_of(uri));

	arena_destroy(arena);
	return made;
}

static const struct offer *names(const char *uri)
{
	struct arena *arena = arena_create();
	const void *in;
	const struct offer *offer = offer_for_uri(arena, str_of(uri), &in);

	arena_destroy(arena);
	return offer;
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

START_TEST(a_whole_number_is_spelt_in_one_way)
{
	static const char *const odd[] = { "07", "-0", "+7", "7.0", "7e0", " 7", "-6", "9223372036854775808", "" };

	ck_assert(topic_is(topic("numbered://a/7/all"), topic("numbered://a/%37/all")));
	for (size_t i = 0; i < sizeof(odd) / sizeof(*odd); i++) {
		char uri[64];
		snprintf(uri, sizeof(uri), "numbered://a/%s/all", odd[i]);
		ck_assert_msg(!names(uri), "%s", uri);
	}
	ck_assert(names("numbered://a/9223372036854775807/all"));
}
END_TEST

/* Whoever may follow one of them learns nothing of the other. */
START_TEST(what_is_found_elsewhere_when_it_is_spelt_otherwise_is_another)
{
	ck_assert_ptr_eq(names("part://All-1"), &resource);
	ck_assert_ptr_eq(names("part://%41ll-1"), &templates[0]);
	ck_assert(!topic_is(topic("part://All-1"), topic("part://%41ll-1")));

	ck_assert_ptr_eq(names("numbered://one/1/all"), &templates[1]);
	ck_assert_ptr_eq(names("numbered://%6fne/1/all"), &templates[2]);
	ck_assert(!topic_is(topic("numbered://one/1/all"), topic("numbered://%6fne/1/all")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("uris");
	TCase *tests = tcase_create("topics");

	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, what_is_one_is_the_same_topic_however_it_is_spelt_and_nothing_else);
	tcase_add_test(tests, a_whole_number_is_spelt_in_one_way);
	tcase_add_test(tests, what_is_found_elsewhere_when_it_is_spelt_otherwise_is_another);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
