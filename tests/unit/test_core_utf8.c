/* test_core_utf8.c - what is UTF-8, and how text of others is quoted. */
#include <stdlib.h>

#include "core.h"
#include "suite.h"

static const struct { str text; bool valid; size_t length; } texts[] = {
	{ { "", 0 }, true, 0 },
	{ { "plain text of some length", 25 }, true, 25 },
	{ { "a\0b", 3 }, true, 3 },
	{ { "caf\xc3\xa9 12345678", 14 }, true, 13 },
	{ { "\xe2\x82\xac", 3 }, true, 1 },
	{ { "\xf0\x9f\x99\x82", 4 }, true, 1 },
	{ { "\xf4\x8f\xbf\xbf", 4 }, true, 1 },
	{ { "\xed\x9f\xbf\xee\x80\x80", 6 }, true, 2 },
	{ { "\x80", 1 }, false, 0 },                    /* a continuation alone */
	{ { "\xc0\x80", 2 }, false, 0 },                /* overlong */
	{ { "\xc1\xbf", 2 }, false, 0 },
	{ { "\xe0\x9f\xbf", 3 }, false, 0 },
	{ { "\xf0\x8f\xbf\xbf", 4 }, false, 0 },
	{ { "\xed\xa0\x80", 3 }, false, 0 },            /* a surrogate */
	{ { "\xf4\x90\x80\x80", 4 }, false, 0 },        /* above U+10FFFF */
	{ { "\xf5\x80\x80\x80", 4 }, false, 0 },
	{ { "\xff", 1 }, false, 0 },
	{ { "\xe2\x82", 2 }, false, 0 },                /* cut off */
	{ { "12345678\xe2\x82", 10 }, false, 0 },
	{ { "1234567\xc3", 8 }, false, 0 },
	{ { "\xc3(", 2 }, false, 0 },
};

START_TEST(utf8_is_what_rfc_3629_says)
{
	ck_assert(utf8_valid(texts[_i].text) == texts[_i].valid);
	if (texts[_i].valid)
		ck_assert_uint_eq(utf8_length(texts[_i].text), texts[_i].length);
}
END_TEST

static const struct { str text; int32_t first; size_t left; } takes[] = {
	{ { "a\xc3\xa9", 3 }, 'a', 2 }, { { "\0b", 2 }, 0, 1 }, { { "\x7f", 1 }, 0x7f, 0 },
	{ { "\xc2\x80", 2 }, 0x80, 0 }, { { "\xdf\xbf!", 3 }, 0x7ff, 1 }, { { "\xe0\xa0\x80", 3 }, 0x800, 0 },
	{ { "\xef\xbf\xbf", 3 }, 0xffff, 0 }, { { "\xf0\x90\x80\x80", 4 }, 0x10000, 0 },
	{ { "\xf4\x8f\xbf\xbf", 4 }, 0x10ffff, 0 }, { { "\xff" "a", 2 }, -1, 1 }, { { "\xe2\x82", 2 }, -1, 1 },
};

START_TEST(a_character_is_taken_off)
{
	str rest = takes[_i].text;

	ck_assert_int_eq(utf8_take(&rest), takes[_i].first);
	ck_assert_uint_eq(rest.size, takes[_i].left);
	ck_assert_ptr_eq(rest.at + rest.size, takes[_i].text.at + takes[_i].text.size);
}
END_TEST

#define BAD REPLACEMENT

static const struct { str sent; size_t most; const char *shown; } quotes[] = {
	{ { "", 0 }, 64, "" },
	{ { NULL, 0 }, 64, "" },
	{ { "tools/list", 10 }, 64, "tools/list" },
	{ { "tools/list", 10 }, 10, "tools/list" },
	{ { "tools/list", 10 }, 9, "tools/lis…" },
	{ { "abc\xc3\xa9", 5 }, 5, "abc\xc3\xa9" },
	{ { "abc\xc3\xa9", 5 }, 4, "abc…" },
	{ { "\xf0\x9f\x99\x82!", 5 }, 4, "\xf0\x9f\x99\x82…" },
	{ { "\xf0\x9f\x99\x82!", 5 }, 3, "…" },
	{ { "x", 1 }, 0, "…" },
	{ { "\xff\xfe" "2099", 6 }, 32, BAD BAD "2099" },
	{ { "\xff\xfe" "2099", 6 }, 5, BAD "…" },
	{ { "a\xc3", 2 }, 64, "a" BAD },
	{ { "\xed\xa0\x80", 3 }, 64, BAD BAD BAD },
	{ { "a\0b\nc\x1b[2J\x7f", 10 }, 64, "a" BAD "b" BAD "c" BAD "[2J" BAD },
	{ { "\xc2\x9b" "2J\xc2\xa0", 6 }, 64, BAD "2J\xc2\xa0" },
};

START_TEST(what_others_sent_is_quoted)
{
	ck_assert_str_eq(str_quote(quotes[_i].sent, quotes[_i].most).text, quotes[_i].shown);
}
END_TEST

START_TEST(a_quote_is_bounded_whatever_is_asked_for)
{
	static char text[100000];

	memset(text, _i ? '\xff' : 'a', sizeof(text));
	str shown = str_of(str_quote((str) { text, sizeof(text) }, SIZE_MAX).text);
	ck_assert(utf8_valid(shown));
	ck_assert_uint_le(shown.size, QUOTE_MAX + strlen("…"));
	ck_assert_uint_gt(shown.size, QUOTE_MAX - 3);
}
END_TEST

/* Any bytes, of few kinds so that characters come about, at every bound. */
START_TEST(a_quote_is_text_without_control_characters)
{
	static const char kinds[] = "a\x1f\x7f\x80\x9f\xa0\xbf\xc2\xc3\xe0\xe2\xed\xf0\xf4\xff\"";
	unsigned state = 1;

	for (int round = 0; round < 4000; round++) {
		char text[24];
		for (size_t i = 0; i < sizeof(text); i++) {
			state = state * 1103515245 + 12345;
			text[i] = kinds[(state >> 16) % (sizeof(kinds) - 1)];
		}
		size_t size = (state >> 8) % sizeof(text), most = (state >> 4) % 32;
		struct quote q = str_quote((str) { text, size }, most);
		str shown = str_of(q.text);
		ck_assert(utf8_valid(shown) && shown.size <= most + strlen("…"));
		for (size_t i = 0; i < shown.size; i++)
			ck_assert((unsigned char)shown.at[i] >= 0x20 && shown.at[i] != 0x7f &&
			          ((unsigned char)shown.at[i] != 0xc2 ||
			           (unsigned char)shown.at[i + 1] >= 0xa0));
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tests = tcase_create("utf8");
	tcase_add_loop_test(tests, utf8_is_what_rfc_3629_says, 0, COUNT(texts));
	tcase_add_loop_test(tests, a_character_is_taken_off, 0, COUNT(takes));
	tcase_add_loop_test(tests, what_others_sent_is_quoted, 0, COUNT(quotes));
	tcase_add_loop_test(tests, a_quote_is_bounded_whatever_is_asked_for, 0, 2);
	tcase_add_test(tests, a_quote_is_text_without_control_characters);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
