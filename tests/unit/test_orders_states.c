/* test_orders_states.c - what becomes of a placed order: its steps, its cancellation, its returns. */
#include "tools_orders.h"

#define ORDER_OF "{'customer': 'ann', 'idempotency_key': '%s', 'shipping_address': {'name': 'Ann'," \
	" 'line1': '1', 'city': 'L', 'postal_code': '1', 'country': 'GB'}, 'items': [%s]}"

static const char *const statuses[] = { STATUSES };
enum { PENDING, PAID, PACKED, SHIPPED, DELIVERED, CANCELLED, RETURNED, STATUSES_THERE_ARE };

/* An order of 2 TEA and 1 POT. */
static const char *place(const char *key)
{
	yyjson_val *order = does(&orders, "create_order", ORDER_OF, key, "{'sku': 'TEA',"
		" 'quantity': 2},"
	                         " {'sku': 'POT', 'quantity': 1}");
	return text(order, "/id");
}

static void become(const char *id, int status)
{
	run_sql(&orders, "update orders set status = '%s', delivered_at = %s where id = '%s'",
	        statuses[status],
	        status == DELIVERED ? arena_print(arena, "%lld", (long long)now_ms()) : "null", id);
}

static const char *status_of(const char *id)
{
	return text(does(&orders, "get_order", "{'id': '%s'}", id), "/status");
}

/* Orders of others, one in each status, stay what they are whatever a test does. */
static void begin_with_stock(void)
{
	begin_shop();
	PUT("TEA", 20);
	PUT("POT", 20);
	for (int i = 0; i < STATUSES_THERE_ARE; i++)
		run_sql(&orders, "insert into orders (id, customer, status, placed_at, country) values"
		        " ('of others, %s', 'bob', '%s', 5, 'GB')", statuses[i], statuses[i]);
}

static void end_with_others(void)
{
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders where"
	                             " id = 'of others, ' || status and delivered_at is null"),
	                 STATUSES_THERE_ARE);
	end();
}

/* ---- Steps ---- */

START_TEST(an_order_goes_one_step_forward_and_no_other_way)
{
	const char *id = place("k");
	int from = _i / 4, to = PAID + _i % 4;

	become(id, from);
	forget_changes();
	caller = "staff";
	int64_t before = now_ms();
	struct said said = call_tool(&orders, "update_order_status", "{'id': '%s', 'status': '%s',"
	                             " 'note': 'parcel 7'}", id, statuses[to]);
	bool stays = from == to, steps = from + 1 == to;
	ck_assert_int_eq(said.outcome, stays || steps ? DID : REFUSED);
	ck_assert_str_eq(status_of(id), statuses[steps ? to : from]);
	yyjson_val *order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_int_eq(length(order, "/history"), steps ? 2 : 1);
	ck_assert_str_eq(changes(), steps ? arena_print(arena, "order://%s customer://ann ", id) : "");
	if (steps) {
		ck_assert_str_eq(text(order, "/history/1/from_status"), statuses[from]);
		ck_assert_str_eq(text(order, "/history/1/to_status"), statuses[to]);
		ck_assert_str_eq(text(order, "/history/1/actor"), "staff");
		ck_assert_str_eq(text(order, "/history/1/note"), "parcel 7");
		int64_t at = find_number(&orders, "select delivered_at from orders");
		ck_assert(to == DELIVERED ? at >= before && at <= now_ms() : at == 0);
	} else if (!stays && from < DELIVERED) {
		ck_assert_says(said.words, arena_print(arena, "the only status it can go to is %s.",
		                                       statuses[from + 1]));
	} else if (!stays) {
		ck_assert_says(said.words, "which is final");
	}
}
END_TEST

START_TEST(a_delivery_stays_when_it_was)
{
	const char *id = place("k");
	become(id, DELIVERED);
	run_sql(&orders, "update orders set delivered_at = 5 where id = '%s'", id);
	does(&orders, "update_order_status", "{'id': '%s', 'status': 'delivered'}", id);
	ck_assert_int_eq(find_number(&orders, "select delivered_at from orders"), 5);
}
END_TEST

