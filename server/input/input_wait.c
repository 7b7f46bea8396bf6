/* input_wait.c - how the session era asks: a request on the call's stream, answered by a POST of its own.
 *
 * A call that asks is written down (its request, the answers so far, what it asks) before its client
 * can see the questions, and forgotten. Whichever process gets the last answer takes it up: the tool
 * runs again from the top there, and writes to the stream the client has, wherever that is. */
#include <stdio.h>

#include "call_record.h"
#include "call_rows.h"
#include "input_wait.h"
#include "session.h"
#include "session_rows.h"
#include "state.h"

/* ---- Writing it down ---- */

struct filing {
	struct park_errand park;
	uint64_t serial;                /* of the call */
};

static bool is_to_be_put(const struct question *question)
{
	return question->wanted && !question->answered;
}

static void put(struct mcp_call *call, struct question *question)
{
	struct json json = json_begin(call->arena, 512);
	char id[32];

	snprintf(id, sizeof(id), "question-%lld", (long long)question->number);
	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "id");
	json_text(&json, id);
	json_key(&json, "method");
	json_text(&json, question->method);
	json_key(&json, "params");
	json_raw(&json, question->params);
	json_object_end(&json);
	reply_event(call->reply, json_end(&json));
}

static void filed(struct errand *errand)
{
	const struct filing *filing = (struct filing *)errand;
	struct mcp_call *call = call_find(filing->serial);

	if (!call)
		return;                 /* cancelled meanwhile: its stream is over, nobody takes it up */
	if (errand->failed || !filing->park.filed) {
		call->fault = errand_fault(errand);
		call_settle(call);
		return;
	}
	for (struct question *each = call->questions; each; each = each->next)
		if (is_to_be_put(each))
			put(call, each);
	call_hand_over(call);
}

static const struct errand_kind file_kind = {
	.work = call_row_park, .done = filed, .lasts = true, .lost = "questions of calls"
};

static void add_questions(struct park_errand *park, struct mcp_call *call)
{
	struct arena *arena = park->errand.arena;
	int64_t count = 0;

	for (struct question *each = call->questions; each; each = each->next)
		count += is_to_be_put(each);
	park->questions = arena_array(arena, struct state_question, count);
	for (struct question *each = call->questions; each; each = each->next) {
		if (!is_to_be_put(each))
			continue;
		each->number = state_number();
		park->questions[park->count++] = (struct state_question) {
			.number = each->number, .key = arena_copy(arena, str_of(each->key)) };
	}
}

bool input_ask(struct mcp_call *call)
{
	struct reply *reply = call->reply;

	/* The client may have left, or the session has as many streams as it may. */
	if (!reply_open_stream(reply) || !reply->session_stream)
		return false;
	struct filing *filing = errand_new(&file_kind, struct filing);
	struct park_errand *park = &filing->park;
	struct arena *arena = park->errand.arena;
	struct json id = json_begin(arena, 64);

	json_value(&id, call->id);
	session_stream_commit(reply->session_stream);
	park->caller = arena_copy(arena, str_of(caller_name(reply->caller)));
	park->session = arena_copy(arena, str_of(session_id(reply->session)));
	park->id = arena_copy(arena, json_end(&id));
	park->stream = session_stream_number(reply->session_stream);
	park->errand.key = (uint64_t)park->stream;
	park->record = call_write_down(call, arena);
	park->expires_ms = runtime.set.question_ms;
	add_questions(park, call);
	filing->serial = call->serial;
	errand_send(&park->errand);
	return true;
}

/* ---- Taking it up ---- */

struct taking {
	struct message message;
	struct arena *arena;
	struct session *session;        /* held */
	const struct caller *caller;    /* held */
	bool cancelled;                 /* its stream ends without an answer */
	int64_t stream, last;
	str record;
	struct rows questions;
};

static void run(struct taking *taking, struct session_stream *stream)
{
	struct reply *reply = reply_create_alone(loop_current(), runtime.eras[R2025_11_25], taking->caller);

	reply->session = taking->session;
	session_response(reply, stream);
	reply->arena = taking->arena;
	struct mcp_call *call = call_read_back(reply, taking->record, &taking->questions);
	call->log_least = session_log_least(taking->session);
	atomic_store(&call->cancelled, taking->cancelled);
	call_resume(call);
	reply_drop(reply);              /* the call has its own */
}

static void let_go(struct taking *taking)
{
	session_drop(taking->session);
	caller_drop(taking->caller);
	arena_destroy(taking->arena);
}

/* On the home of its stream. */
static void take_up(struct message *message, UNUSED struct loop *loop)
{
	struct taking *taking = (struct taking *)message;

	if (!loop_current()) {          /* its home is no more, and its stream ended with this process */
		let_go(taking);
		return;
	}
	struct session_stream *stream = session_stream_take_up(taking->session, taking->stream,
	                                                       taking->last);
	if (stream)
		run(taking, stream);   /* whose reply has all of it now */
	else
		loop_post(session_stream_home(taking->session, taking->stream), message);
}

