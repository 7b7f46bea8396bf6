/* task.c - a call that became a task: how it begins, tells how far it is, asks, and ends. */
#include <stdlib.h>
#include <time.h>

#include "call_record.h"
#include "fatal.h"
#include "task_private.h"
#include "task_rows.h"

#define SAID_MAX 160                    /* bytes of what a tool says of its progress */
#define SAY_MS 1000                     /* between two writes of that */
#define RETRY_MS 1000                   /* how it ended could not be written down */

static atomic_int running;              /* tasks of this process */

struct task_errand *task_errand(const struct errand_kind *kind, size_t size, str id)
{
	struct task_errand *errand = errand_create(kind, size);

	errand->task.id = arena_copy(errand->errand.arena, id);
	errand->errand.key = str_hash(id);
	return errand;
}

void task_attach(struct mcp_call *call, const char *id, int64_t owner)
{
	call->task = arena_new(call->arena, struct task);
	call->task->id = arena_copy(call->arena, str_of(id));
	call->task->owner = owner;
	atomic_fetch_add(&running, 1);
}

/* ---- Beginning ---- */

static bool client_knows_tasks(const struct mcp_call *call)
{
	return call->revision >= R2026_07_28 && (call->can & CAN_TASKS);
}

const struct fault *task_declared(struct mcp_call *call)
{
	if (client_knows_tasks(call))
		return NULL;
	struct fault *fault = fault_say(call->arena, &FAULT_CAPABILITY,
		"This needs a client that declares the extension " TASKS_EXTENSION ".");
	fault->data = STR("{\"requiredCapabilities\":{\"extensions\":{\"" TASKS_EXTENSION "\":{}}}}");
	return fault;
}

const struct fault *task_needed(struct mcp_call *call)
{
	if (!call->offer->needs_task)
		return NULL;
	if (call->revision >= R2026_07_28)
		return task_declared(call);
	return fault_say(call->arena, &FAULT_NO_METHOD, "%s runs only as a task, which takes a client of"
	                 " %s.", call->offer->name, revision_names[R2026_07_28]);
}

/* What the request is answered with: the task as it begins. */
static str created(struct mcp_call *call, const struct state_task *task, struct arena *arena)
{
	struct json json = json_begin(arena, 512);

	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "id");
	json_value(&json, call->id);
	json_key(&json, "result");
	json_object(&json);
	call->reply->era->open_result(&json, "task");
	task_write_state(&json, task);
	call->reply->era->close_result(&json, call);
	json_object_end(&json);
	json_object_end(&json);
	return json_end(&json);
}

static void leave_request(struct mcp_call *call, const struct task_errand *row)
{
	struct arena *arena = arena_create();
	str message = created(call, &row->task, arena);

	task_attach(call, row->task.id, row->owner);
	call->progress_token = NULL;
	call->log_least = -1;
	if (call->deadline_ms < TASK_RUN_MS) {
		call->time_left_ms += TASK_RUN_MS - call->deadline_ms;
		call->deadline_ms = TASK_RUN_MS;
	}
	call_part(call, message, arena);
	call->reply->response = &response_task;
}

/* Without room, or a database, the answer comes the ordinary way, where the tool can do so. */
static const struct fault *no_room(const struct mcp_call *call, const struct fault *why)
{
	return call->offer->needs_task ? why : NULL;
}

struct beginning {
	struct task_errand row;
	uint64_t serial;
};

static const struct errand_kind forget_kind = { .work = task_row_forget, .lasts = true };

static void begun(struct errand *errand)
{
	const struct beginning *beginning = (struct beginning *)errand;
	const struct task_errand *row = &beginning->row;
	struct mcp_call *call = call_find(beginning->serial);

	/* Whoever wanted it left, or is told that it could not be had. */
	if (errand->failed ? row->unclear : row->there && !call)
		errand_send(&task_errand(&forget_kind, sizeof(*row), str_of(row->task.id))->errand);
	if (!call)
		return;
	call->held = false;
	if (!errand->failed && row->there)
		leave_request(call, row);
	else
		call->fault = no_room(call, errand_fault(errand));
	call->no_task = !call->task;
	if (call->fault)
		call_settle(call);
	else
		call_again(call);
}

static const struct errand_kind begin_kind = { .work = task_row_insert, .done = begun };

