/* resolve.c - the schema a reference leads to: by address, then by anchor or JSON pointer. */
#include "schema_private.h"

static struct resource *find_resource(const struct reader *reader, str uri)
{
	for (struct resource *each = reader->resources; each; each = each->next)
		if (str_same(each->uri, uri) || (each->also.at && str_same(each->also, uri)))
			return each;
	return NULL;
}

/* A resource that is here, or in a document that is at hand. */
static struct resource *reach(struct reader *reader, const struct schema *from, str uri)
{
	struct resource *resource = find_resource(reader, uri);

	if (resource)
		return resource;
	yyjson_val *document = metaschema_find(reader->arena, uri);
	if (document) {
		struct schema *root = schema_index(reader, document, uri, NULL, "");
		return root ? root->resource : NULL;
	}
	schema_complain(reader, from, "nothing here has the address %s, and none is fetched",
	                str_quote(uri, QUOTE_MAX).text);
	return NULL;
}

/* ---- JSON pointers, RFC 6901 ---- */

static str unescape(struct arena *arena, str token)
{
	char *begin = arena_alloc_raw(arena, token.size + 1), *out = begin;

	for (size_t i = 0; i < token.size; i++) {
		bool escaped = token.at[i] == '~' && i + 1 < token.size &&
		               (token.at[i + 1] == '0' || token.at[i + 1] == '1');
		*out++ = !escaped ? token.at[i] : token.at[i + 1] == '0' ? '~' : '/';
		i += escaped;
	}
	return (str) { begin, (size_t)(out - begin) };
}

static yyjson_val *step(yyjson_val *value, str token)
{
	int64_t index;

	if (yyjson_is_obj(value))
		return yyjson_obj_getn(value, token.at, token.size);
	if (!yyjson_is_arr(value) || token.size == 0 || token.at[0] < '0' || token.at[0] > '9' ||
	    !str_to_int(token, &index))
		return NULL;
	return yyjson_arr_get(value, (size_t)index);
}

/* It may lead to a place where no keyword keeps schemas; what is there is then taken for one. */
static struct schema *follow(struct reader *reader, struct resource *resource, str pointer)
{
	const char *whole = arena_copy(reader->arena, pointer);
	yyjson_val *value = resource->root;
	struct schema *schema;

	str_cut(&pointer, '/');
	while (value && pointer.at) {
		value = step(value, unescape(reader->arena, str_cut(&pointer, '/')));
		schema = schema_of(reader, value);
		if (schema)
			resource = schema->resource;
	}
	return value ? schema_index(reader, value, STR(""), resource, whole) : NULL;
}

struct schema *schema_resolve(struct reader *reader, const struct schema *from, str reference,
                              str *fragment)
{
	struct uri parts = uri_split(reference);
	str uri = uri_resolve(reader->arena, from->resource->uri, reference);
	struct resource *resource = reach(reader, from, uri);

	*fragment = uri_decode(reader->arena, parts.fragment);
	if (!resource)
		return NULL;
	if (fragment->size == 0)
		return schema_of(reader, resource->root);
	const struct anchor *anchor = resource_anchor(resource, *fragment, false);
	struct schema *schema = fragment->at[0] == '/' ? follow(reader, resource, *fragment) :
	                        anchor ? schema_of(reader, anchor->schema->value) : NULL;
	if (!schema)
		schema_complain(reader, from, "there is no schema at %s",
		                str_quote(reference, QUOTE_MAX).text);
	return schema;
}
