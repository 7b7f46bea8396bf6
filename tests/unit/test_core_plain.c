/* test_core_plain.c - what people type, copy and let models write, in plain signs. */
#include "core.h"
#include "suite.h"

static const struct { const char *text, *plain; } texts[] = {
	{ "KIT-0001", "KIT-0001" }, { "", "" }, { "a b", "a b" }, { "é", "é" }, { " a ", "a" },
	{ "\t\n a\r", "a" }, { "a\tb", "a b" },
	/* U+2010 to U+2015, the minus sign, the small and the full width ones. */
	{ "KIT‐1", "KIT-1" }, { "KIT‑1", "KIT-1" }, { "KIT‒1", "KIT-1" }, { "KIT–1", "KIT-1" },
	{ "KIT—1", "KIT-1" }, { "KIT―1", "KIT-1" }, { "KIT−1", "KIT-1" }, { "KIT﹘1", "KIT-1" },
	{ "KIT\ufe631", "KIT-1" }, { "KIT\uff0d1", "KIT-1" },
	/* Soft hyphens: one that was seen, and those that were not. */
	{ "KIT\u00ad1", "KIT-1" }, { "KIT-\u00ad1", "KIT-1" }, { "KIT\u00ad-1", "KIT-1" },
	{ "\u00adKIT\u00ad", "KIT" }, { "KIT\u00ad\u20111", "KIT-1" },
	/* Blanks that do not break, or take no room. */
	{ "\u00a0KIT-1\u202f", "KIT-1" }, { "\u2007\u3000KIT\u00a01", "KIT 1" },
	{ "KIT\u200b-\ufeff1\u2060", "KIT-1" }, { "\u200e\u202aKIT\u202c", "KIT" },
	{ "\u00a0", "" }, { "\u200b\ufeff", "" },
	/* What is no UTF-8 stays as it is. */
	{ "a\xff" "b", "a\xff" "b" }, { "\xe2\x80", "\xe2\x80" }, { "\xe2\x80 ", "\xe2\x80" },
};

START_TEST(text_is_made_plain)
{
	struct arena *arena = arena_create();
	const char *plain = text_plain(arena, texts[_i].text);

	ck_assert_str_eq(plain, texts[_i].plain);
	ck_assert_str_eq(text_plain(arena, plain), plain);
	arena_destroy(arena);
}
END_TEST

START_TEST(what_is_plain_is_not_copied)
{
	static const char text[] = "KIT-0001";

	ck_assert_ptr_eq(text_plain(NULL, text), text);
}
END_TEST

static const struct { const char *text; bool blank; } blanks[] = {
	{ "", true }, { " ", true }, { " \t\r\n\v\f", true }, { "\u00a0\u2003\u3000", true },
	{ "\u200b\u2060\ufeff\u00ad", true }, { "a", false }, { " a", false }, { "\u00a0é", false },
	{ "-", false }, { "0", false }, { "\xff", false }, { "\u0300", false },
};

START_TEST(a_blank_text_shows_nothing)
{
	ck_assert_int_eq(text_blank(blanks[_i].text), blanks[_i].blank);
}
END_TEST

static const struct { const char *text, *trimmed; } around[] = {
	{ "", "" }, { "A-1", "A-1" }, { " \t\u00a0\ufeff", "" }, { "\u200bA-1\u00a0", "A-1" },
	{ " A\u00a0\u200d1\u3000", "A\u00a0\u200d1" }, { "A\u00ad-1\u00ad", "A\u00ad-1" }, { "é", "é" },
	{ "\xc2\x85\u1680\u205fa\u2028\u202e\u2061", "a" },
	/* What is no UTF-8 is no blank, nor is what ends like one. */
	{ "\x80 ", "\x80" }, { "\xa0", "\xa0" }, { "à", "à" },
};

START_TEST(blanks_around_a_text_are_taken_off_whatever_their_width)
{
	str trimmed = blank_trim(str_of(around[_i].text));

	ck_assert(str_is(trimmed, around[_i].trimmed));
	ck_assert_uint_eq(blank_step(trimmed), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("plain");
	TCase *tcase = tcase_create("plain");

	tcase_add_loop_test(tcase, text_is_made_plain, 0, COUNT(texts));
	tcase_add_test(tcase, what_is_plain_is_not_copied);
	tcase_add_loop_test(tcase, blanks_around_a_text_are_taken_off_whatever_their_width, 0,
	                    COUNT(around));
	tcase_add_loop_test(tcase, a_blank_text_shows_nothing, 0, COUNT(blanks));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