const struct fault *task_begin(struct mcp_call *call)
{
	if (call->task || !client_knows_tasks(call))
		return NULL;
	if (http_quiesced())
		return no_room(call, &FAULT_BUSY);
	struct beginning *beginning = (struct beginning *)task_errand(&begin_kind, sizeof(*beginning),
		str_of(random_text(call->arena, TASK_ID_BYTES)));

	beginning->row.task.caller = arena_copy(beginning->row.errand.arena,
	                                        str_of(caller_name(call->reply->caller)));
	beginning->row.task.status = TASK_WORKING;
	beginning->row.task.said = "";
	beginning->row.errand.party = reply_party(call->reply);
	beginning->serial = call->serial;
	call->held = true;
	errand_send(&beginning->row.errand);
	return NULL;
}

/* What is left of the work is done by another run: as a task, or without one after all. */
static void become_one(struct mcp_call *call)
{
	call->fault = task_begin(call);
	if (call->fault || call->held)
		return;
	call->no_task = true;
	call_again_soon(call);
}

static const struct wait to_become_one = { .begin = become_one, .before_changes = "called mcp_begin_task()" };

bool mcp_begin_task(struct mcp_call *call)
{
	if (!call->offer->runs_long) {          /* so it was not announced */
		call_mistake(call, "it called mcp_begin_task(), and its entry does not say so: write .asks_first = true");
		return true;
	}
	if (call->task || call->no_task || !client_knows_tasks(call))
		return true;
	call->wait = &to_become_one;
	return false;
}

/* ---- While it runs ---- */

/* The latest is enough: a worker leaves it for the loop. */
static bool say(struct mcp_call *call, str words)
{
	size_t size = words.size < SAID_MAX ? words.size : SAID_MAX;

	/* Not in the middle of a character. */
	while (size < words.size && size > 0 && ((unsigned char)words.at[size] & 0xc0) == 0x80)
		size--;
	char *copy = strndup(words.at, size);
	if (!copy)
		fatal();
	char *before = atomic_exchange(&call->task->said, copy);
	free(before);
	return !before;
}

static const struct errand_kind say_kind = { .work = task_row_say };

static void write_words(struct task *task)
{
	struct task_errand *errand = task_errand(&say_kind, sizeof(*errand), str_of(task->id));
	char *words = atomic_exchange(&task->said, NULL);

	errand->owner = task->owner;
	errand->task.said = arena_copy(errand->errand.arena, str_of(words));
	free(words);
	task->said_tick_ms = tick_ms();
	errand_send(&errand->errand);
}

static void write_words_now(struct timer *timer, UNUSED struct loop *loop)
{
	write_words((struct task *)(void *)((char *)timer - offsetof(struct task, timer)));
}

/* The first word at once, later ones when it is time, so that the last is never left out. */
static void said(struct mcp_call *call)
{
	struct task *task = call->task;
	struct loop *loop = call->reply->loop;

	if (!atomic_load(&task->said) || task->timer.place)
		return;
	int64_t wait_ms = task->said_tick_ms ? task->said_tick_ms + SAY_MS - tick_ms() : 0;
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
		task_give_up(park->id, park->owner, errand->no_room ? errand_fault(errand) : &FAULT_INTERNAL);
}

static const struct errand_kind park_kind = {
	.work = task_row_park, .done = parked, .lasts = true, .lost = "questions of tasks"
};

static bool is_new(const struct question *question)
{
	return question->wanted && !question->answered;
}

static void copy_questions(struct task_park_errand *park, const struct question *first)
{
	struct arena *arena = park->errand.arena;
	int64_t count = 0;

	for (const struct question *each = first; each; each = each->next)
		count += is_new(each);
	park->requests = arena_array(arena, struct state_request, count);
	for (const struct question *each = first; each; each = each->next)
		if (is_new(each))
			park->requests[park->count++] = (struct state_request) {
				.name = arena_copy(arena, str_of(each->key)), .method = each->method,
				.params = arena_copy(arena, each->params) };
}

