/* reader_words.c - what is wrong with arguments, in words.
 *
 * They are said to a model, which can only correct what it is told: the member's whole path, what
 * is allowed, and what came. */
#include "number.h"
#include "reader.h"

#define QUOTED_BYTES_MAX 60     /* of what came, in an error */

const char *reader_path(struct arena *arena, const struct place *place)
{
	if (!place)
		return "";
	if (place->index > 0)
		return arena_print(arena, "%s[%zu]", reader_path(arena, place->up),
		                   place->index - 1);
	if (!place->up)
		return place->name;
	return arena_print(arena, "%s.%s", reader_path(arena, place->up), place->name);
}

bool reader_refuse(struct reader *reader, const struct place *place, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	const char *words = arena_print_list(reader->arena, format, list);
	va_end(list);
	const char *path = place ? reader_path(reader->arena, place) : "The arguments";
	refusals_add(&reader->refusals, arena_print(reader->arena, "%s %s", path, words));
	return false;
}

const char *reader_quote(struct arena *arena, str text)
{
	return arena_print(arena, "\"%s\"", str_quote(text, QUOTED_BYTES_MAX).text);
}

const char *reader_number(struct arena *arena, double value)
{
	char text[NUMBER_TEXT_SIZE];

	real_print(value, text);
	return arena_copy(arena, str_of(text));
}

/* Adds one more to a list: "a", "a, b". */
static void add_name(struct json *list, const char *name)
{
	if (list->size > 0)
		json_bytes(list, STR(", "));
	json_bytes(list, str_of(name));
}

static const char *whole(struct json *list)
{
	json_bytes(list, (str) { "", 1 });
	return json_end(list).at;
}

const char *reader_names(struct arena *arena, const struct shape *shape)
{
	struct json names = json_begin(arena, 256);

	for (const struct field *field = shape->fields; field->type != FIELD_END; field++)
		add_name(&names, field->name);
	return names.size > 0 ? whole(&names) : "none";
}

const char *reader_choices(struct arena *arena, const char *const *one_of)
{
	struct json choices = json_begin(arena, 256);

	for (; *one_of; one_of++)
		add_name(&choices, *one_of);
	return whole(&choices);
}
