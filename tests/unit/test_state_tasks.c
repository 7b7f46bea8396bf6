/* test_state_tasks.c - tasks as rows: how they begin, ask, are answered, end, and how much of them
 * there may be. */
#include "call_rows.h"
#include "rows.h"
#include "session_rows.h"
#include "task_table.h"
#include "task_rows.h"

static struct task_errand task(const char *id, const char *caller)
{
	return (struct task_errand) { .errand.arena = arena, .owner = ME,
		.task = { .id = id, .caller = caller, .status = "working" } };
}

static bool begins(const char *id, const char *caller)
{
	struct task_errand begun = task(id, caller);

	ck_assert(task_row_insert(&begun.errand, store));
	return begun.there;
}

static struct task_errand load(const char *id, const char *caller)
{
	struct task_errand loaded = task(id, caller);

	ck_assert(task_row_load(&loaded.errand, store));
	return loaded;
}

static const char *status(const char *id)
{
	struct task_errand loaded = load(id, "alice");

	return loaded.there ? loaded.task.status : "none";
}

static bool finishes(const char *id, int64_t owner, const char *outcome)
{
	struct task_errand over = task(id, "alice");

	over.owner = owner;
	over.task.status = "completed";
	over.task.outcome = outcome;
	ck_assert(task_row_finish(&over.errand, store));
	return over.there;
}

static bool cancels(const char *id, const char *caller)
{
	struct task_errand cancelled = task(id, caller);

	cancelled.task.status = "cancelled";
	ck_assert(task_row_cancel(&cancelled.errand, store));
	return cancelled.there;
}

/* One or two questions; false: there is no room. */
static bool asks_with(const char *id, const char *record, const char *first, const char *second)
{
	struct state_request requests[] = {
		{ .name = first, .method = "elicitation/create", .params = "{\"message\":\"?\"}" },
		{ .name = second, .method = "roots/list", .params = "{}" } };
	struct task_park_errand park = { .errand.arena = arena, .id = id, .owner = ME, .record = record,
		.caller = text_of(arena_print(arena, "select caller as text from mcp_task where id = '%s'", id)),
		.expires_ms = 60000, .requests = requests, .count = second ? 2 : 1 };

	ck_assert(task_row_park(&park.errand, store) == !park.errand.no_room);
	return !park.errand.no_room;
}

static void asks(const char *id, const char *first, const char *second)
{
	ck_assert(asks_with(id, "the record", first, second));
}

static struct task_answer_errand answer_with(const char *id, const char *key, const char *said)
{
	struct state_answer answers[] = { { .key = "what nobody asked", .answer = "{}" },
	                                   { .key = key, .answer = said } };
	struct task_answer_errand answer = { .errand.arena = arena, .id = id, .caller = "alice",
		.answers = answers, .count = 2 };

	ck_assert(task_row_answer(&answer.errand, store) == !answer.errand.no_room);
	return answer;
}

static bool answers(const char *id, const char *key)
{
	return answer_with(id, key, "{\"action\":\"accept\"}").ready;
}

static struct task_claim_errand claim(const char *id, int64_t token)
{
	struct task_claim_errand claim = { .errand.arena = arena, .id = id, .token = token };

	ck_assert(task_row_claim(&claim.errand, store));
	return claim;
}

static void begin_tasks(void)
{
	begin_rows();
	ck_assert(begins("t", "alice"));
}

/* ---- Beginning, being read ---- */

START_TEST(a_task_is_its_callers_alone)
{
	struct task_errand loaded = load("t", "alice");

	ck_assert(loaded.there);
	ck_assert_str_eq(loaded.task.status, "working");
	ck_assert_str_eq(loaded.task.asked, "{}");
	ck_assert_str_eq(loaded.task.outcome, "");
	ck_assert_int_gt(loaded.task.created, 1000000000000);
	ck_assert_int_eq(loaded.task.created, loaded.task.updated);
	ck_assert(!load("t", "bob").there);
	ck_assert(!load("other", "alice").there);
	ck_assert(!cancels("t", "bob"));
}
END_TEST