START_TEST(an_order_that_does_not_exist_has_no_steps)
{
	ck_assert_says(refuses(&orders, "update_order_status", "{'id': 'ORD-X', 'status': 'paid'}"),
	               "There is no order ORD-X.");
	ck_assert_says(refuses(&orders, "cancel_order", "{'id': 'ORD-X', 'confirm': true}"),
	               "There is no order ORD-X.");
	ck_assert_says(refuses(&orders, "request_return", "{'order_id': 'ORD-X', 'reason': 'r',"
		" 'items':"
	               " [{'sku': 'TEA', 'quantity': 1}]}"), "There is no order ORD-X.");
	ck_assert_says(refuses(&orders, "receive_return", "{'return_id': 'RET-X'}"),
	               "There is no return RET-X.");
	ck_assert_says(refuses(&orders, "get_order", "{'id': 'ORD-X'}"), "There is no order"
		" ORD-X.");
	ck_assert_says(refuses(&orders, "read_order", "{'id': 'ORD-X'}"), "There is no order"
		" ORD-X.");
	ck_assert_says(refuses(&orders, "track_order", "{'id': 'ORD-X'}"), "There is no order"
		" ORD-X.");
}
END_TEST

/* ---- Cancelling ---- */

START_TEST(what_has_not_shipped_is_cancelled_and_goes_back_on_sale)
{
	const char *id = place("k");
	become(id, _i);
	forget_changes();
	struct said said = call_tool(&orders, "cancel_order", "{'id': '%s', 'confirm': true,"
		" 'reason':"
	                             " 'changed my mind'}", id);
	bool can = _i <= PACKED, was = _i == CANCELLED;
	ck_assert_int_eq(said.outcome, can || was ? DID : REFUSED);
	ck_assert_str_eq(status_of(id), can ? "cancelled" : statuses[_i]);
	ck_assert_int_eq(stock_of("TEA"), can ? 20 : 18);
	ck_assert_int_eq(stock_of("POT"), can ? 20 : 19);
	ck_assert_int_eq(find_number(&orders, "select count(*) from errand"), 0);
	yyjson_val *order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_int_eq(length(order, "/history"), can ? 2 : 1);
	ck_assert_int_eq(strstr(changes(), "order://") != NULL, can);
	ck_assert_int_eq(strstr(changes(), "customer://ann ") != NULL, can);
	if (can) {
		ck_assert_str_eq(text(order, "/history/1/note"), "changed my mind");
		ck_assert_str_eq(text(order, "/history/1/from_status"), statuses[_i]);
	}
	if (_i == SHIPPED)
		ck_assert_says(said.words, "has already shipped");
	if (_i == DELIVERED || _i == RETURNED)
		ck_assert_says(said.words, arena_print(arena, "is already %s", statuses[_i]));
}
END_TEST

static const enum trouble lost[] = { LOST_ON_THE_WAY, LOST_ANSWER, DIES_BEFORE, DIES_AFTER };
static enum trouble restock_trouble;

static enum trouble of_restock(const char *tool)
{
	return strcmp(tool, "restock") == 0 ? restock_trouble : NO_TROUBLE;
}

START_TEST(a_restock_that_can_not_be_told_is_told_later_and_once)
{
	const char *id = place("k");
	restock_trouble = lost[_i];
	trouble_of = of_restock;
	struct said said = call_tool(&orders, "cancel_order", "{'id': '%s', 'confirm': true}", id);
	if (lost[_i] < DIES_BEFORE) {
		ck_assert_int_eq(said.outcome, DID);
		ck_assert(truth(said.value, "/restock_pending"));
	}
	trouble_of = NULL;
	ck_assert(truth(does(&orders, "get_order", "{'id': '%s'}", id), "/restock_pending"));
	settle_everything();
	ck_assert_int_eq(stock_of("TEA"), 20);
	ck_assert_int_eq(stock_of("POT"), 20);
	ck_assert_ptr_null(yyjson_ptr_get(does(&orders, "get_order", "{'id': '%s'}", id),
	                                  "/restock_pending"));
}
END_TEST

