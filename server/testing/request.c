/* request.c - JSON-RPC as a client of either era speaks it: sessions, _meta, headers, and what comes on the way. */
#include <stdio.h>

#include "inside.h"
#include "seal.h"

#define WAIT_MS 30000                   /* longer than any call of a test should take */
#define HEADERS_MAX 32
#define ROUNDS_MAX 1000
#define META "io.modelcontextprotocol/"
#define PERSON "\"elicitation\":{\"form\":{},\"url\":{}},\"sampling\":{},\"roots\":{}"
#define TASKS "\"extensions\":{\"" META "tasks\":{}}"

/* A request on its way to its answer, in one round or several. */
struct request {
	struct mcp_test *test;
	struct arena *arena;
	const char *method;
	yyjson_val *params;
	int64_t id;
	yyjson_val *state;              /* requestState of the round before; NULL: none */
	const char *responses;          /* inputResponses, JSON; NULL: none */
	struct header headers[HEADERS_MAX];
	int header_count;
};

/* What the client can, JSON. */
static const char *capabilities(const struct mcp_test *test)
{
	if (test->sessions || !test->knows_tasks)
		return test->cannot_ask ? "{}" : "{" PERSON "}";
	return test->cannot_ask ? "{" TASKS "}" : "{" PERSON "," TASKS "}";
}

/* ---- Headers ---- */

static void add_header(struct request *request, const char *name, const char *value)
{
	if (request->header_count == HEADERS_MAX - 1)
		fail_say("a request has more headers than a test sends");
	request->headers[request->header_count++] = (struct header) { name, value };
}

/* As it is, where a header can say it; else packed. */
static const char *header_text(struct arena *arena, str text)
{
	bool plain = !str_starts(text, "=?base64?") && str_same(text, str_trim(text));

	for (size_t i = 0; i < text.size; i++)
		plain = plain && text.at[i] >= 0x20 && text.at[i] <= 0x7e;
	if (plain)
		return arena_copy(arena, text);
	str packed = base64(arena, text);
	return arena_print(arena, "=?base64?%.*s?=", STR_FORMAT(packed));
}

static void add_param(struct request *request, const char *suffix, yyjson_val *value)
{
	str text = json_string(value);

	if (!value || yyjson_is_null(value))
		return;
	add_header(request, arena_print(request->arena, "Mcp-Param-%s", suffix),
	           header_text(request->arena, text.at ? text : str_of(words_of(request->arena, value))));
}

static void add_params(struct request *request, const struct shape *shape, yyjson_val *arguments)
{
	for (const struct field *field = shape->fields; field->name; field++) {
		yyjson_val *value = yyjson_obj_get(arguments, field->name);
		if (field->header)
			add_param(request, field->header, value);
		else if (field->type == FIELD_NEST)
			add_params(request, field->item, value);
	}
}

/* What the body says, once more, of a tool that asks for that. */
static void add_arguments(struct request *request, str tool)
{
	const struct mcp_tool *each = request->test->trial->serving.server->tools;

	for (; each && each->name; each++)
		if (str_is(tool, each->name) && each->in && !each->in_schema)
			add_params(request, each->in, yyjson_obj_get(request->params, "arguments"));
}

static void make_headers(struct request *request)
{
	struct mcp_test *test = request->test;
	bool initialize = strcmp(request->method, "initialize") == 0;

	request->header_count = 0;
	add_header(request, "Accept", "application/json, text/event-stream");
	if (!initialize && strcmp(test->revision, "2025-03-26") != 0)
		add_header(request, "MCP-Protocol-Version", test->revision);
	if (test->sessions) {
		if (test->session)
			add_header(request, "Mcp-Session-Id", test->session);
		return;
	}
	str name = json_member(request->params, "name");
	str uri = json_member(request->params, "uri");
	str task = json_member(request->params, "taskId");
	str what = name.at ? name : uri.at ? uri : task;
	add_header(request, "Mcp-Method", request->method);
	if (what.at)
		add_header(request, "Mcp-Name", header_text(request->arena, what));
	if (strcmp(request->method, "tools/call") == 0)
		add_arguments(request, name);
}

