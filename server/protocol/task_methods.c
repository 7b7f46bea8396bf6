/* task_methods.c - tasks/get, tasks/update and tasks/cancel, on whichever loop they come in. */
#include "shared.h"
#include "task_private.h"

static bool is_served(void)
{
	for (int i = 0; i < runtime.tools.count; i++)
		if (runtime.tools.first[i].runs_long)
			return true;
	return false;
}

const struct extension tasks_extension = {
	.name = TASKS_EXTENSION, .settings = "{}", .since = R2026_07_28,
	.can = CAN_TASKS, .is_served = is_served,
};

static const struct fault *admit(struct mcp_call *call, str *id)
{
	if (!is_served())
		return fault_say(call->arena, &FAULT_NO_METHOD, "No tool of this server becomes a task.");
	*id = json_member(call->params, "taskId");
	return task_declared(call);
}

const struct fault *task_unknown(struct mcp_call *call)
{
	return fault_say(call->arena, &FAULT_PARAMS, "There is no such task, or none any more.");
}

const struct fault *tasks_get(struct mcp_call *call)
{
	str id;

	TRY(admit(call, &id));
	if (shared_on())
		return task_get_shared(call, id);
	tasks_lock();
	const struct task *task = task_find(call, id);
	if (task)
		task_write(call_result(call, "complete"), task);
	tasks_unlock();
	return task ? NULL : task_unknown(call);
}

/* True: nothing is open any more. */
static bool take_answers(struct task *task, yyjson_val *answers)
{
	for (struct asked *asked = task->asked; asked; asked = asked->next) {
		yyjson_val *answer = yyjson_obj_get(answers, asked->key);
		if (asked->answered || !yyjson_is_obj(answer))
			continue;
		struct json json = json_begin(task->arena, 256);
		json_value(&json, answer);
		asked->answer = json_end(&json);
		asked->answered = true;
		task->updated_ms = now_ms();
	}
	if (task_has_question(task))
		return false;
	task_touch(task, WORKING);
	return true;
}

const struct fault *tasks_update(struct mcp_call *call)
{
	yyjson_val *answers = yyjson_obj_get(call->params, "inputResponses");
	str id;

	TRY(admit(call, &id));
	if (!yyjson_is_obj(answers))
		return fault_say(call->arena, &FAULT_PARAMS, "params.inputResponses must be an object.");
	if (shared_on())
		return task_update_shared(call, id, answers);
	tasks_lock();
	struct task *task = task_find(call, id);
	bool waits = task && task->status == INPUT_REQUIRED;
	if (waits && take_answers(task, answers))
		task_word(task, false);
	tasks_unlock();
	if (!task)
		return task_unknown(call);
	if (waits)
		task_announce(arena_copy(call->arena, id));
	call_result(call, "complete");
	return NULL;
}

const struct fault *tasks_cancel(struct mcp_call *call)
{
	str id;

	TRY(admit(call, &id));
	if (shared_on())
		return task_cancel_shared(call, id);
	tasks_lock();
	struct task *task = task_find(call, id);
	bool cancels = task && !task_is_over(task);
	if (cancels) {
		task_touch(task, CANCELLED);
		task_word(task, true);
	}
	tasks_unlock();
	if (!task)
		return task_unknown(call);
	if (cancels)
		task_announce(arena_copy(call->arena, id));
	call_result(call, "complete");
	return NULL;
}
