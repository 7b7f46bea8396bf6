/* test_products_reserve.c - reservations: what holds stock, what takes it, and whose it is. */
#include "failing.h"
#include "reservation.h"
#include "shelf.h"

static int64_t held_of(const char *sku)
{
	return number(does(&products, "get_product", "{'sku': '%s'}", sku), "/held");
}

/* ---- Holding ---- */

START_TEST(the_last_unit_can_be_reserved)
{
	PUT("TEA", 3);
	int64_t before = now_ms();
	yyjson_val *r = does(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	                     " [{'sku': 'tea', 'quantity': 3}]}");
	int64_t ends;
	ck_assert(time_parse(str_of(text(r, "/expires_at")), &ends));
	ck_assert_int_ge(ends, before + 15 * MINUTE);
	ck_assert_int_le(ends, now_ms() + 15 * MINUTE);
	ck_assert_str_eq(text(r, "/state"), "held");
	ck_assert_str_eq(text(r, "/items/0/sku"), "TEA");
	ck_assert_int_eq(number(r, "/items/0/quantity"), 3);
	ck_assert_int_eq(number(r, "/items/0/price/amount"), 100);
	ck_assert_str_eq(changes(), "product://TEA ");
	ck_assert_int_eq(available_of("TEA"), 0);
	ck_assert_int_eq(held_of("TEA"), 3);
	ck_assert_int_eq(stock_of("TEA"), 3);
}
END_TEST

START_TEST(its_lines_stay_in_the_order_they_were_asked_for)
{
	PUT("TEA", 3);
	PUT("POT", 3);
	PUT("CUP", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'POT',"
		" 'quantity': 1}, {'sku': 'CUP', 'quantity': 1}, {'sku': 'TEA', 'quantity': 1}]}");
	yyjson_val *r = does(&products, "check_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(text(r, "/items/0/sku"), "POT");
	ck_assert_str_eq(text(r, "/items/1/sku"), "CUP");
	ck_assert_str_eq(text(r, "/items/2/sku"), "TEA");
}
END_TEST

START_TEST(one_more_than_there_is_can_not_and_nothing_is_held)
{
	PUT("POT", 5);
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 1}]}");
	forget_changes();
	const char *why = refuses(&products, "reserve_stock", "{'reservation_id': 'b', 'items':"
	                          " [{'sku': 'POT', 'quantity': 5}, {'sku': 'TEA', 'quantity':"
		" 3}]}");
	ck_assert_says(why, "There is not enough stock, so nothing was reserved: TEA (3 asked"
		" for, 2"
	               " available).");
	ck_assert_str_eq(changes(), "");
	ck_assert_int_eq(available_of("POT"), 5);
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'b'}"),
		"/state"),
	                 "unknown");
	why = refuses(&products, "reserve_stock", "{'reservation_id': 'b', 'items':"
	              " [{'sku': 'POT', 'quantity': 6}, {'sku': 'TEA', 'quantity': 3}]}");
	ck_assert_says(why, "POT (6 asked for, 5 available), TEA (3 asked for, 2 available)");
}
END_TEST

START_TEST(the_same_again_changes_nothing)
{
	PUT("TEA", 3);
	PUT("POT", 3);
	yyjson_val *first = does(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	                         " [{'sku': 'TEA', 'quantity': 2}, {'sku': 'POT', 'quantity':"
		" 1}]}");
	forget_changes();
	run_sql(&products, "update product set price = 900, name = 'dearer'");
	yyjson_val *again = does(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	                         " [{'sku': 'pot', 'quantity': 1}, {'sku': 'tea', 'quantity': 1},"
	                         " {'sku': 'TEA', 'quantity': 1}], 'minutes': 60}");
	ck_assert_str_eq(text(first, "/expires_at"), text(again, "/expires_at"));
	ck_assert_int_eq(number(again, "/items/0/price/amount"), 100);
	ck_assert_str_eq(text(again, "/items/0/name"), "TEA");
	ck_assert_str_eq(text(again, "/items/1/sku"), "POT");
	ck_assert_str_eq(changes(), "");
	ck_assert_int_eq(available_of("TEA"), 1);
}
END_TEST

