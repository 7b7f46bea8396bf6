/* task.c - a call that became a task: how it begins, asks, tells how far it is, and ends. */
#include <assert.h>
#include <stdlib.h>
#include <time.h>

#include "protocol.h"
#include "shared.h"
#include "task_private.h"

/* ---- Beginning ---- */

const struct fault *task_declared(struct mcp_call *call)
{
	if (call->revision >= R2026_07_28 && (call->can & CAN_TASKS))
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

static struct task *create(struct mcp_call *call)
{
	struct task *task = calloc(1, sizeof(*task));

	if (!task)
		abort();
	task->arena = arena_create();
	task->id = random_text(task->arena, TASK_ID_BYTES);
	task->caller = caller_keep(call->reply->caller);
	task->party = caller_party(task->caller, (str) { 0 });
	task->loop = call->reply->loop;
	task->serial = call->serial;
	task->created_ms = task->updated_ms = now_ms();
	task->attached = true;
	return task;
}

str task_created(struct mcp_call *call, const struct task *task, struct arena *arena)
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

void task_depart(struct mcp_call *call, struct task *task, str message, struct arena *arena)
{
	call->task = task;
	call->progress_token = NULL;
	call->log_least = -1;
	if (call->deadline_ms < TASK_RUN_MS) {
		call->time_left_ms += TASK_RUN_MS - call->deadline_ms;
		call->deadline_ms = TASK_RUN_MS;
	}
	call_part(call, message, arena);
	call->reply->response = &response_task;
}

const struct fault *task_no_room(const struct mcp_call *call)
{
	return call->offer->needs_task ? &FAULT_BUSY : NULL;
}

static const struct fault *begin_here(struct mcp_call *call)
{
	struct task *task = create(call);
	struct arena *arena = arena_create();
	str message = task_created(call, task, arena);

	if (task_add(task)) {
		task_depart(call, task, message, arena);
		return NULL;
	}
	task_free(task);
	arena_destroy(arena);
	return task_no_room(call);
}

const struct fault *task_begin(struct mcp_call *call)
{
	if (call->task || !(call->can & CAN_TASKS) || call->revision < R2026_07_28)
		return NULL;
	if (http_quiesced())
		return task_no_room(call);
	if (!shared_on())
		return begin_here(call);
	task_begin_shared(call);
	return NULL;
}

/* What is left of the work is done by another run: as a task, or without one after all. */
static void become_one(struct mcp_call *call)
{
	call->fault = task_begin(call);
	if (call->fault || call->held)
		return;
	call->no_task = !call->task;
	call_again_soon(call);
}

static const struct wait to_become_one = { .begin = become_one };

bool mcp_begin_task(struct mcp_call *call)
{
	assert(call->offer->runs_long);         /* so that it was announced */
	if (call->task || call->no_task || !(call->can & CAN_TASKS) || call->revision < R2026_07_28)
		return true;
	call->wait = &to_become_one;
	return false;
}

/* ---- While it runs: on the loop of its call ---- */

static bool say(struct mcp_call *call, str words)
{
	struct task *task = call->task;
	size_t size = words.size < SAID_MAX ? words.size : SAID_MAX;

	/* Not in the middle of a character. */
	while (size < words.size && size > 0 && ((unsigned char)words.at[size] & 0xc0) == 0x80)
		size--;
	tasks_lock();
	memcpy(task->said, words.at, size);
	task->said[size] = 0;
	if (!task_is_over(task))
		task->updated_ms = now_ms();
	bool to_write = task->shared && !task->unsaid;
	task->unsaid = true;
	tasks_unlock();
	return to_write;
}

/* Gives the call the answers that came; `all`: nobody's to the other questions. False: none did. */
static bool hand_over(struct mcp_call *call, bool all)
{
	struct task *task = call->task;
	bool any = false;

	tasks_lock();
	for (struct asked *asked = task->asked; asked; asked = asked->next) {
		if (asked->taken || (!asked->answered && !all))
			continue;
		asked->answered = asked->taken = any = true;
		asked->question->state = QUESTION_ANSWERED;
		asked->question->result = asked->answer.at
			? str_of(arena_copy(call->arena, asked->answer)) : asked->answer;
	}
	if (task->status == INPUT_REQUIRED && !task_has_question(task))
		task_touch(task, WORKING);
	tasks_unlock();
	return any;
}

static void nobody_answered(struct timer *timer, UNUSED struct loop *loop)
{
	struct mcp_call *call =
		(struct mcp_call *)(void *)((char *)timer - offsetof(struct mcp_call, timer));

	hand_over(call, true);
	task_announce(call->task->id);
	call_again(call);
}

static void put(struct task *task, struct question *question)
{
	struct asked *asked = arena_new(task->arena, struct asked), **end = &task->asked;

	/* Asked once more under the key it has for the tool, it gets another one for the client. */
	question->state = QUESTION_PUT;
	asked->key = ++question->number == 1 ? arena_copy(task->arena, str_of(question->key))
		: arena_print(task->arena, "%s-%lld", question->key, (long long)question->number);
	asked->method = question->method;
	asked->params = str_of(arena_copy(task->arena, question->params));
	asked->question = question;
	while (*end)
		end = &(*end)->next;
	*end = asked;
}

void task_ask(struct mcp_call *call)
{
	struct task *task = call->task;
	struct loop *loop = call->reply->loop;

	if (task->shared) {
		task_ask_shared(call);
		return;
	}
	tasks_lock();
	/* Cancelled meanwhile: its loop is about to hear of it. */
	if (!task_is_over(task)) {
		for (struct question *each = call->questions; each; each = each->next)
			if (each->wanted && each->state == QUESTION_NEW)
				put(task, each);
		task_touch(task, INPUT_REQUIRED);
	}
	tasks_unlock();
	task_announce(task->id);
	call->timer.run = nobody_answered;
	timer_set(loop, &call->timer, loop_tick_ms(loop) + runtime.set.question_ms);
}

str task_error(struct arena *arena, const struct fault *fault)
{
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
	return json_end(&json);
}

static void finish(struct mcp_call *call, const struct fault *fault, str result)
{
	struct task *task = call->task;

	if (task->shared) {
		task_settle_shared(call, fault, result);
		return;
	}
	tasks_lock();
	bool news = !task_is_over(task);
	if (!news)
		;
	else if (fault)
		task_keep(task, FAILED, task_error(task->arena, fault));
	else if (result.at)
		task_keep(task, COMPLETED, result);
	else
		task_touch(task, CANCELLED);
	tasks_unlock();
	if (news)
		task_announce(task->id);
	tasks_sweep_later(call->reply->loop);
}

static void settle(struct mcp_call *call, const struct fault *fault, struct arena *own)
{
	bool cancelled = atomic_load(&call->cancelled) && !call->overran;

	finish(call, cancelled ? NULL : fault,
	       fault || cancelled ? (str) { 0 } : call_result_end(call));
	call_report(call, 200);
	arena_destroy(own);
}

static void release(struct mcp_call *call)
{
	if (call->task->shared)
		task_leave_shared(call);
	tasks_lock();
	call->task->attached = false;
	tasks_unlock();
	call->task = NULL;
}

static void finish_nothing(UNUSED struct reply *reply, UNUSED str message, UNUSED int status)
{
}

const struct response response_task = {
	.background = true, .finish = finish_nothing, .settle = settle, .say = say,
	.said = task_write_words, .release = release,
};

/* ---- Word for it from any loop ---- */

struct word {
	struct message message;
	uint64_t serial;
	bool cancel;
};

static void arrive(struct message *message, UNUSED struct loop *loop)
{
	struct word *word = (struct word *)message;
	struct mcp_call *call = call_find_live(word->serial);

	if (call && word->cancel)
		call_cancel(call);
	else if (call && hand_over(call, false))
		call_again(call);
	free(word);
}

void task_word(const struct task *task, bool cancel)
{
	struct word *word = calloc(1, sizeof(*word));

	if (!word)
		abort();
	word->message.run = arrive;
	word->serial = task->serial;
	word->cancel = cancel;
	loop_post(task->loop, &word->message);
}

/* ---- Stopping ---- */

static bool is_task(const struct mcp_call *call, UNUSED const void *context)
{
	return call->task;
}

static void cut(struct message *message, UNUSED struct loop *loop)
{
	free(message);
	calls_cancel(is_task, NULL);
}

void protocol_end_tasks(struct http *http, int64_t until_tick_ms)
{
	while (tasks_working() + tasks_working_shared() > 0 && tick_ms() < until_tick_ms)
		nanosleep(&(struct timespec) { .tv_nsec = 10 * 1000000 }, NULL);
	for (int i = 0; i < http_loops(http); i++) {
		struct message *message = calloc(1, sizeof(*message));
		if (!message)
			abort();
		message->run = cut;
		loop_post(http_loop(http, i), message);
	}
}
