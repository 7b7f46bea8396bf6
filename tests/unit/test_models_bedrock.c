/* test_models_bedrock.c - answers of Converse and ConverseStream: frames in any pieces, cut, with bits flipped; as a
 * whole; errors and exceptions. */
#include "json.h"
#include "model_answers.h"
#include "suite.h"

static struct frame_bytes bytes;

static void set_up(void)
{
	bytes.size = 0;
}

static str body(void)
{
	return (str) { bytes.at, bytes.size };
}

static const char *read_frames(size_t step)
{
	return read_answer(&model_wire_bedrock, &fine_head, body(), step);
}

static void put(const char *name, const char *json)
{
	put_event(&bytes, name, json);
}

static void put_text(const char *text)
{
	char json[512];

	snprintf(json, sizeof(json), "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"%s\"},\"p\":\"abcdef\"}", text);
	put("contentBlockDelta", json);
}

static void put_stop(const char *reason)
{
	char json[128];

	snprintf(json, sizeof(json), "{\"stopReason\":\"%s\"}", reason);
	put("messageStop", json);
}

/* With all that there is. */
static void put_conversation(void)
{
	put("messageStart", "{\"role\":\"assistant\"}");
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"Hm\"}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\", so.\"}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"c2ln\"}}}");
	put("contentBlockStop", "{\"contentBlockIndex\":0}");
	put("contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"reasoningContent\":{\"redactedContent\":\"eHg=\"}}}");
	put("contentBlockStop", "{\"contentBlockIndex\":1}");
	put("contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"text\":\"<thinking>I should\"}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"text\":\" look.</think\"}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"text\":\"ing>\\n\\nI l\xc3\xb6\"}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"text\":\"ok <\"}}");
	put("contentBlockStop", "{\"contentBlockIndex\":2}");
	put("contentBlockStart", "{\"contentBlockIndex\":3,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"get_order\"}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":3,\"delta\":{\"toolUse\":{\"input\":\"\"}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":3,\"delta\":{\"toolUse\":{\"input\":\"{\\\"id\\\" :\"}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":3,\"delta\":{\"toolUse\":{\"input\":\" \\\"10\\u00e901\\\"}\"}}}");
	put("contentBlockStop", "{\"contentBlockIndex\":3}");
	put("contentBlockStart", "{\"contentBlockIndex\":4,\"start\":{\"toolUse\":{\"toolUseId\":\"t2\",\"name\":\"list\"}}}");
	put("contentBlockStop", "{\"contentBlockIndex\":4}");
	put("somethingNew", "{}");
	put_stop("tool_use");
	put("metadata", "{\"usage\":{\"inputTokens\":9,\"outputTokens\":5,\"totalTokens\":14,\"cacheReadInputTokens\":3,\"cacheWriteInputTokens\":2},\"metrics\":{\"latencyMs\":1}}");
}

static const char conversation[] =
	"came some-model {\"reasoningContent\":{\"reasoningText\":{\"text\":\"Hm, so.\",\"signature\":\"c2ln\"}}}|"
	"came some-model {\"reasoningContent\":{\"redactedContent\":\"eHg=\"}}|I l\xc3\xb6ok <|"
	"uses t1 get_order {\"id\":\"10\xc3\xa9" "01\"}|uses t2 list {}|stop 2|usage 9 5 3 2";

START_TEST(an_answer_is_read_in_any_pieces)
{
	put_conversation();
	for (size_t step = 1; step <= bytes.size; step++)
		ck_assert_str_eq(read_frames(step), conversation);
}
END_TEST

static bool is_flipped(size_t bit)
{
	bytes.at[bit / 8] = (char)(bytes.at[bit / 8] ^ 1 << bit % 8);
	read_frames(97);
	bytes.at[bit / 8] = (char)(bytes.at[bit / 8] ^ 1 << bit % 8);
	return told.trouble != MODEL_FINE;
}

START_TEST(every_flipped_bit_is_a_fault)
{
	put_conversation();
	for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
		ck_assert_msg(is_flipped(bit), "bit %zu", bit);
		ck_assert(told.trouble == MODEL_NONSENSE || told.trouble == MODEL_CUT);
		ck_assert_ptr_nonnull(strstr(told.read, "stop 0|"));
		ck_assert(!strstr(told.read, "uses ") && !strstr(told.read, "came "));
	}
}
END_TEST

