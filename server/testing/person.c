/* person.c - the person behind a client, who answers as the test has said. */
#include "inside.h"

/* What is to come, in order. */
struct expected {
	struct expected *next;
	const char *part;               /* of the question; NULL: whichever */
	enum mcp_reply reply;
	const char *json;
};

void (mcp_test_when_asked)(struct mcp_test *test, const char *part, enum mcp_reply reply, const char *json, ...)
{
	struct arena *arena = test->trial->arena;
	struct expected *expected = arena_new(arena, struct expected), **end = &test->expected;
	va_list list;

	va_start(list, json);
	*expected = (struct expected) { .part = part, .reply = reply,
	                                .json = json ? words_of(arena, words_read(arena, json, list)) : NULL };
	va_end(list);
	while (*end)
		end = &(*end)->next;
	*end = expected;
}

void (mcp_test_person)(struct mcp_test *test, mcp_test_person_fn *person, void *context)
{
	test->person = person;
	test->person_context = context;
}

const char *mcp_test_asked(struct mcp_test *test)
{
	return test->asked;
}

void person_is_done(struct mcp_test *test)
{
	if (test->expected)
		fail_say("expected to be asked%s%s, and nobody did", test->expected->part ? " " : "",
		         test->expected->part ? test->expected->part : "");
}

static enum mcp_reply by_function(struct mcp_test *test, const char *question, const char **json)
{
	struct arena *arena = test->trial->arena;
	enum mcp_reply reply = test->person(test->person_context, question, test->asked, json);

	*json = *json ? words_plain(arena, *json) : NULL;
	return reply;
}

static enum mcp_reply decide(struct mcp_test *test, const char *question, const char **json)
{
	struct expected *expected = test->expected;

	if (!expected && test->person)
		return by_function(test, question, json);
	if (!expected)
		fail_say("nobody answers the question \"%s\": mcp_test_when_asked() says what is answered", question);
	if (expected->part && !strstr(question, expected->part))
		fail_say("expected to be asked \"%s\", got the question: %s", expected->part, question);
	test->expected = expected->next;
	*json = expected->json;
	return expected->reply;
}

/* As elicitation/create has it; whatever else is asked is answered with its result itself. */
static const char *result_of(struct arena *arena, bool elicits, enum mcp_reply reply, const char *json)
{
	static const char *const actions[] = {
		[MCP_ACCEPTED] = "accept", [MCP_DECLINED] = "decline", [MCP_CANCELLED] = "cancel",
	};

	if (reply != MCP_ACCEPTED && reply != MCP_DECLINED && reply != MCP_CANCELLED)
		fail_say("a person accepts, declines or cancels");
	if (!elicits)
		return reply == MCP_ACCEPTED ? json : NULL;
	return json && reply == MCP_ACCEPTED
	       ? arena_print(arena, "{\"action\":\"accept\",\"content\":%s}", json)
	       : arena_print(arena, "{\"action\":\"%s\"}", actions[reply]);
}

const char *person_answers(struct mcp_test *test, yyjson_val *request)
{
	struct arena *arena = test->trial->arena;
	yyjson_val *params = yyjson_obj_get(request, "params");
	str method = json_member(request, "method"), message = json_member(params, "message");
	const char *json = NULL;

	test->asked = params ? words_of(arena, params) : "{}";
	enum mcp_reply reply = decide(test, arena_copy(arena, message.at ? message : method), &json);
	return result_of(arena, str_is(method, "elicitation/create"), reply, json);
}

const char *person_answers_all(struct mcp_test *test, yyjson_val *requests)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(requests);
	struct json json = json_begin(test->trial->arena, 256);

	json_object(&json);
	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		const char *answer = person_answers(test, yyjson_obj_iter_get_val(key));
		json_key_str(&json, json_string(key));
		json_raw(&json, answer ? str_of(answer) : STR("null"));
	}
	json_object_end(&json);
	return arena_copy(test->trial->arena, json_end(&json));
}
