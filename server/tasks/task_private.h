/* task_private.h - what the files of tasks share. */
#ifndef TASK_PRIVATE_H
#define TASK_PRIVATE_H

#include "state.h"
#include "task.h"
#include "task_rows.h"

#define TASK_ID_BYTES 24
#define TASK_RUN_MS (10 * 60 * INT64_C(1000))   /* running time, where the tool has not more */

/* The status of a task, as its row and its clients call it. */
#define TASK_WORKING "working"
#define TASK_ASKS "input_required"
#define TASK_COMPLETED "completed"
#define TASK_FAILED "failed"
#define TASK_CANCELLED "cancelled"

/* What a call knows of the task it is. */
struct task {
	const char *id;
	int64_t owner;                  /* as which process it runs here */
	_Atomic(char *) said;           /* by its tool, and not written down yet */
	int64_t said_tick_ms;
	struct timer timer;             /* to write that down */
};

/* An errand about the task of that id, after all earlier ones about it. */
struct task_errand *task_errand(const struct errand_kind *kind, size_t size, str id);
/* The call is that task, which this process owns. */
void task_attach(struct mcp_call *call, const char *id, int64_t owner);
/* It can't be gone on with. */
void task_give_up(const char *id, int64_t owner, const struct fault *fault);

/* ---- Going on after a question (task_resume.c) ---- */

/* Everybody answered: it runs here, unless another process was first. `caller` is handed over. */
void task_resume(const char *id, const struct caller *caller);

/* ---- As JSON (task_json.c): members of an open object ---- */

void task_write_state(struct json *json, const struct state_task *task);
/* With what it asks, or what came out. */
void task_write(struct json *json, const struct state_task *task);

struct subscription_kind;
extern const struct subscription_kind task_subscriptions;

#endif