/* More of it, less of it, one of them, another one beside, another one instead. */
static const char *const others[] = {
	"{'sku': 'TEA', 'quantity': 2}, {'sku': 'POT', 'quantity': 2}",
	"{'sku': 'TEA', 'quantity': 1}, {'sku': 'POT', 'quantity': 1}",
	"{'sku': 'TEA', 'quantity': 2}",
	"{'sku': 'TEA', 'quantity': 2}, {'sku': 'POT', 'quantity': 1}, {'sku': 'CUP',"
		" 'quantity': 1}",
	"{'sku': 'TEA', 'quantity': 2}, {'sku': 'CUP', 'quantity': 1}",
};

START_TEST(the_same_id_with_other_items_is_refused)
{
	PUT("TEA", 9);
	PUT("POT", 9);
	PUT("CUP", 9);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	     " [{'sku': 'TEA', 'quantity': 2}, {'sku': 'POT', 'quantity': 1}]}");
	ck_assert_says(refuses(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [%s]}",
	               others[_i]), "Reservation a exists with other items");
	ck_assert_int_eq(held_of("TEA") + held_of("POT") + held_of("CUP"), 3);
}
END_TEST

START_TEST(an_unknown_sku_holds_nothing)
{
	PUT("TEA", 9);
	ck_assert_says(refuses(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	               " [{'sku': 'TEA', 'quantity': 2}, {'sku': 'NIX', 'quantity': 1}]}"),
	               "No product has the SKU NIX;");
	ck_assert_int_eq(held_of("TEA"), 0);
}
END_TEST

/* ---- Its time ---- */

START_TEST(an_expired_one_holds_nothing_and_can_be_held_again_at_its_old_price)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 16);
	ck_assert_int_eq(available_of("TEA"), 3);
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'a'}"),
		"/state"),
	                 "expired");
	run_sql(&products, "update product set price = 900");
	forget_changes();
	int64_t before = now_ms(), ends;
	yyjson_val *r = does(&products, "reserve_stock", "{'reservation_id': 'a', 'minutes': 2,"
		" 'items':"
	                     " [{'sku': 'TEA', 'quantity': 2}]}");
	ck_assert_str_eq(text(r, "/state"), "held");
	ck_assert_int_eq(number(r, "/items/0/price/amount"), 100);
	ck_assert(time_parse(str_of(text(r, "/expires_at")), &ends));
	ck_assert_int_ge(ends, before + 2 * MINUTE);
	ck_assert_int_le(ends, now_ms() + 2 * MINUTE);
	ck_assert_str_eq(changes(), "product://TEA ");
	ck_assert_int_eq(available_of("TEA"), 1);
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'a'}"),
		"/state"),
	                 "held");
}
END_TEST

START_TEST(it_holds_until_its_time_and_not_a_moment_longer)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 14);
	ck_assert_int_eq(available_of("TEA"), 1);
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'a'}"),
		"/state"),
	                 "held");
	age_reservation("a", 1);
	ck_assert_int_eq(available_of("TEA"), 3);
}
END_TEST

START_TEST(one_that_was_forgotten_by_the_index_holds_again_when_it_is_renewed)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 16);
	/* Another one's line takes those that expired out of the index. */
	does(&products, "reserve_stock", "{'reservation_id': 'b', 'items': [{'sku': 'TEA',"
		" 'quantity': 1}]}");
	ck_assert_int_eq(find_number(&products, "select count(*) from reservation_item where"
		" held = 1"), 1);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	ck_assert_int_eq(available_of("TEA"), 0);
	ck_assert_int_eq(find_number(&products, "select count(*) from reservation_item where"
		" held = 1"), 2);
}
END_TEST

