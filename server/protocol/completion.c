/* completion.c - completion/complete: what fits what a person has typed so far. */
#include <strings.h>

#include "call.h"
#include "guard.h"
#include "methods.h"

void mcp_suggest(struct mcp_call *call, const char *text)
{
	if (!call->suggestions)
		call->suggestions = arena_array(call->arena, const char *, MCP_SUGGESTIONS_MAX);
	if (call->suggestion_count < MCP_SUGGESTIONS_MAX)
		call->suggestions[call->suggestion_count] = arena_copy(call->arena, str_of(text));
	call->suggestion_count++;
}

struct completion {
	const char *argument, *value;
	const struct field *field;      /* NULL: there is no such argument */
	mcp_complete_fn *complete;
};

/* 2025-06-18 server/utilities/completion: params.context.arguments. */
const char *mcp_chosen(struct mcp_call *call, const char *argument)
{
	yyjson_val *context = yyjson_obj_get(call->params, "context");
	yyjson_val *arguments = yyjson_obj_get(context, "arguments");
	str chosen = json_member(arguments, argument);

	return chosen.at ? arena_copy(call->arena, chosen) : NULL;
}

/* What is no text would narrow nothing, and whoever chose a customer would see everybody's
 * orders. */
static bool are_texts(yyjson_val *arguments)
{
	yyjson_obj_iter each = yyjson_obj_iter_with(arguments);

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&each));) {
		yyjson_val *value = yyjson_obj_iter_get_val(key);
		if (!yyjson_is_null(value) && (!yyjson_is_str(value)
		    || memchr(yyjson_get_str(value), '\0', yyjson_get_len(value))))
			return false;
	}
	return true;
}

static bool is_fine_context(yyjson_val *context)
{
	yyjson_val *arguments = yyjson_obj_get(context, "arguments");

	return (!context || yyjson_is_null(context) || yyjson_is_obj(context))
		&& (!arguments || yyjson_is_null(arguments) || yyjson_is_obj(arguments))
		&& are_texts(arguments);
}

static void suggest_choices(struct mcp_call *call, const char *const *choices, const char *value)
{
	for (; *choices; choices++)
		if (strncasecmp(*choices, value, strlen(value)) == 0)
			mcp_suggest(call, *choices);
}

static void write_values(struct mcp_call *call)
{
	struct json *json = call_result(call, "complete");
	bool more = call->suggestion_count > MCP_SUGGESTIONS_MAX;
	int shown = more ? MCP_SUGGESTIONS_MAX : call->suggestion_count;

	json_key(json, "completion");
	json_object(json);
	json_key(json, "values");
	json_array(json);
	for (int i = 0; i < shown; i++)
		json_text(json, call->suggestions[i]);
	json_array_end(json);
	/* How many there are is not known where there are more than were asked for. */
	if (!more) {
		json_key(json, "total");
		json_int(json, shown);
	}
	json_key(json, "hasMore");
	json_bool(json, more);
	json_object_end(json);
}

/* What is too long to be the argument is the beginning of none; a number's bounds are not of its length. */
static bool can_begin(const struct field *field, const char *value)
{
	return field && !(field->type == FIELD_TEXT && field->has_most && (double)utf8_length(str_of(value)) > field->most);
}

static enum mcp_answer run(struct mcp_call *call, const void *in, struct store *store)
{
	const struct completion *wanted = in;

	call->suggestion_count = 0;
	if (can_begin(wanted->field, wanted->value)) {
		if (wanted->field->one_of)
			suggest_choices(call, wanted->field->one_of, wanted->value);
		else if (wanted->complete)
			wanted->complete(call, wanted->argument, wanted->value, store);
	}
	write_values(call);
	return MCP_ANSWERED;
}

/* The prompt or template that is being filled in. */
static const struct offer *find_target(yyjson_val *ref)
{
	str type = json_member(ref, "type"), uri = json_member(ref, "uri");

	if (str_is(type, "ref/prompt"))
		return offer_find(&runtime.prompts, json_member(ref, "name"));
	if (!str_is(type, "ref/resource"))
		return NULL;
	const struct offer *offer = offer_find(&runtime.templates, uri);
	return offer ? offer : offer_find(&runtime.resources, uri);
}

const struct fault *completion_complete(struct mcp_call *call)
{
	yyjson_val *argument = yyjson_obj_get(call->params, "argument");
	const struct offer *target = find_target(yyjson_obj_get(call->params, "ref"));
	str name = json_member(argument, "name"), value = json_member(argument, "value");
	struct offer *offer = arena_new(call->arena, struct offer);
	struct completion *wanted = arena_new(call->arena, struct completion);

	if (!target)
		return fault_say(call->arena, &FAULT_PARAMS, "params.ref names no prompt or template.");
	TRY(guard_scope(call, target->scope));
	if (!name.at || !value.at)
		return fault_say(call->arena, &FAULT_PARAMS,
		                 "params.argument must have a name and a value, both strings.");
	if (!is_fine_context(yyjson_obj_get(call->params, "context")))
		return fault_say(call->arena, &FAULT_PARAMS,
		                 "params.context.arguments must be an object of strings.");
	wanted->argument = arena_copy(call->arena, name);
	wanted->value = arena_copy(call->arena, value);
	wanted->field = shape_field(target->in, name);
	wanted->complete = target->complete;
	*offer = *target;
	offer->run = run;
	call->offer = offer;
	call->in = wanted;
	return call_start(call);
}
