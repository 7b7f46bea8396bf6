/* test_mcp_test.c - mcp_test.h: a server in the test's own process, whose tools are called in either era, ask, tell and take long. */
#include "book_fixture.h"

START_TEST(a_tool_is_called_in_each_revision)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);

	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': []}");
	mcp_test_says(mcp_test_call(test, "sign", "{'name': '%s', 'words': 'It\\'s \"fine\"'}", "Ada"), "Thank you, Ada.");
	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': [{'words': 'It\\'s \"fine\"'}]}");
	mcp_test_refuses(mcp_test_call(test, "sign", "{}"), "name is required");
	mcp_test_close(test);
}
END_TEST

START_TEST(each_has_a_database_of_its_own)
{
	for (int i = 0; i < 3; i++) {
		struct mcp_test *test = mcp_test_open(&book, DATABASE);
		mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': []}");
		mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Bob'}"), "Bob");
		mcp_test_close(test);
	}
}
END_TEST

/* ---- Questions ---- */

START_TEST(a_person_answers_what_was_said_beforehand)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);

	mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Ada'}"), "Ada");
	mcp_test_when_asked(test, NULL, MCP_DECLINED, NULL);
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Declined.");
	mcp_test_when_asked(test, "Wipe the book", MCP_CANCELLED, NULL);
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Cancelled.");
	mcp_test_when_asked(test, "of tester?", MCP_ACCEPTED, "{'sure': false}");
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Not so sure.");
	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': [{'name': 'Ada'}]}");
	mcp_test_when_asked(test, NULL, MCP_ACCEPTED, "{'sure': %s}", "true");
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Wiped.");
	mcp_test_json(test, mcp_test_asked(test), "{'requestedSchema': {'required': ['sure']}}");
	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': []}");
	mcp_test_close(test);
}
END_TEST

static enum mcp_reply third_time(void *context, const char *question, const char *params, const char **json)
{
	int *times = context;

	ck_assert_str_eq(question, "Wipe the book of tester?");
	ck_assert_ptr_nonnull(strstr(params, "requestedSchema"));
	*json = "{'sure': true}";
	return ++*times == 3 ? MCP_ACCEPTED : MCP_DECLINED;
}

START_TEST(a_person_is_a_function)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);
	int times = 0;

	mcp_test_person(test, third_time, &times);
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Declined.");
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Declined.");
	mcp_test_says(mcp_test_call(test, "wipe", "{}"), "Wiped.");
	mcp_test_close(test);
}
END_TEST

START_TEST(a_model_answers_or_does_not)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);

	mcp_test_when_asked(test, "sampling/createMessage", MCP_ACCEPTED,
	                    "{'role': 'assistant', 'content': {'type': 'text', 'text': 'yes'}, 'model': 'm'}");
	mcp_test_says(mcp_test_call(test, "sample", "{}"), "\"text\":\"yes\"");
	mcp_test_when_asked(test, NULL, MCP_DECLINED, NULL);
	mcp_test_refuses(mcp_test_call(test, "sample", "{}"), "There is no model.");
	mcp_test_close(test);
}
END_TEST

START_TEST(there_may_be_no_person)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i], .cannot_ask = true);

	mcp_test_refuses(mcp_test_call(test, "wipe", "{}"), "Ask somebody who has a person.");
	mcp_test_close(test);
}
END_TEST

/* ---- Notices ---- */

START_TEST(what_a_call_tells_is_noticed)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);

	mcp_test_says(mcp_test_call(test, "tell", "{}"), "Told.");
	mcp_test_notice(test, "message", "{'level': 'info', 'data': 'told'}");
	mcp_test_notice(test, "progress", "{'progress': 1, 'total': 2}");
	mcp_test_notice(test, "progress", "{'progress': 2}");
	mcp_test_quiet(test);
	mcp_test_close(test);
}
END_TEST

