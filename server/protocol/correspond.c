/* correspond.c - what a client posts about a running call of its session, brought to its loop.
 *
 * A call is named by its JSON-RPC id, a question by its number. Both are looked up under the
 * session's lock; what is to be done is posted to the loop of the call, which may be over by then. */
#include <stdio.h>
#include <stdlib.h>

#include "session_private.h"

static str id_text(struct arena *arena, yyjson_val *id)
{
	struct json json = json_begin(arena, 64);

	json_value(&json, id);
	return json_end(&json);
}

/* ---- Cancelling ---- */

struct cancellation {
	struct message message;
	uint64_t serial;
};

static void cancel_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct cancellation *cancellation = (struct cancellation *)message;
	struct mcp_call *call = call_find_live(cancellation->serial);

	free(cancellation);
	if (call)
		call_cancel(call);
}

void session_add_call(struct session *session, struct mcp_call *call)
{
	str id = id_text(call->arena, call->id);
	struct filed_call *filed = malloc(sizeof(*filed) + id.size);

	if (!filed)
		abort();
	filed->loop = call->reply->loop;
	filed->serial = call->serial;
	filed->id_size = id.size;
	memcpy(filed->id, id.at, id.size);
	pthread_mutex_lock(&session->lock);
	filed->next = session->calls;
	session->calls = filed;
	pthread_mutex_unlock(&session->lock);
}

void session_remove_call(struct session *session, struct mcp_call *call)
{
	struct filed_call **place, *filed;

	pthread_mutex_lock(&session->lock);
	for (place = &session->calls; *place && (*place)->serial != call->serial;)
		place = &(*place)->next;
	filed = *place;
	if (filed)
		*place = filed->next;
	pthread_mutex_unlock(&session->lock);
	free(filed);
}

bool session_cancel_call(struct session *session, str text)
{
	struct filed_call *filed;

	pthread_mutex_lock(&session->lock);
	for (filed = session->calls; filed; filed = filed->next)
		if (str_same((str) { filed->id, filed->id_size }, text))
			break;
	if (filed) {
		struct cancellation *cancellation = malloc(sizeof(*cancellation));
		if (!cancellation)
			abort();
		cancellation->message.run = cancel_arrives;
		cancellation->serial = filed->serial;
		loop_post(filed->loop, &cancellation->message);
	}
	pthread_mutex_unlock(&session->lock);
	return filed;
}

/* ---- Questions ---- */

struct reply_to_question {
	struct message message;
	uint64_t serial;
	const char *key;
	struct arena *arena;            /* holds all of this */
	yyjson_val *result;             /* NULL: the client answered with an error */
};

int64_t session_add_question(struct session *session, struct mcp_call *call, const char *key)
{
	struct filed_question *filed = malloc(sizeof(*filed) + strlen(key) + 1);

	if (!filed)
		abort();
	strcpy(filed->key, key);
	filed->loop = call->reply->loop;
	filed->serial = call->serial;
	pthread_mutex_lock(&session->lock);
	filed->number = ++session->next_question;
	filed->next = session->questions;
	session->questions = filed;
	pthread_mutex_unlock(&session->lock);
	return filed->number;
}

static struct filed_question *claim(struct session *session, int64_t number)
{
	struct filed_question **place, *filed;

	pthread_mutex_lock(&session->lock);
	for (place = &session->questions; *place && (*place)->number != number;)
		place = &(*place)->next;
	filed = *place;
	if (filed)
		*place = filed->next;
	pthread_mutex_unlock(&session->lock);
	return filed;
}

void session_remove_questions(struct session *session, uint64_t call_serial)
{
	struct filed_question **place, *gone = NULL;

	pthread_mutex_lock(&session->lock);
	for (place = &session->questions; *place;) {
		struct filed_question *filed = *place;
		if (filed->serial == call_serial) {
			*place = filed->next;
			filed->next = gone;
			gone = filed;
		} else {
			place = &filed->next;
		}
	}
	pthread_mutex_unlock(&session->lock);
	for (struct filed_question *next; gone; gone = next) {
		next = gone->next;
		free(gone);
	}
}

static void answer_arrives(struct message *message, UNUSED struct loop *loop)
{
	struct reply_to_question *answer = (struct reply_to_question *)message;
	struct mcp_call *call = call_find_live(answer->serial);
	struct question *question = NULL;

	/* A worker has it where nobody answered in time, and this is too late. */
	if (call && !call->on_worker)
		question = question_find(call, str_of(answer->key));
	if (question)
		question_answer(call, question, answer->result);
	if (question && !questions_pending(call))
		call_again(call);
	arena_destroy(answer->arena);
}

int64_t question_number(yyjson_val *response)
{
	str id = json_member(response, "id");
	int64_t number;

	return str_starts(id, "question-") && str_to_int((str) { id.at + 9, id.size - 9 }, &number)
		? number : 0;
}

bool session_answer(struct session *session, yyjson_val *response)
{
	yyjson_val *result = yyjson_obj_get(response, "result");
	struct filed_question *filed = claim(session, question_number(response));
	enum json_trouble trouble;
	if (!filed)
		return false;

	struct arena *arena = arena_create();
	struct reply_to_question *answer = arena_new(arena, struct reply_to_question);
	answer->message.run = answer_arrives;
	answer->arena = arena;
	answer->serial = filed->serial;
	answer->key = arena_copy(arena, str_of(filed->key));
	if (result)
		answer->result = json_parse_copy(arena, id_text(arena, result), runtime.set.depth_max,
		                                 &trouble);
	loop_post(filed->loop, &answer->message);
	free(filed);
	return true;
}