/* An end is one behind messageStop, between two frames. */
START_TEST(every_cut_is_a_fault)
{
	size_t whole, ends = 0;

	put_conversation();
	whole = bytes.size;
	for (size_t size = 0; size < whole; size++) {
		bytes.size = size;
		read_frames(61);
		ends += told.trouble == MODEL_FINE;
		if (told.trouble == MODEL_FINE)
			ck_assert_ptr_nonnull(strstr(told.read, "stop 2|usage -1 -1 -1 -1"));
		else
			ck_assert_int_eq(told.trouble, MODEL_CUT);
	}
	ck_assert_uint_eq(ends, 1);
}
END_TEST

static const struct { const char *reason; enum model_stop stop; bool uses; } stops[] = {
	{ "end_turn", MODEL_USES_TOOLS, true }, { "tool_use", MODEL_USES_TOOLS, true }, { "stop_sequence", MODEL_USES_TOOLS, true },
	{ "something_new", MODEL_MALFORMED, false }, { "", MODEL_MALFORMED, false }, { "max_tokens", MODEL_MAX_TOKENS, false },
	{ "guardrail_intervened", MODEL_GUARDRAIL, false }, { "content_filtered", MODEL_FILTERED, false },
	{ "malformed_model_output", MODEL_MALFORMED, false }, { "malformed_tool_use", MODEL_MALFORMED, false },
	{ "model_context_window_exceeded", MODEL_CONTEXT_FULL, false },
};

START_TEST(a_tool_is_used_only_where_the_model_came_to_its_end)
{
	char read[128];

	put_text("Yes.");
	put("contentBlockStart", "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"a\"}}}");
	put_stop(stops[_i].reason);
	snprintf(read, sizeof(read), "Yes.|%sstop %d|usage -1 -1 -1 -1", stops[_i].uses ? "uses t1 a {}|" : "", (int)stops[_i].stop);
	ck_assert_str_eq(read_frames(1000), read);
}
END_TEST

static const char *const bad_inputs[] = { "{", "{\\\"a\\\":}", "[]", "\\\"a\\\"", "null", "{} {}", "{\\\"a\\\":1,\\\"a\\\":1}", "{\\\"a\\\":\\\"\\\\ud800\\\"}" };

START_TEST(an_input_that_is_no_object_is_not_used)
{
	char json[256];

	put_text("Yes.");
	put("contentBlockStart", "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"a\"}}}");
	put("contentBlockStart", "{\"contentBlockIndex\":2,\"start\":{\"toolUse\":{\"toolUseId\":\"t2\",\"name\":\"a\"}}}");
	snprintf(json, sizeof(json), "{\"contentBlockIndex\":2,\"delta\":{\"toolUse\":{\"input\":\"%s\"}}}", bad_inputs[_i]);
	put("contentBlockDelta", json);
	put_stop("tool_use");
	ck_assert_str_eq(read_frames(1000), "Yes.|stop 6|usage -1 -1 -1 -1");
}
END_TEST

START_TEST(a_number_that_is_said_again_is_the_latest_block)
{
	put_text("Yes.");
	put("contentBlockStart", "{\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"a\"}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"toolUse\":{\"input\":\"{}\"}}}");
	put_stop("tool_use");
	ck_assert_str_eq(read_frames(1000), "Yes.|uses t1 a {}|stop 2|usage -1 -1 -1 -1");
}
END_TEST

START_TEST(pieces_of_nothing_are_nonsense)
{
	put("contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"{}\"}}}");
	ck_assert_str_eq(read_frames(1000), "stop 0|usage -1 -1 -1 -1|fault 10: the answer has the input of a tool that it did not begin to use");
	bytes.size = 0;
	put("messageStop", "{\"stopReason\":");
	ck_assert_str_eq(read_frames(1000), "stop 0|usage -1 -1 -1 -1|fault 10: an event of the answer is no JSON object");
}
END_TEST

/* ---- Inputs of tools, at random ---- */

static uint32_t seed;

