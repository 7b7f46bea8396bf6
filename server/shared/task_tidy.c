/* task_tidy.c - tasks that nobody runs any more, and results that nobody fetches any more. */
#include "task_row.h"

#define RESULTS_MAX "33554432"          /* bytes, all together */

static bool run(struct store *store, const char *const *sql, struct task_row *row)
{
	struct arena *arena = arena_create();
	struct rows rows;
	bool done = true;

	for (int i = 0; done && sql[i]; i++)
		done = store_find(store, arena, sql[i], &task_row_shape, row, &task_row_shape, &rows);
	arena_destroy(arena);
	return done;
}

#define BURY \
	"with failed as (update mcp_task t set status = 'failed', outcome = :outcome, record = ''," \
	"  until = 0, ended = mcp_now(), updated = mcp_now() where ended = 0 and owner <> 0" \
	"  and not exists (select 1 from mcp_process p where p.id = t.owner) returning id)" \
	" select " TASK_TOLD " as told from failed"

bool task_rows_bury(struct store *store)
{
	static const char *const sql[] = { BURY, NULL };

	return run(store, sql, &(struct task_row) { .outcome = shared_set.handler.task_last_words });
}

bool task_rows_tidy(struct store *store)
{
	static const char *const sql[] = {
		BURY,
		"delete from mcp_task where not " TASK_KEPT,
		/* Of too many bytes the oldest of whoever has most go. */
		"delete from mcp_task where id in (select id from (select id, sum(size) over"
		"  (order by held, id) as bytes from (select id, octet_length(outcome) as size,"
		"  sum(octet_length(outcome)) over (partition by caller order by ended desc, id) as held"
		"  from mcp_task where ended <> 0) own) over where bytes > " RESULTS_MAX ")",
		NULL
	};

	return run(store, sql, &(struct task_row) { .ttl = shared_set.task_ttl_ms,
		.outcome = shared_set.handler.task_last_words });
}
