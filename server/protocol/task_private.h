/* task_private.h - what the files of the table of tasks share. */
#ifndef TASK_PRIVATE_H
#define TASK_PRIVATE_H

#include "task.h"

#define TASK_ID_BYTES 24
#define SAID_MAX 160

enum status { WORKING, INPUT_REQUIRED, COMPLETED, FAILED, CANCELLED };

/* A question that was put. Its key is never used again in the task's life. */
struct asked {
	struct asked *next;
	const char *key;
	const char *method;
	str params;                     /* JSON */
	struct question *question;      /* the call's; for its loop only */
	bool answered, taken;
	str answer;                     /* JSON; .at NULL: nobody answered */
};

struct task {
	struct task *next, **place;
	struct arena *arena;
	const char *id;
	const struct caller *caller;    /* held */
	uint64_t party;                 /* whose share it is of */
	struct loop *loop;              /* of its call */
	uint64_t serial;
	enum status status;
	bool attached;                  /* its call's memory is there */
	int64_t created_ms, updated_ms; /* for people */
	int64_t ended_tick_ms;
	char said[SAID_MAX + 1];
	struct asked *asked;
	str outcome;                    /* JSON: the result or the error */
	/* Where the database has the tasks this one is in no table, but its call's alone. */
	bool shared;
	int64_t owner;                  /* as which process */
	bool unsaid;                    /* `said` is not in the database yet; under the lock */
	int64_t said_tick_ms;
	struct timer timer;             /* to write it there */
};

/* ---- Beginning (task.c) ---- */

/* What the request is answered with: the task as it begins. */
str task_created(struct mcp_call *call, const struct task *task, struct arena *arena);
#define TASK_RUN_MS (10 * 60 * INT64_C(1000))   /* running time, where the tool has not more */

/* The call leaves its request, which is answered with a message in `arena`. */
void task_depart(struct mcp_call *call, struct task *task, str message, struct arena *arena);
/* There is no room for it: the fault of a tool that can't do without. */
const struct fault *task_no_room(const struct mcp_call *call);
str task_error(struct arena *arena, const struct fault *fault);

/* ---- The table (task_table.c) ---- */

void tasks_lock(void);
void tasks_unlock(void);
/* False: there is no room. Locks by itself. */
bool task_add(struct task *task);
/* Frees one that is not in the table. */
void task_free(struct task *task);
/* How many have a tool at work. Locks by itself. */
int tasks_working(void);
/* This loop's calls left results: looks after their time to live. */
void tasks_sweep_later(struct loop *loop);

/* The rest under the lock. The call's caller's task of that id; NULL: none. */
struct task *task_find(const struct mcp_call *call, str id);
bool task_is_over(const struct task *task);
bool task_has_question(const struct task *task);
void task_touch(struct task *task, enum status status);
/* It is over, with this. */
void task_keep(struct task *task, enum status status, str outcome);

/* Posts to the call on its loop: it was cancelled, or answered (task.c). */
void task_word(const struct task *task, bool cancel);

/* ---- Describing (task_table.c) ---- */

void task_write_state(struct json *json, const struct task *task);
/* With what it asks, or what came out. */
void task_write(struct json *json, const struct task *task);

void task_write_outcome(struct json *json, enum status status, str outcome);
const char *task_status_name(enum status status);
enum status task_status(const char *name);

/* Tells who follows it that it changed. Outside the lock. */
void task_announce(const char *id);

/* ---- Where the database has them (task_shared.c, task_claim.c, task_methods_shared.c) ---- */

void task_begin_shared(struct mcp_call *call);
void task_ask_shared(struct mcp_call *call);
void task_settle_shared(struct mcp_call *call, const struct fault *fault, str result);
/* What a tool said is to be told (struct response). */
void task_write_words(struct mcp_call *call);
void task_leave_shared(struct mcp_call *call);
/* How many have a tool at work in this process. */
int tasks_working_shared(void);
/* One whose row says that this process is its owner. */
struct task *task_of_row(struct mcp_call *call, const char *id, int64_t owner);
/* It can't be gone on with. */
void task_give_up(const char *id, int64_t owner, const struct fault *fault);

/* Everybody answered: runs it here. `caller` is held by the receiver. */
void task_claim(const char *id, const struct caller *caller);

const struct fault *task_get_shared(struct mcp_call *call, str id);
const struct fault *task_update_shared(struct mcp_call *call, str id, yyjson_val *answers);
const struct fault *task_cancel_shared(struct mcp_call *call, str id);
const struct fault *task_unknown(struct mcp_call *call);

struct shared_task;
void task_write_row(struct json *json, const struct shared_task *row);

#endif