START_TEST(of_some_ids_those_of_the_caller_are_known)
{
	struct known_tasks_errand known = { .errand.arena = arena, .caller = "alice",
		.ids = "[\"t\",\"u-_\",\"T\",\"v\",\"tt\"]" };

	ck_assert(begins("u-_", "alice") && begins("v", "bob") && begins("uv_", "alice"));
	ck_assert(task_rows_known(&known.errand, store));
	const struct state_task *tasks = known.tasks.first;
	ck_assert_int_eq(known.tasks.count, 2);
	ck_assert(strcmp(tasks[0].id, "t") == 0 || strcmp(tasks[1].id, "t") == 0);
	ck_assert(strcmp(tasks[0].id, "u-_") == 0 || strcmp(tasks[1].id, "u-_") == 0);
	known.ids = "[]";
	ck_assert(task_rows_known(&known.errand, store));
	ck_assert_int_eq(known.tasks.count, 0);
}
END_TEST

START_TEST(a_process_that_was_taken_for_dead_begins_none)
{
	script("delete from mcp_process where id = 1");
	ck_assert(!begins("u", "alice"));
	ck_assert_str_eq(status("u"), "none");
}
END_TEST

START_TEST(a_caller_has_so_many_and_what_is_over_makes_room)
{
	for (int i = 1; i < STATE_CALLER_TASKS_MAX; i++)
		ck_assert(begins(arena_print(arena, "a%d", i), "alice"));
	ck_assert(!begins("more", "alice"));
	ck_assert(begins("bobs", "bob"));
	ck_assert(finishes("a1", ME, "{}"));
	ck_assert(finishes("a2", ME, "{}"));
	script("update mcp_task set created = 1 where id = 'a1'");
	ck_assert(begins("more", "alice"));
	ck_assert_str_eq(status("a1"), "none");
	ck_assert_str_eq(status("a2"), "completed");
}
END_TEST

START_TEST(what_has_just_ended_stays_however_long_it_ran)
{
	for (int i = 1; i < STATE_CALLER_TASKS_MAX; i++)
		ck_assert(begins(arena_print(arena, "a%d", i), "alice"));
	ck_assert(finishes("a1", ME, "{}"));
	ck_assert(finishes("a2", ME, "{}"));
	script("update mcp_task set created = created - 60000 where id = 'a1'");
	script("update mcp_task set ended = ended - 1000 where id = 'a2'");
	ck_assert(begins("more", "alice"));
	ck_assert_str_eq(status("a1"), "completed");
	ck_assert_str_eq(status("a2"), "none");
}
END_TEST

/* ---- Ending ---- */

START_TEST(what_is_over_stays_as_it_is)
{
	ck_assert(!finishes("t", OTHER, "{}"));
	ck_assert_str_eq(status("t"), "working");
	heard();
	ck_assert(finishes("t", ME, "{\"a\":1}"));
	ck_assert_str_eq(heard(), "mcp_changed task:t\n");
	ck_assert(!finishes("t", ME, "{\"a\":2}"));
	ck_assert(cancels("t", "alice"));
	ck_assert_str_eq(status("t"), "completed");
	ck_assert_str_eq(load("t", "alice").task.outcome, "{\"a\":1}");
	ck_assert_str_eq(heard(), "");
	script("update mcp_task set ended = 1");
	ck_assert_str_eq(status("t"), "none");
	ck_assert(!cancels("t", "alice"));
}
END_TEST

START_TEST(whoever_runs_it_is_told_that_it_is_cancelled)
{
	script("update mcp_task set owner = 2");
	ck_assert(cancels("t", "alice"));
	ck_assert_str_eq(status("t"), "cancelled");
	ck_assert_str_eq(heard(), "mcp_changed task:t\nmcp_2 task-cancelled t\n");
	ck_assert(!finishes("t", OTHER, "{}"));
}
END_TEST

START_TEST(words_are_written_while_it_runs)
{
	struct task_errand says = task("t", "alice");

	says.task.said = "half of it";
	ck_assert(task_row_say(&says.errand, store));
	ck_assert_str_eq(load("t", "alice").task.said, "half of it");
	says.owner = OTHER;
	says.task.said = "all of it";
	ck_assert(task_row_say(&says.errand, store));
	ck_assert_str_eq(load("t", "alice").task.said, "half of it");
}
END_TEST

