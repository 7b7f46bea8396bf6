/* scratch.c - a store of one's own for what is too much for memory. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "fatal.h"
#include "log.h"
#include "sqlite_private.h"

static bool may_hold_files(const char *folder)
{
	return folder && *folder && access(folder, W_OK | X_OK) == 0;
}

static const char *file_of(const struct sqlite *near)
{
	const struct sqlite_connection *connection = near->connection ? near->connection
	                                             : sqlite_file_writer(near->file);

	return sqlite3_db_filename(connection->db, "main");
}

/* In a container only the database's folder can be written, or not even that. */
static const char *scratch_folder(const struct store *near)
{
	static char beside[4096];
	const char *const others[] = { getenv("TMPDIR"), "/var/tmp", "/tmp", "/dev/shm" };

	if (near && near->driver->kind == STORE_SQLITE) {
		snprintf(beside, sizeof(beside), "%s",
		         file_of((const struct sqlite *)near));
		char *slash = strrchr(beside, '/');
		if (slash && (slash[1] = '\0', may_hold_files(beside)))
			return beside;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (may_hold_files(others[i]))
			return others[i];
	return NULL;
}

struct store *sqlite_open_scratch(const struct store *near, const char *tables)
{
	static char folder[4096];
	const char *found = scratch_folder(near);
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));

	if (!sqlite)
		fatal();
	if (found) {
		snprintf(folder, sizeof(folder), "%s", found);
		sqlite3_temp_directory = folder;
	}
	sqlite->connection = sqlite_connection_create();
	sqlite->store.driver = &sqlite_driver;
	sqlite->store.use = STORE_WRITES;
	sqlite_configure();
	/* Without a name: gone with its last descriptor, however this process ends. */
	int code = sqlite3_open_v2("", &sqlite->connection->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
	                           | SQLITE_OPEN_NOMUTEX, NULL);
	if (code == SQLITE_OK)
		sqlite_harden(sqlite->connection->db);
	if (code == SQLITE_OK
	    && sqlite3_exec(sqlite->connection->db, "pragma journal_mode = off; pragma synchronous = off;"
	                    "pragma cache_size = -2048; pragma temp_store = file", NULL, NULL, NULL)
	       == SQLITE_OK
	    && sqlite3_exec(sqlite->connection->db, tables, NULL, NULL, NULL) == SQLITE_OK)
		return &sqlite->store;
	log_error("store: no scratch file can be made: %s", sqlite3_errmsg(sqlite->connection->db));
	store_close(&sqlite->store);
	return NULL;
}
