/* expect.c - what came, held against what a test expects. */
#include "inside.h"

static struct arena *arena_of(const struct mcp_said *said)
{
	return said->test->trial->arena;
}

/* It did what it was asked to. */
static void succeeded(const struct mcp_said *said, const char *expected)
{
	if (said->error)
		fail_say("expected %s, got the error %d: %s", expected, said->error, said->text);
	if (said->failed)
		fail_say("expected %s, it failed: %s", expected, said->text);
}

static yyjson_val *read_answer(const struct mcp_said *said)
{
	enum json_trouble trouble;

	return said->json ? json_parse_copy(arena_of(said), str_of(said->json), 200, &trouble) : NULL;
}

void (mcp_test_answers)(struct mcp_said said, const char *json, ...)
{
	struct arena *arena = arena_of(&said);
	va_list list;

	va_start(list, json);
	yyjson_val *wanted = words_read(arena, json, list);
	va_end(list);
	const char *expected = words_of(arena, wanted);
	succeeded(&said, expected);
	yyjson_val *came = read_answer(&said);
	if (!came)
		fail_say("expected %s, got no JSON, but: %s", expected, said.text);
	const char *differ = words_differ(arena, wanted, came);
	if (differ)
		fail_say("%s\n  expected %s\n  got      %s", differ, expected, said.json);
}

void (mcp_test_says)(struct mcp_said said, const char *part)
{
	succeeded(&said, arena_print(arena_of(&said), "\"%s\"", part));
	if (!strstr(said.text, part))
		fail_say("expected \"%s\", got: %s", part, *said.text ? said.text : said.result);
}

void (mcp_test_refuses)(struct mcp_said said, const char *part)
{
	if (!said.failed && !said.error)
		fail_say("expected a refusal with \"%s\", but it succeeded: %s", part, said.result);
	if (!strstr(said.text, part))
		fail_say("expected a refusal with \"%s\", got: %s", part, said.text);
}

void (mcp_test_take)(struct mcp_said said, const struct shape *shape, void *out)
{
	succeeded(&said, "an answer");
	yyjson_val *came = read_answer(&said);
	if (!came)
		fail_say("expected JSON, got: %s", said.text);
	const char *wrong = shape_read(shape, came, 0, out, arena_of(&said));
	if (wrong)
		fail_say("the answer does not fit the shape: %s: %s", wrong, said.json);
}

void (mcp_test_json)(struct mcp_test *test, const char *came, const char *json, ...)
{
	struct arena *arena = test->trial->arena;
	va_list list;

	va_start(list, json);
	yyjson_val *wanted = words_read(arena, json, list);
	va_end(list);
	const char *differ = came ? words_differ(arena, wanted, words_parse(arena, str_of(came))) : "there is nothing";
	if (differ)
		fail_say("%s\n  expected %s\n  got      %s", differ, words_of(arena, wanted), came ? came : "nothing");
}
