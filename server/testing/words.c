/* words.c - JSON as it stands in tests: with ' in place of ", and contained in what came. */
#include "inside.h"

#define DEPTH 200

/* A string may stand in ' : what is within it is escaped as JSON needs it. */
static str in_quotes(struct arena *arena, const char *text)
{
	struct json json = json_begin(arena, strlen(text) + 64);
	char open = 0;

	for (const char *at = text; *at; at++) {
		if (*at == '\\' && at[1] == '\'') {
			json_bytes(&json, STR("'"));
			at++;
		} else if (*at == '\\' && at[1]) {
			json_bytes(&json, (str) { at++, 2 });
		} else if (open == '\'' && *at == '"') {
			json_bytes(&json, STR("\\\""));
		} else if ((*at == '"' && open != '\'') || (*at == '\'' && open != '"')) {
			open = open ? 0 : *at;
			json_bytes(&json, STR("\""));
		} else {
			json_bytes(&json, (str) { at, 1 });
		}
	}
	return json_end(&json);
}

yyjson_val *words_read(struct arena *arena, const char *format, va_list list)
{
	enum json_trouble trouble;
	const char *text = arena_print_list(arena, format, list);
	yyjson_val *value = json_parse_copy(arena, in_quotes(arena, text), DEPTH, &trouble);

	if (!value)
		fail_say("this is no JSON: %s", text);
	return value;
}

yyjson_val *words_parse(struct arena *arena, str text)
{
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(arena, text, DEPTH, &trouble);

	if (!value)
		fail_say("the server said what is no JSON: %.*s", STR_FORMAT(text));
	return value;
}

const char *words_plain(struct arena *arena, const char *text)
{
	return arena_copy(arena, in_quotes(arena, text));
}

const char *words_of(struct arena *arena, yyjson_val *value)
{
	if (!value)
		return NULL;
	struct json json = json_begin(arena, 256);
	json_value(&json, value);
	return arena_copy(arena, json_end(&json));
}

/* ---- Comparing ---- */

static const char *differs(struct arena *arena, const char *where, yyjson_val *wanted, yyjson_val *came)
{
	return arena_print(arena, "at %s: expected %s, got %s", *where ? where : "/", words_of(arena, wanted),
	                   came ? words_of(arena, came) : "nothing");
}

static const char *compare(struct arena *arena, const char *where, yyjson_val *wanted, yyjson_val *came);

static const char *compare_objects(struct arena *arena, const char *where, yyjson_val *wanted, yyjson_val *came)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(wanted);

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		const char *name = unsafe_yyjson_get_str(key); /* a key is a string */
		const char *differ = compare(arena, arena_print(arena, "%s/%s", where, name),
		                             yyjson_obj_iter_get_val(key), yyjson_obj_get(came, name));
		if (differ)
			return differ;
	}
	return NULL;
}

/* Those that are wanted have to come in this order; where there are as many, each is held against its own. */
static const char *compare_lists(struct arena *arena, const char *where, yyjson_val *wanted, yyjson_val *came)
{
	size_t there = yyjson_arr_size(came), count = yyjson_arr_size(wanted), at = 0;

	if (count == 0 && there > 0)
		return differs(arena, where, wanted, came);
	for (size_t i = 0; i < count; i++, at++) {
		yyjson_val *item = yyjson_arr_get(wanted, i);
		const char *place = arena_print(arena, "%s/%zu", where, i), *differ = NULL;
		while (at < there && (differ = compare(arena, place, item, yyjson_arr_get(came, at)))
		       && count < there)
			at++;
		if (differ && at < there)
			return differ;
		if (at >= there)
			return arena_print(arena, "at %s: expected %s, which is not among the %zu there, or not in this"
			                   " order", place, words_of(arena, item), there);
	}
	return NULL;
}

static bool same_value(yyjson_val *wanted, yyjson_val *came)
{
	if (!came)
		return yyjson_is_null(wanted);
	if (yyjson_is_num(wanted) && yyjson_is_num(came) && yyjson_get_subtype(wanted) != yyjson_get_subtype(came))
		return yyjson_get_num(wanted) == yyjson_get_num(came);
	return yyjson_equals(wanted, came);
}

static const char *compare(struct arena *arena, const char *where, yyjson_val *wanted, yyjson_val *came)
{
	if (yyjson_is_obj(wanted) && yyjson_is_obj(came))
		return compare_objects(arena, where, wanted, came);
	if (yyjson_is_arr(wanted) && yyjson_is_arr(came))
		return compare_lists(arena, where, wanted, came);
	return same_value(wanted, came) ? NULL : differs(arena, where, wanted, came);
}

const char *words_differ(struct arena *arena, yyjson_val *wanted, yyjson_val *came)
{
	return compare(arena, "", wanted, came);
}
