/* builder.c - see builder.h. */
#include "builder.h"

struct builder builder_begin(struct arena *arena, size_t room)
{
	return (struct builder) { .arena = arena, .at = arena_alloc_raw(arena, room + 1), .room = room + 1 };
}

void builder_put(struct builder *builder, str text)
{
	size_t needed = builder->size + text.size + sizeof("");
	if (needed > builder->room) {
		builder->at = arena_grow(builder->arena, builder->at, builder->room, 2 * needed);
		builder->room = 2 * needed;
	}
	memcpy(builder->at + builder->size, text.at, text.size);
	builder->size += text.size;
}

char *builder_end(struct builder *builder)
{
	builder->at[builder->size] = '\0';
	return builder->at;
}
