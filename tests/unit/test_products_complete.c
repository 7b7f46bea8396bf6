/* test_products_complete.c - SKUs and categories, as a person begins to type them. */
#include "shelf.h"

static void begin_some(void)
{
	begin_shelf();
	PUT("KIT-0001", 1, .category = "Kitchen");
	PUT("KIT-0002", 1, .category = "kitchen");
	PUT("kit-1", 1, .category = "Café & Bar");
	PUT("GAR-0001", 1, .category = "Garden");
	PUT("É-1", 1, .category = "Glass");
	PUT("NONE", 1);
}

static const struct { const char *typed, *completed; } skus[] = {
	{ "KIT", "KIT-0001|KIT-0002|kit-1|" }, { "kit-0", "KIT-0001|KIT-0002|" },
	{ " kit\u20110", "KIT-0001|KIT-0002|" }, { "KIT-0001", "KIT-0001|" }, { "KIT-00011", "" },
	{ "é", "É-1|" }, { "x", "" }, { "", "É-1|GAR-0001|KIT-0001|KIT-0002|kit-1|NONE|" },
	{ "IT", "" }, { "%", "" }, { "_", "" },
};

START_TEST(an_sku_is_completed_from_its_beginning)
{
	ck_assert_str_eq(completes(&products, complete_sku, "sku", skus[_i].typed), skus[_i].completed);
}
END_TEST

static const struct { const char *typed, *completed; } lists[] = {
	{ "kit-0", "KIT-0001|KIT-0002|" }, { "KIT-0001, kit-0", "KIT-0001, KIT-0002|" },
	{ "kit\u20110001;KIT", "kit\u20110001;KIT-0002|kit\u20110001;kit-1|" },
	{ "KIT-0001,KIT-0002,kit-1,GAR-0001,", "KIT-0001,KIT-0002,kit-1,GAR-0001,É-1|"
	  "KIT-0001,KIT-0002,kit-1,GAR-0001,NONE|" },
	{ "x,y", "" }, { "1 2 3 4 5 6 7 8 9 GAR", "1 2 3 4 5 6 7 8 9 GAR-0001|" },
	/* Ten are compared, and no more. */
	{ "1 2 3 4 5 6 7 8 9 10 GAR", "" },
};

START_TEST(the_last_of_a_list_is_completed_and_none_is_named_twice)
{
	ck_assert_str_eq(completes(&products, complete_skus, "skus", lists[_i].typed), lists[_i].completed);
}
END_TEST

static const struct { const char *typed, *completed; } categories[] = {
	{ "", "Café & Bar|Garden|Glass|Kitchen|" }, { "g", "Garden|Glass|" }, { "GA", "Garden|" },
	{ "cafe", "Café & Bar|" }, { "CAFÉ b", "Café & Bar|" }, { "kitchens", "" }, { "arden", "" },
};

START_TEST(a_category_is_completed_each_once)
{
	ck_assert_str_eq(completes(&products, complete_category, "category", categories[_i].typed),
	                 categories[_i].completed);
	ck_assert_str_eq(completes(&products, complete_category, "budget", categories[_i].typed), "");
}
END_TEST

START_TEST(a_category_is_read)
{
	yyjson_val *page = does(&products, "read_category", "{'category': 'KITCHEN'}");
	ck_assert_int_eq(number(page, "/count"), 2);
	ck_assert_str_eq(text(page, "/products/0/sku"), "KIT-0001");
	ck_assert(!truth(page, "/more"));
	ck_assert_says(refuses(&products, "read_category", "{'category': 'Toys'}"), "There is no category Toys");
}
END_TEST

/* ---- Many ---- */

static void put_many(int count)
{
	run_sql(&products, "begin");
	for (int i = 0; i < count; i += 1000)
		run_sql(&products, "with recursive n (i) as (select %d union all select i + 1 from n where i < %d)"
		        " insert into product (sku, sku_key, name, category, category_key, price,"
		        " price_currency, stock, updated_at, name_words, other_words)"
		        " select 'SKU-' || i, 'sku-' || i, 'n', 'Cat ' || (i %% 500), 'cat ' || (i %% 500), 1,"
		        " 'GBP', 1, 1, 'n', 'n' from n", i, i + 999);
	run_sql(&products, "commit");
}

/* Within what an event loop may spend, which is a fraction of one look at every row. */
START_TEST(an_index_completes_among_a_hundred_thousand)
{
	static const char *const typed[] = { "", "s", "SKU-9", "SKU-99999", "x" };
	static const int values[] = { 101, 101, 101, 1, 0 };

	begin_shelf();
	put_many(100000);
	for (int i = 0; i < COUNT(typed); i++)
		ck_assert_int_eq(count_completed_on_loop(&products, complete_sku, "sku", typed[i]),
		                 values[i]);
	ck_assert_int_eq(count_completed_on_loop(&products, complete_category, "category", ""), 101);
	ck_assert_int_eq(count_completed_on_loop(&products, complete_category, "category", "CAT 49"),
	                 11);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("complete");
	TCase *tcase = tcase_create("complete");

	tcase_add_checked_fixture(tcase, begin_some, end);
	tcase_add_loop_test(tcase, an_sku_is_completed_from_its_beginning, 0, COUNT(skus));
	tcase_add_loop_test(tcase, the_last_of_a_list_is_completed_and_none_is_named_twice, 0, COUNT(lists));
	tcase_add_loop_test(tcase, a_category_is_completed_each_once, 0, COUNT(categories));
	tcase_add_test(tcase, a_category_is_read);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("many");
	tcase_add_test(tcase, an_index_completes_among_a_hundred_thousand);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
