/* aws_form.c - see aws_form.h. */
#include "aws_form.h"

#include "builder.h"
#include "request.h"

static void put(struct builder *form, const char *name, yyjson_val *value)
{
	if (yyjson_is_str(value))
		aws_form_put(form, name, json_string(value));
	else if (yyjson_is_bool(value))
		aws_form_put(form, name, yyjson_get_bool(value) ? STR("true") : STR("false"));
	else
		aws_form_put(form, name, str_of(arena_print(form->arena, "%lld", (long long)yyjson_get_sint(value))));
}

static void put_list(struct builder *form, const char *name, yyjson_val *list)
{
	yyjson_val *item;
	size_t i, count;

	yyjson_arr_foreach(list, i, count, item)
		put(form, arena_print(form->arena, "%s.member.%zu", name, i + 1), item);
}

str aws_form_of(struct arena *arena, yyjson_val *object)
{
	struct builder form = builder_begin(arena, 256);
	yyjson_val *key, *value;
	size_t i, count;

	yyjson_obj_foreach(object, i, count, key, value) {
		if (yyjson_is_arr(value))
			put_list(&form, yyjson_get_str(key), value);
		else
			put(&form, yyjson_get_str(key), value);
	}
	return (str) { builder_end(&form), form.size };
}
