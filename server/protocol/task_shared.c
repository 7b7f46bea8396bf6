/* task_shared.c - a call that became a task, where the database has the tasks: it is written down
 * before its request is answered, then what becomes of it. The call knows its id and little else. */
#include <stdlib.h>

#include "record.h"
#include "task_private.h"

#define WORDS_MS 1000                   /* between two writes of what a tool says */

static atomic_int working;

int tasks_working_shared(void)
{
	return atomic_load(&working);
}

static struct task_errand *task_errand(const struct errand_kind *kind, size_t size, const char *id,
                                       int64_t owner)
{
	struct task_errand *errand = errand_create(kind, size);

	errand->task.id = arena_copy(errand->errand.arena, str_of(id));
	errand->errand.key = str_hash(str_of(id));
	errand->owner = owner;
	return errand;
}

struct task *task_of_row(struct mcp_call *call, const char *id, int64_t owner)
{
	struct task *task = arena_new(call->arena, struct task);

	task->id = arena_copy(call->arena, str_of(id));
	task->shared = true;
	task->owner = owner;
	atomic_fetch_add(&working, 1);
	return task;
}

/* ---- Beginning ---- */

struct beginning {
	struct task_errand row;
	uint64_t serial;
};

static const struct errand_kind forget_kind = { .work = task_row_forget, .lasts = true };

/* Whoever wanted it left, or was told that it could not be had. */
static void forget(const char *id)
{
	errand_send(&task_errand(&forget_kind, sizeof(struct task_errand), id, 0)->errand);
}

static void depart(struct mcp_call *call, const struct task_errand *row)
{
	struct task *task = task_of_row(call, row->task.id, row->owner);
	struct arena *arena = arena_create();

	task->created_ms = row->task.created;
	task->updated_ms = row->task.updated;
	task_depart(call, task, task_created(call, task, arena), arena);
}

static void begun(struct errand *errand)
{
	const struct beginning *beginning = (struct beginning *)errand;
	struct mcp_call *call = call_find_live(beginning->serial);

	if (errand->failed ? beginning->row.unclear : beginning->row.there && !call)
		forget(beginning->row.task.id);
	if (!call)
		return;
	call->held = false;
	if (errand->failed)
		call->fault = &FAULT_BUSY;
	else if (!beginning->row.there)
		call->fault = task_no_room(call);
	else
		depart(call, &beginning->row);
	call->no_task = !call->task;
	if (call->fault)
		call_settle(call);
	else
		call_again(call);
}

static const struct errand_kind begin_kind = { .work = task_row_insert, .done = begun };

void task_begin_shared(struct mcp_call *call)
{
	struct beginning *beginning = (struct beginning *)task_errand(&begin_kind, sizeof(*beginning),
		random_text(call->arena, TASK_ID_BYTES), 0);

	beginning->row.task.caller = arena_copy(beginning->row.errand.arena,
	                                        str_of(caller_name(call->reply->caller)));
	beginning->row.task.status = task_status_name(WORKING);
	beginning->serial = call->serial;
	call->held = true;
	errand_send(&beginning->row.errand);
}

/* ---- While it runs ---- */

static const struct errand_kind say_kind = { .work = task_row_say };

static void write_words(struct task *task)
{
	struct task_errand *words = task_errand(&say_kind, sizeof(*words), task->id, task->owner);

	tasks_lock();
	words->task.said = arena_copy(words->errand.arena, str_of(task->said));
	task->unsaid = false;
	tasks_unlock();
	task->said_tick_ms = tick_ms();
	errand_send(&words->errand);
}

static void write_words_now(struct timer *timer, UNUSED struct loop *loop)
{
	write_words((struct task *)(void *)((char *)timer - offsetof(struct task, timer)));
}

/* The first word at once, later ones when it is time, so that the last is never left out. */
void task_write_words(struct mcp_call *call)
{
	struct task *task = call->task;
	struct loop *loop = call->reply->loop;

	tasks_lock();
	bool due = task->shared && task->unsaid && !task->timer.place;
	tasks_unlock();
	if (!due)
		return;
	int64_t wait_ms = task->said_tick_ms ? task->said_tick_ms + WORDS_MS - tick_ms() : 0;
	task->timer.run = write_words_now;
	if (wait_ms > 0)
		timer_set(loop, &task->timer, loop_tick_ms(loop) + wait_ms);
	else
		write_words(task);
}

