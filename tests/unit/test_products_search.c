/* test_products_search.c - search_products: what is found, in which order, page by page; and what is
 * said where nothing is. */
#include "search.h"
#include "shelf.h"

/* ---- Pages ---- */

static const char *const sorts[] = { "relevance", "price_asc", "price_desc", "name", "newest" };

struct key { int64_t price, row; const char *name; };

/* Below 0: a comes first; never 0, for no two are the same row. */
static int compare(const char *sort, const struct key *a, const struct key *b)
{
	int order = 0;
	if (strncmp(sort, "price", 5) == 0)
		order = (a->price > b->price) - (a->price < b->price);
	else if (strcmp(sort, "newest") != 0)
		order = strcmp(a->name, b->name);
	if (!order)
		order = (a->row > b->row) - (a->row < b->row);
	return strcmp(sort, "price_desc") == 0 || strcmp(sort, "newest") == 0 ? -order : order;
}

static struct key key_of(yyjson_val *product)
{
	const char *sku = text(product, "/sku");
	return (struct key) { number(product, "/price/amount"), atoi(sku + 1), text(product,
		"/name") };
}

/* All pages of a search: how many products, each after the one before. */
static int64_t go_through(const char *arguments, const char *sort, int limit)
{
	const char *cursor = "";
	struct key before = { 0 };
	int64_t seen = 0;

	do {
		yyjson_val *page = does(&products, "search_products", "{%s, 'sort': '%s',"
			" 'limit': %d,"
		                        " 'cursor': '%s'}", arguments, sort, limit, cursor);
		int64_t here = length(page, "/products");
		ck_assert_int_eq(number(page, "/count"), here);
		cursor = text(page, "/next_cursor");
		ck_assert_int_le(here, limit);
		ck_assert_int_gt(here, 0);
		ck_assert(!cursor || here == limit);
		for (int64_t i = 0; i < here; i++, seen++) {
			struct key now = key_of(yyjson_ptr_get(page, arena_print(arena,
				"/products/%d", (int)i)));
			ck_assert_msg(!seen || compare(sort, &before, &now) < 0, "%s: %lld is"
				" after %lld", sort,
			              (long long)now.row, (long long)before.row);
			before = now;
		}
	} while (cursor);
	return seen;
}

/* Many of one price and one name: none may be left out where a page ends among them. */
static void put_equal_ones(int count)
{
	for (int i = 0; i < count; i++)
		put((struct product) { .sku = arena_print(arena, "T%02d", i + 1), .stock = i % 3,
		                       .name = arena_print(arena, "tea %c", 'a' + i / 10),
		                       .category = i % 2 ? "Drinks" : "Gifts",
		                       .price = { 100 * (i / 7), "GBP" } });
}

static const struct { const char *arguments; int count; } searches[] = {
	{ "'words': ''", 42 }, { "'words': 'tea'", 42 }, { "'category': 'drinks'", 21 },
	{ "'words': 'tea', 'category': 'DRINKS'", 21 }, { "'price_min': 100, 'price_max': 400", 28 },
	{ "'category': 'gifts', 'price_min': 1, 'price_max': 499", 14 },
};

START_TEST(every_product_is_on_one_page_also_among_equals)
{
	const char *sort = sorts[_i % COUNT(sorts)];
	int which = _i / COUNT(sorts);

	put_equal_ones(42);
	for (int limit = 1; limit <= 43; limit += limit < 8 ? 1 : 7)
		ck_assert_int_eq(go_through(searches[which].arguments, sort, limit), searches[which].count);
}
END_TEST

START_TEST(a_cursor_belongs_to_its_search)
{
	static const char *const changed[] = {
		"'words': 'tea', 'sort': 'price_desc'", "'words': 'te', 'sort': 'price_asc'",
		"'words': 'tea', 'sort': 'price_asc', 'category': 'Drinks'",
		"'words': 'tea', 'sort': 'price_asc', 'currency': 'GBP'",
		"'words': 'tea', 'sort': 'price_asc', 'price_min': 0",
		"'words': 'tea', 'sort': 'price_asc', 'price_max': 0",
		"'words': 'tea', 'sort': 'price_asc', 'price_max': 900",
		"'words': 'tea', 'sort': 'price_asc', 'in_stock': true",
	};
	put_equal_ones(10);
	yyjson_val *page = does(&products, "search_products", "{'words': 'tea', 'sort':"
		" 'price_asc',"
	                        " 'limit': 3}");
	const char *cursor = text(page, "/next_cursor");
	for (int i = 0; i < COUNT(changed); i++)
		ck_assert_says(refuses(&products, "search_products", "{%s, 'cursor': '%s'}",
			changed[i],
		                       cursor), "does not belong to this search");
	does(&products, "search_products", "{'words': 'TEA', 'sort': 'price_asc', 'limit': 9,"
	     " 'cursor': '%s'}", cursor);
	ck_assert_says(refuses(&products, "search_products", "{'cursor': 'other={}'}"),
	               "does not belong to this search");
}
END_TEST

