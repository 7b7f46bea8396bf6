/* fuzz_params.c - a header that repeats an argument: the input's first line, and the argument as
 * JSON behind it. */
#include "fuzz.h"

#include "param.h"

/* As proxies see it, packed or not, it says what the argument says. */
static void check_text(struct arena *arena, yyjson_val *argument)
{
	str text = { yyjson_get_str(argument), yyjson_get_len(argument) };
	str packed = base64(arena, text);
	str header = str_of(arena_print(arena, "=?base64?%.*s?=", STR_FORMAT(packed)));

	must(param_decode(arena, &header) && str_same(header, text));
	must(param_value_agrees(header, argument));
}

/* However JSON writes a number, its own text agrees with it. */
static void check_number(struct arena *arena, yyjson_val *argument)
{
	struct json json = json_begin(arena, 0);

	json_value(&json, argument);
	must(param_value_agrees(json_end(&json), argument));
	must(!param_value_agrees(STR("nan"), argument) && !param_value_agrees(STR(""), argument));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena = arena_create();
	enum json_trouble trouble;
	str rest = input_of(data, size), header = input_line(&rest);
	yyjson_val *argument = json_parse_copy(arena, rest, 4, &trouble);
	bool sound = param_decode(arena, &header);

	must(!sound || header.at);
	if (argument && sound)
		must(!param_value_agrees(header, argument) || !yyjson_is_ctn(argument));
	if (yyjson_is_str(argument))
		check_text(arena, argument);
	if (yyjson_is_num(argument) || yyjson_is_raw(argument))
		check_number(arena, argument);
	arena_destroy(arena);
	return 0;
}
