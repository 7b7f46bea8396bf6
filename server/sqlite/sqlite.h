/* sqlite.h - the SQLite driver, and what is done with its files alone. */
#ifndef SQLITE_H
#define SQLITE_H

#include "store.h"
#include "wrong.h"

extern const struct driver sqlite_driver;

/* store_open_state() and store_open_scratch(), see databases.h. `data`: the path of the data; NULL: in memory. */
struct store *sqlite_open_state(const char *data, int64_t wait_ms);
struct store *sqlite_open_scratch(const struct store *near, const char *tables);
/* store_open_to_look(), see databases.h. Before another is opened in this process. */
struct store *sqlite_open_to_look(const char *path);
/* Whether a connection of this process is open to a file that had that path, and has it no more: `why`. */
bool sqlite_is_gone(const char *path, struct store_why *why);

/* ---- A whole file ---- */

struct store_copy {
	const char *path;               /* of the database */
	const char *file;               /* of the copy */
	const struct migration *migrations;     /* to restore: those of the program */
	/* Called now and then; false gives up. */
	bool (*going)(void *context, int64_t bytes, int64_t of);
	void *context;
	int64_t bytes;                  /* that were copied */
	char aside[512];                /* restored: where what was there is now; "": nothing was */
	char why[768];                  /* it could not be done */
};

/* Copies a database as it is at this moment into a file of its own, which is checked, on the disk and
 * whole before it has its name. Others may go on reading and writing. */
MUST_USE bool store_backup(struct store_copy *copy);
/* Puts such a copy in the database's place, once it was checked. Nobody may have either of them open.
 * What was there, its log included, is kept under another name. */
MUST_USE bool store_restore(struct store_copy *copy);

#endif
