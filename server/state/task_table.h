/* task_table.h - what the files that know the table of tasks share. */
#ifndef TASK_TABLE_H
#define TASK_TABLE_H

#include "state_private.h"
#include "task_rows.h"

struct task_row {
	const char *id, *caller, *status, *said, *asked, *outcome, *record, *told;
	int64_t owner, claimed, created, updated, until, ttl, most, caller_most, bytes;
	const char *key, *method, *params;
};
extern SHAPE_OF(task_row_shape, struct task_row);

/* It is not over, or not for too long. */
#define TASK_KEPT "(ended = 0 or ended > mcp_now() - :ttl)"
/* Tells whoever follows the task of that `id`. */
#define TASK_TOLD " returning pg_notify('" CHANNEL_CHANGED "', '" STATE_TASK_TOPIC "' || id) as told"
/* And whoever runs it that it is cancelled. */
#define TASK_STOPPED TASK_TOLD ", pg_notify('" CHANNEL_ONE "' || owner, 'task-cancelled ' || id) as said"

/* Of all results together. */
#define TASK_RESULTS_MAX 33554432

/* task_tidy.c: a result of so many bytes was written; of too many the oldest go, at once. */
void task_rows_count_result(struct store *store, int64_t bytes);

#endif
