/* task_table.c - the table of tasks: who they belong to, how they are, what they ask, what came out.
 *
 * It is bounded: the oldest that is over of whoever has most makes room. */
#include <pthread.h>
#include <stdlib.h>

#include "shares.h"
#include "task_private.h"

#define POLL_MS 1000
#define TASKS_MAX 1000
#define CALLER_TASKS_MAX 100
#define RESULTS_MAX (32 * 1024 * 1024)          /* bytes, all together */

static struct {
	pthread_mutex_t lock;
	struct task *first, **end;      /* the oldest first */
} tasks = { .lock = PTHREAD_MUTEX_INITIALIZER, .end = &tasks.first };

static struct shares counts = SHARES, bytes = SHARES;   /* of the table, of outcomes */

static _Thread_local struct timer sweeper;      /* while this loop's calls left results */

void tasks_lock(void)
{
	pthread_mutex_lock(&tasks.lock);
}

void tasks_unlock(void)
{
	pthread_mutex_unlock(&tasks.lock);
}

/* ---- The table, under its lock ---- */

bool task_is_over(const struct task *task)
{
	return task->status >= COMPLETED;
}

static bool is_stale(const struct task *task, int64_t tick)
{
	return task_is_over(task) && tick - task->ended_tick_ms >= runtime.set.task_ttl_ms;
}

void task_free(struct task *task)
{
	caller_drop(task->caller);
	arena_destroy(task->arena);
	free(task);
}

static void destroy(struct task *task)
{
	*task->place = task->next;
	if (task->next)
		task->next->place = task->place;
	else
		tasks.end = task->place;
	shares_add(&counts, task->party, -1);
	shares_add(&bytes, task->party, -(int64_t)task->outcome.size);
	task_free(task);
}

/* Ends the oldest that is over; of that party, where it is not 0. */
static bool evict(uint64_t party)
{
	for (struct task *task = tasks.first; task; task = task->next) {
		if (!task_is_over(task) || task->attached || (party && task->party != party))
			continue;
		destroy(task);
		return true;
	}
	return false;
}

/* Of whoever has most, where that can be: so nobody loses results to another who has more. */
static bool evict_of_largest(struct shares *shares, uint64_t party, int64_t more)
{
	return evict(shares_largest(shares, party, more)) || evict(0);
}

static bool make_room(uint64_t party)
{
	if (shares_of(&counts, party) >= CALLER_TASKS_MAX)
		return evict(party);
	return shares_total(&counts) < TASKS_MAX || evict_of_largest(&counts, party, 1);
}

/* Ends what is stale. The time at which the next will be; 0: nothing is over. */
static int64_t sweep(int64_t tick)
{
	int64_t soonest = 0;

	for (struct task *task = tasks.first, *next; task; task = next) {
		next = task->next;
		int64_t due = task->ended_tick_ms + runtime.set.task_ttl_ms;
		if (!task_is_over(task))
			continue;
		if (due <= tick && !task->attached)
			destroy(task);
		else if (soonest == 0 || due < soonest)
			soonest = due;
	}
	return soonest;
}

struct task *task_find(const struct mcp_call *call, str id)
{
	struct task *task = tasks.first;

	while (task && !str_is(id, task->id))
		task = task->next;
	return task && caller_same(task->caller, call->reply->caller) && !is_stale(task, tick_ms())
		? task : NULL;
}

void task_touch(struct task *task, enum status status)
{
	task->status = status;
	task->updated_ms = now_ms();
	if (task_is_over(task)) {
		task->ended_tick_ms = tick_ms();
		task->asked = NULL;
	}
}

bool task_has_question(const struct task *task)
{
	for (const struct asked *asked = task->asked; asked; asked = asked->next)
		if (!asked->answered)
			return true;
	return false;
}

void task_keep(struct task *task, enum status status, str outcome)
{
	task_touch(task, status);
	int64_t size = (int64_t)outcome.size;
	while (shares_total(&bytes) + size > RESULTS_MAX && evict_of_largest(&bytes, task->party, size))
		;
	task->outcome = str_of(arena_copy(task->arena, outcome));
	shares_add(&bytes, task->party, (int64_t)task->outcome.size);
}

