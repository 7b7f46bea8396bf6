/* index.c - finds every schema within a schema, with the addresses and anchors they are known by.
 *
 * Only where a known keyword holds schemas: an $id within an enum is none. */
#include "schema_private.h"

enum holds { HOLDS_SCHEMA, HOLDS_LIST, HOLDS_MAP };

static const struct holder { const char *name; enum holds holds; } holders[] = {
	{ "$defs", HOLDS_MAP }, { "definitions", HOLDS_MAP },
	{ "allOf", HOLDS_LIST }, { "anyOf", HOLDS_LIST }, { "oneOf", HOLDS_LIST },
	{ "not", HOLDS_SCHEMA }, { "if", HOLDS_SCHEMA }, { "then", HOLDS_SCHEMA },
	{ "else", HOLDS_SCHEMA }, { "dependentSchemas", HOLDS_MAP },
	{ "properties", HOLDS_MAP }, { "patternProperties", HOLDS_MAP },
	{ "additionalProperties", HOLDS_SCHEMA }, { "propertyNames", HOLDS_SCHEMA },
	{ "prefixItems", HOLDS_LIST }, { "items", HOLDS_SCHEMA }, { "contains", HOLDS_SCHEMA },
	{ "unevaluatedItems", HOLDS_SCHEMA }, { "unevaluatedProperties", HOLDS_SCHEMA },
	{ "contentSchema", HOLDS_SCHEMA },
};

/* ---- Schemas by their values ---- */

