/* test_products_plans.c - the catalogue as a list: each order is read from an index, whatever narrows it and
 * however many there are. */
#include "plans.h"
#include "shelf.h"

enum { MANY = 20000 };

static const char *const sorts[] = { "relevance", "price_asc", "price_desc", "name", "newest" };
static const char *const narrowed[] = {
	"", ", 'price_min': 200, 'price_max': 700", ", 'currency': 'GBP'", ", 'in_stock': true",
	", 'category': 'Cat 1'", ", 'category': 'Cat 1', 'price_min': 200, 'price_max': 700",
	", 'category': 'Cat 1', 'currency': 'GBP', 'in_stock': true",
};

/* Rows are numbered as they lie, so PostgreSQL may pass over some for those of a category that are newest. */
static const struct narrowing on_sqlite[] = { { "p.category_key = ", "category_key" }, { 0 } },
	on_postgresql[] = { { "p.category_key = :category and (", "category_key" }, { 0 } };

/* With few categories, of which each is much of all there is, and with many. */
static const int categories[] = { 3, 20 };

static void fill_shelf(int of)
{
	run_sql(&products, "insert into product (sku, sku_key, name, category, category_key, price,"
	        " price_currency, stock, updated_at, name_words, other_words)"
	        " with recursive n (i) as (select 1 union all select i + 1 from n where i < %d)"
	        " select 'S' || i, 's' || i, 'Name ' || (i * 7919 %% %d), 'Cat ' || (i %% %d),"
	        " 'cat ' || (i %% %d), i * 31 %% 1000, 'GBP', i %% 5, 0, 'name ' || (i * 7919 %% %d), ''"
	        " from n", MANY, MANY, of, of, MANY);
	/* SQLite's plans are those without figures, as a server has them. */
	if (store_kind(products.store) == STORE_POSTGRESQL)
		run_sql(&products, "vacuum analyze product");
}

static void fill_and_watch(int of)
{
	fill_shelf(of);
	if (store_kind(products.store) == STORE_SQLITE)
		watch_plans(&products, on_sqlite);
	else    /* Of a third of all the way through all of them is as good. */
		watch_plans(&products, of > 3 ? on_postgresql : NULL);
}

static void list(const char *sort, const char *by)
{
	yyjson_val *page = does(&products, "search_products", "{'sort': '%s', 'limit': 5%s}", sort, by);

	ck_assert_int_eq(length(page, "/products"), 5);
	page = does(&products, "search_products", "{'sort': '%s', 'limit': 5, 'cursor': '%s'%s}", sort,
	            text(page, "/next_cursor"), by);
	ck_assert_int_eq(length(page, "/products"), 5);
}

START_TEST(no_list_sorts_what_it_lists)
{
	fill_and_watch(categories[_i]);
	for (int i = 0; i < COUNT(sorts); i++)
		for (int j = 0; j < COUNT(narrowed); j++)
			list(sorts[i], narrowed[j]);
	keep_to_indexes(&products, 2 * COUNT(sorts) * COUNT(narrowed));
}
END_TEST

START_TEST(the_resource_of_a_category_sorts_nothing)
{
	fill_and_watch(categories[_i]);
	ck_assert_int_eq(number(does(&products, "read_category", "{'category': 'cat 2'}"), "/count"), 100);
	keep_to_indexes(&products, 1);
}
END_TEST

/* It has as many products as there can be in it. */
START_TEST(a_category_is_read_on_a_loop)
{
	fill_shelf(categories[_i]);
	ck_assert_int_eq(number(does_on_loop(&products, "read_category", "{'category': 'cat 2'}"), "/count"), 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("products' plans");
	TCase *tcase = tcase_create("lists");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_loop_test(tcase, no_list_sorts_what_it_lists, 0, COUNT(categories));
	tcase_add_loop_test(tcase, the_resource_of_a_category_sorts_nothing, 0, COUNT(categories));
	tcase_add_loop_test(tcase, a_category_is_read_on_a_loop, 0, COUNT(categories));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
