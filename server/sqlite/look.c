/* look.c - a file that is only looked at: nothing in its folder is changed, so it may be a backup, or on a disk that
 * can't be written.
 *
 * A connection that only reads makes a log and its index where there are none, leaves them, and clears an index that
 * was left. So one that nobody has open is read without either: where a log lies beside it, with the index in memory.
 * Nothing then keeps others from beginning to write to it, which is found out at the end. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fatal.h"
#include "file_check.h"
#include "log.h"
#include "sqlite_private.h"

enum part { MAIN, LOG, JOURNAL, PARTS };

struct look {
	bool alone;                     /* nobody had it open */
	char paths[PARTS][PATH_MAX + 16];
	struct stat were[PARTS];        /* of size 0: it was not there */
};

static void find_parts(struct look *look, const char *path)
{
	static const char *const suffixes[PARTS] = { "", "-wal", "-journal" };
	char real[PATH_MAX];

	if (!realpath(path, real))
		snprintf(real, sizeof(real), "%s", path);
	for (enum part part = MAIN; part < PARTS; part++) {
		snprintf(look->paths[part], sizeof(look->paths[part]), "%s%s", real, suffixes[part]);
		if (stat(look->paths[part], &look->were[part]) < 0)
			look->were[part].st_size = 0;
	}
	look->alone = sqlite_user_of(real) == 0;
}

static bool is_as_it_was(const struct look *look, enum part part)
{
	const struct stat *was = &look->were[part];
	struct stat found;

	if (stat(look->paths[part], &found) < 0)
		return was->st_size == 0;
	return found.st_size == was->st_size
	       && (found.st_size == 0 || (found.st_mtim.tv_sec == was->st_mtim.tv_sec
	                                  && found.st_mtim.tv_nsec == was->st_mtim.tv_nsec));
}

/* What was read is of one moment. If it is not, it says nothing: least of all that something is damaged, or that the
 * log can be removed, which is the other program's by now. */
static bool is_still(const struct look *look)
{
	for (enum part part = MAIN; part < PARTS && look->alone; part++)
		if (!is_as_it_was(look, part))
			return false;
	return true;
}

#define NOT_STILL "another program began to write to the database meanwhile; look again"

/* ---- Opening ---- */

#define URI_SIZE (3 * PATH_MAX + 64)

static void write_uri(const char *path, const char *how, char uri[URI_SIZE])
{
	char *to = uri + sprintf(uri, "file:");

	for (; *path; path++)
		to += sprintf(to, strchr("%?#", *path) ? "%%%02X" : "%c", (unsigned char)*path);
	strcpy(to, how);
}

/* Without locks where nobody has it: to have it locked would be to keep others from tidying up as they stop. A
 * journal that was left is to be taken back first, which SQLite refuses whoever only reads, in words. */
static const char *how_to_open(const struct look *look)
{
	if (!look->alone || look->were[JOURNAL].st_size > 0)
		return "?mode=ro";
	return look->were[LOG].st_size > 0 ? "?mode=ro&vfs=unix-none" : "?mode=ro&immutable=1";
}

static bool set_up(struct sqlite_connection *connection, const struct look *look)
{
	sqlite3 *db = connection->db;
	const char *index = look->alone ? "pragma locking_mode = exclusive" : "";

	sqlite_connection_wait(connection);
	sqlite_harden(db);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	return sqlite3_exec(db, index, NULL, NULL, NULL) == SQLITE_OK
	       && sqlite3_exec(db, "pragma query_only = on; pragma temp_store = memory", NULL, NULL, NULL) == SQLITE_OK;
}

static bool check_log(const struct look *look, sqlite3 *db)
{
	char why[SQLITE_CHECK_WHY];
	const char *wrong = look->alone ? sqlite_check_log(look->paths[MAIN], db, why) : NULL;

	if (wrong && is_still(look))
		sqlite_refuse_log(look->paths[MAIN], wrong);
	else if (wrong)
		log_error("store: " NOT_STILL);
	return !wrong;
}

static bool open_as_it_is(struct sqlite *sqlite, const struct look *look)
{
	struct sqlite_connection *connection = sqlite_connection_create();
	char uri[URI_SIZE];

	sqlite->connection = connection;
	write_uri(look->paths[MAIN], how_to_open(look), uri);
	if (sqlite3_open_v2(uri, &connection->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL)
	    != SQLITE_OK || !set_up(connection, look)) {
		sqlite_not_opened(connection->db, "database", look->paths[MAIN]);
		return false;
	}
	return check_log(look, connection->db);
}

struct store *sqlite_open_to_look(const char *path)
{
	if (!sqlite_is_file(path))
		return NULL;
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
	if (!sqlite || !(sqlite->look = calloc(1, sizeof(*sqlite->look))))
		fatal();
	sqlite_configure();
	sqlite->store = (struct store) { .driver = &sqlite_driver, .use = STORE_READS, .budget = INT64_MAX };
	find_parts(sqlite->look, path);
	if (open_as_it_is(sqlite, sqlite->look)
	    && (sqlite->file = sqlite_file_join(path, sqlite->connection->db, false)))
		return &sqlite->store;
	store_close(&sqlite->store);
	return NULL;
}

/* ---- What it was worth ---- */

bool sqlite_look_well(const struct sqlite *sqlite, struct store_why *why)
{
	if (sqlite->store.gave_up)
		return store_wrong(why, "%s", SQLITE_LOCKED_BY);
	return is_still(sqlite->look) || store_wrong(why, "%s", NOT_STILL);
}

bool sqlite_look_is_still(const struct sqlite *sqlite)
{
	return is_still(sqlite->look);
}
