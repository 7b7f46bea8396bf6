/* test_run_tables.c - a program whose tables are wrong does not begin, and says all that is. */
#include "caught.h"
#include "mcp.h"

static const struct mcp_tool tools[] = {
	{ "re stock", "Restock", "Puts units back.", .changes = true },
	{ 0 },
};

static const struct mcp_command commands[] = {
	{ "version", "version", "Something else.", NULL, NULL },
	{ 0 },
};

static const struct mcp_server server = {
	.name = "shop", .version = "1.0.0", .port = 8099, .tools = tools, .commands = commands,
};

static const char *const words[] = { NULL, "check", "connect", "healthcheck" };

START_TEST(it_ends_with_2_and_a_line_for_each_mistake)
{
	char *argv[] = { "mcp-shop", (char *)words[_i], NULL }, said[4096];
	struct caught caught = catch_stderr();
	int status = mcp_main(&server, words[_i] ? 2 : 1, argv);

	release_stderr(caught, said, sizeof(said));
	ck_assert_int_eq(status, 2);
	ck_assert_str_eq(said,
		"mcp-shop: tools[0] \"re stock\": this is no name: write 1 to 128 letters, digits, _, - or .\n"
		"mcp-shop: tools[0] \"re stock\": .run is missing: the function that answers\n"
		"mcp-shop: tools[0] \"re stock\": it changes something and has no .scope: write the scope that may run"
		" it, such as \"shop:write\", or MCP_ANYONE\n"
		"mcp-shop: commands[0] \"version\": .run is missing: the function that does it\n"
		"mcp-shop: commands[0] \"version\": every program has a command of that name: choose another\n");
}
END_TEST

/* ---- What start() fills in ---- */

static char filled[32];

static bool fill(void)
{
	strcpy(filled, "{\"com.example/owner\":");
	return true;
}

static enum mcp_answer answer(struct mcp_call *call, const void *in UNUSED, struct store *store UNUSED)
{
	return mcp_say(call, "Yes.");
}

static const struct mcp_tool late_tools[] = {
	{ "late", "Late", "Has a _meta once the program begins.", .run = answer, .meta = filled },
	{ 0 },
};

START_TEST(what_start_fills_in_is_looked_at_too)
{
	const struct mcp_server late = { .name = "shop", .version = "1", .tools = late_tools, .start = fill };
	char *argv[] = { "mcp-shop", "--port=0", "--metrics-port=0", NULL }, said[4096];
	struct caught caught = catch_stderr();
	int status = mcp_main(&late, 3, argv);

	release_stderr(caught, said, sizeof(said));
	ck_assert_int_ne(status, 0);
	ck_assert_ptr_nonnull(strstr(said, "mcp-shop: tools[0] \"late\": .meta is not JSON (unexpected end of data"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tables");
	TCase *tests = tcase_create("tables");

	tcase_add_loop_test(tests, it_ends_with_2_and_a_line_for_each_mistake, 0, COUNT(words));
	tcase_add_test(tests, what_start_fills_in_is_looked_at_too);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
