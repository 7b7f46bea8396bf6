/* backup.h - the commands `backup` and `restore`: the database of a server in SQLite to a file and back. */
#ifndef BACKUP_H
#define BACKUP_H

#include "mcp.h"

/* The exit status; each has said how it went. */
int backup(const struct mcp_server *server, const char *file);
int restore(const struct mcp_server *server, const char *file);

#endif