START_TEST(only_what_expired_of_this_product_leaves_the_index)
{
	PUT("TEA", 9);
	PUT("POT", 9);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'POT',"
		" 'quantity': 1}]}");
	does(&products, "reserve_stock", "{'reservation_id': 'b', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 16);
	does(&products, "reserve_stock", "{'reservation_id': 'c', 'items': [{'sku': 'TEA',"
		" 'quantity': 1}]}");
	ck_assert_int_eq(find_number(&products, "select count(*) from reservation_item where"
		" held = 1"), 3);
	ck_assert_int_eq(available_of("TEA"), 6);
}
END_TEST

START_TEST(an_expired_one_is_not_renewed_with_what_others_hold_by_now)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 16);
	does(&products, "reserve_stock", "{'reservation_id': 'b', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	ck_assert_says(refuses(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	               " [{'sku': 'TEA', 'quantity': 2}]}"), "TEA (2 asked for, 1 available)");
}
END_TEST

static const struct { const char *state; int64_t in_ms; bool expired; } ends[] = {
	{ "held", 1, false }, { "held", 0, true }, { "held", -1, true }, { "committed", -1, false },
	{ "released", -1, false },
};

START_TEST(one_that_is_held_expires_at_its_very_moment)
{
	struct reservation r = { .state = ends[_i].state, .expires_at = 1000 + ends[_i].in_ms,
	                         .now = 1000 };
	ck_assert_int_eq(reservation_expired(&r), ends[_i].expired);
}
END_TEST

static void let_it_expire(void)
{
	age_reservation("a", 16);
}

START_TEST(one_that_expires_while_it_is_asked_for_again_is_held_anew)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	forget_changes();
	make_overtaken(&products, let_it_expire);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	make_sound(&products);
	ck_assert_int_eq(available_of("TEA"), 1);
	ck_assert_str_eq(changes(), "product://TEA ");
}
END_TEST

/* ---- Committing ---- */

START_TEST(a_commit_takes_from_the_shelf_once)
{
	PUT("TEA", 3);
	PUT("POT", 2);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 3},"
	     " {'sku': 'POT', 'quantity': 1}]}");
	forget_changes();
	yyjson_val *r = does(&products, "commit_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(text(r, "/state"), "committed");
	ck_assert_ptr_null(text(r, "/expires_at"));
	ck_assert_int_eq(length(r, "/items"), 2);
	ck_assert_str_eq(changes(), "product://TEA product://POT ");
	forget_changes();
	for (int i = 0; i < 2; i++) {
		r = does(&products, "commit_reservation", "{'reservation_id': 'a'}");
		ck_assert_str_eq(text(r, "/state"), "committed");
		ck_assert_str_eq(changes(), "");
		ck_assert_int_eq(stock_of("TEA"), 0);
		ck_assert_int_eq(stock_of("POT"), 1);
		ck_assert_int_eq(held_of("TEA"), 0);
		/* However long ago that was, and however it is asked for. */
		age_reservation("a", 60);
		r = does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku':"
			" 'TEA',"
		         " 'quantity': 3}, {'sku': 'POT', 'quantity': 1}]}");
		ck_assert_str_eq(text(r, "/state"), "committed");
	}
	ck_assert_says(refuses(&products, "release_reservation", "{'reservation_id': 'a'}"),
	               "Reservation a was committed");
}
END_TEST

START_TEST(an_expired_one_is_committed_where_the_stock_is_there)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 16);
	does(&products, "reserve_stock", "{'reservation_id': 'b', 'items': [{'sku': 'TEA',"
		" 'quantity': 1}]}");
	does(&products, "commit_reservation", "{'reservation_id': 'a'}");
	ck_assert_int_eq(stock_of("TEA"), 1);
	ck_assert_int_eq(available_of("TEA"), 0);
}
END_TEST

