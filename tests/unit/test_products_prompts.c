/* test_products_prompts.c - compare_products and recommend_product: what they put before the model. */
#include "shelf.h"

static void begin_pan(void)
{
	begin_shelf();
	PUT("PAN", 7, .name = "Pan", .price = { 1999, "GBP" }, .brand = "Acme",
		.category = "Kitchen",
	    .description = "of iron", .image_url = "https://i.example/p.png");
}

/* ---- compare_products ---- */

START_TEST(products_are_compared_by_what_the_catalogue_says)
{
	PUT("POT", 2, .name = "Pot", .price = { 550, "GBP" });
	struct said said = call_tool(&products, "compare_products", "{'skus': ' pan,;POT '}");
	ck_assert_int_eq(said.outcome, DID);
	ck_assert_says(said.words, "- PAN, Pan: GBP 19.99, 7 available. Brand: Acme. Category:"
		" Kitchen. of"
	               " iron\n- POT, Pot: GBP 5.50, 2 available. Brand: not said. Category: not"
		" said. \n");
	ck_assert_says(refuses(&products, "compare_products", "{'skus': 'PAN'}"), "at least two");
	ck_assert_says(refuses(&products, "compare_products", "{'skus': 'PAN PANN'}"), "no"
		" product with SKU"
	               " PANN");
	ck_assert_int_eq(call_tool(&products, "compare_products", "{'skus': 'PAN PAN PAN PAN PAN"
		" PAN PAN"
	                           " PAN PAN PAN'}").outcome, DID);
	ck_assert_says(refuses(&products, "compare_products", "{'skus': 'PAN PAN PAN PAN PAN PAN"
		" PAN PAN PAN"
	                       " PAN POT'}"), "At most 10 products");
}
END_TEST

/* ---- recommend_product ---- */

static const struct { const char *budget; bool pan, pot; } budgets[] = {
	{ "19.99", true, true }, { "19.98", false, true }, { "GBP 20", true, true }, { "5.5",
		false, true },
	{ "5.4", false, false }, { "0", false, false },
	{ "6-20", true, false }, { "over 6", true, false }, { "1,000", true, true },
	/* What is not understood limits nothing. */
	{ "5.509", true, true }, { "5.50.9", true, true }, { "JPY 5", true, true },
	{ "99999999999999999999", true, true },
};

START_TEST(a_recommendation_stays_within_its_budget)
{
	PUT("POT", 2, .name = "Pot for gardens", .price = { 550, "GBP" });
	PUT("NONE", 0, .name = "Pan that is sold out", .price = { 1, "GBP" });
	struct said said = call_tool(&products, "recommend_product", "{'occasion': 'cooking, a"
		" pan',"
	                             " 'recipient': 'who loves gardening', 'budget': '%s'}",
	                             budgets[_i].budget);
	ck_assert_int_eq(said.outcome, DID);
	ck_assert_int_eq(strstr(said.words, "- PAN,") != NULL, budgets[_i].pan);
	ck_assert_int_eq(strstr(said.words, "- POT,") != NULL, budgets[_i].pot);
	ck_assert_ptr_null(strstr(said.words, "- NONE,"));
	ck_assert_int_eq(strstr(said.words, "- nothing at all") != NULL, !budgets[_i].pan &&
		!budgets[_i].pot);
}
END_TEST

START_TEST(of_an_empty_catalogue_nothing_is_recommended)
{
	empty_program(&products);
	struct said said = call_tool(&products, "recommend_product", "{'occasion': 'x',"
		" 'budget': '5'}");
	ck_assert_int_eq(said.outcome, DID);
	ck_assert_says(said.words, "- nothing at all");
}
END_TEST

