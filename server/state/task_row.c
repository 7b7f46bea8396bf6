/* task_row.c - tasks in the database: how one begins, is read, and ends.
 *
 * It is bounded as a table in memory would be. Two processes that
 * count at the same moment may go over a bound by one. */
#include "json.h"
#include "store_internal.h"
#include "task_rows.h"
#include "task_table.h"

SHAPE(task_row_shape, struct task_row,
	TEXT(struct task_row, id, "Its id"),
	TEXT(struct task_row, caller, "Whose it is"),
	TEXT(struct task_row, status, "How it is"),
	TEXT(struct task_row, said, "What its tool said last"),
	TEXT(struct task_row, asked, "What it asks"),
	TEXT(struct task_row, outcome, "What came out"),
	TEXT(struct task_row, record, "What it is"),
	TEXT(struct task_row, told, "Nothing"),
	TEXT(struct task_row, key, "Of a request that is open"),
	TEXT(struct task_row, method, "What it asks of the client"),
	TEXT(struct task_row, params, "With what, JSON"),
	INT(struct task_row, owner, "Who runs it"),
	INT(struct task_row, claimed, "By which errand it was taken up"),
	INT(struct task_row, created, "When it began"),
	INT(struct task_row, updated, "When it changed last"),
	INT(struct task_row, until, "How long it may wait, from now"),
	INT(struct task_row, ttl, "How long results are kept"),
	INT(struct task_row, most, "How many tasks there may be"),
	INT(struct task_row, caller_most, "And of one caller"),
	INT(struct task_row, bytes, "What it takes"));

static struct task_errand *of(struct errand *errand)
{
	return (struct task_errand *)errand;
}

static struct task_row row_of(const struct task_errand *errand)
{
	const struct state_task *task = &errand->task;

	return (struct task_row) {
		.id = task->id, .caller = task->caller, .status = task->status, .said = task->said,
		.outcome = task->outcome, .owner = errand->owner, .ttl = state_set.task_ttl_ms,
		.most = STATE_TASKS_MAX, .caller_most = STATE_CALLER_TASKS_MAX,
	};
}

/* A statement that gives back at most one row. */
static bool find(struct task_errand *errand, struct store *store, const char *sql,
                 const struct task_row *row, struct task_row *found_row)
{
	int found = store_find_one(store, errand->errand.arena, sql, task_row_shape, row,
	                           task_row_shape, found_row);

	errand->there = found == 1;
	return found >= 0;
}

/* ---- Beginning ---- */

/* One that was taken for dead owns nothing. */
static bool insert(struct task_errand *errand, struct store *store)
{
	struct task_row row = row_of(errand), made = { 0 };
	bool done = find(errand, store,
		"insert into mcp_task (id, caller, owner, status, created, updated)"
		" select :id, :caller, :owner, :status, mcp_now(), mcp_now()"
		" where exists (select 1 from mcp_process where id = :owner)"
		" and (select count(*) from mcp_task where caller = :caller) < :caller_most"
		" and (select count(*) from mcp_task) < :most returning created, updated", &row, &made);

	errand->task.created = made.created;
	errand->task.updated = made.updated;
	return done;
}

/* What is over for longest, of whoever has most: its result was to be had for longest, however long it ran. */
static bool evict(struct task_errand *errand, struct store *store)
{
	struct task_row row = row_of(errand), gone;

	return find(errand, store, "delete from mcp_task where id ="
		" (select t.id from mcp_task t where t.ended <> 0 and (t.caller = :caller or"
		"  (select count(*) from mcp_task where caller = :caller) < :caller_most)"
		"  order by (select count(*) from mcp_task o where o.caller = t.caller) desc, t.ended, t.created"
		"  limit 1) returning id as told", &row, &gone);
}

/* Why there is no room. */
static bool look_whose(struct task_errand *errand, struct store *store)
{
	struct task_row row = row_of(errand), full;
	int found = store_find_one(store, NULL, "select 'full' as told where (select count(*) from mcp_task) >= :most",
	                           task_row_shape, &row, task_row_shape, &full);

	errand->errand.share_full = found == 0;
	return found >= 0;
}

