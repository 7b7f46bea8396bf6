/* test_run_statements.c - a program with statements that can't be run does not begin, and says which; `check` says so
 * before there is a database. */
#include <ftw.h>
#include <sys/wait.h>

#include "caught.h"
#include "mcp.h"

struct entry {
	const char *name;
	int64_t at;
};

static SHAPE(entry_shape, struct entry,
	TEXT(struct entry, name, "Who"),
	TIME(struct entry, at, "When"));

struct entries {
	struct entry *entries;
	int64_t count;
};

static SHAPE(entries_shape, struct entries,
	LIST(struct entries, entries, count, struct entry, entry_shape, "All"));

static enum mcp_answer sign(struct mcp_call *call, const void *in, struct store *store)
{
	const struct entry *entry = in;

	if (store_change(store, "insert into entry (name, at) values (:nom, :at)", entry_shape, entry) != 1)
		return mcp_fail(call, "Not now.");
	return mcp_say(call, "Signed.");
}

/* It is told whole. */
#define LONG "select name, at from entry where name <> '' and at between 0 and 4102444800000 order by made"

static enum mcp_answer list(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	ROWS(struct entry) rows;

	if (!store_find(store, mcp_arena(call), LONG, NULL, NULL, entry_shape, &rows) ||
	    !store_find(store, mcp_arena(call), "select name from guest", NULL, NULL, entry_shape, &rows) ||
	    !store_find(store, mcp_arena(call), "select name, at as moment from entry", NULL, NULL, entry_shape, &rows))
		return mcp_fail(call, "Not now.");
	return mcp_return(call, entries_shape, &(struct entries) { rows.first, rows.count });
}

static int count(struct store *store UNUSED, int argc UNUSED, char **argv UNUSED)
{
	printf("It ran.\n");
	return 0;
}

static const struct mcp_tool tools[] = {
	{ "sign", "Sign", "Signs the book.", .in = entry_shape, .changes = true, .scope = MCP_ANYONE, .run = sign },
	{ "list", "List", "Lists who signed.", .out = entries_shape, .run = list },
	{ 0 },
};
static const struct mcp_command commands[] = {
	{ "count", "count", "Counts them.", count, NULL }, { 0 },
};
static const struct migration migrations[] = {
	{ "1-book", "create table entry (name text not null, at bigint not null)", NULL }, { 0 },
};
static const struct mcp_server server = {
	.name = "book", .version = "1.0.0", .port = 8099, .tools = tools, .commands = commands, .migrations = migrations,
};

/* Behind the line's number. */
static const char *const on_sqlite[] = {
	"insert into entry (name, at) values (:nom, :at): no field for the parameter :nom",
	LONG ": no such column: made",
	"select name from guest: no such table: guest",
	"select name, at as moment from entry: no field for the column moment",
	NULL,
};
static const char *const on_postgresql[] = {
	"insert into entry (name, at) values (:nom, :at): no field for the parameter :nom",
	LONG ": column \"made\" does not exist",
	"select name from guest: relation \"guest\" does not exist",
	"select name, at as moment from entry: no field for the column moment",
	NULL,
};

static char folder[64], url[512], said[8192];

static int remove_one(const char *path, const struct stat *about UNUSED, int kind UNUSED, struct FTW *walk UNUSED)
{
	return remove(path);
}

static void begin(void)
{
	const char *shared = getenv("POSTGRES_URL");

	strcpy(folder, "/tmp/test_run_XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(url, sizeof(url), shared ? "--database-url=%s" : "--database-url=sqlite:%s/book.db",
	         shared ? shared : folder);
}

static void end(void)
{
	nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* The status; what it said is in `said`. A process of its own, which the log's threads and signals are. */
static int run(const char *command)
{
	char *argv[] = { "mcp-book", url, "--port=0", "--metrics-port=0", "--log-format=text", NULL };
	char *commanded[] = { "mcp-book", (char *)command, url, NULL };
	struct caught caught = catch_stderr();
	int status;
	pid_t pid = fork();

	if (pid == 0)
		exit(command ? mcp_main(&server, 3, commanded) : mcp_main(&server, 5, argv));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	release_stderr(caught, said, sizeof(said));
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void is_told(const char *before, const char *const *lines)
{
	const char *kind = lines == on_sqlite ? "sqlite" : "postgresql";
	char begins[128];
	int count = 0;

	snprintf(begins, sizeof(begins), "%s%s: test_run_statements.c:", before, kind);
	for (const char *at = said; (at = strstr(at, begins)); at++)
		count++;
	ck_assert_msg(count == 4, "%d times \"%s\" in:\n%s", count, begins, said);
	for (; *lines; lines++)
		ck_assert_msg(strstr(said, *lines), "\"%s\" is not in:\n%s", *lines, said);
}

static const char *const *lines_here(void)
{
	return getenv("POSTGRES_URL") ? on_postgresql : on_sqlite;
}

START_TEST(it_does_not_serve_and_says_each)
{
	ck_assert_int_eq(run(NULL), 2);
	is_told("not started: ", lines_here());
	/* Nor does it the next time. */
	ck_assert_int_eq(run(NULL), 2);
	is_told("not started: ", lines_here());
}
END_TEST

static void ends_with(const char *end)
{
	ck_assert_msg(strlen(said) > strlen(end) && strcmp(said + strlen(said) - strlen(end), end) == 0, "%s", said);
}

#define ENDS "\nmcp-book: 4 of 4 statements are not sound, as "

START_TEST(its_commands_do_not_begin)
{
	ck_assert_int_eq(run("count"), 2);
	is_told("mcp-book: ", lines_here());
	ck_assert_int_eq(run("check"), 2);
	is_told("mcp-book: ", lines_here());
	ends_with(getenv("POSTGRES_URL") ? ENDS "PostgreSQL has them\n" : ENDS "SQLite has them\n");
}
END_TEST

/* On PostgreSQL it has to wait for the tables. */
START_TEST(check_needs_no_database)
{
	ck_assert_int_eq(run("check"), 2);
	is_told("mcp-book: ", on_sqlite);
	ck_assert_ptr_null(strstr(said, "migration"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("statements of a program");
	TCase *tests = tcase_create("statements");

	tcase_add_checked_fixture(tests, begin, end);
	tcase_add_test(tests, it_does_not_serve_and_says_each);
	tcase_add_test(tests, its_commands_do_not_begin);
	if (!getenv("POSTGRES_URL"))
		tcase_add_test(tests, check_needs_no_database);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
