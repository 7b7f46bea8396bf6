/* test_validate.c - every mistake in a program's tables is made once, and told in the words that
 * docs/mistakes.md promises. `test_validate page` prints the rows of that page. */
#include <stdio.h>
#include <stdlib.h>

#include "suite.h"
#include "validate.h"

/* A row of a table that is sound but for what is written over it. */
#pragma GCC diagnostic ignored "-Woverride-init"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"

struct named { const char *name, *row; int64_t count; bool sold; };

static SHAPE(name_shape, struct named,
	TEXT(struct named, name, "Which", .required = true));
static SHAPE(both_shape, struct named,
	TEXT(struct named, name, "Which", .required = true), TEXT(struct named, row, "Where"));
static SHAPE(sold_shape, struct named,
	BOOL(struct named, sold, "Whether"));
static SHAPE(torn_shape, struct named,
	INT(struct named, count, "How many", AT_LEAST(2), AT_MOST(1)));
static SHAPE(worded_shape, struct named,
	INT(struct named, count, "How many", AT_LEAST(1), AT_MOST(100), DEFAULT("20")));
static SHAPE(numbered_shape, struct named,
	TEXT(struct named, name, "Which", DEFAULT(20)));
static SHAPE(beyond_shape, struct named,
	TEXT(struct named, name, "Which", ONE_OF("tea", "milk"), DEFAULT("salt")));
static SHAPE(example_shape, struct named,
	TEXT(struct named, name, "Which", AT_MOST(3), EXAMPLES("apple")));

/* In itself more often than there are ways to look through. */
struct node { struct node *a, *b; };
extern SHAPE_OF(node_shape, struct node);
#define IN_ITSELF(member) NEST(struct node, member, struct node, node_shape, "Within")
#define TWICE_EACH IN_ITSELF(a), IN_ITSELF(b)
#define MORE TWICE_EACH, TWICE_EACH, TWICE_EACH, TWICE_EACH
SHAPE(node_shape, struct node, MORE, MORE, MORE, MORE);

static enum mcp_answer answer(struct mcp_call *call UNUSED, const void *in UNUSED, struct store *store UNUSED)
{
	return MCP_ANSWERED;
}

static void complete(struct mcp_call *call UNUSED, const char *argument UNUSED, const char *value UNUSED,
                     struct store *store UNUSED)
{
}

static int sees(struct mcp_call *call UNUSED, const void *in UNUSED, struct store *store UNUSED)
{
	return 1;
}

static int64_t work(struct store *store UNUSED)
{
	return 1000;
}

static int order(struct store *store UNUSED, int argc UNUSED, char **argv UNUSED)
{
	return 0;
}

#define A_TOOL(...) { "restock", "Restock", "Puts units back.", .run = answer, __VA_ARGS__ }
#define A_RESOURCE(...) { "shelf://main", "shelf", "A shelf", "One.", "text/plain", .run = answer, __VA_ARGS__ }
#define A_TEMPLATE(...) A_RESOURCE(.uri = "shelf://{name}", .in = name_shape, __VA_ARGS__)
#define A_PROMPT(...) { "compare", "Compare", "Sets side by side.", .run = answer, __VA_ARGS__ }
#define TOOL(...) .tools = (const struct mcp_tool[]) { A_TOOL(__VA_ARGS__), { 0 } }
#define RESOURCE(...) .resources = (const struct mcp_resource[]) { A_RESOURCE(__VA_ARGS__), { 0 } }
#define TEMPLATE(...) .resources = (const struct mcp_resource[]) { A_TEMPLATE(__VA_ARGS__), { 0 } }
#define PROMPT(...) .prompts = (const struct mcp_prompt[]) { A_PROMPT(__VA_ARGS__), { 0 } }
#define JOB(...) .jobs = (const struct mcp_job[]) { { __VA_ARGS__ }, { 0 } }
#define COMMAND(...) .commands = (const struct mcp_command[]) { { __VA_ARGS__ }, { 0 } }
#define COUNTER(...) .counters = (const struct mcp_counter[]) { { __VA_ARGS__ }, { 0 } }
#define SETTING(...) .settings = (const struct setting[]) { { __VA_ARGS__ }, { 0 } }
#define MIGRATION(...) .migrations = (const struct migration[]) { { __VA_ARGS__ }, { 0 } }

static const struct mcp_tool endless_tools[] = { A_TOOL() };
const struct migration endless_migrations[] = { { "1-shelf", "create table shelf (id text);", NULL }, { "2-row", "", "" } };

