/* run.h - a program from its command line to its exit status, in the order in which mcp_main() goes. */
#ifndef RUN_H
#define RUN_H

#include "mcp.h"

/* Notes when the program began: it says how long its start took. */
void serve_began(void);

/* Prints the help or the version, where that is asked for: the settings need not be read. False: it
 * is not. */
bool commands_print(const struct mcp_server *server, int argc, char **argv);

/* Whether the tables of the server can be served. False: all that is wrong with them was said. */
bool tables_sound(const struct mcp_server *server);

/* The tables of a server, the runtime's and its own, for settings_read(): ends with NULL. They live
 * as long as the process. */
const struct setting *const *settings_tables(const struct mcp_server *server);
/* The same to be told: without those of a database where the server has none. */
const struct setting *const *settings_told(const struct mcp_server *server);

/* Runs what the words ask for (argv[0] is the program; without any other word it serves), once the
 * settings were read. Returns the exit status. */
int commands_run(const struct mcp_server *server, int argc, char **argv);

#endif
