/* json_schema.h - JSON Schema 2020-12: whether a JSON value fits a schema, and in words if not.
 *
 *     struct json_schema *schema = json_schema_compile(arena, value, &why);    once, at start
 *     const char *wrong = json_schema_check(schema, arguments, call_arena);    every call
 *
 * A schema is whoever writes the server's; the value may be anybody's.
 *
 * Keywords All of the core, applicator, unevaluated and validation vocabularies. What only
 *          describes (title, format, contentEncoding ...) is not checked, unknown ones are ignored.
 * Network  Nothing is ever fetched: a $ref leads into the schema itself, or to the meta-schema.
 * Bounds   A check takes so many steps and goes so deep, whatever schema and value say, and then
 *          refuses in words. The time of patterns counts as well.
 * Memory   A compiled schema lives in its arena, and the value it was made of must live as long.
 * Threads  It is const: any number of threads may check with it at once. */
#ifndef JSON_SCHEMA_H
#define JSON_SCHEMA_H

#include <yyjson.h>

#include "core.h"

struct json_schema;

/* NULL: `why` says what is wrong with the schema, and where: "#/properties/age: minimum must be a
 * number". */
MUST_USE struct json_schema *json_schema_compile(struct arena *arena, yyjson_val *schema,
                                                 const char **why);

/* NULL: the value fits. Else what is wrong with it, in words for a model that name the place: "address.city must be a
 * string, not a number". All of it, as far as REFUSALS_MAX goes, a line each. */
MUST_USE const char *json_schema_check(const struct json_schema *schema, yyjson_val *value,
                                       struct arena *arena);

/* The first of it, of a value that is the program's own, for its operator's log: the words name the place and no value, and what
 * takes too long to tell fits. */
MUST_USE const char *json_schema_check_own(const struct json_schema *schema, yyjson_val *value,
                                           struct arena *arena);

/* Whether a text is of a format: email, uri, uri-reference, date, time, date-time, uuid, ipv4,
 * ipv6, hostname. Any text is of a format that is none of these. */
bool json_format_ok(const char *format, str text);

#endif
