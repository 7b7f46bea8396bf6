/* test_support_failures.c - a database of conversations that fails at any statement, and other processes that are first: who calls is told, and what was
 * begun is done or is not. */
#include "failing.h"
#include "support_tools.h"
#include "turn_store.h"

static void end_failing(void)
{
	make_sound(&support);
	end();
}

/* CNV-A is ada's, and nobody has answered for long; CNV-W is hers, waits, and has three messages. */
static void arrange(void)
{
	called_for = "ada";
	empty_program(&support);
	run_sql(&support, "insert into conversation (id, customer, status, started_at, updated_at, messages, answered, waiting_since) values"
	        " ('CNV-A', 'ada', 'open', 5, 5, 1, 0, 0), ('CNV-W', 'ada', 'waiting', 6, 6, 3, 0, 6);"
	        " insert into message (conversation_id, seq, at, role, author, text) values ('CNV-A', 1, 5, 'customer', 'ada', 'Hello?'),"
	        " ('CNV-W', 1, 6, 'customer', 'ada', 'Hello?'), ('CNV-W', 2, 6, 'note', 'ada', 'A note'), ('CNV-W', 3, 6, 'customer', 'ada', 'Well?')");
	forget_changes();
}

static void begin_arranged(void)
{
	begin();
	arrange();
}

/* All that may change. */
static const char *everything(void)
{
	static const char *const numbers[] = {
		"select count(*) from conversation", "select count(*) from message", "select sum(messages * 100 + answered) from conversation",
		"select count(*) from conversation where status = 'waiting'", "select count(*) from conversation where status = 'with_person'",
		"select count(*) from conversation where status = 'closed'", "select sum(rating) from conversation",
		"select sum(case when waiting_since > 0 then 1 else 0 end) from conversation",
	};
	const char *text = "";

	for (int i = 0; i < COUNT(numbers); i++)
		text = arena_print(arena, "%s %lld", text, (long long)find_number(&support, "%s", numbers[i]));
	return text;
}

static const struct { const char *tool, *arguments; } calls[] = {
	{ "list_conversations", "{}" },
	{ "list_conversations", "{'status': 'waiting'}" },
	{ "get_conversation_history", "{'conversation_id': 'CNV-W'}" },
	{ "get_conversation_history", "{'conversation_id': 'CNV-W', 'after': 1}" },
	{ "read_conversation", "{'id': 'CNV-W'}" },
	{ "read_queue", "{}" },
	{ "escalate", "{'conversation_id': 'CNV-A', 'reason': 'r', 'confirm': true}" },
	{ "rate_conversation", "{'conversation_id': 'CNV-A', 'rating': 3}" },
	{ "take_conversation", "{'conversation_id': 'CNV-W'}" },
	{ "reply_as_person", "{'conversation_id': 'CNV-W', 'message': 'm', 'idempotency_key': 'k', 'close': true}" },
	{ "support_report", "{'from': '1970-01-01', 'to': '1970-01-03', 'by': 'day'}" },
};

/* As the calls above leave everything where nothing fails. */
static const char *after(int i)
{
	arrange();
	does(&support, calls[i].tool, "%s", calls[i].arguments);
	return everything();
}

START_TEST(who_calls_is_told_that_it_failed)
{
	const char *whole = after(_i), *before;
	int n = 0;

	arrange();
	before = everything();
	do {
		arrange();
		make_failing(&support, n++);
		struct said said = call_tool(&support, calls[_i].tool, "%s", calls[_i].arguments);
		bool came_to_it = has_failed();
		make_sound(&support);
		if (came_to_it) {
			ck_assert_int_eq(said.outcome, REFUSED);
			ck_assert_str_eq(said.words, HISTORY_DOWN);
			/* What was written down is told to all that follow, though not to who called. */
			const char *now = everything();
			ck_assert(strcmp(now, before) == 0 || strcmp(now, whole) == 0);
			ck_assert(strcmp(now, before) == 0 || strstr(changes(), "support://conversation/"));
			continue;
		}
		ck_assert_int_eq(said.outcome, DID);
		break;
	} while (n < 100);
	ck_assert_int_gt(n, 1);
	ck_assert_str_eq(everything(), whole);
}
END_TEST