/* "search={`search`:1,`id`:2}" without the member of that number. */
static const char *without_member(const char *cursor, int which)
{
	const char *begin = strchr(cursor, '{') + 1, *end;

	for (end = begin + strcspn(begin, ",}"); which > 0; which--) {
		begin = end + 1;
		end = begin + strcspn(begin, ",}");
	}
	bool last = *end == '}';
	return arena_print(arena, "%.*s%s", (int)(begin - cursor - last), cursor, end + !last);
}

START_TEST(a_cursor_that_is_not_whole_is_none)
{
	put_equal_ones(10);
	const char *cursor = text(does(&products, "search_products", "{'words': 'tea', 'limit': 3}"),
	                          "/next_cursor");
	does(&products, "search_products", "{'words': 'tea', 'cursor': '%s'}", cursor);
	ck_assert_says(refuses(&products, "search_products", "{'words': 'tea', 'cursor': '%s'}",
	                       without_member(cursor, _i)), "does not belong to this search");
}
END_TEST

/* ---- Filters ---- */

static const struct { const char *arguments; int64_t count; } filters[] = {
	{ "'price_min': 200", 2 }, { "'price_min': 201", 1 }, { "'price_max': 200", 3 },
	{ "'price_max': 199", 2 }, { "'price_min': 200, 'price_max': 200", 1 }, { "'price_min':"
		" 0", 4 },
	{ "'price_max': 0", 1 }, { "'currency': 'eur'", 1 }, { "'currency': 'USD'", 0 },
	{ "'in_stock': true", 2 }, { "'in_stock': false", 4 }, { "'category': ' '", 4 },
	{ "'words': 'te'", 4 }, { "'words': 't'", 0 },
	{ "'words': 'tea', 'in_stock': true", 2 }, { "'words': 'tea', 'price_max': 100", 2 },
	{ "'words': 'tea', 'currency': 'EUR'", 1 }, { "'words': 'tea', 'price_min': 300", 1 },
};

START_TEST(a_search_is_narrowed)
{
	PUT("FREE", 1, .name = "tea", .price = { 0, "GBP" });
	PUT("A", 2, .name = "tea", .price = { 100, "GBP" });
	PUT("B", 0, .name = "tea", .price = { 200, "GBP" });
	PUT("C", 5, .name = "tea", .price = { 300, "EUR" });
	/* All of one is held: it is not in stock. */
	does(&products, "reserve_stock", "{'reservation_id': 'r', 'items': [{'sku': 'A',"
		" 'quantity': 2}]}");
	yyjson_val *found = does(&products, "search_products", "{%s}", filters[_i].arguments);
	ck_assert_int_eq(length(found, "/products"), filters[_i].count);
	/* One that is partly held still is. */
	if (strcmp(filters[_i].arguments, "'in_stock': true") == 0) {
		age_reservation("r", 16);
		ck_assert_int_eq(number(does(&products, "search_products", "{'in_stock':"
			" true}"), "/count"), 3);
	}
}
END_TEST

static const char *const currencies[] = { "AZN", "azn", "aZN", "Azn" };

START_TEST(a_currency_is_meant_in_any_case)
{
	PUT("A", 1, .price = { 100, "AZN" });
	PUT("B", 1, .price = { 100, "GBP" });
	ck_assert_int_eq(number(does(&products, "search_products", "{'currency': '%s'}",
	                             currencies[_i]), "/count"), 1);
	ck_assert_int_eq(number(does(&products, "search_products", "{'currency': '!ZN'}"),
	                        "/count"), 0);
}
END_TEST

/* ---- Ranking ---- */

START_TEST(whole_words_of_the_name_come_first_then_those_that_begin_one)
{
	PUT("R4", 1, .name = "Cup", .description = "for tea");
	PUT("R3", 1, .name = "Teapot");
	PUT("R1", 1, .name = "Black tea");
	PUT("R2", 1, .name = "Green tea");
	PUT("R5", 1, .name = "Coffee");
	yyjson_val *found = does(&products, "search_products", "{'words': 'tea'}");
	ck_assert_int_eq(number(found, "/matches"), 4);
	ck_assert(!truth(found, "/capped"));
	ck_assert_ptr_null(text(found, "/note"));
	for (int i = 0; i < 4; i++)
		ck_assert_str_eq(text(found, arena_print(arena, "/products/%d/sku", i)),
		                 arena_print(arena, "R%d", i + 1));
}
END_TEST