static int64_t leased_for;

static enum trouble look_at_the_lease(const char *tool)
{
	if (strcmp(tool, "restock") == 0)
		leased_for = find_number(&orders, "select lease_until from errand") - now_ms();
	return NO_TROUBLE;
}

START_TEST(a_restock_is_leased_while_it_is_told)
{
	const char *id = place("k");
	trouble_of = look_at_the_lease;
	does(&orders, "cancel_order", "{'id': '%s', 'confirm': true}", id);
	ck_assert_int_gt(leased_for, 15000);
	ck_assert_int_le(leased_for, 20000);
}
END_TEST

static const struct { enum mcp_reply reply; const char *says; enum outcome outcome; bool cancelled; }
	replies[] = {
	{ MCP_ACCEPTED, "{\"sure\":true}", DID, true },
	{ MCP_ACCEPTED, "{\"sure\":false}", REFUSED, false },
	{ MCP_DECLINED, NULL, REFUSED, false },
	{ MCP_CANCELLED, NULL, REFUSED, false },
	{ MCP_PENDING, NULL, WAITS, false },
	{ MCP_UNAVAILABLE, NULL, REFUSED, false },
};

START_TEST(a_person_is_asked_first)
{
	const char *id = place("k");
	person = replies[_i].reply;
	person_says = replies[_i].says;
	struct said said = call_tool(&orders, "cancel_order", "{'id': '%s'}", id);
	ck_assert_int_eq(said.outcome, replies[_i].outcome);
	ck_assert_str_eq(status_of(id), replies[_i].cancelled ? "cancelled" : "pending");
	struct { bool sure; } nothing;
	enum json_trouble trouble;
	ck_assert_ptr_nonnull(shape_read(form, json_parse_copy(arena, STR("{}"), 64, &trouble), SHAPE_DIGITS,
	                                 &nothing, arena));
	ck_assert_str_eq(question, arena_print(arena, "Cancel order %s of customer ann (pending,"
		" 3 units)?"
	                                       " Its goods go back on sale.", id));
}
END_TEST

START_TEST(one_unit_is_one_unit)
{
	yyjson_val *order = does(&orders, "create_order", ORDER_OF, "k", "{'sku': 'TEA',"
		" 'quantity': 1}");
	person = MCP_DECLINED;
	call_tool(&orders, "cancel_order", "{'id': '%s'}", text(order, "/id"));
	ck_assert_says(question, "(pending, 1 unit)?");
}
END_TEST

/* ---- Returns ---- */

#define RETURN "{'order_id': '%s', 'reason': 'too big', 'items': [%s]}"
#define KEYED_RETURN "{'order_id': '%s', 'reason': '%s', 'idempotency_key': '%s', 'items': [%s]}"
#define ONE_TEA "{'sku': 'TEA', 'quantity': 1}"
#define ALL_OF_IT "{'sku': 'TEA', 'quantity': 2}, {'sku': 'POT', 'quantity': 1}"

static const char *delivered(void)
{
	const char *id = place("delivered");
	become(id, DELIVERED);
	return id;
}

START_TEST(only_what_was_delivered_can_be_returned)
{
	const char *id = place("k");
	become(id, _i);
	struct said said = call_tool(&orders, "request_return", RETURN, id, ONE_TEA);
	ck_assert_int_eq(said.outcome, _i == DELIVERED ? DID : REFUSED);
	if (_i == RETURNED)
		ck_assert_says(said.words, "was returned already");
	else if (_i != DELIVERED)
		ck_assert_says(said.words, "only what was delivered can be returned");
	ck_assert_int_eq(find_number(&orders, "select count(*) from return_request"),
		_i == DELIVERED);
}
END_TEST

