/* task.h - the tasks extension of 2026-07-28 inside the protocol layer: calls that go on without
 * their request.
 *
 * A task is made from a call. The call leaves its request, which is answered with the task, and runs
 * on under a reply of its own, as before on its loop and on workers; what becomes of it is kept in
 * the table of tasks. The table is under a lock and read from any loop; what it finds out for a call
 * is posted to the call's loop. A task stays in the table at least until its call is released.
 *
 * Where processes share a database the table is there. A task is written down before its request is
 * answered, every process answers for it, and while it waits for a person no process has it. */
#ifndef TASK_H
#define TASK_H

#include "call.h"

extern const struct extension tasks_extension;

#define TASKS_EXTENSION "io.modelcontextprotocol/tasks"
/* The topic of a task's changes, with its id behind it. */
#define TASK_TOPIC "task:"

/* NULL, or the refusal of a client that did not declare the extension. */
const struct fault *task_declared(struct mcp_call *call);
/* The same, where the tool can't be run without. */
const struct fault *task_needed(struct mcp_call *call);
/* Turns the call into a task where its client knows them and there is room; otherwise it goes on as
 * it is. The fault: it can't. On its loop, while the tool doesn't run. Where call->held is set then, it
 * is run again when the database has it, or can't. */
const struct fault *task_begin(struct mcp_call *call);

/* ---- Of a call that is a task ---- */

/* Its tool returned with questions: they wait in the task. */
void task_ask(struct mcp_call *call);
/* The reply of a call that is one. */
extern const struct response response_task;

/* This process no longer owns those that began before it was taken for dead. On each loop. */
void tasks_lose(void);
/* One was cancelled by way of another process. Any thread. */
void task_cancelled(str id);
/* One has waited long enough. Any thread. */
void task_due(str id);
/* What the clients of a process that died find: a JSON-RPC error. */
#define TASK_LAST_WORDS "{\"code\":-32603,\"message\":\"The server that ran this task ended before it" \
	" was done; what it had begun may be done. Look, then call again.\"}"

/* All are forgotten. When no loop and no worker runs any more. */
void tasks_stop(void);

/* ---- Methods ---- */

const struct fault *tasks_get(struct mcp_call *call);
const struct fault *tasks_update(struct mcp_call *call);
const struct fault *tasks_cancel(struct mcp_call *call);

/* ---- Following one, where the table is in memory ---- */

/* Is there such a task, and may this call see it? */
bool task_exists(const struct mcp_call *call, str id);
/* Its members into an open object. False: there is none any more. */
bool task_describe(struct json *json, const struct mcp_call *call, str id);

#endif
