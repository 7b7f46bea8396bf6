/* file_check.h - whether a database file is whole, and whether somebody has it open. */
#ifndef SQLITE_CHECK_H
#define SQLITE_CHECK_H

#include <sqlite3.h>

#include "core.h"

#define SQLITE_CHECK_WHY 320

/* Before a file is opened to be written, which nobody has open: a log that somebody left beside it belongs to another file where that one was replaced meanwhile,
 * and bringing it in would ruin what is there. So the two are checked together, and nothing is
 * changed. False: it has logged what is wrong and what can be done. */
MUST_USE bool sqlite_check_left(const char *path);
/* The same with a connection that only reads the file, whose path has no link in it: NULL, or what is wrong, which is
 * still to be logged. */
MUST_USE const char *sqlite_check_log(const char *path, sqlite3 *db, char why[SQLITE_CHECK_WHY]);
void sqlite_refuse_log(const char *path, const char *why);

/* Goes through a database: NULL, or what is wrong, in `why`. `thorough`: also whether each index
 * agrees with its table. */
const char *sqlite_check(sqlite3 *db, bool thorough, char why[SQLITE_CHECK_WHY]);

/* Who has a file open, as the locks say that SQLite takes: 0: nobody, -1: somebody, else their process.
 * The connections of this process on it lose their locks. */
int sqlite_user_of(const char *path);
/* Locks a file so that no connection can begin to use it: a descriptor, whose closing ends the lock;
 * -1: somebody has it open, or it can't be opened. The same holds of this process's connections. */
int sqlite_lock_alone(const char *path);

#endif
