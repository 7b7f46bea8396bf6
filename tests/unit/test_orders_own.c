/* test_orders_own.c - callers that see one customer's orders only: what is another's takes the way of what
 * never was, statement by statement. */
#include "customer.h"
#include "failing.h"
#include "tools_orders.h"

static void order_of(const char *id, const char *customer, const char *status)
{
	run_sql(&orders, "insert into orders (id, customer, customer_key, status, placed_at, delivered_at, units,"
	        " total, total_currency, country) values ('%s', '%s', '%s', '%s', 5, %lld, 2, 200, 'GBP', 'GB');"
	        " insert into order_line (order_id, line, sku, quantity, unit_price, unit_price_currency)"
	        " values ('%s', 1, 'TEA', 2, 100, 'GBP')", id, customer, customer_key(arena, customer), status,
	        (long long)now_ms(), id);
}

static void arrange(void)
{
	empty_program(&orders);
	order_of("ORD-A", "ann", "delivered");
	order_of("ORD-B", "bob", "delivered");
	order_of("oRd-c", "bob", "paid");
	order_of("OrD-C", "ann", "paid");
	order_of("ORD-D", "Ann", "paid");
	run_sql(&orders, "insert into return_request (id, order_id, state, reason, requested_at, requested_by,"
	        " idempotency_key) values ('RET-B', 'ORD-B', 'requested', 'r', 5, 'anonymous', 'k')");
	called_for = "ann";
	customer_only = true;
}

static void begin_two(void)
{
	begin_shop();
	PUT("TEA", 5);
	arrange();
}

static const struct { const char *tool, *arguments; } calls[] = {
	{ "get_order", "{'id': '%s'}" },
	{ "read_order", "{'id': '%s'}" },
	{ "track_order", "{'id': '%s'}" },
	{ "track_order", "{'id': '%s', 'follow': true}" },
	{ "explain_order", "{'id': '%s'}" },
	{ "cancel_order", "{'id': '%s', 'confirm': true}" },
	{ "request_return", "{'order_id': '%s', 'items': [{'sku': 'TEA', 'quantity': 1}], 'reason': 'r'}" },
	{ "request_return", "{'order_id': '%s', 'items': [{'sku': 'TEA', 'quantity': 1}], 'reason': 'r',"
	                    " 'idempotency_key': 'new'}" },
	{ "list_orders", "{'customer': '%s'}" },
	{ "read_customer", "{'customer': '%s'}" },
};

/* How many a call takes; what it said. */
static int statements(int which, const char *about, struct said *said)
{
	for (int n = 0;; n++) {
		make_failing(&orders, n);
		*said = call_tool(&orders, calls[which].tool, calls[which].arguments, about);
		make_sound(&orders);
		if (!has_failed())
			return n;
	}
}

static const char *without(const char *words, const char *about)
{
	const char *at = words ? strstr(words, about) : NULL;

	return at ? arena_print(arena, "%.*s_%s", (int)(at - words), words, at + strlen(about)) : words;
}

/* As many, and the same: neither time nor words tell them apart. */
START_TEST(what_is_anothers_takes_the_way_of_what_never_was)
{
	static const char *const theirs[] = { "ORD-B", "ord-b", " ORD-B", "ORD\u2011B", "bob", "Ann" };
	static const char *const never[] = { "ORD-X", "ord-x", " ORD-X", "ORD\u2011X", "bib", "Anx" };

	for (int i = 0; i < COUNT(theirs); i++) {
		struct said told, untold;
		int taken = statements(_i, theirs[i], &told);
		ck_assert_int_eq(taken, statements(_i, never[i], &untold));
		ck_assert_int_eq(told.outcome, untold.outcome);
		if (told.words)
			ck_assert_str_eq(without(told.words, theirs[i]), without(untold.words, never[i]));
		else
			ck_assert_int_eq(number(told.value, "/count"), number(untold.value, "/count"));
	}
	ck_assert_str_eq(changes(), "");
}
END_TEST

START_TEST(whatever_fails_is_told_of_ones_own_too)
{
	for (int n = 0;; n++) {
		arrange();
		make_failing(&orders, n);
		struct said said = call_tool(&orders, calls[_i].tool, calls[_i].arguments,
		                             strstr(calls[_i].arguments, "customer") ? "ann" : "ORD-A");
		make_sound(&orders);
		if (!has_failed())
			break;
		if (said.outcome == REFUSED)
			ck_assert_str_eq(said.words, "The order book is unavailable; try again shortly.");
	}
}
END_TEST

