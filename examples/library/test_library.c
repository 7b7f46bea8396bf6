/* test_library.c - the lending library, called in either era, on SQLite or, where a word stands behind its name, PostgreSQL. */
#include "mcp_test.h"

#include "library.h"

#include <stdlib.h>

#define DAY_MS (24 * 3600 * 1000LL)

/* A library with books and two members. NULL: there is no such database. */
static struct mcp_test *begin(const char *revision, enum mcp_test_database database)
{
	struct mcp_test *test = mcp_test_open(&library, .revision = revision, .database = database);

	if (!test)
		return NULL;
	mcp_test_says(mcp_test_command(test, "import", BOOKS), "4 books");
	mcp_test_says(mcp_test_call(test, "add_member", "{'member': 'a1', 'name': 'Ada'}"), "Ada is a member.");
	mcp_test_says(mcp_test_call(test, "add_member", "{'member': 'g1', 'name': 'Grace'}"), "Grace");
	return test;
}

/* What a search ends with. */
struct found { const char *next_cursor; };
static SHAPE(found_shape, struct found, TEXT(struct found, next_cursor, "", .required = true));

static void books_are_found(struct mcp_test *test)
{
	struct found found;
	struct mcp_said said = mcp_test_call(test, "search_books", "{'words': 'e', 'limit': 3}");

	mcp_test_answers(said, "{'books': [{'title': 'A Tale of Two Cities'}, {'author': 'Gabriel García Márquez'},"
	                 " {'title': 'Pride and Prejudice'}]}");
	mcp_test_take(said, found_shape, &found);
	mcp_test_refuses(mcp_test_call(test, "search_books", "{'cursor': 'mine'}"), "no cursor");
	mcp_test_answers(mcp_test_call(test, "search_books", "{'words': 'MARQUEZ'}"), "{'books': [{'copies': 3}]}");
	mcp_test_answers(mcp_test_call(test, "search_books", "{'words': '%%'}"), "{'books': []}");
	mcp_test_answers(mcp_test_call(test, "search_books", "{'limit': 3, 'cursor': '%s'}", found.next_cursor),
	                 "{'books': [{'title': 'The Odyssey'}], 'next_cursor': null}");
	mcp_test_answers(mcp_test_call(test, "get_book", "{'id': '978-0140449136'}"), "{'title': 'The Odyssey'}");
	mcp_test_refuses(mcp_test_call(test, "get_book", "{'id': 'none'}"), "There is no book none");
	mcp_test_says(mcp_test_read(test, "ui://library/books"), "<h1>Books</h1>");
}

static void a_key_lends_once(struct mcp_test *test)
{
	const char *once = "{'key': 'key-0001', 'book': '978-0141439600', 'member': 'a1'}";
	struct mcp_test *other = mcp_test_also(test, .caller = "bob", .scopes = "books:read");

	mcp_test_follow(test, "book://978-0141439600");
	mcp_test_answers(mcp_test_call(test, "lend", "%s", once), "{'id': 1, 'member': 'a1'}");
	mcp_test_notice(test, "resources/updated", "{'uri': 'book://978-0141439600'}");
	mcp_test_answers(mcp_test_call(test, "lend", "%s", once), "{'id': 1}");
	mcp_test_quiet(test);
	mcp_test_answers(mcp_test_read(test, "book://978-0141439600"), "{'available': 0}");
	mcp_test_refuses(mcp_test_call(test, "lend", "{'key': 'key-0001', 'book': '978-0140449136', 'member': 'a1'}"),
	                 "take a new key");
	mcp_test_refuses(mcp_test_call(test, "lend", "{'key': 'key-0002', 'book': '978-0141439600', 'member': 'g1'}"),
	                 "All copies");
	mcp_test_refuses(mcp_test_call(test, "lend", "{'key': 'key-0003', 'book': '978-0140449136', 'member': 'x'}"),
	                 "Nobody has the card x");
	mcp_test_refuses(mcp_test_call(other, "lend", "%s", once), "loans:write");
}

