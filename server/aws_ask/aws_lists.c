/* aws_lists.c - see aws_lists.h. */
#include "aws_lists.h"

#define DEPTH_MAX 64

static bool is_list_of_lists(const struct field *field, yyjson_val *value)
{
	return field->type == FIELD_LIST && yyjson_is_arr(yyjson_arr_get_first(value));
}

static bool has_such(const struct shape *shape, yyjson_val *value)
{
	for (const struct field *field = shape->fields; field->name; field++)
		if (is_list_of_lists(field, yyjson_obj_get(value, field->name)))
			return true;
	return false;
}

static void write_named(struct json *json, yyjson_val *list)
{
	yyjson_val *item;
	size_t i, count;

	json_array(json);
	yyjson_arr_foreach(list, i, count, item) {
		json_object(json);
		json_key(json, "items");
		json_value(json, item);
		json_object_end(json);
	}
	json_array_end(json);
}

yyjson_val *aws_lists_named(struct arena *arena, const struct shape *shape, yyjson_val *value)
{
	enum json_trouble trouble;

	if (!has_such(shape, value))
		return value;
	struct json json = json_begin(arena, 4096);
	json_object(&json);
	for (const struct field *field = shape->fields; field->name; field++) {
		yyjson_val *member = yyjson_obj_get(value, field->name);
		if (!member)
			continue;
		json_key(&json, field->name);
		if (is_list_of_lists(field, member))
			write_named(&json, member);
		else
			json_value(&json, member);
	}
	json_object_end(&json);
	return json_parse_copy(arena, json_end(&json), DEPTH_MAX, &trouble);
}