/* ---- Seeing, before following ---- */

static int sees(const char *id)
{
	return sees_order(NULL, &(struct named) { id }, orders.store);
}

START_TEST(one_sees_what_is_ones_own)
{
	ck_assert_int_eq(sees("ORD-A"), 1);
	ck_assert_int_eq(sees("ord-a"), 1);
	ck_assert_int_eq(sees("oRd-c"), 1);             /* its own, in another case */
	ck_assert_int_eq(sees("ORD-B"), 0);
	ck_assert_int_eq(sees("ORD-D"), 0);
	ck_assert_int_eq(sees("ORD-X"), 0);
	make_failing(&orders, 0);
	ck_assert_int_eq(sees("ORD-A"), -1);
	make_failing(&orders, 1);
	ck_assert_int_eq(sees("ORD-B"), -1);
	make_sound(&orders);
	called_for = NULL;
	ck_assert_int_eq(sees("ORD-A"), 0);
	customer_only = false;
	ck_assert_int_eq(sees("ORD-B"), 1);
	ck_assert_int_eq(sees("ORD-X"), 0);
}
END_TEST

/* ---- Completing ---- */

static const struct { const char *typed, *chosen, *ids, *customers; } typed[] = {
	{ "", NULL, "OrD-C|ORD-A|", "ann|" },
	{ "o", NULL, "OrD-C|ORD-A|", "" },
	{ "A", NULL, "", "ann|" },
	{ "\u00e1nn", NULL, "", "ann|" },
	{ "ann", NULL, "", "ann|" },
	{ "anne", NULL, "", "" },
	{ "b", NULL, "", "" },
	{ "ord-b", NULL, "", "" },
	{ "ord", "ann", "OrD-C|ORD-A|", "" },
	{ "ord", "bob", "", "" },
	{ "ord", "Ann", "", "" },
	{ "", "", "", "ann|" },
};

START_TEST(what_is_ones_own_is_completed)
{
	chosen_argument = "customer";
	chosen_value = typed[_i].chosen;
	ck_assert_str_eq(completes(&orders, complete_order, "id", typed[_i].typed), typed[_i].ids);
	ck_assert_str_eq(completes(&orders, complete_order, "customer", typed[_i].typed), typed[_i].customers);
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", typed[_i].typed), typed[_i].customers);
	called_for = NULL;
	ck_assert_str_eq(completes(&orders, complete_order, "id", typed[_i].typed), "");
	ck_assert_str_eq(completes(&orders, complete_customer, "customer", typed[_i].typed), "");
}
END_TEST

/* ---- Who it is ---- */

START_TEST(a_caller_that_is_no_customer_is_told_so)
{
	called_for = NULL;
	ck_assert_says(refuses(&orders, calls[_i].tool, calls[_i].arguments, "ORD-A"),
	               "does not know which customer you are");
	ck_assert_says(refuses(&orders, "create_order", ORDER, "k", 1), "does not know which customer you are");
	ck_assert_str_eq(changes(), "");
}
END_TEST

START_TEST(staff_moves_what_is_anybodys)
{
	customer_only = false;
	does(&orders, "update_order_status", "{'id': 'OrD-C', 'status': 'packed'}");
	ck_assert_int_eq(length(does(&orders, "list_orders", "{}"), "/orders"), 5);
	ck_assert_int_eq(length(does(&orders, "list_orders", "{'customer': 'bob'}"), "/orders"), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("own");
	TCase *tests = tcase_create("own");
	tcase_add_checked_fixture(tests, begin_two, end);
	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, what_is_anothers_takes_the_way_of_what_never_was, 0, COUNT(calls));
	tcase_add_loop_test(tests, whatever_fails_is_told_of_ones_own_too, 0, COUNT(calls));
	tcase_add_test(tests, one_sees_what_is_ones_own);
	tcase_add_loop_test(tests, what_is_ones_own_is_completed, 0, COUNT(typed));
	tcase_add_loop_test(tests, a_caller_that_is_no_customer_is_told_so, 0, COUNT(calls));
	tcase_add_test(tests, staff_moves_what_is_anybodys);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
