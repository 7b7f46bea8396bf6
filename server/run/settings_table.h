/* settings_table.h - the settings every server has. */
#ifndef SETTINGS_TABLE_H
#define SETTINGS_TABLE_H

#include "mcp.h"

/* The tables of a server, the runtime's and its own, for settings_read(): ends with NULL. They live
 * as long as the process. */
const struct setting *const *settings_tables(const struct mcp_server *server);

#endif
