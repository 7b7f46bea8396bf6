/* test_models_openai.c - answers of /v1/chat/completions: as events in any pieces, as a whole, as errors of all kinds. */
#include "model_answers.h"
#include "suite.h"

#define EVENT(json) "data: " json "\n\n"
#define DELTA(json) EVENT("{\"choices\":[{\"index\":0,\"delta\":" json ",\"finish_reason\":null}],\"usage\":null}")
#define SAID(text) DELTA("{\"content\":\"" text "\"}")
#define FINISH(reason) EVENT("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"" reason "\"}]}")
#define DONE EVENT("[DONE]")

#define USES(input) DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"a\",\"arguments\":\"" input "\"}}]}")

#define TEN "0123456789"
#define SIXTY_FOUR TEN TEN TEN TEN TEN TEN "abcd"

static const char *read_text(const char *body, size_t step)
{
	return read_answer(&model_wire_openai, &fine_head, str_of(body), step);
}

static const struct { const char *body, *read; } answers[] = {
	/* As OpenAI says it, and what is behind the end is not looked at. */
	{ ": begin\r\n\r\n" DELTA("{\"role\":\"assistant\",\"content\":\"\"}") SAID("H\xc3\xa9llo") SAID(", \\u00e9\\n") SAID("you") FINISH("stop")
	  EVENT("{\"choices\":[],\"usage\":{\"prompt_tokens\":19,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":10}}}")
	  DONE "garbage\n\n", "H\xc3\xa9llo, \xc3\xa9\nyou|stop 1|usage 9 5 10 -1" },
	/* Other ends of lines, a mark of byte order, a line feed in an event, fields of others. */
	{ "\xef\xbb\xbf" "event: message\rid: 1\rdata:{\"choices\":[{\"delta\":\rdata: {\"content\":\"a\"}}]}\r\r" "data: {\"choices\":[{\"delta\":{\"content\":\"b\"},"
	  "\"finish_reason\":\"stop\"}]}\r\n\r\n", "ab|stop 1|usage -1 -1 -1 -1" },
	{ "data: {\"choices\":[{\"delta\":\r\ndata: {\"content\":\"a\"}}]}\r\n\r\n" "\xef\xbb\xbf" SAID("b") FINISH("stop"), "a|stop 1|usage -1 -1 -1 -1" },
	/* Nothing behind the last line. */
	{ SAID("a") "data: [DONE]\n", "a|stop 1|usage -1 -1 -1 -1" },
	{ SAID("a") FINISH("length") "data: [DO", "a|stop 3|usage -1 -1 -1 -1" },
	{ SAID("a\\u0000b") FINISH("content_filter"), "ab|stop 5|usage -1 -1 -1 -1" },
	/* Tools in pieces, two at once. */
	{ SAID("I look.") DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"type\":\"function\",\"function\":{\"name\":\"get_order\",\"arguments\":\"\"}}]}")
	  DELTA("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"i\"}}]}")
	  DELTA("{\"tool_calls\":[{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"find\",\"arguments\":\"{}\"}},{\"index\":0,\"function\":{\"arguments\":\"d\\\": \\\"1\\\"}\"}}]}")
	  FINISH("tool_calls") DONE, "I look.|uses c1 get_order {\"id\":\"1\"}|uses c2 find {}|stop 2|usage -1 -1 -1 -1" },
	/* Without numbers, without ids, all the same number, arguments that are no text; the end is said to be of the turn. */
	{ DELTA("{\"tool_calls\":[{\"function\":{\"name\":\"a\",\"arguments\":{\"n\":1}}},{\"function\":{\"name\":\"b\",\"arguments\":\"{}\"}}]}")
	  DELTA("{\"tool_calls\":[{\"function\":{\"arguments\":\" \"}}]}") FINISH("stop"), "uses call_1 a {\"n\":1}|uses call_2 b {}|stop 2|usage -1 -1 -1 -1" },
	{ DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"x\",\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}}]}")
	  DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"y\",\"function\":{\"name\":\"b\",\"arguments\":\"{}\"}}]}") FINISH("tool_calls"),
	  "uses x a {}|uses y b {}|stop 2|usage -1 -1 -1 -1" },
	/* What goes back must be taken by all. */
	{ DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"a b\",\"function\":{\"name\":\"functions.get order\"}},{\"index\":1,\"id\":\"c\",\"function\":{}}]}") FINISH("tool_calls"),
	  "uses call_1 functions_get_order {}|uses c unnamed {}|stop 2|usage -1 -1 -1 -1" },
	{ DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"" SIXTY_FOUR "x\",\"function\":{\"name\":\"" SIXTY_FOUR "x\"}},{\"index\":1,\"id\":\"" SIXTY_FOUR "\",\"function\":{\"name\":\"a\"}}]}") FINISH("tool_calls"),
	  "uses call_1 " SIXTY_FOUR " {}|uses " SIXTY_FOUR " a {}|stop 2|usage -1 -1 -1 -1" },
	/* Inputs that make no sense, and those that may be cut off. */
	{ SAID("a") DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}},{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"a\",\"arguments\":\"[1]\"}}]}")
	  FINISH("tool_calls"), "a|stop 6|usage -1 -1 -1 -1" },
	{ DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"a\",\"arguments\":\"{\\\"a\\\":1,\\\"a\\\":2}\"}}]}") FINISH("tool_calls"),
	  "stop 6|usage -1 -1 -1 -1" },
	{ SAID("a") DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}}]}") FINISH("length"),
	  "a|stop 3|usage -1 -1 -1 -1" },
	{ FINISH("tool_calls"), "stop 1|usage -1 -1 -1 -1" },
	/* Ends that are none of a tool's: words of nobody, no word, one that is broken off, more behind the end. */
	{ SAID("a") USES("{}") FINISH("whatever") DONE, "a|stop 6|usage -1 -1 -1 -1" },
	{ SAID("a") USES("{}") DONE, "a|stop 6|usage -1 -1 -1 -1" },
	{ SAID("a") FINISH("whatever") DONE, "a|stop 1|usage -1 -1 -1 -1" },
	{ SAID("a") USES("{}") FINISH("STOP"), "a|uses c1 a {}|stop 2|usage -1 -1 -1 -1" },
	{ SAID("a") USES("{}") FINISH("abort") DONE, "a|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end: abort" },
	{ SAID("a") FINISH("error"), "a|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end: error" },
	{ SAID("a") FINISH("tool_calls") USES(""), "a|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ USES("") FINISH("tool_calls") USES("{"), "stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ SAID("a") FINISH("length") SAID("b"), "ab|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ SAID("a") FINISH("stop") SAID("b") FINISH("stop"), "ab|stop 1|usage -1 -1 -1 -1" },
	{ SAID("a <") FINISH("stop") SAID("") DONE, "a <|stop 1|usage -1 -1 -1 -1" },
	/* What is no text where one should be. */
	{ DELTA("{\"content\":[{\"text\":[1,2]},{\"text\":{\"a\":1}},{\"text\":5},[1],\"b\",{\"text\":\"a\"}],\"refusal\":{\"a\":1}}")
	  DELTA("{\"content\":{\"a\":1,\"b\":2}}") FINISH("stop"), "a|stop 1|usage -1 -1 -1 -1" },
	/* Blanks that only Unicode knows are none to begin with either. */
	{ SAID("\xef\xbb\xbf") SAID(" \xc2\xa0\xe2\x80\x8b") FINISH("stop"), "stop 1|usage -1 -1 -1 -1" },
	{ SAID("\xef\xbb\xbf\\n<think>\xc2\xa0</think>\xc2\xa0") SAID("\xef\xbb\xbf" "a\xc2\xa0") FINISH("stop"), "a\xc2\xa0|stop 1|usage -1 -1 -1 -1" },
	/* Numbers that nobody counts with. */
	{ DELTA("{\"tool_calls\":[{\"index\":9223372036854775807,\"function\":{\"name\":\"a\"}},{\"function\":{\"name\":\"b\"}},{\"index\":-1,\"function\":{\"name\":\"c\"}}]}")
	  FINISH("tool_calls"), "uses call_1 a {}|uses call_2 b {}|uses call_3 c {}|stop 2|usage -1 -1 -1 -1" },
	{ SAID("a") EVENT("{\"choices\":[],\"usage\":{\"prompt_tokens\":18446744073709551615,\"completion_tokens\":-3,\"prompt_tokens_details\":{\"cached_tokens\":9223372036854775807}}}")
	  FINISH("stop"), "a|stop 1|usage -1 -1 -1 -1" },
	/* What it thinks. */
	{ DELTA("{\"reasoning_content\":\"Hm.\",\"content\":null}") SAID("<think>\\nHm") SAID(".</thi") SAID("nk>\\n\\nYes") SAID(" <") SAID("b> <thinking>no") FINISH("stop"),
	  "Yes <b> |stop 1|usage -1 -1 -1 -1" },
	{ SAID("a <thinking>b</thinking> c</thinking>") FINISH("stop"), "a c</thinking>|stop 1|usage -1 -1 -1 -1" },
	{ SAID("a <thin") FINISH("length") DONE, "a <thin|stop 3|usage -1 -1 -1 -1" },
	{ SAID(" \\n ") FINISH("stop"), "stop 1|usage -1 -1 -1 -1" },
	{ DELTA("{\"refusal\":\"I can't.\"}") FINISH("stop"), "I can't.|stop 1|usage -1 -1 -1 -1" },
	/* As a whole, whatever was asked for. */
	{ "\n {\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\"Hello\",\"tool_calls\":[{\"id\":\"c1\",\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}},"
	  "{\"id\":\"c2\",\"function\":{\"name\":\"b\",\"arguments\":\"{\\\"x\\\":[]}\"}}]},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":2}}",
	  "Hello|uses c1 a {}|uses c2 b {\"x\":[]}|stop 2|usage 7 2 -1 -1" },
	{ "{\"choices\":[{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]},\"finish_reason\":\"stop\"}]}", "ab|stop 1|usage -1 -1 -1 -1" },
	/* Cut off, and what is none. */
	{ SAID("Hello") SAID("you"), "Helloyou|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ SAID("Hello") DELTA("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"a\",\"arguments\":\"{}\"}}]}"),
	  "Hello|stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ "", "stop 0|usage -1 -1 -1 -1|fault 9: the answer is empty" },
	{ "{\"choices\":[{\"mess", "stop 0|usage -1 -1 -1 -1|fault 9: the answer ends before its end" },
	{ "<html>Sign in</html>", "stop 0|usage -1 -1 -1 -1|fault 10: what came is no answer of a model: <html>Sign in</html>" },
	{ "{}", "stop 0|usage -1 -1 -1 -1|fault 10: what came is no answer of a model: {}" },
	{ SAID("a") EVENT("{\"choices\":["), "a|stop 0|usage -1 -1 -1 -1|fault 10: an event of the answer is no JSON object" },
	{ EVENT("[]"), "stop 0|usage -1 -1 -1 -1|fault 10: an event of the answer is no JSON object" },
	/* Errors within. */
	{ SAID("a") EVENT("{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\"}}"), "a|stop 0|usage -1 -1 -1 -1|fault 1: it says: slow down" },
	{ SAID("a") "event: error\n" EVENT("{\"error\":{\"message\":\"Loading model\",\"code\":503}}"), "a|stop 0|usage -1 -1 -1 -1|fault 3: it says: Loading model" },
	{ "{\"error\":\"it broke\"}", "stop 0|usage -1 -1 -1 -1|fault 2: it says: it broke" },
};

