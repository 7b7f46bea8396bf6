/* request_state.c - requestState of 2026-07-28: what was answered so far goes out sealed and comes back.
 *
 * It is the client's to keep and so the client's to change: it is sealed, bound to the caller, the
 * tool and its arguments, and ends. */
#include "call.h"
#include "request_state.h"

/* What the state is bound to: another caller, tool or argument does not open it. */
static const char *state_purpose(struct mcp_call *call)
{
	struct json json = json_begin(call->arena, 512);
	yyjson_val *arguments = yyjson_obj_get(call->params, "arguments");

	json_array(&json);
	json_text(&json, runtime.server->name);
	json_text(&json, call->method->name);
	json_text(&json, call->offer->name);
	json_text(&json, caller_name(call->reply->caller));
	if (arguments)
		json_value(&json, arguments);
	json_array_end(&json);
	return arena_copy(call->arena, json_end(&json));
}

str questions_seal(struct mcp_call *call)
{
	struct json json = json_begin(call->arena, 512);

	json_object(&json);
	json_key(&json, "until");
	json_int(&json, now_ms() + runtime.set.question_ms);
	json_key(&json, "rounds");
	json_int(&json, call->rounds);
	if (call->number) {
		json_key(&json, "number");
		json_int(&json, call->number);
	}
	json_key(&json, "answers");
	json_object(&json);
	for (struct question *question = call->questions; question; question = question->next) {
		if (!question->answered)
			continue;
		json_key_str(&json, str_of(question->key));
		if (question->result.at)
			json_raw(&json, question->result);
		else
			json_null(&json);
	}
	json_object_end(&json);
	json_object_end(&json);
	return seal(call->arena, state_purpose(call), json_end(&json));
}

/* Keys nobody asks for are ignored; what is no object is no answer, and put anew if it is wanted. */
static void take_answers(struct mcp_call *call, yyjson_val *answers)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(answers);

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		yyjson_val *value = yyjson_obj_iter_get_val(key);
		str name = { yyjson_get_str(key), yyjson_get_len(key) };
		struct question *question = question_find(call, name);
		if (!yyjson_is_obj(value) && !yyjson_is_null(value))
			continue;
		if (!question)
			question = question_add(call, arena_copy(call->arena, name));
		question_answer(call, question, yyjson_is_obj(value) ? value : NULL);
	}
}

const struct fault *questions_restore(struct mcp_call *call)
{
	yyjson_val *responses = json_given(call->params, "inputResponses");
	yyjson_val *state = json_given(call->params, "requestState");
	enum json_trouble trouble;

	if (responses && !yyjson_is_obj(responses))
		return fault_say(call->arena, &FAULT_PARAMS, "inputResponses must be an object.");
	if (state) {
		str sealed = json_member(call->params, "requestState");
		str plain = sealed.at ? seal_open(call->arena, state_purpose(call), sealed) : sealed;
		yyjson_val *value = plain.at
			? json_parse_copy(call->arena, plain, runtime.set.depth_max, &trouble) : NULL;
		if (!value)
			return fault_say(call->arena, &FAULT_PARAMS, "requestState is not one that this "
			                 "server gave to this caller for this request.");
		if (yyjson_get_sint(yyjson_obj_get(value, "until")) < now_ms())
			return fault_say(call->arena, &FAULT_PARAMS, "requestState has expired; call again "
			                 "without it.");
		call->rounds = yyjson_get_int(yyjson_obj_get(value, "rounds"));
		call->number = yyjson_get_sint(yyjson_obj_get(value, "number"));
		take_answers(call, yyjson_obj_get(value, "answers"));
	}
	if (responses)
		take_answers(call, responses);
	return NULL;
}
