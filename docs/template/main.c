/* main.c - hello: an MCP server with one tool, which greets people and keeps count of them. */
#include "mcp.h"

struct guest { const char *name; };
struct visits { const char *greeting; int64_t times; };

static SHAPE(guest_shape, struct guest,
	TEXT(struct guest, name, "Who is to be greeted", .required = true, AT_LEAST(1), AT_MOST(80)));

static SHAPE(visits_shape, struct visits,
	TEXT(struct visits, greeting, "What to say", .required = true),
	INT(struct visits, times, "How often this name was greeted, this time included", .required = true));

static enum mcp_answer greet(struct mcp_call *call, const void *in, struct store *store)
{
	struct visits visits;

	if (store_find_one(store, mcp_arena(call),
	                   "insert into visit (name, times) values (:name, 1)"
	                   " on conflict (name) do update set times = visit.times + 1"
	                   " returning 'Hello, ' || name || '!' as greeting, times",
	                   guest_shape, in, visits_shape, &visits) != 1)
		return mcp_fail(call, "The visits can't be counted now; try again shortly.");
	return mcp_return(call, visits_shape, &visits);
}

static const struct mcp_tool tools[] = {
	{ "greet", "Greet somebody", "Greets somebody by name, and says how often that name was greeted.",
	  .in = guest_shape, .out = visits_shape, .scope = "visits:write", .changes = true, .blocks = true,
	  .run = greet },
	{ 0 },
};

/* Applied once each, in this order, to SQLite as to PostgreSQL. Add to them; never change one. */
static const struct migration migrations[] = {
	{ "1-visit", "create table visit (name text primary key, times bigint not null);", NULL },
	{ 0 },
};

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "hello", .title = "Greetings", .version = VERSION, .port = 8084,
		.tools = tools, .migrations = migrations, .database = "sqlite:hello.db",
		.instructions = "Greet whoever the person names.",
	}, argc, argv);
}
