/* test_orders_list.c - list_orders and the orders of a customer: the newest first, a page at a time. */
#include "tools_orders.h"

#define DAY_ZERO INT64_C(1577836800000)         /* 2020-01-01 */

/* An order of ann's, placed so many days after 2020-01-01. */
static void sold_as(const char *id, const char *status, int day)
{
	run_sql(&orders, "insert into orders (id, customer, status, placed_at, country, total_currency)"
	        " values ('%s', 'ann', '%s', %lld, 'GB', 'GBP')", id, status,
	        (long long)(DAY_ZERO + day * DAY));
}

static void sold(const char *id, int day)
{
	sold_as(id, "delivered", day);
}

START_TEST(pages_give_every_order_once_the_newest_first)
{
	const char *cursor = "";
	int64_t seen = 0, pages = 0;
	char before[16] = "zzz";

	/* Some at the same moment. */
	for (int i = 0; i < 23; i++)
		sold(arena_print(arena, "n%02d", i), i / 4);
	sold_as("hidden1", "recording", 2);
	sold_as("hidden2", "committing", 2);
	do {
		yyjson_val *page = *cursor
			? does(&orders, "list_orders", "{'limit': 5, 'cursor': '%s'}", cursor)
			: does(&orders, "list_orders", "{'limit': 5}");
		ck_assert_int_le(length(page, "/orders"), 5);
		ck_assert_int_eq(number(page, "/count"), length(page, "/orders"));
		for (int64_t i = 0; i < length(page, "/orders"); i++, seen++) {
			const char *id = text(page, arena_print(arena, "/orders/%d/id", (int)i));
			ck_assert_str_lt(id, before);
			strcpy(before, id);
		}
		cursor = text(page, "/next_cursor");
		pages++;
	} while (cursor);
	ck_assert_int_eq(seen, 23);
	ck_assert_int_eq(pages, 5);
}
END_TEST

START_TEST(a_page_that_is_just_full_is_the_last)
{
	for (int i = 0; i < 5; i++)
		sold(arena_print(arena, "n%d", i), i);
	yyjson_val *page = does(&orders, "list_orders", "{'limit': 5}");
	ck_assert_int_eq(length(page, "/orders"), 5);
	ck_assert_ptr_null(text(page, "/next_cursor"));
	ck_assert_ptr_nonnull(text(does(&orders, "list_orders", "{'limit': 4}"), "/next_cursor"));
	ck_assert_says(refuses(&orders, "list_orders", "{'cursor': 'search=1'}"), "not one that");
	ck_assert_says(refuses(&orders, "list_orders", "{'cursor': 'orders={`id`:`n1`}'}"), "not one"
		" that");
	ck_assert_says(refuses(&orders, "list_orders", "{'cursor': 'orders={`at`:1}'}"), "not one"
		" that");
}
END_TEST

static const struct { const char *filter; int64_t count; } filters[] = {
	{ "", 5 }, { "'customer': 'ann'", 5 }, { "'customer': 'Ann'", 0 }, { "'customer':"
		" 'bob'", 1 },
	{ "'status': 'paid'", 1 }, { "'status': 'delivered'", 4 },
	{ "'customer': 'ann', 'status': 'paid'", 1 }, { "'customer': 'bob', 'status': 'paid'", 0 },
	{ "'from': '2020-01-03'", 3 }, { "'to': '2020-01-03'", 2 },
	{ "'from': '2020-01-02', 'to': '2020-01-04'", 2 },
};

START_TEST(a_list_is_narrowed)
{
	for (int i = 0; i < 4; i++)
		sold(arena_print(arena, "n%d", i), i);
	sold_as("n4", "paid", 4);
	if (strstr(filters[_i].filter, "bob"))
		run_sql(&orders, "update orders set customer = 'bob' where id = 'n2'");
	ck_assert_int_eq(number(does(&orders, "list_orders", "{%s}", filters[_i].filter), "/count"),
	                 filters[_i].count);
}
END_TEST

/* Whatever page it is, and though some were placed at that very moment. */
START_TEST(a_list_ends_before_its_end_on_every_page)
{
	sold("e", 3);
	sold("d", 3);
	sold("c", 2);
	sold("b", 2);
	sold("a", 1);
	for (int shown = 1; shown < 4; shown++) {
		const char *cursor = text(does(&orders, "list_orders", "{'limit': %d}", shown), "/next_cursor");
		yyjson_val *page = does(&orders, "list_orders", "{'to': '2020-01-03', 'cursor': '%s'}", cursor);
		ck_assert_int_eq(number(page, "/count"), 1);
		ck_assert_str_eq(text(page, "/orders/0/id"), "a");
	}
}
END_TEST

START_TEST(a_list_goes_on_where_the_resource_of_a_customer_ends)
{
	for (int i = 0; i < 100; i++)
		sold(arena_print(arena, "n%d", i), 1);
	yyjson_val *page = does(&orders, "read_customer", "{'customer': 'ann'}");
	ck_assert_int_eq(number(page, "/count"), 100);
	ck_assert_ptr_null(text(page, "/next_cursor"));
	sold("first", 0);
	page = does(&orders, "read_customer", "{'customer': 'ann'}");
	ck_assert_int_eq(number(page, "/count"), 100);
	page = does(&orders, "list_orders", "{'customer': 'ann', 'cursor': '%s'}", text(page, "/next_cursor"));
	ck_assert_int_eq(number(page, "/count"), 1);
	ck_assert_str_eq(text(page, "/orders/0/id"), "first");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("orders list");
	TCase *tests = tcase_create("lists");

	tcase_add_checked_fixture(tests, begin_shop, end);
	tcase_add_test(tests, pages_give_every_order_once_the_newest_first);
	tcase_add_test(tests, a_page_that_is_just_full_is_the_last);
	tcase_add_loop_test(tests, a_list_is_narrowed, 0, COUNT(filters));
	tcase_add_test(tests, a_list_ends_before_its_end_on_every_page);
	tcase_add_test(tests, a_list_goes_on_where_the_resource_of_a_customer_ends);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
