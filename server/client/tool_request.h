/* tool_request.h - a tools/call of 2026-07-28, as it goes out. */
#ifndef TOOL_REQUEST_H
#define TOOL_REQUEST_H

#include "about.h"
#include "shape.h"

struct request_parts {
	int64_t id;
	const char *tool;
	const struct shape *in;         /* NULL: no arguments */
	const void *arguments;
	const char *key;                /* bearer; NULL: none */
	const char *name, *version;     /* who calls */
	const struct about *about;      /* on whose behalf; NULL: nobody's */
	const struct trace *trace;      /* of the span that calls, where there is an about */
};

/* The body; `headers` ends with NULL. Both in the arena. */
str request_write(struct arena *arena, const struct request_parts *parts,
                  const char *const **headers);

#endif
