/* test_products_update.c - update_product: what changes, what stays, and whose change is lost; and what
 * a product must be. */
#include "shelf.h"

static void begin_pan(void)
{
	begin_shelf();
	PUT("PAN", 7, .name = "Pan", .price = { 1999, "GBP" }, .brand = "Acme",
		.category = "Kitchen",
	    .description = "of iron", .image_url = "https://i.example/p.png");
}

/* ---- Changes ---- */

static const struct { const char *change, *pointer, *becomes; } texts[] = {
	{ "'name': 'Wok'", "/name", "Wok" }, { "'brand': 'Best'", "/brand", "Best" },
	{ "'description': 'of steel'", "/description", "of steel" },
	{ "'category': 'Garden'", "/category", "Garden" },
	{ "'image_url': 'http://x/y'", "/image_url", "http://x/y" },
	{ "'brand': ''", "/brand", NULL }, { "'brand': '  '", "/brand", NULL },
	{ "'description': ''", "/description", NULL }, { "'category': ''", "/category", NULL },
	{ "'image_url': ''", "/image_url", NULL },
};

static const char *const pointers[] = { "/name", "/brand", "/description", "/category",
	"/image_url" };

START_TEST(only_what_is_given_changes)
{
	run_sql(&products, "update product set updated_at = 5");
	yyjson_val *before = does(&products, "get_product", "{'sku': 'PAN'}");
	yyjson_val *after = does(&products, "update_product", "{'sku': 'pan', %s}",
		texts[_i].change);
	for (int i = 0; i < COUNT(pointers); i++) {
		const char *then = text(before, pointers[i]), *now = text(after, pointers[i]);
		if (strcmp(pointers[i], texts[_i].pointer) == 0)
			then = texts[_i].becomes;
		ck_assert(then ? now && strcmp(then, now) == 0 : !now);
	}
	ck_assert_int_eq(number(after, "/version"), 2);
	ck_assert_int_gt(find_number(&products, "select updated_at from product"), 5);
	ck_assert_int_eq(number(after, "/stock"), 7);
	ck_assert_int_eq(number(after, "/price/amount"), 1999);
	bool category = strcmp(texts[_i].pointer, "/category") == 0;
	ck_assert_str_eq(changes(), !category ? "product://PAN catalog://categories/Kitchen " :
	                 arena_print(arena, "product://PAN %s%scatalog://categories/Kitchen catalog://categories ",
	                             texts[_i].becomes ? "catalog://categories/" : "",
	                             texts[_i].becomes ? arena_print(arena, "%s ", text_in_uri(arena, texts[_i].becomes)) : ""));
}
END_TEST

START_TEST(what_changed_is_found_by_its_new_words_and_not_by_its_old)
{
	does(&products, "update_product", "{'sku': 'PAN', 'name': 'Wok', 'category': 'Garden'}");
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'pan iron'}"),
		"/count"), 1);
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'wok'}"),
		"/count"), 1);
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'kitchen'}"),
		"/count"), 0);
	ck_assert_int_eq(number(does(&products, "search_products", "{'category': 'garden'}"),
		"/count"), 1);
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'wok', 'category':"
	                             " 'garden'}"), "/count"), 1);
	does(&products, "update_product", "{'sku': 'PAN', 'description': 'of steel'}");
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'iron'}"),
		"/count"), 0);
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'steel'}"),
		"/count"), 1);
}
END_TEST

START_TEST(a_new_name_alone_is_found_too)
{
	does(&products, "update_product", "{'sku': 'PAN', 'name': 'Wok'}");
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'wok'}"), "/count"), 1);
}
END_TEST

/* The index does not even hold the product: who takes it out and puts it in would be found. */
START_TEST(what_changes_no_word_leaves_the_index_alone)
{
	if (store_kind(products.store) != STORE_SQLITE)
		return;
	run_sql(&products, "%s", products.empty_sqlite);
	does(&products, "update_product", "{'sku': 'PAN', 'stock_change': 1}");
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'pan'}"), "/count"), 0);
}
END_TEST

START_TEST(a_price_and_its_currency_change_together)
{
	yyjson_val *p = does(&products, "update_product", "{'sku': 'PAN', 'price': {'amount': 0,"
	                     " 'currency': 'EUR'}}");
	ck_assert_int_eq(number(p, "/price/amount"), 0);
	ck_assert_str_eq(text(p, "/price/currency"), "EUR");
}
END_TEST

START_TEST(who_has_no_category_leaves_the_categories_alone)
{
	PUT("POT", 1);
	does(&products, "update_product", "{'sku': 'POT', 'name': 'Pot'}");
	ck_assert_str_eq(changes(), "product://POT ");
}
END_TEST

/* ---- Stock ---- */

