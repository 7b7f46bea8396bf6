/* call.c - a call's life: begun on its loop, run here or on a worker, perhaps waiting, settled once.
 *
 * begin -> admit -> method -> (tool runs) -> answered: settle
 *                                         -> waiting:  a person or a change runs it again
 * A call whose worker overruns its deadline, or which is cancelled meanwhile, is settled at once; its
 * memory then stays until the worker comes back. */
#include <assert.h>

#include "awaited.h"
#include "call.h"
#include "call_private.h"
#include "call_span.h"
#include "clock.h"
#include "mistake.h"

#define ROUNDS_MAX 8                    /* of questions */
#define OVERRUN_MS 250                  /* after its deadline a tool is not waited for any longer */

static atomic_uint_fast64_t serials;
atomic_uint_fast64_t changes_so_far;

static void answer_came(struct store_answers *answers);
static void came_back(struct message *message, struct loop *loop);
static void run_on_worker(struct job *job, void *worker);
static void too_late(struct timer *timer, struct loop *loop);

#define CALL_OF(pointer, member) \
	((struct mcp_call *)(void *)((char *)(pointer) - offsetof(struct mcp_call, member)))

/* ---- Beginning ---- */

static const struct method *method_find(const struct era *era, str name)
{
	for (const struct method *method = era->methods; method->name; method++)
		if (str_is(name, method->name))
			return method;
	return NULL;
}

/* Whoever asks for it is told what there is instead. */
static const struct fault *no_method(struct mcp_call *call, str name)
{
	const struct other_method *other = call->reply->era->others;

	while (other->name && !str_is(name, other->name))
		other++;
	return fault_say(call->arena, &FAULT_NO_METHOD, "There is no method \"%s\"%s%s.", str_quote(name, 64).text,
	                 other->name ? " in this revision: " : "", other->name ? other->instead : "");
}

static const struct fault *carry_out(struct mcp_call *call)
{
	const struct era *era = call->reply->era;
	str name = call->method_name;

	call->method = offers_serve(name) ? method_find(era, name) : NULL;
	TRY(era->admit(call));
	if (!call->method)
		return no_method(call, name);
	return call->method->run(call);
}

struct mcp_call *call_create(struct reply *reply, struct arena *arena, yyjson_val *message)
{
	struct mcp_call *call = arena_new(arena, struct mcp_call);

	call->arena = arena;
	call->reply = reply;
	call->serial = atomic_fetch_add_explicit(&serials, 1, memory_order_relaxed) + 1;
	call->id = yyjson_obj_get(message, "id");
	call->params = yyjson_obj_get(message, "params");
	call->meta = yyjson_obj_get(call->params, "_meta");
	call->revision = reply->revision;
	call->background = reply->response->background;
	call->log_least = -1;
	call->progress_done = -1;
	call->progress_token = yyjson_obj_get(call->meta, "progressToken");
	if (!yyjson_is_str(call->progress_token) && !yyjson_is_int(call->progress_token))
		call->progress_token = NULL;
	call->job.run = run_on_worker;
	call->message.run = came_back;
	call->answers.came = answer_came;
	call->answers.budget = reply_budget(reply);
	call->sibling = reply->calls;
	reply->calls = call;
	reply->references++;
	reply->outstanding++;
	in_flight_add(call);
	call->method_name = json_member(message, "method");
	about_copy(&call->about, &reply->about);
	call->about.arena = arena;
	call_span_begin(call, call->meta);
	return call;
}

static bool is_done(const struct mcp_call *call)
{
	return call->fault || call->has_result || atomic_load(&call->cancelled);
}

/* After its tool ran, or could not: it is over, or goes on by itself. */
static void conclude(struct mcp_call *call)
{
	if (call->hands_over)
		call_hand_over(call);
	else if (is_done(call))
		call_settle(call);
}

void call_begin(struct reply *reply, struct arena *arena, yyjson_val *message)
{
	struct mcp_call *call = call_create(reply, arena, message);

	call->fault = carry_out(call);
	call->begun = true;
	if (call->to_queue && call->reply->response->background && !call->fault)
		call_queue(call);       /* no request waits for it that would */
	else
		conclude(call);
}

void call_resume(struct mcp_call *call)
{
	call->method = method_find(call->reply->era, call->method_name);
	if (!is_done(call))
		call->fault = call->method ? call->method->run(call) : &FAULT_NO_METHOD;
	call->begun = true;
	if (call->to_queue && !call->fault)
		call_queue(call);
	else
		conclude(call);
}

/* ---- Running ---- */