START_TEST(equally_good_ones_are_in_the_order_of_name_and_sku)
{
	PUT("B", 1, .name = "Tea two");
	PUT("C", 1, .name = "Tea one");
	PUT("A", 1, .name = "Tea two");
	yyjson_val *found = does(&products, "search_products", "{'words': 'tea'}");
	ck_assert_str_eq(text(found, "/products/0/sku"), "C");
	ck_assert_str_eq(text(found, "/products/1/sku"), "A");
	ck_assert_str_eq(text(found, "/products/2/sku"), "B");
	/* Page by page too. */
	yyjson_val *page = does(&products, "search_products", "{'words': 'tea', 'limit': 2}");
	page = does(&products, "search_products", "{'words': 'tea', 'limit': 2, 'cursor': '%s'}",
	            text(page, "/next_cursor"));
	ck_assert_str_eq(text(page, "/products/0/sku"), "B");
	ck_assert_ptr_null(text(page, "/next_cursor"));
}
END_TEST

static void put_many(int count)
{
	run_sql(&products, "begin");
	for (int i = 0; i < count; i++)
		put((struct product) { .sku = arena_print(arena, "M%d", i), .name = "tea",
			.stock = 1 });
	run_sql(&products, "commit");
}

START_TEST(as_many_as_are_looked_at_are_not_too_many_and_one_more_is)
{
	put_many(CANDIDATES_MAX);
	yyjson_val *found = does(&products, "search_products", "{'words': 'tea'}");
	ck_assert(!truth(found, "/capped"));
	ck_assert_int_eq(number(found, "/matches"), CANDIDATES_MAX);
	PUT("LAST", 1, .name = "tea");
	found = does(&products, "search_products", "{'words': 'tea'}");
	ck_assert(truth(found, "/capped"));
	ck_assert_int_eq(number(found, "/matches"), CANDIDATES_MAX);
	ck_assert_says(text(found, "/note"), "More than 2000 products match and only the first"
		" 2000");
	ck_assert_int_eq(length(found, "/products"), 20);
}
END_TEST

/* ---- Where nothing is ---- */

START_TEST(an_empty_answer_says_what_to_try)
{
	ck_assert_says(text(does(&products, "search_products", "{'words': 'tea'}"), "/note"),
	               "The catalogue is empty");
	PUT("A", 1, .name = "Green tea", .category = "Drinks");
	ck_assert_says(text(does(&products, "search_products", "{'category': 'Toys'}"), "/note"),
	               "There is no such category");
	ck_assert_says(text(does(&products, "search_products", "{'words': 'green koffie tea'}"),
		"/note"),
	               "No product has a word that begins with \"koffie\"");
	ck_assert_says(text(does(&products, "search_products", "{'words': 'koffie tea'}"), "/note"),
	               "No product has a word that begins with \"koffie\"");
	ck_assert_says(text(does(&products, "search_products", "{'words': 'tea', 'price_min':"
		" 900}"),
	                    "/note"), "Nothing matches all of it");
	ck_assert_says(text(does(&products, "search_products", "{'words': 'tea', 'category':"
		" 'drinks',"
	                         " 'currency': 'EUR'}"), "/note"), "Nothing matches all of it");
	ck_assert_int_eq(number(does(&products, "search_products", "{'words': 'koffie'}"),
	                        "/matches"), 0);
	ck_assert_ptr_null(text(does(&products, "search_products", "{}"), "/note"));
	ck_assert_ptr_null(yyjson_ptr_get(does(&products, "search_products", "{}"), "/matches"));
	ck_assert_says(refuses(&products, "search_products", "{'words': ' -!- '}"), "no letter"
		" or digit");
	does(&products, "search_products", "{'words': '  '}");
}
END_TEST

START_TEST(a_long_word_is_said_by_its_beginning)
{
	PUT("A", 1);
	const char *note = text(does(&products, "search_products", "{'words': '%0200d'}", 0), "/note");
	const char *word = strchr(note, '"') + 1;
	ck_assert_uint_eq(strspn(word, "0"), 128);
	ck_assert_says(word + 128, "…\"; try another");
}
END_TEST

START_TEST(words_that_do_not_count_are_said)
{
	PUT("A", 1, .name = "a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2 b3 b4 b5 b6 b7");
	yyjson_val *found = does(&products, "search_products", "{'words': 'a1 a2 a3 a4 a5 a6 a7"
		" a8 a9 b1 b2"
	                         " b3 b4 b5 b6 b7'}");
	ck_assert_ptr_null(text(found, "/note"));
	found = does(&products, "search_products", "{'words': 'a1 a2 a3 a4 a5 a6 a7 a8 a9 b1 b2"
	             " b3 b4 b5 b6 b7 zz'}");
	ck_assert_int_eq(number(found, "/count"), 1);
	ck_assert_says(text(found, "/note"), "Only the first 16 words count.");
}
END_TEST

