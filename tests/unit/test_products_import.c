/* test_products_import.c - the command import: products of a file, new ones and known ones. */
#include "importing.h"
#include "shelf.h"

#define HEAD "sku,name,price,currency,stock,category,description,brand,image_url\n"

static int import(const char *text)
{
	return import_text(&products, import_products, "FILE", text);
}

static yyjson_val *get(const char *sku)
{
	return does(&products, "get_product", "{'sku': '%s'}", sku);
}

static int64_t found(const char *words)
{
	return number(does(&products, "search_products", "{'words': '%s'}", words), "/count");
}

START_TEST(a_new_product_is_what_the_file_says_and_is_found)
{
	int64_t before = now_ms();
	ck_assert_int_eq(import(HEAD "TEA,Green Tea,2.50,GBP,7,Drinks,leaves,Acme,https://a/b.png\n"
	                             "POT,Pot,19,EUR,0, ,\" \", , \n"), 0);
	ck_assert_str_eq(complaints, "");
	yyjson_val *tea = get("tea"), *pot = get("POT");
	ck_assert_str_eq(text(tea, "/name"), "Green Tea");
	ck_assert_int_eq(number(tea, "/price/amount"), 250);
	ck_assert_int_eq(number(tea, "/stock"), 7);
	ck_assert_int_eq(number(tea, "/version"), 1);
	ck_assert_str_eq(text(tea, "/category"), "Drinks");
	ck_assert_str_eq(text(tea, "/description"), "leaves");
	ck_assert_str_eq(text(tea, "/brand"), "Acme");
	ck_assert_str_eq(text(tea, "/image_url"), "https://a/b.png");
	ck_assert_int_ge(find_number(&products, "select min(updated_at) from product"), before);
	ck_assert_str_eq(text(pot, "/price/currency"), "EUR");
	ck_assert_ptr_null(text(pot, "/category"));
	ck_assert_ptr_null(text(pot, "/description"));
	ck_assert_ptr_null(text(pot, "/brand"));
	ck_assert_ptr_null(text(pot, "/image_url"));
	ck_assert_int_eq(found("leaves acme"), 1);
	ck_assert_int_eq(number(does(&products, "search_products", "{'category': 'drinks'}"),
	                        "/count"), 1);
}
END_TEST

/* ---- Known products ---- */

static void begin_known(void)
{
	begin_shelf();
	ck_assert_int_eq(import(HEAD "TEA,Tea,1.00,GBP,5,Drinks,leaves,Acme,https://a\n"), 0);
}

START_TEST(a_cell_that_is_empty_leaves_what_is_there)
{
	int64_t id = find_number(&products, "select id from product");
	ck_assert_int_eq(import("sku,name,price,currency,stock,category,brand\n"
	                        "tea,Tea,1.50,GBP,5,,\n"), 0);
	yyjson_val *tea = get("TEA");
	ck_assert_str_eq(text(tea, "/sku"), "TEA");
	ck_assert_int_eq(number(tea, "/price/amount"), 150);
	ck_assert_str_eq(text(tea, "/category"), "Drinks");
	ck_assert_str_eq(text(tea, "/description"), "leaves");
	ck_assert_str_eq(text(tea, "/brand"), "Acme");
	ck_assert_str_eq(text(tea, "/image_url"), "https://a");
	ck_assert_int_eq(find_number(&products, "select id from product"), id);
	ck_assert_int_eq(found("leaves"), 1);
}
END_TEST

/* Each column that differs, in turn, and at last none. */
static const struct { const char *row, *pointer, *text; int64_t version; } changes_of_one[] = {
	{ "TEA,Chai,1.00,GBP,5,Drinks,leaves,Acme,https://a", "/name", "Chai", 2 },
	{ "TEA,Tea,1.01,GBP,5,Drinks,leaves,Acme,https://a", NULL, NULL, 2 },
	{ "TEA,Tea,1.00,EUR,5,Drinks,leaves,Acme,https://a", "/price/currency", "EUR", 2 },
	{ "TEA,Tea,1.00,GBP,6,Drinks,leaves,Acme,https://a", NULL, NULL, 2 },
	{ "TEA,Tea,1.00,GBP,5,Gifts,leaves,Acme,https://a", "/category", "Gifts", 2 },
	{ "TEA,Tea,1.00,GBP,5,Drinks,bags,Acme,https://a", "/description", "bags", 2 },
	{ "TEA,Tea,1.00,GBP,5,Drinks,leaves,Best,https://a", "/brand", "Best", 2 },
	{ "TEA,Tea,1.00,GBP,5,Drinks,leaves,Acme,https://b", "/image_url", "https://b", 2 },
	{ "tea,Tea,1.00,GBP,5,Drinks,leaves,Acme,https://a", NULL, NULL, 1 },
	{ "TEA,Tea,1.00,GBP,5,,,,", NULL, NULL, 1 },
};

