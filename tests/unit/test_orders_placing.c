/* test_orders_placing.c - placing an order: what it becomes, and what its key is good for. */
#include "planned.h"

#define TO(country) "{'name': 'Ann', 'line1': '1 High St', 'city': 'Leeds', 'postal_code': 'LS1'," \
	" 'country': '" country "'}"
#define ORDER_OF(key, items) "{'customer': 'ann', 'idempotency_key': '" key "', 'shipping_address': " \
	TO("GB") ", 'items': [" items "]}"
#define ITEM(sku, quantity) "{'sku': '" sku "', 'quantity': " #quantity "}"

static void begin_placing(void)
{
	begin_shop();
	plan_nothing();
}

static int64_t orders_in_book(void)
{
	return find_number(&orders, "select count(*) from orders");
}

/* ---- What it becomes ---- */

START_TEST(an_order_has_the_prices_of_its_moment_and_takes_the_stock)
{
	PUT("TEA", 5, .name = "Tea", .price = { 250, "GBP" });
	PUT("POT", 2, .name = "Pot", .price = { 1999, "GBP" });
	caller = "alice";
	yyjson_val *order = does(&orders, "create_order", ORDER_OF("k", ITEM("tea", 2) ","
	                         ITEM("POT", 2) "," ITEM("TEA", 3)));
	ck_assert_str_eq(text(order, "/status"), "pending");
	ck_assert_int_eq(number(order, "/units"), 7);
	ck_assert_int_eq(number(order, "/total/amount"), 5 * 250 + 2 * 1999);
	ck_assert_str_eq(text(order, "/total/currency"), "GBP");
	ck_assert_int_eq(length(order, "/items"), 2);
	ck_assert_str_eq(text(order, "/items/0/sku"), "TEA");
	ck_assert_str_eq(text(order, "/items/0/name"), "Tea");
	ck_assert_int_eq(number(order, "/items/0/quantity"), 5);
	ck_assert_int_eq(number(order, "/items/1/unit_price/amount"), 1999);
	ck_assert_int_eq(length(order, "/history"), 1);
	ck_assert_str_eq(text(order, "/history/0/to_status"), "pending");
	ck_assert_str_eq(text(order, "/history/0/actor"), "alice");
	ck_assert_str_eq(text(order, "/shipping_address/postal_code"), "LS1");
	ck_assert_int_eq(stock_of("TEA"), 0);
	ck_assert_int_eq(stock_of("POT"), 0);
	ck_assert_int_eq(reservations("committed"), 1);
	ck_assert_int_eq(counted(ORDERS_PLACED), 1);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders where lease_owner is"
		" null"
	                             " and lease_until is null"), 1);
	const char *uri = arena_print(arena, "order://%s customer://ann ", text(order, "/id"));
	ck_assert_ptr_nonnull(strstr(changes(), uri));
}
END_TEST

/* The second goes on from what it finds in the book under its number. */
START_TEST(an_order_is_placed_once_wherever_its_runs_are)
{
	PUT("TEA", 5);
	runs_elsewhere = _i;
	yyjson_val *order = does(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2)));
	ck_assert_str_eq(text(order, "/status"), "pending");
	ck_assert_int_eq(number(order, "/units"), 2);
	ck_assert_int_eq(orders_in_book(), 1);
	ck_assert_int_eq(reservations("committed"), 1);
	ck_assert_int_eq(stock_of("TEA"), 3);
	ck_assert_int_eq(calls_to_products, 2);
}
END_TEST

START_TEST(what_costs_nothing_can_be_bought)
{
	PUT("LEAFLET", 5, .price = { 0, "GBP" });
	yyjson_val *order = does(&orders, "create_order", ORDER_OF("k", ITEM("LEAFLET", 2)));
	ck_assert_int_eq(number(order, "/total/amount"), 0);
	ck_assert_int_eq(number(order, "/units"), 2);
}
END_TEST

static const struct { const char *items, *words; } refusals[] = {
	{ ITEM("TEA", 6), "TEA (6 asked for, 5 available)" },
	{ ITEM("TEA", 1) "," ITEM("NIX", 1), "No product has the SKU NIX" },
	{ ITEM("TEA", 1) "," ITEM("EUR", 1), "different currencies (GBP and EUR)" },
	{ ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	  ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	  ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	  ITEM("GOLD", 1000000), "more than can be counted" },
	{ ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	  ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	  ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	  ITEM("LEAD", 1000000), "more than can be counted" },
};

