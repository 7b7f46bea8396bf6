/* test_mcp_test_fails.c - mcp_test.h where something is not as it should be: what is said, where, and how the test ends
 * without Check, which is for processes that this one starts. */
#include "mcp_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

struct item { const char *name; int64_t count; };
struct sure { bool sure; };
struct items { struct item *items; int64_t count; };

static SHAPE(item_shape, struct item,
	TEXT(struct item, name, "Its name", .required = true), INT(struct item, count, "How many", .required = true));
static SHAPE(items_shape, struct items, LIST(struct items, items, count, struct item, item_shape, "All"));
struct named { const char *name, *author; };
struct all { struct named *items; int64_t count; };
static SHAPE(named_shape, struct named, TEXT(struct named, name, "Its name"), TEXT(struct named, author, "Who wrote it", .required = true));
static SHAPE(all_shape, struct all, LIST(struct all, items, count, struct named, named_shape, "All"));
struct last { const char *next_cursor; };
static SHAPE(last_shape, struct last, TEXT(struct last, next_cursor, "The next page", .required = true));
static SHAPE(sure_shape, struct sure, BOOL(struct sure, sure, "Whether", .required = true));

static enum mcp_answer two(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	struct item items[] = { { "tea", 3 }, { "milk", 1 } };

	return mcp_return(call, items_shape, &(struct items) { items, 2 });
}

static enum mcp_answer refuse(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_fail(call, "There is no tea.");
}

static enum mcp_answer ask(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	struct sure sure;

	return mcp_ask(call, "sure", sure_shape, &sure, "Are you sure?") == MCP_PENDING ? MCP_WAITING : mcp_say(call, "Yes.");
}

static enum mcp_answer tell(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	mcp_progress(call, 1, 2, "Halfway");
	return mcp_say(call, "Told.");
}

/* A mistake: it waits for nothing. */
static enum mcp_answer mistaken(struct mcp_call *call UNUSED, const void *in UNUSED, struct store *store UNUSED)
{
	return MCP_WAITING;
}

static const struct mcp_tool tools[] = {
	{ "two", "Two", "Two items.", .out = items_shape, .run = two },
	{ "fail", "Fail", "Fails.", .run = refuse },
	{ "ask", "Ask", "Asks.", .run = ask },
	{ "tell", "Tell", "Tells.", .run = tell },
	{ "mistaken", "Mistaken", "Is wrong.", .out = items_shape, .run = mistaken },
	{ 0 },
};

static const struct mcp_counter counters[] = { { "told_total", "What was told." }, { 0 } };

static const struct mcp_server shelf = { .name = "shelf", .title = "Shelf", .version = "1", .port = 8099, .tools = tools,
	.counters = counters, .scopes = "shelf:read" };
static const struct mcp_server untitled = { .name = "Shelf", .version = "1", .port = 8099, .tools = tools };
static struct mcp_test *test;

/* ---- What is not so, and what is said then: {} is the line ---- */

static void an_item(void)     { mcp_test_answers(mcp_test_call(test, "two", "{}"), "{'items': [{'name': 'tea', 'count': 4}]}"); }
static void each_item(void)   { mcp_test_answers(mcp_test_call(test, "two", "{}"), "{'items': [{'name': 'tea'}, {'count': 2}]}"); }
static void no_items(void)    { mcp_test_answers(mcp_test_call(test, "two", "{}"), "{'items': []}"); }
static void a_failure(void)   { mcp_test_answers(mcp_test_call(test, "fail", "{}"), "{'items': []}"); }
static void other_words(void) { mcp_test_refuses(mcp_test_call(test, "fail", "{}"), "no milk"); }
static void a_success(void)   { mcp_test_refuses(mcp_test_call(test, "tell", "{}"), "no milk"); }
static void a_text(void)      { mcp_test_says(mcp_test_call(test, "tell", "{}"), "Said."); }
static void no_json(void)     { mcp_test_answers(mcp_test_call(test, "tell", "{}"), "{}"); }
static void no_tool(void)     { mcp_test_says(mcp_test_call(test, "three", "{}"), ""); }
static void no_argument(void) { mcp_test_call(test, "two", "{'a'}"); }
static void a_question(void)  { mcp_test_call(test, "ask", "{}"); }
static void no_notice(void)   { mcp_test_call(test, "tell", "{}"); mcp_test_notice(test, "progress", "{'progress': 2}"); }
static void not_quiet(void)   { mcp_test_call(test, "tell", "{}"); mcp_test_quiet(test); }
static void a_mistake(void)   { mcp_test_answers(mcp_test_call(test, "mistaken", "{}"), "{}"); }
static void no_job(void)      { mcp_test_job(test, "sweep"); }
static void no_command(void)  { mcp_test_command(test, "sweep", "all"); }
static void no_counter(void)  { mcp_test_counted(test, "swept_total", 1); }
static void other_count(void) { mcp_test_counted(test, "told_total", 1); }
static void not_absent(void)  { mcp_test_answers(mcp_test_call(test, "two", "{}"), "{'items': [{}, {'name': null}]}"); }
static void no_fitting(void)  { mcp_test_answers(mcp_test_complete(test, "greet", "name", "{'name': 't'}"), "['tea']"); }
static void no_setting(void)  { mcp_test_open(&shelf, .settings = (const char *const[]) { "SHELF=1", NULL }); }
static void no_revision(void) { mcp_test_open(&shelf, .revision = "2026-07-82"); }
static void no_resource(void) { mcp_test_follow(test, "shelf://nothing"); }
static void no_resource_in_a_session(void) { mcp_test_follow(mcp_test_also(test, .revision = "2025-11-25"), "shelf://nothing"); }
static void no_scope(void)    { mcp_test_open(&shelf, .scopes = "shelf:read shelf:raed"); }
static void no_scope_of_another(void) { mcp_test_also(test, .caller = "ann", .scopes = "shelf:own"); }
static void no_tables(void)   { mcp_test_open(&untitled); }