/* ---- forget_customer, which is done bit by bit ---- */

START_TEST(what_is_left_to_erase_goes_with_the_next_call)
{
	int n = 0;
	bool came_to_it;

	do {
		arrange();
		make_failing(&support, n++);
		struct said said = call_tool(&support, "forget_customer", "{'customer': 'ada', 'confirm': true}");
		came_to_it = has_failed();
		make_sound(&support);
		ck_assert_int_eq(said.outcome, came_to_it ? REFUSED : DID);
		if (came_to_it)
			ck_assert_says(said.words, HISTORY_DOWN);
		does(&support, "forget_customer", "{'customer': 'ada', 'confirm': true}");
		ck_assert_int_eq(find_number(&support, "select count(*) from conversation") + find_number(&support, "select count(*) from message"), 0);
	} while (came_to_it && n < 100);
	ck_assert_int_gt(n, 5);
}
END_TEST

START_TEST(a_report_is_stopped)
{
	progress_until = 1;
	ck_assert_says(refuses(&support, "support_report", "{'from': '2026-01-01', 'to': '2026-02-01', 'by': 'day'}"), "not finished in time");
	ck_assert_says(refuses(&support, "forget_customer", "{'customer': 'ada', 'confirm': true}"), "call again for the rest");
}
END_TEST

/* ---- Jobs ---- */

START_TEST(jobs_go_on_where_they_failed)
{
	int n = 0;
	bool came_to_it;

	do {
		arrange();
		make_failing(&support, n++);
		int64_t next = pass_on_unanswered(support.store);
		came_to_it = has_failed();
		make_sound(&support);
		ck_assert(!came_to_it || next == 5000);
		ck_assert_int_eq(find_number(&support, "select count(*) from message where role = 'note'"), came_to_it ? 1 : 2);
		pass_on_unanswered(support.store);
		ck_assert_int_eq(find_number(&support, "select count(*) from message where role = 'note'"), 2);
	} while (came_to_it && n < 100);
	ck_assert_int_gt(n, 4);
}
END_TEST

/* ---- Somebody else is first ---- */

static void another_passes_it_on(void)
{
	pass_on_unanswered(support.store);
}

static void a_person_answers(void)
{
	does(&support, "reply_as_person", "{'conversation_id': 'CNV-A', 'message': 'Here.', 'give_back': true}");
}

static void it_is_forgotten(void)
{
	does(&support, "forget_customer", "{'customer': 'ada', 'confirm': true}");
}

static void something_is_said(void)
{
	run_sql(&support, "insert into message (conversation_id, seq, at, role, author, text) values ('CNV-A', 2, %lld, 'customer', 'ada', 'Hello?');"
	        " update conversation set messages = 2, updated_at = %lld where id = 'CNV-A'", (long long)now_ms(), (long long)now_ms());
}

START_TEST(what_waits_already_is_passed_on_once)
{
	make_overtaken(&support, another_passes_it_on);
	pass_on_unanswered(support.store);
	ck_assert_int_eq(find_number(&support, "select count(*) from message where conversation_id = 'CNV-A'"), 2);
	arrange();
	make_overtaken(&support, a_person_answers);
	pass_on_unanswered(support.store);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation where id = 'CNV-A' and status = 'open'"), 1);
	ck_assert_int_eq(find_number(&support, "select answered from conversation where id = 'CNV-A'"), 2);
	arrange();
	make_overtaken(&support, something_is_said);
	pass_on_unanswered(support.store);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation where id = 'CNV-A' and status = 'open'"), 1);
	arrange();
	make_overtaken(&support, it_is_forgotten);
	pass_on_unanswered(support.store);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation"), 0);
}
END_TEST

