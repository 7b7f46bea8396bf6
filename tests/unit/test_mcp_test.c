/* test_mcp_test.c - mcp_test.h: a server in the test's own process, asked in either era. */
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

static const struct mcp_tool tools[] = {
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
	.database = "sqlite:book.db",
};

static const char *const revisions[] = { "2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26" };

START_TEST(a_tool_is_called_in_each_revision)
{
	struct mcp_test *test = mcp_test_open(&book, .revision = revisions[_i]);

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
		struct mcp_test *test = mcp_test_open(&book);
		mcp_test_answers(mcp_test_call(test, "entries", "{}"), "{'entries': []}");
		mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Bob'}"), "Bob");
		mcp_test_close(test);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mcp_test");
	TCase *tests = tcase_create("mcp_test");
	tcase_add_loop_test(tests, a_tool_is_called_in_each_revision, 0, COUNT(revisions));
	tcase_add_test(tests, each_has_a_database_of_its_own);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
