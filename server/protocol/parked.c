/* parked.c - a call that waits for a person where any process may get the answer.
 *
 * It is written down (its request, the answers so far, what it asked) and forgotten. Whichever
 * process gets the last answer takes it up: the tool runs again from the top there, and writes to the
 * stream the client has, wherever that is. */
#include <stdio.h>
#include <stdlib.h>

#include "parked.h"
#include "record.h"
#include "session.h"
#include "shared.h"

/* ---- Writing it down ---- */

static const struct errand_kind park_kind = { .work = call_row_park, .lasts = true };

void parked_file(struct mcp_call *call)
{
	struct park_errand *park = errand_new(&park_kind, struct park_errand);
	struct arena *arena = park->errand.arena;
	struct json id = json_begin(arena, 64);
	int64_t count = 0;

	json_value(&id, call->id);
	for (struct question *each = call->questions; each; each = each->next)
		count += each->wanted && each->state == QUESTION_NEW;
	channel_commit(call->reply->channel);
	park->session = arena_copy(arena, str_of(session_id(call->reply->session)));
	park->id = arena_copy(arena, json_end(&id));
	park->stream = channel_number(call->reply->channel);
	park->errand.key = (uint64_t)park->stream;
	park->record = call_write_down(call, arena);
	park->expires_ms = runtime.set.question_ms;
	park->questions = arena_array(arena, struct shared_question, count);
	for (struct question *each = call->questions; each; each = each->next) {
		if (!each->wanted || each->state != QUESTION_NEW)
			continue;
		each->number = shared_number();
		park->questions[park->count++] = (struct shared_question) {
			.number = each->number, .key = arena_copy(arena, str_of(each->key)) };
	}
	errand_send(&park->errand);
}

/* ---- Taking it up ---- */

struct taking {
	struct message message;
	struct arena *arena;
	struct session *session;        /* held */
	const struct caller *caller;    /* held */
	bool cancelled;
	int64_t stream, last;
	str record;
	struct rows questions;
};

static void run(struct taking *taking, struct channel *channel)
{
	struct reply *reply = reply_create_alone(loop_current(), &era_sessions, taking->caller);

	reply->session = taking->session;
	session_response(reply, channel);
	reply->arena = taking->arena;
	struct mcp_call *call = call_read_back(reply, taking->record, &taking->questions);
	call->log_least = session_log_least(taking->session);
	call_resume(call);
	reply_drop(reply);              /* the call has its own */
}

/* On the home of its channel. */
static void take_up(struct message *message, UNUSED struct loop *loop)
{
	struct taking *taking = (struct taking *)message;
	struct channel *channel = channel_take_up(taking->session, taking->stream, taking->last);

	if (!channel) {
		loop_post(channel_home(taking->session, taking->stream), message);
		return;
	}
	if (!taking->cancelled) {
		run(taking, channel);
		return;                 /* the reply has all of it now */
	}
	channel_end(channel);
	session_drop(taking->session);
	caller_drop(taking->caller);
	arena_destroy(taking->arena);
}

/* `session` and `caller` are handed over. */
static void begin(const struct claim_errand *claim, struct session *session,
                  const struct caller *caller, bool cancelled)
{
	struct arena *arena = arena_create();
	struct taking *taking = arena_new(arena, struct taking);
	const struct shared_question *from = claim->questions.first;
	struct shared_question *to = arena_array(arena, struct shared_question, claim->questions.count);

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
	loop_post(channel_home(session, claim->stream), &taking->message);
}

/* ---- An answer came ---- */

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
	reply_accepted(reply, errand->failed ? &FAULT_BUSY : NULL);
}

static const struct errand_kind answer_kind = {
	.work = call_row_answer, .done = answered, .lasts = true
};

static struct claim_errand *claim(const struct errand_kind *kind, size_t size,
                                  struct session *session)
{
	struct claim_errand *claim = errand_create(kind, size);

	claim->session = session ? arena_copy(claim->errand.arena, str_of(session_id(session))) : NULL;
	claim->token = shared_number();
	return claim;
}

bool parked_answer(struct reply *reply, int64_t number, yyjson_val *result)
{
	struct answering *answering =
		(struct answering *)claim(&answer_kind, sizeof(*answering), reply->session);
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

struct cancelling {
	struct claim_errand claim;
	struct session *of;             /* held */
};

static void cancelled(struct errand *errand)
{
	struct cancelling *cancelling = (struct cancelling *)errand;

	if (cancelling->claim.taken) {
		begin(&cancelling->claim, cancelling->of, NULL, true);
		return;
	}
	/* It may run on another process. */
	struct arena *arena = arena_create();
	shared_tell("cancel", str_of(arena_print(arena, "%s %s", session_id(cancelling->of),
	                                         cancelling->claim.id)));
	arena_destroy(arena);
	session_drop(cancelling->of);
}

static const struct errand_kind cancel_kind = { .work = call_row_cancel, .done = cancelled };

void parked_cancel(struct session *session, str id)
{
	if (id.size > CANCEL_ID_MAX)
		return;
	struct cancelling *cancelling =
		(struct cancelling *)claim(&cancel_kind, sizeof(*cancelling), session);

	cancelling->claim.id = arena_copy(cancelling->claim.errand.arena, id);
	cancelling->of = session_hold(session);
	errand_send(&cancelling->claim.errand);
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

void parked_due(int64_t call)
{
	struct http *http = atomic_load(&runtime.http);
	struct claim_errand *due = claim(&expire_kind, sizeof(struct expiring), NULL);

	due->call = call;
	if (http)
		errand_send_from(&due->errand, http_loop(http, (int)(call % http_loops(http))));
	else
		arena_destroy(due->errand.arena);
}
