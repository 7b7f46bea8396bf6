/* task_question_row.c - tasks that wait for a person: written down by one process, taken up by any. */
#include <string.h>

#include "call_rows.h"
#include "task_rows.h"
#include "task_table.h"
#include "waiting_bytes.h"

#define CLAIM_MS "2000"                 /* for whoever got the last answer; then it is anybody's */

struct request_row {
	const char *task, *key, *name, *method, *params, *answer;
	int64_t number;
};

/* `answered` in the database: a question is open (0), answered (1), or of a round that is over (2), of
 * which little more than the key is kept, since none is given twice. */

static SHAPE(request_shape, struct request_row,
	TEXT(struct request_row, task, "Whose"),
	TEXT(struct request_row, key, "What the client calls it"),
	TEXT(struct request_row, name, "What the tool calls it"),
	TEXT(struct request_row, method, "What is asked of the client"),
	TEXT(struct request_row, params, "With what, JSON"),
	TEXT(struct request_row, answer, "JSON"),
	INT(struct request_row, number, "Which"));

static SHAPE(question_shape, struct state_question,
	INT(struct state_question, number, "Which"),
	TEXT(struct state_question, key, "What the tool calls it"),
	TEXT(struct state_question, answer, "JSON"));

/* ---- Writing it down ---- */

static int64_t bytes_of(const struct task_park_errand *park)
{
	int64_t bytes = (int64_t)strlen(park->record) + park->count * WAITING_QUESTION;

	for (int64_t i = 0; i < park->count; i++)
		bytes += (int64_t)strlen(park->requests[i].params);
	return bytes;
}

/* Asked once more, it gets another key for the client. */
static bool put(struct store *store, const char *task, const struct state_request *request)
{
	struct request_row question = { .task = task, .name = request->name,
		.method = request->method, .params = request->params };

	return store_change(store, "insert into mcp_task_question (task, key, name, method, params)"
		" select :task, case count(*) when 0 then :name else :name || '-' || (count(*) + 1) end,"
		" :name, :method, :params from mcp_task_question where task = :task and name = :name",
		request_shape, &question) == 1;
}

static bool park(struct store *store, void *context)
{
	struct task_park_errand *park = context;
	struct task_row row = { .id = park->id, .owner = park->owner, .record = park->record,
	                        .until = park->expires_ms, .bytes = bytes_of(park) }, told;
	int found = store_find_one(store, park->errand.arena,
		"update mcp_task set status = 'input_required', owner = 0, said = '', record = :record,"
		" until = mcp_now() + :until, updated = mcp_now(), bytes = :bytes"
		" where id = :id and owner = :owner and ended = 0" TASK_TOLD,
		task_row_shape, &row, task_row_shape, &told);

	/* It is over, or was parked before. */
	if (found <= 0 || store_change(store, "update mcp_task_question set answered = 2, params = '',"
	                               " answer = null where task = :id", task_row_shape, &row) < 0)
		return found == 0;
	for (int64_t i = 0; i < park->count; i++)
		if (!put(store, park->id, &park->requests[i]))
			return false;
	return true;
}

static int is_owned(const struct task_park_errand *park, struct store *store)
{
	struct task_row row = { .id = park->id, .owner = park->owner }, owned;

	return store_find_one(store, park->errand.arena, "select id from mcp_task where id = :id"
	                      " and owner = :owner and ended = 0", task_row_shape, &row,
	                      task_row_shape, &owned);
}

bool task_row_park(struct errand *errand, struct store *store)
{
	struct task_park_errand *parked = (struct task_park_errand *)errand;
	enum waiting_room room = waiting_room(store, &(struct waiting) { .caller = parked->caller, .session = "",
		.task = parked->id, .replaced = parked->id, .bytes = bytes_of(parked) });

	errand->share_full = room == WAITING_SHARE_FULL;
	if (room == WAITING_ROOM)
		return store_transact(store, park, errand) == STORE_COMMITTED;
	int owned = room != WAITING_UNKNOWN ? is_owned(parked, store) : -1;
	errand->no_room = owned == 1;
	return owned == 0;
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
	ROWS(struct request_row) rows;

	*taken = *open = 0;
	if (!store_find(store, answer->errand.arena, "select number, key from mcp_task_question"
	                " where task = :task and answered = 0", request_shape, &task,
	                request_shape, &rows))
		return false;
	for (int64_t i = 0; i < rows.count; i++) {
		struct request_row row = ((struct request_row *)rows.first)[i];
		row.answer = answer_to(answer, row.key);
		if (!row.answer)
			(*open)++;
		else if (store_change(store, "update mcp_task_question set answer = :answer, answered = 1"
		                      " where number = :number", request_shape, &row) != 1)
			return false;
		else
			(*taken)++;
	}
	return true;
}

