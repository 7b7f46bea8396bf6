/* fuzz_frontmatter.c - the head of a skill: read as one JSON object, or refused in words. */
#include "fuzz.h"

#include "frontmatter.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;
	str json = { 0 };
	const char *why = frontmatter_read(arena, (str) { (const char *)data, size }, &json);

	if (why)
		must(*why && utf8_valid(str_of(why)) && !json.at);
	else
		must(yyjson_is_obj(json_parse_copy(arena, json, 64, &trouble)));
	arena_destroy(arena);
	return 0;
}
