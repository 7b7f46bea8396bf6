/* validate.h - everything that is wrong with a server's tables, in words, before anybody calls it.
 *
 *     struct complaints found = server_validate(server, &ours, arena);
 *     for (int i = 0; i < found.count; i++)
 *         fprintf(stderr, "%s\n", found.lines[i]);
 *
 * A line names table and entry, what is wrong and what to write:
 *
 *     tools[3] "restock": .icons is not JSON (unexpected character at byte 12): write an array such as … */
#ifndef VALIDATE_H
#define VALIDATE_H

#include "mcp.h"

/* What every program has, so that none may name its own so. */
struct ours {
	const struct setting *settings;         /* ends with an empty entry */
	const char *const *commands;            /* ends with NULL */
};

struct complaints {
	const char **lines;
	int count, room;
};

/* All of them, in the order of the tables; they live in the arena. */
struct complaints server_validate(const struct mcp_server *server, const struct ours *ours,
                                  struct arena *arena);

#endif
