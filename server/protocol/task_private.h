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
	struct loop *loop;              /* of its call */
	uint64_t serial;
	enum status status;
	bool attached;                  /* its call's memory is there */
	int64_t created_ms, updated_ms; /* for people */
	int64_t ended_tick_ms;
	char said[SAID_MAX + 1];
	struct asked *asked;
	str outcome;                    /* JSON: the result or the error */
};

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

/* Tells who follows it that it changed. Outside the lock. */
void task_announce(const char *id);

#endif
