/* task.c - a call that became a task, followed to its end as a client does that knows them. */
#include "inside.h"

#define WAIT_MS 30000           /* longer than anything tells of itself */

static bool is(yyjson_val *task, const char *status)
{
	return str_is(json_member(task, "status"), status);
}

static yyjson_val *params_of(struct mcp_test *test, const char *id, const char *more)
{
	struct arena *arena = test->trial->arena;

	return words_parse(arena, str_of(arena_print(arena, "{\"taskId\":\"%s\"%s}", id, more)));
}

/* What it is now. */
static yyjson_val *look(struct mcp_test *test, const char *id)
{
	struct mcp_said said = request_make(test, "tasks/get", params_of(test, id, ""));

	if (said.error)
		fail_say("the task can't be asked about: %s", said.result);
	return words_parse(test->trial->arena, str_of(said.result));
}

static void answer(struct mcp_test *test, const char *id, yyjson_val *task)
{
	const char *answers = person_answers_all(test, yyjson_obj_get(task, "inputRequests"));
	struct mcp_said said = request_make(test, "tasks/update", params_of(test, id,
		arena_print(test->trial->arena, ",\"inputResponses\":%s", answers)));

	if (said.error)
		fail_say("the task can't be answered: %s", said.result);
}

/* It is looked at whenever something is told of it. */
static yyjson_val *follow(struct mcp_test *test, const char *id)
{
	const char *what = arena_print(test->trial->arena, "{\"notifications\":{\"taskIds\":[\"%s\"]}}", id);
	struct wire *wire = request_listen(test, "subscriptions/listen", words_parse(test->trial->arena, str_of(what)));
	yyjson_val *task = look(test, id);

	while (is(task, "working") || is(task, "input_required")) {
		if (is(task, "input_required"))
			answer(test, id, task);
		if (!wire_message(wire, WAIT_MS).at)
			fail_say("a task is %s, and nothing is told of it", json_member(task, "status").at);
		task = look(test, id);
	}
	wire_close(wire);
	return task;
}

struct mcp_said task_outcome(struct mcp_said said)
{
	struct mcp_test *test = said.test;
	struct arena *arena = test->trial->arena;
	yyjson_val *result = words_parse(arena, str_of(said.result));

	if (said.error || !str_is(json_member(result, "resultType"), "task"))
		return said;
	const char *id = arena_copy(arena, json_member(result, "taskId"));
	yyjson_val *task = follow(test, id);
	if (is(task, "cancelled"))
		fail_say("the task was cancelled: %s", words_of(arena, task));
	said = request_said(test, task);
	said.task = id;
	return said;
}
