/* ask.c - questions to the person behind the client. The tool returns and is run again.
 *
 * Before 2026-07-28 a question travels as a request on the call's stream and the answer comes as a
 * POST of its own. In 2026-07-28 the call ends as input_required with sealed state, and the client
 * calls again with both. */
#include <assert.h>

#include "call.h"
#include "store_internal.h"

struct question *question_find(struct mcp_call *call, str key)
{
	struct question *question = call->questions;

	while (question && !str_is(key, question->key))
		question = question->next;
	return question;
}

bool questions_pending(const struct mcp_call *call)
{
	for (struct question *question = call->questions; question; question = question->next)
		if (question->wanted && question->state != QUESTION_ANSWERED)
			return true;
	return false;
}

static struct question *question_add(struct mcp_call *call, const char *key)
{
	struct question *question = arena_new(call->arena, struct question);

	question->key = key;
	question->next = call->questions;
	call->questions = question;
	return question;
}

/* The params of elicitation/create. `mode` is known from 2025-11-25 on; leaving it out means form. */
static str form(struct mcp_call *call, const struct shape *shape, const char *text)
{
	struct json json = json_begin(call->arena, 512);

	json_object(&json);
	json_key(&json, "message");
	json_text(&json, text);
	json_key(&json, "requestedSchema");
	shape_schema(&json, shape, SCHEMA_FORM, false);
	json_object_end(&json);
	return json_end(&json);
}

bool question_answer(struct mcp_call *call, struct question *question, yyjson_val *result)
{
	str action = json_member(result, "action");
	yyjson_val *content = yyjson_obj_get(result, "content");
	struct json json = json_begin(call->arena, 256);

	if (str_is(action, "accept"))
		question->reply = MCP_ACCEPTED;
	else if (str_is(action, "decline"))
		question->reply = MCP_DECLINED;
	else if (str_is(action, "cancel"))
		question->reply = MCP_CANCELLED;
	else
		return false;
	if (question->reply == MCP_ACCEPTED && !yyjson_is_obj(content))
		return false;
	if (question->reply == MCP_ACCEPTED) {
		json_value(&json, content);
		question->content = json_end(&json);
	}
	question->action = str_of(arena_copy(call->arena, action));
	question->state = QUESTION_ANSWERED;
	return true;
}

/* The content that was accepted, read by the shape. Does it not fit, the question is put anew. */
static bool read_content(struct mcp_call *call, struct question *question,
                         const struct shape *shape, void *answer)
{
	enum json_trouble trouble;
	yyjson_val *content = json_parse_copy(call->arena, question->content, runtime.set.depth_max,
	                                      &trouble);

	return content && !shape_read(shape, content, false, answer, call->arena);
}

static bool can_ask(const struct mcp_call *call)
{
	return call->offer->kind == OFFER_TOOL && call->asks_forms && call->reply->era->can_ask(call);
}

enum mcp_reply mcp_ask(struct mcp_call *call, const char *key, const struct shape *shape,
                       void *answer, const char *text, ...)
{
	struct question *question = question_find(call, str_of(key));
	va_list list;

	if (!question && !can_ask(call))
		return MCP_UNAVAILABLE;
	if (question && question->state == QUESTION_ANSWERED) {
		question->wanted = true;
		if (question->reply != MCP_ACCEPTED || read_content(call, question, shape, answer))
			return question->reply;
		question->state = QUESTION_NEW;
	}
	/* Look and ask first, act after: what was done would be done again with the answer. */
	assert(!call->streamed);
	if (!question)
		question = question_add(call, key);
	va_start(list, text);
	question->method = "elicitation/create";
	question->params = form(call, shape, arena_print_list(call->arena, text, list));
	question->wanted = true;
	va_end(list);
	metric_add(METRIC_QUESTIONS, 1);
	return MCP_PENDING;
}

/* ---- 2026-07-28: the state that goes out and comes back ---- */

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
	json_key(&json, "answers");
	json_object(&json);
	for (struct question *question = call->questions; question; question = question->next) {
		if (question->state != QUESTION_ANSWERED)
			continue;
		json_key_str(&json, str_of(question->key));
		json_object(&json);
		json_key(&json, "action");
		json_str(&json, question->action);
		if (question->content.at) {
			json_key(&json, "content");
			json_raw(&json, question->content);
		}
		json_object_end(&json);
	}
	json_object_end(&json);
	json_object_end(&json);
	return seal(call->arena, state_purpose(call), json_end(&json));
}

static const struct fault *take_answers(struct mcp_call *call, yyjson_val *answers, bool ours)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(answers);

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		str name = { yyjson_get_str(key), yyjson_get_len(key) };
		struct question *question = question_find(call, name);
		if (!question)
			question = question_add(call, arena_copy(call->arena, name));
		if (!question_answer(call, question, yyjson_obj_iter_get_val(key)) && !ours)
			question->state = QUESTION_NEW;         /* put anew, if the tool still wants it */
	}
	return NULL;
}

const struct fault *questions_restore(struct mcp_call *call)
{
	yyjson_val *responses = yyjson_obj_get(call->params, "inputResponses");
	yyjson_val *state = yyjson_obj_get(call->params, "requestState");
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
		TRY(take_answers(call, yyjson_obj_get(value, "answers"), true));
	}
	if (responses)
		TRY(take_answers(call, responses, false));
	return NULL;
}
