/* test_orders_written.c - orders, returns and products are found however somebody wrote down their numbers. */
#include "tools_orders.h"

#define FROM_ANN "{'customer': 'ann', 'idempotency_key': '%s', 'shipping_address': {'name': 'Ann'," \
	" 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}, 'items': [%s]}"

static const char *place(const char *key, const char *items)
{
	return text(does(&orders, "create_order", FROM_ANN, key, items), "/id");
}

static void imported(const char *id)
{
	run_sql(&orders, "insert into orders (id, customer, status, placed_at, delivered_at, country)"
	        " values ('%s', 'ann', 'delivered', %lld, %lld, 'GB')", id, (long long)now_ms(),
	        (long long)now_ms());
}

/* ---- Numbers of orders ---- */

/* What becomes of "ORD-...". */
static const char *written(const char *id, int how)
{
	char *text = arena_copy(arena, str_of(id));

	switch (how) {
	case 0: return id;
	case 1: return arena_print(arena, "  %s\\t", id);
	case 2: return arena_print(arena, "ord\u2011%s", id + 4);
	case 3: return arena_print(arena, "\u00a0Ord\u2013%s\u200b", id + 4);
	case 4: return arena_print(arena, "ORD\uff0d%s", id + 4);
	case 5: return arena_print(arena, "#%s", id);
	default:
		for (char *at = text; *at; at++)
			if (*at >= 'A' && *at <= 'Z')
				*at = (char)(*at + 'a' - 'A');
		return text;
	}
}
enum { WAYS = 7 };

START_TEST(an_order_is_found_by_every_tool_however_its_number_is_written)
{
	PUT("TEA", 9);
	const char *id = place("k", "{'sku': 'TEA', 'quantity': 2}"), *other = written(id, _i);

	ck_assert_str_eq(text(does(&orders, "get_order", "{'id': '%s'}", other), "/id"), id);
	ck_assert_str_eq(text(does(&orders, "read_order", "{'id': '%s'}", other), "/id"), id);
	ck_assert_str_eq(text(does(&orders, "track_order", "{'id': '%s'}", other), "/id"), id);
	ck_assert_int_eq(call_tool(&orders, "explain_order", "{'id': '%s'}", other).outcome, DID);
	forget_changes();
	does(&orders, "update_order_status", "{'id': '%s', 'status': 'paid'}", other);
	ck_assert_str_eq(changes(), arena_print(arena, "order://%s customer://ann ", id));
	does(&orders, "cancel_order", "{'id': '%s', 'confirm': true}", other);
	ck_assert_int_eq(available_of("TEA"), 9);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 1);
}
END_TEST

START_TEST(a_return_is_asked_for_and_received_however_its_numbers_are_written)
{
	PUT("TEA-1", 9);
	const char *id = place("k", "{'sku': 'tea\u20111', 'quantity': 2}"), *other = written(id, _i);
	run_sql(&orders, "update orders set status = 'delivered', delivered_at = %lld", (long long)now_ms());
	const char *asked = arena_print(arena, "{'order_id': '%s', 'reason': 'x', 'idempotency_key': 'k',"
	                                " 'items': [{'sku': ' Tea\u20131 ', 'quantity': 1}]}", other);
	yyjson_val *request = does(&orders, "request_return", "%s", asked);
	ck_assert_str_eq(text(request, "/order_id"), id);
	ck_assert_str_eq(text(request, "/items/0/sku"), "TEA-1");
	/* The same again, written as it is. */
	yyjson_val *again = does(&orders, "request_return", "{'order_id': '%s', 'reason': 'x',"
	                         " 'idempotency_key': 'k', 'items': [{'sku': 'TEA-1', 'quantity': 1}]}", id);
	ck_assert_str_eq(text(request, "/id"), text(again, "/id"));
	/* RET- as ORD-. */
	const char *back = written(arena_print(arena, "ORD-%s", text(request, "/id") + 4), _i);
	char *number_of_return = arena_copy(arena, str_of(back));
	for (char *at = number_of_return; *at; at++)
		if (strncmp(at, "ORD", 3) == 0 || strncmp(at, "ord", 3) == 0 || strncmp(at, "Ord", 3) == 0) {
			memcpy(at, "ret", 3);
			break;
		}
	does(&orders, "receive_return", "{'return_id': '%s'}", number_of_return);
	ck_assert_int_eq(available_of("TEA-1"), 8);
}
END_TEST

START_TEST(an_imported_number_may_be_of_any_case)
{
	imported("c12-a");
	imported("C12-B");
	imported("536365");
	ck_assert_str_eq(text(does(&orders, "get_order", "{'id': 'C12-A'}"), "/id"), "c12-a");
	ck_assert_str_eq(text(does(&orders, "get_order", "{'id': 'c12\u2011b'}"), "/id"), "C12-B");
	ck_assert_str_eq(text(does(&orders, "get_order", "{'id': ' 536365 '}"), "/id"), "536365");
	/* Where two differ in nothing else each is found as it is, and neither by what is neither. */
	imported("C12-a");
	ck_assert_str_eq(text(does(&orders, "get_order", "{'id': 'c12-a'}"), "/id"), "c12-a");
	ck_assert_str_eq(text(does(&orders, "get_order", "{'id': 'C12-a'}"), "/id"), "C12-a");
	ck_assert_says(refuses(&orders, "get_order", "{'id': 'C12-A'}"), "There is no order C12-A");
}
END_TEST

