/* check.h - the command `check`. */
#ifndef CHECK_H
#define CHECK_H

#include "mcp.h"

/* Says how far the database is and how much is in it; changes no row, and
 * makes no database (a file of SQLite has to be writable, as for serving). Returns the exit status. */
int check(const struct mcp_server *server);

#endif
