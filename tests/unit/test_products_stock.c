/* test_products_stock.c - check_stock, and restock: what is on the shelf, and how more comes to it. */
#include "shelf.h"
#include "stock.h"

/* ---- check_stock ---- */

START_TEST(exactly_enough_is_enough)
{
	PUT("TEA", 3);
	yyjson_val *answer = does(&products, "check_stock", "{'items': [{'sku': 'TEA',"
		" 'quantity': 3}]}");
	ck_assert(truth(answer, "/sufficient"));
	ck_assert(truth(answer, "/items/0/sufficient"));
	ck_assert(truth(answer, "/items/0/known"));
	ck_assert_int_eq(number(answer, "/items/0/available"), 3);
	ck_assert_str_eq(text(answer, "/items/0/name"), "TEA");

	answer = does(&products, "check_stock", "{'items': [{'sku': 'TEA', 'quantity': 4}]}");
	ck_assert(!truth(answer, "/sufficient"));
	ck_assert(!truth(answer, "/items/0/sufficient"));
}
END_TEST

START_TEST(one_that_is_short_makes_all_of_it_insufficient)
{
	PUT("TEA", 3);
	PUT("POT", 0);
	PUT("CUP", 3);
	yyjson_val *answer = does(&products, "check_stock", "{'items': [{'sku': 'TEA'}, {'sku':"
		" 'POT'},"
	                          " {'sku': 'CUP'}]}");
	ck_assert(!truth(answer, "/sufficient"));
	ck_assert(truth(answer, "/items/0/sufficient"));
	ck_assert(!truth(answer, "/items/1/sufficient"));
	ck_assert(truth(answer, "/items/2/sufficient"));
	ck_assert_int_eq(number(answer, "/items/2/quantity"), 1);
}
END_TEST

START_TEST(an_sku_that_comes_twice_is_counted_together)
{
	PUT("TEA", 3);
	PUT("POT", 9);
	yyjson_val *answer = does(&products, "check_stock", "{'items': [{'sku': 'TEA',"
		" 'quantity': 2},"
	                          " {'sku': 'POT'}, {'sku': 'tea', 'quantity': 2}]}");
	ck_assert_int_eq(length(answer, "/items"), 2);
	ck_assert_str_eq(text(answer, "/items/0/sku"), "TEA");
	ck_assert_int_eq(number(answer, "/items/0/quantity"), 4);
	ck_assert(!truth(answer, "/items/0/sufficient"));
	ck_assert_int_eq(number(answer, "/items/1/quantity"), 1);
}
END_TEST

START_TEST(an_unknown_sku_that_comes_twice_is_counted_together)
{
	PUT("TEA", 3);
	yyjson_val *answer = does(&products, "check_stock", "{'items': [{'sku': 'Nix',"
		" 'quantity': 2},"
	                          " {'sku': 'TEA'}, {'sku': 'nada'}, {'sku': 'NIX', 'quantity':"
		" 5}]}");
	ck_assert_int_eq(length(answer, "/items"), 3);
	ck_assert_str_eq(text(answer, "/items/0/sku"), "TEA");
	ck_assert_str_eq(text(answer, "/items/1/sku"), "Nix");
	ck_assert_int_eq(number(answer, "/items/1/quantity"), 7);
	ck_assert_int_eq(number(answer, "/items/1/available"), 0);
	ck_assert(!truth(answer, "/items/1/known"));
	ck_assert(!truth(answer, "/items/1/sufficient"));
	ck_assert_str_eq(text(answer, "/items/2/sku"), "nada");
	ck_assert_int_eq(number(answer, "/items/2/quantity"), 1);
	ck_assert(!truth(answer, "/sufficient"));
}
END_TEST

START_TEST(a_shelf_that_was_counted_below_what_is_held_has_nothing)
{
	PUT("TEA", 5);
	does(&products, "reserve_stock", "{'reservation_id': 'r', 'items': [{'sku': 'TEA',"
		" 'quantity': 4}]}");
	run_sql(&products, "update product set stock = 3");
	yyjson_val *answer = does(&products, "check_stock", "{'items': [{'sku': 'TEA'}]}");
	ck_assert_int_eq(number(answer, "/items/0/available"), 0);
	ck_assert_int_eq(available_of("TEA"), 0);
	run_sql(&products, "update product set stock = 5");
	ck_assert_int_eq(available_of("TEA"), 1);
}
END_TEST

/* ---- restock ---- */

#define RESTOCK(id, items) "{'restock_id': '" id "', 'items': [" items "]}"

