/* test_orders_import.c - the command import: orders of an earlier system, a line an item. */
#include "importing.h"
#include "tools_orders.h"

#define HEAD "order,placed_at,customer,country,sku,quantity,unit_price\n"
#define ROW(order, customer, country, rest) order ",2011-01-31," customer "," country "," rest "\n"

static int import(const char *text)
{
	return import_text(&orders, import_orders, "FILE --currency GBP", text);
}

static yyjson_val *get(const char *id)
{
	return does(&orders, "get_order", "{'id': '%s'}", id);
}

START_TEST(an_order_is_delivered_and_has_its_lines_wherever_they_are)
{
	ck_assert_int_eq(import(HEAD ROW("1", "ann", "France", "TEA,2,1.50") ROW("2", "bob", "GB", "TEA,1,1")
	                             ROW("1", "ann", "France", "POT,3,10.00")), 0);
	ck_assert_str_eq(complaints, "");
	yyjson_val *order = get("1");
	ck_assert_str_eq(text(order, "/status"), "delivered");
	ck_assert_str_eq(text(order, "/customer"), "ann");
	ck_assert_str_eq(text(order, "/shipping_address/country"), "France");
	ck_assert_str_eq(text(order, "/placed_at"), "2011-01-31T00:00:00Z");
	ck_assert_str_eq(text(order, "/delivered_at"), "2011-01-31T00:00:00Z");
	ck_assert_int_eq(number(order, "/units"), 5);
	ck_assert_int_eq(number(order, "/total/amount"), 3300);
	ck_assert_str_eq(text(order, "/total/currency"), "GBP");
	ck_assert_int_eq(length(order, "/items"), 2);
	ck_assert_str_eq(text(order, "/items/0/sku"), "TEA");
	ck_assert_int_eq(number(order, "/items/0/quantity"), 2);
	ck_assert_int_eq(number(order, "/items/1/unit_price/amount"), 1000);
	ck_assert_int_eq(find_number(&orders, "select min(line) from order_line"), 1);
	ck_assert_int_eq(length(order, "/history"), 1);
	ck_assert_str_eq(text(order, "/history/0/actor"), "import");
	ck_assert_str_eq(text(order, "/history/0/at"), "2011-01-31T00:00:00Z");
	ck_assert_int_eq(number(get("2"), "/units"), 1);
}
END_TEST

START_TEST(an_order_that_is_imported_again_is_replaced_and_keeps_what_happened)
{
	ck_assert_int_eq(import(HEAD ROW("1", "ann", "France", "TEA,2,1.50") ROW("1", "ann", "France",
	                                                                        "POT,3,10.00")), 0);
	run_sql(&orders, "update orders set status = 'returned'; insert into order_event (order_id, seq,"
	        " at, actor, to_status) values ('1', 2, 5, 'ann', 'returned')");
	ck_assert_int_eq(import(HEAD "1,2011-02-28,bob,Spain,CUP,1,4.00\n"
	                             "3,2011-02-28,bob,Spain,CUP,1,4.00\n"), 0);
	yyjson_val *order = get("1");
	ck_assert_str_eq(text(order, "/customer"), "bob");
	ck_assert_str_eq(text(order, "/status"), "returned");
	ck_assert_str_eq(text(order, "/shipping_address/country"), "Spain");
	ck_assert_str_eq(text(order, "/placed_at"), "2011-02-28T00:00:00Z");
	ck_assert_str_eq(text(order, "/delivered_at"), "2011-02-28T00:00:00Z");
	ck_assert_int_eq(number(order, "/units"), 1);
	ck_assert_int_eq(number(order, "/total/amount"), 400);
	ck_assert_int_eq(length(order, "/items"), 1);
	ck_assert_int_eq(length(order, "/history"), 2);
	ck_assert_str_eq(text(order, "/history/0/at"), "2011-02-28T00:00:00Z");
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_line"), 2);
}
END_TEST

/* 9,223,372,036,854,775,807 is the most that can be counted. */
static const struct { const char *rows, *words; } files[] = {
	{ ROW("1", "ann", "GB", "TEA,1,0"), NULL },
	{ ROW("1", "ann", "GB", "TEA,1,100000000.00"), NULL },
	{ ROW("1", "ann", "GB", "TEA,1,100000000.01"), "unit_price must be from 0 to 100000000.00" },
	{ ROW("1", "ann", "GB", "TEA,1,-0.01"), "unit_price must be from 0 to 100000000.00" },
	{ ROW("1", "ann", "GB", "TEA,1,1") ROW("1", "ann", "GB", "POT,1,1") ROW("1", "bob", "GB", "CUP,1,1"),
	  "4: order 1 has customer ann on another line" },
	{ ROW("1", "ann", "GB", "TEA,1,1") ROW("1", "ann", "FR", "POT,1,1"),
	  "3: order 1 has country GB on another line" },
	{ ROW("theirs", "ann", "GB", "TEA,1,1"), "2: order theirs was placed here, so it is not replaced" },
	{ ROW("ours", "ann", "GB", "TEA,1,1"), NULL },
};

START_TEST(what_can_not_be_is_said_with_its_line)
{
	run_sql(&orders, "insert into orders (id, customer, status, placed_at, country, caller) values"
	        " ('theirs', 'ann', 'pending', 5, 'GB', 'ann'), ('ours', 'ann', 'delivered', 5, 'GB',"
	        " null)");
	ck_assert_int_eq(import(arena_print(arena, HEAD "%s", files[_i].rows)), files[_i].words != NULL);
	if (files[_i].words)
		ck_assert_says(complaints, files[_i].words);
	else
		ck_assert_str_eq(complaints, "");
	ck_assert_int_eq(find_number(&orders, "select count(*) from order_line"), !files[_i].words);
}
END_TEST