#define C(n) { "c" #n "_total", "A count." }

static const struct {
	const char *mistake;            /* as the page has it */
	struct mcp_server server;
	const char *said;
} mistakes[] = {
	{ "no version", { .version = NULL },
	  "server: .version is missing: \"1.0.0\"" },
	{ "a name of the server with capitals", { .name = "Shop" },
	  "server: .name \"Shop\" is none: write small letters, digits and -" },
	{ "a port that is none", { .port = 70000 },
	  "server: .port is 70000: write one from 1 to 65535" },
	{ "`counts` without a database", { .counts = "select 1 as count" },
	  "server: .counts without .migrations: it has no database to count in; leave it out" },
	{ "`counts` that changes something", { .counts = "delete from shelf returning 1 as count",
	  .migrations = (const struct migration[]) { { "1-shelf", "create table shelf (name text);", NULL }, { 0 } } },
	  "server: .counts is no query: write \"select count(*) as count from ...\"" },

	{ "scopes that are no list", { .scopes = "stock:read  stock:own" },
	  "server: .scopes \"stock:read  stock:own\" is none: write all there are, with a space between them:"
	  " \"entries:read entries:write\"" },

	{ "a tool's name with a space", { TOOL(.name = "re stock") },
	  "tools[0] \"re stock\": this is no name: write 1 to 128 letters, digits, _, - or ." },
	{ "an empty name", { TOOL(.name = "") },
	  "tools[0] \"\": this is no name: write 1 to 128 letters, digits, _, - or ." },
	{ "a name that is there twice",
	  { .tools = (const struct mcp_tool[]) { A_TOOL(.name = "restock"), A_TOOL(.name = "restock"), { 0 } } },
	  "tools[1] \"restock\": tools[0] has the same name: give each its own" },
	{ "no description", { TOOL(.about = NULL) },
	  "tools[0] \"restock\": .about is missing: say what it does and when to use it, the model reads that" },
	{ "no function", { TOOL(.run = NULL) },
	  "tools[0] \"restock\": .run is missing: the function that answers" },
	{ "a text that is not UTF-8", { TOOL(.about = "caf\xe9") },
	  "tools[0] \"restock\": .about is not UTF-8, so no client could read the list: save the file as UTF-8" },
	{ "a scope that is none", { TOOL(.scope = "stock:read  stock:own") },
	  "tools[0] \"restock\": .scope \"stock:read  stock:own\" is none: write \"entries:read\", or two with a"
	  " space between them where either is enough" },
	{ "a scope that is mistyped", { .scopes = "stock:read stock:own", TOOL(.scope = "stock:own stock:raed") },
	  "tools[0] \"restock\": .scope \"stock:raed\" is not in .scopes, which has stock:read stock:own: write one"
	  " of these, or add it there" },
	{ "a scope of `sees_all` that is mistyped",
	  { .scopes = "stock:read", TEMPLATE(.scope = "stock:read", .sees = sees, .sees_all = "stock:reed") },
	  "resources[0] \"shelf://{name}\": .sees_all \"stock:reed\" is not in .scopes, which has stock:read: write one"
	  " of these, or add it there" },
	{ "a tool that writes, for everybody", { TOOL(.changes = true) },
	  "tools[0] \"restock\": it changes something and has no .scope: write the scope that may run it, such as"
	  " \"shop:write\", or MCP_ANYONE" },
	{ "`destroys` of a tool that only reads", { TOOL(.destroys = true) },
	  "tools[0] \"restock\": .destroys without .changes: clients are told that it only reads; write"
	  " .changes = true" },
	{ "`idempotent` of a tool that only reads", { TOOL(.idempotent = true) },
	  "tools[0] \"restock\": .idempotent without .changes: it is said of a change; leave it out, or write"
	  " .changes = true" },
	{ "`needs_task` of a tool that never is one", { TOOL(.needs_task = true) },
	  "tools[0] \"restock\": .needs_task without .runs_long: nothing would make it a task; write .runs_long ="
	  " true, or .asks_first = true where it calls mcp_begin_task()" },
	{ "a deadline below 0", { TOOL(.deadline_ms = -1) },
	  "tools[0] \"restock\": .deadline_ms is below 0: write milliseconds, or leave it out for CALL_DEADLINE" },
	{ "both `in` and `in_schema`",
	  { TOOL(.in = name_shape, .in_schema = "{\"type\":\"object\",\"properties\":{}}") },
	  "tools[0] \"restock\": .in and .in_schema are both there: leave one of them out" },
	{ "both `out` and `out_schema`", { TOOL(.out = name_shape, .out_schema = "{\"type\":\"array\"}") },
	  "tools[0] \"restock\": .out and .out_schema are both there: leave one of them out" },
	{ "a schema that is no JSON", { TOOL(.in_schema = "{\"type\":\"object\"") },
	  "tools[0] \"restock\": .in_schema is not JSON (unexpected end of data at byte 16): write {\"type\":\"object\",\"properties\":{}}" },
	{ "a schema that is none", { TOOL(.in_schema = "{\"type\":\"objekt\",\"properties\":{}}") },
	  "tools[0] \"restock\": .in_schema is no JSON Schema (2020-12): #: type must be one or a list of null,"
	  " boolean, object, array, number, string and integer" },
	{ "arguments that are no object", { TOOL(.in_schema = "{\"type\":\"array\"}") },
	  "tools[0] \"restock\": .in_schema has no \"type\":\"object\" at its root: write {\"type\":\"object\","
	  "\"properties\":{}}" },
	{ "an object without `properties`", { TOOL(.out_schema = "{\"type\":\"object\"}") },
	  "tools[0] \"restock\": .out_schema has no \"properties\" at its root, which some clients want: write"
	  " {\"type\":\"object\",\"properties\":{}}" },
	{ "a schema that is no object", { TOOL(.out_schema = "[]") },
	  "tools[0] \"restock\": .out_schema is no object: write {\"type\":\"object\",\"properties\":{}}" },
	{ "a field whose bounds exclude each other", { TOOL(.in = torn_shape) },
	  "tools[0] \"restock\": .in, field \"count\": AT_LEAST is above AT_MOST" },
	{ "a number whose default is a text", { TOOL(.in = worded_shape) },
	  "tools[0] \"restock\": .in, field \"count\": its default must be no text: write it as DEFAULT(20), of a bool"
	  " DEFAULT(true)" },
	{ "a text whose default is a number", { TOOL(.in = numbered_shape) },
	  "tools[0] \"restock\": .in, field \"name\": its default must be a text: write it as DEFAULT(\"open\")" },
	{ "a default that is none of its choices", { TOOL(.in = beyond_shape) },
	  "tools[0] \"restock\": .in, field \"name\": its default is not allowed" },
	{ "an example that is refused", { TOOL(.in = example_shape) },
	  "tools[0] \"restock\": .in, field \"name\": name must have at most 3 characters, not 5" },
	{ "icons that are no JSON", { TOOL(.icons = "[{\"src\":1}") },
	  "tools[0] \"restock\": .icons is not JSON (unexpected end of data at byte 10): write an array such as [{\"src\":\"https://example.com/icon.png\",\"mimeType\":\"image/png\","
	  "\"sizes\":[\"48x48\"]}]" },
	{ "icons that are no array", { TOOL(.icons = "{}") },
	  "tools[0] \"restock\": .icons is no array: write an array such as [{\"src\":\"https://example.com/icon.png\","
	  "\"mimeType\":\"image/png\",\"sizes\":[\"48x48\"]}]" },
	{ "an icon without `src`", { TOOL(.icons = "[{}]") },
	  "tools[0] \"restock\": .icons[0] has no src: write an array such as [{\"src\":\"https://example.com/icon.png\","
	  "\"mimeType\":\"image/png\",\"sizes\":[\"48x48\"]}]" },
	{ "an icon that no client may load", { TOOL(.icons = "[{\"src\":\"file:///icon.png\"}]") },
	  "tools[0] \"restock\": .icons[0].src is none: write an https: URL, or a data: URI" },
	{ "an icon's type that is no image",
	  { TOOL(.icons = "[{\"src\":\"data:,\",\"mimeType\":\"png\"}]") },
	  "tools[0] \"restock\": .icons[0].mimeType is none: write \"image/png\" or the like" },
	{ "an icon's sizes as a text", { TOOL(.icons = "[{\"src\":\"data:,\",\"sizes\":\"48x48\"}]") },
	  "tools[0] \"restock\": .icons[0].sizes is none: write an array such as [\"48x48\"], or [\"any\"]" },
	{ "an icon's theme that is none", { TOOL(.icons = "[{\"src\":\"data:,\",\"theme\":\"blue\"}]") },
	  "tools[0] \"restock\": .icons[0].theme is none: write \"light\" or \"dark\"" },
	{ "a member of an icon that is mistyped",
	  { TOOL(.icons = "[{\"src\":\"data:,\",\"mimetype\":\"image/png\"}]") },
	  "tools[0] \"restock\": .icons[0] has a member \"mimetype\" that no client knows: there are src, mimeType,"
	  " sizes and theme" },
	{ "`meta` that is no JSON", { TOOL(.meta = "{\"a\":1") },
	  "tools[0] \"restock\": .meta is not JSON (unexpected end of data at byte 6): write an object such as"
	  " {\"com.example/owner\":\"sales\"}" },
	{ "`meta` that is no object", { TOOL(.meta = "[]") },
	  "tools[0] \"restock\": .meta is no object: write an object such as {\"com.example/owner\":\"sales\"}" },
	{ "`meta` that names a key twice", { TOOL(.meta = "{\"a\":1,\"a\":2}") },
	  "tools[0] \"restock\": .meta is not JSON (it names \"a\" twice): write an object such as"
	  " {\"com.example/owner\":\"sales\"}" },
	{ "a key of `meta` that is none", { TOOL(.meta = "{\"my owner\":1}") },
	  "tools[0] \"restock\": .meta has a key \"my owner\" that is none: write one like \"com.example/owner\", of"
	  " letters, digits, -, _ and ." },
	{ "a key of `meta` that is the protocol's", { TOOL(.meta = "{\"com.mcp/owner\":1}") },
	  "tools[0] \"restock\": .meta has a key \"com.mcp/owner\" of the protocol's own: write a domain of yours"
	  " before the /" },
	{ "a page that is not there", { TOOL(.meta = "{\"ui\":{\"resourceUri\":\"ui://shop/stock\"}}") },
	  "tools[0] \"restock\": .meta names the page \"ui://shop/stock\", which is not there: add it to resources" },

	{ "a URI without a scheme", { RESOURCE(.uri = "main shelf") },
	  "resources[0] \"main shelf\": this is no URI (RFC 3986): write one with a scheme, such as"
	  " \"entry://{id}\"" },
	{ "no type of what it answers", { RESOURCE(.mime = NULL) },
	  "resources[0] \"shelf://main\": .mime is missing: the type of what it answers, such as"
	  " \"application/json\"" },
	{ "a type that is none", { RESOURCE(.mime = "json") },
	  "resources[0] \"shelf://main\": .mime \"json\" is none: write one like \"text/plain\"" },
	{ "half a type", { RESOURCE(.mime = "text/") },
	  "resources[0] \"shelf://main\": .mime \"text/\" is none: write one like \"text/plain\"" },
	{ "a page of another type", { RESOURCE(.uri = "ui://shop/stock", .mime = "text/html") },
	  "resources[0] \"ui://shop/stock\": .mime of a page (ui://) is \"text/html;profile=mcp-app\": write that" },
	{ "a { alone", { TEMPLATE(.uri = "shelf://{name") },
	  "resources[0] \"shelf://{name\": a { or } stands alone: write each name as {name}" },
	{ "`in` of a URI without names", { TEMPLATE(.uri = "shelf://name", .in = name_shape) },
	  "resources[0] \"shelf://name\": .in is there, and the URI has no {names}: leave it out, or name its fields"
	  " in the URI" },
	{ "a template's name that is not in its shape", { RESOURCE(.uri = "shelf://{row}") },
	  "resources[0] \"shelf://{row}\": {row} is not in .in: add TEXT(…, row, …, .required = true) to its shape" },
	{ "a field that the template does not name", { RESOURCE(.uri = "shelf://{name}", .in = both_shape) },
	  "resources[0] \"shelf://{name}\": .in, field \"row\" is not in the URI: write {row} there, or leave it out" },
	{ "a template of a higher level", { TEMPLATE(.uri = "shelf://{+name}/{name}") },
	  "resources[0] \"shelf://{+name}/{name}\": {+name} is no name of a template (RFC 6570 level 1): write"
	  " {name}, of letters, digits and _" },
	{ "a name of a template that stands twice", { TEMPLATE(.uri = "shelf://{name}/{name}") },
	  "resources[0] \"shelf://{name}/{name}\": {name} is there twice: each name stands once" },
	{ "a bool in a template", { RESOURCE(.uri = "shelf://{sold}", .in = sold_shape) },
	  "resources[0] \"shelf://{sold}\": .in, field \"sold\": the names of a template are texts or whole numbers:"
	  " declare it with TEXT or INT" },
	{ "`complete` where there is nothing to complete", { RESOURCE(.complete = complete) },
	  "resources[0] \"shelf://main\": .complete completes the names of a template, and this is none: leave it"
	  " out" },
	{ "`sees` of what is no template", { RESOURCE(.sees = sees) },
	  "resources[0] \"shelf://main\": .sees is asked about what a template names, and this is none: leave it"
	  " out" },
	{ "`sees_all` alone", { TEMPLATE(.sees_all = "shop:read") },
	  "resources[0] \"shelf://{name}\": .sees_all without .sees: write the function that says who sees which" },

	{ "a bool in a prompt", { PROMPT(.in = sold_shape) },
	  "prompts[0] \"compare\": .in, field \"sold\": a prompt's arguments are texts or whole numbers: declare it with"
	  " TEXT or INT" },
	{ "`complete` of a prompt without arguments", { PROMPT(.complete = complete) },
	  "prompts[0] \"compare\": .complete completes arguments, and there is no .in: leave it out" },

	{ "a table without its last, empty entry", { .tools = endless_tools },
	  "tools[0] \"restock\": nothing tells that it is the last: write { 0 } behind it" },
	{ "the same of another file's table", { .migrations = endless_migrations },
	  "migrations[1] \"2-row\": nothing tells that it is the last: write { 0 } behind it" },
	{ "a job without a function", { JOB("tidy", NULL) },
	  "jobs[0] \"tidy\": .run is missing: the function that works" },
	{ "a job without a name", { JOB("", work) },
	  "jobs[0] \"\": its name is empty: write one, for the log" },
	{ "a command that every program has", { COMMAND("check", "check", "Checks.", order) },
	  "commands[0] \"check\": every program has a command of that name: choose another" },
	{ "a command that looks like a flag", { COMMAND("-x", "-x", "Does x.", order) },
	  "commands[0] \"-x\": this is no name: write small letters, digits and -" },
	{ "a counter whose name is no metric's", { COUNTER("sales.count", "Sales.") },
	  "counters[0] \"sales.count\": this is no name of a metric: write one like \"entries_written_total\"" },
	{ "a counter with a name of the runtime's", { COUNTER("mcp_requests_total", "Requests.") },
	  "counters[0] \"mcp_requests_total\": names that begin with mcp_ and process_ are the runtime's: choose"
	  " another" },
	{ "a description of several lines", { COUNTER("sales_total", "Sales,\nall of them.") },
	  "counters[0] \"sales_total\": .about has several lines: write one" },
	{ "more counters than fit", { .counters = (const struct mcp_counter[]) { C(0), C(1), C(2), C(3), C(4), C(5),
	  C(6), C(7), C(8), C(9), C(10), C(11), C(12), C(13), C(14), C(15), C(16), { 0 } } },
	  "counters[16] \"c16_total\": there are more counters than the 16 that fit: leave one out" },
	{ "a setting that every program has", { SETTING("PORT", SETTING_INT, "1", "A port.") },
	  "settings[0] \"PORT\": every program has a setting of that name: choose another" },
	{ "a setting in small letters", { SETTING("colour", SETTING_TEXT, "red", "A colour.") },
	  "settings[0] \"colour\": this is no name: write capitals, digits and _, as in the environment" },
	{ "a setting without a description", { SETTING("COLOUR", SETTING_TEXT, "red") },
	  "settings[0] \"COLOUR\": .about is missing: one line, for --help" },
	{ "a setting of no kind", { SETTING("COLOUR", (enum setting_kind)9, "red", "A colour.") },
	  "settings[0] \"COLOUR\": .kind is none: write SETTING_TEXT, SETTING_INT, SETTING_BYTES, SETTING_DURATION,"
	  " SETTING_LIST or SETTING_CHOICE" },
	{ "a choice of nothing", { SETTING("COLOUR", SETTING_CHOICE, "red", "A colour.") },
	  "settings[0] \"COLOUR\": .one_of is missing: the texts to choose from, ending with NULL" },
	{ "a migration without SQL", { MIGRATION("1-shelf", "") },
	  "migrations[0] \"1-shelf\": it has no SQL: write it behind the name" },
};

