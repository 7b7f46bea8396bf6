/* test_products_words.c - words as a search sees them. */
#include <stdlib.h>
#include <sys/mman.h>

#include "suite.h"
#include "words.h"

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static const struct { const char *text, *folded; } folds[] = {
	{ "", "" },
	{ NULL, "" },
	{ "  ,;- ", "" },
	{ "Crème-Brûlée No. 2", "creme brulee no 2" },
	{ "Maison Églantine", "maison eglantine" },
	{ "Cafe\xcc\x81", "cafe" },                             /* a combining accent */
	{ "STRASSE straße", "strasse strasse" },
	{ "Smørrebrød Łódź", "smorrebrod lodz" },
	{ "Cœur Œuvre", "coeur oeuvre" },
	{ "Lego™ brick", "lego brick" },
	{ "ﬁne", "fine" },
	{ "so\xc2\xad" "ft", "soft" },                          /* a soft hyphen */
	{ "children's", "children s" },
	/* Marks that are letters in all but name stay; accents, points and what is typed otherwise do not. */
	{ "दिल दाल", "दिल दाल" }, { "बाज़ार", "बाजार" }, { "৫ চা", "5 চা" }, { "கோப்பை", "கோப்பை" },
	/* A nasal that is written as the anusvara too; what is not, and where there is nothing to set it on. */
	{ "हिन्दी हिंदी", "हिंदी हिंदी" }, { "कम्बल अङ्क पञ्च अण्डा", "कंबल अंक पंच अंडा" }, { "लेन्स इन्डिया", "लेंस इंडिया" },
	{ "चम्मच अन्न जन्म अन्य जेम्स", "चम्मच अन्न जन्म अन्य जेम्स" }, { "चाँद", "चांद" },
	{ "न्द क-न्द aन्द กन्द", "न्द क न्द aन्द ก न्द" }, { "हिन्\u200dदी हिन्-दी", "हिंदी हिन् दी" },
	{ "সঙ্গীত হিন্দি", "সংগীত হিন্দি" }, { "હિન્દી", "હિંદી" }, { "హిన్దీ లెన్స్", "హిందీ లెన్స్" }, { "ಹಿನ್ದಿ", "ಹಿಂದಿ" },
	{ "കമ്പ്യൂട്ടർ ഹിന്ദി", "കംപ്യൂട്ടർ ഹിന്ദി" }, { "தம்பி", "தம்பி" },
	{ "食パン", "食パン" }, { "ﾊﾟﾝ", "パン" }, { "ハ\xe3\x82\x9aン", "パン" },
	{ "コーヒー・カップ", "コーヒーカップ" }, { "Tシャツ", "t シャツ" }, { "ยี่ห้อ", "ยี่ห้อ" },
	{ "чёрный Чай", "черный чай" }, { "чаи\xcc\x86", "чай" }, { "Їжак", "їжак" }, { "за\xcc\x81мок", "замок" },
	{ "שָׁלוֹם", "שלומ" }, { "كِتَاب أحمد قهوة مـــا", "كتاب احمد قهوه ما" }, { "٢٤", "24" },
	{ "\xe1\x84\x8f\xe1\x85\xa5피", "커피" }, { "\xe1\x84\x8f-\xe1\x85\xa5", "\xe1\x84\x8f \xe1\x85\xa5" },
	{ "㎏ ㍍", "kg メートル" },
	{ "38 x 25 cm.", "38 x 25 cm" },
	{ "½ litre", "1 2 litre" },
	{ "ΣΊΣΥΦΟΣ", "σισυφοσ" },
	{ "東京 茶", "東京 茶" },
	{ "a\xff" "b", "a b" },                                 /* not UTF-8 */
	{ "¤kitchen", "kitchen" },
	{ "tea—pot", "tea pot" }, { "Lego™Brick", "lego brick" },
	{ "AZaz09", "azaz09" }, { "A/B:C@D[E`F{G", "a b c d e f g" },
	{ "a\xc2\x80" "b", "a b" },                             /* a control character */
};

START_TEST(folds_case_and_accents_and_splits_at_the_rest)
{
	ck_assert_str_eq(words_fold(arena, folds[_i].text), folds[_i].folded);
}
END_TEST

START_TEST(folding_twice_is_folding_once)
{
	const char *once = words_fold(arena, folds[_i].text);
	ck_assert_str_eq(words_fold(arena, once), once);
}
END_TEST

