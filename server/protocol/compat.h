/* compat.h - the known wrong requests of real clients that COMPAT serves all the same. */
#ifndef COMPAT_H
#define COMPAT_H

#include "call.h"

enum compat {
	COMPAT_VERSION_MISMATCH = 1, COMPAT_VERSION_TWICE = 2, COMPAT_VERSION_MISSING = 4,
	COMPAT_PARAMS_EMPTY = 8, COMPAT_EXTRA_ARGUMENTS = 16,
};

/* Is it served? Then it is counted too, so ask only where the request is wrong in this way. */
bool compat_serves(enum compat compat);
/* MCP-Protocol-Version, once where it came twice with the same value. */
str compat_version(struct exchange *x);
/* A tool's arguments, without those that n8n adds where they are served. */
yyjson_val *compat_arguments(struct arena *arena, const struct shape *shape, yyjson_val *arguments);
/* Where there are some, the rest of a sentence that says what to do; else "". */
const char *compat_hint(const struct shape *shape, yyjson_val *arguments);

#endif