START_TEST(an_expired_one_never_takes_what_others_hold)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	age_reservation("a", 16);
	does(&products, "reserve_stock", "{'reservation_id': 'b', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	const char *why = refuses(&products, "commit_reservation", "{'reservation_id': 'a'}");
	char at[TIME_TEXT_SIZE];
	time_print(find_number(&products, "select expires_at from reservation where id = 'a'"), at);
	ck_assert_says(why, arena_print(arena, "Reservation a expired at %s and", at));
	ck_assert_says(why, "and the stock is gone: TEA (2 asked for, 1 available). Nothing was"
		" taken");
	ck_assert_int_eq(stock_of("TEA"), 3);
	does(&products, "commit_reservation", "{'reservation_id': 'b'}");
	ck_assert_int_eq(stock_of("TEA"), 1);
}
END_TEST

START_TEST(a_shelf_that_was_counted_since_gives_what_it_has)
{
	PUT("TEA", 5);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	does(&products, "reserve_stock", "{'reservation_id': 'b', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	run_sql(&products, "update product set stock = 2");
	does(&products, "commit_reservation", "{'reservation_id': 'a'}");
	ck_assert_says(refuses(&products, "commit_reservation", "{'reservation_id': 'b'}"),
	               "the shelf was counted since, and holds less: TEA (2 asked for, 0"
		" available)");
	ck_assert_int_eq(stock_of("TEA"), 0);
}
END_TEST

START_TEST(all_of_it_is_taken_or_nothing)
{
	PUT("TEA", 5);
	PUT("POT", 5);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2},"
	     " {'sku': 'POT', 'quantity': 2}]}");
	run_sql(&products, "update product set stock = 1 where sku = 'POT'");
	refuses(&products, "commit_reservation", "{'reservation_id': 'a'}");
	ck_assert_int_eq(stock_of("TEA"), 5);
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'a'}"),
		"/state"),
	                 "held");
}
END_TEST

/* ---- Releasing ---- */

START_TEST(a_release_gives_back_and_is_final)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	forget_changes();
	yyjson_val *r = does(&products, "release_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(text(r, "/state"), "released");
	ck_assert_str_eq(changes(), "product://TEA ");
	ck_assert_int_eq(available_of("TEA"), 3);
	forget_changes();
	does(&products, "release_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(changes(), "");
	ck_assert_says(refuses(&products, "commit_reservation", "{'reservation_id': 'a'}"),
	               "Reservation a was released");
	ck_assert_says(refuses(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	               " [{'sku': 'TEA', 'quantity': 2}]}"), "Reservation a was released");
	ck_assert_int_eq(stock_of("TEA"), 3);
}
END_TEST

START_TEST(a_release_that_comes_first_keeps_the_reserve_away)
{
	PUT("TEA", 3);
	yyjson_val *r = does(&products, "release_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(text(r, "/state"), "released");
	ck_assert_str_eq(text(r, "/reservation_id"), "a");
	ck_assert_int_eq(length(r, "/items"), 0);
	ck_assert_says(refuses(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	               " [{'sku': 'TEA', 'quantity': 2}]}"), "was released");
	ck_assert_int_eq(available_of("TEA"), 3);
}
END_TEST

START_TEST(what_is_unknown_can_not_be_committed)
{
	ck_assert_says(refuses(&products, "commit_reservation", "{'reservation_id': 'a'}"),
	               "There is no reservation a;");
	yyjson_val *r = does(&products, "check_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(text(r, "/state"), "unknown");
	ck_assert_ptr_null(text(r, "/expires_at"));
	ck_assert_int_eq(length(r, "/items"), 0);
}
END_TEST

/* ---- Whose it is ---- */

START_TEST(a_reservation_is_its_makers_and_nobody_else_finds_it)
{
	PUT("TEA", 3);
	caller = "orders";
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	caller = "mallory";
	ck_assert_says(refuses(&products, "commit_reservation", "{'reservation_id': 'a'}"),
	               "There is no reservation a;");
	ck_assert_says(refuses(&products, "release_reservation", "{'reservation_id': 'a'}"),
	               "There is no reservation a;");
	ck_assert_says(refuses(&products, "reserve_stock", "{'reservation_id': 'a', 'items':"
	               " [{'sku': 'TEA', 'quantity': 2}]}"), "The id a is taken");
	yyjson_val *r = does(&products, "check_reservation", "{'reservation_id': 'a'}");
	ck_assert_str_eq(text(r, "/state"), "unknown");
	ck_assert_int_eq(length(r, "/items"), 0);
	ck_assert_ptr_null(text(r, "/expires_at"));

	caller = "orders";
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'a'}"),
		"/state"),
	                 "held");
	does(&products, "commit_reservation", "{'reservation_id': 'a'}");
	caller = "mallory";
	ck_assert_says(refuses(&products, "commit_reservation", "{'reservation_id': 'a'}"),
	               "There is no reservation a;");
}
END_TEST

