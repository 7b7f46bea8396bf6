/* test_products_near.c - which SKUs are named where there is none like the one that was asked for. */
#include "shelf.h"

static const char *said_of(const char *sku)
{
	return refuses(&products, "get_product", "{'sku': '%s'}", sku);
}

/* ---- What is near ---- */

/* Their first three letters differ, so that it is only the mistakes that make them near. */
static const struct { const char *sku, *asked; bool near; } mistakes[] = {
	{ "TEA", "tex", true }, { "TEA", "xea", true }, { "TEA", "txa", true },
	{ "TEA", "xtea", true }, { "TEA", "ea", true }, { "TEA", "ta", true }, { "TEA", "te", true },
	{ "TEA", "txea", true }, { "TEA", "eta", true }, { "TEA", "tae", true },
	{ "TEA", "xya", true }, { "TEA", "a", true }, { "TEA", "t", true }, { "TEA", "ate", true },
	{ "TEA", "xytea", true }, { "TEA", "xteay", true }, { "AB12", "ba21", true },
	{ "A", "b", true }, { "A", "bc", true }, { "AB", "c", true },
	{ "TEA", "xyz", false }, { "TEA", "xyztea", false }, { "XYZTEA", "tea", false },
	{ "A", "bcd", false }, { "ABC", "d", false }, { "ABC12", "bac3", false },
	{ "AB12CD", "ba21dc", false }, { "TEA", "xteayz", false }, { "XTEAYZ", "tea", false },
	{ "LONGER-ONE", "o", false }, { "O", "longer-one", false },
};

START_TEST(two_mistakes_are_near_and_three_are_not)
{
	PUT(mistakes[_i].sku, 1);
	const char *why = said_of(mistakes[_i].asked);
	if (mistakes[_i].near)
		ck_assert_says(why, arena_print(arena, "SKUs that look like it: %s. Use search_products",
		                                mistakes[_i].sku));
	else
		ck_assert_str_eq(why, arena_print(arena, "There is no product with SKU %s. Use"
		                 " search_products to find it by name.", mistakes[_i].asked));
}
END_TEST

static const struct { const char *sku, *asked; bool near; } beginnings[] = {
	{ "TEA-90210", "tea", true }, { "TEA", "tea-90210", true }, { "TEA-12345", "tea-90210", true },
	{ "TEA-12345", "xea-90210", false }, { "TE-90210", "te", false },
	{ "TEX90210", "tea", false }, { "XTEA-90210", "tea", false },
};

START_TEST(three_letters_of_the_beginning_are_enough)
{
	PUT(beginnings[_i].sku, 1);
	ck_assert_int_eq(strstr(said_of(beginnings[_i].asked), "look like it") != NULL,
	                 beginnings[_i].near);
}
END_TEST

/* ---- In which order ---- */

static const struct { const char *sku, *words; } nears[] = {
	{ "KIT-0001X", "KIT-0001, KIT-0002." },         /* one added, then one exchanged */
	{ "KIT-001", "KIT-0001, KIT-0002." },           /* one left out */
	{ "KIT-0010", "KIT-0001" },                     /* two swapped are one mistake */
	{ "kti-0001", "KIT-0001" },
	{ "KIT", "KIT-0001, KIT-0002" },                /* the same beginning */
	{ "GARDEN", "GAR-0001." },
	{ "GA", "Use search_products to find it by name." },
	{ "ZZZ", "with SKU ZZZ. Use search_products to find it by name." },
};

START_TEST(skus_that_are_near_are_named_the_nearest_first)
{
	PUT("KIT-0002", 1);
	PUT("KIT-0001", 1);
	PUT("GAR-0001", 1);
	const char *why = refuses(&products, "get_product", "{'sku': '%s'}", nears[_i].sku);
	ck_assert_says(why, arena_print(arena, "There is no product with SKU %s.", nears[_i].sku));
	ck_assert_says(why, nears[_i].words);
}
END_TEST

static const struct { const char *swapped, *twice, *asked; } swaps[] = {
	/* Half a swap is none. */
	{ "K-1ZZ", "K-2Z", "k-12" }, { "K-12", "K-33", "k-21" }, { "AB-5", "BZ+5", "ba-5" },
	{ "K1-7", "K-ZZ", "k-17" },
};

START_TEST(a_swap_is_one_mistake_wherever_it_is)
{
	PUT(swaps[_i].swapped, 1);
	PUT(swaps[_i].twice, 1);
	ck_assert_says(refuses(&products, "get_product", "{'sku': '%s'}", swaps[_i].asked),
	               arena_print(arena, "look like it: %s, %s.", swaps[_i].swapped,
		swaps[_i].twice));
}
END_TEST