START_TEST(answers_are_read_in_any_pieces)
{
	size_t size = strlen(answers[_i].body);

	for (size_t step = 1; step <= size + 1; step++)
		ck_assert_str_eq(read_text(answers[_i].body, step), answers[_i].read);
}
END_TEST

/* ---- Refusals ---- */

static const struct { int status; const char *body; enum model_trouble trouble; const char *why; } refusals[] = {
	{ 401, "{\"error\":{\"message\":\"Incorrect API key\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}", MODEL_DENIED, "it says: Incorrect API key" },
	{ 429, "{\"error\":{\"message\":\"Rate limit\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}", MODEL_THROTTLED, "it says: Rate limit" },
	{ 429, "{\"error\":{\"message\":\"You exceeded your quota\",\"code\":\"insufficient_quota\"}}", MODEL_DENIED, "it says: You exceeded your quota" },
	{ 400, "{\"error\":{\"message\":\"too many\",\"code\":\"context_length_exceeded\"}}", MODEL_TOO_LONG, "it says: too many" },
	{ 400, "{\"object\":\"error\",\"message\":\"This model's maximum Context Length is 4096\",\"type\":\"BadRequestError\",\"code\":400}", MODEL_TOO_LONG,
	  "it says: This model's maximum Context Length is 4096" },
	{ 400, "{\"error\":{\"message\":\"Unsupported parameter\",\"type\":\"invalid_request_error\",\"code\":null}}", MODEL_INVALID, "it says: Unsupported parameter" },
	{ 404, "{\"error\":{\"message\":\"model 'x' not found\",\"type\":\"api_error\"}}", MODEL_NO_SUCH_MODEL, "it says: model 'x' not found" },
	{ 404, "{\"detail\":\"Not Found\"}", MODEL_NO_SUCH_MODEL, "it says: Not Found" },
	{ 503, "{\"error\":{\"message\":\"Loading model\",\"type\":\"unavailable_error\",\"code\":503}}", MODEL_NOT_READY, "it says: Loading model" },
	{ 403, "<html>Blocked</html>", MODEL_UNAVAILABLE, "it answers with the status 403" },
	{ 403, "{\"error\":{\"message\":\"no\"}}", MODEL_DENIED, "it says: no" },
	{ 502, "<html>\x01 502</html>", MODEL_UNAVAILABLE, "it answers with the status 502" },
	{ 413, "", MODEL_TOO_LONG, "it answers with the status 413" }, { 302, "", MODEL_NONSENSE, "it answers with the status 302" },
	{ 422, "{\"error\":{}}", MODEL_INVALID, "it answers with the status 422" }, { 402, "{", MODEL_DENIED, "it answers with the status 402" },
	{ 500, "{\"error\":\"line one\\nline two\"}", MODEL_UNAVAILABLE, "it says: line one" REPLACEMENT "line two" },
	{ 0, "", MODEL_UNAVAILABLE, "it did not answer" },
	/* Who repeats the key, as it is or as JSON has it. */
	{ 401, "{\"error\":{\"message\":\"No such key: sk-\\/known+key=, (sk-\\u002fknown+key=)\"}}", MODEL_DENIED, "it says: No such key: (the key), ((the key))" },
	{ 401, "{\"error\":{\"code\":\"sk-/known+key=\"}}", MODEL_DENIED, "it says: (the key)" },
	{ 200, "<html>sk-/known+key=</html>", MODEL_NONSENSE, "what came is no answer of a model: <html>(the key)</html>" },
	{ 200, EVENT("{\"error\":\"sk-\\/known+key=sk-/known+key=!\"}"), MODEL_UNAVAILABLE, "it says: (the key)(the key)!" },
};