START_TEST(with_a_key_that_is_no_more_all_ends_that_was_its)
{
	struct caller_errand ending = { .errand.arena = arena, .caller = "alice" };

	make_session("s", "alice");
	make_session("bobs", "bob");
	ck_assert(begins("bobs", "bob"));
	script("update mcp_task set owner = 2");
	ck_assert(caller_rows_end(&ending.errand, store));
	ck_assert_str_eq(heard(), "mcp_all ended s\n");
	ck_assert_str_eq(status("t"), "working");
	ending.gone = true;
	ck_assert(caller_rows_end(&ending.errand, store));
	ck_assert_str_eq(heard(), "mcp_changed task:t\nmcp_2 task-cancelled t\n");
	ck_assert_str_eq(status("t"), "cancelled");
	ck_assert_str_eq(load("bobs", "bob").task.status, "working");
	ck_assert_int_eq(count_of("select count(*) as value from mcp_session"), 1);
}
END_TEST

/* ---- Asking ---- */

START_TEST(the_last_answer_makes_it_ready_and_one_claims_it)
{
	asks("t", "first", "second");
	ck_assert_str_eq(heard(), "mcp_changed task:t\n");
	ck_assert_str_eq(status("t"), "input_required");
	ck_assert_str_eq(load("t", "alice").task.asked, "{\"first\":{\"method\":\"elicitation/create\","
		"\"params\":{\"message\":\"?\"}},\"second\":{\"method\":\"roots/list\",\"params\":{}}}");
	ck_assert(!answers("t", "second"));
	ck_assert_str_eq(load("t", "alice").task.asked, "{\"first\":{\"method\":\"elicitation/create\","
		"\"params\":{\"message\":\"?\"}}}");
	ck_assert(!claim("t", 1).taken);
	ck_assert(!answers("t", "second"));
	ck_assert(answers("t", "first"));
	ck_assert_str_eq(status("t"), "working");
	struct task_claim_errand claimed = claim("t", 2);
	const struct state_question *question = claimed.questions.first;
	ck_assert(claimed.taken);
	ck_assert_int_eq(claimed.owner, ME);
	ck_assert_str_eq(claimed.caller, "alice");
	ck_assert_str_eq(claimed.record, "the record");
	ck_assert_int_eq(claimed.questions.count, 2);
	ck_assert_str_eq(question[0].key, "first");
	ck_assert_str_eq(question[1].key, "second");
	ck_assert_str_eq(question[1].answer, "{\"action\":\"accept\"}");
	ck_assert(!claim("t", 3).taken);
	ck_assert(claim("t", 2).taken);         /* whoever did doesn't know that it did */
	ck_assert(finishes("t", ME, "{}"));
}
END_TEST

START_TEST(it_is_written_down_once_and_only_while_it_runs_here)
{
	asks("t", "first", NULL);
	asks("t", "first", NULL);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_task_question"), 1);
	ck_assert(begins("u", "alice") && cancels("u", "alice"));
	asks("u", "first", NULL);
	ck_assert_str_eq(status("u"), "cancelled");
	ck_assert_int_eq(count_of("select count(*) as value from mcp_task_question"), 1);
}
END_TEST

START_TEST(asked_once_more_it_has_another_key)
{
	asks("t", "first", NULL);
	ck_assert(answers("t", "first"));
	ck_assert(claim("t", 1).taken);
	asks("t", "first", "second");
	ck_assert_str_eq(load("t", "alice").task.asked, "{\"first-2\":{\"method\":\"elicitation/create\","
		"\"params\":{\"message\":\"?\"}},\"second\":{\"method\":\"roots/list\",\"params\":{}}}");
	ck_assert(!answers("t", "first"));
	ck_assert(!answers("t", "first-2"));
	ck_assert(answers("t", "second"));
	/* Of the round that ends: what came before is in the record. */
	ck_assert_int_eq(claim("t", 2).questions.count, 2);
}
END_TEST

START_TEST(what_nobody_answered_in_time_is_not_waited_for_any_more)
{
	asks("t", "first", "second");
	ck_assert(!answers("t", "first"));
	ck_assert(!claim("t", 1).taken);
	script("update mcp_task set until = 1");
	struct task_claim_errand claimed = claim("t", 2);
	const struct state_question *question = claimed.questions.first;
	ck_assert(claimed.taken);
	ck_assert_int_eq(claimed.questions.count, 2);
	ck_assert_ptr_null(question[1].answer);
	asks("t", "third", NULL);
	ck_assert_str_eq(load("t", "alice").task.asked, "{\"third\":{\"method\":\"elicitation/create\","
		"\"params\":{\"message\":\"?\"}}}");
	ck_assert(answers("t", "third"));
	ck_assert_int_eq(claim("t", 3).questions.count, 1);
}
END_TEST

