/* test_support_plans.c - conversations as lists: each page is read from an index, however many there are; and so is what a turn needs. */
#include "plans.h"
#include "support_tools.h"
#include "turn_store.h"

enum { MANY = 10000, LONG = 40, SAID = 200, AT_ONCE = 100 };

static const struct narrowing narrowing[] = {
	{ "where status = :", "status" }, { "where customer = :", "customer" }, { "where call = :", "call" },
	{ "where turn_owner = :", "turn_owner" }, { 0 },
};

/* Of each status a tenth or more, of each customer a hundredth; some are long. */
static void fill_desk(void)
{
	begin();
	empty_program(&support);
	run_sql(&support, "insert into conversation (id, customer, status, started_at, updated_at, messages, answered, waiting_since, sentiment)"
	        " with recursive n (i) as (select 1 union all select i + 1 from n where i < %d)"
	        " select 'CNV-' || i, 'c' || (i * 31 %% 100), case when i / 100 %% 10 = 1 then 'waiting' when i / 100 %% 10 = 2 then 'with_person'"
	        " when i / 100 %% 10 = 3 then 'open' else 'closed' end, i * 100000, i * 100000, %d,"
	        " case when i / 100 %% 10 = 3 then 1 else %d end, case when i / 100 %% 10 = 1 then i * 100000"
	        " else 0 end, 0.01 * (i %% 100) from n", MANY, SAID, SAID);
	run_sql(&support, "insert into message (conversation_id, seq, at, role, author, text)"
	        " with recursive n (i) as (select 1 union all select i + 1 from n where i < %d), c (i) as (select 300 union all select i + 1 from c"
	        " where i < %d) select 'CNV-' || c.i, n.i, c.i * 100000, case when n.i %% 2 = 1 then 'customer' else 'model' end, 'm', 'Hello?'"
	        " from c, n", SAID, 300 + LONG - 1);
	/* SQLite's plans are those without figures, as a server has them. */
	if (store_kind(support.store) == STORE_POSTGRESQL)
		run_sql(&support, "analyze conversation; analyze message");
	/* Where a test failed it is watched still. */
	caller = "dora";
	if (unwatched)
		support.store->driver = unwatched;
	watch_plans(&support, narrowing);
}

static const char *const narrowed[] = { "", ", 'status': 'waiting'", ", 'status': 'with_person'" };

static void list_narrowed(int count)
{
	for (int i = 0; i < count; i++) {
		yyjson_val *page = does(&support, "list_conversations", "{'limit': 5%s}", narrowed[i]);
		ck_assert_int_eq(length(page, "/conversations"), 5);
		page = does(&support, "list_conversations", "{'limit': 5, 'cursor': '%s'%s}", text(page, "/next_cursor"), narrowed[i]);
		ck_assert_int_eq(length(page, "/conversations"), 5);
	}
}

START_TEST(no_list_sorts_what_it_lists)
{
	/* Of one customer's with one status PostgreSQL rightly sorts the few that there are. */
	int own_lists = store_kind(support.store) == STORE_POSTGRESQL ? 1 : COUNT(narrowed);

	list_narrowed(COUNT(narrowed));
	customer_only = true;
	called_for = "c1";
	list_narrowed(own_lists);
	keep_to_indexes(&support, 2 * (COUNT(narrowed) + own_lists));
}
END_TEST

START_TEST(a_page_of_messages_is_read_by_their_numbers)
{
	does(&support, "get_conversation_history", "{'conversation_id': 'CNV-317'}");
	does(&support, "get_conversation_history", "{'conversation_id': 'CNV-317', 'after': 1}");
	does(&support, "get_conversation_history", "{'conversation_id': 'CNV-317', 'before': 3}");
	keep_to_indexes(&support, 3);
}
END_TEST

START_TEST(the_queue_is_read_in_its_order)
{
	yyjson_val *queue = does(&support, "read_queue", "{}");

	ck_assert_int_eq(length(queue, "/waiting"), 100);
	ck_assert_int_eq(length(queue, "/with_person"), 100);
	ck_assert_int_eq(number(queue, "/count"), MANY / 10);
	keep_to_indexes(&support, 2);
}
END_TEST

START_TEST(jobs_find_what_is_due)
{
	pass_on_unanswered(support.store);
	keep_to_indexes(&support, 1);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation where reason = 'nobody answered in time'"), AT_ONCE);
}
END_TEST

START_TEST(a_turn_finds_its_message_by_the_number_of_its_call)
{
	struct turn turn = { .id = "CNV-317", .customer = "c27", .text = "Hello?", .call = 7 };

	ck_assert_int_eq(turn_begin(support.store, arena, &turn), TURN_OURS);
	ck_assert_int_eq(turn_tell(support.store, arena, turn.id, 7, STR("Good")), 1);
	keep_to_indexes(&support, 2);
}
END_TEST

START_TEST(a_loop_has_no_trouble_with_pages)
{
	support.store->driver = unwatched;
	does_on_loop(&support, "list_conversations", "{'limit': 100}");
	does_on_loop(&support, "list_conversations", "{'limit': 100, 'status': 'waiting'}");
	does_on_loop(&support, "get_conversation_history", "{'conversation_id': 'CNV-317'}");
	does_on_loop(&support, "read_queue", "{}");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support's plans");
	TCase *tcase = tcase_create("lists");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, fill_desk, end);
	tcase_add_test(tcase, no_list_sorts_what_it_lists);
	tcase_add_test(tcase, a_page_of_messages_is_read_by_their_numbers);
	tcase_add_test(tcase, the_queue_is_read_in_its_order);
	tcase_add_test(tcase, jobs_find_what_is_due);
	tcase_add_test(tcase, a_turn_finds_its_message_by_the_number_of_its_call);
	tcase_add_test(tcase, a_loop_has_no_trouble_with_pages);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