void task_ask(struct mcp_call *call)
{
	struct task_park_errand *park = errand_new(&park_kind, struct task_park_errand);

	park->id = arena_copy(park->errand.arena, str_of(call->task->id));
	park->caller = arena_copy(park->errand.arena, str_of(caller_name(call->reply->caller)));
	park->errand.key = str_hash(str_of(park->id));
	park->owner = call->task->owner;
	park->record = call_write_down(call, park->errand.arena);
	park->expires_ms = runtime.set.question_ms;
	copy_questions(park, call->questions);
	call->hands_over = true;
	atomic_fetch_sub(&running, 1);
	errand_send(&park->errand);
}

/* ---- Ending ---- */

static void finished(struct errand *errand);

static const struct errand_kind finish_kind = {
	.work = task_row_finish, .done = finished, .lasts = true, .lost = "results of tasks"
};

static void finish(str id, int64_t owner, const char *status, str outcome, int64_t at_tick_ms)
{
	struct task_errand *over = task_errand(&finish_kind, sizeof(*over), id);

	over->owner = owner;
	over->task.status = status;
	over->task.outcome = arena_copy(over->errand.arena, outcome);
	over->errand.again_ms = at_tick_ms;
	errand_send(&over->errand);
}

/* Its row would say for ever that somebody runs it. At the end of the process it fails anyway. */
static void finished(struct errand *errand)
{
	const struct task_errand *over = (struct task_errand *)errand;

	if (errand->failed && !http_quiesced())
		finish(str_of(over->task.id), over->owner, over->task.status,
		       str_of(over->task.outcome), tick_ms() + RETRY_MS);
}

void task_give_up(const char *id, int64_t owner, const struct fault *fault)
{
	struct arena *arena = arena_create();
	struct json json = json_begin(arena, 256);

	json_object(&json);
	json_key(&json, "code");
	json_int(&json, fault->code);
	json_key(&json, "message");
	json_text(&json, fault->text);
	if (fault->data.at) {
		json_key(&json, "data");
		json_raw(&json, fault->data);
	}
	json_object_end(&json);
	finish(str_of(id), owner, TASK_FAILED, json_end(&json), 0);
	arena_destroy(arena);
}

/* Cancelled by its client its row says so already, and stays as it is; cut by the end of this
 * process it has failed. */
static void settle(struct mcp_call *call, const struct fault *fault, struct arena *own)
{
	const struct task *task = call->task;

	atomic_fetch_sub(&running, 1);
	if (atomic_load(&call->cancelled) && !call->overran)
		finish(str_of(task->id), task->owner, TASK_FAILED, STR(TASK_LAST_WORDS), 0);
	else if (fault)
		task_give_up(task->id, task->owner, fault);
	else
		finish(str_of(task->id), task->owner, TASK_COMPLETED, call_result_end(call), 0);
	call_report(call, 200);
	arena_destroy(own);
}

static void release(struct mcp_call *call)
{
	timer_clear(call->reply->loop, &call->task->timer);
	free(atomic_exchange(&call->task->said, NULL));
	call->task = NULL;
}

static void finish_nothing(UNUSED struct reply *reply, UNUSED str message, UNUSED int status)
{
}

const struct response response_task = {
	.background = true, .finish = finish_nothing, .settle = settle, .say = say, .said = said,
	.release = release,
};

/* ---- Stopped from elsewhere ---- */

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
			fatal();
		memcpy(cancelled->id, id.at, id.size);
		cancelled->id[id.size] = 0;
		cancelled->message.run = cancel;
		loop_post(http_loop(http, i), &cancelled->message);
	}
}

static bool is_lost(const struct mcp_call *call, UNUSED const void *context)
{
	return call->task && call->task->owner != state_me();
}

void tasks_lose(void)
{
	calls_cancel(is_lost, NULL);
}

static bool is_task(const struct mcp_call *call, UNUSED const void *context)
{
	return call->task;
}

static void cut(struct message *message, UNUSED struct loop *loop)
{
	free(message);
	calls_cancel(is_task, NULL);
}

void tasks_end(struct http *http, int64_t until_tick_ms)
{
	while (atomic_load(&running) > 0 && tick_ms() < until_tick_ms)
		nanosleep(&(struct timespec) { .tv_nsec = 10 * 1000000 }, NULL);
	for (int i = 0; i < http_loops(http); i++) {
		struct message *message = calloc(1, sizeof(*message));
		if (!message)
			fatal();
		message->run = cut;
		loop_post(http_loop(http, i), message);
	}
}
