/* fuzz_schema.c - a schema and a value to check with it, as the two items of a JSON array. */
#include "fuzz.h"

#include "json.h"
#include "json_schema.h"

static void try_formats(str text)
{
	static const char *const formats[] = {
		"email", "uri", "uri-reference", "date", "time", "date-time", "uuid", "ipv4",
		"ipv6", "hostname",
	};

	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		(void)json_format_ok(formats[i], text);
	must(!json_format_ok("uri", text) || json_format_ok("uri-reference", text));
}

/* Words are text that can be sent, of a bounded size, and the same the next time. */
static void check_words(const char *words, const char *again)
{
	must(!words == !again);
	must(!words || (strcmp(words, again) == 0 && utf8_valid(str_of(words)) &&
	                strlen(words) < 20000));
}

static void try_schema(struct arena *arena, yyjson_val *schema_value, yyjson_val *value)
{
	const char *why = NULL;
	struct json_schema *schema = json_schema_compile(arena, schema_value, &why);

	must(schema || (why && utf8_valid(str_of(why))));
	if (schema)
		check_words(json_schema_check(schema, value, arena),
		            json_schema_check(schema, value, arena));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	str text = { (const char *)data, size };
	enum json_trouble trouble;
	yyjson_val *pair = json_parse_copy(arena, text, 1000, &trouble);

	try_formats(text);
	if (yyjson_arr_size(pair) == 2)
		try_schema(arena, yyjson_arr_get_first(pair), yyjson_arr_get_last(pair));
	arena_destroy(arena);
	return 0;
}
