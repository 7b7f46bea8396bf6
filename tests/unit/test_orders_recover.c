/* test_orders_recover.c - what settles orders that were left behind: by a process that
 * ended between any two steps, by calls that never arrived, by answers that never came. */
#include "planned.h"

/* An order that a process left behind as it was about to commit: committing, its lease ended. */
static void leave_committing(void)
{
	plan_trouble("commit_reservation", DIES_BEFORE);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER, "k", 3).outcome, DIED);
	ck_assert_int_eq(in_book("committing"), 1);
	end_leases();
}

static const char *reservation_id(void)
{
	static char id[32];
	struct named named;

	ck_assert_int_eq(store_find_one(products.store, arena, "select id from reservation",
		NULL, NULL,
	                                named_shape, &named), 1);
	snprintf(id, sizeof(id), "%s", named.id);
	return id;
}

/* ---- A process that ended ---- */

static const struct { const char *tool; enum trouble trouble; bool placed; } deaths[] = {
	{ "reserve_stock", DIES_BEFORE, false },
	{ "reserve_stock", DIES_AFTER, false },
	{ "commit_reservation", DIES_BEFORE, true },
	{ "commit_reservation", DIES_AFTER, true },
};

START_TEST(wherever_a_process_ends_the_order_is_placed_or_was_never_there)
{
	plan_trouble(deaths[_i].tool, deaths[_i].trouble);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER, "k", 3).outcome, DIED);
	ck_assert_int_eq(in_book("pending"), 0);
	noted = "";
	notices = 0;
	settle_everything();
	ck_assert_int_eq(notices, 1);
	ck_assert_int_eq(strncmp(noted, "order=ORD-", strlen("order=ORD-")), 0);
	ck_assert_int_eq(in_book("pending"), deaths[_i].placed);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), deaths[_i].placed);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_line"),
		deaths[_i].placed);
	ck_assert_int_eq(reservations("committed"), deaths[_i].placed);
	ck_assert_int_eq(reservations("held"), 0);
	ck_assert_int_eq(stock_of("TEA"), deaths[_i].placed ? 2 : 5);
	ck_assert_int_eq(available_of("TEA"), stock_of("TEA"));
	ck_assert_int_eq(counted(ORDERS_PLACED), deaths[_i].placed);
}
END_TEST

START_TEST(whoever_calls_again_settles_what_was_left)
{
	plan_trouble(deaths[_i].tool, deaths[_i].trouble);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER, "k", 3).outcome, DIED);
	int64_t left = find_number(&orders, "select count(*) from orders");
	ck_assert_int_eq(left, 1);
	end_leases();
	yyjson_val *order = does(&orders, "create_order", ORDER, "k", 3);
	ck_assert_str_eq(text(order, "/status"), "pending");
	settle_everything();
	ck_assert_int_eq(in_book("pending"), 1);
	ck_assert_int_eq(stock_of("TEA"), 2);
	ck_assert_int_eq(available_of("TEA"), 2);
}
END_TEST

START_TEST(what_was_finished_by_others_has_its_history)
{
	caller = "alice";
	leave_committing();
	run_sql(&orders, "update orders set placed_at = 5");
	forget_changes();
	caller = "somebody else";
	ck_assert(recover(orders.store) > 0);
	yyjson_val *order = does(&orders, "get_order", "{'id': '%s'}", reservation_id());
	ck_assert_str_eq(text(order, "/history/0/actor"), "alice");
	ck_assert_str_eq(text(order, "/history/0/at"), text(order, "/placed_at"));
	ck_assert_int_eq(number(order, "/total/amount"), 300);
	ck_assert_int_eq(number(order, "/units"), 3);
	ck_assert_ptr_nonnull(strstr(changes(), arena_print(arena, "order://%s customer://ann ",
		reservation_id())));
}
END_TEST

/* ---- A reservation that ended meanwhile ---- */

START_TEST(one_that_expired_is_committed_while_its_stock_is_there)
{
	leave_committing();
	age_reservation(reservation_id(), 20);
	settle_everything();
	ck_assert_int_eq(in_book("pending"), 1);
	ck_assert_int_eq(stock_of("TEA"), 2);
}
END_TEST

START_TEST(one_whose_stock_is_gone_is_given_up_and_released_first)
{
	leave_committing();
	const char *id = reservation_id();
	age_reservation(id, 20);
	does(&products, "reserve_stock", "{'reservation_id': 'other', 'items': [{'sku': 'TEA',"
	     " 'quantity': 3}]}");
	calls_to_products = 0;
	ck_assert(recover(orders.store) > 5000);
	/* It was checked, could not be committed, and was released once. */
	ck_assert_int_eq(calls_to_products, 3);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 0);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_line"), 0);
	ck_assert_int_eq(reservations("released"), 1);
	ck_assert_int_eq(errands(), 0);
	/* A commit that comes late finds it released. */
	ck_assert_says(refuses(&products, "commit_reservation", "{'reservation_id': '%s'}", id),
	               "was released");
	ck_assert_int_eq(available_of("TEA"), 2);
	/* Its key is free again. */
	does(&orders, "create_order", ORDER, "k", 2);
}
END_TEST