static const struct setting own[] = { { "PORT", SETTING_INT, "8081", "Port", 0, 0, NULL }, { 0 } };
static const struct ours ours = { own, (const char *const[]) { "check", "setup", NULL } };

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static struct complaints found_in(int i)
{
	struct mcp_server server = mistakes[i].server;

	server.name = server.name ? server.name : "shop";
	server.version = i == 0 ? NULL : "1.0.0";
	return server_validate(&server, &ours, arena);
}

START_TEST(each_mistake_is_told_alone_and_in_words)
{
	struct complaints found = found_in(_i);

	ck_assert_msg(found.count == 1, "%s: %d complaints, %s", mistakes[_i].mistake, found.count,
	              found.count > 1 ? found.lines[1] : "none");
	ck_assert_str_eq(found.lines[0], mistakes[_i].said);
}
END_TEST

START_TEST(all_of_them_are_told_at_once)
{
	const struct mcp_server server = { .name = "shop", .version = "1",
		.tools = (const struct mcp_tool[]) { A_TOOL(.run = NULL, .about = NULL), A_TOOL(.changes = true), { 0 } },
		PROMPT(.in = sold_shape) };
	struct complaints found = server_validate(&server, &ours, arena);

	ck_assert_int_eq(found.count, 5);
	ck_assert_str_eq(found.lines[3], "tools[1] \"restock\": it changes something and has no .scope: write the"
	                 " scope that may run it, such as \"shop:write\", or MCP_ANYONE");
}
END_TEST

