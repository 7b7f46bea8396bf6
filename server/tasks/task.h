/* task.h - the tasks extension of 2026-07-28: calls that go on without their request.
 *
 * A task is a row that server/state keeps, written down before the request is answered with it; every
 * process answers for it. Its call leaves the request and runs on under a reply of its own, as before
 * on its loop and on workers. While it waits for a person the row is all there is. */
#ifndef TASK_H
#define TASK_H

#include "call.h"

extern const struct extension tasks_extension;

#define TASKS_EXTENSION "io.modelcontextprotocol/tasks"

/* NULL, or the refusal of a client that did not declare the extension. */
const struct fault *task_declared(struct mcp_call *call);
/* The same, where the tool can't be run without. */
const struct fault *task_needed(struct mcp_call *call);
/* Makes a task of the call, where its client knows them: call->held then, and it is run again when
 * the row is there, or there is no room. Otherwise it goes on as it is. The fault: it can't. On
 * its loop, while the tool doesn't run. */
const struct fault *task_begin(struct mcp_call *call);

/* ---- Of a call that is a task ---- */

/* Its tool returned with questions: they wait in the task. */
void task_ask(struct mcp_call *call);
/* Where its words go. */
extern const struct response response_task;

/* ---- Word of it, from any thread ---- */

/* Its client cancelled it. */
void task_cancelled(str id);
/* It has waited long enough. */
void task_due(str id);
/* On each loop: this process no longer owns those that began before it was taken for dead. */
void tasks_lose(void);
/* What the clients of a process that died find: a JSON-RPC error. */
#define TASK_LAST_WORDS "{\"code\":-32603,\"message\":\"The server that ran this task ended before it" \
	" was done; what it had begun may be done. Look, then call again.\"}"

/* ---- Methods (task_methods.c) ---- */

/* Waits for tasks that run, until that time by tick_ms() at most, then cancels all. The pool and the
 * loops must still run. */
void tasks_end(struct http *http, int64_t until_tick_ms);

const struct fault *tasks_get(struct mcp_call *call);
const struct fault *tasks_update(struct mcp_call *call);
const struct fault *tasks_cancel(struct mcp_call *call);

#endif