START_TEST(changes_are_noticed_by_who_follows)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);
	struct mcp_test *other = mcp_test_also(test, .caller = "bob", .revision = revisions[_i]);

	mcp_test_follow(test, "book://all");
	mcp_test_follow(test, NULL);
	mcp_test_quiet(other);
	mcp_test_when_asked(other, "of bob", MCP_ACCEPTED, "{'sure': true}");
	mcp_test_says(mcp_test_call(other, "wipe", "{}"), "Wiped.");
	mcp_test_notice(test, "resources/updated", "{'uri': 'book://all'}");
	mcp_list_changed(MCP_TOOLS);
	mcp_test_notice(test, "tools/list_changed", "{}");
	mcp_test_quiet(other);
	mcp_test_quiet(test);
	mcp_test_close(test);
	/* The next server is another one, in which nothing has changed yet. */
	test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);
	mcp_test_follow(test, "book://all");
	mcp_test_quiet(test);
	mcp_test_close(test);
}
END_TEST

/* ---- Tasks ---- */

START_TEST(a_task_is_followed_to_its_end)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .knows_tasks = true);
	struct mcp_test *other = mcp_test_also(test, .caller = "ann");

	mcp_test_when_asked(test, "Bind the book?", MCP_ACCEPTED, "{'sure': true}");
	struct mcp_said said = mcp_test_call(test, "bind", "{}");
	mcp_test_says(said, "Bound.");
	ck_assert_ptr_nonnull(said.task);
	mcp_test_json(test, mcp_test_request(test, "tasks/get", "{'taskId': '%s'}", said.task).result, "{'status': 'completed'}");
	mcp_test_when_asked(test, NULL, MCP_DECLINED, NULL);
	mcp_test_refuses(mcp_test_call(test, "bind", "{}"), "Left as it is.");
	mcp_test_when_asked(other, NULL, MCP_ACCEPTED, "{'sure': true}");
	said = mcp_test_call(other, "bind", "{}");
	mcp_test_says(said, "Bound.");
	ck_assert_ptr_null(said.task);
	mcp_test_close(test);
}
END_TEST

struct task { const char *taskId; };

static SHAPE(task_shape, struct task, TEXT(struct task, taskId, "Its id", .required = true));

/* A task that is asked for as it is can be cancelled. */
START_TEST(a_task_is_cancelled)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .knows_tasks = true);
	struct mcp_said said = mcp_test_request(test, "tools/call", "{'name': 'bind', 'arguments': {}}");
	struct task task;

	mcp_test_json(test, said.result, "{'resultType': 'task'}");
	mcp_test_take(said, task_shape, &task);
	mcp_test_request(test, "tasks/cancel", "{'taskId': '%s'}", task.taskId);
	mcp_test_json(test, mcp_test_request(test, "tasks/get", "{'taskId': '%s'}", task.taskId).result, "{'status': 'cancelled'}");
	mcp_test_close(test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mcp_test");
	TCase *tests = tcase_create("mcp_test");
	tcase_add_loop_test(tests, a_tool_is_called_in_each_revision, 0, COUNT(revisions));
	tcase_add_test(tests, each_has_a_database_of_its_own);
	/* Before 2025-06-18 there are no forms. */
	tcase_add_loop_test(tests, a_person_answers_what_was_said_beforehand, 0, COUNT(revisions) - 1);
	tcase_add_loop_test(tests, a_person_is_a_function, 0, COUNT(revisions) - 1);
	tcase_add_loop_test(tests, a_model_answers_or_does_not, 0, COUNT(revisions));
	tcase_add_loop_test(tests, there_may_be_no_person, 0, COUNT(revisions));
	tcase_add_loop_test(tests, what_a_call_tells_is_noticed, 0, COUNT(revisions));
	tcase_add_loop_test(tests, changes_are_noticed_by_who_follows, 0, COUNT(revisions) - 1);
	tcase_add_test(tests, a_task_is_followed_to_its_end);
	tcase_add_test(tests, a_task_is_cancelled);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
