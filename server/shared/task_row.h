/* task_row.h - what the files that know the table of tasks share. */
#ifndef TASK_ROW_H
#define TASK_ROW_H

#include "shared_private.h"

struct task_row {
	const char *id, *caller, *status, *said, *asked, *outcome, *record, *told;
	int64_t owner, claimed, created, updated, until, ttl, most, caller_most;
};
extern const struct shape task_row_shape;

/* It is not over, or not for too long. */
#define TASK_KEPT "(ended = 0 or ended > mcp_now() - :ttl)"
/* Tells whoever follows the task of that `id`. */
#define TASK_TOLD "cast(pg_notify('" CHANNEL_CHANGED "', '" SHARED_TASK_TOPIC "' || id) as text)"

#endif