static uint32_t some(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void put_random(struct json *json, int depth)
{
	static const char *const texts[] = { "", "a", "\"\\/\b\n", "\xc3\xa9\xf0\x9f\x98\x80", "<thinking>", "}],{", "line\r\nline" };

	switch (some(depth > 0 ? 7 : 5)) {
	case 0: json_int(json, (int64_t)some(1000) - 500); return;
	case 1: json_real(json, some(1000) / 8.0); return;
	case 2: json_bool(json, some(2)); return;
	case 3: json_null(json); return;
	case 4: json_text(json, texts[some(COUNT(texts))]); return;
	case 5:
		json_array(json);
		for (uint32_t count = some(4); count > 0; count--)
			put_random(json, depth - 1);
		json_array_end(json);
		return;
	default:
		json_object(json);
		for (uint32_t count = some(4); count > 0; count--) {
			json_key_str(json, str_of(texts[count]));
			put_random(json, depth - 1);
		}
		json_object_end(json);
	}
}

/* Characters are whole in each piece, as they are in JSON. */
static size_t piece(str text)
{
	size_t size = 0, most = 1 + some(8);

	while (size < text.size && size < most)
		size += utf8_step((str) { text.at + size, text.size - size });
	return size;
}

static void put_input(struct arena *arena, str input)
{
	while (input.size > 0) {
		struct json json = json_begin(arena, 64);
		size_t size = piece(input);
		json_before(&json, STR("{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":"));
		json_str(&json, (str) { input.at, size });
		json_bytes(&json, STR("}}}"));
		frame_put_event(&bytes, "contentBlockDelta", json_end(&json));
		input = (str) { input.at + size, input.size - size };
	}
}

START_TEST(inputs_of_tools_are_what_was_said)
{
	struct arena *arena = arena_create();

	seed = (uint32_t)_i + 1;
	for (int round = 0; round < 50; round++) {
		struct json json = json_begin(arena, 64);
		json_before(&json, STR("{\"input\":"));
		put_random(&json, 6);
		json_object_end(&json);
		bytes.size = 0;
		put("contentBlockStart", "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"a\"}}}");
		put_input(arena, json_end(&json));
		put_stop("tool_use");
		const char *read = arena_print(arena, "uses t1 a %.*s|stop 2|usage -1 -1 -1 -1", STR_FORMAT(json_end(&json)));
		ck_assert_str_eq(read_frames(1 + some(100)), read);
	}
	arena_destroy(arena);
}
END_TEST

/* ---- Memory ---- */

/* Of a turn that waits for more. */
START_TEST(little_is_kept_of_an_answer_that_goes_on)
{
	struct budget budget = { .max = SIZE_MAX };
	struct model_reader *reader = model_reader_create(&(struct model_reading) { .wire = &model_wire_bedrock, .model = "m", .budget = &budget });

	model_reader_head(reader, &fine_head);
	for (int i = 0; i < 100; i++)
		put_text("Where is it? ");
	ck_assert(model_reader_feed(reader, (str) { bytes.at, bytes.size - 10 }));
	ck_assert_uint_ge(budget.used, 4096);
	ck_assert_uint_le(budget.used, 12 * 1024);
	model_reader_destroy(reader);
	ck_assert_uint_eq(budget.used, 0);
}
END_TEST

/* ---- As a whole ---- */

static const struct { const char *body, *read; } wholes[] = {
	{ "{\"metrics\":{\"latencyMs\":412},\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"reasoningContent\":{\"reasoningText\":{\"text\":\"Hm\",\"signature\":\"s\"}}},"
	  "{\"text\":\"<thinking>x</thinking> Yes.\"},{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"a\",\"input\":{\"id\": \"1\"}}}]}},\"stopReason\":\"tool_use\","
	  "\"usage\":{\"inputTokens\":9,\"outputTokens\":5,\"totalTokens\":14}}",
	  "came some-model {\"reasoningContent\":{\"reasoningText\":{\"text\":\"Hm\",\"signature\":\"s\"}}}|Yes.|uses t1 a {\"id\":\"1\"}|stop 2|usage 9 5 -1 -1" },
	{ "{\"output\":{\"message\":{\"content\":[{\"text\":\"Sorry.\"}]}},\"stopReason\":\"guardrail_intervened\"}", "Sorry.|stop 4|usage -1 -1 -1 -1" },
	{ "{\"output\":{\"message\":{\"content\":[{\"text\":\"So", "stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ "{\"output\":{}}", "stop 0|usage -1 -1 -1 -1|fault 10: what came is no answer of a model: {\"output\":{}}" },
	{ "<html>", "stop 0|usage -1 -1 -1 -1|fault 10: what came is no answer of a model: <html>" },
	{ "", "stop 0|usage -1 -1 -1 -1|fault 9: the answer is empty" },
};

START_TEST(an_answer_comes_as_a_whole)
{
	for (size_t step = 1; step <= strlen(wholes[_i].body) + 1; step++)
		ck_assert_str_eq(read_answer(&model_wire_bedrock, &fine_head, str_of(wholes[_i].body), step), wholes[_i].read);
}
END_TEST

/* ---- Errors ---- */

/* What is behind the end makes it none; reasoning that may be cut off goes back to nobody. */
START_TEST(an_end_with_more_behind_it_is_none)
{
	put_text("a");
	put_stop("tool_use");
	put("contentBlockStart", "{\"contentBlockIndex\":1,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"a\"}}}");
	ck_assert_str_eq(read_frames(1000), "a|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end");
	put_stop("tool_use");
	ck_assert_str_eq(read_frames(1000), "a|uses t1 a {}|stop 2|usage -1 -1 -1 -1");
	put("contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"toolUse\":{\"input\":\"{\"}}}");
	ck_assert_str_eq(read_frames(1000), "a|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end");
}
END_TEST

START_TEST(what_is_no_text_is_none)
{
	put_text("a");
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":[1,2]}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":{\"a\":1}}}");
	put("contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"text\":[1,2]}}");
	put_stop("end_turn");
	ck_assert_str_eq(read_frames(1000), "a|stop 1|usage -1 -1 -1 -1");
}
END_TEST

START_TEST(reasoning_that_may_be_cut_off_is_left_out)
{
	put("contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"Hm\"}}}");
	put_stop("max_tokens");
	ck_assert_str_eq(read_frames(1000), "stop 3|usage -1 -1 -1 -1");
	put_stop("end_turn");
	ck_assert_str_eq(read_frames(1000), "came some-model {\"reasoningContent\":{\"reasoningText\":{\"text\":\"Hm\"}}}|stop 1|usage -1 -1 -1 -1");
}
END_TEST

static const struct { int status; const char *type, *body; enum model_trouble trouble; const char *code, *why; } refusals[] = {
	{ 429, "ThrottlingException:http://x", "{\"message\":\"Too many tokens\"}", MODEL_THROTTLED, "ThrottlingException", "it says: Too many tokens" },
	{ 400, "ThrottlingException", "{\"message\":\"slow\"}", MODEL_THROTTLED, "ThrottlingException", "it says: slow" },
	{ 429, "ModelNotReadyException", "{\"message\":\"wait\"}", MODEL_NOT_READY, "ModelNotReadyException", "it says: wait" },
	{ 400, "ServiceQuotaExceededException", "{}", MODEL_THROTTLED, "ServiceQuotaExceededException", "it says: ServiceQuotaExceededException" },
	{ 408, "ModelTimeoutException", "{}", MODEL_UNAVAILABLE, "ModelTimeoutException", "it says: ModelTimeoutException" },
	{ 424, "ModelErrorException", "{\"message\":\"oh\"}", MODEL_UNAVAILABLE, "ModelErrorException", "it says: oh" },
	{ 503, "ServiceUnavailableException", "{\"message\":\"oh\"}", MODEL_UNAVAILABLE, "ServiceUnavailableException", "it says: oh" },
	{ 500, NULL, "<html>oh</html>", MODEL_UNAVAILABLE, "", "it answers with the status 500" },
	{ 404, "ResourceNotFoundException", "{\"message\":\"end of life\"}", MODEL_NO_SUCH_MODEL, "ResourceNotFoundException", "it says: end of life" },
	{ 403, "AccessDeniedException", "{\"Message\":\"no\"}", MODEL_DENIED, "AccessDeniedException", "it says: no" },
	{ 403, "UnrecognizedClientException", "{\"message\":\"no\"}", MODEL_DENIED, "UnrecognizedClientException", "it says: no" },
	{ 403, "ExpiredTokenException", "{\"message\":\"old\"}", MODEL_IDENTITY, "ExpiredTokenException", "it says: old" },
	{ 403, "InvalidSignatureException", "{\"message\":\"no\"}", MODEL_DENIED, "InvalidSignatureException", "it says: no" },
	{ 400, "ValidationException", "{\"message\":\"Input is too long for requested model.\"}", MODEL_TOO_LONG, "ValidationException", "it says: Input is too long for requested model." },
	{ 400, "ValidationException", "{\"message\":\"The provided model identifier is invalid.\"}", MODEL_NO_SUCH_MODEL, "ValidationException", "it says: The provided model identifier is invalid." },
	{ 400, "ValidationException", "{\"message\":\"m with on-demand throughput isn't supported.\"}", MODEL_NO_SUCH_MODEL, "ValidationException",
	  "it says: m with on-demand throughput isn't supported. (name an inference profile's id in its place, which begins with us., eu. or global.)" },
	{ 400, "ValidationException", "{\"message\":\"The text field is blank.\"}", MODEL_INVALID, "ValidationException", "it says: The text field is blank." },
	{ 400, NULL, "{\"__type\":\"com.amazon#ValidationException\"}", MODEL_INVALID, "ValidationException", "it says: ValidationException" },
};

START_TEST(errors_are_known)
{
	struct model_head head = { .status = refusals[_i].status, .error_type = str_of(refusals[_i].type), .retry_after_ms = 300 };

	for (size_t step = 1; step < 9; step += 7) {
		read_answer(&model_wire_bedrock, &head, str_of(refusals[_i].body), step);
		ck_assert_int_eq(told.trouble, refusals[_i].trouble);
		ck_assert_str_eq(told.code, refusals[_i].code);
		ck_assert_str_eq(strstr(told.read, ": ") + 2, refusals[_i].why);
		ck_assert_int_eq(told.fault.retry_after_ms, 300);
	}
}
END_TEST

START_TEST(a_wrong_clock_is_told)
{
	struct model_head head = {
		.status = 403, .error_type = STR("InvalidSignatureException"), .date = STR("Thu, 01 Jan 1970 00:10:00 GMT"), .now_ms = 0
	};

	read_answer(&model_wire_bedrock, &head, STR("{\"message\":\"Signature expired\"}"), 5);
	ck_assert_int_eq(told.trouble, MODEL_IDENTITY);
	ck_assert_int_eq(told.fault.skew_ms, 600000);
}
END_TEST

static const struct { const char *kind, *name_of, *name, *payload; const char *read; } exceptions[] = {
	{ "exception", ":exception-type", "throttlingException", "{\"message\":\"slow down\"}", "fault 1: it says: slow down" },
	{ "exception", ":exception-type", "serviceUnavailableException", "{\"message\":\"oh\"}", "fault 2: it says: oh" },
	{ "exception", ":exception-type", "internalServerException", "", "fault 2: it says: internalServerException" },
	{ "exception", ":exception-type", "modelStreamErrorException", "{\"message\":\"oh\",\"originalStatusCode\":500}", "fault 2: it says: oh" },
	{ "exception", ":exception-type", "validationException", "{\"message\":\"prompt is too long\"}", "fault 8: it says: prompt is too long" },
	{ "exception", ":exception-type", "somethingNewException", "{\"message\":\"oh\"}", "fault 2: it says: oh" },
	{ "error", ":error-code", "InternalServerError", "", "fault 2: it says: InternalServerError" },
};

/* Also behind messageStop. */
START_TEST(exceptions_within_a_stream_end_it)
{
	char headers[512], read[256];

	for (int stopped = 0; stopped < 2; stopped++) {
		bytes.size = 0;
		put_text("He");
		if (stopped)
			put_stop("end_turn");
		size_t size = frame_header(headers, ":message-type", exceptions[_i].kind);
		size += frame_header(headers + size, exceptions[_i].name_of, exceptions[_i].name);
		frame_put_raw(&bytes, (str) { headers, size }, str_of(exceptions[_i].payload));
		put_text("llo");
		put_stop("end_turn");
		snprintf(read, sizeof(read), "He|stop 0|usage -1 -1 -1 -1|%s", exceptions[_i].read);
		for (size_t step = 1; step <= bytes.size; step++)
			ck_assert_str_eq(read_frames(step), read);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("models_bedrock");
	TCase *cases = tcase_create("bedrock");
	tcase_add_checked_fixture(cases, set_up, NULL);
	tcase_add_test(cases, an_answer_is_read_in_any_pieces);
	tcase_add_test(cases, every_flipped_bit_is_a_fault);
	tcase_add_test(cases, every_cut_is_a_fault);
	tcase_add_loop_test(cases, a_tool_is_used_only_where_the_model_came_to_its_end, 0, COUNT(stops));
	tcase_add_loop_test(cases, an_input_that_is_no_object_is_not_used, 0, COUNT(bad_inputs));
	tcase_add_test(cases, a_number_that_is_said_again_is_the_latest_block);
	tcase_add_test(cases, pieces_of_nothing_are_nonsense);
	tcase_add_loop_test(cases, inputs_of_tools_are_what_was_said, 0, 20);
	tcase_add_test(cases, little_is_kept_of_an_answer_that_goes_on);
	tcase_add_loop_test(cases, an_answer_comes_as_a_whole, 0, COUNT(wholes));
	tcase_add_test(cases, an_end_with_more_behind_it_is_none);
	tcase_add_test(cases, what_is_no_text_is_none);
	tcase_add_test(cases, reasoning_that_may_be_cut_off_is_left_out);
	tcase_add_loop_test(cases, errors_are_known, 0, COUNT(refusals));
	tcase_add_test(cases, a_wrong_clock_is_told);
	tcase_add_loop_test(cases, exceptions_within_a_stream_end_it, 0, COUNT(exceptions));
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
