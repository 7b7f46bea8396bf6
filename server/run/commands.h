/* commands.h - what the first word of the command line may be. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdio.h>

#include "options.h"

/* Runs what the words ask for (argv[0] is the program; without any other word it serves), once the
 * settings were read. Returns the exit status. */
int commands_run(const struct mcp_server *server, int argc, char **argv);
/* Prints the help or the version, where that is asked for: the settings need not be read. False: it
 * is not. */
bool commands_print(const struct mcp_server *server, int argc, char **argv);

/* What the commands have in common: who failed and why, on stderr (returns the exit status, 1); and the
 * server's database, opened to write with the role that is set (NULL: it said why). */
int command_failed(const struct mcp_server *server, const char *why);
struct store *command_store(const struct mcp_server *server);

/* How to connect Claude, for people: `url` is the endpoint's. */
void connect_print(FILE *file, const struct options *options, const char *url);

/* Serves until SIGTERM, in serve.c. */
int serve(const struct mcp_server *server);

#endif
