/* members.c - the applicator vocabulary's keywords for the members of objects.
 *
 * properties, patternProperties and additionalProperties are one rule: one walk over the members,
 * each looked up by its name and matched once. */
#include <stdlib.h>

#include "schema_private.h"

struct named {
	str name;
	const struct schema *schema;
};

struct matching {
	const struct pattern *pattern;
	const struct schema *schema;
};

struct members {
	struct named *named;            /* ordered, see compare_names */
	size_t named_count;
	struct matching *matching;
	size_t matching_count;
	const struct schema *others;    /* NULL: whatever they are */
	yyjson_val *properties, *patterns;
};

static int compare_names(str a, str b)
{
	if (a.size != b.size)
		return a.size < b.size ? -1 : 1;
	return memcmp(a.at, b.at, a.size);
}

static int by_name(const void *a, const void *b)
{
	return compare_names(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static const struct schema *find_named(const struct members *members, str name)
{
	size_t low = 0, high = members->named_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = compare_names(members->named[middle].name, name);
		if (order == 0)
			return members->named[middle].schema;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* ---- Checking ---- */

static void add_names(struct json *out, yyjson_val *map, const char *before)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter)) && out->size < 400) {
		json_bytes(out, out->size > 0 ? STR(", ") : STR(""));
		json_bytes(out, str_of(before));
		json_bytes(out, str_of(str_quote(text_of(key), 60).text));
	}
	json_bytes(out, key ? STR(", …") : STR(""));
}

static bool refuse_unknown(struct check *check, const struct members *members, str name)
{
	struct json out = json_begin(check->arena, 256);

	if (check->quiet)
		return false;
	add_names(&out, members->properties, "");
	add_names(&out, members->patterns, "what matches ");
	json_bytes(&out, out.size == 0 ? STR("none") : STR(""));
	json_bytes(&out, (str) { "", 1 });
	const char *quoted = words_of_text(check->arena, name), *names = json_end(&out).at;
	if (!check->place && !check->discreet)
		return check_refuse_all(check, "Unknown argument %s: the arguments are %s", quoted,
		                        names);
	return check_refuse_all(check, "Unknown member %s in %s: its members are %s", quoted,
	                        check_path(check), names);
}

static bool check_member(struct check *check, const struct members *members, struct place place,
                         yyjson_val *value)
{
	const struct schema *named = find_named(members, place.name);
	bool known = named;

	if (named && !check_part(check, named, place, value))
		return false;
	for (size_t i = 0; i < members->matching_count; i++) {
		if (!pattern_matches(check, members->matching[i].pattern, place.name))
			continue;
		known = true;
		if (!check_part(check, members->matching[i].schema, place, value))
			return false;
	}
	if (!known && !members->others)
		return check_spend(check, 1);
	if (!known && members->others->verdict == VERDICT_NEVER)
		return refuse_unknown(check, members, place.name);
	check_mark(check, place.index);
	return known || check_part(check, members->others, place, value);
}

static bool check_members(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(value);
	yyjson_val *key;
	bool fine = true;

	for (size_t i = 0; (fine || check_goes_on(check)) && (key = yyjson_obj_iter_next(&iter)); i++) {
		const struct place place = { NULL, PLACE_MEMBER, text_of(key), i };
		fine &= check_member(check, rule->more, place, yyjson_obj_iter_get_val(key));
	}
	return fine;
}

static bool check_names(struct check *check, const struct rule *rule, yyjson_val *value)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(value);
	yyjson_val *key;

	for (size_t i = 0; (key = yyjson_obj_iter_next(&iter)); i++)
		if (!check_part(check, rule->schemas[0],
		                (struct place) { NULL, PLACE_NAME, text_of(key), i }, key))
			return false;
	return true;
}

/* ---- Reading ---- */

static void read_named(struct reader *reader, struct members *members, yyjson_val *map)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);
	yyjson_val *key;

	members->properties = map;
	members->named = arena_array(reader->arena, struct named, yyjson_obj_size(map));
	while ((key = yyjson_obj_iter_next(&iter))) {
		const struct schema *schema = schema_of(reader, yyjson_obj_iter_get_val(key));
		members->named[members->named_count++] = (struct named) { text_of(key), schema };
	}
	if (members->named_count > 1)
		qsort(members->named, members->named_count, sizeof(struct named), by_name);
}

static bool read_matching(struct reader *reader, const struct schema *schema,
                          struct members *members, yyjson_val *map)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);
	yyjson_val *key;
	const char *why;

	members->patterns = map;
	members->matching = arena_array(reader->arena, struct matching, yyjson_obj_size(map));
	while ((key = yyjson_obj_iter_next(&iter))) {
		struct matching *matching = &members->matching[members->matching_count++];
		matching->schema = schema_of(reader, yyjson_obj_iter_get_val(key));
		matching->pattern = pattern_compile(reader->arena, text_of(key), &why);
		if (!matching->pattern)
			return schema_complain(reader, schema,
			                       "patternProperties: %s is no pattern: %s",
			                       yyjson_get_str(key), why);
	}
	return true;
}

static bool read_names(struct reader *reader, struct schema *schema)
{
	const struct schema *names = schema_inner(reader, schema, "propertyNames");

	if (!names)
		return true;
	struct rule *rule = schema_add_rule(reader, schema, check_names, names->value);
	rule_add_schemas(reader, rule, 1, false);
	rule->schemas[0] = names;
	return true;
}

bool schema_read_members(struct reader *reader, struct schema *schema)
{
	yyjson_val *named = yyjson_obj_get(schema->value, "properties");
	yyjson_val *patterns = yyjson_obj_get(schema->value, "patternProperties");
	struct members *members = arena_new(reader->arena, struct members);

	members->others = schema_inner(reader, schema, "additionalProperties");
	read_named(reader, members, named);
	if (!read_matching(reader, schema, members, patterns))
		return false;
	if (named || patterns || members->others)
		schema_add_rule(reader, schema, check_members, schema->value)->more = members;
	return read_names(reader, schema);
}