START_TEST(what_is_refused_leaves_nothing)
{
	PUT("TEA", 5);
	PUT("EUR", 5, .price = { 100, "EUR" });
	PUT("GOLD", 10000000, .price = { 1000000000000, "GBP" });
	PUT("LEAD", 10000000, .price = { 300000000000, "GBP" });
	ck_assert_says(refuses(&orders, "create_order", "{'customer': 'ann', 'idempotency_key':"
		" 'k',"
	               " 'shipping_address': " TO("GB") ", 'items': [%s]}", refusals[_i].items),
	               refusals[_i].words);
	ck_assert_int_eq(orders_in_book(), 0);
	ck_assert_int_eq(find_number(&orders, "select count(*) from errand"), 0);
	ck_assert_int_eq(reservations("released"), 1);
	ck_assert_int_eq(available_of("TEA"), 5);
	ck_assert_int_eq(counted(ORDERS_PLACED), 0);
	/* Its key is free again. */
	does(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 5)));
}
END_TEST

#define RESERVED(items) "{\"state\":\"held\",\"items\":[" items "]}"
#define RESERVED_TEA(quantity) "{\"sku\":\"TEA\",\"name\":\"Tea\",\"quantity\":" #quantity \
	",\"price\":{\"amount\":1,\"currency\":\"GBP\"}}"

static const char *const strange_answers[] = {
	RESERVED(RESERVED_TEA(1)), RESERVED(RESERVED_TEA(3)), RESERVED(""), "{\"state\":\"held\"}",
	RESERVED(RESERVED_TEA(2) "," RESERVED_TEA(1)),
};

START_TEST(what_was_not_asked_for_is_not_bought)
{
	PUT("TEA", 5);
	strange_answer = strange_answers[_i];
	ck_assert_says(refuses(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2))),
	               "No order was placed. The catalogue reserved something else than was asked"
	               " for.");
	ck_assert_int_eq(orders_in_book(), 0);
	ck_assert_int_eq(reservations("released"), 1);
	strange_answer = RESERVED(RESERVED_TEA(1) "," RESERVED_TEA(1));
	does(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2)));
}
END_TEST

/* Something is missing, or none, or less. */
static const char *const half_answers[] = {
	"{\"items\":[" RESERVED_TEA(2) "]}",
	RESERVED("{\"name\":\"Tea\",\"quantity\":2,\"price\":{\"amount\":1,\"currency\":\"GBP\"}}"),
	RESERVED("{\"sku\":\"TEA\",\"quantity\":2,\"price\":{\"amount\":1,\"currency\":\"GBP\"}}"),
	RESERVED("{\"sku\":\"TEA\",\"name\":\"Tea\",\"price\":{\"amount\":1,\"currency\":\"GBP\"}}"),
	RESERVED("{\"sku\":\"TEA\",\"name\":\"Tea\",\"quantity\":2}"),
	RESERVED("{\"sku\":\"TEA\",\"name\":\"Tea\",\"quantity\":2,\"price\":{\"amount\":-1,"
	         "\"currency\":\"GBP\"}}"),
	RESERVED(RESERVED_TEA(2) "," RESERVED_TEA(0)),
};

START_TEST(an_answer_that_is_not_whole_is_none)
{
	PUT("TEA", 5);
	strange_answer = half_answers[_i];
	ck_assert_says(refuses(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2))),
	               "The catalogue service cannot be reached");
	ck_assert_int_eq(orders_in_book(), 0);
	settle_everything();
	ck_assert_int_eq(available_of("TEA"), 5);
}
END_TEST

START_TEST(the_dearest_order_that_can_be_counted_is_placed)
{
	PUT("GOLD", 10000000, .price = { 1000000000000, "GBP" });
	yyjson_val *order = does(&orders, "create_order", ORDER_OF("k", ITEM("GOLD", 1000000) ","
	                         ITEM("GOLD", 1000000) "," ITEM("GOLD",
		1000000) "," ITEM("GOLD", 1000000)
	                         "," ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	                         ITEM("GOLD", 1000000) "," ITEM("GOLD", 1000000) ","
	                         ITEM("GOLD", 1000000)));
	ck_assert_int_eq(number(order, "/total/amount"), 9000000000000000000);
}
END_TEST

static const char *const no_countries[] = {
	"G1", "1B", "@B", "G[", "{b", "g`", "ZZ", "GBX", "Narnia", "  ", "--", "\u00a0\u00a0",
};

START_TEST(what_is_no_country_is_refused)
{
	PUT("TEA", 5);
	refuses(&orders, "create_order", "{'customer': 'ann', 'idempotency_key': 'k', 'items': ["
	        ITEM("TEA", 1) "], 'shipping_address': {'name': 'Ann', 'line1': '1', 'city': 'L',"
	        " 'postal_code': '1', 'country': '%s'}}", no_countries[_i]);
	ck_assert_int_eq(orders_in_book(), 0);
}
END_TEST