START_TEST(a_return_is_taken_for_thirty_days_and_not_a_minute_longer)
{
	const char *id = delivered();
	run_sql(&orders, "update orders set delivered_at = %lld where id = '%s'",
	        (long long)(now_ms() - 30 * DAY + MINUTE), id);
	does(&orders, "request_return", RETURN, id, ONE_TEA);
	run_sql(&orders, "update orders set delivered_at = %lld where id = '%s'",
	        (long long)(now_ms() - 30 * DAY - 1), id);
	const char *why = refuses(&orders, "request_return", RETURN, id, ONE_TEA);
	char at[TIME_TEXT_SIZE];
	time_print(now_ms() - 30 * DAY - 1, at);
	ck_assert_says(why, arena_print(arena, "was delivered on %.10s; returns are taken within"
		" 30 days",
	                                at));
	ck_assert_int_eq(find_number(&orders, "select count(*) from return_request"), 1);
}
END_TEST

START_TEST(no_more_comes_back_than_was_bought)
{
	const char *id = delivered();
	ck_assert_says(refuses(&orders, "request_return", RETURN, id, "{'sku': 'TEA',"
		" 'quantity': 3}"),
	               "Of product TEA, 2 were bought and 0 were returned or are to be, so 3"
		" can't be.");
	ck_assert_says(refuses(&orders, "request_return", RETURN, id,
		ONE_TEA "," ONE_TEA "," ONE_TEA),
	               "2 were bought and 2 were returned");
	ck_assert_says(refuses(&orders, "request_return", RETURN, id, ONE_TEA
	               ", {'sku': 'CUP', 'quantity': 1}"), "has no product CUP");
	ck_assert_int_eq(find_number(&orders, "select count(*) from return_line"), 0);
	ck_assert_int_eq(find_number(&orders, "select count(*) from return_request"), 0);
	forget_changes();
	yyjson_val *request = does(&orders, "request_return", RETURN, id, ONE_TEA ","
	                           " {'sku': 'tea', 'quantity': 1}");
	ck_assert_int_eq(length(request, "/items"), 1);
	ck_assert_str_eq(text(request, "/items/0/sku"), "TEA");
	ck_assert_int_eq(number(request, "/items/0/quantity"), 2);
	ck_assert_str_eq(text(request, "/state"), "requested");
	ck_assert_str_eq(changes(), arena_print(arena, "order://%s ", id));
	yyjson_val *order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_str_eq(text(order, "/history/1/note"), arena_print(arena, "Return %s of 2 units"
	                 " requested: too big", text(request, "/id")));
	ck_assert_str_eq(text(order, "/status"), "delivered");
	ck_assert_says(refuses(&orders, "request_return", RETURN, id, ONE_TEA), "2 were bought"
		" and 2 were");
	run_sql(&orders, "update return_request set requested_at = requested_at - 1");
	request = does(&orders, "request_return", RETURN, id, "{'sku': 'POT', 'quantity': 1}");
	order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_str_eq(text(order, "/history/2/note"), arena_print(arena, "Return %s of 1 unit"
	                 " requested: too big", text(request, "/id")));
	ck_assert_int_eq(length(order, "/returns"), 2);
	ck_assert_str_eq(text(order, "/returns/0/items/0/sku"), "TEA");
	ck_assert_str_eq(text(order, "/returns/1/items/0/sku"), "POT");
	/* Nothing is on the shelf yet. */
	ck_assert_int_eq(stock_of("TEA"), 18);
}
END_TEST

START_TEST(an_order_of_which_one_unit_is_away_is_not_returned)
{
	const char *id = delivered();
	yyjson_val *request = does(&orders, "request_return", RETURN, id, "{'sku': 'TEA',"
		" 'quantity': 2}");
	request = does(&orders, "receive_return", "{'return_id': '%s'}", text(request, "/id"));
	ck_assert_str_eq(status_of(id), "delivered");
	yyjson_val *order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_str_eq(text(order, "/history/2/note"), arena_print(arena, "Return %s received",
	                 text(request, "/id")));
}
END_TEST

START_TEST(what_another_order_returned_does_not_count)
{
	const char *one = delivered(), *two = place("another");
	become(two, DELIVERED);
	does(&orders, "request_return", RETURN, one, ALL_OF_IT);
	does(&orders, "request_return", RETURN, two, ALL_OF_IT);
}
END_TEST

