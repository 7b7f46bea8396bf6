/* caller_row.c - what the database has of a caller whose key is no more. */
#include "task_row.h"

static const char *const sessions_sql =
	"with gone as (delete from mcp_session where caller = :caller returning id)"
	" select cast(pg_notify('" CHANNEL_ALL "', 'ended ' || id) as text) as told from gone";

static const char *const tasks_sql =
	"with over as (update mcp_task set status = 'cancelled', record = '',"
	"  until = 0, ended = mcp_now(), updated = mcp_now()"
	"  where caller = :caller and ended = 0 returning id, owner)"
	" select " TASK_TOLD " || cast(pg_notify('" CHANNEL_ONE "' || owner,"
	"  'task-cancelled ' || id) as text) as told from over";

bool caller_rows_end(struct errand *errand, struct store *store)
{
	const struct caller_errand *ending = (struct caller_errand *)errand;
	struct task_row row = { .caller = ending->caller };
	struct rows told;

	return store_find(store, errand->arena, sessions_sql, &task_row_shape, &row, &task_row_shape,
	                  &told) &&
	       (!ending->gone || store_find(store, errand->arena, tasks_sql, &task_row_shape, &row,
	                                    &task_row_shape, &told));
}
