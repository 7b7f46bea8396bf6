/* aws_cases.h - the files of cases in tests/aws/, rows of JSON. */
#ifndef AWS_CASES_H
#define AWS_CASES_H

#include <check.h>
#include <stdio.h>

#include "json.h"

static inline yyjson_val *read_cases(struct arena *arena, const char *path)
{
	static char text[1024 * 1024];
	FILE *file = fopen(path, "rb");
	enum json_trouble trouble;
	const char *why;

	ck_assert_ptr_nonnull(file);
	size_t size = fread(text, 1, sizeof(text) - 4, file);
	fclose(file);
	yyjson_val *cases = json_parse(arena, text, size, (struct json_bounds) { .depth = 16 }, &trouble, &why);
	ck_assert_int_eq(trouble, JSON_FINE);
	return cases;
}

/* .at NULL: null. */
static inline str text_at(yyjson_val *row, size_t at)
{
	return json_string(yyjson_arr_get(row, at));
}

#endif
