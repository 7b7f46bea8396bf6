/* test_mcp_test_beside.c - mcp_test.h: time, jobs, commands, settings, callers; what is offered beside tools; and the store. */
#include "book_fixture.h"

/* ---- Time, jobs, settings, callers ---- */

START_TEST(time_passes)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);
	int64_t before = now_ms(), tick = tick_ms();

	mcp_test_pass(test, 86400000);
	ck_assert_int_ge(now_ms() - before, 86400000);
	ck_assert_int_ge(tick_ms() - tick, 86400000);
	mcp_test_says(mcp_test_call(test, "whoami", "{}"), "tester for nobody at ");
	mcp_test_close(test);
	test = mcp_test_open(&book, DATABASE);
	ck_assert_int_lt(now_ms() - before, 3600000);
	mcp_test_close(test);
}
END_TEST

START_TEST(a_job_is_run)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE);

	mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Ada'}"), "Ada");
	ck_assert_int_eq(mcp_test_job(test, "sweep"), 101);
	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': []}");
	mcp_test_close(test);
}
END_TEST

START_TEST(counters_count_from_the_servers_begin)
{
	for (int i = 0; i < 2; i++) {
		struct mcp_test *test = mcp_test_open(&book, DATABASE);
		mcp_test_counted(test, "book_swept_total", 0);
		mcp_test_job(test, "sweep");
		mcp_test_counted(test, "book_swept_total", 1);
		mcp_test_counted(test, "entries_wiped_total", 0);
		mcp_test_close(test);
	}
}
END_TEST

START_TEST(a_command_is_run)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE);

	mcp_test_says(mcp_test_command(test, "sign", "Ada", "Bob"), "Ada signed.\nBob signed.\n");
	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': [{'name': 'Ada'}, {'name': 'Bob'}]}");
	mcp_test_refuses(mcp_test_command(test, "sign"), "usage: mcp-book sign");
	mcp_test_close(test);
}
END_TEST

START_TEST(settings_are_the_tests_own)
{
	setenv("BOOK_NAME", "of the environment", 1);
	struct mcp_test *test = mcp_test_open(&book, DATABASE);
	mcp_test_says(mcp_test_call(test, "named", "{}"), "none");
	mcp_test_close(test);
	test = mcp_test_open(&book, DATABASE, .settings = (const char *const[]) { "BOOK_NAME=mine", NULL });
	mcp_test_says(mcp_test_call(test, "named", "{}"), "mine");
	mcp_test_close(test);
	unsetenv("BOOK_NAME");
}
END_TEST

START_TEST(callers_have_scopes)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i], .scopes = "guests:read guests:mind");
	struct mcp_test *ann = mcp_test_also(test, .caller = "ann", .customer = "c-7", .scopes = "guests:write",
	                                     .revision = revisions[_i]);

	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': []}");
	mcp_test_refuses(mcp_test_call(test, "sign", "{'name': 'Ada'}"), "guests:write");
	mcp_test_says(mcp_test_call(ann, "sign", "{'name': 'Ada'}"), "Ada");
	mcp_test_says(mcp_test_call(ann, "whoami", "{}"), "ann for c-7");
	mcp_test_close(test);
}
END_TEST

/* ---- The rest of what is offered, and the store ---- */

START_TEST(arguments_are_completed)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);
	bool knows = strcmp(revisions[_i], "2025-06-18") >= 0;

	mcp_test_answers(mcp_test_complete(test, "greet", "name", "{'name': '%s'}", "A"), "['name of nobody: A']");
	mcp_test_answers(mcp_test_complete(test, "book://line/{number}", "number", "{}"), "['number of nobody: ']");
	mcp_test_answers(mcp_test_complete(test, "book://line/{number}", "number", "{'number': '12345678901', 'name': 'Ada'}"),
	                 "['number of %s: 12345678901']", knows ? "Ada" : "nobody");
	mcp_test_answers(mcp_test_complete(test, "greet", "words", "{}"), "[]");
	mcp_test_refuses(mcp_test_complete(test, "book://none/{number}", "number", "{}"), "names no prompt or template");
	mcp_test_close(test);
}
END_TEST

