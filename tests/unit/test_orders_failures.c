/* test_orders_failures.c - an order book that fails at any statement: the caller is told, and what was
 * begun is finished or taken back. */
#include "failing.h"
#include "planned.h"

static const char down[] = "The order book is unavailable; try again shortly.";

static void end_failing(void)
{
	make_sound(&orders);
	end();
}

static const struct { const char *tool, *arguments; } calls[] = {
	{ "get_order", "{'id': 'open'}" },
	{ "get_order", "{'id': 'returning'}" },
	{ "get_order", "{'id': 'none'}" },
	{ "read_order", "{'id': 'open'}" },
	{ "explain_order", "{'id': 'open'}" },
	{ "list_orders", "{}" },
	{ "list_orders", "{'customer': 'ann'}" },
	{ "list_orders", "{'status': 'pending'}" },
	{ "track_order", "{'id': 'open'}" },
	{ "sales_report", "{'from': '2000-01-01', 'to': '2100-01-01', 'by': 'product'}" },
	{ "update_order_status", "{'id': 'open', 'status': 'paid'}" },
	{ "update_order_status", "{'id': 'home', 'status': 'delivered'}" },
	{ "cancel_order", "{'id': 'open', 'confirm': true}" },
	{ "request_return", "{'order_id': 'home', 'reason': 'r', 'idempotency_key': 'new', 'items':"
	                    " [{'sku': 'TEA', 'quantity': 1}, {'sku': 'POT', 'quantity': 1}]}" },
	{ "request_return", "{'order_id': 'returning', 'reason': 'r', 'idempotency_key': 'k', 'items':"
	                    " [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "request_return", "{'order_id': 'open', 'reason': 'r', 'items': [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "receive_return", "{'return_id': 'RET-1'}" },
	{ "receive_return", "{'return_id': 'RET-none'}" },
};

/* An order that is open and two that were delivered; one is being returned, by nobody who has a key. */
static void arrange(void)
{
	empty_program(&products);
	empty_program(&orders);
	PUT("TEA", 5);
	PUT("POT", 5);
	static const char *const ids[] = { "open", "home", "returning" };
	for (int i = 0; i < COUNT(ids); i++)
		run_sql(&orders, "insert into orders (id, customer, status, placed_at, delivered_at,"
		        " units, total, total_currency, country, caller, idempotency_key) values"
		        " ('%s', 'ann', '%s', 5, %lld, 2, 200, 'GBP', 'GB', 'anonymous', '%s');"
		        " insert into order_line (order_id, line, sku, quantity, unit_price,"
		        " unit_price_currency) values ('%s', 1, 'TEA', 1, 100, 'GBP'),"
		        " ('%s', 2, 'POT', 1, 100, 'GBP'); insert into order_event (order_id, seq,"
		        " at, actor, to_status) values ('%s', 1, 5, 'ann', 'pending')", ids[i],
		        i ? "delivered" : "pending", (long long)now_ms(), ids[i], ids[i], ids[i],
		        ids[i]);
	run_sql(&orders, "insert into return_request (id, order_id, state, reason, requested_at,"
	        " requested_by, idempotency_key) values ('RET-1', 'returning', 'requested', 'r', 5,"
	        " 'anonymous', 'k'); insert into return_line (return_id, sku, quantity) values"
	        " ('RET-1', 'TEA', 1)");
	forget_changes();
}

/* What the tools above can change, but for errands: one of them may wait for the job. */
static const char *everything(void)
{
	static const char *const numbers[] = {
		"select count(*) from orders where status = 'pending'",
		"select count(*) from orders where status = 'paid'",
		"select count(*) from orders where status = 'cancelled'",
		"select count(*) from orders where status = 'returned'",
		"select count(*) from order_event", "select count(*) from return_line",
		"select count(*) from return_request",
		"select count(*) from return_request where state = 'received'",
	};
	const char *text = "";

	for (int i = 0; i < COUNT(numbers); i++)
		text = arena_print(arena, "%s %lld", text,
		                   (long long)find_number(&orders, "%s", numbers[i]));
	return text;
}

static int64_t on_the_shelf(void)
{
	return find_number(&products, "select sum(stock) from product");
}

START_TEST(whatever_fails_is_told_and_all_of_it_is_done_or_nothing)
{
	const char *tool = calls[_i].tool, *arguments = calls[_i].arguments;

	arrange();
	const char *before = everything();
	struct said whole = call_tool(&orders, tool, "%s", arguments);
	const char *after = everything();
	int64_t stock = on_the_shelf();
	int failures = 0;
	for (;; failures++) {
		arrange();
		make_failing(&orders, failures);
		struct said said = call_tool(&orders, tool, "%s", arguments);
		make_sound(&orders);
		const char *now = everything();
		bool made = strcmp(now, before) != 0;
		if (made)
			ck_assert_str_eq(now, after);
		ck_assert_int_eq(strstr(changes(), "order://") != NULL, made);
		/* An errand that could not be told, or struck off, waits for the job. */
		ck_assert_int_eq(find_number(&orders, "select count(*) from errand where attempts > 0"
		                             " and trouble is null"), 0);
		settle_everything();
		ck_assert_int_eq(on_the_shelf(), made ? stock : 10);
		if (!has_failed()) {
			ck_assert_int_eq(said.outcome, whole.outcome);
			break;
		}
		if (said.outcome == DID)
			ck_assert_msg(made, "%s %s: failure %d is not told", tool, arguments, failures);
		else
			ck_assert_msg(strcmp(said.words, down) == 0, "%s %s: failure %d is told as \"%s\"",
			              tool, arguments, failures, said.words);
	}
	ck_assert_int_gt(failures, 0);
}
END_TEST

static void change_the_status(void)
{
	run_sql(&orders, "update orders set status = 'shipped' where id = 'open'");
}

/* Between the look at it and the change. */
START_TEST(an_order_that_changes_meanwhile_is_to_be_looked_at_again)
{
	arrange();
	make_meddled(&orders, 1, change_the_status);
	const char *why = _i ? refuses(&orders, "update_order_status", "{'id': 'open', 'status': 'paid'}")
	                     : refuses(&orders, "cancel_order", "{'id': 'open', 'confirm': true}");
	make_sound(&orders);
	ck_assert_str_eq(why, "Order open changed just now; look at it again with get_order.");
	ck_assert_int_eq(find_number(&orders, "select count(*) from errand"), 0);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_event"), 3);
}
END_TEST

/* ---- Orders that are being placed ---- */

static void begin_anew(void)
{
	plan_nothing();
	empty_program(&products);
	empty_program(&orders);
	PUT("TEA", 5);
}

/* Stock is gone for the orders that are placed and for no other. */
static void check_the_shop(int64_t placed)
{
	settle_everything();
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), placed);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders where status ="
	                             " 'pending'"), placed);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_line"), placed);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_event"), placed);
	ck_assert_int_eq(stock_of("TEA"), 5 - 3 * placed);
	ck_assert_int_eq(available_of("TEA"), 5 - 3 * placed);
}

