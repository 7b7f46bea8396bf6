/* converse_stream.c - what Bedrock's Converse and ConverseStream answer: frames with events, or as a whole, or an error. */
#include "aws_error.h"
#include "bedrock.h"
#include "frames.h"
#include "inside.h"

/* ---- Ends ---- */

static const struct ending endings[] = {
	{ "end_turn", MODEL_END_TURN }, { "stop_sequence", MODEL_END_TURN }, { "tool_use", MODEL_USES_TOOLS },
	{ "max_tokens", MODEL_MAX_TOKENS }, { "guardrail_intervened", MODEL_GUARDRAIL }, { "content_filtered", MODEL_FILTERED },
	{ "malformed_model_output", MODEL_MALFORMED }, { "malformed_tool_use", MODEL_MALFORMED },
	{ "model_context_window_exceeded", MODEL_CONTEXT_FULL },
	{ 0 },
};

static void take_stop(struct model_reader *reader, yyjson_val *said)
{
	said_end(reader, endings, json_member(said, "stopReason"));
}

static void take_usage(struct model_reader *reader, yyjson_val *said)
{
	yyjson_val *usage = yyjson_obj_get(said, "usage");

	reader->usage = (struct model_usage) {
		.input = count_of(yyjson_obj_get(usage, "inputTokens")), .output = count_of(yyjson_obj_get(usage, "outputTokens")),
		.cache_read = count_of(yyjson_obj_get(usage, "cacheReadInputTokens")),
		.cache_write = count_of(yyjson_obj_get(usage, "cacheWriteInputTokens")),
	};
}

/* ---- Blocks, piece by piece ---- */

static int64_t index_of(yyjson_val *event)
{
	return count_of(yyjson_obj_get(event, "contentBlockIndex"));
}

/* Only a tool's use is begun; every other block begins with what is first said of it. */
static void take_start(struct model_reader *reader, yyjson_val *event)
{
	yyjson_val *use = yyjson_obj_get(yyjson_obj_get(event, "start"), "toolUse");
	struct said *said = use ? said_begin(reader, index_of(event), MODEL_TOOL_USE) : NULL;

	if (said)
		said_names(reader, said, json_member(use, "toolUseId"), json_member(use, "name"));
}

static struct said *reasoning(struct model_reader *reader, int64_t index)
{
	struct said *said = said_find(reader, index);

	return said && said->kind == MODEL_AS_IT_CAME ? said : said_begin(reader, index, MODEL_AS_IT_CAME);
}

static void put_member(struct model_reader *reader, struct builder *builder, yyjson_val *of, const char *name)
{
	yyjson_val *value = yyjson_obj_get(of, name);

	if (yyjson_is_str(value))
		said_put(reader, builder, text_of(value));
}

static void take_reasoning(struct model_reader *reader, int64_t index, yyjson_val *piece)
{
	struct said *said = reasoning(reader, index);

	if (!said)
		return;
	put_member(reader, &said->text, piece, "text");
	put_member(reader, &said->signature, piece, "signature");
	put_member(reader, &said->sealed, piece, "redactedContent");
}

static void take_input(struct model_reader *reader, int64_t index, yyjson_val *piece)
{
	struct said *said = said_find(reader, index);

	if (said && said->kind == MODEL_TOOL_USE)
		put_member(reader, &said->text, piece, "input");
	else
		reader_fail(reader, MODEL_NONSENSE, "", "the answer has the input of a tool that it did not begin to use");
}

static void take_delta(struct model_reader *reader, yyjson_val *event)
{
	yyjson_val *delta = yyjson_obj_get(event, "delta"), *piece;

	if ((piece = yyjson_obj_get(delta, "text")))
		said_text(reader, index_of(event), text_of(piece));
	else if ((piece = yyjson_obj_get(delta, "toolUse")))
		take_input(reader, index_of(event), piece);
	else if ((piece = yyjson_obj_get(delta, "reasoningContent")))
		take_reasoning(reader, index_of(event), piece);
}

/* ---- Events ---- */