static const char *const needed[] = {
	"order", "placed_at", "customer", "country", "sku", "quantity", "unit_price",
};
static const char *const cells[] = { "1", "2011-01-31", "ann", "GB", "TEA", "1", "1.00" };

/* One column is missing, or its cell is empty. */
START_TEST(what_an_order_needs_is_needed)
{
	const char *head = "", *row = "", *comma = "";
	int which = _i / 2;
	bool is_missing = _i % 2;

	for (int i = 0; i < COUNT(needed); i++) {
		if (i == which && is_missing)
			continue;
		head = arena_print(arena, "%s%s%s", head, comma, needed[i]);
		row = arena_print(arena, "%s%s%s", row, comma, i == which ? "" : cells[i]);
		comma = ",";
	}
	ck_assert_int_eq(import(arena_print(arena, "%s\n%s\n", head, row)), 1);
	ck_assert_says(complaints, needed[which]);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), 0);
}
END_TEST

/* As long, or as much, as it may be; then one more. */
static const struct { int cell, most; } most[] = { { 0, 64 }, { 2, 200 }, { 3, 100 }, { 4, 64 } };

START_TEST(what_is_too_long_is_not_imported)
{
	for (int more = 0; more < 2; more++) {
		const char *row = "", *long_text = arena_print(arena, "%0*d", most[_i].most + more, 0);
		for (int i = 0; i < COUNT(cells); i++)
			row = arena_print(arena, "%s%s%s", row, i ? "," : "",
			                  i == most[_i].cell ? long_text : cells[i]);
		ck_assert_int_eq(import(arena_print(arena, HEAD "%s\n", row)), more);
	}
}
END_TEST

START_TEST(a_quantity_is_from_one_to_a_million)
{
	ck_assert_int_eq(import(HEAD ROW("1", "ann", "GB", "TEA,1,1") ROW("2", "ann", "GB",
	                                                                "TEA,1000000,1")), 0);
	ck_assert_int_eq(import(HEAD ROW("3", "ann", "GB", "TEA,0,1")), 1);
	ck_assert_int_eq(import(HEAD ROW("3", "ann", "GB", "TEA,1000001,1")), 1);
}
END_TEST

START_TEST(the_lines_of_an_order_have_one_currency)
{
	ck_assert_int_eq(import_text(&orders, import_orders, "FILE",
		"order,placed_at,customer,country,sku,quantity,unit_price,currency\n"
		"1,2011-01-31,ann,GB,TEA,1,1,GBP\n1,2011-01-31,ann,GB,POT,1,1,EUR\n"), 1);
	ck_assert_says(complaints, "3: order 1 has currency GBP on another line");
}
END_TEST

/* The dearest lines there are: 922 of them can be counted, and no more. */
START_TEST(an_order_is_worth_no_more_than_can_be_counted)
{
	const char *lines = HEAD;

	for (int i = 0; i < 922; i++)
		lines = arena_print(arena, "%s%s", lines, ROW("1", "ann", "GB", "GOLD,1000000,100000000.00"));
	ck_assert_int_eq(import(lines), 0);
	ck_assert_int_eq(number(get("1"), "/total/amount"), INT64_C(9220000000000000000));
	ck_assert_int_eq(number(get("1"), "/units"), 922000000);
	ck_assert_int_eq(import(arena_print(arena, "%s%s", lines,
	                                    ROW("1", "ann", "GB", "GOLD,1000000,100000000.00"))), 1);
	ck_assert_says(complaints, "2: order 1 is worth too much to be counted");
}
END_TEST

static const struct { const char *words; int status; int64_t orders; } commands[] = {
	{ "FILE --currency GBP", 0, 1 }, { "--currency=GBP FILE", 0, 1 },
	{ "--currency GBP FILE --dry-run", 0, 0 }, { "FILE", 1, 0 }, { "--currency GBP", 2, 0 },
};

START_TEST(the_command_understands_its_words)
{
	ck_assert_int_eq(import_text(&orders, import_orders, commands[_i].words,
	                             HEAD ROW("1", "ann", "GB", "TEA,1,1")), commands[_i].status);
	ck_assert_int_eq(strstr(complaints, "usage: mcp-orders import") != NULL, commands[_i].status == 2);
	ck_assert_int_eq(find_number(&orders, "select count(*) from orders"), commands[_i].orders);
	ck_assert_int_gt(finish_import(orders.store), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import");
	TCase *tcase = tcase_create("files");

	tcase_add_checked_fixture(tcase, begin_shop, end);
	tcase_add_test(tcase, an_order_is_delivered_and_has_its_lines_wherever_they_are);
	tcase_add_test(tcase, an_order_that_is_imported_again_is_replaced_and_keeps_what_happened);
	tcase_add_loop_test(tcase, what_can_not_be_is_said_with_its_line, 0, COUNT(files));
	tcase_add_loop_test(tcase, what_an_order_needs_is_needed, 0, 2 * COUNT(needed));
	tcase_add_loop_test(tcase, what_is_too_long_is_not_imported, 0, COUNT(most));
	tcase_add_test(tcase, a_quantity_is_from_one_to_a_million);
	tcase_add_test(tcase, the_lines_of_an_order_have_one_currency);
	tcase_add_test(tcase, an_order_is_worth_no_more_than_can_be_counted);
	tcase_add_loop_test(tcase, the_command_understands_its_words, 0, COUNT(commands));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
