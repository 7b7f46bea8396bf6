/* check.c - the command `check`: whether a database can be read as it is, such as one that was brought
 * back from a backup. */
#include "check.h"

#include <stdio.h>
#include <unistd.h>

#include "settings.h"
#include "sqlite_place.h"
#include "store_internal.h"

struct count {
	int64_t count;
};

static const struct shape count_shape = SHAPE(struct count,
	INT(struct count, count, "How many"));

static int complain(const struct mcp_server *server, const char *what)
{
	fprintf(stderr, "mcp-%s: %s\n", server->name, what);
	return 1;
}

/* To open an SQLite database is to make the one that is not there. */
static bool is_missing(const char *url)
{
	return strncmp(url, "sqlite:", 7) == 0 && access(place_of_url(url), F_OK) != 0;
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
		return complain(server, "this server has no database to check");
	if (!url)
		return complain(server, "DATABASE_URL is not set; it is sqlite:PATH or"
		                        " postgresql://HOST/DATABASE");
	if (is_missing(url))
		return complain(server, "DATABASE_URL names a file that is not there");
	store_sign_in(setting_text("DATABASE_USER"), setting_text("DATABASE_PASSWORD"));
	struct store *store = store_open(url, STORE_WRITES);
	if (store)
		store_unhurried(store);
	bool done = store && count_all(store, "select count(*) as count from migration", &steps)
	            && (!server->counts || count_all(store, server->counts, &rows));
	store_close(store);
	if (!done)
		return complain(server, "the database can't be read");
	printf("%s can be read: %lld migrations", store_place(url, place), (long long)steps.count);
	if (server->counts)
		printf(", %lld %s", (long long)rows.count, server->name);
	printf(".\n");
	return 0;
}