/* ---- Bodies ---- */

static void write_meta(struct json *json, const struct request *request)
{
	json_key(json, "_meta");
	json_object(json);
	json_key(json, "progressToken");
	json_int(json, request->id);
	if (!request->test->sessions) {
		json_key(json, META "protocolVersion");
		json_text(json, request->test->revision);
		json_key(json, META "clientCapabilities");
		json_raw(json, str_of(capabilities(request->test)));
		json_key(json, META "logLevel");
		json_text(json, "debug");
	}
	json_object_end(json);
}

static void write_params(struct json *json, const struct request *request)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(request->params);

	json_object(json);
	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		json_key_str(json, json_string(key));
		json_value(json, yyjson_obj_iter_get_val(key));
	}
	if (request->state) {
		json_key(json, "requestState");
		json_value(json, request->state);
	}
	if (request->responses) {
		json_key(json, "inputResponses");
		json_raw(json, str_of(request->responses));
	}
	if (!yyjson_obj_get(request->params, "_meta"))
		write_meta(json, request);
	json_object_end(json);
}

static str make_body(struct request *request)
{
	struct json json = json_begin(request->arena, 1024);

	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	if (request->id) {
		json_key(&json, "id");
		json_int(&json, request->id);
	}
	json_key(&json, "method");
	json_text(&json, request->method);
	json_key(&json, "params");
	write_params(&json, request);
	json_object_end(&json);
	return json_end(&json);
}

/* ---- Rounds ---- */

static str response_to(struct arena *arena, yyjson_val *question, const char *result)
{
	struct json json = json_begin(arena, 256);

	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "id");
	json_value(&json, yyjson_obj_get(question, "id"));
	json_key(&json, result ? "result" : "error");
	json_raw(&json, result ? str_of(result) : STR("{\"code\":-1,\"message\":\"The person said no.\"}"));
	json_object_end(&json);
	return json_end(&json);
}

/* A question of a session's, which comes on the stream of the call that asks. */
static void answer_question(struct request *request, yyjson_val *question)
{
	struct request answer = { .test = request->test, .arena = request->arena, .method = "" };
	const char *result = person_answers(request->test, question);

	make_headers(&answer);
	wire_close(wire_ask(request->test, "POST", answer.headers, response_to(request->arena, question, result)));
}

/* The response; what comes before it is looked at on its way. */
static yyjson_val *await_response(struct request *request, struct wire *wire)
{
	for (str text; (text = wire_message(wire, WAIT_MS)).at;) {
		yyjson_val *message = words_parse(request->arena, text);
		if (!yyjson_obj_get(message, "method"))
			return message;
		if (yyjson_obj_get(message, "id"))
			answer_question(request, message);
		else
			notice_keep(request->test, message);
	}
	fail_say("HTTP %d, and no answer to %s within %d s", wire_status(wire), request->method, WAIT_MS / 1000);
}

static yyjson_val *ask_once(struct request *request, int *status)
{
	struct mcp_test *test = request->test;

	make_headers(request);
	struct wire *wire = test->wire = wire_ask(test, "POST", request->headers, make_body(request));
	yyjson_val *response = request->id ? await_response(request, wire) : NULL;
	*status = wire_status(wire);
	test->begun = wire_header(wire, "Mcp-Session-Id");
	wire_close(wire);
	test->wire = NULL;
	return response;
}

/* Of 2026-07-28: what is asked for is said in another request. */
static bool asks(struct request *request, yyjson_val *response)
{
	yyjson_val *result = yyjson_obj_get(response, "result"), *inputs = yyjson_obj_get(result, "inputRequests");

	if (!str_is(json_member(result, "resultType"), "input_required"))
		return false;
	request->responses = person_answers_all(request->test, inputs);
	request->state = yyjson_obj_get(result, "requestState");
	request->id = ++request->test->trial->requests;
	return true;
}

static yyjson_val *send_request(struct mcp_test *test, const char *method, yyjson_val *params, bool answered,
                                int *status)
{
	struct request request = { .test = test, .arena = test->trial->arena, .method = method, .params = params,
		.id = answered ? ++test->trial->requests : 0 };
	yyjson_val *response = ask_once(&request, status);

	for (int rounds = 0; asks(&request, response); rounds++) {
		if (rounds == ROUNDS_MAX)
			fail_say("%s asks again and again: %s", method, test->asked);
		response = ask_once(&request, status);
	}
	return response;
}

