/* changes.h - what changed: who called what, what was deployed, what began to ring, on one time line. */
#ifndef CHANGES_H
#define CHANGES_H

#include "change.h"

struct changes_wanted {
	const char *since, *who, *what;
};
extern SHAPE_OF(changes_wanted_shape, struct changes_wanted);

struct changes_answer {
	struct change *changes;
	int64_t changes_count, left_out;
	int64_t since, as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(changes_shape, struct changes_answer);

enum mcp_answer changes(struct mcp_call *call, const void *in, struct store *store);

#endif