static const char *const countries[] = { "AZ", "za", "Za", "aZ", "UK", "United Kingdom", " gb ", "usa" };
static const char *const codes[] = { "AZ", "ZA", "ZA", "AZ", "GB", "GB", "GB", "US" };

START_TEST(a_country_is_kept_by_its_code)
{
	PUT("TEA", 5);
	yyjson_val *order = does(&orders, "create_order", "{'customer': 'ann',"
		" 'idempotency_key': 'k',"
	                         " 'items': [" ITEM("TEA", 1) "], 'shipping_address': {'name':"
		" 'Ann',"
	                         " 'line1': '1', 'city': 'L', 'postal_code': '1', 'country':"
		" '%s'}}",
	                         countries[_i]);
	ck_assert_str_eq(text(order, "/shipping_address/country"), codes[_i]);
}
END_TEST

/* ---- Its key ---- */

/* The first of them and the same order in other words. */
static const char *const same[] = {
	ORDER_OF("k", ITEM("TEA", 2) "," ITEM("POT", 1)),
	ORDER_OF("k", ITEM("tea", 2) "," ITEM(" Pot ", 1)),
	ORDER_OF("k", ITEM("TEA", 1) "," ITEM("POT", 1) "," ITEM("Tea", 1)),
	ORDER_OF("k", ITEM("TEA", 2.0) "," ITEM("POT", 1)),
	"{'customer': 'ann', 'idempotency_key': 'k', 'shipping_address': " TO("gb") ", 'items': ["
		ITEM("TEA", 2) "," ITEM("POT", 1) "]}",
	"{'customer': 'ann', 'idempotency_key': 'k', 'shipping_address': {'line2': '', 'name':"
		" 'Ann',"
		" 'line1': '1 High St', 'city': 'Leeds', 'postal_code': 'LS1', 'country': 'gB'},"
		" 'items': [" ITEM("TEA", 2) "," ITEM("POT", 1) "]}",
};

START_TEST(the_same_key_gives_the_same_order_however_it_is_written)
{
	PUT("TEA", 5);
	PUT("POT", 2);
	yyjson_val *first = does(&orders, "create_order", "%s", same[0]);
	yyjson_val *again = does(&orders, "create_order", "%s", same[_i]);
	ck_assert_str_eq(text(first, "/id"), text(again, "/id"));
	ck_assert_int_eq(stock_of("TEA"), 3);
	ck_assert_int_eq(orders_in_book(), 1);
	ck_assert_int_eq(counted(ORDERS_PLACED), 1);
}
END_TEST

static const char *const different[] = {
	ORDER_OF("k", ITEM("TEA", 1) "," ITEM("POT", 1)),
	ORDER_OF("k", ITEM("TEA", 2)),
	ORDER_OF("k", ITEM("TEA", 2) "," ITEM("POT", 1) "," ITEM("CUP", 1)),
	ORDER_OF("k", ITEM("TEA", 2) "," ITEM("POTS", 1)),
	"{'customer': 'ann', 'idempotency_key': 'k', 'shipping_address': " TO("FR") ", 'items': ["
		ITEM("TEA", 2) "," ITEM("POT", 1) "]}",
	"{'customer': 'bob', 'idempotency_key': 'k', 'shipping_address': " TO("GB") ", 'items': ["
		ITEM("TEA", 2) "," ITEM("POT", 1) "]}",
	"{'customer': 'ann', 'idempotency_key': 'k', 'shipping_address': {'name': 'Ann',"
		" 'line1': '1 High St', 'line2': 'flat', 'city': 'Leeds', 'postal_code': 'LS1',"
		" 'country': 'GB'}, 'items': [" ITEM("TEA", 2) "," ITEM("POT", 1) "]}",
	/* An SKU that differs in what is no letter. */
	ORDER_OF("k", ITEM("TEA", 2) "," ITEM("P{T", 1)),
	/* A text moved from one field to the next. */
	"{'customer': 'ann', 'idempotency_key': 'k', 'shipping_address': {'name': 'An',"
		" 'line1': 'n1 High St', 'city': 'Leeds', 'postal_code': 'LS1', 'country': 'GB'},"
		" 'items': [" ITEM("TEA", 2) "," ITEM("POT", 1) "]}",
};

