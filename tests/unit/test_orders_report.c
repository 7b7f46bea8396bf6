/* test_orders_report.c - sales_report and track_order: what is read from the book. */
#include "failing.h"
#include "tools_orders.h"

#include "group.h"

#define DAY_ZERO INT64_C(1577836800000)         /* 2020-01-01 */

/* An order with a line, placed so many days after 2020-01-01. */
static void sold_as(const char *id, const char *status, double day, const char *country,
                    const char *sku, int64_t quantity, int64_t price, const char *currency)
{
	int64_t line = 1 + find_number(&orders, "select count(*) from order_line where order_id"
		" = '%s'", id);

	if (line == 1)
		run_sql(&orders, "insert into orders (id, customer, status, placed_at, country,"
			" units,"
		        " total, total_currency) values ('%s', 'ann', '%s', %lld, '%s', %lld,"
			" %lld, '%s')",
		        id, status, (long long)(DAY_ZERO + (int64_t)(day * DAY)), country,
		        (long long)quantity, (long long)(quantity * price), currency);
	run_sql(&orders, "insert into order_line (order_id, line, sku, name, quantity, unit_price,"
	        " unit_price_currency) values ('%s', %lld, '%s', 'name of %s', %lld, %lld,"
		" '%s')", id,
	        (long long)line, sku, sku, (long long)quantity, (long long)price, currency);
}

static void sold(const char *id, double day, const char *country, const char *sku, int64_t quantity,
                 int64_t price)
{
	sold_as(id, "delivered", day, country, sku, quantity, price, "GBP");
}

#define REPORT(by) "{'from': '2020-01-01', 'to': '2020-02-01', 'by': '" by "'}"

#define ck_assert_row(report, at, label, orders_, units, amount) \
	do { \
		const char *row_ = at; \
		ck_assert_str_eq(text(report, arena_print(arena, "%s/label", row_)), label); \
		ck_assert_int_eq(number(report, arena_print(arena, "%s/orders", row_)), orders_); \
		ck_assert_int_eq(number(report, arena_print(arena, "%s/units", row_)), units); \
		ck_assert_int_eq(number(report, arena_print(arena, "%s/revenue/amount", row_)), amount); \
	} while (0)

START_TEST(a_report_adds_up_orders_units_and_revenue)
{
	sold("1", 0, "GB", "TEA", 2, 100);
	sold("1", 0, "GB", "POT", 1, 900);
	sold("2", 0.5, "FR", "TEA", 3, 110);
	sold("3", 30, "GB", "TEA", 1, 100);
	yyjson_val *report = does(&orders, "sales_report", REPORT("product"));
	ck_assert_int_eq(length(report, "/rows"), 2);
	ck_assert_row(report, "/rows/0", "POT", 1, 1, 900);
	ck_assert_row(report, "/rows/1", "TEA", 3, 6, 630);
	ck_assert_str_eq(text(report, "/rows/1/name"), "name of TEA");
	ck_assert_int_eq(length(report, "/totals"), 1);
	ck_assert_ptr_null(text(report, "/totals/0/label"));
	ck_assert_int_eq(number(report, "/totals/0/orders"), 3);
	ck_assert_int_eq(number(report, "/totals/0/units"), 7);
	ck_assert_int_eq(number(report, "/totals/0/revenue/amount"), 1530);
	ck_assert_int_eq(number(report, "/left_out"), 0);
	ck_assert_str_eq(text(report, "/from"), "2020-01-01T00:00:00Z");
	ck_assert_str_eq(text(report, "/by"), "product");

	report = does(&orders, "sales_report", REPORT("country"));
	ck_assert_row(report, "/rows/0", "GB", 2, 4, 1200);
	ck_assert_row(report, "/rows/1", "FR", 1, 3, 330);
	ck_assert_ptr_null(text(report, "/rows/0/name"));
	report = does(&orders, "sales_report", REPORT("day"));
	ck_assert_int_eq(length(report, "/rows"), 2);
	ck_assert_row(report, "/rows/0", "2020-01-01", 2, 6, 1430);
	ck_assert_row(report, "/rows/1", "2020-01-31", 1, 1, 100);
	report = does(&orders, "sales_report", REPORT("month"));
	ck_assert_int_eq(length(report, "/rows"), 1);
	ck_assert_row(report, "/rows/0", "2020-01", 3, 7, 1530);
}
END_TEST