START_TEST(what_differs_is_a_new_version_and_what_does_not_is_none)
{
	run_sql(&products, "update product set updated_at = 5");
	ck_assert_int_eq(import(arena_print(arena, HEAD "%s\n", changes_of_one[_i].row)), 0);
	yyjson_val *tea = get("TEA");
	ck_assert_int_eq(number(tea, "/version"), changes_of_one[_i].version);
	ck_assert_int_eq(find_number(&products, "select updated_at from product") > 5,
	                 changes_of_one[_i].version > 1);
	if (changes_of_one[_i].pointer)
		ck_assert_str_eq(text(tea, changes_of_one[_i].pointer), changes_of_one[_i].text);
	ck_assert_int_eq(find_number(&products, "select count(*) from product"), 1);
	ck_assert_int_eq(found(text(tea, "/description")), 1);
}
END_TEST

START_TEST(what_was_there_without_a_text_gets_one)
{
	PUT("POT", 5);
	ck_assert_int_eq(import(HEAD "POT,POT,1.00,GBP,5,,,,\n"), 0);
	ck_assert_int_eq(number(get("POT"), "/version"), 1);
	ck_assert_int_eq(import(HEAD "POT,POT,1.00,GBP,5,,of clay,,\n"), 0);
	ck_assert_int_eq(number(get("POT"), "/version"), 2);
	ck_assert_int_eq(found("clay"), 1);
}
END_TEST

/* Only what a spreadsheet has spoilt is refused, and what only keeps it from that is taken off. */
START_TEST(codes_that_look_like_numbers_are_codes)
{
	ck_assert_int_eq(import(HEAD "=\"00123\",Tea,1.00,GBP,5,,,,\n=\",Inch,1.00,GBP,5,,,,\n"
	                        "12E+3,Pot,1.00,GBP,5,,,,\n4.1E+X,Cup,1.00,GBP,5,,,,\n"
	                        "4.1E+,Mug,1.00,GBP,5,,,,\n"
	                        "1E5,#1 Dad,1.00,GBP,5,,,,\n"), 0);
	ck_assert_str_eq(text(get("00123"), "/name"), "Tea");
	ck_assert_str_eq(text(get("1E5"), "/name"), "#1 Dad");
	ck_assert_int_eq(find_number(&products, "select count(*) from product where sku <> 'TEA'"), 6);
}
END_TEST

START_TEST(codes_are_taken_in_plain_signs)
{
	ck_assert_int_eq(import(HEAD "\u200bKIT\u20111\u00a0,Kit \u2013 1,1.00,GBP,5,,,,\n"), 0);
	ck_assert_int_eq(find_number(&products, "select count(*) from product where sku = 'KIT-1'"), 1);
	ck_assert_str_eq(text(get("KIT-1"), "/name"), "Kit \u2013 1");
}
END_TEST

/* ---- Bad files, and words ---- */

static const struct { const char *rows, *words; } bad[] = {
	{ "TEA,Tea,1.00,GBP,5,,,,\nPOT,Pot,1.00,GBP,5,,,,\ntea,Tea,1.00,GBP,5,,,,\n",
	  "sku tea is on line 2 already" },
	{ "TEA,Tea,1.00,GBP,-1,,,,\n", "stock must be between" },
	{ "RED  MUG 01,Mug,1.00,GBP,1,,,,\n",
	  "sku \"RED  MUG 01\" has white space in it; it can be RED-MUG-01\n" },
	{ "TEA,Tea,1.00,GBP,1,-,,,\n", "has no letter in it" },
	{ "4.01235E+12,Tea,1.00,GBP,1,,,,\n",
	  "sku is \"4.01235E+12\", a number that a spreadsheet has rounded" },
	{ "\"4,01235E+12\",Tea,1.00,GBP,1,,,,\n", "a number that a spreadsheet has rounded" },
	{ "4E+12,Tea,1.00,GBP,1,,,,\n", "a number that a spreadsheet has rounded" },
	{ "=\"\",Tea,1.00,GBP,1,,,,\n", "sku is empty" },
	{ "TEA,#NAME?,1.00,GBP,1,,,,\n", "name is \"#NAME?\", a formula that failed" },
	{ "TEA,Tea,1.00,GBP,1,#N/A,,,\n", "category is \"#N/A\", a formula that failed" },
};

