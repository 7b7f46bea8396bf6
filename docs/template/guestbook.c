/* guestbook.c - a guest book as an MCP server: its tables, and a function for each tool. */
#include "mcp.h"

struct entry { const char *name; const char *words; int64_t at; };
struct page { int64_t limit; };
struct entries { struct entry *entries; int64_t count; };

static SHAPE(entry_shape, struct entry,
	TEXT(struct entry, name, "Who signs", .required = true, AT_LEAST(1), AT_MOST(80)),
	TEXT(struct entry, words, "What they say", .required = true, AT_MOST(500)),
	TIME(struct entry, at, "When; set by the server"));

static SHAPE(page_shape, struct page,
	INT(struct page, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(10)));

static SHAPE(entries_shape, struct entries,
	LIST(struct entries, entries, count, struct entry, entry_shape, "The latest first"));

static enum mcp_answer sign(struct mcp_call *call, const void *in, struct store *store)
{
	struct entry entry = *(const struct entry *)in;

	entry.at = now_ms();
	if (store_change(store, "insert into entry (name, words, at) values (:name, :words, :at)",
	                 entry_shape, &entry) != 1)
		return mcp_fail(call, "The guest book is unavailable; try again shortly.");
	mcp_changed("guestbook://latest");
	return mcp_say(call, "Thank you, %s.", entry.name);
}

static enum mcp_answer latest(struct mcp_call *call, const void *in, struct store *store)
{
	ROWS(struct entry) rows;

	if (!store_find(store, mcp_arena(call),
	                "select name, words, at from entry order by at desc limit :limit",
	                page_shape, in, entry_shape, &rows))
		return mcp_fail(call, "The guest book is unavailable; try again shortly.");
	return mcp_return(call, entries_shape, &(struct entries) { rows.first, rows.count });
}

static enum mcp_answer read_latest(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	return latest(call, &(struct page) { 10 }, store);
}

extern const char latest_html[];                /* ui/latest.html */

static enum mcp_answer latest_page(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "%s", latest_html);
}

static const struct mcp_tool tools[] = {
	{ "sign", "Sign the guest book", "Leaves an entry for those who come later.",
	  .in = entry_shape, .scope = "guests:write", .changes = true, .blocks = true, .run = sign },
	{ "latest", "Latest entries", "What the latest guests said.",
	  .in = page_shape, .out = entries_shape, .scope = "guests:read", .run = latest,
	  .meta = "{\"ui\":{\"resourceUri\":\"ui://guestbook/latest\"}}" },
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "guestbook://latest", "latest", "Latest entries", "What the latest ten guests said.",
	  .mime = "application/json", .out = entries_shape, .scope = "guests:read", .run = read_latest },
	{ "ui://guestbook/latest", "page", "A leaf of the book", "Shows a person what latest found.",
	  .mime = "text/html;profile=mcp-app", .scope = "guests:read", .run = latest_page,
	  .meta = "{\"ui\":{\"csp\":{},\"prefersBorder\":true}}" },
	{ 0 },
};

/* Applied once each, in this order, to SQLite as to PostgreSQL. Add to them; never change one. */
static const struct migration migrations[] = {
	{ "1-entry", "create table entry (name text not null, words text not null, at bigint not null);"
	             "create index entry_at on entry (at);", NULL },
	{ 0 },
};

const struct mcp_server guestbook_server = {
	.name = "guestbook", .title = "Guest book", .version = "1.0.0", .port = 8084,
	.tools = tools, .resources = resources, .migrations = migrations, .database = "sqlite:guestbook.db",
	.instructions = "Read the latest entries before signing.", .scopes = "guests:read guests:write",
};
