/* fresh.c - a database of a test's own, that is gone when the test is over. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fatal.h"
#include "inside.h"
#include "seal.h"

#define PLACE_ROOM 256

struct fresh {
	char folder[PLACE_ROOM];        /* of SQLite's */
	const char *server;             /* of PostgreSQL's: where its schema is; else NULL */
	const char *schema;
	char url[2 * PLACE_ROOM];
	struct arena *arena;
};

/* In memory where that may be: what a test writes need not survive the machine. */
static const char *somewhere(void)
{
	const char *given = getenv("TMPDIR");

	if (given && *given)
		return given;
	return access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

static void make_folder(struct fresh *fresh)
{
	int size = snprintf(fresh->folder, sizeof(fresh->folder), "%s/mcp-test-XXXXXX", somewhere());

	if (size >= (int)sizeof(fresh->folder) || !mkdtemp(fresh->folder))
		fail_say("no folder for the database can be made: %s", fresh->folder);
	snprintf(fresh->url, sizeof(fresh->url), "sqlite:%s/data.db", fresh->folder);
}

static void remove_folder(const char *folder)
{
	char path[PLACE_ROOM + NAME_MAX + 2];
	DIR *files = opendir(folder);

	for (struct dirent *file; files && (file = readdir(files));) {
		snprintf(path, sizeof(path), "%s/%s", folder, file->d_name);
		if (file->d_name[0] != '.')
			unlink(path);
	}
	if (files)
		closedir(files);
	rmdir(folder);
}

/* ---- PostgreSQL ---- */

static bool run_there(const struct fresh *fresh, const char *what)
{
	struct store *store = store_open(fresh->server, STORE_WRITES);
	const char *sql = arena_print(fresh->arena, "%s schema %s%s", what, fresh->schema,
	                              strcmp(what, "drop") == 0 ? " cascade" : "");
	bool done = store && store_change(store, sql, NULL, NULL) >= 0;

	store_close(store);
	return done;
}

/* False: there is none. */
static bool make_schema(struct fresh *fresh)
{
	fresh->server = getenv("POSTGRES_URL");
	if (!fresh->server || !*fresh->server) {
		fprintf(stderr, "PostgreSQL is left out: POSTGRES_URL is not set\n");
		return false;
	}
	uint8_t number[8];
	random_bytes(number, sizeof(number));
	uint64_t random;
	memcpy(&random, number, sizeof(random));
	fresh->schema = arena_print(fresh->arena, "mcp_test_%016llx", (unsigned long long)random);
	int size = snprintf(fresh->url, sizeof(fresh->url), "%s%coptions=-csearch_path%%3D%s", fresh->server,
	                    strchr(fresh->server, '?') ? '&' : '?', fresh->schema);
	if (size >= (int)sizeof(fresh->url) || !run_there(fresh, "create"))
		fail_say("no schema can be made at POSTGRES_URL; the log says why");
	return true;
}

/* ---- Either ---- */

struct fresh *fresh_create(enum mcp_test_database kind)
{
	struct fresh *fresh = calloc(1, sizeof(*fresh));

	if (!fresh)
		fatal();
	fresh->arena = arena_create();
	if (kind == MCP_TEST_SQLITE)
		make_folder(fresh);
	else if (!make_schema(fresh)) {
		arena_destroy(fresh->arena);
		free(fresh);
		return NULL;
	}
	return fresh;
}

const char *fresh_url(const struct fresh *fresh)
{
	return fresh->url;
}

void fresh_destroy(struct fresh *fresh)
{
	if (!fresh)
		return;
	if (fresh->schema)
		(void)run_there(fresh, "drop");
	else
		remove_folder(fresh->folder);
	arena_destroy(fresh->arena);
	free(fresh);
}
