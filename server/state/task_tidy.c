/* task_tidy.c - tasks that nobody runs any more, and results that nobody fetches any more. */
#include "task_table.h"

static bool run(struct store *store, const char *const *sql)
{
	struct task_row row = { .ttl = state_set.task_ttl_ms, .most = TASK_RESULTS_MAX,
		.outcome = state_set.handler.task_last_words };
	struct arena *arena = arena_create();
	ROWS(struct task_row) rows;
	bool done = true;

	for (int i = 0; done && sql[i]; i++)
		done = store_find(store, arena, sql[i], task_row_shape, &row, task_row_shape, &rows);
	arena_destroy(arena);
	return done;
}

#define BURY \
	"update mcp_task set status = 'failed', outcome = :outcome, record = ''," \
	" until = 0, ended = mcp_now(), updated = mcp_now() where ended = 0 and owner <> 0" \
	" and not exists (select 1 from mcp_process p where p.id = mcp_task.owner)" TASK_TOLD

bool task_rows_bury(struct store *store)
{
	static const char *const sql[] = { BURY, NULL };

	return run(store, sql);
}

/* ---- Too many bytes ---- */

/* Of whoever has most the oldest go. */
#define TRIM \
	"delete from mcp_task where id in (select id from (select id, sum(outcome_bytes)" \
	" over (order by held, id) as bytes from (select id, outcome_bytes, sum(outcome_bytes)" \
	" over (partition by caller order by ended desc, id) as held from mcp_task" \
	" where ended <> 0) own) summed where bytes > :most)"

static int64_t written;                 /* bytes of results, by this process since it trimmed */

void task_rows_count_result(struct store *store, int64_t bytes)
{
	static const char *const sql[] = { TRIM, NULL };

	written += bytes;
	if (written >= TASK_RESULTS_MAX / 8 && run(store, sql))
		written = 0;
}

bool task_rows_tidy(struct store *store)
{
	static const char *const sql[] = {
		BURY, "delete from mcp_task where not " TASK_KEPT, TRIM, NULL
	};

	written = 0;
	return run(store, sql);
}