START_TEST(refusals_are_known)
{
	struct model_head head = { .status = refusals[_i].status, .retry_after_ms = 1500 };

	for (size_t step = 1; step < 9; step += 7) {
		read_answer(&model_wire_openai, &head, str_of(refusals[_i].body), step);
		ck_assert_int_eq(told.trouble, refusals[_i].trouble);
		ck_assert_str_eq(strstr(told.read, ": ") + 2, refusals[_i].why);
		ck_assert_int_eq(told.fault.retry_after_ms, 1500);
	}
}
END_TEST

/* ---- Bounds ---- */

static char long_body[4 * 1024 * 1024];

static size_t fill(const char *before, size_t count, const char *each, const char *after)
{
	size_t size = (size_t)snprintf(long_body, sizeof(long_body), "%s", before);

	for (size_t i = 0; i < count; i++)
		size += (size_t)snprintf(long_body + size, sizeof(long_body) - size, "%s", each);
	size += (size_t)snprintf(long_body + size, sizeof(long_body) - size, "%s", after);
	ck_assert_uint_lt(size, sizeof(long_body) - 1);
	return size;
}

START_TEST(an_answer_is_bounded)
{
	size_t fits = MODEL_ANSWER_MAX / 100;
	static const char hundred[] = SAID(TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN);

	fill("", fits, hundred, FINISH("stop"));
	read_text(long_body, 1000);
	ck_assert_int_eq(told.trouble, MODEL_FINE);
	ck_assert_uint_eq(told.size, 100 * fits);
	fill("", fits + 1, hundred, FINISH("stop"));
	read_text(long_body, 1000);
	ck_assert_int_eq(told.trouble, MODEL_NO_ROOM);
	ck_assert_uint_eq(told.size, 100 * fits);
}
END_TEST

