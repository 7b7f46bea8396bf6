/* words.c - what is wrong, said to a model: the place, what is allowed, and what came.
 *
 * All of it is bounded: paths, names and values are cut to a readable length. */
#include "schema_private.h"

#define QUOTED_BYTES_MAX 60             /* of a text or value that came */
#define SCHEMA_BYTES_MAX 160
#define LIST_BYTES_MAX 400
#define PLACES_MAX 32                   /* of a path, from its end */

const char *words_of_text(struct arena *arena, str text)
{
	return arena_print(arena, "\"%s\"", str_quote(text, QUOTED_BYTES_MAX).text);
}

/* ---- Values ---- */

static const char *json_words(struct arena *arena, yyjson_val *value, size_t most)
{
	struct json out = json_begin(arena, 128);

	json_value(&out, value);
	return arena_copy(arena, str_of(str_quote(json_end(&out), most).text));
}

const char *words_of_value(struct arena *arena, yyjson_val *value)
{
	if (yyjson_is_str(value))
		return words_of_text(arena, text_of(value));
	if (yyjson_is_ctn(value))
		return json_kind(value);
	return json_words(arena, value, QUOTED_BYTES_MAX);
}

const char *words_of_came(const struct check *check, yyjson_val *value)
{
	return check->discreet ? json_kind(value) : words_of_value(check->arena, value);
}

const char *words_of_schema(struct arena *arena, const struct schema *schema)
{
	return json_words(arena, schema->value, SCHEMA_BYTES_MAX);
}

const char *words_of_list(struct arena *arena, yyjson_val *array)
{
	struct json out = json_begin(arena, 128);
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	yyjson_val *item;

	while ((item = yyjson_arr_iter_next(&iter)) && out.size < LIST_BYTES_MAX) {
		if (out.size > 0)
			json_bytes(&out, STR(", "));
		const char *words = !yyjson_is_ctn(item) ? words_of_value(arena, item) :
		                    json_words(arena, item, QUOTED_BYTES_MAX);
		json_bytes(&out, str_of(words));
	}
	if (item)
		json_bytes(&out, STR(", …"));
	json_bytes(&out, (str) { "", 1 });
	return json_end(&out).at;
}

/* ---- Places ---- */

/* Whether a name reads well in a path: not one with a dot, a blank or a bracket in it. */
static bool is_plain(str name)
{
	for (size_t i = 0; i < name.size; i++) {
		unsigned char c = (unsigned char)name.at[i];
		if (c <= ' ' || c == 0x7f || strchr(".[]\"", c))
			return false;
	}
	return name.size > 0 && name.size <= QUOTED_BYTES_MAX;
}

static const char *join(struct arena *arena, const char *path, str name)
{
	if (!is_plain(name))
		return arena_print(arena, "%s[%s]", path, words_of_text(arena, name));
	return arena_print(arena, "%s%s%s", path, *path ? "." : "",
	                   str_quote(name, QUOTED_BYTES_MAX).text);
}

static const char *path_to(struct arena *arena, const struct place *place, int most)
{
	if (!place)
		return "";
	if (most == 0)
		return "…";
	const char *up = path_to(arena, place->up, most - 1);
	if (place->kind == PLACE_ITEM)
		return arena_print(arena, "%s[%zu]", up, place->index);
	return join(arena, up, place->name);
}

const char *check_path_to(const struct check *check, str name)
{
	return join(check->arena, path_to(check->arena, check->place, PLACES_MAX), name);
}

const char *check_path(const struct check *check)
{
	const struct place *place = check->place;

	if (!place)
		return check->discreet ? "the answer" : "The arguments";
	if (place->kind != PLACE_NAME)
		return path_to(check->arena, place, PLACES_MAX);
	const char *up = path_to(check->arena, place->up, PLACES_MAX);
	const char *name = words_of_text(check->arena, place->name);
	return arena_print(check->arena, "The member name %s%s%s", name, *up ? " in " : "", up);
}

/* ---- Refusals ---- */

static bool is_wanted(const struct check *check)
{
	return check->quiet == 0 && !check->gave_up;
}

static bool refuse_as(struct check *check, const char *words)
{
	check->trouble = words;
	if (check->explaining == 0)
		refusals_add(&check->refusals, words);
	return false;
}

bool check_refuse_all(struct check *check, const char *format, ...)
{
	va_list list;

	if (!is_wanted(check))
		return false;
	va_start(list, format);
	const char *words = arena_print_list(check->arena, format, list);
	va_end(list);
	return refuse_as(check, words);
}

bool check_refuse(struct check *check, const char *format, ...)
{
	va_list list;

	if (!is_wanted(check))
		return false;
	va_start(list, format);
	const char *words = arena_print_list(check->arena, format, list);
	va_end(list);
	return refuse_as(check, arena_print(check->arena, "%s %s", check_path(check), words));
}