/* ---- Sessions ---- */

static yyjson_val *fixed(struct arena *arena, const char *format, ...) PRINTF(2, 3);
static yyjson_val *fixed(struct arena *arena, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	yyjson_val *value = words_read(arena, format, list);
	va_end(list);
	return value;
}

static void begin_session(struct mcp_test *test)
{
	struct arena *arena = test->trial->arena;
	int status;
	yyjson_val *params = fixed(arena, "{'protocolVersion': '%s', 'capabilities': %s,"
	                           " 'clientInfo': {'name': 'mcp_test', 'version': '1'}, '_meta': {}}",
	                           test->revision, capabilities(test));
	yyjson_val *response = send_request(test, "initialize", params, true, &status);
	str revision = json_member(yyjson_obj_get(response, "result"), "protocolVersion");

	if (!str_is(revision, test->revision))
		fail_say("no session of %s can be had: %s", test->revision, words_of(arena, response));
	test->session = test->begun;
	send_request(test, "notifications/initialized", NULL, false, &status);
	send_request(test, "logging/setLevel", fixed(arena, "{'level': 'debug'}"), true, &status);
}

void request_end(struct mcp_test *test)
{
	if (test->wire)
		wire_close(test->wire);
	test->wire = NULL;
	notice_end(test);
}

/* ---- What is said ---- */

static const char *first_text(struct arena *arena, yyjson_val *list)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(list);

	for (yyjson_val *block; (block = yyjson_arr_iter_next(&iter));) {
		yyjson_val *inner = yyjson_obj_get(block, "content");
		str text = json_member(inner ? inner : block, "text");
		if (text.at)
			return arena_copy(arena, text);
	}
	return "";
}

struct mcp_said request_said(struct mcp_test *test, yyjson_val *response)
{
	struct arena *arena = test->trial->arena;
	yyjson_val *error = yyjson_obj_get(response, "error"), *result = yyjson_obj_get(response, "result");
	struct mcp_said said = { .test = test, .text = "", .result = words_of(arena, error ? error : result) };

	if (error) {
		str words = json_member(error, "message");
		said.error = (int)yyjson_get_sint(yyjson_obj_get(error, "code"));
		said.text = words.at ? arena_copy(arena, words) : "";
		return said;
	}
	yyjson_val *contents = yyjson_obj_get(result, "contents");
	yyjson_val *messages = yyjson_obj_get(result, "messages");
	said.failed = yyjson_get_bool(yyjson_obj_get(result, "isError"));
	said.text = first_text(arena, contents ? contents : messages ? messages : yyjson_obj_get(result, "content"));
	yyjson_val *values = yyjson_obj_get(yyjson_obj_get(result, "completion"), "values");
	said.json = words_of(arena, values ? values : yyjson_obj_get(result, "structuredContent"));
	/* Before 2025-06-18 what is structured is in the text alone. */
	if (contents || (!said.json && *said.text == '{'))
		said.json = said.text;
	return said;
}

struct mcp_said request_make(struct mcp_test *test, const char *method, yyjson_val *params)
{
	int status;

	if (test->sessions && !test->session)
		begin_session(test);
	yyjson_val *response = send_request(test, method, params, true, &status);
	/* It was idle for too long: a client begins another. */
	if (status == 404 && test->sessions) {
		test->session = NULL;
		begin_session(test);
		response = send_request(test, method, params, true, &status);
	}
	return request_said(test, response);
}

struct wire *request_listen(struct mcp_test *test, const char *method, yyjson_val *params)
{
	struct request request = { .test = test, .arena = test->trial->arena, .method = method ? method : "",
		.params = params, .id = ++test->trial->requests };

	if (test->sessions && !test->session)
		begin_session(test);
	make_headers(&request);
	return wire_ask(test, method ? "POST" : "GET", request.headers, method ? make_body(&request) : (str) { 0 });
}
