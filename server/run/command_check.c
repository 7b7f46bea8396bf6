/* command_check.c - the command `check`: whether a database can be read as it is, such as one that was brought
 * back from a backup. */
#include <stdio.h>
#include <unistd.h>

#include "commands.h"
#include "databases.h"
#include "settings.h"
#include "store_internal.h"

struct count {
	int64_t count;
};

static const struct shape count_shape = SHAPE(struct count,
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
	bool done = store_find_one(store, arena, sql, NULL, NULL, &count_shape, counted) == 1;

	arena_destroy(arena);
	return done;
}

int check(const struct mcp_server *server)
{
	const char *url = setting_text("DATABASE_URL");
	struct count steps, rows = { 0 };
	char place[STORE_PLACE_SIZE];

	if (!server->migrations)
		return command_failed(server, "this server has no database to check");
	if (url && is_missing(url))
		return command_failed(server, "DATABASE_URL names a file that is not there");
	struct store *store = command_store(server);
	if (!store)
		return 1;
	store_unhurried(store);
	bool done = count_all(store, "select count(*) as count from migration", &steps)
	            && (!server->counts || count_all(store, server->counts, &rows));
	store_close(store);
	if (!done)
		return command_failed(server, "the database can't be read");
	printf("%s can be read: %lld migrations", store_place(url, place), (long long)steps.count);
	if (server->counts)
		printf(", %lld %s", (long long)rows.count, server->name);
	printf(".\n");
	return 0;
}
