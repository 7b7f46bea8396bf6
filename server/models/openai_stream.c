/* openai_stream.c - what /v1/chat/completions answers: events, or as a whole, or an error. Servers of many makers say it,
 * and leave out what they like. */
#include "inside.h"
#include "openai.h"
#include "sse.h"

#define TEXT_INDEX (-1)                 /* of the text, beside the tools' own numbers */

/* ---- What is wrong ---- */

/* {"error":{"message","type","code"}}, {"error":"…"}, {"message"}, {"detail"}: of vLLM, Ollama, FastAPI. */
static void take_error(struct model_reader *reader, yyjson_val *said, int status)
{
	yyjson_val *error = json_given(said, "error"), *code;
	str words = yyjson_is_str(error) ? text_of(error) : (str) { 0 };

	if (!yyjson_is_obj(error))
		error = said;
	code = json_given(error, "code");
	if (yyjson_is_int(code) && count_of(code) >= 400 && count_of(code) < 600)
		status = (int)count_of(code);
	if (words.size == 0)
		words = json_member(error, "message");
	if (words.size == 0)
		words = json_member(error, "detail");
	str name = json_string(code);
	reader_told(reader, status, name.size > 0 ? name : json_member(error, "type"), words);
}

static void refused(struct model_reader *reader, str body)
{

	take_error(reader, read_json(reader->arena, body), reader->head.status);
}

/* ---- Tools ---- */

static int64_t latest_tool(const struct model_reader *reader)
{
	int64_t latest = -1;

	for (size_t i = 0; i < reader->count; i++)
		if (reader->said[i]->index > latest)
			latest = reader->said[i]->index;
	return latest;
}

/* Some number none of them, some all alike: then whatever has a name begins another. */
static struct said *find_use(struct model_reader *reader, yyjson_val *use, str id, str name)
{
	int64_t latest = latest_tool(reader), index = count_of(yyjson_obj_get(use, "index"));
	bool numbered = index >= 0;

	if (!numbered)
		index = name.size > 0 || latest < 0 ? latest + 1 : latest;
	struct said *said = said_find(reader, index);
	if (said && name.size > 0 && id.size > 0 && !str_is(id, said->id))
		index = latest + 1, said = NULL;
	if (said)
		return said;
	said = said_begin(reader, index, MODEL_TOOL_USE);
	if (said)
		said_names(reader, said, id, name);
	return said;
}

static void take_use(struct model_reader *reader, yyjson_val *use)
{
	yyjson_val *function = yyjson_obj_get(use, "function"), *arguments = json_given(function, "arguments");
	struct said *said = find_use(reader, use, json_member(use, "id"), json_member(function, "name"));

	if (said && yyjson_is_str(arguments))
		said_put(reader, &said->text, text_of(arguments));
	else if (said && arguments)
		said_value(reader, &said->text, arguments);
}

/* ---- What is said ---- */

/* A text, or a list of parts that have one. */
static void take_content(struct model_reader *reader, yyjson_val *content)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(content);
	yyjson_val *part;

	if (yyjson_is_str(content))
		said_text(reader, TEXT_INDEX, text_of(content));
	while ((part = yyjson_arr_iter_next(&iter)))
		said_text(reader, TEXT_INDEX, text_of(yyjson_obj_get(part, "text")));
}

static void take_message(struct model_reader *reader, yyjson_val *message)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(yyjson_obj_get(message, "tool_calls"));
	yyjson_val *use;

	take_content(reader, yyjson_obj_get(message, "content"));
	take_content(reader, yyjson_obj_get(message, "refusal"));
	while ((use = yyjson_arr_iter_next(&iter)))
		take_use(reader, use);
}

/* OpenAI's own, those of models behind it, and of servers that gave up: vLLM, OpenRouter, DeepSeek. */
static const struct ending endings[] = {
	{ "stop", MODEL_END_TURN }, { "tool_calls", MODEL_USES_TOOLS }, { "function_call", MODEL_USES_TOOLS },
	{ "length", MODEL_MAX_TOKENS }, { "content_filter", MODEL_FILTERED },
	{ "end_turn", MODEL_END_TURN }, { "stop_sequence", MODEL_END_TURN }, { "eos", MODEL_END_TURN }, { "eos_token", MODEL_END_TURN },
	{ "tool_use", MODEL_USES_TOOLS }, { "max_tokens", MODEL_MAX_TOKENS }, { "model_length", MODEL_MAX_TOKENS },
	{ "abort", MODEL_STOP_NONE }, { "error", MODEL_STOP_NONE }, { "insufficient_system_resource", MODEL_STOP_NONE },
	{ 0 },
};

/* Theirs counts what came of a cache with the rest. */
static void take_usage(struct model_reader *reader, yyjson_val *usage)
{
	if (!yyjson_is_obj(usage))
		return;
	int64_t input = count_of(yyjson_obj_get(usage, "prompt_tokens"));
	int64_t cached = count_of(yyjson_obj_get(json_given(usage, "prompt_tokens_details"), "cached_tokens"));
	reader->usage = (struct model_usage) {
		.input = input >= 0 && cached > 0 && cached <= input ? input - cached : input,
		.output = count_of(yyjson_obj_get(usage, "completion_tokens")), .cache_read = cached, .cache_write = -1,
	};
}

static void take_said(struct model_reader *reader, yyjson_val *said, const char *member)
{
	yyjson_val *choice = yyjson_arr_get_first(yyjson_obj_get(said, "choices"));
	str reason = json_member(choice, "finish_reason");

	if (json_given(said, "error")) {
		take_error(reader, said, 0);
		return;
	}
	take_usage(reader, json_given(said, "usage"));
	take_message(reader, yyjson_obj_get(choice, member));
	if (reason.size > 0)
		said_end(reader, endings, reason);
}

/* ---- As events ---- */

static bool take_event(void *of, str data)
{
	struct model_reader *reader = of;
	struct arena *arena = arena_create_charged(reader->budget);

	if (str_is(data, "[DONE]")) {
		if (!reader->complete)
			said_end(reader, endings, (str) { 0 });
		arena_destroy(arena);
		return false;
	}
	yyjson_val *said = read_json(arena, data);
	if (yyjson_is_obj(said))
		take_said(reader, said, "delta");
	else
		reader_fail(reader, MODEL_NONSENSE, "", "an event of the answer is no JSON object");
	arena_destroy(arena);
	return !reader->fault.trouble;
}

static void begin(struct model_reader *reader)
{
	reader->stream = sse_create(reader->arena, take_event, reader);
}

static void check(struct model_reader *reader, const char *wrong)
{
	if (wrong)
		reader_fail(reader, MODEL_NONSENSE, "", "%s", wrong);
}

static void take(struct model_reader *reader, str bytes)
{
	check(reader, sse_take(reader->stream, bytes));
}

static void finish(struct model_reader *reader)
{
	check(reader, sse_end(reader->stream));
}

/* ---- As a whole ---- */

static void whole(struct model_reader *reader, str body)
{
	yyjson_val *said = read_json(reader->arena, body);

	if (yyjson_is_obj(said) && (json_given(said, "choices") || json_given(said, "error")))
		take_said(reader, said, "message");
	else
		reader_fail_whole(reader, body, said);
}

const struct model_wire model_wire_openai = {
	.name = "openai", .write = openai_write, .begin = begin, .take = take, .finish = finish, .whole = whole, .refused = refused,
};
