/* task_json.c - a task as its client sees it. */
#include "task_private.h"
#include "task_rows.h"

#define POLL_MS 1000

static void write_time(struct json *json, const char *key, int64_t at_ms)
{
	char text[TIME_TEXT_SIZE];

	time_print(at_ms, text);
	json_key(json, key);
	json_text(json, text);
}

static bool is(const struct state_task *task, const char *status)
{
	return strcmp(task->status, status) == 0;
}

void task_write_state(struct json *json, const struct state_task *task)
{
	json_key(json, "taskId");
	json_text(json, task->id);
	json_key(json, "status");
	json_text(json, task->status);
	if (is(task, TASK_WORKING) && *task->said) {
		json_key(json, "statusMessage");
		json_text(json, task->said);
	}
	write_time(json, "createdAt", task->created);
	write_time(json, "lastUpdatedAt", task->updated);
	json_key(json, "ttlMs");
	json_int(json, runtime.set.task_ttl_ms);
	json_key(json, "pollIntervalMs");
	json_int(json, POLL_MS);
}

void task_write(struct json *json, const struct state_task *task)
{
	task_write_state(json, task);
	if (is(task, TASK_ASKS)) {
		json_key(json, "inputRequests");
		json_raw(json, str_of(task->asked));
	}
	if (*task->outcome) {
		json_key(json, is(task, TASK_FAILED) ? "error" : "result");
		json_raw(json, str_of(task->outcome));
	}
}
