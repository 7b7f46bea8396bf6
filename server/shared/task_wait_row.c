/* task_wait_row.c - tasks that wait for a person: written down by one process, taken up by any. */
#include <string.h>

#include "task_row.h"

#define CLAIM_MS "2000"                 /* for whoever got the last answer; then it is anybody's */

struct request_row {
	const char *task, *key, *name, *method, *params, *answer;
	int64_t number;
};

static const struct shape request_shape = SHAPE(struct request_row,
	TEXT(struct request_row, task, "Whose"),
	TEXT(struct request_row, key, "What the client calls it"),
	TEXT(struct request_row, name, "What the tool calls it"),
	TEXT(struct request_row, method, "What is asked of the client"),
	TEXT(struct request_row, params, "With what, JSON"),
	TEXT(struct request_row, answer, "JSON"),
	INT(struct request_row, number, "Which"));

static const struct shape question_shape = SHAPE(struct shared_question,
	INT(struct shared_question, number, "Which"),
	TEXT(struct shared_question, key, "What the tool calls it"),
	TEXT(struct shared_question, answer, "JSON"));

static bool tell(struct store *store, struct arena *arena, const char *id)
{
	return tell_all(store, CHANNEL_CHANGED, arena_print(arena, SHARED_TASK_TOPIC "%s", id));
}

/* ---- Writing it down ---- */

static bool park(struct store *store, void *context)
{
	struct task_park_errand *park = context;
	struct task_row row = { .id = park->id, .owner = park->owner, .record = park->record,
	                        .until = park->expires_ms };
	int64_t changed = store_change(store, "update mcp_task set status = 'input_required', owner = 0,"
		" said = '', record = :record, until = mcp_now() + :until, updated = mcp_now()"
		" where id = :id and owner = :owner and ended = 0", &task_row_shape, &row);

	/* It is over, or was parked before. */
	if (changed <= 0)
		return changed == 0;
	for (int64_t i = 0; i < park->count; i++) {
		const struct shared_request *request = &park->requests[i];
		struct request_row question = { .task = park->id, .name = request->name,
			.method = request->method, .params = request->params };
		/* Asked once more, it gets another key for the client. */
		if (store_change(store, "insert into mcp_task_question (task, key, name, method, params)"
			" select :task, case count(*) when 0 then :name else :name || '-' || (count(*) + 1) end,"
			" :name, :method, :params from mcp_task_question where task = :task and name = :name",
			&request_shape, &question) != 1)
			return false;
	}
	return tell(store, park->errand.arena, park->id);
}

bool task_row_park(struct errand *errand, struct store *store)
{
	return store_transact(store, park, errand) == STORE_COMMITTED;
}

/* ---- An answer ---- */

static const char *answer_to(const struct task_answer_errand *answer, const char *key)
{
	for (int64_t i = 0; i < answer->count; i++)
		if (strcmp(answer->answers[i].key, key) == 0)
			return answer->answers[i].answer;
	return NULL;
}

/* What was answered before, or never asked, is passed over. */
static bool take_answers(struct task_answer_errand *answer, struct store *store, int64_t *taken,
                         int64_t *open)
{
	struct request_row task = { .task = answer->id };
	struct rows rows;

	*taken = *open = 0;
	if (!store_find(store, answer->errand.arena, "select number, key from mcp_task_question"
	                " where task = :task and answered = 0", &request_shape, &task,
	                &request_shape, &rows))
		return false;
	for (int64_t i = 0; i < rows.count; i++) {
		struct request_row row = ((struct request_row *)rows.first)[i];
		row.answer = answer_to(answer, row.key);
		if (!row.answer)
			(*open)++;
		else if (store_change(store, "update mcp_task_question set answer = :answer, answered = 1"
		                      " where number = :number", &request_shape, &row) != 1)
			return false;
		else
			(*taken)++;
	}
	return true;
}

/* The row is locked before a question is answered, so that of two answers that come at once one sees
 * the other. */
static bool answer(struct store *store, void *context)
{
	struct task_answer_errand *answer = context;
	struct task_row row = { .id = answer->id, .caller = answer->caller,
	                        .ttl = shared_set.task_ttl_ms }, task = { 0 };
	int64_t taken, open;
	int found = store_find_one(store, answer->errand.arena, "select status, owner from mcp_task"
		" where id = :id and caller = :caller and " TASK_KEPT " for update",
		&task_row_shape, &row, &task_row_shape, &task);

	answer->there = found == 1;
	answer->ready = false;
	if (found <= 0)
		return found == 0;
	if (strcmp(task.status, "input_required") != 0) {
		answer->ready = task.owner == 0 && strcmp(task.status, "working") == 0;
		return true;
	}
	if (!take_answers(answer, store, &taken, &open))
		return false;
	if (taken == 0)
		return true;
	answer->ready = open == 0;
	return store_change(store, answer->ready
		? "update mcp_task set status = 'working', until = mcp_now() + " CLAIM_MS ","
		  " updated = mcp_now() where id = :id"
		: "update mcp_task set updated = mcp_now() where id = :id", &task_row_shape, &row) == 1
		&& tell(store, answer->errand.arena, answer->id);
}

bool task_row_answer(struct errand *errand, struct store *store)
{
	return store_transact(store, answer, errand) == STORE_COMMITTED;
}

/* ---- Taking it up ---- */

/* One statement, so that of several processes one gets it. The token makes it safe to do again:
 * whether the first time was done is not always known. */
bool task_row_claim(struct errand *errand, struct store *store)
{
	struct task_claim_errand *claim = (struct task_claim_errand *)errand;
	struct task_row row = { .id = claim->id, .owner = shared_me(), .claimed = claim->token };
	struct task_row taken = { 0 };
	int found = store_find_one(store, errand->arena,
		"with taken as (update mcp_task t set owner = :owner, claimed = :claimed,"
		"  status = 'working', until = 0, updated = mcp_now()"
		"  where id = :id and ended = 0 and exists (select 1 from mcp_process where id = :owner)"
		"  and (claimed = :claimed or (owner = 0 and (until < mcp_now() or not exists"
		"   (select 1 from mcp_task_question q where q.task = t.id and q.answered = 0))))"
		"  returning id, caller, record)"
		" select caller, record, " TASK_TOLD " as told from taken",
		&task_row_shape, &row, &task_row_shape, &taken);

	claim->owner = row.owner;
	claim->taken = found == 1;
	claim->caller = taken.caller;
	claim->record = taken.record;
	return found == 0 || (found == 1 && store_find(store, errand->arena,
		"select number, name as key, answer from mcp_task_question where task = :id order by number",
		&task_row_shape, &row, &question_shape, &claim->questions));
}
