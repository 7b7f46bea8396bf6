/* builder.h - text that is put together piece by piece, in an arena. */
#ifndef MCP_BUILDER_H
#define MCP_BUILDER_H

#include "core.h"

struct builder {
	struct arena *arena;
	char *at;
	size_t size, room;
};

struct builder builder_begin(struct arena *arena, size_t room);
void builder_put(struct builder *builder, str text);
char *builder_end(struct builder *builder);             /* NUL-terminated */

#endif
