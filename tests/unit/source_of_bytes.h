/* source_of_bytes.h - bytes that are read in pieces, as a file is, and that may fail at their end. */
#ifndef SOURCE_OF_BYTES_H
#define SOURCE_OF_BYTES_H

#include <string.h>

#include "core.h"

struct source {
	str rest;
	size_t step;            /* so many at most at a time; 0: all that there is room for */
	bool fails;             /* at the end */
};

static inline int64_t read_source(void *context, char *into, size_t room)
{
	struct source *source = context;
	size_t size = source->rest.size < room ? source->rest.size : room;

	if (source->step && size > source->step)
		size = source->step;
	if (size == 0)
		return source->fails ? -1 : 0;
	memcpy(into, source->rest.at, size);
	source->rest.at += size;
	source->rest.size -= size;
	return (int64_t)size;
}

#endif
