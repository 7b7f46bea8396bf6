/* note.c - progress and log messages of a running call, from wherever it runs.
 *
 * A worker leaves them for the loop, a bounded number; beyond it only the newest progress is kept, so that no
 * tool can flood its loop or its client. So does a run on the loop, until it is known whether it counts. */
#include <math.h>
#include <stdlib.h>

#include "call.h"
#include "call_private.h"
#include "fatal.h"
#include "mistake.h"
#include "result.h"

#define LOGS_MAX 100                    /* waiting for the loop at a time */

static const char *const level_names[] = {
	"debug", "info", "notice", "warning", "error", "critical", "alert", "emergency", NULL
};

int level_find(str name)
{
	for (int level = 0; level_names[level]; level++)
		if (str_is(name, level_names[level]))
			return level;
	return -1;
}

struct note {
	struct note *next;
	size_t size;
	char text[];
};

static struct note *note_create(str text)
{
	struct note *note = malloc(sizeof(*note) + text.size);

	if (!note)
		fatal();
	note->next = NULL;
	note->size = text.size;
	memcpy(note->text, text.at, text.size);
	return note;
}

static void notes_arrive(struct message *message, UNUSED struct loop *loop)
{
	notes_send((struct mcp_call *)(void *)((char *)message - offsetof(struct mcp_call, notes)));
}

static int free_list(struct note *note)
{
	int count = 0;

	for (struct note *next; note; note = next, count++) {
		next = note->next;
		free(note);
	}
	return count;
}

void notes_free(struct mcp_call *call)
{
	free_list(atomic_exchange(&call->progress, NULL));
	free_list(atomic_exchange(&call->logs, NULL));
}

bool notes_wait(struct mcp_call *call)
{
	return atomic_load_explicit(&call->logs, memory_order_relaxed)
	       || atomic_load_explicit(&call->progress, memory_order_relaxed)
	       || atomic_load_explicit(&call->closes_stream, memory_order_relaxed);
}

void notes_drop(struct mcp_call *call)
{
	atomic_fetch_sub(&call->logs_waiting, free_list(atomic_exchange(&call->logs, NULL)));
	free_list(atomic_exchange(&call->progress, NULL));
	atomic_store(&call->closes_stream, false);
}

/* Frees them: how many there were. */
static int send_list(struct mcp_call *call, struct note *note)
{
	struct note *first = NULL;

	/* The latest was put in front. */
	for (struct note *next; note; note = next) {
		next = note->next;
		note->next = first;
		first = note;
	}
	for (note = first; note && !call->settled && !reply_is_crowded(call->reply); note = note->next)
		reply_event(call->reply, (str) { note->text, note->size });
	return free_list(first);
}

static void close_stream(struct mcp_call *call)
{
	struct reply *reply = call->reply;

	if (reply->session && reply_open_stream(reply) && reply->response->interrupt)
		reply->response->interrupt(reply);
}

void notes_send(struct mcp_call *call)
{
	atomic_store(&call->notes_posted, false);
	atomic_fetch_sub(&call->logs_waiting, send_list(call, atomic_exchange(&call->logs, NULL)));
	send_list(call, atomic_exchange(&call->progress, NULL));
	if (call->reply->response->said && !call->settled)
		call->reply->response->said(call);
	if (atomic_exchange(&call->closes_stream, false) && !call->settled)
		close_stream(call);
}

static bool is_kept(const struct mcp_call *call)
{
	return call->on_worker || call->on_trial;
}

/* The loop is told at most once until it has looked. After a run of its own it looks unasked. */
static void tell_loop(struct mcp_call *call)
{
	if (!call->on_worker || atomic_exchange(&call->notes_posted, true))
		return;
	call->notes.run = notes_arrive;
	loop_post(call->reply->loop, &call->notes);
}

/* Only this worker adds and only the loop empties. What is in the list is the loop's, which may have
 * freed it by now: nothing of it is read here. False: the loop has not kept up. */
static bool leave(struct mcp_call *call, struct note *note)
{
	struct note *first = atomic_load(&call->logs);

	if (atomic_load(&call->logs_waiting) >= LOGS_MAX)
		return false;
	atomic_fetch_add(&call->logs_waiting, 1);
	do
		note->next = first;
	while (!atomic_compare_exchange_weak(&call->logs, &first, note));
	tell_loop(call);
	return true;
}