static const struct { const char *change; int64_t stock; const char *words; } stocks[] = {
	{ "'stock_change': 3", 10, NULL }, { "'stock_change': -7", 0, NULL }, { "'stock_change':"
		" 0", 7, NULL },
	{ "'stock_change': -8", 7, "PAN has 7 units, so 8 cannot be taken away." },
	{ "'stock': 0, 'if_version': 1", 0, NULL }, { "'stock': 9, 'if_version': 1", 9, NULL },
	{ "'stock': 9, 'if_version': 2", 7, "it has version 1, not 2" },
	{ "'stock': 9", 7, "needs if_version" },
	{ "'stock': 9, 'stock_change': 1, 'if_version': 1", 7, "not both" },
	{ "'if_version': 1", 7, "Nothing to change was given." },
	{ "'stock_change': 1, 'if_version': 1", 8, NULL },
	{ "'stock_change': 1, 'if_version': 3", 7, "it has version 1, not 3" },
	{ "'stock': 1000000000000, 'if_version': 1", 1000000000000, NULL },
	{ "'stock': 1000000000001, 'if_version': 1", 7, "stock must be between" },
};

START_TEST(stock_is_counted_or_changed_and_never_below_nothing)
{
	struct said said = call_tool(&products, "update_product", "{'sku': 'PAN', %s}",
		stocks[_i].change);
	ck_assert_int_eq(said.outcome, stocks[_i].words ? REFUSED : DID);
	if (stocks[_i].words)
		ck_assert_says(said.words, stocks[_i].words);
	ck_assert_int_eq(stock_of("PAN"), stocks[_i].stock);
	ck_assert_int_eq(find_number(&products, "select version from product"),
		stocks[_i].words ? 1 : 2);
	ck_assert_str_eq(changes(), stocks[_i].words ? "" : "product://PAN catalog://categories/Kitchen ");
}
END_TEST

START_TEST(one_that_is_not_there_is_not_changed)
{
	ck_assert_says(refuses(&products, "update_product", "{'sku': 'PANN', 'name': 'x'}"),
	               "There is no product with SKU PANN. SKUs that look like it: PAN.");
}
END_TEST

/* ---- What a product must be ---- */

#define LETTERS_100 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
/* A letter of two bytes: it is letters that count. */
#define WIDE_10 "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
#define WIDE_100 WIDE_10 WIDE_10 WIDE_10 WIDE_10 WIDE_10 WIDE_10 WIDE_10 WIDE_10 WIDE_10 WIDE_10

static const struct { struct product product; const char *trouble; } products_given[] = {
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" } }, NULL },
	{ { .sku = "A", .name = "a", .price = { PRICE_MAX, "GBP" }, .stock = STOCK_MAX }, NULL },
	{ { .sku = NULL, .name = "a", .price = { 0, "GBP" } }, "sku is empty" },
	{ { .sku = " ", .name = "a", .price = { 0, "GBP" } }, "sku is empty" },
	{ { .sku = "A B", .name = "a", .price = { 0, "GBP" } }, "sku \"A B\" has white space in"
		" it" },
	{ { .sku = "A\n", .name = "a", .price = { 0, "GBP" } }, "has white space in it" },
	{ { .sku = "A", .name = " ", .price = { 0, "GBP" } }, "name is empty" },
	{ { .sku = "A", .name = "a", .price = { 0, NULL } }, "currency \"\" is not" },
	{ { .sku = "A", .name = "a", .price = { 0, "GB" } }, "currency \"GB\" is not" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBPP" } }, "currency \"GBPP\" is not" },
	{ { .sku = "A", .name = "a", .price = { 0, "GbP" } }, "currency \"GbP\" is not" },
	{ { .sku = "A", .name = "a", .price = { -1, "GBP" } }, "price must not be negative" },
	{ { .sku = "A", .name = "a", .price = { PRICE_MAX + 1, "GBP" } }, "price must not be"
		" negative" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .stock = -1 }, "stock must be"
		" between" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .stock = STOCK_MAX + 1 }, "stock"
		" must be" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .category = "-" }, "no letter in it" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .category = WIDE_100 }, NULL },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .category = WIDE_100 "a" },
	  "category is 101 characters long; at most 100 are allowed" },
	{ { .sku = LETTERS_100, .name = "a", .price = { 0, "GBP" } },
	  "sku is 100 characters long; at most 64 are allowed" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .brand = LETTERS_100 "a" },
	  "brand is 101 characters long" },
	{ { .sku = "A", .name = LETTERS_100 LETTERS_100, .price = { 0, "GBP" } }, NULL },
	{ { .sku = "A", .name = LETTERS_100 LETTERS_100 "a", .price = { 0, "GBP" } },
	  "name is 201 characters long; at most 200 are allowed" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .image_url = "https://a" }, NULL },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .image_url = "http://a" }, NULL },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .image_url = "ftp://a" }, "image_url"
		" must" },
	{ { .sku = "A", .name = "a", .price = { 0, "GBP" }, .image_url = "https://a b" },
		"image_url must" },
};

