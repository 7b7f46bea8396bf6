/* command_check.c - the command `check`: whether what the program declares is sound (its tables were looked at
 * on the way here, its statements are prepared), and whether its database can be read as it is, such as one that
 * was brought back from a backup; and what else it needs, as the program says itself. */
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "databases.h"
#include "fetch.h"
#include "log.h"
#include "settings.h"
#include "skill.h"
#include "store_internal.h"

#define COUNTS_SHOWN 120        /* bytes of .counts, which says what it is that was counted */

struct count {
	int64_t count;
};

static SHAPE(count_shape, struct count,
	INT(struct count, count, "How many"));

/* To open an SQLite database is to make the one that is not there. */
static bool is_missing(const char *url)
{
	const char *file = store_url_file(url);

	return file && access(file, F_OK) != 0;
}

static bool count_all(struct store *store, const char *sql, struct count *counted)
{
	struct arena *arena = arena_create();
	bool done = store_find_one(store, arena, sql, NULL, NULL, count_shape, counted) == 1;

	arena_destroy(arena);
	return done;
}

/* Behind a noun that is counted: 1 tool, 2 tools. */
static const char *s_of(int64_t count)
{
	return count == 1 ? "" : "s";
}

/* Every entry begins with its name, which the last has not. */
static int entries(const void *table, size_t size)
{
	const char *name;
	int count = 0;

	for (const char *at = table; at; at += size, count++) {
		memcpy(&name, at, sizeof(name));
		if (!name)
			break;
	}
	return count;
}

static bool check_offer(const struct mcp_server *server)
{
	const char *wrong = skills_read(server->skills, setting_text("SKILLS"));

	if (wrong) {
		command_failed(server, wrong);
		return false;
	}
	int tools = entries(server->tools, sizeof(struct mcp_tool));
	int resources = entries(server->resources, sizeof(struct mcp_resource));
	int prompts = entries(server->prompts, sizeof(struct mcp_prompt)), skills = served_skills.count;
	printf("The tables are sound: %d tool%s, %d resource%s, %d prompt%s, %d skill%s.\n", tools, s_of(tools),
	       resources, s_of(resources), prompts, s_of(prompts), skills, s_of(skills));
	/* What is wrong stands behind it, also where both go into one file. */
	fflush(stdout);
	skills_stop();
	return true;
}

struct found {
	struct count steps, rows;
};

/* The exit status. */
static int look(const struct mcp_server *server, struct store *store, bool shared, struct found *found)
{
	int status = statements_check(server, store, shared);
	if (status)
		return status;
	bool done = count_all(store, "select count(*) as count from migration", &found->steps)
	            && (!server->counts || count_all(store, server->counts, &found->rows));
	return done ? 0 : command_failed(server, "the database can't be read");
}

static int check_database(const struct mcp_server *server)
{
	const char *url = command_database(server);
	struct found found = { 0 };
	struct store_why why = { "" };
	char place[STORE_PLACE_SIZE];
	struct store *store = url ? store_open_to_look(url) : NULL;

	if (!store)
		return 1;
	store_unhurried(store);
	int status = look(server, store, store_url_is_shared(url), &found);
	if (!store_well(store, &why))
		status = command_failed(server, why.text);
	store_close(store);
	if (status)
		return status;
	printf("%s can be read: %lld migration%s", store_place(url, place), (long long)found.steps.count,
	       s_of(found.steps.count));
	if (server->counts)
		printf("; %s: %lld (%s)", server->name, (long long)found.rows.count,
		       str_quote(str_of(server->counts), COUNTS_SHOWN).text);
	printf(".\n");
	command_elsewhere(server);
	return 0;
}

/* The exit status. */
static int check_kept(const struct mcp_server *server, bool tables_alone)
{
	const char *url = setting_text("DATABASE_URL");

	if (!server->migrations)
		return 0;
	if (!tables_alone && (!url || !is_missing(url)))
		return check_database(server);
	int status = statements_check(server, NULL, false);
	if (status || tables_alone)
		return status;
	/* Nobody said that there is one. */
	if (server->database && strcmp(url, server->database) == 0) {
		printf("There is no database yet: %s is made at the first start.\n", url);
		return 0;
	}
	return command_failed(server, "DATABASE_URL names a file that is not there");
}

/* What its own check comes across stands in lines of that, not in the log. */
static bool check_own(const struct mcp_server *server)
{
	log_start(LOG_ERROR, false);
	bool well = server->check();
	fetch_stop();
	log_stop();
	return well;
}

int check(const struct mcp_server *server, bool tables_alone)
{
	if (!check_offer(server))
		return 2;
	int status = check_kept(server, tables_alone);
	fflush(stdout);
	bool well = tables_alone || !server->check || check_own(server);
	return well || status ? status : 1;
}