static void run(struct mcp_call *call, struct store *store)
{
	int64_t began = tick_ms();
	uint64_t commits = store ? store_commits(store) : 0;

	about_set(&call->about);
	call_by(call);
	call->run_until_ms = began + call->time_left_ms;
	/* What it goes on with here was read by the first of these runs. */
	if (call->on_worker || !call->answers.first)
		call->seen = atomic_load(&changes_so_far);
	call->wait = NULL;
	call->fault = NULL;
	call->mistake = call->lacks = NULL;
	call->has_result = call->is_error = call->mended = false;
	call->messages = call->content = (struct json) { 0 };
	for (struct question *question = call->questions; question; question = question->next)
		question->wanted = false;

	call_looks_at_awaited(call);
	trouble_take();
	call->outcome = call->offer->run(call, call->in, store);
	call->trouble = trouble_take();
	assert(!store || store_is_idle(store));
	call->wrote = store && store_commits(store) != commits;
	call->misused_store = mistake_was_fatal();

	call->time_left_ms -= tick_ms() - began;
	mistake_by(NULL, NULL);
	about_set(NULL);
}

static void wait_for_people(struct mcp_call *call)
{
	if (++call->rounds > ROUNDS_MAX)
		mcp_fail(call, "The question was asked %d times without an answer that fits.", ROUNDS_MAX);
	else if (!call->reply->era->ask(call))
		call_again_soon(call);  /* the tool learns that it can't ask */
}

/* The tool returned, on whichever thread; this is its loop again. */
static void ran(struct mcp_call *call)
{
	if (atomic_load(&call->cancelled))
		return;
	if (call_mistaken(call) || call->outcome == MCP_ANSWERED)
		return;
	if (call->wait)
		call->wait->begin(call);
	else
		wait_for_people(call);
}

/* What a run needs of it: meanwhile it is the loop's, and may change. */
static void look_at_reply(struct mcp_call *call)
{
	call->can_ask = call->reply->era->can_ask(call);
	call->says = call->reply->response->say;
	call->background = call->reply->response->background;
}

/* False: there is no room, which is its fault now. */
static bool queue(struct mcp_call *call)
{
	struct loop *loop = call->reply->loop;
	int64_t late_ms = loop_tick_ms(loop) + call->time_left_ms + OVERRUN_MS;

	call->to_queue = false;
	look_at_reply(call);
	call->on_worker = true;
	call->job.slow = call->background;
	call->job.party = reply_party(call->reply);
	call->timer.run = too_late;
	atomic_store(&call->late_ms, late_ms);
	timer_set(loop, &call->timer, late_ms);
	if (pool_add(runtime.pool, &call->job))
		return true;
	call->on_worker = false;
	metric_add(METRIC_LIMIT_QUEUE, 1);
	call->fault = pool_is_full(runtime.pool) ? &FAULT_BUSY : &FAULT_SHARE;
	return false;
}

void call_queue(struct mcp_call *call)
{
	if (!queue(call))
		call_settle(call);
}

static void to_worker(struct mcp_call *call)
{
	if (call->begun)
		queue(call);
	else
		call->to_queue = true;
}

static void run_on_worker(struct job *job, void *worker)
{
	struct mcp_call *call = CALL_OF(job, job);
	struct store *store = ((struct workplace *)worker)->store;

	atomic_store(&call->place, PLACE_WORKER);
	if (store)
		store_for(store, job->party);
	if (!atomic_load(&call->cancelled))
		run(call, store);
	if (!call_rests(call))
		loop_post(call->reply->loop, &call->message);
}

void call_hand_on(struct mcp_call *call)
{
	atomic_store(&call->late_ms, tick_ms() + call->time_left_ms + OVERRUN_MS);
	if (call->time_left_ms <= 0 || !pool_add(runtime.pool, &call->job))
		loop_post(call->reply->loop, &call->message);
}

static void came_back(struct message *message, UNUSED struct loop *loop)
{
	struct mcp_call *call = CALL_OF(message, message);

	call->on_worker = false;
	if (call->settled) {
		call_release(call);
		return;
	}
	timer_clear(call->reply->loop, &call->timer);
	notes_send(call);
	ran(call);
	conclude(call);
}

/* The tool says whether it may wait, and the store. */
static bool blocks(const struct mcp_call *call)
{
	if (call->offer->blocks || !runtime.server->migrations)
		return call->offer->blocks;
	struct store *store = loop_store(call->reply->loop);
	return !store || !store_reads_now(store);
}

static void move_to_worker(struct mcp_call *call)
{
	metric_add(METRIC_MOVED_TO_WORKER, 1);
	store_answers_drop(&call->answers);
	to_worker(call);
}