START_TEST(one_that_was_released_is_given_up)
{
	leave_committing();
	does(&products, "release_reservation", "{'reservation_id': '%s'}", reservation_id());
	settle_everything();
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 0);
	ck_assert_int_eq(stock_of("TEA"), 5);
}
END_TEST

START_TEST(one_that_products_does_not_know_is_given_up_and_can_not_be_made_any_more)
{
	leave_committing();
	const char *id = reservation_id();
	run_sql(&products, "delete from reservation_item; delete from reservation");
	settle_everything();
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 0);
	refuses(&products, "reserve_stock", "{'reservation_id': '%s', 'items': [{'sku': 'TEA',"
	        " 'quantity': 3}]}", id);
}
END_TEST

/* ---- Products that can't be reached while it is settled ---- */

static const struct { const char *tool; enum trouble trouble; bool gone; } lost[] = {
	{ "check_reservation", LOST_ON_THE_WAY, false },
	{ "check_reservation", LOST_ANSWER, false },
	{ "commit_reservation", LOST_ON_THE_WAY, false },
	{ "commit_reservation", LOST_ANSWER, false },
	{ "commit_reservation", LOST_ON_THE_WAY, true },
	{ "release_reservation", LOST_ON_THE_WAY, true },
	{ "release_reservation", LOST_ANSWER, true },
};

START_TEST(what_can_not_be_settled_now_is_left_for_later)
{
	leave_committing();
	const char *id = reservation_id();
	if (lost[_i].gone) {
		age_reservation(id, 20);
		run_sql(&products, "update product set stock = 2");
	}
	plan_trouble(lost[_i].tool, lost[_i].trouble);
	ck_assert_int_eq(recover(orders.store), 5000);
	ck_assert_int_eq(in_book("committing"), 1);
	int64_t left = find_number(&orders, "select lease_until from orders") - now_ms();
	ck_assert_int_gt(left, 3000);
	ck_assert_int_le(left, 5000);
	/* Until then nobody touches it. */
	int calls = calls_to_products;
	ck_assert_int_gt(recover(orders.store), 1000);
	ck_assert_int_eq(calls_to_products, calls);
	settle_everything();
	ck_assert_int_eq(in_book("pending"), !lost[_i].gone);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), !lost[_i].gone);
	ck_assert_int_eq(reservations(lost[_i].gone ? "released" : "committed"), 1);
}
END_TEST

/* Whatever else is due would wait for products in vain. */
START_TEST(where_products_can_not_be_reached_the_rest_is_left_too)
{
	leave_committing();
	run_sql(&orders, "insert into errand (id, kind, order_id, lease_owner, lease_until)"
	        " values ('release-other', 'release', 'other', 1, 1)");
	plan_trouble("check_reservation", LOST_ON_THE_WAY);
	ck_assert_int_eq(recover(orders.store), 5000);
	ck_assert_int_eq(errands(), 1);
	ck_assert_int_eq(find_number(&orders, "select lease_until from errand"), 1);
	settle_everything();
	ck_assert_int_eq(in_book("pending"), 1);
}
END_TEST

/* ---- Two at one order ---- */

static const char *raced_tool;

/* Meanwhile the lease ends and somebody else settles the order. */
static enum trouble be_overtaken(const char *tool)
{
	if (!raced_tool || strcmp(tool, raced_tool) != 0)
		return NO_TROUBLE;
	raced_tool = NULL;
	end_leases();
	ck_assert(recover(orders.store) > 0);
	return NO_TROUBLE;
}

START_TEST(who_was_overtaken_while_it_reserved_begins_anew)
{
	raced_tool = "reserve_stock";
	trouble_of = be_overtaken;
	yyjson_val *order = does(&orders, "create_order", ORDER, "k", 3);
	ck_assert_str_eq(text(order, "/status"), "pending");
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 1);
	settle_everything();
	ck_assert_int_eq(reservations("held"), 0);
	ck_assert_int_eq(reservations("committed"), 1);
	ck_assert_int_eq(available_of("TEA"), 2);
}
END_TEST

START_TEST(who_was_overtaken_while_it_committed_finds_its_order)
{
	raced_tool = "commit_reservation";
	trouble_of = be_overtaken;
	does(&orders, "create_order", ORDER, "k", 3);
	ck_assert_int_eq(in_book("pending"), 1);
	ck_assert_int_eq(stock_of("TEA"), 2);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_event"), 1);
	yyjson_val *order = does(&orders, "create_order", ORDER, "k", 3);
	ck_assert_str_eq(text(order, "/status"), "pending");
	ck_assert_int_eq(counted(ORDERS_PLACED), 1);
}
END_TEST

