/* test_models_request.c - requests of models, in each protocol: those of Bedrock as botocore would send them. */
#include "aws_cases.h"
#include "model_requests.h"
#include "model_wire.h"
#include "suite.h"

static struct arena *arena;

static void set_up(void)
{
	arena = arena_create();
}

static void tear_down(void)
{
	arena_destroy(arena);
}

static yyjson_val *parse(str text)
{
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, text, 32, &trouble);

	ck_assert_msg(value != NULL, "no JSON: %.*s", STR_FORMAT(text));
	return value;
}

static const struct model_request *find_request(str name)
{
	for (int i = 0; i < COUNT(request_cases); i++)
		if (str_is(name, request_cases[i].name))
			return &request_cases[i].request;
	return NULL;
}

static void check_cases(const struct model_wire *wire, const char *path)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(read_cases(arena, path));
	yyjson_val *row;
	int count = 0;

	for (; (row = yyjson_arr_iter_next(&iter)); count++) {
		const struct model_request *request = find_request(text_at(row, 0));
		struct model_http http;
		ck_assert_ptr_nonnull(request);
		ck_assert_ptr_null(wire->write(arena, request, &http));
		ck_assert_msg(str_is(text_at(row, 1), http.path), "%s", http.path);
		ck_assert_msg(yyjson_equals(parse(http.body), yyjson_arr_get(row, 2)), "%.*s", STR_FORMAT(http.body));
		ck_assert_str_eq(http.type, "application/json");
	}
	ck_assert_int_eq(count, COUNT(request_cases));
}

START_TEST(bedrock_is_asked_as_botocore_would)
{
	check_cases(&model_wire_bedrock, MODELS_FILES "/converse.json");
}
END_TEST

START_TEST(openai_is_asked)
{
	check_cases(&model_wire_openai, MODELS_FILES "/openai.json");
}
END_TEST

static str body_of(const struct model_wire *wire, const struct model_request *request)
{
	struct model_http http;

	ck_assert_ptr_null(wire->write(arena, request, &http));
	return http.body;
}

static size_t common(str a, str b)
{
	size_t size = 0;

	while (size < a.size && size < b.size && a.at[size] == b.at[size])
		size++;
	return size;
}

static const struct model_message longer[] = {
	USER(SAYS("Where is 1001?")), MODEL(USES("t1", "get_order", "{\"id\":\"1\"}")), USER(RESULT("t1", "{}")),
};

/* What a cache has is the same byte by byte, for another customer, and in the next round. */
START_TEST(requests_begin_alike)
{
	const struct model_wire *wire = _i ? &model_wire_openai : &model_wire_bedrock;
	struct model_request request = *find_request(STR("cached")), other = request, next = request;

	str body = body_of(wire, &request);
	ck_assert(str_same(body, body_of(wire, &request)));
	other.situation = "It is Tuesday.";
	size_t point = (size_t)((const char *)memmem(body.at, body.size, "It is ", 6) - body.at);
	ck_assert_uint_eq(common(body, body_of(wire, &other)), point + strlen("It is "));
	ck_assert_ptr_nonnull(memmem(body.at, point, "Be kind.", 8));
	ck_assert_ptr_nonnull(memmem(body.at, point, "get_order", 9));
	next.messages = longer;
	next.message_count = COUNT(longer);
	next.must_use = "get_order";
	next.max_tokens = 7;
	const char *question = memmem(body.at, body.size, "1001?", 5);
	if (wire == &model_wire_openai)
		ck_assert_uint_gt(common(body, body_of(wire, &next)), (size_t)(question - body.at));
	next.must_use = NULL;
	ck_assert_uint_gt(common(body, body_of(wire, &next)), (size_t)(question - body.at));
}
END_TEST

static int count_words(str text, const char *words)
{
	int count = 0;

	for (const char *at = text.at; (at = memmem(at, text.size - (size_t)(at - text.at), words, strlen(words))); at++)
		count++;
	return count;
}

START_TEST(a_cache_point_stands_behind_something)
{
	struct model_request request = *find_request(STR("cached"));

	ck_assert_int_eq(count_words(body_of(&model_wire_bedrock, &request), "cachePoint"), 2);
	request.system = NULL;
	ck_assert_int_eq(count_words(body_of(&model_wire_bedrock, &request), "cachePoint"), 1);
	request.tool_count = 0;
	ck_assert_int_eq(count_words(body_of(&model_wire_bedrock, &request), "cachePoint"), 0);
	request.system = "Be kind.";
	request.model = NOVA;
	request.tool_count = 1;
	ck_assert_int_eq(count_words(body_of(&model_wire_bedrock, &request), "cachePoint"), 1);
}
END_TEST

START_TEST(what_thinks_has_a_bound_of_its_own)
{
	struct model_request request = *find_request(STR("cached"));

	request.model = "gpt-5-mini";
	str body = body_of(&model_wire_openai, &request);
	ck_assert_ptr_nonnull(memmem(body.at, body.size, "\"max_completion_tokens\":800", 27));
	ck_assert_ptr_null(memmem(body.at, body.size, "temperature", 11));
}
END_TEST

/* ---- What makes no sense ---- */

static const struct model_tool bad_names[] = { { "get order", "", "{}" } }, bad_schemas[] = { { "get_order", "", "[]" } };
static const struct model_message model_last[] = { USER(SAYS("Hello.")), MODEL(SAYS("Hello.")) };

static void break_model(struct model_request *request) { request->model = ""; }
static void break_tokens(struct model_request *request) { request->max_tokens = 0; }
static void break_name(struct model_request *request) { request->tools = bad_names; }
static void break_schema(struct model_request *request) { request->tools = bad_schemas; }
static void break_choice(struct model_request *request) { request->must_use = "get_orders"; }
static void break_both(struct model_request *request) { request->must_use = "get_order", request->no_tools = true; }
static void break_guardrail(struct model_request *request) { request->guardrail_version = NULL; }
static void break_messages(struct model_request *request) { request->message_count = 0; }
static void break_order(struct model_request *request) { request->messages = model_last, request->message_count = 2; }

static const struct { void (*break_it)(struct model_request *request); const char *wrong; } broken[] = {
	{ break_model, "no model is named" }, { break_tokens, "max_tokens is not said" },
	{ break_name, "\"get order\" is no name of a tool" }, { break_schema, "the schema of get_order is no JSON object" },
	{ break_choice, "the tool get_orders is to be used, and is none of them" },
	{ break_both, "the tool get_order is to be used, and is none of them" },
	{ break_guardrail, "the guardrail has no version" }, { break_messages, "there is nothing to answer" },
	{ break_order, "the latest message is the model's own" },
};

START_TEST(what_makes_no_sense_is_not_sent)
{
	struct model_request request = *find_request(STR("cached"));
	struct model_http http;

	broken[_i].break_it(&request);
	ck_assert_str_eq(model_wire_bedrock.write(arena, &request, &http), broken[_i].wrong);
	ck_assert_str_eq(model_wire_openai.write(arena, &request, &http), broken[_i].wrong);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("models_request");
	TCase *cases = tcase_create("request");
	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, bedrock_is_asked_as_botocore_would);
	tcase_add_test(cases, openai_is_asked);
	tcase_add_loop_test(cases, requests_begin_alike, 0, 2);
	tcase_add_test(cases, a_cache_point_stands_behind_something);
	tcase_add_test(cases, what_thinks_has_a_bound_of_its_own);
	tcase_add_loop_test(cases, what_makes_no_sense_is_not_sent, 0, COUNT(broken));
	suite_add_tcase(suite, cases);
	return run_suite(suite);
}
