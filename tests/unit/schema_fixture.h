/* schema_fixture.h - schemas and values written with ' for ", compiled and checked. */
#ifndef SCHEMA_FIXTURE_H
#define SCHEMA_FIXTURE_H

#include "json.h"
#include "json_schema.h"
#include "suite.h"

#define DIALECT "https://json-schema.org/draft/2020-12/schema"

static struct arena *arena;

static void begin(void)
{
	arena = arena_create();
}

static void end(void)
{
	arena_destroy(arena);
}

static yyjson_val *parse(const char *text)
{
	char *json = arena_copy(arena, str_of(text));
	enum json_trouble trouble;

	for (char *at = json; *at; at++)
		*at = *at == '\'' ? '"' : *at;
	yyjson_val *value = json_parse_copy(arena, str_of(json), 2000, &trouble);
	ck_assert_msg(value != NULL, "no JSON (%d): %s", (int)trouble, text);
	return value;
}

static UNUSED struct json_schema *compile(const char *text)
{
	const char *why = "(no words)";
	struct json_schema *schema = json_schema_compile(arena, parse(text), &why);

	ck_assert_msg(schema != NULL, "%s: %s", text, why);
	return schema;
}

static UNUSED const char *check(const char *schema, const char *value)
{
	return json_schema_check(compile(schema), parse(value), arena);
}

static int run_all(const char *name, TCase *tests)
{
	Suite *suite = suite_create(name);

	tcase_add_checked_fixture(tests, begin, end);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}

#endif
