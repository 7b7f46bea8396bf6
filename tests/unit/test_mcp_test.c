/* test_mcp_test.c - mcp_test.h: a server in the test's own process, asked in either era. */
#include <stdio.h>
#include <stdlib.h>

#include "suite.h"

#include "mcp_test.h"

struct entry { const char *name; const char *words; };
struct page { int64_t limit; };
struct entries { struct entry *entries; int64_t count; };

static SHAPE(entry_shape, struct entry,
	TEXT(struct entry, name, "Who signs", .required = true, AT_LEAST(1), AT_MOST(80)),
	TEXT(struct entry, words, "What they say"));

static SHAPE(page_shape, struct page,
	INT(struct page, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(10)));

static SHAPE(entries_shape, struct entries,
	LIST(struct entries, entries, count, struct entry, entry_shape, "The latest first"));

static enum mcp_answer sign(struct mcp_call *call, const void *in, struct store *store)
{
	const struct entry *entry = in;

	if (store_change(store, "insert into entry (name, words) values (:name, :words)", entry_shape, entry) != 1)
		return mcp_fail(call, "The guest book is unavailable.");
	return mcp_say(call, "Thank you, %s.", entry->name);
}

static enum mcp_answer entries(struct mcp_call *call, const void *in, struct store *store)
{
	ROWS(struct entry) rows;

	if (!store_find(store, mcp_arena(call), "select name, words from entry order by name limit :limit",
	                page_shape, in, entry_shape, &rows))
		return mcp_fail(call, "The guest book is unavailable.");
	return mcp_return(call, entries_shape, &(struct entries) { rows.first, rows.count });
}

/* ---- Tools that ask and tell ---- */

struct sure { bool sure; };
struct told { int64_t rounds; };

static SHAPE(sure_shape, struct sure, BOOL(struct sure, sure, "Whether to do so", .required = true));
static SHAPE(told_shape, struct told, INT(struct told, rounds, "How many", DEFAULT(2)));

static enum mcp_answer wipe(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	struct sure sure;

	switch (mcp_ask(call, "sure", sure_shape, &sure, "Wipe the book of %s?", mcp_caller(call))) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    break;
	case MCP_DECLINED:    return mcp_say(call, "Declined.");
	case MCP_CANCELLED:   return mcp_say(call, "Cancelled.");
	case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Ask somebody who has a person.");
	}
	if (!sure.sure)
		return mcp_say(call, "Not so sure.");
	if (store_change(store, "delete from entry", NULL, NULL) < 0)
		return mcp_fail(call, "The guest book is unavailable.");
	mcp_changed("book://all");
	return mcp_say(call, "Wiped.");
}

static enum mcp_answer tell(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct told *told = in;

	for (int64_t i = 1; i <= told->rounds; i++)
		mcp_progress(call, (double)i, (double)told->rounds, "Round %d", (int)i);
	mcp_log(call, MCP_INFO, "told");
	return mcp_say(call, "Told.");
}

static enum mcp_answer sample(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	const char *result;

	switch (mcp_sample(call, "word", "{\"messages\":[],\"maxTokens\":9}", &result)) {
	case MCP_PENDING:  return MCP_WAITING;
	case MCP_ACCEPTED: return mcp_say(call, "%s", result);
	default:           return mcp_fail(call, "There is no model.");
	}
}

static enum mcp_answer whoami(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	const char *customer = mcp_customer(call);

	return mcp_say(call, "%s for %s at %lld", mcp_caller(call), customer ? customer : "nobody", (long long)now_ms());
}

static enum mcp_answer read_all(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "{\"all\": true}");
}

static enum mcp_answer greet(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct entry *entry = in;

	return mcp_say(call, "Greet %s.", entry->name);
}

struct line { int64_t number; };

static SHAPE(line_shape, struct line, INT(struct line, number, "Which", AT_LEAST(1), AT_MOST(9)));

static enum mcp_answer read_line(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	return mcp_return(call, line_shape, (const struct line *)in);
}

static enum mcp_answer turn_to(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	return mcp_say(call, "Read line %lld.", (long long)((const struct line *)in)->number);
}

static void complete_line(struct mcp_call *call, const char *argument, const char *value, struct store *store UNUSED)
{
	const char *name = mcp_chosen(call, "name");

	mcp_suggest(call, arena_print(mcp_arena(call), "%s of %s: %s", argument, name ? name : "nobody", value));
}

static const struct mcp_resource resources[] = {
	{ "book://line/{number}", "line", "A line", "One.", .mime = "application/json", .in = line_shape, .out = line_shape,
	  .run = read_line, .complete = complete_line },
	{ "book://all", "all", "All", "All of it.", .mime = "application/json", .run = read_all },
	{ 0 },
};