START_TEST(a_recommendation_is_of_few_products_each_once)
{
	for (int i = 0; i < 20; i++)
		put((struct product) { .sku = arena_print(arena, "G%d", i), .stock = 1,
		                       .name = "garden picnic basket", .category = "Garden" });
	struct said said = call_tool(&products, "recommend_product", "{'occasion': 'picnic in"
		" the garden',"
	                             " 'recipient': 'my sister, baskets'}");
	int count = 0;
	for (const char *at = said.words; (at = strstr(at, "\n- G")); at++)
		count++;
	ck_assert_int_eq(count, 12);
	for (int i = 0; i < 20; i++) {
		const char *line = arena_print(arena, "\n- G%d,", i), *at = strstr(said.words, line);
		ck_assert(!at || !strstr(at + 1, line));
	}
	said = call_tool(&products, "recommend_product", "{'occasion': 'xyz'}");
	count = 0;
	for (const char *at = said.words; (at = strstr(at, "\n- G")); at++)
		count++;
	ck_assert_int_eq(count, 6);
	ck_assert_says(said.words, "- G19,");
	ck_assert_says(said.words, "Budget: not said");
}
END_TEST

static const char *recommend(const char *wish)
{
	struct said said = call_tool(&products, "recommend_product", "{%s}", wish);

	ck_assert_int_eq(said.outcome, DID);
	return said.words;
}

static int recommended(const char *words)
{
	int count = 0;

	for (const char *at = words; (at = strstr(at, "\n- ")); at++)
		count++;
	return count;
}

/* Newer than anything else: what is not asked for by a word is not among them. */
static void put_newer_ones(void)
{
	for (int i = 0; i < 6; i++)
		PUT(arena_print(arena, "NEW%d", i), 1, .name = "novelty");
}

START_TEST(twelve_are_recommended_and_no_more)
{
	for (int i = 0; i < 20; i++)
		PUT(arena_print(arena, "G%d", i), 1, .name = "garden picnic basket lantern");
	ck_assert_int_eq(recommended(recommend("'occasion': 'garden picnic basket lantern'")), 12);
	ck_assert_int_eq(recommended(recommend("'occasion': 'garden'")), 6);
}
END_TEST

START_TEST(four_are_recommended_for_a_word)
{
	for (int i = 0; i < 6; i++) {
		PUT(arena_print(arena, "L%d", i), 1, .name = "Lantern");
		PUT(arena_print(arena, "B%d", i), 1, .name = "Basket");
	}
	ck_assert_int_eq(recommended(recommend("'occasion': 'lantern basket'")), 8);
}
END_TEST

START_TEST(what_is_asked_for_comes_first_and_what_is_new_fills_up)
{
	PUT("OLD", 1, .name = "Lantern");
	put_newer_ones();
	const char *words = recommend("'occasion': 'a lantern'");
	ck_assert_says(words, ":\n- OLD, Lantern");
	ck_assert_int_eq(recommended(words), 6);
	ck_assert_says(words, "- NEW1,");
	ck_assert_ptr_null(strstr(words, "- NEW0,"));
	ck_assert_says(words, "Occasion: a lantern\nFor: not said\nBudget: not said\n\nThese are in"
	               " stock:\n");
	words = recommend("'occasion': 'a lantern', 'recipient': 'my sister', 'budget': '5'");
	ck_assert_says(words, "For: my sister\nBudget: 5: understood as at most GBP 5.00\n\nThese are"
	               " in stock and within the budget:\n");
	words = recommend("'occasion': 'a lantern', 'recipient': ' ', 'budget': ' '");
	ck_assert_says(words, "For: not said\nBudget: not said\n");
}
END_TEST

/* The word of a wish, the name of a product, and whether it is found by the word. */
static const struct { const char *wish, *name; bool found; } words_of_wishes[] = {
	{ "lamp", "Lamp", true }, { "cup", "Cup", false }, { "cups", "Cups", true },
	{ "gardening", "Garden", true }, { "gardens", "Garden", true }, { "potters", "Potts", true },
	{ "potter", "Pot", false }, { "potter", "Potato", false }, { "lamps", "Lamp", false },
	{ "lampshades", "Lamp", true }, { "lanternxyzw", "Lantern", true },
	/* Letters of two bytes are not cut. */
	{ "садовый", "Садовый", true }, { "садовыйабв", "Садовый", false },
};

