/* test_core_text.c - slices, and numbers in them. */
#include "core.h"
#include "suite.h"

START_TEST(absent_is_not_empty)
{
	ck_assert(!str_of(NULL).at);
	ck_assert(str_is(STR(""), ""));
	ck_assert(!str_is((str) { 0 }, ""));
	ck_assert(str_same((str) { 0 }, STR("")));
}
END_TEST

START_TEST(prefixes_and_case)
{
	ck_assert(str_starts(STR("Bearer x"), "Bearer "));
	ck_assert(str_starts(STR("x"), ""));
	ck_assert(str_starts((str) { 0 }, ""));
	ck_assert(!str_starts(STR("Bear"), "Bearer"));
	ck_assert(str_is_nocase(STR("ContenT-Type"), "content-tYPE"));
	ck_assert(!str_is_nocase(STR("content-typ"), "content-type"));
	ck_assert(!str_is_nocase((str) { 0 }, ""));
	ck_assert(!str_is_nocase(STR("["), "{"));
}
END_TEST

START_TEST(capitals_are_those_of_ascii)
{
	struct arena *arena = arena_create();

	ck_assert_str_eq(text_capitals(arena, "azAZ09 @[`{ \u00e9"), "AZAZ09 @[`{ \u00e9");
	ck_assert_str_eq(text_small(arena, "azAZ09 @[`{ \u00c9"), "azaz09 @[`{ \u00c9");
	ck_assert_str_eq(text_capitals(arena, ""), "");
	arena_destroy(arena);
}
END_TEST

START_TEST(a_text_stands_in_a_uri)
{
	struct arena *arena = arena_create();

	ck_assert_str_eq(text_in_uri(arena, "azAZ09-._~"), "azAZ09-._~");
	ck_assert_str_eq(text_in_uri(arena, "Ada L/%+@[`{?"), "Ada%20L%2F%25%2B%40%5B%60%7B%3F");
	ck_assert_str_eq(text_in_uri(arena, "Zo\u00eb\x7f"), "Zo%C3%AB%7F");
	ck_assert_str_eq(text_in_uri(arena, ""), "");
	ck_assert_str_eq(text_in_uri(arena, NULL), "");
	arena_destroy(arena);
}
END_TEST

START_TEST(trim_takes_blanks_off_both_ends)
{
	ck_assert(str_is(str_trim(STR(" \t a b\t ")), "a b"));
	ck_assert_uint_eq(str_trim(STR(" \t ")).size, 0);
	ck_assert(str_is(str_trim(STR("\na")), "\na"));
}
END_TEST

START_TEST(cut_gives_each_part_then_nothing)
{
	str rest = STR("a,,b");

	ck_assert(str_is(str_cut(&rest, ','), "a"));
	ck_assert(str_is(str_cut(&rest, ','), ""));
	ck_assert(str_is(str_cut(&rest, ','), "b"));
	ck_assert(!rest.at);
	ck_assert(!str_cut(&rest, ',').at);

	rest = STR("a,");
	ck_assert(str_is(str_cut(&rest, ','), "a"));
	ck_assert(rest.at && rest.size == 0);
	ck_assert(str_is(str_cut(&rest, ','), ""));
	ck_assert(!rest.at);
}
END_TEST

static const struct { const char *text; bool fine; int64_t value; } numbers[] = {
	{ "0", true, 0 }, { "-0", true, 0 }, { "007", true, 7 }, { "-12", true, -12 },
	{ "9223372036854775807", true, INT64_MAX }, { "-9223372036854775808", true, INT64_MIN },
	{ "9223372036854775808", false, 0 }, { "-9223372036854775809", false, 0 },
	{ "99999999999999999999999", false, 0 }, { "", false, 0 }, { "-", false, 0 },
	{ "+1", false, 0 }, { " 1", false, 0 }, { "1 ", false, 0 }, { "1.0", false, 0 },
	{ "0x1", false, 0 }, { "--1", false, 0 },
};

START_TEST(a_number_is_the_whole_text)
{
	int64_t value = 42;

	ck_assert(str_to_int(str_of(numbers[_i].text), &value) == numbers[_i].fine);
	ck_assert_int_eq(value, numbers[_i].fine ? numbers[_i].value : 42);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tests = tcase_create("text");
	tcase_add_test(tests, absent_is_not_empty);
	tcase_add_test(tests, prefixes_and_case);
	tcase_add_test(tests, capitals_are_those_of_ascii);
	tcase_add_test(tests, a_text_stands_in_a_uri);
	tcase_add_test(tests, trim_takes_blanks_off_both_ends);
	tcase_add_test(tests, cut_gives_each_part_then_nothing);
	tcase_add_loop_test(tests, a_number_is_the_whole_text, 0, COUNT(numbers));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
