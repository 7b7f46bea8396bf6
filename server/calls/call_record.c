/* call_record.c - a call as JSON: its request, what was answered so far, what time it has left, and what its
 * caller may, where that is not a key's. */
#include "call_record.h"
#include "call_rows.h"
#include "call_span.h"

static void write_question(struct json *json, const struct question *question)
{
	json_object(json);
	json_key(json, "key");
	json_text(json, question->key);
	if (question->result.at) {
		json_key(json, "result");
		json_raw(json, question->result);
	}
	json_object_end(json);
}

static void write_number(struct json *json, const char *key, int64_t number)
{
	json_key(json, key);
	json_int(json, number);
}

/* A token's, which nobody can find again by the name. */
static void write_rights(struct json *json, const struct caller *caller)
{
	const char *rights = caller ? caller_rights(caller, json->arena) : NULL;

	if (!rights)
		return;
	json_key(json, "rights");
	json_text(json, rights);
}

/* Whoever has it go on works for the same request, in the same trace. */
static void write_about(struct json *json, const struct about *about)
{
	char text[TRACEPARENT_SIZE];

	trace_print(&about->trace, text);
	json_key(json, "traceparent");
	json_text(json, text);
	if (about->state.at) {
		json_key(json, "tracestate");
		json_str(json, about->state);
	}
	json_key(json, "request");
	json_str(json, about_id(about));
}

const char *call_write_down(struct mcp_call *call, struct arena *arena)
{
	struct json json = json_begin(arena, 1024);

	json_object(&json);
	json_key(&json, "id");
	json_value(&json, call->id);
	json_key(&json, "method");
	json_text(&json, call->method->name);
	json_key(&json, "params");
	json_value(&json, call->params);
	write_number(&json, "revision", call->revision);
	write_number(&json, "can", call->can);
	write_number(&json, "rounds", call->rounds);
	write_number(&json, "left", call->time_left_ms);
	write_number(&json, "number", mcp_call_number(call));
	write_rights(&json, call->reply->caller);
	write_about(&json, &call->about);
	json_key(&json, "questions");
	json_array(&json);
	for (struct question *each = call->questions; each; each = each->next)
		if (each->answered)
			write_question(&json, each);
	json_array_end(&json);
	json_object_end(&json);
	return arena_copy(arena, json_end(&json));
}

/* Of earlier rounds, then of the one that ends: what came last counts. */
static void read_questions(struct mcp_call *call, yyjson_val *earlier, const struct rows *latest)
{
	const struct state_question *question = latest->first;
	enum json_trouble trouble;
	size_t index, count;
	yyjson_val *each;

	yyjson_arr_foreach(earlier, index, count, each)
		question_answer(call, question_add(call, arena_copy(call->arena, json_member(each, "key"))),
		                yyjson_obj_get(each, "result"));
	for (int64_t i = 0; i < latest->count; i++) {
		const char *key = arena_copy(call->arena, str_of(question[i].key));
		struct question *known = question_find(call, str_of(key));
		question_answer(call, known ? known : question_add(call, key), question[i].answer
			? json_parse_copy(call->arena, str_of(question[i].answer), runtime.set.depth_max,
			                  &trouble) : NULL);
	}
}

/* Whoever has it go on, on a token's behalf it may what it might when it began. */
static void read_rights(struct reply *reply, yyjson_val *request)
{
	const struct caller *caller = reply->caller;
	str rights = json_member(request, "rights");

	if (!rights.at || !caller || !caller_has_token(caller))
		return;
	reply->caller = auth_caller_with(caller_name(caller), arena_copy(reply->arena, rights));
	caller_drop(caller);
}

struct mcp_call *call_read_back(struct reply *reply, str record, const struct rows *answers)
{
	enum json_trouble trouble;
	yyjson_val *request = json_parse_copy(reply->arena, record, runtime.set.depth_max + 4, &trouble);

	reply->revision = (enum revision)yyjson_get_int(yyjson_obj_get(request, "revision"));
	read_rights(reply, request);
	struct mcp_call *call = call_create(reply, reply->arena, request);
	call_span_begin(call, request);
	about_take_id(&call->about, json_member(request, "request"));
	call->can = (unsigned)yyjson_get_uint(yyjson_obj_get(request, "can"));
	call->rounds = yyjson_get_int(yyjson_obj_get(request, "rounds"));
	call->time_left_ms = yyjson_get_sint(yyjson_obj_get(request, "left"));
	call->number = yyjson_get_sint(yyjson_obj_get(request, "number"));
	call->timed = true;
	read_questions(call, yyjson_obj_get(request, "questions"), answers);
	return call;
}
