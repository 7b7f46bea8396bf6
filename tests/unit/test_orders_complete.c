/* test_orders_complete.c - numbers of orders, customers and months, as a person begins to type them. */
#include "customer.h"
#include "tools_orders.h"

#define JANUARY INT64_C(1293840000000)          /* 2011-01-01 */

static void ordered(const char *id, const char *customer, const char *status, double day)
{
	run_sql(&orders, "insert into orders (id, customer, customer_key, status, placed_at, country,"
	        " total_currency) values ('%s', '%s', '%s', '%s', %lld, 'GB', 'GBP')", id, customer,
	        customer_key(arena, customer), status, (long long)(JANUARY + (int64_t)(day * DAY)));
}

static void begin_some(void)
{
	begin_shop();
	ordered("536365", "Zoë Åström", "delivered", 0);
	ordered("536366", "ZOË Quist", "paid", 40);
	ordered("537000", "zoe adams", "paid", 41);
	ordered("ORD-AAA", "Ann", "paid", 60);
	ordered("ORD-AAB", "Ann", "pending", 61);
	ordered("ord-ac", "ann", "cancelled", 62);
	ordered("ORD-AAC", "Under Way", "recording", 500);
	ordered("ORD-AAD", "Under Way", "committing", -500);
}

static const struct { const char *typed, *customer, *completed; } numbers[] = {
	{ "5", NULL, "536365|536366|537000|" }, { "53636", NULL, "536365|536366|" },
	{ "ord-a", NULL, "ORD-AAA|ORD-AAB|ord-ac|" }, { "ORD\u2011AA", NULL, "ORD-AAA|ORD-AAB|" },
	{ "X", NULL, "" }, { "%", NULL, "" },
	/* Nothing yet: the newest first. */
	{ "", NULL, "ord-ac|ORD-AAB|ORD-AAA|537000|536366|536365|" },
	{ "", "Ann", "ORD-AAB|ORD-AAA|" }, { "ord", "Ann", "ORD-AAB|ORD-AAA|" }, { "5", "Ann", "" },
	{ "", "nobody", "" },
};

START_TEST(a_number_is_completed_among_the_customers_where_one_was_chosen)
{
	chosen_argument = "customer";
	chosen_value = numbers[_i].customer;
	ck_assert_str_eq(completes(&orders, complete_order, "id", numbers[_i].typed), numbers[_i].completed);
}
END_TEST

static const struct { const char *typed, *completed; } customers[] = {
	{ "", "Ann|ann|zoe adams|Zoë Åström|ZOË Quist|" }, { "a", "Ann|ann|" }, { "ANN", "Ann|ann|" },
	{ "zoe", "zoe adams|Zoë Åström|ZOË Quist|" }, { "ZOË as", "Zoë Åström|" }, { "zoe q", "ZOË Quist|" },
	{ "quist", "" }, { "u", "" }, { "\u0301", "Ann|ann|zoe adams|Zoë Åström|ZOË Quist|" },
};

START_TEST(a_customer_is_completed_in_any_case_and_without_accents)
{
	ck_assert_str_eq(completes(&orders, complete_order, "customer", customers[_i].typed),
	                 customers[_i].completed);
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", customers[_i].typed),
	                 customers[_i].completed);
	ck_assert_str_eq(completes(&orders, complete_order, "question", customers[_i].typed), "");
}
END_TEST

/* A mark that is a vowel is no accent. */
START_TEST(marks_of_other_scripts_stay)
{
	ordered("1", "दिल", "paid", 0);
	ordered("2", "दाल", "paid", 0);
	ordered("3", "パン", "paid", 0);
	ordered("4", "ハン", "paid", 0);
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", "दि"), "दिल|");
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", "パ"), "パン|");
}
END_TEST

static const struct { const char *typed, *completed; } months[] = {
	{ "", "2011-03|2011-02|2011-01|" }, { "2011-0", "2011-03|2011-02|2011-01|" },
	{ "2011-02", "2011-02|" }, { "2012", "" }, { "2011-02-01", "" },
};

START_TEST(a_month_is_completed_from_the_last_order_to_the_first)
{
	ck_assert_str_eq(completes(&orders, complete_month, "month", months[_i].typed), months[_i].completed);
}
END_TEST

START_TEST(an_empty_book_completes_nothing)
{
	empty_program(&orders);
	ck_assert_str_eq(completes(&orders, complete_order, "id", ""), "");
	ck_assert_str_eq(completes(&orders, complete_order, "customer", ""), "");
	ck_assert_str_eq(completes(&orders, complete_month, "month", ""), "");
}
END_TEST

START_TEST(who_is_named_is_who_an_order_is_of)
{
	ck_assert_int_eq(call_tool(&orders, "explain_order", "{'id': '536365', 'customer': 'zoe astrom'}").outcome,
	                 DID);
	ck_assert_int_eq(call_tool(&orders, "explain_order", "{'id': '536365', 'customer': ' '}").outcome, DID);
	ck_assert_says(refuses(&orders, "explain_order", "{'id': '536365', 'customer': 'Ann'}"),
	               "Order 536365 is not one of Ann.");
}
END_TEST

