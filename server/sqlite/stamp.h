/* stamp.h - tells whether the log beside a database file is that file's.
 *
 * SQLite brings a log into whatever file has the name before its "-wal". Where a server was killed and
 * a copy put in its file's place, the copy would become what the server had, or a mixture of both.
 *
 * So a file carries a random number (its user_version), another one each time it begins to be written
 * to by whoever has it open alone; and what is written first into an empty log is the page that the
 * number is on. The log of another file then shows another number. While the number changes, the log
 * names the one before too (application_id). A log whose first page was not written by us shows
 * nothing; then only sqlite_check() helps. */
#ifndef SQLITE_STAMP_H
#define SQLITE_STAMP_H

#include <sqlite3.h>

#include "core.h"

struct stamp {
	bool begun;                     /* something was written */
	bool alone;                     /* nobody else had the file open as it was opened */
	bool due;                       /* the log is empty, or about to be */
	int pages;                      /* in the log after the latest commit */
};

/* Before a write, in the connection's turn: stamps the file, or its log, where that is due. */
void stamp_before_write(struct stamp *stamp, sqlite3 *db);
/* After it: brings the log into the file now and then, as SQLite does by itself within a commit; whoever
 * waits for that one is told before. */
void stamp_after_write(struct stamp *stamp, sqlite3 *db);
/* For the connection that writes: sees when a log begins anew. */
void stamp_watch(struct stamp *stamp, sqlite3 *db);

/* Whether the log beside a file shows another file's number. */
bool stamp_is_of_another(const char *path, const char *log);

#endif