START_TEST(what_was_made_before_there_were_keys_is_everybodys)
{
	PUT("TEA", 3);
	does(&products, "reserve_stock", "{'reservation_id': 'a', 'items': [{'sku': 'TEA',"
		" 'quantity': 2}]}");
	caller = "orders";
	does(&products, "commit_reservation", "{'reservation_id': 'a'}");
	does(&products, "release_reservation", "{'reservation_id': 'b'}");
	/* And who needs no key may do everything. */
	caller = "anonymous";
	ck_assert_str_eq(text(does(&products, "check_reservation", "{'reservation_id': 'b'}"),
		"/state"),
	                 "released");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reserve");
	TCase *tcase = tcase_create("reservations");

	tcase_add_checked_fixture(tcase, begin_shelf, end);
	tcase_add_test(tcase, the_last_unit_can_be_reserved);
	tcase_add_test(tcase, its_lines_stay_in_the_order_they_were_asked_for);
	tcase_add_test(tcase, one_more_than_there_is_can_not_and_nothing_is_held);
	tcase_add_test(tcase, the_same_again_changes_nothing);
	tcase_add_loop_test(tcase, the_same_id_with_other_items_is_refused, 0, COUNT(others));
	tcase_add_test(tcase, an_unknown_sku_holds_nothing);
	tcase_add_test(tcase, an_expired_one_holds_nothing_and_can_be_held_again_at_its_old_price);
	tcase_add_test(tcase, it_holds_until_its_time_and_not_a_moment_longer);
	tcase_add_test(tcase, one_that_was_forgotten_by_the_index_holds_again_when_it_is_renewed);
	tcase_add_test(tcase, only_what_expired_of_this_product_leaves_the_index);
	tcase_add_test(tcase, an_expired_one_is_not_renewed_with_what_others_hold_by_now);
	tcase_add_loop_test(tcase, one_that_is_held_expires_at_its_very_moment, 0, COUNT(ends));
	tcase_add_test(tcase, one_that_expires_while_it_is_asked_for_again_is_held_anew);
	tcase_add_test(tcase, a_commit_takes_from_the_shelf_once);
	tcase_add_test(tcase, an_expired_one_is_committed_where_the_stock_is_there);
	tcase_add_test(tcase, an_expired_one_never_takes_what_others_hold);
	tcase_add_test(tcase, a_shelf_that_was_counted_since_gives_what_it_has);
	tcase_add_test(tcase, all_of_it_is_taken_or_nothing);
	tcase_add_test(tcase, a_release_gives_back_and_is_final);
	tcase_add_test(tcase, a_release_that_comes_first_keeps_the_reserve_away);
	tcase_add_test(tcase, what_is_unknown_can_not_be_committed);
	tcase_add_test(tcase, a_reservation_is_its_makers_and_nobody_else_finds_it);
	tcase_add_test(tcase, what_was_made_before_there_were_keys_is_everybodys);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