/* Whoever got the last answer may die before it claims the task. */
START_TEST(what_is_ready_is_anybodys_after_a_while)
{
	asks("t", "first", NULL);
	ck_assert(answers("t", "first"));
	ck_assert(answers("t", "first"));       /* the answer to the first was lost */
	ck_assert_int_gt(count_of("select until as value from mcp_task"), 0);
	ck_assert(claim("t", 1).taken);
	ck_assert_int_eq(count_of("select until as value from mcp_task"), 0);
	ck_assert(!answers("t", "first"));
}
END_TEST

/* ---- Two at once ---- */

static bool makes_ready(struct store *connection, struct arena *own, int which, int round)
{
	struct state_answer given = { which == 0 ? "first" : "second", "{}" };
	struct task_answer_errand answer = { .errand.arena = own, .caller = "alice",
		.id = arena_print(own, "t%d", round), .answers = &given, .count = 1 };

	return task_row_answer(&answer.errand, connection) && answer.ready;
}

START_TEST(of_two_last_answers_at_once_one_makes_it_ready)
{
	/* Only one process has SQLite's. */
	if (!on_postgres())
		return;
	state_set.budget = NULL;
	for (int i = 0; i < ROUNDS; i++) {
		const char *id = arena_print(arena, "t%d", i);
		ck_assert(begins(id, "alice"));
		asks(id, "first", "second");
	}
	of_two_answers_one_is_the_last(makes_ready);
}
END_TEST

/* ---- The end of a process ---- */

START_TEST(the_tasks_of_a_dead_process_fail_and_what_waits_survives)
{
	ck_assert(begins("u", "alice") && begins("v", "alice") && begins("w", "alice"));
	asks("u", "first", NULL);
	asks("w", "first", NULL);
	ck_assert(answers("w", "first"));
	script("update mcp_task set owner = 2 where id = 't'");
	heard();
	bury_the_other();
	ck_assert_str_eq(heard(), on_postgres() ? "mcp_changed task:t\nmcp_all missed\n" : "mcp_changed task:t\n");
	ck_assert_str_eq(status("t"), "failed");
	ck_assert_str_eq(load("t", "alice").task.outcome, "{\"code\":1}");
	ck_assert_str_eq(status("u"), "input_required");
	ck_assert_str_eq(status("v"), "working");
	ck_assert(!finishes("t", OTHER, "{}"));
	ck_assert(answers("u", "first"));
	ck_assert(claim("u", 1).taken && claim("w", 2).taken);
}
END_TEST

/* ---- So much and no more ---- */

static const char *of_size(size_t size)
{
	char *text = arena_alloc(arena, size + 1);

	return memset(text, 'x', size);
}

/* Beside the record, of asks_with() and one question. */
#define QUESTION (WAITING_QUESTION + sizeof("{\"message\":\"?\"}") - 1)

START_TEST(a_caller_has_half_of_what_may_wait)
{
	ck_assert(begins("u", "alice") && begins("bobs", "bob") && begins("carols", "carol"));
	ck_assert(asks_with("t", of_size(BUDGET / 4 - QUESTION), "first", NULL));
	ck_assert(!asks_with("u", of_size(BUDGET / 4 - QUESTION + 1), "first", NULL));
	ck_assert_str_eq(status("u"), "working");
	ck_assert(asks_with("u", of_size(BUDGET / 4 - QUESTION), "first", NULL));
	ck_assert(asks_with("bobs", of_size(BUDGET / 2 - QUESTION), "first", NULL));
	ck_assert(!asks_with("carols", "", "first", NULL));
	/* One that asks anew replaces what it took. */
	ck_assert(answers("t", "first") && claim("t", 1).taken);
	ck_assert(!asks_with("t", of_size(BUDGET / 4 - QUESTION + 1), "first", NULL));
	ck_assert(asks_with("t", of_size(BUDGET / 4 - QUESTION), "first", NULL));
	ck_assert_int_eq(count_of("select sum(bytes) as value from mcp_task"), BUDGET);
	/* What is parked already, or over, is not in want of room. */
	ck_assert(asks_with("t", of_size(BUDGET / 4), "first", NULL));
	ck_assert(cancels("t", "alice"));
	ck_assert(asks_with("t", of_size(BUDGET), "first", NULL));
	ck_assert(asks_with("carols", "", "first", NULL));
	ck_assert_int_eq(count_of("select count(*) as value from mcp_task_question where task = 't'"), 0);
}
END_TEST

