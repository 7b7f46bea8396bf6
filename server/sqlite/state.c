/* state.c - the file that a service's state is in, beside its data: this process's alone.
 *
 * In WAL mode without waiting for the disk: what a transaction wrote is with the system, and so outlives
 * the process, but not always the machine. A file that did not survive that is put aside. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "fatal.h"
#include "file_check.h"
#include "log.h"
#include "place.h"
#include "sqlite_private.h"

#define LOOK_AGAIN_MS 20
#define STATE_PATH (PATH_MAX + 16)
#define UNUSED_PAGES 1000               /* that may well be needed again */
#define THOROUGH_MOST (INT64_C(64) << 20)       /* bytes that are gone through at a start */

enum opened { OPENED, BUSY, DAMAGED, REFUSED, FAILED };

static enum opened opened(int code)
{
	if (sqlite_is_busy(code))
		return BUSY;
	code &= 0xff;
	return code == SQLITE_OK ? OPENED
		: code == SQLITE_CORRUPT || code == SQLITE_NOTADB ? DAMAGED : FAILED;
}

static int64_t ask(sqlite3 *db, const char *pragma)
{
	sqlite3_stmt *statement = NULL;
	int64_t number = 0;

	if (sqlite3_prepare_v2(db, pragma, -1, &statement, NULL) == SQLITE_OK
	    && sqlite3_step(statement) == SQLITE_ROW)
		number = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return number;
}

/* A number for this run of the machine, which the file keeps (user_version): what is in it was written
 * since, so nothing of it is lost. 0: nobody knows. */
static int this_boot(void)
{
	char id[40] = "";
	int file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t size = file < 0 ? 0 : read(file, id, sizeof(id) - 1);

	if (file >= 0)
		close(file);
	return size > 0 ? (int)(str_hash(str_of(id)) & 0x7fffffff) : 0;
}

static void set_boot(sqlite3 *db, int boot)
{
	char sql[48];

	snprintf(sql, sizeof(sql), "pragma user_version = %d", boot);
	sqlite3_exec(db, sql, NULL, NULL, NULL);
}

void sqlite_state_doubt(struct sqlite *sqlite)
{
	if (sqlite->doubted)
		set_boot(sqlite->connection->db, 0);
	sqlite->doubted = false;
}

/* To go through a large file takes longer than a start may, and is worth it only behind a crash of the
 * machine, or where damage was met. */
static bool is_whole(sqlite3 *db, const char *path)
{
	char why[SQLITE_CHECK_WHY];
	struct stat about;
	int boot = this_boot();

	if (boot && ask(db, "pragma user_version") == boot)
		return true;
	if (stat(path, &about) == 0 && sqlite_check(db, about.st_size <= THOROUGH_MOST, why))
		return false;
	set_boot(db, boot);
	return true;
}

/* NULL: nothing. Strange is the data itself, by a link, or a copy of it (stamp.c), and what another
 * program marked as its own. */
static const char *what_is_wrong(sqlite3 *db)
{
	if (sqlite3_db_readonly(db, "main"))
		return "is not writable";
	if (ask(db, "pragma application_id") != 0)
		return "is another database, not a state, and was left as it is: move it away and start again";
	return NULL;
}

static bool is_usable(sqlite3 *db, const char *path)
{
	const char *why = what_is_wrong(db);

	if (why)
		log_error("store: %s %s", path, why);
	return !why;
}

/* Exclusive before the log is first used: its index is in memory then, and nobody else can look. */
static enum opened take(sqlite3 *db, const char *path)
{
	enum opened state = opened(sqlite3_exec(db, "pragma locking_mode = exclusive", NULL, NULL, NULL));

	if (state == OPENED && path && !is_usable(db, path))
		return REFUSED;
	if (state == OPENED)
		state = opened(sqlite3_exec(db, "pragma synchronous = off;"
			"pragma auto_vacuum = incremental; pragma journal_mode = wal;"
			"pragma foreign_keys = on;"
			"pragma cache_size = -512; pragma temp_store = memory;"
			"pragma journal_size_limit = 4194304; begin immediate; commit", NULL, NULL, NULL));
	return state == OPENED && path && !is_whole(db, path) ? DAMAGED : state;
}

