/* test_products_failures.c - a database that fails at any statement: the caller is told, and either
 * all of a change was made or nothing. */
#include "failing.h"
#include "shelf.h"

static void end_failing(void)
{
	make_sound(&products);
	end();
}

static const struct { const char *tool, *arguments; } calls[] = {
	{ "get_product", "{'sku': 'tea'}" },
	{ "get_product", "{'sku': 'NIX'}" },
	{ "read_product", "{'sku': 'TEA'}" },
	{ "list_categories", "{}" },
	{ "search_products", "{}" },
	{ "search_products", "{'words': 'tea'}" },
	{ "search_products", "{'words': 'tea', 'sort': 'price_asc', 'category': 'drinks'}" },
	{ "search_products", "{'words': 'tea koffie'}" },
	{ "search_products", "{'category': 'nothing like it'}" },
	{ "check_stock", "{'items': [{'sku': 'TEA'}, {'sku': 'NIX'}]}" },
	{ "reserve_stock", "{'reservation_id': 'new', 'items': [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "reserve_stock", "{'reservation_id': 'held', 'items': [{'sku': 'TEA', 'quantity': 2}]}" },
	{ "reserve_stock", "{'reservation_id': 'old', 'items': [{'sku': 'POT', 'quantity': 2}]}" },
	{ "reserve_stock", "{'reservation_id': 'new', 'items': [{'sku': 'TEA', 'quantity': 1},"
	                   " {'sku': 'POT', 'quantity': 1}]}" },
	{ "reserve_stock", "{'reservation_id': 'new', 'items': [{'sku': 'TEA', 'quantity': 20}]}" },
	{ "reserve_stock", "{'reservation_id': 'held', 'items': [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "commit_reservation", "{'reservation_id': 'held'}" },
	{ "commit_reservation", "{'reservation_id': 'old'}" },
	{ "release_reservation", "{'reservation_id': 'held'}" },
	{ "release_reservation", "{'reservation_id': 'never'}" },
	{ "check_reservation", "{'reservation_id': 'held'}" },
	{ "restock", "{'restock_id': 'r', 'items': [{'sku': 'TEA', 'quantity': 1},"
	             " {'sku': 'POT', 'quantity': 1}]}" },
	{ "restock", "{'restock_id': 'again', 'items': [{'sku': 'TEA', 'quantity': 1}]}" },
	{ "restock", "{'restock_id': 'again', 'items': [{'sku': 'POT', 'quantity': 1}]}" },
	{ "update_product", "{'sku': 'TEA', 'stock_change': -20}" },
	{ "update_product", "{'sku': 'TEA', 'name': 'Green tea', 'stock_change': -1}" },
	{ "update_product", "{'sku': 'TEA', 'description': 'leaves', 'category': 'Gifts'}" },
	{ "compare_products", "{'skus': 'TEA, POT'}" },
	{ "recommend_product", "{'occasion': 'a birthday with teapots', 'budget': '25'}" },
};

/* TEA is held, POT was. */
static void arrange(void)
{
	empty_program(&products);
	PUT("TEA", 9, .name = "Tea", .category = "Drinks");
	PUT("POT", 9, .name = "Teapot");
	does(&products, "reserve_stock", "{'reservation_id': 'held', 'items': [{'sku': 'TEA',"
	     " 'quantity': 2}]}");
	does(&products, "reserve_stock", "{'reservation_id': 'old', 'items': [{'sku': 'POT',"
	     " 'quantity': 2}]}");
	age_reservation("old", 16);
	does(&products, "restock", "{'restock_id': 'again', 'items': [{'sku': 'TEA',"
	     " 'quantity': 1}]}");
	forget_changes();
}

/* What the tools above can change, as a text. */
static const char *everything(void)
{
	static const char *const numbers[] = {
		"select sum(stock) from product", "select sum(version) from product",
		"select count(*) from product where name = 'Tea'",
		"select count(*) from product where category = 'Drinks'",
		"select count(*) from product where description is null",
		"select count(*) from reservation", "select count(*) from reservation_item",
		"select count(*) from reservation where state = 'held'",
		"select count(*) from reservation where state = 'committed'",
		"select count(*) from reservation where state = 'released'",
		"select sum(held * quantity) from reservation_item",
		"select count(*) from restock", "select sum(quantity) from restock_item",
	};
	const char *text = "";

	for (int i = 0; i < COUNT(numbers); i++)
		text = arena_print(arena, "%s %lld", text,
		                   (long long)find_number(&products, "%s", numbers[i]));
	return arena_print(arena, "%s %lld", text,
	                   (long long)find_number(&products, "select count(*) from reservation_item"
	                   " where expires_at > %lld", (long long)now_ms()));
}

START_TEST(whatever_fails_is_told_and_all_of_it_is_done_or_nothing)
{
	const char *tool = calls[_i].tool, *arguments = calls[_i].arguments;

	arrange();
	const char *before = everything();
	struct said whole = call_tool(&products, tool, "%s", arguments);
	const char *after = everything();
	int failures = 0;
	for (;; failures++) {
		arrange();
		make_failing(&products, failures);
		struct said said = call_tool(&products, tool, "%s", arguments);
		make_sound(&products);
		if (!has_failed()) {
			ck_assert_int_eq(said.outcome, whole.outcome);
			ck_assert_str_eq(everything(), after);
			break;
		}
		ck_assert_msg(said.outcome == REFUSED, "%s %s: failure %d is not told", tool,
		              arguments, failures);
		bool made = strncmp(said.words, "The change was made, but", 24) == 0;
		if (!made)
			ck_assert_str_eq(said.words, "The catalogue is unavailable; try again shortly.");
		ck_assert_str_eq(everything(), made ? after : before);
		ck_assert_int_eq(changes()[0] != '\0', made);
	}
	ck_assert_int_gt(failures, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failures");
	TCase *tcase = tcase_create("a database that fails");

	tcase_add_checked_fixture(tcase, begin, end_failing);
	tcase_add_loop_test(tcase, whatever_fails_is_told_and_all_of_it_is_done_or_nothing, 0,
	                    COUNT(calls));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
