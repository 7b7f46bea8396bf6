/* book_fixture.h - a guest book: a server that has a little of all there is, for the tests of mcp_test.h. */
#ifndef BOOK_FIXTURE_H
#define BOOK_FIXTURE_H

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

#endif
