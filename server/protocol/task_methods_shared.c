/* task_methods_shared.c - tasks/get, tasks/update and tasks/cancel where the database has the tasks:
 * on any process, whichever runs the task. Each is answered when the database has answered. */
#include "shared.h"
#include "task_private.h"

/* ---- tasks/get ---- */

void task_write_row(struct json *json, const struct shared_task *row)
{
	struct task task = { .id = row->id, .status = task_status(row->status),
	                     .created_ms = row->created, .updated_ms = row->updated };
	size_t size = strlen(row->said);

	memcpy(task.said, row->said, size < SAID_MAX ? size : SAID_MAX);
	task_write_state(json, &task);
	if (task.status == INPUT_REQUIRED) {
		json_key(json, "inputRequests");
		json_raw(json, str_of(row->asked));
	}
	if (*row->outcome)
		task_write_outcome(json, task.status, str_of(row->outcome));
}

struct asking {
	struct task_errand row;
	uint64_t serial;
};

static struct asking *ask(const struct errand_kind *kind, struct mcp_call *call, str id)
{
	struct asking *asking = errand_create(kind, sizeof(*asking));
	struct arena *arena = asking->row.errand.arena;

	asking->row.task.id = arena_copy(arena, id);
	asking->row.task.caller = arena_copy(arena, str_of(caller_name(call->reply->caller)));
	asking->serial = call->serial;
	return asking;
}

/* The call that asked, if it still waits and can be answered. */
static struct mcp_call *asker(uint64_t serial, bool failed, bool there)
{
	struct mcp_call *call = call_find_live(serial);

	if (!call || (!failed && there))
		return call;
	call->fault = failed ? &FAULT_BUSY : task_unknown(call);
	call_settle(call);
	return NULL;
}

static void got(struct errand *errand)
{
	const struct asking *asking = (struct asking *)errand;
	struct mcp_call *call = asker(asking->serial, errand->failed, asking->row.there);

	if (!call)
		return;
	task_write_row(call_result(call, "complete"), &asking->row.task);
	call_settle(call);
}

static const struct errand_kind get_kind = { .work = task_row_load, .done = got };

const struct fault *task_get_shared(struct mcp_call *call, str id)
{
	errand_send(&ask(&get_kind, call, id)->row.errand);
	return NULL;
}

/* ---- tasks/cancel ---- */

static void cancelled(struct errand *errand)
{
	const struct asking *asking = (struct asking *)errand;
	struct mcp_call *call = asker(asking->serial, errand->failed, asking->row.there);

	/* The database told the other processes. */
	if (!errand->failed && asking->row.there)
		task_cancelled(str_of(asking->row.task.id));
	if (!call)
		return;
	call_result(call, "complete");
	call_settle(call);
}

static const struct errand_kind cancel_kind = { .work = task_row_cancel, .done = cancelled };

const struct fault *task_cancel_shared(struct mcp_call *call, str id)
{
	struct asking *asking = ask(&cancel_kind, call, id);

	asking->row.task.status = task_status_name(CANCELLED);
	errand_send(&asking->row.errand);
	return NULL;
}

/* ---- tasks/update ---- */

struct answering {
	struct task_answer_errand row;
	const struct caller *caller;    /* held */
	uint64_t serial;
};

static void answered(struct errand *errand)
{
	struct answering *answering = (struct answering *)errand;
	struct mcp_call *call = asker(answering->serial, errand->failed, answering->row.there);

	/* One that stops leaves it to the others. */
	if (!errand->failed && answering->row.ready && !http_quiesced())
		task_claim(answering->row.id, answering->caller);
	else
		caller_drop(answering->caller);
	if (!call)
		return;
	call_result(call, "complete");
	call_settle(call);
}

static const struct errand_kind answer_kind = { .work = task_row_answer, .done = answered };

/* What is no object is no answer. */
static void copy_answers(struct task_answer_errand *row, yyjson_val *answers)
{
	struct arena *arena = row->errand.arena;
	yyjson_obj_iter iter = yyjson_obj_iter_with(answers);

	row->answers = arena_array(arena, struct shared_answer, (int64_t)yyjson_obj_size(answers));
	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		yyjson_val *value = yyjson_obj_iter_get_val(key);
		str name = { yyjson_get_str(key), yyjson_get_len(key) };
		struct json json = json_begin(arena, 256);
		if (!yyjson_is_obj(value) || memchr(name.at, 0, name.size))
			continue;
		json_value(&json, value);
		row->answers[row->count++] = (struct shared_answer) {
			.key = arena_copy(arena, name), .answer = arena_copy(arena, json_end(&json)) };
	}
}

const struct fault *task_update_shared(struct mcp_call *call, str id, yyjson_val *answers)
{
	struct answering *answering = errand_new(&answer_kind, struct answering);
	struct arena *arena = answering->row.errand.arena;

	answering->row.id = arena_copy(arena, id);
	answering->row.caller = arena_copy(arena, str_of(caller_name(call->reply->caller)));
	copy_answers(&answering->row, answers);
	answering->caller = caller_keep(call->reply->caller);
	answering->serial = call->serial;
	errand_send(&answering->row.errand);
	return NULL;
}