START_TEST(an_event_is_bounded)
{
	fill("data: ", 1024 * 1024 - 6, "x", "");
	ck_assert_ptr_nonnull(strstr(read_text(long_body, 4096), "fault 9: the answer ends before its end"));
	fill("data: ", 1024 * 1024 - 5, "x", "");
	ck_assert_ptr_nonnull(strstr(read_text(long_body, 4096), "fault 10: an event is longer than 1 MiB"));
	fill("", 150000, "data: 1\n", "");
	ck_assert_ptr_nonnull(strstr(read_text(long_body, 4096), "fault 10: an event of the answer is no JSON object"));
	fill("", 600000, "data:\n", "");
	ck_assert_ptr_nonnull(strstr(read_text(long_body, 4096), "fault 10: an event of the answer is no JSON object"));
	fill("", 1100000 / 10, "data:" TEN TEN "\n", "");
	ck_assert_ptr_nonnull(strstr(read_text(long_body, 4096), "fault 10: an event is longer than 1 MiB"));
}
END_TEST

START_TEST(a_whole_answer_is_bounded)
{
	fill("{", 1024 * 1024, " ", "}");
	ck_assert_ptr_nonnull(strstr(read_text(long_body, 4096), "fault 11: the answer is longer than 1048576 bytes"));
	fill("{\"error\":", 100 * 1024, " ", "\"it broke\"}");
	read_answer(&model_wire_openai, &(struct model_head) { .status = 500 }, str_of(long_body), 4096);
	ck_assert_int_eq(told.trouble, MODEL_UNAVAILABLE);
}
END_TEST