START_TEST(what_is_wrong_with_a_product_is_said)
{
	const char *trouble = product_trouble(arena, &products_given[_i].product);
	if (!products_given[_i].trouble)
		ck_assert_ptr_null(trouble);
	else
		ck_assert_says(trouble, products_given[_i].trouble);
}
END_TEST

static const struct { const char *sku, *uri; } uris[] = {
	{ "KIT-0001", "product://KIT-0001" }, { "a~._-Zz09", "product://a~._-Zz09" },
	{ "a/b?c#d", "product://a%2Fb%3Fc%23d" }, { "\xc3\xa9", "product://%C3%A9" }, { "100%",
		"product://100%25" },
	{ "[`{@:", "product://%5B%60%7B%40%3A" },
};

START_TEST(a_uri_has_no_letter_that_means_something)
{
	ck_assert_str_eq(product_uri(arena, uris[_i].sku), uris[_i].uri);
}
END_TEST

/* ---- Keys of an earlier release ---- */

static void put_keyed(const char *sku, const char *key)
{
	PUT(arena_print(arena, "OLD%s", sku), 1);
	run_sql(&products, "update product set sku = '%s', sku_key = '%s' where id = (select max(id) from"
	        " product)", sku, key);
}

static const struct migration *step(const char *name)
{
	const struct migration *one = product_migrations;

	while (strcmp(one->name, name) != 0)
		one++;
	return one;
}

START_TEST(keys_of_an_earlier_release_become_plain_and_none_is_taken_twice)
{
	put_keyed("A\u20111", "a\u20101");
	put_keyed("B\u2013\u00ad1\u200b", "b\u2013\u00ad1\u200b");
	put_keyed("C\u00ad1", "c\u00ad1");
	put_keyed("D\u20111", "d\u20101");
	put_keyed("D\u20131", "d\u20131");
	put_keyed("E-1", "e-1");
	put_keyed("E\u22121", "e\u22121");
	/* Twice is once. */
	for (int i = 0; i < 2; i++)
		run_sql(&products, "%s", step("6-plain-keys")->sqlite);
	static const char *const plain[] = { "a-1", "b-1", "c-1", "d-1", "e-1" };
	for (int i = 0; i < COUNT(plain); i++)
		ck_assert_int_eq(find_number(&products, "select count(*) from product where sku_key = '%s'",
		                             plain[i]), 1);
	ck_assert_int_eq(find_number(&products, "select count(*) from product where sku_key in"
	                             " ('d\u20131', 'e\u22121')"), 2);
	ck_assert_str_eq(text(does(&products, "get_product", "{'sku': 'a-1'}"), "/sku"), "A\u20111");
	ck_assert_str_eq(text(does(&products, "get_product", "{'sku': 'A\u20111'}"), "/sku"), "A\u20111");
	ck_assert_str_eq(text(does(&products, "get_product", "{'sku': 'E\u22121'}"), "/sku"), "E-1");
}
END_TEST

static TCase *update_case(void)
{
	TCase *tcase = tcase_create("update");

	tcase_add_checked_fixture(tcase, begin_pan, end);
	tcase_add_loop_test(tcase, only_what_is_given_changes, 0, COUNT(texts));
	tcase_add_test(tcase, what_changed_is_found_by_its_new_words_and_not_by_its_old);
	tcase_add_test(tcase, a_new_name_alone_is_found_too);
	tcase_add_test(tcase, what_changes_no_word_leaves_the_index_alone);
	tcase_add_test(tcase, who_has_no_category_leaves_the_categories_alone);
	tcase_add_test(tcase, a_price_and_its_currency_change_together);
	tcase_add_loop_test(tcase, stock_is_counted_or_changed_and_never_below_nothing, 0,
		COUNT(stocks));
	tcase_add_test(tcase, one_that_is_not_there_is_not_changed);
	return tcase;
}

static TCase *product_case(void)
{
	TCase *tcase = tcase_create("a product");

	tcase_add_checked_fixture(tcase, begin_pan, end);
	tcase_add_loop_test(tcase, what_is_wrong_with_a_product_is_said, 0, COUNT(products_given));
	tcase_add_loop_test(tcase, a_uri_has_no_letter_that_means_something, 0, COUNT(uris));
	tcase_add_test(tcase, keys_of_an_earlier_release_become_plain_and_none_is_taken_twice);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("update");

	suite_add_tcase(suite, update_case());
	suite_add_tcase(suite, product_case());
	return run_suite(suite);
}
