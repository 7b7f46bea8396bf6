/* same.c - whether JSON values are the same, and whether an array has two that are. */
#include <stdlib.h>

#include "schema_private.h"

#define NESTED_MAX 1000

/* ---- Two values ---- */

static bool same_arrays(struct check *check, yyjson_val *a, yyjson_val *b)
{
	yyjson_arr_iter left = yyjson_arr_iter_with(a), right = yyjson_arr_iter_with(b);
	yyjson_val *item;

	while ((item = yyjson_arr_iter_next(&left)))
		if (!value_same(check, item, yyjson_arr_iter_next(&right)))
			return false;
	return true;
}

/* Members are mostly in the same order; where they are not, each costs a search. */
static yyjson_val *find_member(struct check *check, yyjson_val *object, yyjson_obj_iter *iter,
                               str name)
{
	yyjson_val *key = yyjson_obj_iter_next(iter);

	if (key && str_same(text_of(key), name))
		return yyjson_obj_iter_get_val(key);
	if (!check_spend(check, yyjson_obj_size(object) / 4))
		return NULL;
	return yyjson_obj_getn(object, name.at, name.size);
}

static bool same_objects(struct check *check, yyjson_val *a, yyjson_val *b)
{
	yyjson_obj_iter left = yyjson_obj_iter_with(a), right = yyjson_obj_iter_with(b);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&left))) {
		yyjson_val *other = find_member(check, b, &right, text_of(key));
		if (!other || !value_same(check, yyjson_obj_iter_get_val(key), other))
			return false;
	}
	return true;
}

bool value_same(struct check *check, yyjson_val *a, yyjson_val *b)
{
	if (number_is_any(a) && number_is_any(b))
		return check_spend(check, steps_of(a) + steps_of(b)) && number_compare(a, b) == 0;
	if (yyjson_get_type(a) != yyjson_get_type(b) || yyjson_get_len(a) != yyjson_get_len(b))
		return false;
	if (!check_spend(check, 1))
		return false;
	switch (yyjson_get_type(a)) {
	case YYJSON_TYPE_OBJ:  return same_objects(check, a, b);
	case YYJSON_TYPE_ARR:  return same_arrays(check, a, b);
	case YYJSON_TYPE_STR:  return str_same(text_of(a), text_of(b));
	case YYJSON_TYPE_BOOL: return yyjson_get_bool(a) == yyjson_get_bool(b);
	default:               return true;
	}
}

/* ---- Many ---- */

static uint64_t mix(uint64_t hash, uint64_t more)
{
	hash = (hash ^ more) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t hash_text(struct check *check, str text)
{
	uint64_t hash = text.size;

	check_spend(check, 1 + text.size / 32);
	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_value(struct check *check, yyjson_val *value);

/* The members' order does not count. */
static uint64_t hash_object(struct check *check, yyjson_val *object)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(object);
	yyjson_val *key;
	uint64_t sum = 0;

	while ((key = yyjson_obj_iter_next(&iter)))
		sum += mix(hash_text(check, text_of(key)),
		           hash_value(check, yyjson_obj_iter_get_val(key)));
	return sum;
}

static uint64_t hash_array(struct check *check, yyjson_val *array)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	yyjson_val *item;
	uint64_t hash = 0;

	while ((item = yyjson_arr_iter_next(&iter)))
		hash = mix(hash, hash_value(check, item));
	return hash;
}

static uint64_t hash_value(struct check *check, yyjson_val *value)
{
	if (!check_spend(check, steps_of(value)))
		return 0;
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_OBJ:  return mix(1, hash_object(check, value));
	case YYJSON_TYPE_ARR:  return mix(2, hash_array(check, value));
	case YYJSON_TYPE_STR:  return mix(3, hash_text(check, text_of(value)));
	case YYJSON_TYPE_BOOL: return mix(4, yyjson_get_bool(value));
	case YYJSON_TYPE_NULL: return 5;
	default:               return mix(6, number_hash(value));
	}
}

struct hashed {
	uint64_t hash;
	size_t index;
	yyjson_val *value;
};

static int by_hash(const void *a, const void *b)
{
	const struct hashed *left = a, *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

/* Those with the same hash stand side by side; there is rarely more than one. */
static bool find_equal(struct check *check, const struct hashed *all, size_t count, size_t *first,
                       size_t *second)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = i + 1; j < count && all[j].hash == all[i].hash; j++) {
			if (!value_same(check, all[i].value, all[j].value)) {
				if (check->gave_up)
					return false;
				continue;
			}
			*first = all[i].index;
			*second = all[j].index;
			return true;
		}
	}
	return false;
}

bool value_find_same(struct check *check, yyjson_val *array, size_t *first, size_t *second)
{
	size_t count = yyjson_arr_size(array), i = 0;
	yyjson_arr_iter iter = yyjson_arr_iter_with(array);
	yyjson_val *item;

	if (count < 2 || !check_spend(check, count))
		return false;
	struct hashed *all = arena_alloc_raw(check->arena, count * sizeof(*all));
	for (; (item = yyjson_arr_iter_next(&iter)); i++)
		all[i] = (struct hashed) { hash_value(check, item), i, item };
	if (check->gave_up)
		return false;
	qsort(all, count, sizeof(*all), by_hash);
	return find_equal(check, all, count, first, second);
}

/* ---- What may be checked at all ---- */

static bool shape_is_fine(struct check *check, yyjson_val *value, int levels)
{
	yyjson_arr_iter items = yyjson_arr_iter_with(value);
	yyjson_obj_iter members = yyjson_obj_iter_with(value);
	yyjson_val *part;

	if (!yyjson_is_ctn(value))
		return true;
	if (levels == NESTED_MAX)
		return check_give_up(check, "The arguments are nested too deep to check");
	if (!check_spend(check, yyjson_get_len(value)))
		return false;
	if (json_duplicate(value))
		return check_refuse_all(check, "An object in the arguments names a member twice");
	while ((part = yyjson_arr_iter_next(&items)))
		if (!shape_is_fine(check, part, levels + 1))
			return false;
	while ((part = yyjson_obj_iter_next(&members)))
		if (!shape_is_fine(check, yyjson_obj_iter_get_val(part), levels + 1))
			return false;
	return true;
}

bool check_value(struct check *check, yyjson_val *value)
{
	return shape_is_fine(check, value, 0);
}