START_TEST(what_comes_back_is_on_the_shelf_once_however_often_it_is_sent)
{
	PUT("TEA", 3);
	PUT("POT", 1);
	yyjson_val *answer = does(&products, "restock", RESTOCK("a", "{'sku': 'tea', 'quantity':"
		" 2},"
	                          " {'sku': 'POT', 'quantity': 1}, {'sku': 'TEA', 'quantity': 5}"));
	ck_assert(!truth(answer, "/repeated"));
	ck_assert_str_eq(text(answer, "/restock_id"), "a");
	ck_assert_int_eq(length(answer, "/items"), 2);
	ck_assert_int_eq(number(answer, "/items/0/quantity"), 7);
	ck_assert_int_eq(number(answer, "/items/0/available"), 10);
	ck_assert_int_eq(number(answer, "/items/1/available"), 2);
	ck_assert_str_eq(changes(), "product://TEA product://POT ");
	forget_changes();

	answer = does(&products, "restock", RESTOCK("a", "{'sku': 'POT', 'quantity': 1},"
	              " {'sku': 'TEA', 'quantity': 7}"));
	ck_assert(truth(answer, "/repeated"));
	ck_assert_str_eq(changes(), "");
	ck_assert_int_eq(stock_of("TEA"), 10);
	ck_assert_int_eq(stock_of("POT"), 2);
	ck_assert_int_eq(find_number(&products, "select version from product where sku ="
		" 'TEA'"), 2);
	ck_assert_int_eq(find_number(&products, "select sum(quantity) from restock_item"), 8);
	ck_assert_int_eq(find_number(&products, "select count(*) from restock"), 1);
	ck_assert_int_eq(find_number(&products, "select position from restock_item where quantity"
	                             " = 1"), 1);
}
END_TEST

/* In the same order, one less, one more, another one. */
static const char *const others[] = {
	"{'sku': 'TEA', 'quantity': 3}, {'sku': 'POT', 'quantity': 2}",
	"{'sku': 'TEA', 'quantity': 2}",
	"{'sku': 'TEA', 'quantity': 2}, {'sku': 'POT', 'quantity': 2}, {'sku': 'CUP',"
		" 'quantity': 1}",
	"{'sku': 'TEA', 'quantity': 2}, {'sku': 'CUP', 'quantity': 2}",
};

START_TEST(the_same_restock_id_with_other_items_is_refused)
{
	PUT("TEA", 3);
	PUT("POT", 3);
	PUT("CUP", 3);
	does(&products, "restock", RESTOCK("a", "{'sku': 'TEA', 'quantity': 2},"
	     " {'sku': 'POT', 'quantity': 2}"));
	ck_assert_says(refuses(&products, "restock", "{'restock_id': 'a', 'items': [%s]}",
		others[_i]),
	               "Restock a was recorded with other items");
	ck_assert_int_eq(find_number(&products, "select sum(stock) from product"), 13);
}
END_TEST

/* Whose the second call is, and whether it is the same restock again. */
static const struct { const char *first, *then; bool same; } makers[] = {
	{ "alice", "alice", true }, { "alice", "bob", false }, { "anonymous", "bob", true },
	{ "alice", "anonymous", true },
};

START_TEST(a_restock_id_is_its_makers)
{
	PUT("TEA", 3);
	caller = makers[_i].first;
	does(&products, "restock", RESTOCK("a", "{'sku': 'TEA', 'quantity': 2}"));
	caller = makers[_i].then;
	struct said said = call_tool(&products, "restock", RESTOCK("a", "{'sku': 'TEA', 'quantity': 2}"));
	ck_assert_int_eq(said.outcome, makers[_i].same ? DID : REFUSED);
	if (!makers[_i].same)
		ck_assert_says(said.words, "The id a is taken, so nothing was changed.");
	ck_assert_int_eq(stock_of("TEA"), 5);
}
END_TEST

START_TEST(a_restock_with_an_unknown_sku_changes_nothing)
{
	PUT("TEA", 3);
	const char *why = refuses(&products, "restock", RESTOCK("a", "{'sku': 'TEA', 'quantity':"
		" 2},"
	                          " {'sku': 'NIX', 'quantity': 1}, {'sku': 'NADA', 'quantity': 1},"
	                          " {'sku': 'nix', 'quantity': 1}"));
	ck_assert_says(why, "No product has the SKU NIX or NADA; nothing was changed.");
	ck_assert_int_eq(stock_of("TEA"), 3);
	ck_assert_int_eq(find_number(&products, "select count(*) from restock"), 0);
}
END_TEST

START_TEST(a_shelf_takes_as_much_as_can_be_recorded_and_no_unit_more)
{
	PUT("TEA", STOCK_MAX - 2);
	PUT("POT", 0);
	ck_assert_says(refuses(&products, "restock", RESTOCK("a", "{'sku': 'POT', 'quantity': 1},"
	               " {'sku': 'TEA', 'quantity': 3}")), "TEA would have more stock");
	ck_assert_int_eq(stock_of("POT"), 0);
	ck_assert_int_eq(find_number(&products, "select count(*) from restock_item"), 0);
	does(&products, "restock", RESTOCK("a", "{'sku': 'TEA', 'quantity': 2}"));
	ck_assert_int_eq(stock_of("TEA"), STOCK_MAX);
}
END_TEST