START_TEST(a_period_begins_with_its_first_moment_and_ends_before_its_last)
{
	sold("a", -0.0001, "GB", "TEA", 1, 1);
	sold("b", 0, "GB", "TEA", 1, 10);
	sold("c", 30.9999, "GB", "TEA", 1, 100);
	sold("d", 31, "GB", "TEA", 1, 1000);
	yyjson_val *report = does(&orders, "sales_report", REPORT("product"));
	ck_assert_int_eq(number(report, "/rows/0/revenue/amount"), 110);
}
END_TEST

static const struct { const char *status; int counts; } counting[] = {
	{ "recording", 0 }, { "committing", 0 }, { "cancelled", 0 }, { "pending", 1 }, { "paid",
		1 },
	{ "packed", 1 }, { "shipped", 1 }, { "delivered", 1 }, { "returned", 1 },
};

START_TEST(what_is_under_way_or_cancelled_does_not_count)
{
	sold_as("a", counting[_i].status, 1, "GB", "TEA", 1, 5, "GBP");
	ck_assert_int_eq(length(does(&orders, "sales_report", REPORT("product")), "/rows"),
	                 counting[_i].counts);
}
END_TEST

START_TEST(each_currency_is_for_itself)
{
	sold_as("a", "paid", 1, "GB", "TEA", 1, 500, "GBP");
	sold_as("b", "paid", 1, "GB", "TEA", 2, 900, "EUR");
	sold_as("c", "paid", 2, "GB", "POT", 1, 400, "GBP");
	yyjson_val *report = does(&orders, "sales_report", REPORT("product"));
	ck_assert_int_eq(length(report, "/rows"), 3);
	ck_assert_row(report, "/rows/0", "TEA", 1, 2, 1800);
	ck_assert_str_eq(text(report, "/rows/0/revenue/currency"), "EUR");
	ck_assert_row(report, "/rows/1", "TEA", 1, 1, 500);
	ck_assert_row(report, "/rows/2", "POT", 1, 1, 400);
	ck_assert_int_eq(length(report, "/totals"), 2);
	ck_assert_str_eq(text(report, "/totals/0/revenue/currency"), "EUR");
	ck_assert_str_eq(text(report, "/totals/1/revenue/currency"), "GBP");
	report = does(&orders, "sales_report", "{'from': '2020-01-01', 'to': '2020-02-01', 'by':"
		" 'product',"
	              " 'top': 1}");
	ck_assert_int_eq(length(report, "/rows"), 2);
	ck_assert_int_eq(number(report, "/left_out"), 1);
	ck_assert_str_eq(text(report, "/rows/1/revenue/currency"), "GBP");
	report = does(&orders, "sales_report", "{'from': '2020-01-01', 'to': '2020-02-01', 'by':"
		" 'day',"
	              " 'currency': 'GBP', 'top': 1}");
	ck_assert_int_eq(length(report, "/rows"), 2);
	ck_assert_int_eq(number(report, "/totals/0/revenue/amount"), 900);
	ck_assert_int_eq(length(report, "/totals"), 1);
	/* By day, both currencies of a day beside each other. */
	report = does(&orders, "sales_report", REPORT("day"));
	ck_assert_str_eq(text(report, "/rows/0/revenue/currency"), "EUR");
	ck_assert_str_eq(text(report, "/rows/1/revenue/currency"), "GBP");
	ck_assert_row(report, "/rows/2", "2020-01-03", 1, 1, 400);
}
END_TEST

/* Lines of one day: so many units at such a price, twice. */
static const struct { int64_t quantity, price; bool fits; } dear[] = {
	{ 1000000, INT64_C(4611686018427), true }, { 1000000, INT64_C(4611686018428), false },
	{ 1000000, INT64_C(10000000000000), false }, { INT64_C(4611686018427387903), 1, true },
	{ INT64_C(4611686018427387904), 0, false },
};

