/* caller_row.c - what the database has of a caller whose key is no more. */
#include "session_rows.h"
#include "task_table.h"

static const char sessions_sql[] =
	"delete from mcp_session where caller = :caller"
	" returning pg_notify('" CHANNEL_ALL "', 'ended ' || id) as told";

static const char tasks_sql[] =
	"update mcp_task set status = 'cancelled', record = '', until = 0, ended = mcp_now(),"
	" updated = mcp_now() where caller = :caller and ended = 0" TASK_STOPPED;

bool caller_rows_end(struct errand *errand, struct store *store)
{
	const struct caller_errand *ending = (struct caller_errand *)errand;
	struct task_row row = { .caller = ending->caller };
	ROWS(struct task_row) told;

	return store_find(store, errand->arena, sessions_sql, task_row_shape, &row, task_row_shape,
	                  &told) &&
	       (!ending->gone || store_find(store, errand->arena, tasks_sql, task_row_shape, &row,
	                                    task_row_shape, &told));
}