static SHAPE(name_shape, struct entry, TEXT(struct entry, name, "Whom", .required = true));

static const struct mcp_prompt prompts[] = {
	{ "greet", "Greet", "Greets.", .in = name_shape, .run = greet, .complete = complete_line },
	{ "turn_to", "Turn", "Turns the page.", .in = line_shape, .run = turn_to },
	{ 0 },
};

enum { WIPED, SWEPT };          /* in counters[] */

static const struct mcp_counter counters[] = {
	[WIPED] = { "entries_wiped_total", "Entries that were wiped." },
	[SWEPT] = { "book_swept_total", "How often it was swept." },
	{ 0 },
};

static int sign_all(struct store *store, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		struct entry entry = { .name = argv[i] };
		if (store_change(store, "insert into entry (name, words) values (:name, :words)", entry_shape, &entry) != 1)
			return 1;
		printf("%s signed.\n", entry.name);
	}
	if (argc < 2)
		fprintf(stderr, "usage: mcp-book sign NAME...\n");
	return argc < 2 ? 2 : 0;
}

static const struct mcp_command commands[] = {
	{ "sign", "sign NAME...", "Signs for each", sign_all, NULL },
	{ 0 },
};

static int64_t sweep(struct store *store)
{
	mcp_count(SWEPT, 1);
	return 100 + store_change(store, "delete from entry", NULL, NULL);
}

static const struct mcp_job jobs[] = { { "sweep", sweep }, { 0 } };

static const struct setting settings[] = {
	{ "BOOK_NAME", SETTING_TEXT, "none", "Its name", 0, 0, NULL }, { 0 },
};

static enum mcp_answer named(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "%s", setting_text("BOOK_NAME"));
}

static enum mcp_answer bind(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	struct sure sure;

	switch (mcp_ask(call, "sure", sure_shape, &sure, "Bind the book?")) {
	case MCP_PENDING:  return MCP_WAITING;
	case MCP_ACCEPTED: return mcp_say(call, "Bound.");
	default:           return mcp_fail(call, "Left as it is.");
	}
}

static const struct mcp_tool tools[] = {
	{ "bind", "Bind", "Binds.", .scope = "guests:write", .changes = true, .blocks = true, .runs_long = true, .run = bind },
	{ "wipe", "Wipe", "Wipes.", .scope = "guests:write", .changes = true, .blocks = true, .run = wipe },
	{ "tell", "Tell", "Tells.", .in = told_shape, .run = tell },
	{ "sample", "Sample", "Samples.", .run = sample },
	{ "whoami", "Who", "Who.", .run = whoami },
	{ "named", "Name", "Its name.", .scope = "guests:mind", .run = named },
	{ "sign", "Sign", "Signs.", .in = entry_shape, .scope = "guests:write", .changes = true, .blocks = true, .run = sign },
	{ "entries", "Entries", "Lists.", .in = page_shape, .out = entries_shape, .scope = "guests:read", .run = entries },
	{ 0 },
};

static const struct migration migrations[] = {
	{ "1-entry", "create table entry (name text not null, words text)", NULL },
	{ 0 },
};

static const struct mcp_server book = {
	.name = "book", .title = "Book", .version = "1", .port = 8099, .tools = tools, .migrations = migrations,
	.database = "sqlite:book.db", .resources = resources, .prompts = prompts, .jobs = jobs, .settings = settings,
	.commands = commands, .counters = counters,
};

/* On PostgreSQL once more, where POSTGRES_URL says which; see tests/CMakeLists.txt. */
#define DATABASE .database = getenv("POSTGRES_URL") ? MCP_TEST_POSTGRESQL : MCP_TEST_SQLITE

static const char *const revisions[] = { "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26" };

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
	tcase_add_loop_test(tests, time_passes, 0, COUNT(revisions));
	tcase_add_test(tests, a_job_is_run);
	tcase_add_test(tests, counters_count_from_the_servers_begin);
	tcase_add_test(tests, a_command_is_run);
	tcase_add_loop_test(tests, arguments_are_completed, 0, COUNT(revisions));
	tcase_add_loop_test(tests, whole_numbers_are_read_from_uris_and_prompts, 0, COUNT(revisions));
	tcase_add_test(tests, a_task_is_followed_to_its_end);
	tcase_add_test(tests, a_task_is_cancelled);
	tcase_add_test(tests, settings_are_the_tests_own);
	tcase_add_loop_test(tests, callers_have_scopes, 0, COUNT(revisions));
	tcase_add_loop_test(tests, resources_and_prompts_are_read, 0, COUNT(revisions));
	tcase_add_test(tests, a_skill_is_read_of_each_server);
	tcase_add_test(tests, postgresql_may_be_left_out);
	tcase_add_test(tests, rows_are_put_and_found);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
