/* support.h - the server, for the program and for its tests. */
#ifndef SUPPORT_H
#define SUPPORT_H

#include "mcp.h"

extern const struct mcp_server support_server;

#endif
