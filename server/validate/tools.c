/* tools.c - the rules of tools. */
#include "validate_private.h"

static const struct needed needed[] = {
	NEEDED(struct mcp_tool, about, "say what it does and when to use it, the model reads that"),
	NEEDED(struct mcp_tool, run, "the function that answers"),
	{ 0 },
};

static void check_members(struct checking *at, const void *entry)
{
	const struct mcp_tool *tool = entry;

	validate_call_name(at, tool->name);
	validate_needed(at, tool, needed);
	validate_words(at, "title", tool->title);
	validate_words(at, "about", tool->about);
	validate_scope(at, "scope", tool->scope);
	validate_icons(at, tool->icons);
	validate_meta(at, tool->meta);
}

static void check_schemas(struct checking *at, const void *entry)
{
	const struct mcp_tool *tool = entry;

	if (tool->in && tool->in_schema)
		complain(at, ".in and .in_schema are both there: leave one of them out");
	if (tool->out && tool->out_schema)
		complain(at, ".out and .out_schema are both there: leave one of them out");
	validate_shape(at, "in", tool->in);
	validate_shape(at, "out", tool->out);
	validate_schema(at, "in_schema", tool->in_schema, true);
	validate_schema(at, "out_schema", tool->out_schema, false);
}

/* What it says of itself, which clients and the runtime go by. */
static void check_claims(struct checking *at, const void *entry)
{
	const struct mcp_tool *tool = entry;

	if (tool->changes && !tool->scope)
		complain(at, "it changes something and has no .scope: write the scope that may run it, such as"
		         " \"%s:write\", or MCP_ANYONE", at->server->name ? at->server->name : "NAME");
	if (!tool->changes && tool->destroys)
		complain(at, ".destroys without .changes: clients are told that it only reads; write .changes = true");
	if (!tool->changes && tool->idempotent)
		complain(at, ".idempotent without .changes: it is said of a change; leave it out, or write"
		         " .changes = true");
	if (tool->needs_task && !tool->runs_long && !tool->asks_first)
		complain(at, ".needs_task without .runs_long: nothing would make it a task; write .runs_long = true,"
		         " or .asks_first = true where it calls mcp_begin_task()");
	if (tool->deadline_ms < 0)
		complain(at, ".deadline_ms is below 0: write milliseconds, or leave it out for CALL_DEADLINE");
}

rule_fn *const tool_rules[] = { check_members, check_schemas, check_claims, NULL };
