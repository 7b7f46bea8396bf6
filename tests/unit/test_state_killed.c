/* test_state_killed.c - what a process that is killed leaves of calls and tasks, and what the next one
 * makes of it: on SQLite as it starts, on PostgreSQL when the dead one was silent for long. */
#include <signal.h>
#include <sys/wait.h>

#include "call_rows.h"
#include "rows.h"
#include "task_rows.h"

static void changed(UNUSED const char *uri)
{
}

static void told(UNUSED str what, UNUSED str rest)
{
}

static void missed(UNUSED bool reborn)
{
}

/* ---- What is left ---- */

static void file(int64_t stream, int64_t question)
{
	struct state_question asked = { .number = question, .key = "sure" };
	struct park_errand park = { .errand.arena = arena, .session = "s", .stream = stream, .id = "7",
		.record = "a record", .expires_ms = 60000, .questions = &asked, .count = 1 };

	make_stream("s", stream, (int)state_me());
	ck_assert(call_row_park(&park.errand, store) && park.filed);
}

static bool takes(int64_t question, int64_t token)
{
	struct claim_errand claim = { .errand.arena = arena, .session = "s", .number = question,
		.answer = "{}", .token = token };

	ck_assert(call_row_answer(&claim.errand, store));
	if (claim.taken)
		ck_assert_str_eq(claim.record, "a record");
	return claim.taken;
}

static struct task_errand task(const char *id)
{
	return (struct task_errand) { .errand.arena = arena, .owner = state_me(),
		.task = { .id = id, .caller = "alice", .status = "working" } };
}

static void begin_task(const char *id)
{
	struct task_errand begun = task(id);

	ck_assert(task_row_insert(&begun.errand, store) && begun.there);
}

static void ask(const char *id)
{
	struct state_request request = { .name = "sure", .method = "elicitation/create",
		.params = "{}" };
	struct task_park_errand park = { .errand.arena = arena, .id = id, .owner = state_me(),
		.record = "a record", .expires_ms = 60000, .requests = &request, .count = 1 };

	begin_task(id);
	ck_assert(task_row_park(&park.errand, store));
}

static bool answer(const char *id)
{
	struct state_answer given = { .key = "sure", .answer = "{}" };
	struct task_answer_errand answer = { .errand.arena = arena, .id = id, .caller = "alice",
		.answers = &given, .count = 1 };

	ck_assert(task_row_answer(&answer.errand, store));
	return answer.ready;
}

static bool claims(const char *id, int64_t token)
{
	struct task_claim_errand claim = { .errand.arena = arena, .id = id, .token = token };

	ck_assert(task_row_claim(&claim.errand, store));
	return claim.taken;
}

static void live_and_be_killed(void)
{
	struct task_errand over = task("over");

	set_rows();
	open_rows();
	ck_assert(beat_register(store));
	make_session("s", "alice");
	file(1, 10);
	file(2, 20);
	file(3, 30);
	/* Of the third the question did not get to its stream. */
	script("update mcp_stream set last = last + 1 where number < 3");
	ck_assert(takes(20, 1));
	begin_task("runs");
	ask("waits");
	ask("answered");
	ck_assert(answer("answered"));
	ask("claimed");
	ck_assert(answer("claimed") && claims("claimed", 2));
	begin_task("over");
	over.owner = state_me();
	over.task.status = "completed";
	over.task.outcome = "{\"sum\":7}";
	ck_assert(task_row_finish(&over.errand, store) && over.there);
	kill(getpid(), SIGKILL);
}

/* ---- What is found ---- */

static void start_and_stop(void)
{
	state_set.database = url;
	state_set.handler.changed = changed;
	state_set.handler.told = told;
	state_set.handler.missed = missed;
	struct state_settings settings = state_set;
	ck_assert(state_start(&settings));
	state_stop();
	open_rows();
}

static void judge(void)
{
	struct beat_seen seen;

	open_rows();
	ck_assert(beat_register(store));
	script("update mcp_process set seen = 1 where id = 1");
	ck_assert(beat(store, true, &seen));
}

static void begin_after_a_kill(void)
{
	int status;

	begin_empty();
	pid_t child = fork();
	if (child == 0) {
		live_and_be_killed();
		_exit(1);
	}
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	set_rows();
	if (on_postgres())
		judge();
	else
		start_and_stop();
	ck_assert(beat_register(store));        /* the one that looks */
}

static const char *status(const char *id)
{
	struct task_errand loaded = task(id);

	ck_assert(task_row_load(&loaded.errand, store) && loaded.there);
	return arena_print(arena, "%s%s", loaded.task.status, loaded.task.outcome);
}

START_TEST(what_ran_has_failed)
{
	ck_assert_str_eq(status("runs"), "failed{\"code\":1}");
	ck_assert_str_eq(status("claimed"), "failed{\"code\":1}");
	ck_assert(!claims("runs", 3) && !claims("claimed", 4));
	ck_assert_str_eq(text_of("select data as text from mcp_event where stream = 2"), "last words");
	ck_assert_str_eq(text_of("select data as text from mcp_event where stream = 3"), "last words");
	ck_assert_int_eq(count_of("select count(*) as value from mcp_stream where ended = 0"), 1);
	ck_assert(!takes(20, 5) && !takes(30, 6));
}
END_TEST

START_TEST(what_waited_goes_on)
{
	ck_assert_int_eq(count_of("select ended as value from mcp_stream where number = 1"), 0);
	ck_assert(takes(10, 3));
	ck_assert_str_eq(status("waits"), "input_required");
	ck_assert(answer("waits"));
	ck_assert(claims("waits", 4));
	ck_assert(claims("answered", 5));
}
END_TEST

START_TEST(what_was_over_is_as_it_was)
{
	ck_assert_str_eq(status("over"), "completed{\"sum\":7}");
}
END_TEST

START_TEST(nobody_is_dead_twice)
{
	ck_assert_int_eq(count_of("select count(*) as value from mcp_process where id = 1"), 0);
	ck_assert_int_eq(count_of("select count(*) as value from mcp_event where stream = 2"), 1);
	ck_assert_int_gt(state_me(), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shared_killed");
	TCase *tests = tcase_create("shared_killed");

	tcase_add_checked_fixture(tests, begin_after_a_kill, end_rows);
	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, what_ran_has_failed);
	tcase_add_test(tests, what_waited_goes_on);
	tcase_add_test(tests, what_was_over_is_as_it_was);
	tcase_add_test(tests, nobody_is_dead_twice);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