START_TEST(the_same_key_gives_the_same_return)
{
	const char *id = delivered();
	caller = "alice";
	yyjson_val *first = does(&orders, "request_return", KEYED_RETURN, id, "a", "k", ONE_TEA);
	yyjson_val *again = does(&orders, "request_return", KEYED_RETURN, id, "b", "k",
	                         "{'sku': 'tea', 'quantity': 1.0}");
	ck_assert_str_eq(text(first, "/id"), text(again, "/id"));
	ck_assert_int_eq(find_number(&orders, "select sum(quantity) from return_line"), 1);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_event"), 2);
	caller = "bob";
	again = does(&orders, "request_return", KEYED_RETURN, id, "a", "k", ONE_TEA);
	ck_assert_str_ne(text(first, "/id"), text(again, "/id"));
}
END_TEST

static const char *const other_items[] = {
	"{'sku': 'TEA', 'quantity': 2}", "{'sku': 'POT', 'quantity': 1}", ALL_OF_IT,
	ONE_TEA ", {'sku': 'POT', 'quantity': 1}", ONE_TEA ", {'sku': 'tea', 'quantity': 1}",
};

START_TEST(the_same_key_for_another_return_is_refused)
{
	const char *id = delivered(), *other = place("other");
	become(other, DELIVERED);
	const char *first = text(does(&orders, "request_return", KEYED_RETURN, id, "a", "k", ONE_TEA),
	                         "/id");
	ck_assert_says(refuses(&orders, "request_return", KEYED_RETURN, id, "a", "k",
		other_items[_i]),
	               "other items");
	ck_assert_says(refuses(&orders, "request_return", KEYED_RETURN, other, "a", "k", ONE_TEA),
	               arena_print(arena, "return of another order (%s of order %s)", first, id));
	ck_assert_int_eq(find_number(&orders, "select sum(quantity) from return_line"), 1);
}
END_TEST

START_TEST(goods_that_came_back_are_on_sale_and_the_whole_of_it_is_returned)
{
	const char *id = delivered();
	const char *one = text(does(&orders, "request_return", RETURN, id, ONE_TEA), "/id");
	const char *rest = text(does(&orders, "request_return", RETURN, id, ONE_TEA ","
	                             " {'sku': 'POT', 'quantity': 1}"), "/id");
	forget_changes();
	caller = "staff";
	yyjson_val *request = does(&orders, "receive_return", "{'return_id': '%s', 'note':"
		" 'dented'}", one);
	ck_assert_str_eq(text(request, "/state"), "received");
	ck_assert_str_eq(text(request, "/received_by"), "staff");
	ck_assert_int_eq(stock_of("TEA"), 19);
	ck_assert_int_eq(stock_of("POT"), 19);
	ck_assert_str_eq(status_of(id), "delivered");
	ck_assert_ptr_nonnull(strstr(changes(), arena_print(arena, "order://%s ", id)));
	ck_assert_ptr_null(strstr(changes(), "customer://"));
	yyjson_val *order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_str_eq(text(order, "/history/3/note"), arena_print(arena, "Return %s received:"
		" dented",
	                 one));
	ck_assert_str_eq(text(order, "/history/3/to_status"), "delivered");
	/* Twice is once. */
	does(&orders, "receive_return", "{'return_id': '%s'}", one);
	ck_assert_int_eq(stock_of("TEA"), 19);
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_event"), 4);

	does(&orders, "receive_return", "{'return_id': '%s'}", rest);
	ck_assert_str_eq(status_of(id), "returned");
	ck_assert_ptr_nonnull(strstr(changes(), "customer://ann "));
	ck_assert_int_eq(stock_of("TEA"), 20);
	ck_assert_int_eq(stock_of("POT"), 20);
	order = does(&orders, "get_order", "{'id': '%s'}", id);
	ck_assert_str_eq(text(order, "/history/4/from_status"), "delivered");
	ck_assert_str_eq(text(order, "/history/4/to_status"), "returned");
	ck_assert_str_eq(text(order, "/history/4/note"), arena_print(arena, "Return %s"
		" received", rest));
	ck_assert_str_eq(text(order, "/history/4/actor"), "staff");
}
END_TEST

