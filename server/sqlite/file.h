/* file.h - what the handles of this process to one database file share.
 *
 * Writer   One connection writes, and goes with the turn, of which there is one (lending.h): those
 *          that write do so one after the other, and what it has in memory stays true.
 *          Those that wait for it meanwhile are committed together (group.c).
 * Readers  A few only read, each lent for a statement at a time. An event loop's is its own.
 * The end  The connection that closes last is the one that writes, whatever order handles are closed
 *          in: only that one can bring the write-ahead log into the file. So nothing is left beside
 *          the file of whoever stops in order.
 * There    What is committed must be where a program that is started later will look for it. So a
 *          file that was moved, deleted or replaced, or whose log was, takes no transaction until
 *          it is back; what was read from it is not told either. */
#ifndef SQLITE_FILE_H
#define SQLITE_FILE_H

#include "connection.h"
#include "lending.h"
#include "stamp.h"

struct sqlite_file;

/* For a connection that was opened and has used the file; `alone`: nobody else had it open before.
 * NULL: it is not at its path any more. */
struct sqlite_file *sqlite_file_join(const char *path, sqlite3 *db, bool alone);
/* For a handle without one of its own. NULL: no connection that writes is open to that file. */
struct sqlite_file *sqlite_file_join_writer(const char *path);
/* From now on that is the one that writes; the first's to say. */
void sqlite_file_set_writer(struct sqlite_file *file, struct sqlite_connection *writer);
/* Closes a handle's own connection, NULL: it has none; and the file's with the last handle. */
void sqlite_file_leave(struct sqlite_file *file, struct sqlite_connection *own);

/* Whether a connection of this process is open to the file at that path. */
bool sqlite_file_is_open(const char *path);

struct lending *sqlite_file_turn(struct sqlite_file *file);
/* What follows is of whose turn it is. */
struct open_group {
	struct group *members;          /* that wait for its commit; NULL: none, and no transaction is open */
	int64_t began_us;
	int64_t age_most_us;            /* then it is committed, so that other processes have their turn, too */
};
struct open_group *sqlite_file_group(struct sqlite_file *file);
struct sqlite_connection *sqlite_file_writer(struct sqlite_file *file);
/* As many as were needed at once, up to a bound; beyond it whoever wants one waits. */
struct lending *sqlite_file_readers(struct sqlite_file *file);
/* Whether a connection that was just opened is to this file. */
MUST_USE bool sqlite_file_holds(struct sqlite_file *file, sqlite3 *db);
/* Statements, by the address of their text, that are known to write. */
bool sqlite_file_writes(const struct sqlite_file *file, const char *sql);
void sqlite_file_note_writes(struct sqlite_file *file, const char *sql);
struct stamp *sqlite_file_stamp(struct sqlite_file *file);
/* Whether it is still where it was: NULL, or why not in words. The first to see a change logs it. */
const char *sqlite_file_away(struct sqlite_file *file);
/* The same as it was at most a moment ago, for reading. */
const char *sqlite_file_seen_away(struct sqlite_file *file);
/* SQLite found the file damaged: from now on it is not fit to be served. */
void sqlite_file_damaged(struct sqlite_file *file);
bool sqlite_file_is_damaged(struct sqlite_file *file);
const char *sqlite_file_path(const struct sqlite_file *file);

#endif