bool task_row_insert(struct errand *errand, struct store *store)
{
	struct task_errand *task = of(errand);

	task->owner = state_me();
	task->unclear = store_connection(store) != 0;
	if (!insert(task, store))
		return false;
	if (task->there)
		return true;
	if (!evict(task, store) || (task->there && !insert(task, store)))
		return false;
	return task->there || look_whose(task, store);
}

bool task_row_forget(struct errand *errand, struct store *store)
{
	struct task_row row = row_of(of(errand));

	return store_change(store, "delete from mcp_task where id = :id", task_row_shape, &row) >= 0;
}

/* ---- Reading ---- */

/* What is asked, of as many rows as there are requests open. */
static const char *requests(struct arena *arena, const struct task_row *row, int64_t count)
{
	struct json json = json_begin(arena, 256);

	json_object(&json);
	for (int64_t i = 0; i < count && row[i].key; i++) {
		json_key_str(&json, str_of(row[i].key));
		json_object(&json);
		json_key(&json, "method");
		json_text(&json, row[i].method);
		json_key(&json, "params");
		json_raw(&json, str_of(row[i].params));
		json_object_end(&json);
	}
	json_object_end(&json);
	return arena_copy(arena, json_end(&json));
}

bool task_row_load(struct errand *errand, struct store *store)
{
	struct task_errand *load = of(errand);
	struct task_row asked = row_of(load);
	ROWS(struct task_row) rows;

	if (!store_find(store, errand->arena,
		"select t.id, t.caller, t.status, t.said, t.created, t.updated, t.outcome,"
		" q.key, q.method, q.params from mcp_task t left join mcp_task_question q"
		"  on q.task = t.id and q.answered = 0 and t.status = 'input_required'"
		" where t.id = :id and t.caller = :caller and " TASK_KEPT " order by q.number",
		task_row_shape, &asked, task_row_shape, &rows))
		return false;
	const struct task_row *row = rows.first;
	load->there = rows.count > 0;
	if (load->there)
		load->task = (struct state_task) {
			.id = row->id, .caller = row->caller, .status = row->status, .said = row->said,
			.created = row->created, .updated = row->updated,
			.asked = requests(errand->arena, row, rows.count), .outcome = row->outcome,
		};
	return true;
}

static SHAPE(known_shape, struct state_task,
	TEXT(struct state_task, id, "Its id"));

bool task_rows_known(struct errand *errand, struct store *store)
{
	struct known_tasks_errand *known = (struct known_tasks_errand *)errand;
	struct task_row row = { .caller = known->caller, .asked = known->ids,
	                        .ttl = state_set.task_ttl_ms };

	/* An id has no quotes, so it is of the array where its text in quotes is part of the array's. */
	return store_find(store, errand->arena, "select id from mcp_task where caller = :caller and"
	                  " replace(:asked, '\"' || id || '\"', '') <> :asked and " TASK_KEPT,
	                  task_row_shape, &row, known_shape, &known->tasks);
}

/* ---- Running, ending ---- */

bool task_row_say(struct errand *errand, struct store *store)
{
	struct task_row row = row_of(of(errand));

	return store_change(store, "update mcp_task set said = :said, updated = mcp_now()"
	                    " where id = :id and owner = :owner and ended = 0",
	                    task_row_shape, &row) >= 0;
}

bool task_row_finish(struct errand *errand, struct store *store)
{
	struct task_row row = row_of(of(errand)), told;

	if (!find(of(errand), store, "update mcp_task set status = :status, outcome = :outcome,"
	          " record = '', until = 0, ended = mcp_now(), updated = mcp_now()"
	          " where id = :id and owner = :owner and ended = 0" TASK_TOLD, &row, &told))
		return false;
	if (of(errand)->there)
		task_rows_count_result(store, (int64_t)strlen(row.outcome));
	return true;
}

bool task_row_cancel(struct errand *errand, struct store *store)
{
	struct task_row row = row_of(of(errand)), told;

	if (!find(of(errand), store, "update mcp_task set status = :status, record = '', until = 0,"
	          " ended = mcp_now(), updated = mcp_now()"
	          " where id = :id and caller = :caller and ended = 0" TASK_STOPPED, &row, &told))
		return false;
	/* One that is over stays as it is. */
	return of(errand)->there || find(of(errand), store, "select id as told from mcp_task"
		" where id = :id and caller = :caller and " TASK_KEPT, &row, &told);
}