START_TEST(what_is_under_way_is_not_found_in_any_case)
{
	imported("ORD-1");
	run_sql(&orders, "update orders set status = 'committing'");
	refuses(&orders, "get_order", "{'id': 'ord-1'}");
}
END_TEST

/* ---- Blanks ---- */

/* %s is what must not be blank. */
static const struct { const char *tool, *arguments; } named[] = {
	{ "create_order", "{'customer': '%s', 'idempotency_key': 'k', 'items': [{'sku': 'TEA', 'quantity': 1}],"
	  " 'shipping_address': {'name': 'A', 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}}" },
	{ "create_order", "{'customer': 'a', 'idempotency_key': '%s', 'items': [{'sku': 'TEA', 'quantity': 1}],"
	  " 'shipping_address': {'name': 'A', 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}}" },
	{ "create_order", "{'customer': 'a', 'idempotency_key': 'k', 'items': [{'sku': 'TEA', 'quantity': 1}],"
	  " 'shipping_address': {'name': '%s', 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}}" },
	{ "create_order", "{'customer': 'a', 'idempotency_key': 'k', 'items': [{'sku': 'TEA', 'quantity': 1}],"
	  " 'shipping_address': {'name': 'A', 'line1': '%s', 'city': 'L', 'postal_code': '1', 'country': 'GB'}}" },
	{ "create_order", "{'customer': 'a', 'idempotency_key': 'k', 'items': [{'sku': 'TEA', 'quantity': 1}],"
	  " 'shipping_address': {'name': 'A', 'line1': '1', 'city': '%s', 'postal_code': '1', 'country': 'GB'}}" },
	{ "create_order", "{'customer': 'a', 'idempotency_key': 'k', 'items': [{'sku': 'TEA', 'quantity': 1}],"
	  " 'shipping_address': {'name': 'A', 'line1': '1', 'city': 'L', 'postal_code': '%s', 'country': 'GB'}}" },
	{ "create_order", "{'customer': 'a', 'idempotency_key': 'k', 'items': [{'sku': '%s', 'quantity': 1}],"
	  " 'shipping_address': {'name': 'A', 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}}" },
	{ "get_order", "{'id': '%s'}" }, { "list_orders", "{'customer': '%s'}" },
	{ "request_return", "{'order_id': '%s', 'reason': 'x', 'items': [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "request_return", "{'order_id': 'x', 'reason': '%s', 'items': [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "receive_return", "{'return_id': '%s'}" },
};

START_TEST(no_name_is_blank)
{
	static const char *const blank[] = { " ", "\\t", "\u00a0", " \u200b ", "\u3000" };

	PUT("TEA", 9);
	for (int i = 0; i < COUNT(blank); i++) {
		const char *arguments = named[_i].arguments, *at = strstr(arguments, "%s");
		const char *why = refuses(&orders, named[_i].tool, "%.*s%s%s", (int)(at - arguments),
		                          arguments, blank[i], at + 2);
		ck_assert_says(why, "must not be blank");
	}
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 0);
}
END_TEST

/* ---- Much of one product ---- */

/* Products takes a million units of a product at a time, and an order may have that more than once. */
START_TEST(what_is_cancelled_comes_back_however_much_it_is)
{
#define MILLION "{'sku': 'NAIL', 'quantity': 1000000}"
	PUT("NAIL", 5000000);
	const char *id = place("k", MILLION ", " MILLION ", " MILLION ", {'sku': 'nail', 'quantity': 1}");
	ck_assert_int_eq(stock_of("NAIL"), 1999999);
	yyjson_val *order = does(&orders, "cancel_order", "{'id': '%s', 'confirm': true}", id);
	ck_assert_ptr_null(yyjson_ptr_get(order, "/restock_pending"));
	ck_assert_int_eq(stock_of("NAIL"), 5000000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("written");
	TCase *tcase = tcase_create("written");

	tcase_add_checked_fixture(tcase, begin_shop, end);
	tcase_add_loop_test(tcase, an_order_is_found_by_every_tool_however_its_number_is_written, 0, WAYS);
	tcase_add_loop_test(tcase, a_return_is_asked_for_and_received_however_its_numbers_are_written, 0,
	                    WAYS);
	tcase_add_test(tcase, an_imported_number_may_be_of_any_case);
	tcase_add_test(tcase, what_is_under_way_is_not_found_in_any_case);
	tcase_add_loop_test(tcase, no_name_is_blank, 0, COUNT(named));
	tcase_add_test(tcase, what_is_cancelled_comes_back_however_much_it_is);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
