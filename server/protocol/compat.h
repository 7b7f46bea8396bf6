/* compat.h - the known wrong requests of real clients that COMPAT serves all the same. */
#ifndef COMPAT_H
#define COMPAT_H

#include "call.h"

enum compat {
	COMPAT_VERSION_MISMATCH = 1, COMPAT_VERSION_TWICE = 2, COMPAT_VERSION_MISSING = 4,
	COMPAT_PARAMS_EMPTY = 8
};

/* Is it served? Then it is counted too, so ask only where the request is wrong in this way. */
bool compat_serves(enum compat compat);
/* MCP-Protocol-Version, once where it came twice with the same value. */
str compat_version(struct exchange *x);

#endif
