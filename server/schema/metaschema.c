/* metaschema.c - the schemas of schemas, for those that refer to them.
 *
 * As published at json-schema.org, less what only describes: titles, comments, defaults. */
#include "schema_private.h"

#define DRAFT "https://json-schema.org/draft/2020-12/"

static const struct { const char *uri, *text; } documents[] = {
	{ DRAFT "schema",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "schema\",\"$vocabulary\":{"
	  "\"" DRAFT "vocab/core\":true,"
	  "\"" DRAFT "vocab/applicator\":true,"
	  "\"" DRAFT "vocab/unevaluated\":true,"
	  "\"" DRAFT "vocab/validation\":true,"
	  "\"" DRAFT "vocab/meta-data\":true,"
	  "\"" DRAFT "vocab/format-annotation\":true,"
	  "\"" DRAFT "vocab/content\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"allOf\":[{\"$ref\":\"meta/core\"},{"
	  "\"$ref\":\"meta/applicator\"},{\"$ref\":\"meta/unevaluated\"},{"
	  "\"$ref\":\"meta/validation\"},{\"$ref\":\"meta/meta-data\"},{"
	  "\"$ref\":\"meta/format-annotation\"},{\"$ref\":\"meta/content\"}],"
	  "\"type\":[\"object\",\"boolean\"],\"properties\":{\"definitions\":{"
	  "\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#meta\"}},"
	  "\"dependencies\":{\"type\":\"object\",\"additionalProperties\":{\"anyOf\":[{"
	  "\"$dynamicRef\":\"#meta\"},{\"$ref\":\"meta/validation#/$defs/stringArray\"}]}},"
	  "\"$recursiveAnchor\":{\"$ref\":\"meta/core#/$defs/anchorString\"},"
	  "\"$recursiveRef\":{\"$ref\":\"meta/core#/$defs/uriReferenceString\"}}}" },
	{ DRAFT "meta/core",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/core\",\"$vocabulary\":{"
	  "\"" DRAFT "vocab/core\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"$id\":{\"$ref\":\"#/$defs/uriReferenceString\",\"pattern\":\"^[^#]*#?$\"},"
	  "\"$schema\":{\"$ref\":\"#/$defs/uriString\"},\"$ref\":{"
	  "\"$ref\":\"#/$defs/uriReferenceString\"},\"$anchor\":{"
	  "\"$ref\":\"#/$defs/anchorString\"},\"$dynamicRef\":{"
	  "\"$ref\":\"#/$defs/uriReferenceString\"},\"$dynamicAnchor\":{"
	  "\"$ref\":\"#/$defs/anchorString\"},\"$vocabulary\":{\"type\":\"object\","
	  "\"propertyNames\":{\"$ref\":\"#/$defs/uriString\"},\"additionalProperties\":{"
	  "\"type\":\"boolean\"}},\"$comment\":{\"type\":\"string\"},\"$defs\":{"
	  "\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#meta\"}}},"
	  "\"$defs\":{\"anchorString\":{\"type\":\"string\","
	  "\"pattern\":\"^[A-Za-z_][-A-Za-z0-9._]*$\"},\"uriString\":{\"type\":\"string\"},"
	  "\"uriReferenceString\":{\"type\":\"string\"}}}" },
	{ DRAFT "meta/applicator",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/applicator\","
	  "\"$vocabulary\":{\"" DRAFT "vocab/applicator\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"prefixItems\":{\"$ref\":\"#/$defs/schemaArray\"},\"items\":{"
	  "\"$dynamicRef\":\"#meta\"},\"contains\":{\"$dynamicRef\":\"#meta\"},"
	  "\"additionalProperties\":{\"$dynamicRef\":\"#meta\"},\"properties\":{"
	  "\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#meta\"}},"
	  "\"patternProperties\":{\"type\":\"object\",\"additionalProperties\":{"
	  "\"$dynamicRef\":\"#meta\"},\"propertyNames\":{}},\"dependentSchemas\":{"
	  "\"type\":\"object\",\"additionalProperties\":{\"$dynamicRef\":\"#meta\"}},"
	  "\"propertyNames\":{\"$dynamicRef\":\"#meta\"},\"if\":{\"$dynamicRef\":\"#meta\"},"
	  "\"then\":{\"$dynamicRef\":\"#meta\"},\"else\":{\"$dynamicRef\":\"#meta\"},"
	  "\"allOf\":{\"$ref\":\"#/$defs/schemaArray\"},\"anyOf\":{"
	  "\"$ref\":\"#/$defs/schemaArray\"},\"oneOf\":{\"$ref\":\"#/$defs/schemaArray\"},"
	  "\"not\":{\"$dynamicRef\":\"#meta\"}},\"$defs\":{\"schemaArray\":{"
	  "\"type\":\"array\",\"minItems\":1,\"items\":{\"$dynamicRef\":\"#meta\"}}}}" },
	{ DRAFT "meta/unevaluated",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/unevaluated\","
	  "\"$vocabulary\":{"
	  "\"" DRAFT "vocab/unevaluated\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"unevaluatedItems\":{\"$dynamicRef\":\"#meta\"},\"unevaluatedProperties\":{"
	  "\"$dynamicRef\":\"#meta\"}}}" },
	{ DRAFT "meta/validation",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/validation\","
	  "\"$vocabulary\":{\"" DRAFT "vocab/validation\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"type\":{\"anyOf\":[{\"$ref\":\"#/$defs/simpleTypes\"},{\"type\":\"array\","
	  "\"items\":{\"$ref\":\"#/$defs/simpleTypes\"},\"minItems\":1,"
	  "\"uniqueItems\":true}]},\"const\":true,\"enum\":{\"type\":\"array\","
	  "\"items\":true},\"multipleOf\":{\"type\":\"number\",\"exclusiveMinimum\":0},"
	  "\"maximum\":{\"type\":\"number\"},\"exclusiveMaximum\":{\"type\":\"number\"},"
	  "\"minimum\":{\"type\":\"number\"},\"exclusiveMinimum\":{\"type\":\"number\"},"
	  "\"maxLength\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minLength\":{"
	  "\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"pattern\":{"
	  "\"type\":\"string\"},\"maxItems\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},"
	  "\"minItems\":{\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"uniqueItems\":{"
	  "\"type\":\"boolean\"},\"maxContains\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},"
	  "\"minContains\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},\"maxProperties\":{"
	  "\"$ref\":\"#/$defs/nonNegativeInteger\"},\"minProperties\":{"
	  "\"$ref\":\"#/$defs/nonNegativeIntegerDefault0\"},\"required\":{"
	  "\"$ref\":\"#/$defs/stringArray\"},\"dependentRequired\":{\"type\":\"object\","
	  "\"additionalProperties\":{\"$ref\":\"#/$defs/stringArray\"}}},\"$defs\":{"
	  "\"nonNegativeInteger\":{\"type\":\"integer\",\"minimum\":0},"
	  "\"nonNegativeIntegerDefault0\":{\"$ref\":\"#/$defs/nonNegativeInteger\"},"
	  "\"simpleTypes\":{\"enum\":[\"array\",\"boolean\",\"integer\",\"null\",\"number\","
	  "\"object\",\"string\"]},\"stringArray\":{\"type\":\"array\",\"items\":{"
	  "\"type\":\"string\"},\"uniqueItems\":true}}}" },
	{ DRAFT "meta/meta-data",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/meta-data\",\"$vocabulary\":{"
	  "\"" DRAFT "vocab/meta-data\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"title\":{\"type\":\"string\"},\"description\":{\"type\":\"string\"},"
	  "\"default\":true,\"deprecated\":{\"type\":\"boolean\"},\"readOnly\":{"
	  "\"type\":\"boolean\"},\"writeOnly\":{\"type\":\"boolean\"},\"examples\":{"
	  "\"type\":\"array\",\"items\":true}}}" },
	{ DRAFT "meta/format-annotation",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/format-annotation\","
	  "\"$vocabulary\":{"
	  "\"" DRAFT "vocab/format-annotation\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"format\":{\"type\":\"string\"}}}" },
	{ DRAFT "meta/content",
	  "{\"$schema\":\"" DRAFT "schema\","
	  "\"$id\":\"" DRAFT "meta/content\",\"$vocabulary\":{"
	  "\"" DRAFT "vocab/content\":true},"
	  "\"$dynamicAnchor\":\"meta\",\"type\":[\"object\",\"boolean\"],\"properties\":{"
	  "\"contentEncoding\":{\"type\":\"string\"},\"contentMediaType\":{"
	  "\"type\":\"string\"},\"contentSchema\":{\"$dynamicRef\":\"#meta\"}}}" },
};

yyjson_val *metaschema_find(struct arena *arena, str uri)
{
	enum json_trouble trouble;

	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		if (str_is(uri, documents[i].uri))
			return json_parse_copy(arena, str_of(documents[i].text), NESTING_MAX,
			                       &trouble);
	return NULL;
}
