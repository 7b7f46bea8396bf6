/* ask.c - questions to the person behind the client. The tool returns and is run again.
 *
 * Before 2026-07-28 a question travels as a request on the call's stream and the answer comes as a
 * POST of its own. In 2026-07-28 the call ends as input_required with sealed state, and the client
 * calls again with both. */
#include "call.h"
#include "call_private.h"
#include "mistake.h"

struct question *question_find(struct mcp_call *call, str key)
{
	struct question *question = call->questions;

	while (question && !str_is(key, question->key))
		question = question->next;
	return question;
}

struct question *question_add(struct mcp_call *call, const char *key)
{
	struct question *question = arena_new(call->arena, struct question);
	struct question **last = &call->questions;

	/* At the end: people are asked in the order the tool asks. */
	while (*last)
		last = &(*last)->next;
	*last = question;
	question->key = key;
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

void question_answer(struct mcp_call *call, struct question *question, yyjson_val *result)
{
	struct json json = json_begin(call->arena, 256);

	question->answered = true;
	question->result = (str) { 0 };
	if (result) {
		json_value(&json, result);
		question->result = json_end(&json);
	}
}

/* ---- Can this client be asked? ---- */

static bool has_mode(yyjson_val *elicitation, const char *mode)
{
	/* {} means forms, as it did before there were modes. */
	return yyjson_is_obj(elicitation) &&
	       (yyjson_obj_get(elicitation, mode) ||
	        (strcmp(mode, "form") == 0 && !yyjson_obj_get(elicitation, "url")));
}

unsigned capabilities_read(yyjson_val *capabilities)
{
	yyjson_val *elicitation = yyjson_obj_get(capabilities, "elicitation");
	unsigned can = 0;

	can |= has_mode(elicitation, "form") ? CAN_FORM : 0;
	can |= has_mode(elicitation, "url") ? CAN_URL : 0;
	can |= yyjson_is_obj(yyjson_obj_get(capabilities, "sampling")) ? CAN_SAMPLE : 0;
	can |= yyjson_is_obj(yyjson_obj_get(capabilities, "roots")) ? CAN_ROOTS : 0;
	for (int i = 0; runtime.extensions[i]; i++)
		can |= yyjson_is_obj(yyjson_obj_get(yyjson_obj_get(capabilities, "extensions"),
		                                    runtime.extensions[i]->name))
		       ? runtime.extensions[i]->can : 0;
	return can;
}

/* Which revisions know it, and what a client lacks without it. */
static const struct kind {
	enum can can;
	enum revision since;
	const char *method, *lacks;
} FORM = { CAN_FORM, R2025_06_18, "elicitation/create", "{\"elicitation\":{}}" },
  PAGE = { CAN_URL, R2025_11_25, "elicitation/create", "{\"elicitation\":{\"url\":{}}}" },
  SAMPLE = { CAN_SAMPLE, R2025_03_26, "sampling/createMessage", "{\"sampling\":{}}" },
  ROOTS = { CAN_ROOTS, R2025_03_26, "roots/list", "{\"roots\":{}}" };

static bool can_ask(struct mcp_call *call, const struct kind *kind)
{
	if ((call->can & kind->can) && call->revision >= kind->since && call->can_ask)
		return true;
	call->lacks = kind->lacks;
	return false;
}

/* ---- Asking ---- */

static enum mcp_reply put(struct mcp_call *call, struct question *question, const char *key,
                          const struct kind *kind, str params)
{
	if (!can_ask(call, kind))
		return MCP_UNAVAILABLE;
	/* Look and ask first, act after: what was done would be done again with the answer. Of a tool that keeps something nobody knows that. */
	if (call->streamed && !call->kept && mistakes_stop)
		call_mistake(call, "it told of progress before it asked \"%s\", and will tell it again: ask first", key);
	if (!question)
		question = question_add(call, arena_copy(call->arena, str_of(key)));
	question->answered = false;
	question->method = kind->method;
	question->params = params;
	question->wanted = true;
	metric_add(METRIC_QUESTIONS, 1);
	return MCP_PENDING;
}

/* The answer, if there is one: NULL with *known false is none; NULL with it true is nobody's. */
static yyjson_val *known_result(struct mcp_call *call, struct question *question, bool *known)
{
	enum json_trouble trouble;

	*known = question && question->answered;
	if (!*known)
		return NULL;
	question->wanted = true;
	return question->result.at ? json_parse_copy(call->arena, question->result,
	                                             runtime.set.depth_max, &trouble) : NULL;
}

/* What became of an elicitation; MCP_PENDING: the answer is none. */
static enum mcp_reply action_of(yyjson_val *result)
{
	str action = json_member(result, "action");