START_TEST(a_product_is_found_by_a_word_of_the_wish_or_by_it_without_its_ending)
{
	PUT("OLD", 1, .name = words_of_wishes[_i].name);
	put_newer_ones();
	const char *words = recommend(arena_print(arena, "'occasion': '%s'", words_of_wishes[_i].wish));
	ck_assert_int_eq(strstr(words, "- OLD,") != NULL, words_of_wishes[_i].found);
	words = recommend(arena_print(arena, "'occasion': 'x', 'recipient': '%s'",
	                              words_of_wishes[_i].wish));
	ck_assert_int_eq(strstr(words, "- OLD,") != NULL, words_of_wishes[_i].found);
}
END_TEST

START_TEST(a_wish_of_many_words_is_one_too)
{
	PUT("OLD", 1, .name = "Lantern");
	put_newer_ones();
	const char *words = recommend("'occasion': 'first second third fourth fifth sixth seventh eighth"
	                              " ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
	                              " lantern novelty'");
	ck_assert_says(words, "- OLD,");
}
END_TEST

/* The last text is filled up to be as long as it may be. */
static const struct { const char *tool, *begin; char filling; int most; } bounds[] = {
	{ "compare_products", "'skus': 'PAN PAN", ' ', 700 - 7 },
	{ "recommend_product", "'occasion': '", '5', 200 },
	{ "recommend_product", "'occasion': 'x', 'budget': '", '5', 100 },
	{ "recommend_product", "'occasion': 'x', 'category': '", '5', 100 },
	{ "recommend_product", "'occasion': 'x', 'recipient': '", '5', 200 },
};

static enum outcome fill(int which, int size)
{
	char filling[800] = "";

	memset(filling, bounds[which].filling, (size_t)size);
	return call_tool(&products, bounds[which].tool, "{%s%s'}", bounds[which].begin,
	                 filling).outcome;
}

START_TEST(arguments_have_bounds)
{
	ck_assert_int_eq(fill(_i, bounds[_i].most), DID);
	ck_assert_int_eq(fill(_i, bounds[_i].most + 1), REFUSED);
}
END_TEST

/* Each without anything in it, and without it. */
static const struct { const char *tool, *arguments; } empty[] = {
	{ "compare_products", "{'skus': ''}" }, { "compare_products", "{}" },
	{ "recommend_product", "{'occasion': ''}" }, { "recommend_product", "{}" },
};

START_TEST(what_is_needed_is_needed)
{
	const char *why = refuses(&products, empty[_i].tool, "%s", empty[_i].arguments);
	ck_assert_ptr_null(strstr(why, "at least two"));
}
END_TEST

/* In the catalogue's currency. */
static const struct { const char *currency, *budget; int64_t price; bool within; } budgets_abroad[] = {
	{ "JPY", "500", 500, true }, { "JPY", "500", 501, false }, { "JPY", "500.0", 500, true },
	{ "JPY", "500.0", 501, false }, { "KWD", "2", 2000, true }, { "KWD", "2", 2001, false },
	{ "KWD", "2.5", 2500, true }, { "KWD", "2.5", 2501, false }, { "KWD", "2.5050", 2505, true },
	{ "KWD", "2.5050", 2506, false }, { "GBP", "at most 1", 100, true },
	{ "GBP", "at most 1", 101, false }, { "GBP", "9999999999999", 1000000000000, true },
};

/* What is said of a budget, and whether the customer is to be asked. */
static const struct { const char *budget, *explained; bool asks; } explained[] = {
	{ "1,500", "understood as at most GBP 1500.00\n", false },
	{ "around 30 pounds", "understood as about GBP 30.00, taken as the most\n", false },
	{ "20-50", "understood as from GBP 20.00 to GBP 50.00\n", false },
	{ "over 6", "understood as at least GBP 6.00\n", false },
	{ "1.500k", "that may be GBP 1500000.00 or GBP 1500.00. Ask the customer which it is", true },
	{ "JPY 3000", "another currency (JPY) than the shop's prices, and is not converted. Ask the"
	  " customer what they want to spend in GBP", true },
	{ "little", "not clear which amount that is. Ask the customer how much they want to spend in GBP"
	  " before you recommend anything;",
	  true },
};