/* The call that fails, and what went wrong with an earlier one of the same key. */
static const struct { const char *tool; enum trouble trouble; int quantity; } placings[] = {
	{ NULL, NO_TROUBLE, 3 }, { NULL, NO_TROUBLE, 9 },
	{ "reserve_stock", LOST_ANSWER, 3 }, { "commit_reservation", LOST_ANSWER, 3 },
};

START_TEST(an_order_is_placed_once_or_not_at_all_whatever_fails)
{
	int failures = 0;

	for (;; failures++) {
		begin_anew();
		if (placings[_i].tool)
			plan_trouble(placings[_i].tool, placings[_i].trouble);
		make_failing(&orders, failures);
		struct said said = call_tool(&orders, "create_order", ORDER, "k", placings[_i].quantity);
		make_sound(&orders);
		if (said.outcome == DID)
			ck_assert_str_eq(text(said.value, "/status"), "pending");
		else if (has_failed() && !placings[_i].tool && placings[_i].quantity == 3)
			ck_assert_msg(strcmp(said.words, down) == 0
			              || strstr(said.words, "has not confirmed it yet"),
			              "%s", said.words);
		plan_nothing();
		settle_everything();
		check_the_shop(find_number(&orders, "select count(*) from orders"));
		ck_assert(said.outcome != DID || find_number(&orders, "select count(*) from orders"));
		does(&orders, "create_order", ORDER, "k", 3);
		check_the_shop(1);
		if (!has_failed())
			break;
	}
	ck_assert_int_gt(failures, 0);
}
END_TEST

/* Where a process ended, and what becomes of the order. */
static const struct { const char *tool; enum trouble trouble; bool gone; int64_t placed; } left[] = {
	{ "reserve_stock", DIES_AFTER, false, 0 },
	{ "commit_reservation", DIES_BEFORE, false, 1 },
	{ "commit_reservation", DIES_AFTER, false, 1 },
	{ "commit_reservation", DIES_BEFORE, true, 0 },
};

START_TEST(the_job_comes_back_soon_where_the_book_failed_it)
{
	int failures = 0;

	for (;; failures++) {
		begin_anew();
		plan_trouble(left[_i].tool, left[_i].trouble);
		call_tool(&orders, "create_order", ORDER, "k", 3);
		if (left[_i].gone)
			run_sql(&products, "update reservation set expires_at = 1; update"
			        " reservation_item set expires_at = 1; update product set stock = 2");
		end_leases();
		make_failing(&orders, failures);
		int64_t pause = recover(orders.store);
		make_sound(&orders);
		bool settled = !find_number(&orders, "select count(*) from errand")
		               && !find_number(&orders, "select count(*) from orders where lease_until"
		                               " is not null");
		ck_assert(pause == 5000 || (pause == 15000 && settled));
		ck_assert(pause == 15000 || has_failed());
		settle_everything();
		if (left[_i].gone)
			run_sql(&products, "update product set stock = stock + 3 where stock = 2 and not"
			        " exists (select 1 from reservation where state = 'committed')");
		check_the_shop(left[_i].placed);
		if (!has_failed())
			break;
	}
	ck_assert_int_gt(failures, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failures");
	TCase *tcase = tcase_create("an order book that fails");

	tcase_add_checked_fixture(tcase, begin_shop, end_failing);
	tcase_add_loop_test(tcase, whatever_fails_is_told_and_all_of_it_is_done_or_nothing, 0,
	                    COUNT(calls));
	tcase_add_loop_test(tcase, an_order_that_changes_meanwhile_is_to_be_looked_at_again, 0, 2);
	tcase_add_loop_test(tcase, an_order_is_placed_once_or_not_at_all_whatever_fails, 0,
	                    COUNT(placings));
	tcase_add_loop_test(tcase, the_job_comes_back_soon_where_the_book_failed_it, 0, COUNT(left));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
