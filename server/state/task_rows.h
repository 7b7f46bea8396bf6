/* task_rows.h - tasks, as rows. */
#ifndef TASK_ROWS_H
#define TASK_ROWS_H

#include "state.h"

#define STATE_TASKS_MAX 1000
#define STATE_CALLER_TASKS_MAX 100
#define STATE_TASK_TOPIC "task:"       /* told as changed, with the id behind it */

struct state_task {
	const char *id, *caller;
	const char *status;             /* as the protocol calls it */
	const char *said;
	int64_t created, updated;
	const char *asked;              /* the requests that are open, by key: a JSON object */
	const char *outcome;            /* JSON: the result or the error; "": none */
};

/* `owner`, a process, runs it; nobody does while it waits for a person. Who is no longer the owner
 * can't change it any more, and what is over stays as it is. Each change but words is told. */
struct task_errand {
	struct errand errand;
	struct state_task task;
	int64_t owner;
	bool there;                     /* after: there is such a task of that caller */
	bool unclear;                   /* after an insert that failed: it may be there all the same */
};
bool task_row_insert(struct errand *errand, struct store *store);       /* there false: no room */
bool task_row_forget(struct errand *errand, struct store *store);       /* as if it had never been */
bool task_row_load(struct errand *errand, struct store *store);
bool task_row_say(struct errand *errand, struct store *store);
bool task_row_finish(struct errand *errand, struct store *store);
/* What runs it is told("task-cancelled", id), where that is another process. */
bool task_row_cancel(struct errand *errand, struct store *store);

/* Which of some tasks are the caller's. */
struct known_tasks_errand {
	struct errand errand;
	const char *caller;
	const char *ids;                /* a JSON array */
	struct rows tasks;              /* of struct state_task, of which only `id` */
};
bool task_rows_known(struct errand *errand, struct store *store);

struct state_request {
	const char *name;               /* what the tool calls it; the client is given a new key */
	const char *method, *params;    /* params: JSON */
};

/* Writes down a task that asks, to be gone on with by whichever process gets the last answer, or
 * when it is due. */
struct task_park_errand {
	struct errand errand;
	const char *id, *caller;
	int64_t owner;
	const char *record;             /* all that is needed to run it again */
	int64_t expires_ms;             /* from now */
	struct state_request *requests;
	int64_t count;
};
bool task_row_park(struct errand *errand, struct store *store);

struct state_answer {
	const char *key, *answer;       /* JSON */
};

struct task_answer_errand {
	struct errand errand;
	const char *id, *caller;
	struct state_answer *answers;
	int64_t count;
	bool there;
	bool ready;                     /* after: nothing is open any more, somebody is to claim it */
};
bool task_row_answer(struct errand *errand, struct store *store);

/* Takes up a task that is ready or due: this process is its owner then. */
struct task_claim_errand {
	struct errand errand;
	const char *id;
	int64_t token;                  /* state_number() */
	bool taken;
	int64_t owner;
	const char *caller, *record;
	struct rows questions;          /* of struct state_question: all it asked, the latest last */
};
bool task_row_claim(struct errand *errand, struct store *store);

#endif