START_TEST(the_same_key_for_another_order_is_refused)
{
	PUT("TEA", 5);
	PUT("POT", 2);
	PUT("POTS", 2);
	PUT("P{T", 2);
	PUT("P[T", 2);
	PUT("CUP", 2);
	does(&orders, "create_order", "%s", same[0]);
	ck_assert_says(refuses(&orders, "create_order", "%s", different[_i]), "other contents");
	ck_assert_int_eq(orders_in_book(), 1);
	ck_assert_int_eq(stock_of("TEA"), 3);
	does(&orders, "create_order", ORDER_OF("other", ITEM("P[T", 1)));
	refuses(&orders, "create_order", ORDER_OF("other", ITEM("P{T", 1)));
}
END_TEST

/* The number is what the release before merged items kept for it. */
START_TEST(an_order_of_an_earlier_release_is_known_by_how_it_was_written)
{
	static const char *const asked = "{'customer': 'C1', 'idempotency_key': 'k', 'shipping_address':"
		" {'name': 'A', 'line1': 'x', 'city': 'Paris', 'postal_code': '1', 'country': 'fr'},"
		" 'items': [{'sku': 'kit-0001', 'quantity': 1}, {'sku': 'KIT-0001', 'quantity': %d}]}";

	PUT("KIT-0001", 9);
	yyjson_val *order = does(&orders, "create_order", asked, 2);
	run_sql(&orders, "update orders set request_hash = 2586037959296185203");
	ck_assert_str_eq(text(does(&orders, "create_order", asked, 2), "/id"), text(order, "/id"));
	ck_assert_says(refuses(&orders, "create_order", asked, 3), "other contents");
	ck_assert_int_eq(orders_in_book(), 1);
	ck_assert_int_eq(stock_of("KIT-0001"), 6);
}
END_TEST

/* A release that made another number of an order would not know those of the release before. */
START_TEST(an_order_keeps_its_number_from_release_to_release)
{
	PUT("TEA", 5);
	PUT("POT", 5);
	does(&orders, "create_order", ORDER_OF("k", ITEM("tea", 2) "," ITEM(" POT", 1) "," ITEM("TEA", 1)));
	ck_assert_int_eq(find_number(&orders, "select request_hash from orders"),
	                 1274499804312299532);
}
END_TEST

START_TEST(a_key_is_its_callers)
{
	PUT("TEA", 5);
	caller = "alice";
	yyjson_val *hers = does(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2)));
	caller = "bob";
	yyjson_val *his = does(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2)));
	ck_assert_str_ne(text(hers, "/id"), text(his, "/id"));
	ck_assert_int_eq(stock_of("TEA"), 1);
}
END_TEST

/* ---- What goes wrong on the way ---- */

static const enum trouble lost[] = { LOST_ON_THE_WAY, LOST_ANSWER };

START_TEST(an_order_whose_reserve_is_not_answered_is_dropped_and_released)
{
	PUT("TEA", 5);
	plan_trouble("reserve_stock", lost[_i]);
	ck_assert_says(refuses(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2))),
	               "The catalogue service cannot be reached");
	ck_assert_int_eq(orders_in_book(), 0);
	ck_assert_int_eq(find_number(&orders, "select count(*) from errand where kind ="
		" 'release'"), 1);
	settle_everything();
	ck_assert_int_eq(reservations("released"), 1);
	ck_assert_int_eq(available_of("TEA"), 5);
}
END_TEST

START_TEST(an_order_whose_commit_is_not_answered_is_settled_by_the_next_call)
{
	PUT("TEA", 5);
	plan_trouble("commit_reservation", lost[_i]);
	const char *why = refuses(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2)));
	ck_assert_says(why, "has not confirmed it yet");
	/* Its lease was given up, so that nobody has to wait for its end. */
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders where lease_until <="
		" %lld",
	                             (long long)now_ms()), 1);
	yyjson_val *order = does(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2)));
	ck_assert_ptr_nonnull(strstr(why, text(order, "/id")));
	ck_assert_str_eq(text(order, "/status"), "pending");
	ck_assert_int_eq(stock_of("TEA"), 3);
	ck_assert_int_eq(counted(ORDERS_PLACED), 1);
}
END_TEST

/* The order of 3 TEA and 1 POT, as a process left it that was killed. */
static void leave_behind(int number)
{
	run_sql(&orders, "insert into orders (id, customer, status, placed_at, country, caller,"
	        " idempotency_key, request_hash, lease_owner, lease_until) values ('left%d', 'ann',"
	        " 'recording', 5, 'GB', 'anonymous', 'k', 1274499804312299532, 1, 1)", number);
}

static int releases;