/* The lease is somebody else's: every step of the one who lost it changes nothing. */
START_TEST(without_the_lease_no_step_happens)
{
	leave_committing();
	struct placing order = { .id = reservation_id(), .lease_owner = 1, .caller = "x" };
	struct reservation reservation = { 0 };

	ck_assert_int_eq(placing_finish(orders.store, &order), STEP_LOST);
	ck_assert_int_eq(placing_price(orders.store, &order, &reservation), STEP_LOST);
	ck_assert_int_eq(placing_drop(orders.store, arena, &order, true), STEP_LOST);
	int64_t until = find_number(&orders, "select lease_until from orders");
	placing_leave(orders.store, &order, 9000);
	ck_assert_int_eq(find_number(&orders, "select lease_until from orders"), until);
	ck_assert_int_eq(in_book("committing"), 1);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_line"), 1);
	ck_assert_int_eq(errands(), 0);

	/* Who takes it gets it, and only one. */
	ck_assert_int_eq(placing_take(orders.store, arena, &order), STEP_DONE);
	ck_assert_str_eq(order.status, "committing");
	ck_assert_int_ne(order.lease_owner, 1);
	int64_t left = find_number(&orders, "select lease_until from orders") - now_ms();
	ck_assert_int_gt(left, LEASE_MS - 5000);
	ck_assert_int_le(left, LEASE_MS);
	struct placing other = { .id = reservation_id() };
	ck_assert_int_eq(placing_take(orders.store, arena, &other), STEP_LOST);
	/* A step that was done can't be done again, with the lease or without. */
	ck_assert_int_eq(placing_price(orders.store, &order, &reservation), STEP_LOST);
	ck_assert_int_eq(placing_finish(orders.store, &order), STEP_DONE);
	ck_assert_int_eq(placing_finish(orders.store, &order), STEP_LOST);
	ck_assert_int_eq(placing_drop(orders.store, arena, &order, false), STEP_LOST);
	ck_assert_int_eq(placing_take(orders.store, arena, &other), STEP_LOST);
	ck_assert(placing_settle(orders.store, arena, order.id));
	ck_assert_int_eq(in_book("pending"), 1);
}
END_TEST

START_TEST(every_step_begins_its_lease_anew)
{
	plan_trouble("reserve_stock", DIES_AFTER);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER, "k", 3).outcome, DIED);
	ck_assert_int_gt(find_number(&orders, "select lease_until from orders"),
	                 now_ms() + LEASE_MS - 5000);
	ck_assert_int_gt(find_number(&orders, "select lease_owner from orders"), 1);
	run_sql(&orders, "update orders set lease_owner = 7, lease_until = 5");
	struct placing order = { .id = reservation_id(), .lease_owner = 7, .lease_until = 5,
	                         .total = { 1, "GBP" } };
	struct reserved items[] = { { "TEA", "Tea", 1, { 1, "GBP" } }, { "POT", "Pot", 1, { 1, "GBP" } } };
	ck_assert_int_eq(placing_price(orders.store, &order, &(struct reservation) { "held", items, 2 }),
	                 STEP_DONE);
	ck_assert_int_gt(find_number(&orders, "select lease_until from orders"),
	                 now_ms() + LEASE_MS - 5000);
	ck_assert_int_eq(find_number(&orders, "select line from order_line where sku = 'TEA'"), 1);
	ck_assert_int_eq(find_number(&orders, "select line from order_line where sku = 'POT'"), 2);
}
END_TEST

START_TEST(an_order_that_is_recording_can_not_be_finished)
{
	plan_trouble("reserve_stock", DIES_AFTER);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER, "k", 3).outcome, DIED);
	end_leases();
	struct placing order = { .id = reservation_id() };
	ck_assert_int_eq(placing_take(orders.store, arena, &order), STEP_DONE);
	ck_assert_str_eq(order.status, "recording");
	ck_assert_int_eq(placing_finish(orders.store, &order), STEP_LOST);
	ck_assert_int_eq(placing_drop(orders.store, arena, &order, true), STEP_DONE);
	ck_assert_int_eq(errands(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("recover");
	TCase *tcase = tcase_create("orders left behind");

	tcase_add_checked_fixture(tcase, begin_planned, end_planned);
	tcase_add_loop_test(tcase, wherever_a_process_ends_the_order_is_placed_or_was_never_there, 0,
	                    COUNT(deaths));
	tcase_add_loop_test(tcase, whoever_calls_again_settles_what_was_left, 0, COUNT(deaths));
	tcase_add_test(tcase, what_was_finished_by_others_has_its_history);
	tcase_add_test(tcase, one_that_expired_is_committed_while_its_stock_is_there);
	tcase_add_test(tcase, one_whose_stock_is_gone_is_given_up_and_released_first);
	tcase_add_test(tcase, one_that_was_released_is_given_up);
	tcase_add_test(tcase, one_that_products_does_not_know_is_given_up_and_can_not_be_made_any_more);
	tcase_add_loop_test(tcase, what_can_not_be_settled_now_is_left_for_later, 0, COUNT(lost));
	tcase_add_test(tcase, where_products_can_not_be_reached_the_rest_is_left_too);
	tcase_add_test(tcase, who_was_overtaken_while_it_reserved_begins_anew);
	tcase_add_test(tcase, who_was_overtaken_while_it_committed_finds_its_order);
	tcase_add_test(tcase, without_the_lease_no_step_happens);
	tcase_add_test(tcase, every_step_begins_its_lease_anew);
	tcase_add_test(tcase, an_order_that_is_recording_can_not_be_finished);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