static enum opened open_once(struct sqlite_connection *connection, const char *path)
{
	if (path && !sqlite_create_file(path))
		return FAILED;
	enum opened state = opened(sqlite3_open_v2(path ? path : ":memory:", &connection->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL));
	if (state == OPENED) {
		sqlite_harden(connection->db);
		sqlite3_db_config(connection->db, SQLITE_DBCONFIG_LOOKASIDE, NULL, 0, 0);
		state = take(connection->db, path);
	}
	if (state == FAILED)
		sqlite_not_opened(connection->db, "state", path ? path : "in memory");
	if (state != OPENED) {
		sqlite3_close(connection->db);
		connection->db = NULL;
	}
	return state;
}

/* Under one name, so that there is at most one. */
static bool put_aside(const char *path)
{
	char aside[STATE_PATH + 16], log[STATE_PATH + 16];

	snprintf(aside, sizeof(aside), "%s.damaged", path);
	snprintf(log, sizeof(log), "%s-wal", path);
	if (rename(path, aside) < 0) {
		log_error("store: %s is damaged, and cannot be put aside: %s", path,
		          strerror(errno));
		return false;
	}
	unlink(log);
	log_warning("store: %s was damaged, and is now %s: sessions, open streams, questions and tasks of"
	            " before are lost, the data is not", path, aside);
	return true;
}

static bool open_patiently(struct sqlite_connection *connection, const char *path, int64_t wait_ms,
                           bool *lost)
{
	int64_t until = tick_ms() + wait_ms;
	bool said = false;
	enum opened state;

	while ((state = open_once(connection, path)) != OPENED) {
		if (state >= REFUSED || (state == DAMAGED && (!path || !put_aside(path))))
			return false;
		*lost |= state == DAMAGED;
		if (state == DAMAGED)
			continue;
		if (tick_ms() >= until) {
			log_error("store: %s is in use: another server serves this data, and only one can. Stop"
			          " that one, or give this one data of its own (DATABASE_URL)", path);
			return false;
		}
		if (!said)
			log_info("store: another server has %s; waiting for its end", path);
		said = true;
		nanosleep(&(struct timespec) { .tv_nsec = LOOK_AGAIN_MS * 1000000 }, NULL);
	}
	return true;
}

/* Of what was much once, little is left: what it took is given back bit by bit, to memory or the disk. */
static void shrink(sqlite3 *db)
{
	int64_t unused = ask(db, "pragma freelist_count");

	if (unused > UNUSED_PAGES && unused > ask(db, "pragma page_count") / 2)
		sqlite3_exec(db, "pragma incremental_vacuum(1000)", NULL, NULL, NULL);
}

void sqlite_rest(struct store *store)
{
	struct sqlite *sqlite = sqlite_of(store);

	sqlite_connection_forget(sqlite->connection);
	sqlite_state_doubt(sqlite);
	shrink(sqlite->connection->db);
	sqlite3_db_release_memory(sqlite->connection->db);
}

/* Beside the file itself, whatever links lead to it. */
static const char *state_path(const char *data, char path[STATE_PATH])
{
	char real[PATH_MAX];

	if (!data)
		return NULL;
	snprintf(path, STATE_PATH, "%s.state", realpath(data, real) ? real : data);
	return path;
}

struct store *sqlite_open_state(const char *data, int64_t wait_ms)
{
	char path[STATE_PATH];

	sqlite_configure();
	struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
	if (!sqlite)
		fatal();
	sqlite->connection = sqlite_connection_create();
	if (!open_patiently(sqlite->connection, state_path(data, path), wait_ms, &sqlite->store.lost)) {
		sqlite_connection_close(sqlite->connection);
		free(sqlite);
		return NULL;
	}
	sqlite->store.driver = &sqlite_driver;
	sqlite->store.use = STORE_WRITES;
	sqlite->notices = notices_create(sqlite->connection->db);
	store_begin_call(&sqlite->store, STORE_BUDGET);
	return &sqlite->store;
}
