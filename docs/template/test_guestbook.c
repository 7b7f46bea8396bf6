/* test_guestbook.c - the guest book, called as its clients do, in either era of the protocol. */
#include "mcp_test.h"

extern const struct mcp_server guestbook_server;

static void who_signs_is_found(struct mcp_test *test, struct mcp_test *reader)
{
	mcp_test_answers(mcp_test_call(reader, "latest", "{}"), "{'entries': []}");
	mcp_test_follow(reader, "guestbook://latest");
	mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Ada', 'words': 'Lovely.'}"), "Thank you, Ada.");
	mcp_test_notice(reader, "resources/updated", "{'uri': 'guestbook://latest'}");
	mcp_test_pass(test, 60000);
	mcp_test_says(mcp_test_call(test, "sign", "{'name': 'Grace', 'words': 'Indeed.'}"), "Thank you, Grace.");
	mcp_test_answers(mcp_test_call(reader, "latest", "{'limit': 1}"), "{'entries': [{'name': 'Grace'}]}");
	mcp_test_answers(mcp_test_read(reader, "guestbook://latest"), "{'entries': [{}, {'name': 'Ada'}]}");
	mcp_test_says(mcp_test_read(reader, "ui://guestbook/latest"), "<h1>Guest book</h1>");
}

static void what_is_wrong_is_refused(struct mcp_test *test, struct mcp_test *reader)
{
	mcp_test_refuses(mcp_test_call(test, "sign", "{'words': 'Who am I?'}"), "name is required");
	mcp_test_refuses(mcp_test_call(reader, "sign", "{'name': 'Bob', 'words': 'Me too.'}"), "guests:write");
	mcp_test_refuses(mcp_test_read(reader, "guestbook://last"), "guestbook://last");
}

/* False: there is no such database. */
static bool serves(const char *revision, enum mcp_test_database database)
{
	struct mcp_test *test = mcp_test_open(&guestbook_server, .revision = revision, .database = database);

	if (!test)
		return false;
	struct mcp_test *reader = mcp_test_also(test, .caller = "bob", .revision = revision, .scopes = "guests:read");
	who_signs_is_found(test, reader);
	what_is_wrong_is_refused(test, reader);
	mcp_test_close(test);
	return true;
}

#define SKIPPED 77              /* to CTest */

/* `test_guestbook postgresql` uses that, and without a word behind it SQLite. */
int main(int argc, char **argv UNUSED)
{
	enum mcp_test_database database = argc > 1 ? MCP_TEST_POSTGRESQL : MCP_TEST_SQLITE;

	return serves("2026-07-28", database) && serves("2025-11-25", database) ? 0 : SKIPPED;
}