/* What a client gave may be none of what was asked; it counts all the same. */
static int64_t answers_bytes(const struct task_answer_errand *answer)
{
	int64_t bytes = 0;

	for (int64_t i = 0; i < answer->count; i++)
		bytes += waiting_answer(answer->answers[i].answer);
	return bytes;
}

struct answering {
	struct task_answer_errand *answer;
	bool has_room;
};

/* Every answer writes the task's row, so that of two that come at once one sees the other. */
static bool answer(struct store *store, void *context)
{
	const struct answering *answering = context;
	struct task_answer_errand *answer = answering->answer;
	struct task_row row = { .id = answer->id, .caller = answer->caller,
	                        .ttl = state_set.task_ttl_ms, .bytes = answers_bytes(answer) };
	struct task_row task = { 0 };
	int64_t taken, open;
	int found = store_find_one(store, answer->errand.arena, "select status, owner from mcp_task"
		" where id = :id and caller = :caller and " TASK_KEPT,
		task_row_shape, &row, task_row_shape, &task);

	answer->there = found == 1;
	answer->ready = answer->errand.no_room = false;
	if (found <= 0)
		return found == 0;
	if (strcmp(task.status, "input_required") != 0) {
		answer->ready = task.owner == 0 && strcmp(task.status, "working") == 0;
		return true;
	}
	if (!take_answers(answer, store, &taken, &open))
		return false;
	answer->errand.no_room = taken > 0 && !answering->has_room;
	if (taken == 0 || answer->errand.no_room)
		return taken == 0;
	answer->ready = open == 0;
	return store_find_one(store, answer->errand.arena, answer->ready
		? "update mcp_task set status = 'working', until = mcp_now() + " CLAIM_MS ","
		  " updated = mcp_now(), bytes = bytes + :bytes where id = :id" TASK_TOLD
		: "update mcp_task set updated = mcp_now(), bytes = bytes + :bytes where id = :id" TASK_TOLD,
		task_row_shape, &row, task_row_shape, &task) == 1;
}

bool task_row_answer(struct errand *errand, struct store *store)
{
	struct task_answer_errand *answered = (struct task_answer_errand *)errand;
	enum waiting_room room = waiting_room(store, &(struct waiting) { .session = "", .task = answered->id,
		.replaced = "", .bytes = answers_bytes(answered) });

	errand->share_full = room == WAITING_SHARE_FULL;
	return room != WAITING_UNKNOWN && store_transact(store, answer, &(struct answering) { answered, room == WAITING_ROOM })
	                    != STORE_FAILED && !errand->no_room;
}

/* ---- Taking it up ---- */

/* One statement, so that of several processes one gets it. The token makes it safe to do again:
 * whether the first time was done is not always known. */
bool task_row_claim(struct errand *errand, struct store *store)
{
	struct task_claim_errand *claim = (struct task_claim_errand *)errand;
	struct task_row row = { .id = claim->id, .owner = state_me(), .claimed = claim->token };
	struct task_row taken = { 0 };
	int found = store_find_one(store, errand->arena,
		"update mcp_task set owner = :owner, claimed = :claimed, status = 'working', until = 0,"
		" updated = mcp_now()"
		" where id = :id and ended = 0 and exists (select 1 from mcp_process where id = :owner)"
		" and (claimed = :claimed or (owner = 0 and (until < mcp_now() or not exists"
		"  (select 1 from mcp_task_question where task = :id and answered = 0))))"
		TASK_TOLD ", caller, record",
		task_row_shape, &row, task_row_shape, &taken);

	claim->owner = row.owner;
	claim->taken = found == 1;
	claim->caller = taken.caller;
	claim->record = taken.record;
	return found == 0 || (found == 1 && store_find(store, errand->arena,
		"select number, name as key, answer from mcp_task_question"
		" where task = :id and answered <> 2 order by number",
		task_row_shape, &row, question_shape, &claim->questions));
}