START_TEST(two_mistakes_are_nearer_than_three_in_a_shorter_one)
{
	PUT("ABCDEFU", 1);
	PUT("ABCDEFXAB", 1);
	ck_assert_says(refuses(&products, "get_product", "{'sku': 'abcdefxyz'}"),
	               "look like it: ABCDEFXAB, ABCDEFU.");
}
END_TEST

START_TEST(five_are_named_and_no_more)
{
	PUT("ABCDEFGH", 1);
	PUT("ABCXXXXX", 1);
	PUT("ABCDXXXX", 1);
	PUT("ABCDEXXX", 1);
	PUT("ABCDEFXX", 1);
	PUT("ABCDEFGX", 1);
	PUT("ABCYYYYY", 1);
	const char *why = refuses(&products, "get_product", "{'sku': 'abcdefgz'}");
	ck_assert_says(why, "SKUs that look like it: ABCDEFGX, ABCDEFGH, ABCDEFXX, ABCDEXXX,"
		" ABCDXXXX.");
}
END_TEST

/* Either may come first in the order of SKUs. */
static const struct { const char *nearer, *farther, *asked; } pairs[] = {
	{ "TEA-1", "TEA-77", "tea-2" }, { "TEA-77", "TEA-1", "tea-78" },
	{ "ZEA", "TEA90210", "tea" }, { "TXY", "TEA90210", "tea" },
	{ "TEA-9021", "TEA-1234", "tea-9000xyz" }, { "TEA-9021", "TEA-9999", "tea-9000xyz" },
	{ "TEA-9012345", "TEA-Z1234567", "tea-90zzzzz" }, { "TEA-2ZZZ", "TEAZZZZ", "tea-1" },
};

START_TEST(fewer_mistakes_are_nearer_than_more_and_those_than_a_beginning)
{
	PUT(pairs[_i].nearer, 1);
	PUT(pairs[_i].farther, 1);
	ck_assert_says(said_of(pairs[_i].asked), arena_print(arena, "look like it: %s, %s.",
	                                                     pairs[_i].nearer, pairs[_i].farther));
}
END_TEST

/* ---- How many are looked at ---- */

START_TEST(three_hundred_on_either_side_are_looked_at)
{
	run_sql(&products, "begin");
	for (int i = 0; i < 299; i++)
		PUT(arena_print(arena, "M%03dMMM", i), 1);
	PUT("Z1", 1);
	run_sql(&products, "commit");
	ck_assert_says(said_of("a1"), "look like it: Z1.");
	PUT("NNNNN", 1);
	ck_assert_ptr_null(strstr(said_of("a1"), "look like it"));
}
END_TEST

START_TEST(long_ones_that_have_nothing_in_common_cost_little)
{
	const char *sku = "ABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABABAB";

	PUT(sku, 1);
	ck_assert_ptr_null(strstr(said_of("cdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdef"),
	                          "look like it"));
}
END_TEST

/* Between the two looks somebody may have added it. */
START_TEST(one_that_has_come_meanwhile_is_named_once)
{
	PUT("TEA", 1);
	ck_assert_says(product_missing(products.store, arena, "TEA"), "look like it: TEA. Use");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("near");
	TCase *tcase = tcase_create("SKUs that are near");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_loop_test(tcase, two_mistakes_are_near_and_three_are_not, 0, COUNT(mistakes));
	tcase_add_loop_test(tcase, three_letters_of_the_beginning_are_enough, 0, COUNT(beginnings));
	tcase_add_loop_test(tcase, skus_that_are_near_are_named_the_nearest_first, 0, COUNT(nears));
	tcase_add_loop_test(tcase, a_swap_is_one_mistake_wherever_it_is, 0, COUNT(swaps));
	tcase_add_test(tcase, two_mistakes_are_nearer_than_three_in_a_shorter_one);
	tcase_add_test(tcase, five_are_named_and_no_more);
	tcase_add_loop_test(tcase, fewer_mistakes_are_nearer_than_more_and_those_than_a_beginning, 0,
	                    COUNT(pairs));
	tcase_add_test(tcase, three_hundred_on_either_side_are_looked_at);
	tcase_add_test(tcase, long_ones_that_have_nothing_in_common_cost_little);
	tcase_add_test(tcase, one_that_has_come_meanwhile_is_named_once);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