/* Where it is, or would be. */
static size_t position(const struct reader *reader, const yyjson_val *value)
{
	size_t low = 0, high = reader->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (reader->all[middle]->value < value)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct schema *schema_of(const struct reader *reader, const yyjson_val *value)
{
	size_t at = position(reader, value);

	return at < reader->count && reader->all[at]->value == value ? reader->all[at] : NULL;
}

static void insert(struct reader *reader, struct schema *schema)
{
	size_t at = position(reader, schema->value);

	if (reader->count == reader->room) {
		size_t room = reader->room ? reader->room * 2 : 32;
		reader->all = arena_grow(reader->arena, reader->all,
		                         reader->room * sizeof(struct schema *),
		                         room * sizeof(struct schema *));
		reader->room = room;
	}
	memmove(reader->all + at + 1, reader->all + at,
	        (reader->count - at) * sizeof(struct schema *));
	reader->all[at] = schema;
	reader->count++;
}

static struct schema *add_schema(struct reader *reader, yyjson_val *value,
                                 struct resource *resource, const char *pointer)
{
	struct schema *schema = arena_new(reader->arena, struct schema);

	schema->value = value;
	schema->pointer = pointer;
	schema->resource = resource;
	schema->rules_end = &schema->rules;
	schema->verdict = yyjson_is_true(value) ? VERDICT_ALWAYS :
	                  yyjson_is_false(value) ? VERDICT_NEVER : VERDICT_RULES;
	schema->next = reader->unread;
	reader->unread = schema;
	insert(reader, schema);
	return schema;
}

/* ---- Identifiers ---- */

static bool is_known(const struct reader *reader, str uri)
{
	for (const struct resource *each = reader->resources; each; each = each->next)
		if (uri.size > 0 && str_same(each->uri, uri))
			return true;
	return false;
}

static struct resource *add_resource(struct reader *reader, struct schema *schema, str uri)
{
	struct resource *resource = arena_new(reader->arena, struct resource);

	resource->uri = uri;
	resource->root = schema->value;
	resource->next = reader->resources;
	reader->resources = resource;
	return resource;
}

/* Begins a resource where the schema has an $id, or is a document (then it has no resource yet). */
static bool read_id(struct reader *reader, struct schema *schema, str found_as)
{
	struct resource *outer = schema->resource;
	yyjson_val *id = schema_keyword(reader, schema, "$id", YYJSON_TYPE_STR);
	str uri = found_as;

	if (!id && (outer || reader->trouble))
		return !reader->trouble;
	if (id) {
		struct uri parts = uri_split(text_of(id));
		if (parts.fragment.size > 0)
			return schema_complain(reader, schema, "$id must not have a fragment");
		uri = uri_resolve(reader->arena, outer ? outer->uri : found_as, text_of(id));
		if (is_known(reader, uri))
			return schema_complain(reader, schema, "another schema has the $id %s",
			                       str_quote(uri, QUOTE_MAX).text);
	}
	schema->resource = add_resource(reader, schema, uri);
	if (!outer && !str_same(uri, found_as))
		schema->resource->also = found_as;
	if (outer)
		schema->resource->vocabularies = outer->vocabularies;
	return schema_read_dialect(reader, schema);
}

const struct anchor *resource_anchor(const struct resource *resource, str name, bool dynamic)
{
	for (const struct anchor *each = resource->anchors; each; each = each->next)
		if (str_same(each->name, name) && each->dynamic >= dynamic)
			return each;
	return NULL;
}

static bool is_anchor_name(str name)
{
	for (size_t i = 0; i < name.size; i++) {
		char c = name.at[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
		if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return name.size > 0;
}

static bool read_anchor(struct reader *reader, struct schema *schema, const char *name,
                        bool dynamic)
{
	yyjson_val *value = schema_keyword(reader, schema, name, YYJSON_TYPE_STR);

	if (!value)
		return !reader->trouble;
	if (!is_anchor_name(text_of(value)))
		return schema_complain(reader, schema, "%s must be of letters, digits, - _ and .",
		                       name);
	const struct anchor *other = resource_anchor(schema->resource, text_of(value), false);
	if (other && other->schema != schema)
		return schema_complain(reader, schema, "another schema has the same anchor, %s",
		                       yyjson_get_str(value));
	struct anchor *anchor = arena_new(reader->arena, struct anchor);
	*anchor = (struct anchor) { schema->resource->anchors, text_of(value), dynamic, schema };
	schema->resource->anchors = anchor;
	return true;
}

/* ---- The walk ---- */

static struct schema *index_one(struct reader *reader, yyjson_val *value, str uri,
                                struct resource *resource, const char *pointer, int nesting);

/* A token of a JSON pointer. */
static const char *deeper(struct arena *arena, const char *pointer, str token)
{
	struct json out = json_begin(arena, strlen(pointer) + token.size + 8);

	json_bytes(&out, str_of(pointer));
	json_bytes(&out, STR("/"));
	for (size_t i = 0; i < token.size; i++) {
		const char *at = &token.at[i];
		json_bytes(&out, *at == '~' ? STR("~0") : *at == '/' ? STR("~1") : (str) { at, 1 });
	}
	json_bytes(&out, (str) { "", 1 });
	return json_end(&out).at;
}

static bool index_map(struct reader *reader, struct schema *schema, yyjson_val *map,
                      const char *pointer, int nesting)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);
	yyjson_val *key;

	while ((key = yyjson_obj_iter_next(&iter)))
		if (!index_one(reader, yyjson_obj_iter_get_val(key), STR(""), schema->resource,
		               deeper(reader->arena, pointer, text_of(key)), nesting))
			return false;
	return true;
}

static bool index_list(struct reader *reader, struct schema *schema, yyjson_val *list,
                       const char *pointer, int nesting)
{
	yyjson_arr_iter iter = yyjson_arr_iter_with(list);
	yyjson_val *item;

	for (size_t i = 0; (item = yyjson_arr_iter_next(&iter)); i++)
		if (!index_one(reader, item, STR(""), schema->resource,
		               arena_print(reader->arena, "%s/%zu", pointer, i), nesting))
			return false;
	return true;
}

static bool index_holder(struct reader *reader, struct schema *schema, const struct holder *holder,
                         int nesting)
{
	yyjson_val *value = yyjson_obj_get(schema->value, holder->name);
	const char *pointer = arena_print(reader->arena, "%s/%s", schema->pointer, holder->name);

	if (!value)
		return true;
	if (holder->holds == HOLDS_SCHEMA)
		return index_one(reader, value, STR(""), schema->resource, pointer, nesting);
	if (holder->holds == HOLDS_MAP)
		return schema_keyword(reader, schema, holder->name, YYJSON_TYPE_OBJ) &&
		       index_map(reader, schema, value, pointer, nesting);
	if (!schema_keyword(reader, schema, holder->name, YYJSON_TYPE_ARR))
		return false;
	if (yyjson_arr_size(value) == 0)
		return schema_complain(reader, schema, "%s must not be empty", holder->name);
	return index_list(reader, schema, value, pointer, nesting);
}

static bool index_object(struct reader *reader, struct schema *schema, str uri, int nesting)
{
	if (json_duplicate(schema->value))
		return schema_complain(reader, schema, "no keyword may be given twice");
	if (!read_id(reader, schema, uri) || !read_anchor(reader, schema, "$anchor", false) ||
	    !read_anchor(reader, schema, "$dynamicAnchor", true))
		return false;
	for (size_t i = 0; i < sizeof(holders) / sizeof(holders[0]); i++)
		if (!index_holder(reader, schema, &holders[i], nesting + 1))
			return false;
	return true;
}

static struct schema *index_one(struct reader *reader, yyjson_val *value, str uri,
                                struct resource *resource, const char *pointer, int nesting)
{
	struct schema *schema = schema_of(reader, value);

	if (schema)
		return schema;
	if (!yyjson_is_obj(value) && !yyjson_is_bool(value)) {
		const struct schema nowhere = { .resource = resource, .pointer = pointer };
		schema_complain(reader, &nowhere, "a schema must be an object, true or false");
		return NULL;
	}
	schema = add_schema(reader, value, resource, pointer);
	if (nesting > NESTING_MAX)
		return schema_complain(reader, schema, "schemas are nested too deep"), NULL;
	if (yyjson_is_obj(value))
		return index_object(reader, schema, uri, nesting) ? schema : NULL;
	if (!resource)
		schema->resource = add_resource(reader, schema, uri);
	return schema;
}

struct schema *schema_index(struct reader *reader, yyjson_val *value, str uri,
                            struct resource *resource, const char *pointer)
{
	return index_one(reader, value, uri, resource, pointer, 0);
}