START_TEST(calls_and_tasks_share_the_room)
{
	struct park_errand call = { .errand.arena = arena, .session = "s", .stream = 1, .id = "7",
		.record = "", .expires_ms = 60000, .count = 1,
		.questions = (struct state_question[]) { { .number = 10, .key = "key" } } };

	make_session("s", "alice");
	make_stream("s", 1, ME);
	ck_assert(asks_with("t", of_size(BUDGET / 2 - QUESTION - WAITING_QUESTION), "first", NULL));
	call.record = of_size(1);
	ck_assert(!call_row_park(&call.errand, store));
	ck_assert(call.errand.no_room && !call.filed);
	call.record = "";
	ck_assert(call_row_park(&call.errand, store));
	ck_assert(!call.errand.no_room && call.filed);
}
END_TEST

START_TEST(a_short_answer_needs_no_room_and_a_long_one_does)
{
	asks("t", "first", "second");
	ck_assert(begins("u", "alice"));
	int64_t taken = count_of("select sum(bytes) as value from mcp_task");
	ck_assert(asks_with("u", of_size((size_t)(BUDGET / 2 - taken) - QUESTION), "first", NULL));
	struct task_answer_errand refused = answer_with("t", "first", of_size(WAITING_QUESTION + 1));
	ck_assert(refused.there && refused.errand.no_room && !refused.ready);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_task_question where answered = 1"), 0);
	struct task_answer_errand answered = answer_with("t", "first", of_size(WAITING_QUESTION));
	ck_assert(answered.there && !answered.errand.no_room);
	ck_assert(cancels("u", "alice"));
	answered = answer_with("t", "second", of_size(WAITING_QUESTION + 100));
	ck_assert(answered.ready && !answered.errand.no_room);
	ck_assert_int_eq(count_of("select bytes as value from mcp_task where id = 't'"), taken + 100);
}
END_TEST

START_TEST(of_too_many_results_the_oldest_go_at_once)
{
	static char result[TASK_RESULTS_MAX / 8 + 1];

	memset(result, 'x', sizeof(result) - 1);
	for (int i = 0; i < 10; i++) {
		const char *id = arena_print(arena, "a%d", i);
		ck_assert(begins(id, "alice"));
		ck_assert(finishes(id, ME, result));
	}
	ck_assert_int_eq(count_of("select sum(outcome_bytes) as value from mcp_task"), TASK_RESULTS_MAX);
	ck_assert_str_eq(status("a9"), "completed");
	ck_assert_str_eq(status("t"), "working");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shared_tasks");
	TCase *tests = tcase_create("shared_tasks");

	tcase_add_checked_fixture(tests, begin_tasks, end_rows);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, a_task_is_its_callers_alone);
	tcase_add_test(tests, of_some_ids_those_of_the_caller_are_known);
	tcase_add_test(tests, a_process_that_was_taken_for_dead_begins_none);
	tcase_add_test(tests, a_caller_has_so_many_and_what_is_over_makes_room);
	tcase_add_test(tests, what_has_just_ended_stays_however_long_it_ran);
	tcase_add_test(tests, what_is_over_stays_as_it_is);
	tcase_add_test(tests, whoever_runs_it_is_told_that_it_is_cancelled);
	tcase_add_test(tests, words_are_written_while_it_runs);
	tcase_add_test(tests, with_a_key_that_is_no_more_all_ends_that_was_its);
	tcase_add_test(tests, the_last_answer_makes_it_ready_and_one_claims_it);
	tcase_add_test(tests, it_is_written_down_once_and_only_while_it_runs_here);
	tcase_add_test(tests, asked_once_more_it_has_another_key);
	tcase_add_test(tests, what_nobody_answered_in_time_is_not_waited_for_any_more);
	tcase_add_test(tests, what_is_ready_is_anybodys_after_a_while);
	tcase_add_test(tests, of_two_last_answers_at_once_one_makes_it_ready);
	tcase_add_test(tests, the_tasks_of_a_dead_process_fail_and_what_waits_survives);
	tcase_add_test(tests, a_caller_has_half_of_what_may_wait);
	tcase_add_test(tests, calls_and_tasks_share_the_room);
	tcase_add_test(tests, a_short_answer_needs_no_room_and_a_long_one_does);
	tcase_add_test(tests, of_too_many_results_the_oldest_go_at_once);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