	return str_is(action, "accept") ? MCP_ACCEPTED : str_is(action, "decline") ? MCP_DECLINED
		: str_is(action, "cancel") ? MCP_CANCELLED : MCP_PENDING;
}

/* The state of an elicitation. MCP_PENDING: to be put (anew). `content` is what was accepted. */
static enum mcp_reply elicited(struct mcp_call *call, const char *key,
                               struct question **question, yyjson_val **content)
{
	bool known;

	*question = question_find(call, str_of(key));
	yyjson_val *result = known_result(call, *question, &known);
	if (!known)
		return MCP_PENDING;
	*content = yyjson_obj_get(result, "content");
	return result ? action_of(result) : MCP_CANCELLED;
}

enum mcp_reply (mcp_ask)(struct mcp_call *call, const char *key, const struct shape *shape,
                       void *answer, const char *text, ...)
{
	struct question *question;
	yyjson_val *content = NULL;
	enum mcp_reply reply = elicited(call, key, &question, &content);
	va_list list;

	if (reply == MCP_ACCEPTED && yyjson_is_obj(content) &&
	    !shape_read(shape, content, SHAPE_DIGITS, answer, call->arena))
		return MCP_ACCEPTED;
	if (reply != MCP_PENDING && reply != MCP_ACCEPTED)
		return reply;
	va_start(list, text);
	str params = form(call, shape, arena_print_list(call->arena, text, list));
	va_end(list);
	return put(call, question, key, &FORM, params);
}

enum mcp_reply mcp_ask_json(struct mcp_call *call, const char *key, const char *schema,
                            const char *text, const char **answer)
{
	struct question *question;
	yyjson_val *content = NULL;
	enum mcp_reply reply = elicited(call, key, &question, &content);
	struct json json = json_begin(call->arena, 256);

	if (reply == MCP_ACCEPTED && yyjson_is_obj(content)) {
		json_value(&json, content);
		*answer = arena_copy(call->arena, json_end(&json));
		return MCP_ACCEPTED;
	}
	if (reply != MCP_PENDING && reply != MCP_ACCEPTED)
		return reply;
	if (!call_takes_object(call, "mcp_ask_json()", schema))
		return MCP_UNAVAILABLE;
	json_object(&json);
	json_key(&json, "message");
	json_text(&json, text);
	json_key(&json, "requestedSchema");
	json_raw(&json, str_of(schema));
	json_object_end(&json);
	return put(call, question, key, &FORM, json_end(&json));
}

/* 2025-11-25 names each such question, so that its end could be announced; later ones do not. */
static str page(struct mcp_call *call, const char *url, const char *text)
{
	struct json json = json_begin(call->arena, 256);

	json_object(&json);
	json_key(&json, "mode");
	json_text(&json, "url");
	json_key(&json, "message");
	json_text(&json, text);
	json_key(&json, "url");
	json_text(&json, url);
	if (call->revision < R2026_07_28) {
		json_key(&json, "elicitationId");
		json_text(&json, random_text(call->arena, 18));
	}
	json_object_end(&json);
	return json_end(&json);
}

enum mcp_reply mcp_ask_url(struct mcp_call *call, const char *key, const char *url,
                           const char *text)
{
	struct question *question;
	yyjson_val *content = NULL;
	enum mcp_reply reply = elicited(call, key, &question, &content);

	return reply == MCP_PENDING ? put(call, question, key, &PAGE, page(call, url, text)) : reply;
}

/* Sampling and roots have no action: what came is the answer, if it has the member it must have. */
static enum mcp_reply ask_client(struct mcp_call *call, const char *key, const struct kind *kind,
                                 const char *member, str params, const char **answer)
{
	struct question *question = question_find(call, str_of(key));
	bool known;
	yyjson_val *result = known_result(call, question, &known);

	if (known && !result)
		return MCP_DECLINED;
	if (result && yyjson_obj_get(result, member)) {
		*answer = arena_copy(call->arena, question->result);
		return MCP_ACCEPTED;
	}
	return put(call, question, key, kind, params);
}

enum mcp_reply mcp_sample(struct mcp_call *call, const char *key, const char *params,
                          const char **result)
{
	if (!call_takes_object(call, "mcp_sample()", params))
		return MCP_UNAVAILABLE;
	return ask_client(call, key, &SAMPLE, "content", str_of(arena_copy(call->arena, str_of(params))),
	                  result);
}

enum mcp_reply mcp_roots(struct mcp_call *call, const char *key, const char **result)
{
	return ask_client(call, key, &ROOTS, "roots", STR("{}"), result);
}
