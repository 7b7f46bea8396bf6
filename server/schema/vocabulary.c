/* vocabulary.c - dialects: the vocabularies a schema is written in, and who reads them. */
#include "schema_private.h"

#define DRAFT "https://json-schema.org/draft/2020-12/"

/* In the order in which they are checked: first what is quick, last what asks for all others. */
static const struct vocabulary { const char *uri; read_fn *read; } vocabularies[] = {
	{ DRAFT "vocab/core", schema_read_core },
	{ DRAFT "vocab/validation", schema_read_validation },
	{ DRAFT "vocab/applicator", schema_read_applicator },
	{ DRAFT "vocab/unevaluated", schema_read_unevaluated },
	{ DRAFT "vocab/meta-data", NULL },
	{ DRAFT "vocab/format-annotation", NULL },
	{ DRAFT "vocab/content", NULL },
};

#define VOCABULARIES (sizeof(vocabularies) / sizeof(vocabularies[0]))
#define VOCABULARIES_ALL ((1u << VOCABULARIES) - 1)

static bool add_vocabulary(struct reader *reader, struct schema *root, str uri, bool needed)
{
	for (size_t i = 0; i < VOCABULARIES; i++) {
		if (str_is(uri, vocabularies[i].uri)) {
			root->resource->vocabularies |= 1u << i;
			return true;
		}
	}
	return !needed || schema_complain(reader, root, "its dialect needs the unknown %s",
	                                  str_quote(uri, QUOTE_MAX).text);
}

/* A meta-schema that is at hand says itself what it is made of. */
static bool read_vocabularies(struct reader *reader, struct schema *root, yyjson_val *map)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(map);
	yyjson_val *key;

	root->resource->vocabularies = 1;
	while ((key = yyjson_obj_iter_next(&iter)))
		if (!add_vocabulary(reader, root, text_of(key),
		                    yyjson_is_true(yyjson_obj_iter_get_val(key))))
			return false;
	return true;
}

bool schema_read_dialect(struct reader *reader, struct schema *root)
{
	yyjson_val *dialect = schema_keyword(reader, root, "$schema", YYJSON_TYPE_STR);

	if (!dialect) {
		if (root->resource->vocabularies == 0)
			root->resource->vocabularies = VOCABULARIES_ALL;
		return !reader->trouble;
	}
	str uri = text_of(dialect);
	if (uri.size > 0 && uri.at[uri.size - 1] == '#')
		uri.size--;
	root->resource->vocabularies = VOCABULARIES_ALL;
	if (str_is(uri, DRAFT "schema"))
		return true;
	yyjson_val *document = metaschema_find(reader->arena, uri);
	if (!document)
		return schema_complain(reader, root, "$schema is %s, but only %s is known here",
		                       str_quote(text_of(dialect), QUOTE_MAX).text, DRAFT "schema");
	yyjson_val *map = yyjson_obj_get(document, "$vocabulary");
	return !map || read_vocabularies(reader, root, map);
}

bool schema_read(struct reader *reader, struct schema *schema)
{
	if (schema->verdict != VERDICT_RULES)
		return true;
	for (size_t i = 0; i < VOCABULARIES; i++) {
		bool used = schema->resource->vocabularies & 1u << i;
		if (used && vocabularies[i].read && !vocabularies[i].read(reader, schema))
			return false;
	}
	return !reader->trouble;
}