START_TEST(stock_never_falls_below_nothing)
{
	PUT("TEA", 3);
	struct line line = { .product_id = find_number(&products, "select id from product") };
	ck_assert_int_eq(line_add_stock(products.store, &line, -4), 0);
	ck_assert_int_eq(stock_of("TEA"), 3);
	ck_assert_int_eq(line_add_stock(products.store, &line, -3), 1);
	ck_assert_int_eq(stock_of("TEA"), 0);
	ck_assert_int_eq(line_add_stock(products.store, &line, -1), 0);
	ck_assert_int_eq(stock_of("TEA"), 0);
}
END_TEST

/* One behind what is counted makes no difference. */
static const struct { struct line a[2], b[2]; int64_t a_count, b_count; bool same; } compared[] = {
	{ { { .product_id = 1, .quantity = 2 } }, { { .product_id = 1, .quantity = 2 } }, 1, 1, true },
	{ { { .product_id = 1, .quantity = 2 } }, { { .product_id = 1, .quantity = 3 } }, 1, 1, false },
	{ { { .product_id = 1, .quantity = 2 } }, { { .product_id = 2, .quantity = 2 } }, 1, 1, false },
	{ { { .product_id = 1 }, { .product_id = 2 } }, { { .product_id = 2 }, { .product_id = 1 } }, 2,
	  2, true },
	{ { { .product_id = 1 }, { .product_id = 2 } }, { { .product_id = 1 } }, 2, 1, false },
	{ { { .product_id = 1 } }, { { .product_id = 1 }, { .product_id = 2 } }, 1, 2, false },
	{ { { .product_id = 1 }, { .product_id = 9 } }, { { .product_id = 1 } }, 1, 1, true },
	{ { { .product_id = 1 } }, { { .product_id = 2 }, { .product_id = 1 } }, 1, 1, false },
};

START_TEST(lines_are_the_same_in_any_order)
{
	struct lines a = { .first = (struct line *)compared[_i].a, .count = compared[_i].a_count };
	struct lines b = { .first = (struct line *)compared[_i].b, .count = compared[_i].b_count };

	ck_assert_int_eq(lines_same(&a, &b), compared[_i].same);
}
END_TEST

START_TEST(only_lines_that_are_counted_are_short)
{
	struct line lines[] = { { .sku = "TEA", .quantity = 2, .available = 1 },
	                        { .sku = "POT", .quantity = 2, .available = 1 } };

	ck_assert_str_eq(lines_short(arena, &(struct lines) { .first = lines }), "");
	ck_assert_str_eq(lines_short(arena, &(struct lines) { .first = lines, .count = 1 }),
	                 "TEA (2 asked for, 1 available)");
}
END_TEST

START_TEST(a_restock_is_remembered_with_who_and_why)
{
	PUT("TEA", 3);
	caller = "alice";
	int64_t before = now_ms();
	does(&products, "restock", "{'restock_id': 'a', 'reason': 'a return', 'items':"
	     " [{'sku': 'TEA', 'quantity': 2}]}");
	does(&products, "restock", "{'restock_id': 'b', 'reason': ' ', 'items':"
	     " [{'sku': 'TEA', 'quantity': 2}]}");
	ck_assert_int_eq(find_number(&products, "select count(*) from restock where caller ="
		" 'alice'"
	                 " and id = 'a' and reason = 'a return' and at >= %lld and at <= %lld",
	                 (long long)before, (long long)now_ms()), 1);
	ck_assert_int_eq(find_number(&products, "select count(*) from restock where reason is"
		" null"), 1);
	ck_assert_int_ge(find_number(&products, "select updated_at from product"), before);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stock");
	TCase *tcase = tcase_create("check and restock");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_test(tcase, exactly_enough_is_enough);
	tcase_add_test(tcase, one_that_is_short_makes_all_of_it_insufficient);
	tcase_add_test(tcase, an_sku_that_comes_twice_is_counted_together);
	tcase_add_test(tcase, an_unknown_sku_that_comes_twice_is_counted_together);
	tcase_add_test(tcase, a_shelf_that_was_counted_below_what_is_held_has_nothing);
	tcase_add_test(tcase, what_comes_back_is_on_the_shelf_once_however_often_it_is_sent);
	tcase_add_loop_test(tcase, the_same_restock_id_with_other_items_is_refused, 0,
		COUNT(others));
	tcase_add_loop_test(tcase, a_restock_id_is_its_makers, 0, COUNT(makers));
	tcase_add_test(tcase, a_restock_with_an_unknown_sku_changes_nothing);
	tcase_add_test(tcase, a_shelf_takes_as_much_as_can_be_recorded_and_no_unit_more);
	tcase_add_test(tcase, stock_never_falls_below_nothing);
	tcase_add_loop_test(tcase, lines_are_the_same_in_any_order, 0, COUNT(compared));
	tcase_add_test(tcase, only_lines_that_are_counted_are_short);
	tcase_add_test(tcase, a_restock_is_remembered_with_who_and_why);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
