/* test_orders_plans.c - orders as a list: each page is read from an index, however many there are. */
#include "plans.h"
#include "tools_orders.h"

enum { MANY = 20000 };

/* placing.h's, which has a step of another kind than the store's. */
int64_t recover(struct store *store);

static const struct narrowing narrowing[] = {
	{ "where status = :", "status" }, { "where customer = :", "customer" }, { 0 },
};

/* Of each status and each customer a tenth; ten are being placed. */
static void fill_book(void)
{
	begin_shop();
	run_sql(&orders, "insert into orders (id, customer, status, placed_at, delivered_at, units, total,"
	        " total_currency, country, customer_key, lease_until)"
	        " with recursive n (i) as (select 1 union all select i + 1 from n where i < %d)"
	        " select 'ORD-' || (i * 7919 %% %d), 'c' || (i * 31 %% 10), case when i > %d - 10 then 'recording'"
	        " when i %% 10 = 1 then 'shipped' when i %% 10 = 2 then 'paid' else 'delivered' end,"
	        " i * 1000, null, 1, 100, 'GBP', 'GB', 'c' || (i * 31 %% 10), case when i > %d - 10 then i end from n",
	        MANY, MANY, MANY, MANY);
	run_sql(&orders, "insert into errand (id, kind, order_id, lease_owner, lease_until)"
	        " select id, 'cancel', id, 1, %lld from orders where status = 'shipped'",
	        (long long)now_ms() + MINUTE);
	/* SQLite's plans are those without figures, as a server has them. */
	if (store_kind(orders.store) == STORE_POSTGRESQL)
		run_sql(&orders, "analyze orders; analyze errand");
	watch_plans(&orders, narrowing);
}

static const char *const narrowed[] = {
	"", ", 'status': 'shipped'", ", 'status': 'paid'", ", 'customer': 'c1'",
	", 'from': '1970-01-01T01:00:00Z', 'to': '1970-01-01T02:00:00Z'",
	", 'status': 'shipped', 'from': '1970-01-01T01:00:00Z', 'to': '1970-01-01T03:00:00Z'",
	", 'customer': 'c1', 'from': '1970-01-01T01:00:00Z'",
};

START_TEST(no_list_sorts_what_it_lists)
{
	for (int i = 0; i < COUNT(narrowed); i++) {
		narrowings = narrowing;
		/* Of a short time PostgreSQL may look at all there is. */
		if (store_kind(orders.store) == STORE_POSTGRESQL && strstr(narrowed[i], "from"))
			narrowings = NULL;
		yyjson_val *page = does(&orders, "list_orders", "{'limit': 5%s}", narrowed[i]);
		ck_assert_int_eq(length(page, "/orders"), 5);
		page = does(&orders, "list_orders", "{'limit': 5, 'cursor': '%s'%s}",
		            text(page, "/next_cursor"), narrowed[i]);
		ck_assert_int_eq(length(page, "/orders"), 5);
	}
	keep_to_indexes(&orders, 2 * COUNT(narrowed));
}
END_TEST

START_TEST(the_resource_of_a_customer_sorts_nothing)
{
	ck_assert_int_eq(number(does(&orders, "read_customer", "{'customer': 'c1'}"), "/count"), 100);
	keep_to_indexes(&orders, 1);
}
END_TEST

START_TEST(what_completes_sorts_nothing)
{
	ck_assert_str_ne(completes(&orders, complete_order, "id", ""), "");
	ck_assert_str_ne(completes(&orders, complete_order, "id", "ord-1"), "");
	ck_assert_str_ne(completes(&orders, complete_month, "month", ""), "");
	keep_to_indexes(&orders, 4);
}
END_TEST

/* Nothing is due. */
START_TEST(what_is_due_is_found_by_its_lease)
{
	run_sql(&orders, "update orders set lease_until = %lld where lease_until is not null",
	        (long long)now_ms() + MINUTE);
	recover(orders.store);
	keep_to_indexes(&orders, 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("orders' plans");
	TCase *tcase = tcase_create("lists");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, fill_book, end);
	tcase_add_test(tcase, no_list_sorts_what_it_lists);
	tcase_add_test(tcase, the_resource_of_a_customer_sorts_nothing);
	tcase_add_test(tcase, what_completes_sorts_nothing);
	tcase_add_test(tcase, what_is_due_is_found_by_its_lease);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
