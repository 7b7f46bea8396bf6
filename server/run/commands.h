/* commands.h - what each command does, and what they have in common. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdio.h>

#include "options.h"

/* ---- Each returns the exit status and has said how it went ---- */

/* Serves until SIGTERM. */
int serve(const struct mcp_server *server);

/* Makes the role and the database that the settings name, as SETUP_USER, and the tables as the role.
 * Safe to do again, and by several at once. */
int setup(const struct mcp_server *server);

/* Says what the program offers, how far the database is and how much is in it, and what its own check does; changes
 * nothing, and makes no database. `tables_alone`: of the program, and of nothing that is outside it. */
int check(const struct mcp_server *server, bool tables_alone);

/* Makes a key for the name and scopes behind argv[0]. */
int make_key(const struct mcp_server *server, int argc, char **argv);

/* Which of these names, with blanks between them, is no scope of the server, in words. NULL: all are. */
const char *scope_unknown(struct arena *arena, const struct mcp_server *server, str names);

/* The database of a server in SQLite to a file and back. */
int backup(const struct mcp_server *server, const char *file);
int restore(const struct mcp_server *server, const char *file);

/* ---- What commands.c says itself ---- */

/* The HTTP status of GET /healthz at this address: 200 is alive, 0 is no answer in time. Not /readyz:
 * whoever runs containers replaces one that fails this, which brings no database back. */
int healthcheck(const char *host, int port, int64_t timeout_ms);

/* How to connect Claude, for people: `url` is the endpoint's. */
void connect_print(FILE *file, const struct options *options, const char *url);

/* ---- The program's statements (statements.c): 0, or the exit status ---- */

/* Behind store_migrate(): next to nothing where all was well the last time. Tells each that is wrong, in the log or
 * on stderr. */
int statements_prepare(const struct mcp_server *server, struct store *store, bool logged);
/* All of them, in a database that is there (`store` NULL: it is not). Where that has not the tables yet, in one
 * of SQLite's that is made for it. Changes nothing, and says how many there are. */
int statements_check(const struct mcp_server *server, struct store *store, bool shared);

/* ---- A program's own ---- */

/* NULL: there is none of that name. */
const struct mcp_command *command_own(const struct mcp_server *server, const char *name);
/* On a store that is ready (NULL: it has none); argv[0] is its name. The exit status, which is not 0 after a mistake. */
int command_run_own(const struct mcp_command *own, struct store *store, int argc, char **argv);

/* ---- In common ---- */

/* Who failed and why, on stderr: the exit status, 1. */
int command_failed(const struct mcp_server *server, const char *why);
/* Says what the database has not, where that is so. */
void command_elsewhere(const struct mcp_server *server);
/* What is wrong with the words or settings it was given, with `word` behind it, and the usage of the command
 * of that name (NULL: of the program), on stderr: the exit status, 2. */
int command_misused(const struct mcp_server *server, const char *name, const char *what, const char *word);
/* The URL of the server's database, whose role is set from now on. NULL: it said that there is none. */
const char *command_database(const struct mcp_server *server);
/* The server's database, opened to write with the role that is set. NULL: it said why. */
struct store *command_store(const struct mcp_server *server);

#endif