START_TEST(whole_numbers_are_read_from_uris_and_prompts)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);
	static const char *const wrong[] = { "0", "10", "07", "7a", "-", "%37x", "1.0", "99999999999999999999" };

	mcp_test_answers(mcp_test_read(test, "book://line/7"), "{'number': 7}");
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const char *uri = arena_print(mcp_test_arena(test), "book://line/%s", wrong[i]);
		mcp_test_refuses(mcp_test_read(test, uri), uri);
	}
	mcp_test_says(mcp_test_prompt(test, "turn_to", "{'number': '7'}"), "Read line 7.");
	mcp_test_refuses(mcp_test_prompt(test, "turn_to", "{'number': 'seven'}"), "number must be a whole number, not \"seven\"");
	mcp_test_refuses(mcp_test_prompt(test, "turn_to", "{'number': '10'}"), "number must be at most 9, not 10");
	mcp_test_close(test);
}
END_TEST

START_TEST(resources_and_prompts_are_read)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE, .revision = revisions[_i]);

	mcp_test_answers(mcp_test_read(test, "book://all"), "{'all': true}");
	mcp_test_refuses(mcp_test_read(test, "book://none"), "book://none");
	mcp_test_says(mcp_test_prompt(test, "greet", "{'name': 'Ada'}"), "Greet Ada.");
	mcp_test_json(test, mcp_test_request(test, "tools/list", "{}").result, "{'tools': [{'name': 'sign'}]}");
	mcp_test_close(test);
}
END_TEST

/* What a server had is gone when the next one is asked by the same words: what counts them does not look at it. */
START_TEST(a_skill_is_read_of_each_server)
{
	static const char tea[] = "---\nname: tea\ndescription: How to make tea\n---\nBoil.";
	static const struct mcp_file skills[] = { { "tea/SKILL.md", tea, sizeof(tea) - 1 }, { 0 } };
	static const struct mcp_server kitchen = {
		.name = "kitchen", .title = "Kitchen", .version = "1", .port = 8099, .skills = skills
	};

	for (int i = 0; i < 3; i++) {
		struct mcp_test *test = mcp_test_open(&kitchen);
		mcp_test_says(mcp_test_read(test, "skill://tea/SKILL.md"), "Boil.");
		mcp_test_close(test);
	}
}
END_TEST

START_TEST(postgresql_may_be_left_out)
{
	char *there = getenv("POSTGRES_URL") ? strdup(getenv("POSTGRES_URL")) : NULL;

	unsetenv("POSTGRES_URL");
	ck_assert_ptr_null(mcp_test_open(&book, .database = MCP_TEST_POSTGRESQL));
	if (there)
		setenv("POSTGRES_URL", there, 1);
	free(there);
}
END_TEST

START_TEST(rows_are_put_and_found)
{
	struct mcp_test *test = mcp_test_open(&book, DATABASE);
	struct entry ada = { .name = "Ada", .words = "Hello" };
	struct entries entries;

	ck_assert_int_eq(store_change(mcp_test_store(test), "insert into entry (name, words) values (:name, :words)",
	                              entry_shape, &ada), 1);
	mcp_test_take(mcp_test_call(test, "entries", "{}"), entries_shape, &entries);
	ck_assert_int_eq(entries.count, 1);
	ck_assert_str_eq(entries.entries[0].words, "Hello");
	/* What may be absent is. */
	mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Bob'}"), "Bob");
	mcp_test_take(mcp_test_call(test, "entries", "{}"), entries_shape, &entries);
	ck_assert_str_eq(entries.entries[1].name, "Bob");
	ck_assert_ptr_null(entries.entries[1].words);
	mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': [{'name': 'Ada'}, {'name': 'Bob', 'words': null}]}");
	mcp_test_close(test);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mcp_test: beside tools");
	TCase *tests = tcase_create("mcp_test: beside tools");
	tcase_add_loop_test(tests, time_passes, 0, COUNT(revisions));
	tcase_add_test(tests, a_job_is_run);
	tcase_add_test(tests, counters_count_from_the_servers_begin);
	tcase_add_test(tests, a_command_is_run);
	tcase_add_loop_test(tests, arguments_are_completed, 0, COUNT(revisions));
	tcase_add_loop_test(tests, whole_numbers_are_read_from_uris_and_prompts, 0, COUNT(revisions));
	tcase_add_test(tests, settings_are_the_tests_own);
	tcase_add_loop_test(tests, callers_have_scopes, 0, COUNT(revisions));
	tcase_add_loop_test(tests, resources_and_prompts_are_read, 0, COUNT(revisions));
	tcase_add_test(tests, a_skill_is_read_of_each_server);
	tcase_add_test(tests, postgresql_may_be_left_out);
	tcase_add_test(tests, rows_are_put_and_found);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