START_TEST(a_file_with_a_bad_row_is_not_imported)
{
	ck_assert_int_eq(import(arena_print(arena, HEAD "%s", bad[_i].rows)), 1);
	ck_assert_says(complaints, bad[_i].words);
	ck_assert_int_eq(find_number(&products, "select count(*) from product"), 0);
}
END_TEST

static const struct { const char *text, *column; } columns[] = {
	{ "name,price,currency,stock\nTea,1,GBP,5\n", "sku" },
	{ "sku,price,currency,stock\nTEA,1,GBP,5\n", "name" },
	{ "sku,name,currency,stock\nTEA,Tea,GBP,5\n", "price" },
	{ "sku,name,price,currency\nTEA,Tea,1,GBP\n", "stock" },
};

START_TEST(a_file_without_a_column_that_is_needed_is_not_imported)
{
	ck_assert_int_eq(import(columns[_i].text), 1);
	ck_assert_says(complaints, arena_print(arena, "there is no column %s", columns[_i].column));
	ck_assert_int_eq(find_number(&products, "select count(*) from product"), 0);
}
END_TEST

static const struct { const char *words, *text; int status; int64_t products; } commands[] = {
	{ "FILE", HEAD "TEA,Tea,1.00,GBP,5,,,,\n", 0, 1 },
	{ "--dry-run FILE", HEAD "TEA,Tea,1.00,GBP,5,,,,\n", 0, 0 },
	{ "FILE --currency=GBP", "sku,name,price,stock\nTEA,Tea,1.00,5\n", 0, 1 },
	{ "--currency GBP FILE", "sku,name,price,stock\nTEA,Tea,1.00,5\n", 0, 1 },
	{ "--currency pounds FILE", "sku,name,price,stock\nTEA,Tea,1.00,5\n", 1, 0 },
	{ "FILE FILE", HEAD "TEA,Tea,1.00,GBP,5,,,,\n", 2, 0 },
};

START_TEST(the_command_understands_its_words)
{
	ck_assert_int_eq(import_text(&products, import_products, commands[_i].words,
	                             commands[_i].text), commands[_i].status);
	ck_assert_int_eq(strstr(complaints, "usage: mcp-products import") != NULL,
	                 commands[_i].status == 2);
	ck_assert_int_eq(find_number(&products, "select count(*) from product where price_currency ="
	                             " 'GBP'"), commands[_i].products);
	ck_assert_int_gt(finish_import(products.store), 0);
}
END_TEST

START_TEST(an_empty_catalogue_is_hinted_at)
{
	ck_assert_int_eq(hint_when_empty(products.store), 365 * DAY);
	ck_assert_int_eq(notices, 1);
	PUT("TEA", 1);
	hint_when_empty(products.store);
	ck_assert_int_eq(notices, 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import");
	TCase *tcase = tcase_create("files"), *known = tcase_create("known products");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_test(tcase, a_new_product_is_what_the_file_says_and_is_found);
	tcase_add_loop_test(tcase, a_file_with_a_bad_row_is_not_imported, 0, COUNT(bad));
	tcase_add_loop_test(tcase, a_file_without_a_column_that_is_needed_is_not_imported, 0,
	                    COUNT(columns));
	tcase_add_loop_test(tcase, the_command_understands_its_words, 0, COUNT(commands));
	tcase_add_test(tcase, an_empty_catalogue_is_hinted_at);
	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(known, begin_known, end);
	tcase_add_test(known, a_cell_that_is_empty_leaves_what_is_there);
	tcase_add_loop_test(known, what_differs_is_a_new_version_and_what_does_not_is_none, 0,
	                    COUNT(changes_of_one));
	tcase_add_test(known, what_was_there_without_a_text_gets_one);
	tcase_add_test(known, codes_that_look_like_numbers_are_codes);
	tcase_add_test(known, codes_are_taken_in_plain_signs);
	suite_add_tcase(suite, known);
	return run_suite(suite);
}
