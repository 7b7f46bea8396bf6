/* connection.h - a connection to an SQLite file, and the statements it keeps: one thread's at a
 * time. */
#ifndef SQLITE_CONNECTION_H
#define SQLITE_CONNECTION_H

#include <sqlite3.h>

#include "kept.h"

/* What begins and ends transactions, and their parts. */
enum verb { BEGIN, BEGIN_READING, COMMIT, ROLLBACK, SAVEPOINT, RELEASE, ROLLBACK_TO, VERBS };

struct sqlite_connection {
	sqlite3 *db;
	int64_t waits_since_ms;                 /* for another process's lock */
	sqlite3_stmt *verbs[VERBS];             /* NULL: not needed yet */
	struct kept_statements kept;
};

/* Before SQLite is first used. */
void sqlite_configure(void);
/* Whether SQLite can be asked for it: a file, or nothing yet. */
MUST_USE bool sqlite_is_file(const char *path);
/* An empty file where there is none. */
MUST_USE bool sqlite_create_file(const char *path);
bool sqlite_is_busy(int code);
/* In words, once it was waited for. */
#define SQLITE_LOCKED_BY \
	"database is locked: another program did not let go of it in time, such as a shell in a transaction, a copying" \
	" tool, or what has it for itself (`fuser FILE` says which)"
/* Logs why, in SQLite's words and the system's. */
void sqlite_not_opened(sqlite3 *db, const char *what, const char *path);
/* Takes only what every text in the program may say. */
void sqlite_harden(sqlite3 *db);

/* One without a database, for whoever opens that in its own way. */
struct sqlite_connection *sqlite_connection_create(void);
/* To the file that is there; one to read with is an event loop's, and never waits for a lock. NULL: it
 * can't, and has logged why. */
struct sqlite_connection *sqlite_connection_open(const char *path, enum store_use use);
/* One that reads and waits, where `is_it` says that this is the file: it is asked before SQLite uses what
 * lies beside that. For one that took its place SQLite would empty the log's index, which others have in use. */
typedef bool sqlite_is_it_fn(void *of, sqlite3 *db);
struct sqlite_connection *sqlite_connection_open_beside(const char *path, sqlite_is_it_fn *is_it, void *of);
/* For locks, from now on: before it first reads. Who reads meets them seldom, and they are short. */
void sqlite_connection_wait(struct sqlite_connection *connection);
/* SQLITE_DONE, or SQLite's code. */
int sqlite_connection_do(struct sqlite_connection *connection, enum verb verb);
const char *sqlite_verb(enum verb verb);
void sqlite_connection_close(struct sqlite_connection *connection);    /* NULL is fine */

/* statement.c: all that it keeps. */
void sqlite_connection_forget(struct sqlite_connection *connection);

#endif