START_TEST(a_budget_is_explained_or_asked_for)
{
	const char *words = recommend(arena_print(arena, "'occasion': 'x', 'budget': '%s'",
	                                          explained[_i].budget));
	ck_assert_says(words, arena_print(arena, "Budget: %s: ", explained[_i].budget));
	ck_assert_says(words, explained[_i].explained);
	ck_assert_int_eq(strstr(words, "and within the budget") != NULL, !explained[_i].asks);
	ck_assert_int_eq(strstr(words, "the products below are of any price") != NULL, explained[_i].asks);
}
END_TEST

/* A limit is one of its currency: 3000 yen are no 3000 pounds. */
START_TEST(a_limit_is_for_prices_of_its_currency)
{
	empty_program(&products);
	PUT("ONE", 1, .price = { 2000, "GBP" });
	PUT("TWO", 1, .price = { 2000, "JPY" });
	PUT("TEN", 1, .price = { 10000, "JPY" });
	const char *words = recommend("'occasion': 'x', 'budget': '3000 yen'");
	ck_assert_says(words, "understood as at most JPY 3000\n");
	ck_assert_says(words, "- TWO,");
	ck_assert(!strstr(words, "- ONE,") && !strstr(words, "- TEN,"));
	words = recommend("'occasion': 'x', 'budget': '3000'");
	ck_assert_says(words, "understood as at most GBP 3000.00\n");
	ck_assert(strstr(words, "- ONE,") && !strstr(words, "- TWO,"));
}
END_TEST

START_TEST(a_recommendation_is_of_the_category_that_was_chosen)
{
	PUT("POT", 1, .name = "Garden pot", .category = "Garden");
	PUT("PIN", 1, .name = "Garden pin", .category = "Jewellery");
	const char *words = recommend("'occasion': 'garden', 'category': 'jewellery'");
	ck_assert_says(words, "These are in stock in jewellery:");
	ck_assert(strstr(words, "- PIN,") && !strstr(words, "- POT,") && !strstr(words, "- PAN,"));
}
END_TEST

START_TEST(a_budget_is_in_the_catalogues_currency)
{
	empty_program(&products);
	PUT("ONE", 1, .price = { budgets_abroad[_i].price, budgets_abroad[_i].currency });
	const char *words = recommend(arena_print(arena, "'occasion': 'x', 'budget': '%s'",
	                                          budgets_abroad[_i].budget));
	ck_assert_int_eq(strstr(words, "- ONE,") != NULL, budgets_abroad[_i].within);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("prompts");
	TCase *tcase = tcase_create("prompts");

	tcase_add_checked_fixture(tcase, begin_pan, end);
	tcase_add_test(tcase, products_are_compared_by_what_the_catalogue_says);
	tcase_add_loop_test(tcase, a_recommendation_stays_within_its_budget, 0, COUNT(budgets));
	tcase_add_test(tcase, of_an_empty_catalogue_nothing_is_recommended);
	tcase_add_test(tcase, a_recommendation_is_of_few_products_each_once);
	tcase_add_test(tcase, four_are_recommended_for_a_word);
	tcase_add_test(tcase, twelve_are_recommended_and_no_more);
	tcase_add_test(tcase, what_is_asked_for_comes_first_and_what_is_new_fills_up);
	tcase_add_loop_test(tcase, a_product_is_found_by_a_word_of_the_wish_or_by_it_without_its_ending,
	                    0, COUNT(words_of_wishes));
	tcase_add_test(tcase, a_wish_of_many_words_is_one_too);
	tcase_add_loop_test(tcase, arguments_have_bounds, 0, COUNT(bounds));
	tcase_add_loop_test(tcase, what_is_needed_is_needed, 0, COUNT(empty));
	tcase_add_loop_test(tcase, a_budget_is_in_the_catalogues_currency, 0, COUNT(budgets_abroad));
	tcase_add_loop_test(tcase, a_budget_is_explained_or_asked_for, 0, COUNT(explained));
	tcase_add_test(tcase, a_limit_is_for_prices_of_its_currency);
	tcase_add_test(tcase, a_recommendation_is_of_the_category_that_was_chosen);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