START_TEST(an_error_without_an_end_is_not_read_on)
{
	struct model_reader *reader = model_reader_create(&(struct model_reading) { .wire = &model_wire_openai, .model = "m" });
	struct model_answer answer;

	memset(long_body, 'x', 64 * 1024);
	model_reader_head(reader, &(struct model_head) { .status = 503 });
	ck_assert(model_reader_feed(reader, (str) { long_body, 64 * 1024 - 1 }));
	ck_assert(!model_reader_feed(reader, (str) { long_body, 1 }));
	ck_assert_int_eq(model_reader_end(reader, &answer)->trouble, MODEL_UNAVAILABLE);
	model_reader_destroy(reader);
}
END_TEST

#define USE DELTA("{\"tool_calls\":[{\"function\":{\"name\":\"a\"}}]}")
START_TEST(values_are_bounded)
{
	for (size_t more = 0; more < 2; more++) {
		fill("data: {\"choices\":[],\"x\":[", 16377 + more, "0,", "0]}\n\n" FINISH("stop"));
		read_text(long_body, 1000);
		ck_assert_int_eq(told.trouble, more ? MODEL_NONSENSE : MODEL_FINE);
	}
}
END_TEST

START_TEST(blocks_are_bounded)
{
	fill("", 64, USE, FINISH("tool_calls"));
	read_text(long_body, 1000);
	ck_assert_int_eq(told.trouble, MODEL_FINE);
	fill("", 65, USE, FINISH("tool_calls"));
	ck_assert_str_eq(read_text(long_body, 1000), "stop 0|usage -1 -1 -1 -1|fault 11: the answer has more than 64 blocks");
}
END_TEST

START_TEST(where_a_budget_has_no_room_it_ends)
{
	struct budget budget = { .max = 100000 };
	struct model_reader *reader = model_reader_create(&(struct model_reading) { .wire = &model_wire_openai, .model = "m", .budget = &budget });
	struct model_answer answer;

	fill("", 1000, SAID(TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN), "");
	model_reader_head(reader, &fine_head);
	size_t at = 0;
	while (at < 100000 && model_reader_feed(reader, (str) { long_body + at, 100 }))
		at += 100;
	ck_assert_uint_lt(at, 100000);
	const struct model_fault *fault = model_reader_end(reader, &answer);
	ck_assert_ptr_nonnull(fault);
	ck_assert_int_eq(fault->trouble, MODEL_NO_ROOM);
	ck_assert_uint_gt(answer.count, 0);
	ck_assert_uint_lt(budget.used, 2 * budget.max);
	model_reader_destroy(reader);
	ck_assert_uint_eq(budget.used, 0);
	model_reader_destroy(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("models_openai");
	TCase *cases = tcase_create("openai");
	tcase_add_loop_test(cases, answers_are_read_in_any_pieces, 0, COUNT(answers));
	tcase_add_loop_test(cases, refusals_are_known, 0, COUNT(refusals));
	tcase_add_test(cases, an_answer_is_bounded);
	tcase_add_test(cases, an_event_is_bounded);
	tcase_add_test(cases, a_whole_answer_is_bounded);
	tcase_add_test(cases, an_error_without_an_end_is_not_read_on);
	tcase_add_test(cases, values_are_bounded);
	tcase_add_test(cases, blocks_are_bounded);
	tcase_add_test(cases, where_a_budget_has_no_room_it_ends);
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