struct before_run {
	double progress_done;
	bool streamed;
	const void *kept;
};

/* It waits for an answer: nothing of the run counts, and nothing that it said. */
static void drop_run(struct mcp_call *call, const struct before_run *before)
{
	notes_drop(call);
	call->progress_done = before->progress_done;
	call->streamed = before->streamed;
	call->kept = before->kept;
	call->has_result = false;
	call->fault = NULL;
}

/* A run that goes on with what runs before it have read sees the time they saw. */
static void run_on_trial(struct mcp_call *call, struct store *store)
{
	if (!call->answers.first)
		call->first_ran_ms = now_ms();
	store_begin_call(store, STORE_BUDGET);
	store_read_for(store, &call->answers);
	metrics_hold();
	now_hold(call->first_ran_ms);
	call->on_trial = true;
	run(call, store);
	store_end_call(store);
	call->on_trial = false;
	now_hold(0);
}

static void run_here(struct mcp_call *call)
{
	struct store *store = loop_store(call->reply->loop);
	struct before_run before = { call->progress_done, call->streamed, call->kept };

	look_at_reply(call);
	if (!store) {
		run(call, NULL);
		ran(call);
		return;
	}
	run_on_trial(call, store);
	bool counts = !store_waits(store) && !store_gave_up(store);
	metrics_let_go(counts);
	if (counts) {
		store_answers_drop(&call->answers);
		if (notes_wait(call))
			notes_send(call);
		ran(call);
		return;
	}
	drop_run(call, &before);
	if (store_gave_up(store))
		move_to_worker(call);
	else
		call->asked_ms = loop_tick_ms(call->reply->loop);
}

static void go_on(struct mcp_call *call)
{
	if (call->answers.left)
		move_to_worker(call);
	else
		run_here(call);
	if (!call->on_worker)
		conclude(call);
}

/* The time until then was the database's. */
static void answer_came(struct store_answers *answers)
{
	struct mcp_call *call = CALL_OF(answers, answers);

	call->time_left_ms -= loop_tick_ms(call->reply->loop) - call->asked_ms;
	if (call->time_left_ms > 0) {
		go_on(call);
		return;
	}
	call->overran = true;
	call_settle(call);
}

const struct fault *call_start(struct mcp_call *call)
{
	call->deadline_ms = call->offer->deadline_ms > call->deadline_least_ms
		? call->offer->deadline_ms : call->deadline_least_ms;
	/* One that waited for a person has used some of it, or all. */
	if (!call->timed)
		call->time_left_ms = call->deadline_ms;
	call->timed = true;
	if (call->time_left_ms <= 0) {
		call->overran = true;
		return &FAULT_INTERNAL;
	}
	TRY(call->reply->era->enter(call));
	if (call->held)
		return NULL;
	if (blocks(call))
		to_worker(call);
	else
		run_here(call);
	return call->fault;
}

void call_again(struct mcp_call *call)
{
	if (call->settled || call->on_worker)
		return;
	timer_clear(call->reply->loop, &call->timer);
	if (call->time_left_ms <= 0) {
		call->overran = true;
		call_settle(call);
		return;
	}
	if (blocks(call))
		to_worker(call);
	else
		run_here(call);
	if (!call->on_worker)
		conclude(call);
}

static void run_again(struct timer *timer, UNUSED struct loop *loop)
{
	call_again(CALL_OF(timer, timer));
}

void call_again_soon(struct mcp_call *call)
{
	struct loop *loop = call->reply->loop;

	call->timer.run = run_again;
	timer_set(loop, &call->timer, loop_tick_ms(loop));
}

void call_cancel(struct mcp_call *call)
{
	if (call->settled)
		return;
	atomic_store(&call->cancelled, true);
	call_settle(call);
}

static void too_late(struct timer *timer, struct loop *loop)
{
	struct mcp_call *call = CALL_OF(timer, timer);
	int64_t late_ms = atomic_load(&call->late_ms);

	if (call_take_back(call)) {
		call_waits_on(call);
	} else if (late_ms > loop_tick_ms(loop)) {
		timer_set(loop, timer, late_ms);        /* it has been run again since */
	} else {
		metric_add(METRIC_LIMIT_DEADLINE, 1);
		call->overran = true;
		call_cancel(call);
	}
}

void call_from(struct mcp_call *call, yyjson_val *client)
{
	call->client = json_member(client, "name");
	call->client_version = json_member(client, "version");
}

bool call_may(const struct mcp_call *call, const char *scope)
{
	return caller_may(call->reply->caller, scope);
}