/* ---- Asking: it is written down and forgotten ---- */

static void parked(struct errand *errand)
{
	const struct task_park_errand *park = (struct task_park_errand *)errand;

	if (errand->failed)
		task_give_up(park->id, park->owner, &FAULT_INTERNAL);
}

static const struct errand_kind park_kind = {
	.work = task_row_park, .done = parked, .lasts = true
};

void task_ask_shared(struct mcp_call *call)
{
	struct task_park_errand *park = errand_new(&park_kind, struct task_park_errand);
	struct arena *arena = park->errand.arena;
	int64_t count = 0;

	for (struct question *each = call->questions; each; each = each->next)
		count += each->wanted && each->state == QUESTION_NEW;
	park->id = arena_copy(arena, str_of(call->task->id));
	park->errand.key = str_hash(str_of(park->id));
	park->owner = call->task->owner;
	park->record = call_write_down(call, arena);
	park->expires_ms = runtime.set.question_ms;
	park->requests = arena_array(arena, struct shared_request, count);
	for (struct question *each = call->questions; each; each = each->next) {
		if (!each->wanted || each->state != QUESTION_NEW)
			continue;
		park->requests[park->count++] = (struct shared_request) {
			.name = arena_copy(arena, str_of(each->key)), .method = each->method,
			.params = arena_copy(arena, each->params) };
	}
	call->parked = true;
	atomic_fetch_sub(&working, 1);
	errand_send(&park->errand);
}

/* ---- Ending ---- */

static void finish(const char *id, int64_t owner, enum status status, str outcome);

/* Its row would say for ever that somebody runs it; at the end of the process it is failed anyway. */
static void finished(struct errand *errand)
{
	const struct task_errand *over = (struct task_errand *)errand;

	if (errand->failed && !http_quiesced())
		finish(over->task.id, over->owner, task_status(over->task.status),
		       str_of(over->task.outcome));
}

static const struct errand_kind finish_kind = {
	.work = task_row_finish, .done = finished, .lasts = true
};

static void finish(const char *id, int64_t owner, enum status status, str outcome)
{
	struct task_errand *over = task_errand(&finish_kind, sizeof(*over), id, owner);

	over->task.status = task_status_name(status);
	over->task.outcome = arena_copy(over->errand.arena, outcome);
	errand_send(&over->errand);
}

void task_give_up(const char *id, int64_t owner, const struct fault *fault)
{
	struct arena *arena = arena_create();

	finish(id, owner, FAILED, task_error(arena, fault));
	arena_destroy(arena);
}

/* Cancelled by its client it is so in the database already, and stays; cut by the end of this
 * process it has failed. */
void task_settle_shared(struct mcp_call *call, const struct fault *fault, str result)
{
	const struct task *task = call->task;

	atomic_fetch_sub(&working, 1);
	if (fault)
		task_give_up(task->id, task->owner, fault);
	else if (result.at)
		finish(task->id, task->owner, COMPLETED, result);
	else
		finish(task->id, task->owner, FAILED, STR(TASK_LAST_WORDS));
}

void task_leave_shared(struct mcp_call *call)
{
	timer_clear(call->reply->loop, &call->task->timer);
}

/* ---- Word from elsewhere ---- */

static bool is_lost(const struct mcp_call *call, UNUSED const void *context)
{
	return call->task && call->task->shared && call->task->owner != shared_me();
}

void tasks_lose(void)
{
	calls_cancel(is_lost, NULL);
}

struct cancelled {
	struct message message;
	char id[];
};

static bool is_named(const struct mcp_call *call, const void *id)
{
	return call->task && strcmp(call->task->id, id) == 0;
}

static void cancel(struct message *message, UNUSED struct loop *loop)
{
	struct cancelled *cancelled = (struct cancelled *)message;

	calls_cancel(is_named, cancelled->id);
	free(cancelled);
}

/* Which loop runs it nobody keeps: a cancel is rare. */
void task_cancelled(str id)
{
	struct http *http = atomic_load(&runtime.http);

	for (int i = 0; http && i < http_loops(http); i++) {
		struct cancelled *cancelled = malloc(sizeof(*cancelled) + id.size + 1);
		if (!cancelled)
			abort();
		memcpy(cancelled->id, id.at, id.size);
		cancelled->id[id.size] = 0;
		cancelled->message.run = cancel;
		loop_post(http_loop(http, i), &cancelled->message);
	}
}