/* `session` and `caller` are handed over. */
static void begin(const struct claim_errand *claim, struct session *session,
                  const struct caller *caller, bool cancelled)
{
	struct arena *arena = arena_create();
	struct taking *taking = arena_new(arena, struct taking);
	const struct state_question *from = claim->questions.first;
	struct state_question *to = arena_array(arena, struct state_question, claim->questions.count);

	for (int64_t i = 0; i < claim->questions.count; i++) {
		to[i] = from[i];
		to[i].key = arena_copy(arena, str_of(from[i].key));
		to[i].answer = from[i].answer ? arena_copy(arena, str_of(from[i].answer)) : NULL;
	}
	taking->message.run = take_up;
	taking->arena = arena;
	taking->session = session;
	taking->caller = caller;
	taking->cancelled = cancelled;
	taking->stream = claim->stream;
	taking->last = claim->last;
	taking->record = str_of(arena_copy(arena, str_of(claim->record)));
	taking->questions = (struct rows) { to, claim->questions.count };
	loop_post(session_stream_home(session, claim->stream), &taking->message);
}

/* ---- An answer came ---- */

/* And likewise that it is cancelled. */
struct answering {
	struct claim_errand claim;
	struct reply *reply;            /* held, with an answer outstanding */
};

static void answered(struct errand *errand)
{
	struct answering *answering = (struct answering *)errand;
	struct reply *reply = answering->reply;

	if (answering->claim.taken)
		begin(&answering->claim, session_hold(reply->session), caller_keep(reply->caller), false);
	reply_accepted(reply, errand->failed ? errand_fault(errand) : NULL);
}

static const struct errand_kind answer_kind = {
	.work = call_row_answer, .done = answered, .lasts = true, .lost = "people's answers"
};

/* 0: it answers nothing that was asked. */
static int64_t question_number(yyjson_val *response)
{
	str id = json_member(response, "id");
	int64_t number;

	return str_starts(id, "question-") && str_to_int((str) { id.at + 9, id.size - 9 }, &number)
		? number : 0;
}

static struct claim_errand *claim(const struct errand_kind *kind, size_t size, struct reply *reply)
{
	struct claim_errand *claim = errand_create(kind, size);

	if (reply) {
		claim->session = arena_copy(claim->errand.arena, str_of(session_id(reply->session)));
		claim->errand.party = reply_party(reply);
	}
	claim->token = state_number();
	return claim;
}

bool input_answer(struct reply *reply, yyjson_val *response)
{
	yyjson_val *result = yyjson_obj_get(response, "result");
	int64_t number = question_number(response);
	if (number <= 0)
		return false;
	struct answering *answering = (struct answering *)claim(&answer_kind, sizeof(*answering), reply);
	struct json json = json_begin(answering->claim.errand.arena, 256);

	if (result) {
		json_value(&json, result);
		answering->claim.answer = arena_copy(answering->claim.errand.arena, json_end(&json));
	}
	answering->claim.number = number;
	answering->reply = reply;
	reply_accepts_later(reply);
	errand_send(&answering->claim.errand);
	return true;
}

/* ---- It was cancelled ---- */

#define CANCEL_ID_MAX 4096              /* as JSON; a longer one names no call that was taken */

static void cancelled(struct errand *errand)
{
	struct answering *cancelling = (struct answering *)errand;
	struct reply *reply = cancelling->reply;

	if (cancelling->claim.taken)
		begin(&cancelling->claim, session_hold(reply->session), caller_keep(reply->caller), true);
	reply_accepted(reply, errand->failed ? &FAULT_BUSY : NULL);
}

static const struct errand_kind cancel_kind = { .work = call_row_cancel, .done = cancelled };

/* Accepted only when it is done: so a client has no more of them on their way than requests. */
bool input_cancel(struct reply *reply, str id)
{
	if (id.size > CANCEL_ID_MAX)
		return false;
	struct answering *cancelling = (struct answering *)claim(&cancel_kind, sizeof(*cancelling), reply);

	cancelling->claim.id = arena_copy(cancelling->claim.errand.arena, id);
	cancelling->reply = reply;
	reply_accepts_later(reply);
	errand_send(&cancelling->claim.errand);
	return true;
}

/* ---- Nobody answered in time ---- */

struct expiring {
	struct claim_errand claim;
	struct session_errand session;  /* only the row; this process may not have met it yet */
};

static bool expire(struct errand *errand, struct store *store)
{
	struct expiring *expiring = (struct expiring *)errand;

	if (!call_row_expire(errand, store))
		return false;
	if (!expiring->claim.taken)
		return true;            /* it was answered, or is another's */
	expiring->session.errand.arena = errand->arena;
	expiring->session.session.id = expiring->claim.session;
	return session_row_load(&expiring->session.errand, store);
}

static void expired(struct errand *errand)
{
	const struct expiring *expiring = (struct expiring *)errand;

	if (!expiring->claim.taken || !expiring->session.there)
		return;
	const struct caller *caller = auth_caller(expiring->session.session.caller);
	struct session *session = session_adopt(&expiring->session.session, caller);
	if (session)
		begin(&expiring->claim, session, caller, false);
	else
		caller_drop(caller);
}

static const struct errand_kind expire_kind = { .work = expire, .done = expired, .lasts = true };

void input_due(int64_t call)
{
	struct http *http = atomic_load(&runtime.http);
	struct claim_errand *due = claim(&expire_kind, sizeof(struct expiring), NULL);

	due->call = call;
	if (http && !http_quiesced())   /* a process that stops takes nothing up: the next one does */
		errand_send_from(&due->errand, http_loop(http, (int)(call % http_loops(http))));
	else
		arena_destroy(due->errand.arena);
}
