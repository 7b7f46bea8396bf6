/* setup.h - the command `setup`. */
#ifndef SETUP_H
#define SETUP_H

#include "mcp.h"

/* Makes the role and the database that the settings name, as SETUP_USER, and the tables as the role.
 * Safe to do again, and by several at once. Returns the exit status. */
int setup(const struct mcp_server *server);

#endif