START_TEST(a_customers_orders_are_read)
{
	yyjson_val *page = does(&orders, "read_customer", "{'customer': 'Ann'}");
	ck_assert_int_eq(number(page, "/count"), 2);
	ck_assert_str_eq(text(page, "/orders/0/id"), "ORD-AAB");
	ck_assert_says(refuses(&orders, "read_customer", "{'customer': 'Nobody'}"), "There is no customer Nobody");
	refuses(&orders, "read_customer", "{'customer': 'Under Way'}");
}
END_TEST

static const struct { const char *month, *says; bool fine; } reviews[] = {
	{ "2011-01", "sales of 2011-01", true }, { "2011-12", "sales of 2011-12", true },
	{ "2011-13", "Say the month", false }, { "2011/01", "Say the month", false }, { "January", "Say", false },
};

START_TEST(a_month_is_reviewed_from_its_figures)
{
	run_sql(&orders, "insert into order_line (order_id, line, sku, quantity, unit_price,"
	        " unit_price_currency) values ('536365', 1, 'TEA', 3, 250, 'GBP')");
	struct said said = call_tool(&orders, "review_sales", "{'month': '%s'}", reviews[_i].month);
	ck_assert_int_eq(said.outcome, reviews[_i].fine ? DID : REFUSED);
	ck_assert_says(said.words, reviews[_i].says);
	if (reviews[_i].fine)
		ck_assert_int_eq(strstr(said.words, "\"amount\":750") != NULL, _i == 0);
}
END_TEST

/* ---- Orders of an earlier release ---- */

START_TEST(customers_of_an_earlier_release_are_found_when_the_job_has_been)
{
	run_sql(&orders, "update orders set customer_key = null");
	for (int i = 0; i < 1200; i++)
		ordered(arena_print(arena, "n%d", i), arena_print(arena, "new %d", i), "paid", 0);
	run_sql(&orders, "update orders set customer_key = null");
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", "zoe"), "");
	int runs = 0;
	while (key_customers(orders.store) < 1000)
		runs++;
	ck_assert_int_eq(runs, 2);
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", "zoe"),
	                 "zoe adams|Zoë Åström|ZOË Quist|");
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", "new 1199"), "new 1199|");
}
END_TEST

START_TEST(who_orders_is_found)
{
	PUT("TEA", 5);
	does(&orders, "create_order", "{'customer': 'Élodie', 'idempotency_key': 'k', 'shipping_address':"
	     " {'name': 'A', 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'},"
	     " 'items': [{'sku': 'TEA', 'quantity': 1}]}");
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", "elo"), "Élodie|");
}
END_TEST

/* ---- Many ---- */

START_TEST(an_index_completes_among_a_hundred_thousand)
{
	begin_shop();
	run_sql(&orders, "begin");
	for (int i = 0; i < 100000; i += 1000)
		run_sql(&orders, "with recursive n (i) as (select %d union all select i + 1 from n where i < %d)"
		        " insert into orders (id, customer, customer_key, status, placed_at, country)"
		        " select 'X' || i, 'c' || (i %% 500), 'c' || (i %% 500) || '\1c' || (i %% 500), 'paid', cast(i as bigint) * 100000,"
		        " 'GB' from n", i, i + 999);
	run_sql(&orders, "commit");
	/* As PostgreSQL does by itself, but at some later time. */
	run_sql(&orders, "analyze");
	ck_assert_int_eq(count_completed_on_loop(&orders, complete_order, "id", ""), 101);
	ck_assert_int_eq(count_completed_on_loop(&orders, complete_order, "id", "x99"), 101);
	ck_assert_int_eq(count_completed_on_loop(&orders, complete_order, "id", "x99999"), 1);
	ck_assert_int_eq(count_completed_on_loop(&orders, complete_order, "customer", ""), 101);
	ck_assert_int_eq(count_completed_on_loop(&orders, complete_order, "customer", "C49"), 11);
	ck_assert_int_eq(count_completed_on_loop(&orders, complete_month, "month", ""), 4);
	end();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("complete");
	TCase *tcase = tcase_create("complete");

	tcase_add_checked_fixture(tcase, begin_some, end);
	tcase_add_loop_test(tcase, a_number_is_completed_among_the_customers_where_one_was_chosen, 0,
	                    COUNT(numbers));
	tcase_add_loop_test(tcase, a_customer_is_completed_in_any_case_and_without_accents, 0, COUNT(customers));
	tcase_add_test(tcase, marks_of_other_scripts_stay);
	tcase_add_loop_test(tcase, a_month_is_completed_from_the_last_order_to_the_first, 0, COUNT(months));
	tcase_add_test(tcase, an_empty_book_completes_nothing);
	tcase_add_test(tcase, who_is_named_is_who_an_order_is_of);
	tcase_add_test(tcase, a_customers_orders_are_read);
	tcase_add_loop_test(tcase, a_month_is_reviewed_from_its_figures, 0, COUNT(reviews));
	tcase_add_test(tcase, customers_of_an_earlier_release_are_found_when_the_job_has_been);
	tcase_add_test(tcase, who_orders_is_found);
	suite_add_tcase(suite, tcase);
	tcase = tcase_create("many");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, an_index_completes_among_a_hundred_thousand);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