/* ---- The whole table ---- */

bool task_add(struct task *task)
{
	tasks_lock();
	sweep(tick_ms());
	bool room = make_room(task->party);
	if (room) {
		shares_add(&counts, task->party, 1);
		task->place = tasks.end;
		*tasks.end = task;
		tasks.end = &task->next;
	}
	tasks_unlock();
	return room;
}

int tasks_working(void)
{
	int count = 0;

	tasks_lock();
	for (const struct task *task = tasks.first; task; task = task->next)
		count += task->status == WORKING;
	tasks_unlock();
	return count;
}

static void sweep_again(UNUSED struct timer *timer, struct loop *loop)
{
	tasks_lock();
	int64_t next = sweep(tick_ms());
	tasks_unlock();
	if (next)
		timer_set(loop, &sweeper, next > loop_tick_ms(loop) ? next : loop_tick_ms(loop) + 1000);
}

void tasks_sweep_later(struct loop *loop)
{
	if (sweeper.place)
		return;
	sweeper.run = sweep_again;
	timer_set(loop, &sweeper, loop_tick_ms(loop) + runtime.set.task_ttl_ms);
}

void tasks_stop(void)
{
	while (tasks.first)
		destroy(tasks.first);
}

/* ---- Describing ---- */

static const char *const status_names[] = {
	"working", "input_required", "completed", "failed", "cancelled"
};

const char *task_status_name(enum status status)
{
	return status_names[status];
}

enum status task_status(const char *name)
{
	enum status status = WORKING;

	while (status < CANCELLED && strcmp(status_names[status], name) != 0)
		status++;
	return status;
}

static void write_time(struct json *json, const char *key, int64_t at_ms)
{
	char text[TIME_TEXT_SIZE];

	time_print(at_ms, text);
	json_key(json, key);
	json_text(json, text);
}

void task_write_state(struct json *json, const struct task *task)
{
	json_key(json, "taskId");
	json_text(json, task->id);
	json_key(json, "status");
	json_text(json, status_names[task->status]);
	if (*task->said && !task_is_over(task)) {
		json_key(json, "statusMessage");
		json_text(json, task->said);
	}
	write_time(json, "createdAt", task->created_ms);
	write_time(json, "lastUpdatedAt", task->updated_ms);
	json_key(json, "ttlMs");
	json_int(json, runtime.set.task_ttl_ms);
	json_key(json, "pollIntervalMs");
	json_int(json, POLL_MS);
}

static void write_questions(struct json *json, const struct task *task)
{
	json_key(json, "inputRequests");
	json_object(json);
	for (const struct asked *asked = task->asked; asked; asked = asked->next) {
		if (asked->answered)
			continue;
		json_key_str(json, str_of(asked->key));
		json_object(json);
		json_key(json, "method");
		json_text(json, asked->method);
		json_key(json, "params");
		json_raw(json, asked->params);
		json_object_end(json);
	}
	json_object_end(json);
}

void task_write_outcome(struct json *json, enum status status, str outcome)
{
	json_key(json, status == FAILED ? "error" : "result");
	json_raw(json, outcome);
}

void task_write(struct json *json, const struct task *task)
{
	task_write_state(json, task);
	if (task->status == INPUT_REQUIRED)
		write_questions(json, task);
	if (task->outcome.at)
		task_write_outcome(json, task->status, task->outcome);
}

bool task_exists(const struct mcp_call *call, str id)
{
	tasks_lock();
	bool exists = task_find(call, id);
	tasks_unlock();
	return exists;
}

bool task_describe(struct json *json, const struct mcp_call *call, str id)
{
	tasks_lock();
	const struct task *task = task_find(call, id);
	if (task)
		task_write(json, task);
	tasks_unlock();
	return task;
}

void task_announce(const char *id)
{
	char topic[sizeof(TASK_TOPIC) + 2 * TASK_ID_BYTES] = TASK_TOPIC;

	strncat(topic, id, 2 * TASK_ID_BYTES);
	mcp_changed(topic);
}