static void who_is_late_is_asked(struct mcp_test *test)
{
	mcp_test_pass(test, 29 * DAY_MS);
	if (mcp_test_job(test, "mark_overdue") < DAY_MS / 24)
		abort();
	mcp_test_counted(test, "loans_overdue_total", 1);
	mcp_test_when_asked(test, "Did a1 pay the fee?", MCP_DECLINED, NULL);
	mcp_test_says(mcp_test_call(test, "give_back", "{'loan': 1}"), "stays open");
	mcp_test_answers(mcp_test_call(test, "report", "{}"), "{'books': 4, 'loans': 1, 'open': 1, 'late': 1,"
	                 " 'most_lent': 'A Tale of Two Cities'}");
	mcp_test_notice(test, "progress", "{'progress': 4, 'total': 4}");
	mcp_test_when_asked(test, NULL, MCP_ACCEPTED, "{'paid': true}");
	mcp_test_says(mcp_test_call(test, "give_back", "{'loan': 1}"), "is back.");
	mcp_test_says(mcp_test_call(test, "give_back", "{'loan': 1}"), "was back already");
	mcp_test_refuses(mcp_test_call(test, "give_back", "{'loan': 7}"), "There is no loan 7");
	mcp_test_answers(mcp_test_call(test, "report", "{}"), "{'loans': 1, 'open': 0, 'late': 0}");
}

/* A client without a person is told how to go on. */
static void nobody_is_there(struct mcp_test *test, const char *revision)
{
	struct mcp_test *alone = mcp_test_also(test, .caller = "robot", .revision = revision, .cannot_ask = true);

	mcp_test_answers(mcp_test_call(alone, "lend", "{'key': 'key-0001', 'book': '978-0140449136', 'member': 'g1'}"),
	                 "{'id': 2}");
	mcp_test_pass(test, 29 * DAY_MS);
	mcp_test_refuses(mcp_test_call(alone, "give_back", "{'loan': 2}"), "fee_paid: true");
	mcp_test_says(mcp_test_call(alone, "give_back", "{'loan': 2, 'fee_paid': true}"), "is back.");
}

static void a_prompt_knows_what_was_read(struct mcp_test *test)
{
	mcp_test_json(test, mcp_test_prompt(test, "recommend", "{'member': 'g1'}").result,
	              "{'messages': [{'content': {'text': 'Grace read The Odyssey by Homer.'}}]}");
	mcp_test_refuses(mcp_test_prompt(test, "recommend", "{'member': 'x'}"), "Nobody has the card x");
	mcp_test_answers(mcp_test_complete(test, "recommend", "member", "{'member': 'g'}"), "['g1']");
	mcp_test_answers(mcp_test_complete(test, "recommend", "member", "{'member': 'x'}"), "[]");
}

/* What runs long is a task of a client that knows them, and the same to it. */
static void a_report_is_a_task(struct mcp_test *test)
{
	struct mcp_test *patient = mcp_test_also(test, .caller = "ann", .knows_tasks = true);
	struct mcp_said said = mcp_test_call(patient, "report", "{}");

	mcp_test_answers(said, "{'books': 4, 'loans': 2}");
	if (!said.task)
		abort();
}

/* False: there is no such database. */
static bool lends(const char *revision, enum mcp_test_database database)
{
	struct mcp_test *test = begin(revision, database);

	if (!test)
		return false;
	books_are_found(test);
	a_key_lends_once(test);
	who_is_late_is_asked(test);
	nobody_is_there(test, revision);
	a_prompt_knows_what_was_read(test);
	a_report_is_a_task(test);
	mcp_test_close(test);
	return true;
}

#define SKIPPED 77              /* to CTest */

int main(int argc, char **argv UNUSED)
{
	enum mcp_test_database database = argc > 1 ? MCP_TEST_POSTGRESQL : MCP_TEST_SQLITE;

	return lends("2026-07-28", database) && lends("2025-11-25", database) ? 0 : SKIPPED;
}
