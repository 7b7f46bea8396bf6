/* connection.c - opens connections to SQLite's files, as readers and writers want them.
 *
 * The file is in WAL mode, so reading and writing do not wait for each other, and a commit is on the
 * disk when it returns. */
#include "connection.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "driver.h"
#include "fatal.h"
#include "log.h"

#define LOCK_PAUSE_MS 2

/* ---- The library and its files ---- */

bool sqlite_is_busy(int code)
{
	return (code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED;
}

/* Before SQLite is first used: no counting of its memory, which takes a lock each time, and small
 * connections, since every thread has one. */
static void configure_library(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0);
	sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 256, 64);
}

void sqlite_configure(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, configure_library);
}

/* Of what is none, it is no use to wait for an answer: a pipe gives none, a device any. */
bool sqlite_is_file(const char *path)
{
	struct stat found;

	if (stat(path, &found) < 0 || S_ISREG(found.st_mode))
		return true;
	log_error("store: the database %s cannot be opened: it is there, and is no file", path);
	return false;
}

/* SQLite would create the file for everyone to read. */
bool sqlite_create_file(const char *path)
{
	int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0640);

	if (file < 0 && errno != EEXIST) {
		log_error("store: the database %s cannot be created: %s%s", path, strerror(errno),
		          errno == ENOENT ? "; make its folder first" : errno == EACCES || errno == EROFS
		          ? "; give this user the right to write into its folder" : "");
		return false;
	}
	if (file >= 0)
		close(file);
	return file >= 0 || sqlite_is_file(path);
}

void sqlite_not_opened(sqlite3 *db, const char *what, const char *path)
{
	int system = sqlite3_system_errno(db);

	log_often(LOG_ERROR, "store: the %s %s cannot be opened: %s%s%s%s", what, path,
	          sqlite_is_busy(sqlite3_errcode(db)) ? SQLITE_LOCKED_BY : sqlite3_errmsg(db),
	          system ? " (" : "", system ? strerror(system) : "", system ? ")" : "");
}

/* ---- Opening ---- */

static bool set(struct sqlite_connection *connection, const char *pragma)
{
	return sqlite3_exec(connection->db, pragma, NULL, NULL, NULL) == SQLITE_OK;
}

/* Two programs that start on a new file both want to change its mode; SQLite refuses one of them at
 * once, without the wait that other locks have. */
static bool set_wal(struct sqlite_connection *connection)
{
	int64_t end = tick_ms() + STORE_WAIT_MS;

	while (!set(connection, "pragma journal_mode = wal")) {
		if (!sqlite_is_busy(sqlite3_errcode(connection->db)) || tick_ms() > end)
			return false;
		nanosleep(&(struct timespec) { .tv_nsec = 5000000 }, NULL);
	}
	return true;
}

/* Pages are read where the system has them in memory (mmap_size), not copied into a cache. */
static bool set_reading(struct sqlite_connection *connection)
{
	return set(connection, "pragma query_only = on; pragma cache_size = -256;"
	                   "pragma mmap_size = 268435456; pragma temp_store = memory");
}

/* Other processes write too, an import piece by piece. SQLite's own handler asks at ever longer
 * intervals, and would miss the moments in between. */
static int wait_for_lock(void *context, int tries)
{
	struct sqlite_connection *connection = context;

	if (tries == 0)
		connection->waits_since_ms = tick_ms();
	nanosleep(&(struct timespec) { .tv_nsec = LOCK_PAUSE_MS * 1000000 }, NULL);
	return tick_ms() - connection->waits_since_ms < STORE_WAIT_MS;
}

void sqlite_connection_wait(struct sqlite_connection *connection)
{
	sqlite3_busy_handler(connection->db, wait_for_lock, connection);
}

static bool set_writing(struct sqlite_connection *connection)
{
	return set_wal(connection)
	       && set(connection, "pragma synchronous = full; pragma foreign_keys = on;"
	                      "pragma cache_size = -1024; pragma mmap_size = 268435456;"
	                      "pragma temp_store = memory; pragma journal_size_limit = 16777216");
}

void sqlite_harden(sqlite3 *db)
{
	sqlite3_extended_result_codes(db, 1);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* "name" is a column and never a text, however it is misspelt. */
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
}

struct opening {
	const char *path;
	enum store_use use;
	bool waits;
	sqlite_is_it_fn *is_it;         /* NULL: it is */
	void *of;
};

/* To set it up reads the file already, which another process locks as it starts and as it stops. */
static bool set_up(struct sqlite_connection *connection, const struct opening *opening)
{
	if (opening->waits)
		sqlite_connection_wait(connection);
	sqlite_harden(connection->db);
	return opening->use == STORE_READS ? set_reading(connection) : set_writing(connection);
}

struct sqlite_connection *sqlite_connection_create(void)
{
	struct sqlite_connection *connection = calloc(1, sizeof(*connection));

	if (!connection)
		fatal();
	return connection;
}

static bool connect(struct sqlite_connection *connection, const struct opening *opening)
{
	int flags = SQLITE_OPEN_NOMUTEX
	            | (opening->use == STORE_READS ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);

	int code = sqlite3_open_v2(opening->path, &connection->db, flags, NULL);
	/* So far only a descriptor was opened. */
	if (code == SQLITE_OK && opening->is_it && !opening->is_it(opening->of, connection->db))
		return false;
	if (code != SQLITE_OK || !set_up(connection, opening)) {
		sqlite_not_opened(connection->db, "database", opening->path);
		return false;
	}
	/* SQLite quietly opens what it may not write for reading. */
	if (opening->use == STORE_WRITES && sqlite3_db_readonly(connection->db, "main")) {
		log_error("store: the database %s is not writable", opening->path);
		return false;
	}
	return true;
}

static struct sqlite_connection *open_as(const struct opening *opening)
{
	struct sqlite_connection *connection = sqlite_connection_create();

	if (connect(connection, opening))
		return connection;
	sqlite_connection_close(connection);
	return NULL;
}

struct sqlite_connection *sqlite_connection_open(const char *path, enum store_use use)
{
	return open_as(&(struct opening) { .path = path, .use = use, .waits = use == STORE_WRITES });
}

struct sqlite_connection *sqlite_connection_open_beside(const char *path, sqlite_is_it_fn *is_it, void *of)
{
	return open_as(&(struct opening) { path, STORE_READS, true, is_it, of });
}

/* ---- Transactions ---- */

const char *sqlite_verb(enum verb verb)
{
	static const char *const verbs[VERBS] = {
		[BEGIN] = "begin immediate", [BEGIN_READING] = "begin", [COMMIT] = "commit",
		[ROLLBACK] = "rollback",
		[SAVEPOINT] = "savepoint member", [RELEASE] = "release member",
		[ROLLBACK_TO] = "rollback to member",
	};
	return verbs[verb];
}

int sqlite_connection_do(struct sqlite_connection *connection, enum verb verb)
{
	sqlite3_stmt **kept = &connection->verbs[verb];
	int code = SQLITE_OK;

	if (!*kept)
		code = sqlite3_prepare_v3(connection->db, sqlite_verb(verb), -1, SQLITE_PREPARE_PERSISTENT,
		                          kept, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(*kept);
	sqlite3_reset(*kept);
	return code;
}

/* ---- Closing ---- */

void sqlite_connection_close(struct sqlite_connection *connection)
{
	if (!connection)
		return;
	sqlite_connection_forget(connection);
	for (enum verb verb = BEGIN; verb < VERBS; verb++)
		sqlite3_finalize(connection->verbs[verb]);
	sqlite3_close(connection->db);
	free(connection);
}