/* Something is said in it before it goes. */
START_TEST(what_is_alive_again_stays)
{
	make_overtaken(&support, something_is_said);
	erase_older(support.store, 6);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation"), 2);
	ck_assert_int_eq(find_number(&support, "select count(*) from message where conversation_id = 'CNV-A'"), 2);
	ck_assert_ptr_null(strstr(changes(), "CNV-W"));
	erase_older(support.store, 7);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation"), 1);
	ck_assert_ptr_nonnull(strstr(changes(), "support://conversation/CNV-W support://queue "));
}
END_TEST

START_TEST(who_comes_second_sees_what_was_done)
{
	make_overtaken(&support, a_person_answers);
	ck_assert_int_eq(number(does(&support, "reply_as_person", "{'conversation_id': 'CNV-A', 'message': 'Too.'}"), "/messages"), 3);
	arrange();
	make_overtaken(&support, another_passes_it_on);
	ck_assert_str_eq(text(does(&support, "escalate", "{'conversation_id': 'CNV-A', 'reason': 'r', 'confirm': true}"), "/reason"),
	                 "nobody answered in time");
	arrange();
	make_overtaken(&support, it_is_forgotten);
	ck_assert_says(refuses(&support, "escalate", "{'conversation_id': 'CNV-A', 'reason': 'r', 'confirm': true}"), "There is no conversation CNV-A.");
	arrange();
	make_meddled(&support, 1, it_is_forgotten);
	ck_assert_says(refuses(&support, "rate_conversation", "{'conversation_id': 'CNV-A', 'rating': 3}"), "There is no conversation CNV-A.");
}
END_TEST

/* ---- Turns ---- */

static void nothing(void)
{
}

START_TEST(a_turn_that_is_begun_once_more_is_begun)
{
	struct turn turn = { .customer = "ada", .text = "Is it there?", .call = 7, .share = 100 };

	make_overtaken(&support, nothing);
	ck_assert_int_eq(turn_begin(support.store, arena, &turn), TURN_OURS);
	ck_assert_int_eq(turn.seq, 1);
	ck_assert_int_eq(find_number(&support, "select count(*) from conversation where id = '%s' and turn_owner = 7", turn.id), 1);
	ck_assert_int_eq(find_number(&support, "select count(*) from message where call = 7 and tokens_in = 100"), 1);
}
END_TEST

START_TEST(however_much_came_since_what_is_answered_is_told)
{
	struct turn turn = { .id = "CNV-A", .customer = "ada", .text = "Hello?", .call = 7 };
	struct messages told;

	for (int i = 2; i < MESSAGES_TOLD + 10; i++)
		run_sql(&support, "insert into message (conversation_id, seq, at, role, author, text, answers) values"
		        " ('CNV-A', %d, 5, '%s', 'ada', 'x', %d)", i, i == 4 ? "model" : "customer", i == 4 ? 1 : 0);
	ck_assert_int_eq(turn_begin(support.store, arena, &turn), TURN_OURS);
	ck_assert(turn_messages(support.store, arena, &turn, &told));
	ck_assert_int_eq(told.count, 2);
	ck_assert_int_eq(told.messages[0].seq, 1);
	ck_assert_int_eq(told.messages[1].seq, 4);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("support's failures");
	TCase *tests = tcase_create("failures");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, begin_arranged, end_failing);
	tcase_add_loop_test(tests, who_calls_is_told_that_it_failed, 0, COUNT(calls));
	tcase_add_test(tests, what_is_left_to_erase_goes_with_the_next_call);
	tcase_add_test(tests, a_report_is_stopped);
	tcase_add_test(tests, jobs_go_on_where_they_failed);
	tcase_add_test(tests, what_waits_already_is_passed_on_once);
	tcase_add_test(tests, what_is_alive_again_stays);
	tcase_add_test(tests, who_comes_second_sees_what_was_done);
	tcase_add_test(tests, a_turn_that_is_begun_once_more_is_begun);
	tcase_add_test(tests, however_much_came_since_what_is_answered_is_told);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
