/* test_products_presets.c - what the exports of other shops have in common: paths, addresses, SKUs. */
#include "importing.h"
#include "preset.h"
#include "shelf.h"

static const struct { const char *text; char step, between; const char *category; } categories[] = {
	{ "Gear", '/', ',', "Gear" },
	{ "Default Category/Gear,Default Category/Gear/Bags", '/', ',', "Bags" },
	{ "A/B,C/D", '/', ',', "B" },
	{ "Clothing > Hats , Sale", '>', ',', "Hats" },
	{ "Winter\\, wool", '>', ',', "Winter, wool" },
	{ "A/B|C/D/E", '/', '|', "E" },
	{ " > ", '>', ',', "" },
	{ "", '>', ',', "" },
};

START_TEST(the_longest_path_of_categories_counts)
{
	ck_assert_str_eq(preset_category(arena, categories[_i].text, categories[_i].step,
	                                 categories[_i].between), categories[_i].category);
}
END_TEST

START_TEST(the_first_address_counts_if_it_is_one)
{
	ck_assert_str_eq(preset_first_url(arena, "https://a/b.png, https://a/c.png"), "https://a/b.png");
	ck_assert_str_eq(preset_first_url(arena, "https://a/b.png|https://a/c.png"), "https://a/b.png");
	ck_assert_str_eq(preset_first_url(arena, "https://a/w_5,h_5/b.png"), "https://a/w_5,h_5/b.png");
	ck_assert_str_eq(preset_first_url(arena, "/b/a.png"), "");
}
END_TEST

START_TEST(an_sku_is_made_of_what_there_is)
{
	ck_assert_str_eq(preset_made_sku(arena, "oak-spoon", ""), "oak-spoon");
	ck_assert_str_eq(preset_made_sku(arena, "Mug", "Red / M"), "mug-red-m");
	ck_assert_str_eq(preset_made_sku(arena, "mug", "\xc3\x84 (9\")"), "mug-\xc3\x84-9");
	ck_assert_str_eq(preset_made_sku(arena, "--", ""), "");
}
END_TEST

#define SHOPIFY "Handle,Title,Body (HTML),Variant SKU,Variant Price,Variant Inventory Qty\n"

static int import(const char *text)
{
	return import_text(&products, import_products, "FILE --currency GBP", text);
}

START_TEST(a_long_description_is_cut_between_words)
{
	const char *words = arena_print(arena, "%0*d", 3990, 0);
	char *description = arena_print(arena, "%s \xc3\xa9nd of \xc3\xa9verything", words);

	ck_assert_int_eq(import(arena_print(arena, SHOPIFY "a,A,%s,A-1,1.00,1\n", description)), 0);
	ck_assert_str_eq(text(does(&products, "get_product", "{'sku': 'A-1'}"), "/description"),
	                 arena_print(arena, "%s \xc3\xa9nd of\xe2\x80\xa6", words));
}
END_TEST

/* Each is refused by itself, not for want of a preset's own columns. */
static const struct { const char *rows, *words; } bad[] = {
	{ "a,A,,A-1,cheap,1\n", ":2: price is \"cheap\"" },
	{ "a,A,,A-1,1.000,1\n", ":2: price is \"1.000\", which can be read in two ways" },
	{ "a,A,,A-1,1.00,1\na,,,A-1,1.00,1\n", ":3: sku A-1 is on line 2 already" },
	{ "a,A,,A 1,1.00,1\n", ":2: sku \"A 1\" has white space in it; it can be A-1\n" },
};

START_TEST(a_bad_row_of_an_export_is_told)
{
	ck_assert_int_eq(import(arena_print(arena, SHOPIFY "%s", bad[_i].rows)), 1);
	ck_assert_says(complaints, bad[_i].words);
	ck_assert_int_eq(find_number(&products, "select count(*) from product"), 0);
}
END_TEST

START_TEST(variants_need_their_product_above_them)
{
	ck_assert_int_eq(import(SHOPIFY "b,,,B-1,1.00,1\na,A,,A-1,1.00,1\na,,,A-2,1.00,1\n"), 0);
	ck_assert_int_eq(find_number(&products, "select count(*) from product"), 2);
}
END_TEST

START_TEST(variants_find_their_product_by_a_code_in_other_signs)
{
	ck_assert_int_eq(import("item_sku\titem_name\tstandard_price\tparent_child\tparent_sku\n"
	                        "PAN\u20111\tPan\t\tparent\t\n"
	                        "PAN-20\t\t3.00\tchild\tPAN\u20111 \n"), 0);
	ck_assert_str_eq(text(does(&products, "get_product", "{'sku': 'PAN-20'}"), "/name"), "Pan");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("presets");
	TCase *tcase = tcase_create("presets");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_loop_test(tcase, the_longest_path_of_categories_counts, 0, COUNT(categories));
	tcase_add_test(tcase, the_first_address_counts_if_it_is_one);
	tcase_add_test(tcase, an_sku_is_made_of_what_there_is);
	tcase_add_test(tcase, a_long_description_is_cut_between_words);
	tcase_add_loop_test(tcase, a_bad_row_of_an_export_is_told, 0, COUNT(bad));
	tcase_add_test(tcase, variants_need_their_product_above_them);
	tcase_add_test(tcase, variants_find_their_product_by_a_code_in_other_signs);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