/* Whenever one is settled, another process has begun the same order and was killed. */
static enum trouble leave_another(const char *tool)
{
	if (strcmp(tool, "release_reservation") == 0 && ++releases < 5)
		leave_behind(releases);
	return NO_TROUBLE;
}

START_TEST(what_others_leave_behind_is_settled_once_and_then_left_to_the_job)
{
	PUT("TEA", 5);
	PUT("POT", 5);
	leave_behind(0);
	releases = 0;
	trouble_of = leave_another;
	ck_assert_says(refuses(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 3) "," ITEM("POT", 1))),
	               "The order is recorded as left1, but the catalogue has not confirmed it yet.");
	ck_assert_int_eq(releases, 2);
}
END_TEST

START_TEST(an_order_under_way_is_invisible_and_its_key_waits)
{
	PUT("TEA", 5);
	plan_trouble("commit_reservation", DIES_BEFORE);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2))).outcome,
		DIED);
	ck_assert_says(refuses(&orders, "create_order", ORDER_OF("k", ITEM("TEA", 2))),
	               "has not confirmed it yet");
	ck_assert_int_eq(length(does(&orders, "list_orders", "{}"), "/orders"), 0);
	ck_assert_int_eq(stock_of("TEA"), 5);
	ck_assert_int_eq(orders_in_book(), 1);
	/* Its lease, of 20 s, has not ended: the job leaves it alone. */
	ck_assert_int_le(recover(orders.store), 15000);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders where status ="
		" 'committing'"), 1);
	int64_t left = find_number(&orders, "select lease_until from orders") - now_ms();
	ck_assert_int_gt(left, LEASE_MS - 5000);
	ck_assert_int_le(left, LEASE_MS);
}
END_TEST

START_TEST(two_orders_are_two)
{
	PUT("TEA", 5);
	yyjson_val *one = does(&orders, "create_order", ORDER_OF("k1", ITEM("TEA", 2)));
	yyjson_val *two = does(&orders, "create_order", ORDER_OF("k2", ITEM("TEA", 2)));
	ck_assert_str_ne(text(one, "/id"), text(two, "/id"));
	ck_assert_uint_eq(strlen(text(one, "/id")), 14);
	ck_assert_uint_eq(strspn(text(one, "/id") + 4, "0123456789ABCDEFGHJKMNPQRSTVWXYZ"), 10);
	ck_assert_int_eq(stock_of("TEA"), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("placing");
	TCase *tcase = tcase_create("orders");

	tcase_add_checked_fixture(tcase, begin_placing, end_planned);
	tcase_add_test(tcase, an_order_has_the_prices_of_its_moment_and_takes_the_stock);
	tcase_add_loop_test(tcase, an_order_is_placed_once_wherever_its_runs_are, 0, 2);
	tcase_add_test(tcase, what_costs_nothing_can_be_bought);
	tcase_add_loop_test(tcase, what_is_refused_leaves_nothing, 0, COUNT(refusals));
	tcase_add_loop_test(tcase, what_was_not_asked_for_is_not_bought, 0, COUNT(strange_answers));
	tcase_add_loop_test(tcase, an_answer_that_is_not_whole_is_none, 0, COUNT(half_answers));
	tcase_add_test(tcase, the_dearest_order_that_can_be_counted_is_placed);
	tcase_add_loop_test(tcase, what_is_no_country_is_refused, 0, COUNT(no_countries));
	tcase_add_loop_test(tcase, a_country_is_kept_by_its_code, 0, COUNT(countries));
	tcase_add_loop_test(tcase, the_same_key_gives_the_same_order_however_it_is_written, 0,
	                    COUNT(same));
	tcase_add_loop_test(tcase, the_same_key_for_another_order_is_refused, 0, COUNT(different));
	tcase_add_test(tcase, an_order_of_an_earlier_release_is_known_by_how_it_was_written);
	tcase_add_test(tcase, an_order_keeps_its_number_from_release_to_release);
	tcase_add_test(tcase, a_key_is_its_callers);
	tcase_add_loop_test(tcase, an_order_whose_reserve_is_not_answered_is_dropped_and_released, 0,
	                    COUNT(lost));
	tcase_add_loop_test(tcase, an_order_whose_commit_is_not_answered_is_settled_by_the_next_call, 0,
	                    COUNT(lost));
	tcase_add_test(tcase, what_others_leave_behind_is_settled_once_and_then_left_to_the_job);
	tcase_add_test(tcase, an_order_under_way_is_invisible_and_its_key_waits);
	tcase_add_test(tcase, two_orders_are_two);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