START_TEST(a_report_that_is_too_much_to_count_says_so)
{
	sold("1", 0, "GB", "TEA", 1, 1);
	sold("2", 0, "FR", "POT", 1, 1);
	sold_as("3", "paid", 0, "FR", "POT", 1, 1, "EUR");
	run_sql(&orders, "update order_line set quantity = %lld, unit_price = %lld"
	        " where unit_price_currency = 'GBP'", (long long)dear[_i].quantity,
	        (long long)dear[_i].price);
	static const char *const by[] = { "day", "month", "country", "product" };
	for (int i = 0; i < COUNT(by); i++) {
		struct said said = call_tool(&orders, "sales_report", "{'from': '2020-01-01', 'to':"
		                             " '2020-02-01', 'by': '%s'}", by[i]);
		ck_assert_int_eq(said.outcome, dear[_i].fits ? DID : REFUSED);
		if (dear[_i].fits)
			ck_assert_int_eq(number(said.value, "/totals/1/revenue/amount"),
			                 2 * dear[_i].quantity * dear[_i].price);
		else
			ck_assert_says(said.words, "What was sold in GBP is more than can be counted");
	}
	does(&orders, "sales_report", "{'from': '2020-01-01', 'to': '2020-02-01', 'by': 'day',"
	     " 'currency': 'eur'}");
	ck_assert_says(refuses(&orders, "sales_report", "{'from': '2020-01-01', 'to': '2020-02-01',"
	               " 'by': 'day', 'currency': 'ZZZ'}"), "There is no currency ZZZ in ISO 4217");
}
END_TEST

START_TEST(equal_revenues_are_in_the_order_of_their_names)
{
	sold("a", 1, "GB", "B", 1, 5);
	sold("b", 1, "GB", "C", 1, 5);
	sold("c", 1, "GB", "A", 1, 5);
	yyjson_val *report = does(&orders, "sales_report", REPORT("product"));
	for (int i = 0; i < 3; i++)
		ck_assert_str_eq(text(report, arena_print(arena, "/rows/%d/label", i)),
		                 arena_print(arena, "%c", 'A' + i));
}
END_TEST

static const struct { const char *from, *to, *by; bool fine; } periods[] = {
	{ "2020-01-01", "2020-01-01", "month", false }, { "2020-01-02", "2020-01-01", "month",
		false },
	{ "2020-01-01T00:00:00Z", "2020-01-01T00:00:00.001Z", "day", true },
	{ "2019-01-01", "2020-02-05T00:00:00.001Z", "day", false },
	{ "2019-01-01", "2020-02-05", "day", true }, { "2019-01-01", "2020-02-06", "day", false },
	{ "2019-01-01", "2020-02-06", "month", true }, { "1900-01-01", "2020-02-06", "product",
		true },
};

START_TEST(a_period_has_bounds)
{
	struct said said = call_tool(&orders, "sales_report", "{'from': '%s', 'to': '%s', 'by':"
		" '%s'}",
	                             periods[_i].from, periods[_i].to, periods[_i].by);
	ck_assert_int_eq(said.outcome, periods[_i].fine ? DID : REFUSED);
	if (!periods[_i].fine)
		ck_assert_says(said.words, periods[_i].by[0] == 'd' ? "at most 400"
			" days" : "later than");
}
END_TEST