/* ---- Categories ---- */

START_TEST(categories_are_counted_however_they_are_written)
{
	PUT("A", 1, .category = "Toys");
	PUT("B", 1, .category = "drinks");
	PUT("C", 1, .category = "Drinks");
	PUT("D", 1);
	yyjson_val *all = does(&products, "list_categories", "{}");
	ck_assert_int_eq(number(all, "/count"), 2);
	ck_assert_str_eq(text(all, "/categories/0/category"), "Drinks");
	ck_assert_int_eq(number(all, "/categories/0/products"), 2);
	ck_assert_int_eq(number(all, "/categories/1/products"), 1);
}
END_TEST

START_TEST(a_product_is_found_in_any_case)
{
	PUT("KIT-0001", 7, .name = "Pan", .price = { 1999, "GBP" }, .brand = "Acme",
	    .category = "Kitchen", .description = "of iron",
		.image_url = "https://i.example/p.png");
	yyjson_val *p = does(&products, "get_product", "{'sku': 'kit-0001'}");
	ck_assert_str_eq(text(p, "/sku"), "KIT-0001");
	ck_assert_str_eq(text(p, "/name"), "Pan");
	ck_assert_int_eq(number(p, "/price/amount"), 1999);
	ck_assert_str_eq(text(p, "/brand"), "Acme");
	ck_assert_int_eq(number(p, "/available"), 7);
	ck_assert_int_eq(number(p, "/version"), 1);
}
END_TEST

START_TEST(a_product_is_read_as_a_resource)
{
	PUT("KIT-0001", 7);
	ck_assert_str_eq(text(does(&products, "read_product", "{'sku': 'kit-0001'}"), "/sku"),
	                 "KIT-0001");
	ck_assert_str_eq(refuses(&products, "read_product", "{'sku': 'KIT-0002'}"),
	                 "There is no product with SKU KIT-0002.");
}
END_TEST

START_TEST(a_product_that_is_gone_by_now_is_left_out_of_its_page)
{
	PUT("A", 1);
	PUT("B", 1);
	int64_t first = find_number(&products, "select min(id) from product"), count;
	struct hit hit[] = { { .id = first + 1 }, { .id = first + 9 }, { .id = first } };
	struct hits hits = { .first = hit, .count = 3 };
	struct product *page = find_products(products.store, arena, &hits, &count);
	ck_assert_int_eq(count, 2);
	ck_assert_str_eq(page[0].sku, "B");
	ck_assert_str_eq(page[1].sku, "A");
	ck_assert_int_eq(page[1].available, 1);
}
END_TEST

static TCase *search_case(void)
{
	TCase *tcase = tcase_create("search");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_loop_test(tcase, every_product_is_on_one_page_also_among_equals, 0,
	                    COUNT(searches) * COUNT(sorts));
	tcase_add_test(tcase, a_cursor_belongs_to_its_search);
	tcase_add_loop_test(tcase, a_cursor_that_is_not_whole_is_none, 0, 6);
	tcase_add_loop_test(tcase, a_search_is_narrowed, 0, COUNT(filters));
	tcase_add_loop_test(tcase, a_currency_is_meant_in_any_case, 0, COUNT(currencies));
	tcase_add_test(tcase, whole_words_of_the_name_come_first_then_those_that_begin_one);
	tcase_add_test(tcase, equally_good_ones_are_in_the_order_of_name_and_sku);
	tcase_add_test(tcase, as_many_as_are_looked_at_are_not_too_many_and_one_more_is);
	tcase_add_test(tcase, an_empty_answer_says_what_to_try);
	tcase_add_test(tcase, a_long_word_is_said_by_its_beginning);
	tcase_add_test(tcase, words_that_do_not_count_are_said);
	return tcase;
}

static TCase *products_case(void)
{
	TCase *tcase = tcase_create("one product, and the categories");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_test(tcase, categories_are_counted_however_they_are_written);
	tcase_add_test(tcase, a_product_is_found_in_any_case);
	tcase_add_test(tcase, a_product_is_read_as_a_resource);
	tcase_add_test(tcase, a_product_that_is_gone_by_now_is_left_out_of_its_page);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("search");

	suite_add_tcase(suite, search_case());
	suite_add_tcase(suite, products_case());
	return run_suite(suite);
}