START_TEST(what_is_only_announced_does_not_make_an_order_returned)
{
	const char *id = delivered();
	const char *one = text(does(&orders, "request_return", RETURN, id, ONE_TEA), "/id");
	does(&orders, "request_return", RETURN, id, ONE_TEA ", {'sku': 'POT', 'quantity': 1}");
	const char *other = place("other");
	become(other, DELIVERED);
	const char *all = text(does(&orders, "request_return", RETURN, other, ALL_OF_IT), "/id");
	does(&orders, "receive_return", "{'return_id': '%s'}", all);
	ck_assert_str_eq(status_of(other), "returned");
	does(&orders, "receive_return", "{'return_id': '%s'}", one);
	ck_assert_str_eq(status_of(id), "delivered");
}
END_TEST

/* ---- The prompt ---- */

START_TEST(a_customers_question_is_asked_with_the_order)
{
	const char *id = place("k");
	char letters[1002] = "";
	memset(letters, 'a', 1001);
	ck_assert_says(call_tool(&orders, "explain_order", "{'id': '%s'}", id).words, "Where is"
		" my order?");
	ck_assert_says(refuses(&orders, "explain_order", "{'id': 'ORD-X'}"), "There is no order"
		" ORD-X.");
	refuses(&orders, "explain_order", "{'id': '%s', 'question': '%s'}", id, letters);
	letters[1000] = '\0';
	ck_assert_says(call_tool(&orders, "explain_order", "{'id': '%s', 'question': '%s'}", id,
		letters).words,
	               letters);
}
END_TEST

static TCase *steps_case(void)
{
	TCase *tcase = tcase_create("steps and cancellations");

	tcase_add_checked_fixture(tcase, begin_with_stock, end_with_others);
	tcase_add_loop_test(tcase, an_order_goes_one_step_forward_and_no_other_way, 0,
	                    4 * STATUSES_THERE_ARE);
	tcase_add_test(tcase, a_delivery_stays_when_it_was);
	tcase_add_test(tcase, an_order_that_does_not_exist_has_no_steps);
	tcase_add_loop_test(tcase, what_has_not_shipped_is_cancelled_and_goes_back_on_sale, 0,
	                    STATUSES_THERE_ARE);
	tcase_add_loop_test(tcase, a_restock_that_can_not_be_told_is_told_later_and_once, 0,
	                    COUNT(lost));
	tcase_add_test(tcase, a_restock_is_leased_while_it_is_told);
	tcase_add_loop_test(tcase, a_person_is_asked_first, 0, COUNT(replies));
	tcase_add_test(tcase, one_unit_is_one_unit);
	return tcase;
}

static TCase *returns_case(void)
{
	TCase *tcase = tcase_create("returns");

	tcase_add_checked_fixture(tcase, begin_with_stock, end_with_others);
	tcase_add_loop_test(tcase, only_what_was_delivered_can_be_returned, 0, STATUSES_THERE_ARE);
	tcase_add_test(tcase, a_return_is_taken_for_thirty_days_and_not_a_minute_longer);
	tcase_add_test(tcase, no_more_comes_back_than_was_bought);
	tcase_add_test(tcase, an_order_of_which_one_unit_is_away_is_not_returned);
	tcase_add_test(tcase, what_another_order_returned_does_not_count);
	tcase_add_test(tcase, the_same_key_gives_the_same_return);
	tcase_add_loop_test(tcase, the_same_key_for_another_return_is_refused, 0,
		COUNT(other_items));
	tcase_add_test(tcase, goods_that_came_back_are_on_sale_and_the_whole_of_it_is_returned);
	tcase_add_test(tcase, what_is_only_announced_does_not_make_an_order_returned);
	tcase_add_test(tcase, a_customers_question_is_asked_with_the_order);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("states");

	suite_add_tcase(suite, steps_case());
	suite_add_tcase(suite, returns_case());
	return run_suite(suite);
}
