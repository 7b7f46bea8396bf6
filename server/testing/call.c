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
	return request_make(test, "tools/call", named(test->trial->arena, tool, arguments));
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

struct mcp_said (mcp_test_request)(struct mcp_test *test, const char *method, const char *format, ...)
{
	ARGUMENTS(test, format, params);
	return request_make(test, method, params);
}