START_TEST(a_shape_in_itself_is_told_however_often_it_is)
{
	const struct mcp_server server = { .name = "shop", .version = "1", TOOL(.in = node_shape) };
	struct complaints found = server_validate(&server, &ours, arena);

	ck_assert_int_ge(found.count, 2);
	ck_assert_int_lt(found.count, 100);
	ck_assert_str_eq(found.lines[0], "tools[0] \"restock\": .in, field \"a\": it is nested too deep, or in itself");
}
END_TEST

START_TEST(what_is_sound_is_left_alone)
{
	const struct mcp_server server = { .name = "shop", .version = "1",
		TOOL(.changes = true, .scope = MCP_ANYONE, .in = name_shape, .out_schema = "{\"type\":\"array\"}",
		     .icons = "[{\"src\":\"https://a.example/i.svg\",\"sizes\":[\"any\",\"48x48\"],\"theme\":\"dark\"}]",
		     .meta = "{\"com.example/x\":1,\"ui\":{\"resourceUri\":\"ui://shop/stock\"},"
		             "\"io.modelcontextprotocol/related\":1,\"com.example.mcp/y\":2}"),
		.resources = (const struct mcp_resource[]) {
			A_TEMPLATE(.complete = complete, .sees = sees, .sees_all = "shop:read"),
			A_RESOURCE(.uri = "ui://shop/stock", .mime = "text/html;profile=mcp-app"), { 0 } },
		PROMPT(.in = name_shape, .complete = complete), JOB("tidy", work),
		COMMAND("order", "order", "Orders.", order), COUNTER("sales_total", "Sales."),
		SETTING("COLOUR", SETTING_TEXT, "red", "A colour."), MIGRATION("1-shelf", "create table shelf (id text)"),
		.counts = "select count(*) as count from shelf", .scopes = "shop:write shop:read" };
	struct complaints found = server_validate(&server, &ours, arena);

	ck_assert_msg(found.count == 0, "%s", found.count ? found.lines[0] : "");
}
END_TEST