/* More than 64 groups, and more than twice as many, in more than one currency. */
START_TEST(a_report_of_many_groups_adds_up)
{
	static const char *const currencies[] = { "GBP", "EUR", "JPY" };
	int64_t units[300] = { 0 }, revenue[300] = { 0 };

	chance_begin("report");
	run_sql(&orders, "begin");
	for (int i = 0; i < 900; i++) {
		int which = i < 300 ? i : chance(300), quantity = 1 + chance(9),
			price = chance(1000);
		sold_as(arena_print(arena, "o%d", i / 2 * 2 + which % 3), "paid", 5,
		        "GB", arena_print(arena, "S%d", which / 3), quantity, price,
			currencies[which % 3]);
		units[which] += quantity;
		revenue[which] += (int64_t)quantity * price;
	}
	run_sql(&orders, "commit");
	yyjson_val *report = does(&orders, "sales_report", "{'from': '2020-01-01', 'to':"
		" '2020-02-01',"
	                          " 'by': 'product', 'top': 1000}");
	ck_assert_int_eq(length(report, "/rows"), 300);
	int64_t before = 0;
	const char *currency = "";
	for (int i = 0; i < 300; i++) {
		yyjson_val *row = yyjson_ptr_get(report, arena_print(arena, "/rows/%d", i));
		const char *its = text(row, "/revenue/currency");
		int which = 3 * atoi(text(row, "/label") + 1);
		while (strcmp(currencies[which % 3], its) != 0)
			which++;
		ck_assert_int_eq(number(row, "/units"), units[which]);
		ck_assert_int_eq(number(row, "/revenue/amount"), revenue[which]);
		ck_assert(strcmp(its, currency) > 0 || revenue[which] <= before);
		before = revenue[which];
		currency = its;
	}
	report = does(&orders, "sales_report", "{'from': '2020-01-01', 'to': '2020-02-01', 'by':"
		" 'product',"
	              " 'top': 90}");
	ck_assert_int_eq(length(report, "/rows"), 270);
	ck_assert_int_eq(number(report, "/left_out"), 30);
	report = does(&orders, "sales_report", REPORT("product"));
	ck_assert_int_eq(length(report, "/rows"), 60);
}
END_TEST

START_TEST(groups_are_found_again_however_many_there_are)
{
	struct groups groups;
	groups_begin(&groups, arena);
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 1000; i++) {
			struct group *group = groups_find(&groups, arena_print(arena, "%d",
				i % 500),
			                                  i < 500 ? "GBP" : "EUR");
			ck_assert_int_eq(group->orders, round);
			ck_assert(group_add(group, i, 2, 7));
			ck_assert_int_eq(groups.count, round ? 1000 : i + 1);
		}
	for (int i = 0; i < 1000; i++) {
		ck_assert_int_eq(groups.at[i].units, 4);
		ck_assert_int_eq(groups.at[i].revenue.minor, 28);
		/* The second round's order has the number of the first's: it is the same one. */
		ck_assert_int_eq(groups.at[i].orders, 1);
	}
}
END_TEST

static void sell_many(int from, int to)
{
	run_sql(&orders, "begin");
	for (int i = from; i < to; i++)
		run_sql(&orders, "insert into orders (id, customer, status, placed_at, country,"
			" total_currency)"
		        " values ('m%05d', 'ann', 'paid', %lld, 'GB', 'GBP'); insert into"
			" order_line (order_id,"
		        " line, sku, quantity, unit_price, unit_price_currency) values ('m%05d',"
			" 1, 'TEA', 1, 1,"
		        " 'GBP')", i, (long long)DAY_ZERO + i, i);
	run_sql(&orders, "commit");
}

START_TEST(a_long_report_tells_how_far_it_is_and_can_be_ended)
{
	sell_many(0, 1001);
	yyjson_val *report = does(&orders, "sales_report", REPORT("product"));
	ck_assert_int_eq(number(report, "/totals/0/orders"), 1001);
	ck_assert_int_eq(progress_told, 2);
	ck_assert_str_eq(progress_text, "1000 of 1001 orders");
	progress_told = 0;
	progress_until = 1;
	ck_assert_says(refuses(&orders, "sales_report", REPORT("product")), "not finished in time");
	ck_assert_int_eq(progress_told, 1);
}
END_TEST

static void sell_more(void)
{
	sell_many(500, 1000);
}

START_TEST(orders_that_come_after_they_were_counted_are_counted_too)
{
	sell_many(0, 500);
	make_meddled(&orders, 1, sell_more);
	does(&orders, "sales_report", REPORT("product"));
	make_sound(&orders);
	ck_assert_double_eq(progress_done, 1000);
	ck_assert_double_eq(progress_total, 1000);
	ck_assert_str_eq(progress_text, "1000 of 1000 orders");
}
END_TEST

