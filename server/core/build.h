/* build.h - which build of its program this is: what its image says (MCP_BUILD), or it was linked with. */
#ifndef BUILD_H
#define BUILD_H

#include "core.h"

/* A commit, or `git describe`; "" where nobody knows. */
const char *build_id(void);
/* 1.0.0+f8905ed, as SemVer has it: behind the + only what may stand there. */
char *version_with_build(struct arena *arena, const char *version);

#endif