static void not_followed(void)
{
	test = mcp_test_open(&shelf, .settings = (const char *const[]) { "LISTENS_MAX=1", NULL });
	mcp_test_follow(test, NULL);
	mcp_test_follow(test, NULL);
}

static void no_cursor(void)
{
	struct last last;

	mcp_test_take(mcp_test_call(test, "two", "{}"), last_shape, &last);
}

static void no_author(void)
{
	struct all all;

	mcp_test_take(mcp_test_call(test, "two", "{}"), all_shape, &all);
}

static void not_asked(void)
{
	mcp_test_when_asked(test, "Sure?", MCP_ACCEPTED, "{'sure': true}");
	mcp_test_close(test);
}

static void asked_otherwise(void)
{
	mcp_test_when_asked(test, "Certain?", MCP_ACCEPTED, "{'sure': true}");
	mcp_test_call(test, "ask", "{}");
}

static const struct { void (*run)(void); const char *says; } cases[] = {
	{ an_item, "at /items/0: expected {\"name\":\"tea\",\"count\":4}, which is not among the 2 there" },
	{ each_item, "at /items/1/count: expected 2, got 1\n  expected {\"items\":[{\"name\":\"tea\"},{\"count\":2}]}\n"
	             "  got      {\"items\":[{\"name\":\"tea\",\"count\":3},{\"name\":\"milk\",\"count\":1}]}" },
	{ no_items, "at /items: expected [], got [{" },
	{ a_failure, "expected {\"items\":[]}, it failed: There is no tea." },
	{ other_words, "expected a refusal with \"no milk\", got: There is no tea." },
	{ a_success, "expected a refusal with \"no milk\", but it succeeded: {" },
	{ a_text, "expected \"Said.\", got: Told." },
	{ no_json, "expected {}, got no JSON, but: Told." },
	{ no_tool, "got the error -32602: " },
	{ no_argument, "this is no JSON: {'a'}" },
	{ a_question, "nobody answers the question \"Are you sure?\": mcp_test_when_asked()" },
	{ no_notice, "expected a notification progress {\"progress\":2}, got none such\n"
	             "  got      notifications/progress {\"progressToken\":1,\"progress\":1,\"total\":2,\"message\":\"Halfway\"}" },
	{ not_quiet, "expected no notification\n  got      notifications/progress" },
	{ a_mistake, "got the error -32603: " },
	{ no_job, "there is no job sweep" },
	{ no_setting, "there is no setting SHELF=1" },
	{ no_revision, "there is no revision 2026-07-82: write one of 2025-03-26, 2025-06-18, 2025-11-25, 2026-07-28" },
	{ no_resource, "shelf://nothing can't be followed: the server tells of {}" },
	{ not_followed, "nothing can be followed: HTTP 503: {" },
	{ no_resource_in_a_session, "shelf://nothing can't be followed: " },
	{ no_scope, "there is no scope shelf:raed: shelf has shelf:read, or * for everything" },
	{ no_scope_of_another, "there is no scope shelf:own: shelf has shelf:read, or * for everything" },
	{ no_cursor, "the answer does not fit the shape: next_cursor is required: {\"items\":[" },
	{ no_author, "the answer does not fit the shape: items[0].author is required: {" },
	{ no_command, "there is no command sweep" },
	{ no_counter, "there is no counter swept_total" },
	{ other_count, "expected told_total 1, got 0" },
	{ not_absent, "at /items/1/name: expected null, got \"milk\"" },
	{ no_fitting, "expected [\"tea\"], got the error -32601: " },
	{ no_tables, "the tables of Shelf have mistakes, which are told above" },
	{ not_asked, "expected to be asked Sure?, and nobody did" },
	{ asked_otherwise, "expected to be asked \"Certain?\", got the question: Are you sure?" },
};

static void run_case(int which, int said)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit) { 0, 0 });
	dup2(said, STDERR_FILENO);
	test = mcp_test_open(&shelf);
	cases[which].run();
	_exit(0);
}

START_TEST(a_failure_says_what_and_where)
{
	char told[8192];
	size_t size = 0;
	int ends[2], status;

	ck_assert_int_eq(pipe(ends), 0);
	pid_t child = fork();
	if (child == 0)
		run_case(_i, ends[1]);
	close(ends[1]);
	for (ssize_t more; (more = read(ends[0], told + size, sizeof(told) - 1 - size)) > 0;)
		size += (size_t)more;
	told[size] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "it did not fail: %s", told);
	ck_assert_msg(strstr(told, cases[_i].says), "expected %s\ngot %s", cases[_i].says, told);
	ck_assert_msg(strstr(told, "test_mcp_test_fails.c:"), "%s does not say where", told);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mcp_test_fails");
	TCase *tests = tcase_create("mcp_test_fails");
	tcase_add_loop_test(tests, a_failure_says_what_and_where, 0, COUNT(cases));
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
