/* task_methods.c - tasks/get, tasks/update and tasks/cancel: of any task of this caller, whichever
 * process runs it. Each is answered when the database has answered. */
#include "task_private.h"
#include "task_rows.h"

static bool is_served(void)
{
	for (int i = 0; i < runtime.tools.count; i++)
		if (runtime.tools.first[i].runs_long)
			return true;
	return false;
}

const struct extension tasks_extension = {
	.name = TASKS_EXTENSION, .settings = "{}", .since = R2026_07_28,
	.can = CAN_TASKS, .is_served = is_served, .follows = &task_subscriptions,
};

static const struct fault *admit(struct mcp_call *call)
{
	if (!is_served())
		return fault_say(call->arena, &FAULT_NO_METHOD, "No tool of this server becomes a task.");
	return task_declared(call);
}

/* The call of that serial, where it still waits and its task is `there`: not to be is an answer. */
static struct mcp_call *asker(uint64_t serial, const struct errand *errand, bool there)
{
	struct mcp_call *call = call_find(serial);

	if (!call || (there && !errand->failed))
		return call;
	call->fault = errand->failed ? errand_fault(errand)
		: fault_say(call->arena, &FAULT_PARAMS, "There is no such task, or none any more.");
	call_settle(call);
	return NULL;
}

static void accept(struct mcp_call *call)
{
	if (!call)
		return;
	call_result(call, "complete");
	call_settle(call);
}

/* ---- tasks/get, tasks/cancel ---- */

struct asking {
	struct task_errand row;
	uint64_t serial;
};

static const struct fault *ask(struct mcp_call *call, const struct errand_kind *kind)
{
	TRY(admit(call));
	struct asking *asking = (struct asking *)task_errand(kind, sizeof(*asking),
		json_member(call->params, "taskId"));

	asking->row.task.caller = arena_copy(asking->row.errand.arena,
	                                     str_of(caller_name(call->reply->caller)));
	asking->row.task.status = TASK_CANCELLED;       /* as it is to be, where it is changed */
	asking->row.errand.key = 0;     /* it waits behind nothing: it is answered now, or refused */
	asking->row.errand.party = reply_party(call->reply);
	asking->serial = call->serial;
	errand_send(&asking->row.errand);
	return NULL;
}

static void got(struct errand *errand)
{
	const struct asking *asking = (struct asking *)errand;
	struct mcp_call *call = asker(asking->serial, errand, asking->row.there);

	if (!call)
		return;
	task_write(call_result(call, "complete"), &asking->row.task);
	call_settle(call);
}

static const struct errand_kind get_kind = { .work = task_row_load, .done = got };

const struct fault *tasks_get(struct mcp_call *call)
{
	return ask(call, &get_kind);
}

static void cancelled(struct errand *errand)
{
	const struct asking *asking = (struct asking *)errand;

	accept(asker(asking->serial, errand, asking->row.there));
}

static const struct errand_kind cancel_kind = { .work = task_row_cancel, .done = cancelled };

const struct fault *tasks_cancel(struct mcp_call *call)
{
	return ask(call, &cancel_kind);
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

	/* One that stops leaves it to the others. */
	if (!errand->failed && answering->row.ready && !http_quiesced())
		task_resume(answering->row.id, answering->caller);
	else
		caller_drop(answering->caller);
	accept(asker(answering->serial, errand, answering->row.there));
}

static const struct errand_kind answer_kind = { .work = task_row_answer, .done = answered };

/* What is no object is no answer. */
static void copy_answers(struct task_answer_errand *row, yyjson_val *answers)
{
	struct arena *arena = row->errand.arena;
	yyjson_obj_iter iter = yyjson_obj_iter_with(answers);

	row->answers = arena_array(arena, struct state_answer, (int64_t)yyjson_obj_size(answers));
	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		yyjson_val *value = yyjson_obj_iter_get_val(key);
		str name = { yyjson_get_str(key), yyjson_get_len(key) };
		struct json json = json_begin(arena, 256);
		if (!yyjson_is_obj(value) || memchr(name.at, 0, name.size))
			continue;
		json_value(&json, value);
		row->answers[row->count++] = (struct state_answer) {
			.key = arena_copy(arena, name), .answer = arena_copy(arena, json_end(&json)) };
	}
}

const struct fault *tasks_update(struct mcp_call *call)
{
	yyjson_val *answers = yyjson_obj_get(call->params, "inputResponses");

	TRY(admit(call));
	if (!yyjson_is_obj(answers))
		return fault_say(call->arena, &FAULT_PARAMS, "params.inputResponses must be an object.");
	struct answering *answering = errand_new(&answer_kind, struct answering);
	struct arena *arena = answering->row.errand.arena;

	answering->row.id = arena_copy(arena, json_member(call->params, "taskId"));
	answering->row.caller = arena_copy(arena, str_of(caller_name(call->reply->caller)));
	copy_answers(&answering->row, answers);
	answering->caller = caller_keep(call->reply->caller);
	answering->row.errand.party = reply_party(call->reply);
	answering->serial = call->serial;
	errand_send(&answering->row.errand);
	return NULL;
}