START_TEST(a_letter_that_unfolds_into_many_fits)
{
	const char *text = "";
	for (int i = 0; i < 50; i++)
		text = arena_print(arena, "%s\xef\xb7\xba", text);
	ck_assert_uint_gt(strlen(words_fold(arena, text)), 50);
}
END_TEST

/* U+FDFA again and again, without an end: behind `size` bytes nothing may be looked at. */
static char *endless(size_t size, void **pages, size_t *pages_size)
{
	size_t page = 65536, room = (size + page - 1) / page * page;

	*pages_size = room + page;
	char *at = mmap(NULL, *pages_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ck_assert(at != MAP_FAILED);
	ck_assert_int_eq(mprotect(at + room, page, PROT_NONE), 0);
	*pages = at;
	for (size_t i = 0; i < size; i++)
		at[room - size + i] = "\xef\xb7\xba"[i % 3];
	return at + room - size;
}

/* What is counted is the work, not the time: bytes read, written and allocated. */
START_TEST(the_work_of_a_text_without_end_is_bounded)
{
	void *pages;
	size_t size, before = arena_size(arena);

	const char *folded = words_fold(arena, endless(FOLD_SIZE_MAX, &pages, &size));
	ck_assert_uint_le(strlen(folded), FOLD_SIZE_MAX);
	ck_assert_uint_gt(strlen(folded), FOLD_SIZE_MAX - 40);
	ck_assert_uint_le(arena_size(arena) - before, 4 * FOLD_SIZE_MAX);
	munmap(pages, size);

	before = arena_size(arena);
	ck_assert_str_eq(words_key(arena, endless(KEY_SIZE_MAX + 1, &pages, &size)), "");
	ck_assert_uint_le(arena_size(arena) - before, 64);
	munmap(pages, size);
}
END_TEST

START_TEST(a_text_is_searched_to_the_last_byte_that_is_read)
{
	char *text = arena_alloc(arena, FOLD_SIZE_MAX + 2);

	memset(text, 'A', FOLD_SIZE_MAX + 1);
	ck_assert_uint_eq(strlen(words_fold(arena, text)), FOLD_SIZE_MAX);
}
END_TEST

/* Whatever it grows by: what has the memory behind it next does not touch it. */
START_TEST(what_is_folded_stays_what_it_is)
{
	const char *text = "";

	for (int size = 0; size < 120; size++) {
		char *folded = words_fold(arena, text), *key = words_key(arena, text);
		char *copy = arena_copy(arena, str_of(folded));
		memset(arena_alloc(arena, 64), 'x', 64);
		ck_assert_str_eq(folded, copy);
		ck_assert_uint_eq(strlen(folded), strlen(words_fold(arena, folded)));
		ck_assert_uint_ge(strlen(key), strlen(text));
		/* One letter, or two with what was two words between. */
		text = arena_print(arena, "%s%s", text, size % 3 ? "½" : "b");
	}
}
END_TEST

/* Each of them unfolds into eleven times its bytes, so that there is not room for all at once. */
START_TEST(what_unfolds_into_more_and_more_is_whole)
{
	const char *one = words_fold(arena, "\xef\xb7\xba"), *text = "", *folded = "";

	for (int count = 1; count < 60; count++) {
		text = arena_print(arena, "%s\xef\xb7\xba", text);
		folded = arena_print(arena, "%s%s", folded, one);
		struct arena *small = arena_create();
		char *mine = words_fold(small, text);
		memset(arena_alloc(small, 256), 'x', 256);
		ck_assert_str_eq(mine, folded);
		arena_destroy(small);
	}
}
END_TEST

/* A smaller one would have room where a greater one has none; but a text ends where it is cut. */
START_TEST(nothing_is_searched_for_behind_where_a_text_is_cut)
{
	size_t one = strlen(words_fold(arena, "\xef\xb7\xba")), many = FOLD_SIZE_MAX / one + 9;
	char *text = arena_alloc(arena, 3 * many + 2);

	for (size_t i = 0; i < many; i++)
		memcpy(text + 3 * i, "\xef\xb7\xba", 3);
	memcpy(text + 3 * many, "a", 2);
	ck_assert_uint_gt(FOLD_SIZE_MAX % one, 0);
	ck_assert_uint_eq(strlen(words_fold(arena, text)), FOLD_SIZE_MAX - FOLD_SIZE_MAX % one);
}
END_TEST

/* The longest description of plain letters is searched to its end; the longest SKU has a key. */
START_TEST(what_a_product_may_have_is_within_the_bounds)
{
	char text[4 * 4000 + 8], sku[4 * 64 + 1];

	for (size_t i = 0; i < 4 * 4000; i += 4)
		memcpy(text + i, "\xf0\x90\x8c\xb0", 4);      /* a letter of Gothic */
	memcpy(text + 4 * 4000, " end", 5);
	ck_assert_ptr_nonnull(strstr(words_fold(arena, text), " end"));
	memcpy(sku, text, sizeof(sku) - 1);
	sku[sizeof(sku) - 1] = '\0';
	ck_assert_str_eq(words_key(arena, sku), sku);
}
END_TEST

static const struct { const char *text, *key; } keys[] = {
	{ "KIT-0001", "kit-0001" }, { " Kit-0001\t", "kit-0001" }, { "É1", "e\xcc\x81" "1" },
	{ "A/B.C", "a/b.c" }, { "", "" }, { "A\xff" "b", "a b" }, { "AZ", "az" },
	/* However the hyphen is written, and whatever blanks came with it from a page. */
	{ "KIT\u20100001", "kit-0001" }, { "KIT\u20110001", "kit-0001" }, { "KIT\u20120001", "kit-0001" },
	{ "KIT\u20130001", "kit-0001" }, { "KIT\u20140001", "kit-0001" }, { "KIT\u20150001", "kit-0001" },
	{ "KIT\u22120001", "kit-0001" }, { "KIT\u00ad0001", "kit-0001" }, { "KIT\uff0d0001", "kit-0001" },
	{ "KIT-\u00ad0001", "kit-0001" }, { "\u00a0KIT-0001\u202f", "kit-0001" },
	{ "KIT-0001\u200b\n", "kit-0001" }, { "\ufeffKIT-0001", "kit-0001" },
};

START_TEST(a_key_ignores_case_and_nothing_else)
{
	ck_assert_str_eq(words_key(arena, keys[_i].text), keys[_i].key);
}
END_TEST

START_TEST(a_query_has_each_word_once)
{
	struct words words = words_split("blue vase blue a");
	ck_assert_int_eq(words.count, 3);
	ck_assert(str_is(words.at[0], "blue") && str_is(words.at[1], "vase")
	          && str_is(words.at[2], "a"));
	ck_assert(!words.cut);
}
END_TEST

START_TEST(a_query_of_too_many_words_is_cut)
{
	struct words words = words_split("a b c d e f g h i j k l m n o p q");
	ck_assert_int_eq(words.count, WORDS_MAX);
	ck_assert(words.cut);
}
END_TEST

/* Each name ranks above the next for the words. */
static const struct { const char *words, *better, *worse; } ranks[] = {
	{ "blue", "blue vase", "bluebell vase" },
	{ "blue", "bluebell vase", "red vase" },
	{ "blue vase", "blue vase", "blue vases" },
	{ "blue vase", "a vase so blue", "bluebell vases" },
	{ "blue vase jug", "blue", "bluebell vases jugs" },
	{ "a", "a vase", "all vases" },
	/* One whole word is more than beginnings of all sixteen. */
	{ "mens", "men s shirt", "mensa shirt" }, { "t shirt", "tshirt", "t rex" },
	{ "パン", "パン", "食パン" }, { "パン", "食パン", "茶" },
	{ "aa ab ac ad ae af ag ah ai aj ak al am an ao ap", "ap", "aax abx acx adx aex afx agx ahx aix"
	  " ajx akx alx amx anx aox apx" },
};

START_TEST(whole_words_of_the_name_come_before_beginnings)
{
	struct words words = words_split(ranks[_i].words);
	ck_assert_int_gt(words_rank(&words, ranks[_i].better), words_rank(&words, ranks[_i].worse));
}
END_TEST

static const struct { const char *words, *name; int64_t rank; } elsewhere[] = {
	{ "zz", "blue vase", 0 }, { "b", "blue vase", 0 }, { "ue", "blue vase", 0 }, { "", "blue vase", 0 },
	{ "blue", "", 0 }, { "bl zz", "blue vase", 1 }, { "bl va", "blue vase", 2 },
};

START_TEST(a_word_that_is_not_in_the_name_adds_nothing)
{
	struct words words = words_split(elsewhere[_i].words);
	ck_assert_int_eq(words_rank(&words, elsewhere[_i].name), elsewhere[_i].rank);
}
END_TEST

static const struct { const char *words, *category, *fts5, *tsquery; } matches[] = {
	{ "blue", NULL, "\"blue\"*", "'blue':*" },
	{ "blue vase", NULL, "\"blue\"* AND \"vase\"*", "'blue':* & 'vase':*" },
	{ "a", NULL, "\"a\"", "'a'" },
	{ "t shirt", NULL, "(\"t\" OR \"tshirt\"*) AND (\"shirt\"* OR \"tshirt\"*)",
	  "('t' | 'tshirt':*) & ('shirt':* | 'tshirt':*)" },
	{ "3 5", NULL, "\"3\" AND \"5\"", "'3' & '5'" },
	{ "茶", NULL, "\"茶\"*", "'茶':*" }, { "食パン", NULL, "\"食パ\" AND \"パン\"", "'食パ' & 'パン'" },
	{ "blue", "home decor", "\"¤homedecor\" AND \"blue\"*", "'¤homedecor' & 'blue':*" },
};

START_TEST(the_index_is_asked_for_prefixes_of_two_letters_or_more)
{
	struct words words = words_split(matches[_i].words);
	const char *category = matches[_i].category;
	ck_assert_str_eq(words_match(arena, MATCH_FTS5, &words, category), matches[_i].fts5);
	ck_assert_str_eq(words_match(arena, MATCH_TSQUERY, &words, category), matches[_i].tsquery);
}
END_TEST

static const struct { const char *text; bool of_name; const char *beside; } besides[] = {
	{ "plain words", true, "" }, { "men's t-shirt", false, "mens tshirt" }, { "wi-fi", true, "wifi" },
	{ "rock-n-roll", false, "rockn nroll rocknroll" }, { "3.5 10-20", true, "" },
	{ "24 pack", true, "24pack" }, { "24 pack", false, "" }, { "t shirt", true, "tshirt" },
	{ "a pencil", true, "" }, { "made in china", true, "" }, { "食", true, "" }, { "パン", true, "ン" },
	{ "食パン", true, "食パ パン ン" },
};

START_TEST(the_index_holds_what_is_joined_and_every_pair_of_a_run)
{
	ck_assert_str_eq(words_beside(arena, besides[_i].text, besides[_i].of_name), besides[_i].beside);
}
END_TEST

/* Of three characters on the index can't tell whether they are in order. */
static const struct { const char *words, *json, *plain; } runs[] = {
	{ "tea 茶 パン", NULL, NULL }, { "食パン", "[\"食パン\"]", "食パン" },
	{ "食パン tea ナイフ", "[\"食パン\",\"ナイフ\"]", "食パン ナイフ" },
};

START_TEST(longer_runs_are_looked_for_in_the_text)
{
	struct words words = words_split(runs[_i].words);

	ck_assert_pstr_eq(words_runs(arena, MATCH_FTS5, &words), runs[_i].json);
	ck_assert_pstr_eq(words_runs(arena, MATCH_TSQUERY, &words), runs[_i].plain);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("products: words");
	TCase *tests = tcase_create("words");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, folds_case_and_accents_and_splits_at_the_rest, 0, COUNT(folds));
	tcase_add_loop_test(tests, folding_twice_is_folding_once, 0, COUNT(folds));
	tcase_add_test(tests, a_letter_that_unfolds_into_many_fits);
	tcase_add_test(tests, the_work_of_a_text_without_end_is_bounded);
	tcase_add_test(tests, a_text_is_searched_to_the_last_byte_that_is_read);
	tcase_add_test(tests, what_is_folded_stays_what_it_is);
	tcase_add_test(tests, what_unfolds_into_more_and_more_is_whole);
	tcase_add_test(tests, nothing_is_searched_for_behind_where_a_text_is_cut);
	tcase_add_test(tests, what_a_product_may_have_is_within_the_bounds);
	tcase_add_loop_test(tests, a_key_ignores_case_and_nothing_else, 0, COUNT(keys));
	tcase_add_test(tests, a_query_has_each_word_once);
	tcase_add_test(tests, a_query_of_too_many_words_is_cut);
	tcase_add_loop_test(tests, whole_words_of_the_name_come_before_beginnings, 0, COUNT(ranks));
	tcase_add_loop_test(tests, a_word_that_is_not_in_the_name_adds_nothing, 0, COUNT(elsewhere));
	tcase_add_loop_test(tests, the_index_is_asked_for_prefixes_of_two_letters_or_more, 0,
	                    COUNT(matches));
	tcase_add_loop_test(tests, the_index_holds_what_is_joined_and_every_pair_of_a_run, 0,
	                    COUNT(besides));
	tcase_add_loop_test(tests, longer_runs_are_looked_for_in_the_text, 0, COUNT(runs));
	suite_add_tcase(suite, tests);

	return run_suite(suite);
}
