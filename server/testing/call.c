/* call.c - what a test asks for, as requests. */
#include "inside.h"

static yyjson_val *read_object(struct arena *arena, const char *format, va_list list)
{
	yyjson_val *object = words_read(arena, format, list);

	if (!yyjson_is_obj(object))
		fail_say("this is no JSON object: %s", words_of(arena, object));
	return object;
}

/* {"name": NAME, "arguments": {...}}. */
static yyjson_val *named(struct arena *arena, const char *name, yyjson_val *arguments)
{
	struct json json = json_begin(arena, 256);
	enum json_trouble trouble;

	json_object(&json);
	json_key(&json, "name");
	json_text(&json, name);
	json_key(&json, "arguments");
	json_value(&json, arguments);
	json_object_end(&json);
	return json_parse_copy(arena, json_end(&json), 200, &trouble);
}

static yyjson_val *of_uri(struct arena *arena, const char *uri)
{
	struct json json = json_begin(arena, 256);
	enum json_trouble trouble;

	json_object(&json);
	json_key(&json, "uri");
	json_text(&json, uri);
	json_object_end(&json);
	return json_parse_copy(arena, json_end(&json), 8, &trouble);
}

#define ARGUMENTS(test, format, arguments) \
	va_list list_; \
	va_start(list_, format); \
	yyjson_val *arguments = read_object((test)->trial->arena, format, list_); \
	va_end(list_)

struct mcp_said (mcp_test_call)(struct mcp_test *test, const char *tool, const char *format, ...)
{
	ARGUMENTS(test, format, arguments);
	return task_outcome(request_make(test, "tools/call", named(test->trial->arena, tool, arguments)));
}

struct mcp_said (mcp_test_prompt)(struct mcp_test *test, const char *name, const char *format, ...)
{
	ARGUMENTS(test, format, arguments);
	return request_make(test, "prompts/get", named(test->trial->arena, name, arguments));
}

struct mcp_said (mcp_test_read)(struct mcp_test *test, const char *uri)
{
	return request_make(test, "resources/read", of_uri(test->trial->arena, uri));
}

/* What was chosen before is known since 2025-06-18. */
static void write_context(struct json *json, yyjson_val *arguments, const char *argument)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(arguments);

	json_key(json, "context");
	json_object(json);
	json_key(json, "arguments");
	json_object(json);
	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		if (str_is(json_string(key), argument))
			continue;
		json_key_str(json, json_string(key));
		json_value(json, yyjson_obj_iter_get_val(key));
	}
	json_object_end(json);
	json_object_end(json);
}

/* What is completed: a template, which has a scheme, or a prompt. */
static void write_reference(struct json *json, const char *of)
{
	bool template = strstr(of, "://") != NULL;

	json_key(json, "ref");
	json_object(json);
	json_key(json, "type");
	json_text(json, template ? "ref/resource" : "ref/prompt");
	json_key(json, template ? "uri" : "name");
	json_text(json, of);
	json_object_end(json);
}

static void write_argument(struct json *json, const char *argument, str value)
{
	json_key(json, "argument");
	json_object(json);
	json_key(json, "name");
	json_text(json, argument);
	json_key(json, "value");
	json_str(json, value.at ? value : STR(""));
	json_object_end(json);
}

struct mcp_said (mcp_test_complete)(struct mcp_test *test, const char *of, const char *argument,
                                    const char *format, ...)
{
	ARGUMENTS(test, format, arguments);
	struct arena *arena = test->trial->arena;
	struct json json = json_begin(arena, 256);

	json_object(&json);
	write_reference(&json, of);
	write_argument(&json, argument, json_member(arguments, argument));
	if (strcmp(test->revision, "2025-06-18") >= 0)
		write_context(&json, arguments, argument);
	json_object_end(&json);
	return request_make(test, "completion/complete", words_parse(arena, json_end(&json)));
}

struct mcp_said (mcp_test_request)(struct mcp_test *test, const char *method, const char *format, ...)
{
	ARGUMENTS(test, format, params);
	struct mcp_said said = request_make(test, method, params);
	if (!said.json && !said.error)
		said.json = said.result;
	return said;
}