/* Sixty-four letters of four bytes. */
START_TEST(an_order_with_a_long_number_is_one)
{
	char id[4 * 64 + 1] = "";

	for (int i = 0; i < 64; i++)
		strcat(id, "\xf0\x90\x8c\xb0");
	sold(id, 1, "GB", "TEA", 1, 1);
	sold(id, 1, "GB", "POT", 1, 1);
	strcpy(id + 4 * 63, "A");
	sold(id, 1, "GB", "CUP", 1, 1);
	yyjson_val *report = does(&orders, "sales_report", REPORT("country"));
	ck_assert_int_eq(number(report, "/totals/0/orders"), 2);
	ck_assert_int_eq(number(report, "/rows/0/orders"), 2);
}
END_TEST

/* ---- track_order ---- */

static const struct { const char *status; bool over; } tracked[] = {
	{ "pending", false }, { "paid", false }, { "packed", false }, { "shipped", false },
	{ "delivered", true }, { "cancelled", true }, { "returned", true },
};

START_TEST(an_order_is_followed_until_it_is_over)
{
	sold_as("o", tracked[_i].status, 1, "GB", "TEA", 1, 1, "GBP");
	run_sql(&orders, "insert into order_event (order_id, seq, at, actor, to_status, note)"
		" values"
	        " ('o', 1, 5, 'ann', 'pending', null), ('o', 2, 6, 'ann', 'paid', 'by card')");
	yyjson_val *now = does(&orders, "track_order", "{'id': 'o'}");
	ck_assert_str_eq(text(now, "/status"), tracked[_i].status);
	ck_assert_int_eq(truth(now, "/over"), tracked[_i].over);
	ck_assert_int_eq(length(now, "/history"), 2);
	ck_assert_int_eq(progress_told, 0);
	/* 310 s are its deadline; followed for 120. */
	time_left_ms = 310000 - 119000;
	struct said said = call_tool(&orders, "track_order", "{'id': 'o', 'follow': true}");
	ck_assert_int_eq(said.outcome, tracked[_i].over ? DID : WAITS);
	ck_assert_int_eq(progress_told, 2);
	ck_assert_str_eq(progress_text, arena_print(arena, "Order o is paid since"
	                 " 1970-01-01T00:00:00.006Z (ann): by card"));
	ck_assert_double_eq(progress_done, 2);
	ck_assert_double_eq(progress_total, 0);
	time_left_ms = 310000 - 120000 + 1;
	ck_assert_int_eq(call_tool(&orders, "track_order", "{'id': 'o', 'follow':"
		" true}").outcome, tracked[_i].over ? DID : WAITS);
	time_left_ms = 310000 - 120000;
	ck_assert_int_eq(call_tool(&orders, "track_order", "{'id': 'o', 'follow':"
		" true}").outcome, DID);
}
END_TEST

static TCase *report_case(void)
{
	TCase *tcase = tcase_create("report");

	tcase_add_checked_fixture(tcase, begin_shop, end);
	tcase_add_test(tcase, a_report_adds_up_orders_units_and_revenue);
	tcase_add_test(tcase, a_period_begins_with_its_first_moment_and_ends_before_its_last);
	tcase_add_loop_test(tcase, what_is_under_way_or_cancelled_does_not_count, 0,
		COUNT(counting));
	tcase_add_test(tcase, each_currency_is_for_itself);
	tcase_add_loop_test(tcase, a_report_that_is_too_much_to_count_says_so, 0, COUNT(dear));
	tcase_add_test(tcase, equal_revenues_are_in_the_order_of_their_names);
	tcase_add_loop_test(tcase, a_period_has_bounds, 0, COUNT(periods));
	tcase_add_test(tcase, a_report_of_many_groups_adds_up);
	tcase_add_test(tcase, groups_are_found_again_however_many_there_are);
	tcase_add_test(tcase, orders_that_come_after_they_were_counted_are_counted_too);
	tcase_add_test(tcase, an_order_with_a_long_number_is_one);
	tcase_add_test(tcase, a_long_report_tells_how_far_it_is_and_can_be_ended);
	return tcase;
}

static TCase *track_case(void)
{
	TCase *tcase = tcase_create("tracks");

	tcase_add_checked_fixture(tcase, begin_shop, end);
	tcase_add_loop_test(tcase, an_order_is_followed_until_it_is_over, 0, COUNT(tracked));
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("report");

	suite_add_tcase(suite, report_case());
	suite_add_tcase(suite, track_case());
	return run_suite(suite);
}