static void take_event(struct model_reader *reader, str name, yyjson_val *event)
{
	static const struct { const char *name; void (*take)(struct model_reader *reader, yyjson_val *event); } events[] = {
		{ "contentBlockDelta", take_delta }, { "contentBlockStart", take_start }, { "messageStop", take_stop },
		{ "metadata", take_usage },
	};

	for (size_t i = 0; i < sizeof(events) / sizeof(*events); i++)
		if (str_is(name, events[i].name))
			events[i].take(reader, event);
}

static bool take_frame(void *of, const struct frame *frame)
{
	struct model_reader *reader = of;
	struct arena *arena = arena_create_charged(reader->budget);
	yyjson_val *said = read_json(arena, frame->payload);

	if (str_is(frame->kind, "exception"))
		reader_told(reader, 0, frame->name, json_member(said, "message"));
	else if (str_is(frame->kind, "error"))
		reader_told(reader, 0, frame->name, frame->message);
	else if (yyjson_is_obj(said))
		take_event(reader, frame->name, said);
	else
		reader_fail(reader, MODEL_NONSENSE, "", "an event of the answer is no JSON object");
	arena_destroy(arena);
	return !reader->fault.trouble;
}

static void drop_frames(void *frames)
{
	frames_destroy(frames);
}

static void begin(struct model_reader *reader)
{
	reader->stream = frames_create(reader->budget, take_frame, reader);
	arena_own(reader->arena, reader->stream, drop_frames);
}

static void take(struct model_reader *reader, str bytes)
{
	if (frames_take(reader->stream, bytes) == FRAMES_BROKEN)
		reader_fail(reader, MODEL_NONSENSE, "", "%s", frames_wrong(reader->stream));
}

static void finish(struct model_reader *reader)
{
	if (frames_end(reader->stream) == FRAMES_BROKEN)
		reader_fail(reader, MODEL_CUT, "", "%s", frames_wrong(reader->stream));
}

/* ---- As a whole ---- */

static void take_block(struct model_reader *reader, int64_t index, yyjson_val *block)
{
	yyjson_val *text = yyjson_obj_get(block, "text"), *use = yyjson_obj_get(block, "toolUse");
	struct said *said;

	if (yyjson_is_str(text)) {
		said_text(reader, index, text_of(text));
	} else if (use && (said = said_begin(reader, index, MODEL_TOOL_USE))) {
		said_names(reader, said, json_member(use, "toolUseId"), json_member(use, "name"));
		said_value(reader, &said->text, yyjson_obj_get(use, "input"));
	} else if (!use && (said = said_begin(reader, index, MODEL_AS_IT_CAME))) {
		said->written = true;
		said_value(reader, &said->text, block);
	}
}

static void whole(struct model_reader *reader, str body)
{
	yyjson_val *said = read_json(reader->arena, body), *block;
	yyjson_val *message = yyjson_obj_get(yyjson_obj_get(said, "output"), "message");
	yyjson_arr_iter iter = yyjson_arr_iter_with(yyjson_obj_get(message, "content"));

	if (!message) {
		reader_fail_whole(reader, body, said);
		return;
	}
	for (int64_t index = 0; (block = yyjson_arr_iter_next(&iter)); index++)
		take_block(reader, index, block);
	take_stop(reader, said);
	take_usage(reader, said);
}

/* ---- Errors ---- */

static void refused(struct model_reader *reader, str body)
{
	const struct model_head *head = &reader->head;
	struct aws_answer answer = { head->status, body, head->error_type, head->date };
	struct aws_error error;

	aws_error_read(reader->arena, &answer, head->now_ms, &error);
	if (error.fault == AWS_SKEWED)
		reader_fail(reader, MODEL_IDENTITY, error.code, "the clock here is wrong: %s", error.message);
	else
		reader_told(reader, head->status, str_of(error.code), str_of(error.message));
	reader->fault.skew_ms = error.skew_ms;
}

const struct model_wire model_wire_bedrock = {
	.name = "bedrock", .write = converse_write, .begin = begin, .take = take, .finish = finish, .whole = whole, .refused = refused,
};