static int print_page(void)
{
	begin();
	for (int i = 0; i < COUNT(mistakes); i++) {
		struct complaints found = found_in(i);
		for (int k = 0; k < found.count; k++)
			printf("| %s | `%s` |\n", mistakes[i].mistake, found.lines[k]);
	}
	end();
	return 0;
}

START_TEST(the_page_has_each_of_them)
{
	static char page[1 << 17];
	char row[1024];
	FILE *file = fopen(MISTAKES_PAGE, "r");

	ck_assert_ptr_nonnull(file);
	page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
	fclose(file);
	for (int i = 0; i < COUNT(mistakes); i++) {
		snprintf(row, sizeof(row), "\n| %s | `%s` |\n", mistakes[i].mistake, mistakes[i].said);
		ck_assert_msg(strstr(page, row), "docs/mistakes.md has no row:%s", row);
	}
}
END_TEST

int main(int argc, char **argv UNUSED)
{
	if (argc > 1)
		return print_page();
	Suite *suite = suite_create("validate");
	TCase *tests = tcase_create("validate");
	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_loop_test(tests, each_mistake_is_told_alone_and_in_words, 0, COUNT(mistakes));
	tcase_add_test(tests, all_of_them_are_told_at_once);
	tcase_add_test(tests, a_shape_in_itself_is_told_however_often_it_is);
	tcase_add_test(tests, what_is_sound_is_left_alone);
	tcase_add_test(tests, the_page_has_each_of_them);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