/* Where there is no room for all of it the newest is enough, and then it stands for those before. */
static void leave_progress(struct mcp_call *call, str text)
{
	struct note *note = note_create(text);

	free_list(atomic_exchange(&call->progress, NULL));
	if (leave(call, note))
		return;
	note->next = NULL;
	free_list(atomic_exchange(&call->progress, note));
	tell_loop(call);
}

static void leave_log(struct mcp_call *call, str text)
{
	struct note *note = note_create(text);

	if (!leave(call, note))
		free(note);
}

struct json notification(struct arena *arena, const char *method)
{
	struct json json = json_begin(arena, 512);

	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "method");
	json_text(&json, method);
	json_key(&json, "params");
	json_object(&json);
	return json;
}

str notification_end(struct json *json)
{
	json_object_end(json);
	json_object_end(json);
	return json_end(json);
}

/* A client that is behind is spared what is not the answer. */
static void send_here(struct mcp_call *call, str text)
{
	if (!reply_is_crowded(call->reply))
		reply_event(call->reply, text);
}

bool mcp_wanted(const struct mcp_call *call)
{
	return !atomic_load(&call->cancelled) && tick_ms() < call->run_until_ms;
}

/* Progress in words. */
static void say(struct mcp_call *call, const char *text, va_list list)
{
	const struct response *response = call->reply->response;
	struct arena *arena = arena_create();

	if (response->say(call, text ? str_of(arena_print_list(arena, text, list)) : STR(""))) {
		if (call->on_worker)
			tell_loop(call);
		else
			response->said(call);
	}
	arena_destroy(arena);
}

bool mcp_progress(struct mcp_call *call, double done, double total, const char *text, ...)
{
	va_list list;

	if (call->says && mcp_wanted(call)) {
		call->streamed = true;
		va_start(list, text);
		say(call, text, list);
		va_end(list);
	}
	/* It must grow; a tool that is run again tells what was told before once more. */
	if (!call->progress_token || !isfinite(done) || done <= call->progress_done || !mcp_wanted(call))
		return mcp_wanted(call);
	call->progress_done = done;
	call->streamed = true;

	struct arena *arena = arena_create();
	struct json json = notification(arena, "notifications/progress");
	json_key(&json, "progressToken");
	json_value(&json, call->progress_token);
	json_key(&json, "progress");
	json_real(&json, done);
	if (total > 0 && isfinite(total)) {
		json_key(&json, "total");
		json_real(&json, total);
	}
	if (text) {
		va_start(list, text);
		json_key(&json, "message");
		json_text(&json, arena_print_list(arena, text, list));
		va_end(list);
	}
	if (is_kept(call))
		leave_progress(call, notification_end(&json));
	else
		send_here(call, notification_end(&json));
	arena_destroy(arena);
	return true;
}

void mcp_log(struct mcp_call *call, enum mcp_level level, const char *text, ...)
{
	va_list list;

	if ((unsigned)level > MCP_EMERGENCY) {
		call_mistake(call, "it called mcp_log() with the level %d: there are MCP_DEBUG to MCP_EMERGENCY", (int)level);
		return;
	}
	if (call->log_least < 0 || (int)level < call->log_least)
		return;
	struct arena *arena = arena_create();
	struct json json = notification(arena, "notifications/message");
	json_key(&json, "level");
	json_text(&json, level_names[level]);
	json_key(&json, "logger");
	json_text(&json, runtime.server->name);
	json_key(&json, "data");
	va_start(list, text);
	json_text(&json, arena_print_list(arena, text, list));
	va_end(list);
	if (is_kept(call))
		leave_log(call, notification_end(&json));
	else
		send_here(call, notification_end(&json));
	arena_destroy(arena);
}

void mcp_close_stream(struct mcp_call *call)
{
	if (is_kept(call)) {
		atomic_store(&call->closes_stream, true);
		tell_loop(call);
	} else {
		close_stream(call);
	}
}

void mcp_note(struct mcp_call *call, const char *name, const char *value)
{
	struct about *about = call ? &call->about : about_now();

	if (!name || !noted_is_name(name))
		mistake("mcp_note() of \"%s\": write up to %d small letters and _, and no name that a line of the log has"
		        " anyway", name ? name : "NULL", NOTED_NAME_MAX);
	else if (about && value)
		about_note(about, name, str_of(value));
}

void mcp_notice(const char *text, ...)
{
	struct arena *arena = arena_create();
	va_list list;

	va_start(list, text);
	log_info("%s", arena_print_list(arena, text, list));
	va_end(list);
	arena_destroy(arena);
}
