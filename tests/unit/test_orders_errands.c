/* test_orders_errands.c - errands that were left behind, and the job that settles whatever was. */
#include "planned.h"

/* ---- Errands ---- */

static void file_errands(int count)
{
	for (int i = 0; i < count; i++)
		run_sql(&orders, "insert into errand (id, kind, order_id, lease_owner, lease_until)"
		        " values ('release-%d', 'release', 'ORD-%d', 1, 1)", i, i);
}

static const struct { int attempts; int64_t pause; } pauses[] = {
	{ 0, 5000 }, { 1, 10000 }, { 2, 20000 }, { 6, 320000 }, { 7, 600000 }, { 9, 600000 },
	{ 10, 600000 }, { 11, 600000 }, { 60, 600000 }, { 70, 600000 },
};

START_TEST(an_errand_that_fails_is_tried_again_after_pauses_that_grow)
{
	file_errands(1);
	run_sql(&orders, "update errand set attempts = %d", pauses[_i].attempts);
	plan_trouble("release_reservation", LOST_ON_THE_WAY);
	ck_assert_int_eq(recover(orders.store), 5000);
	int64_t pause = find_number(&orders, "select lease_until from errand") - now_ms();
	ck_assert_int_le(pause, pauses[_i].pause);
	ck_assert_int_gt(pause, pauses[_i].pause - 2000);
	ck_assert_int_eq(find_number(&orders, "select attempts from errand"),
		pauses[_i].attempts + 1);
	ck_assert_int_eq(find_number(&orders, "select count(*) from errand where trouble ="
	                             " 'products can''t be reached'"), 1);
	int calls = calls_to_products;
	recover(orders.store);
	ck_assert_int_eq(calls_to_products, calls);
	settle_everything();
	ck_assert_int_eq(reservations("released"), 1);
}
END_TEST

START_TEST(an_errand_that_products_refuses_does_not_keep_the_others)
{
	PUT("POT", 1);
	does(&products, "reserve_stock", "{'reservation_id': 'ORD-0', 'items': [{'sku': 'POT',"
	     " 'quantity': 1}]}");
	does(&products, "commit_reservation", "{'reservation_id': 'ORD-0'}");
	file_errands(3);
	ck_assert_int_le(recover(orders.store), 5000);
	ck_assert_int_eq(errands(), 1);
	ck_assert_int_eq(reservations("released"), 2);
	ck_assert_int_eq(find_number(&orders, "select count(*) from errand where trouble like"
	                             " '%%was committed%%' and lease_until > %lld",
		(long long)now_ms()), 1);
}
END_TEST

START_TEST(an_errand_is_done_by_one)
{
	file_errands(1);
	run_sql(&orders, "update errand set lease_until = %lld", (long long)now_ms() + 10000);
	ck_assert(errand_settle(orders.store, arena, "release-0"));
	ck_assert_int_eq(calls_to_products, 0);
	ck_assert(errand_settle(orders.store, arena, "release-none"));
	run_sql(&orders, "update errand set lease_until = %lld", (long long)now_ms());
	ck_assert(errand_settle(orders.store, arena, "release-0"));
	ck_assert_int_eq(errands(), 0);
}
END_TEST

/* What another process does to the errand that is being told. */
static const char *meanwhile;
static enum trouble then;
static int64_t leased_for;

static enum trouble be_meddled_with(const char *tool UNUSED)
{
	leased_for = find_number(&orders, "select lease_until from errand") - now_ms();
	run_sql(&orders, "%s", meanwhile);
	return then;
}

START_TEST(an_errand_is_leased_while_it_is_told)
{
	file_errands(1);
	meanwhile = "update orders set units = 0";
	trouble_of = be_meddled_with;
	recover(orders.store);
	ck_assert_int_gt(leased_for, LEASE_MS - 5000);
	ck_assert_int_le(leased_for, LEASE_MS);
}
END_TEST

START_TEST(an_errand_that_another_has_done_meanwhile_is_done)
{
	file_errands(1);
	meanwhile = "delete from errand";
	trouble_of = be_meddled_with;
	ck_assert_int_eq(recover(orders.store), 15000);
}
END_TEST

START_TEST(an_errand_that_another_has_taken_meanwhile_is_not_put_off)
{
	file_errands(1);
	meanwhile = "update errand set lease_owner = 99, lease_until = 77";
	then = LOST_ON_THE_WAY;
	trouble_of = be_meddled_with;
	recover(orders.store);
	then = NO_TROUBLE;
	ck_assert_int_eq(find_number(&orders, "select lease_until from errand"), 77);
	ck_assert_int_eq(find_number(&orders, "select attempts from errand"), 0);
}
END_TEST

/* ---- The job ---- */

START_TEST(a_run_settles_a_hundred_and_goes_on_soon)
{
	file_errands(130);
	ck_assert_int_eq(recover(orders.store), 50);
	ck_assert_int_eq(errands(), 30);
	ck_assert_int_eq(recover(orders.store), 15000);
	ck_assert_int_eq(errands(), 0);
}
END_TEST

static const struct { int64_t in_ms, least, most; } nexts[] = {
	{ 3000, 2000, 3000 }, { 14000, 13000, 14000 }, { 20000, 15000, 15000 }, { 30, 50, 50 },
};

START_TEST(the_job_comes_back_when_the_next_lease_ends)
{
	ck_assert_int_eq(recover(orders.store), 15000);
	file_errands(2);
	run_sql(&orders, "update errand set lease_until = case id when 'release-0' then %lld"
		" else %lld"
	        " end", (long long)(now_ms() + 100000), (long long)(now_ms() + nexts[_i].in_ms));
	int64_t pause = recover(orders.store);
	ck_assert_int_ge(pause, nexts[_i].least);
	ck_assert_int_le(pause, nexts[_i].most);
	/* The same of an order's lease. */
	plan_trouble("commit_reservation", DIES_BEFORE);
	ck_assert_int_eq(call_tool(&orders, "create_order", ORDER, "k", 3).outcome, DIED);
	run_sql(&orders, "delete from errand");
	run_sql(&orders, "update orders set lease_until = %lld",
		(long long)(now_ms() + nexts[_i].in_ms));
	pause = recover(orders.store);
	ck_assert_int_ge(pause, nexts[_i].least);
	ck_assert_int_le(pause, nexts[_i].most);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("errands");
	TCase *tcase = tcase_create("errands left behind");

	tcase_add_checked_fixture(tcase, begin_planned, end_planned);
	tcase_add_loop_test(tcase, an_errand_that_fails_is_tried_again_after_pauses_that_grow, 0,
	                    COUNT(pauses));
	tcase_add_test(tcase, an_errand_that_products_refuses_does_not_keep_the_others);
	tcase_add_test(tcase, an_errand_is_done_by_one);
	tcase_add_test(tcase, an_errand_is_leased_while_it_is_told);
	tcase_add_test(tcase, an_errand_that_another_has_done_meanwhile_is_done);
	tcase_add_test(tcase, an_errand_that_another_has_taken_meanwhile_is_not_put_off);
	tcase_add_test(tcase, a_run_settles_a_hundred_and_goes_on_soon);
	tcase_add_loop_test(tcase, the_job_comes_back_when_the_next_lease_ends, 0, COUNT(nexts));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
