/* param.c - headers of 2026-07-28 that repeat what the body says, so that a proxy can route by them.
 *
 * They are only compared, never used: what counts is the body. */
#include <stdio.h>

#include "number.h"
#include "param.h"

#define NAME_MAX_BYTES 96

static const struct fault *disagree(struct mcp_call *call, const char *name, const char *how)
{
	return fault_say(call->arena, &FAULT_HEADERS, "The header %s %s.", name, how);
}

static bool is_printable(str value)
{
	for (size_t i = 0; i < value.size; i++)
		if ((value.at[i] < 0x20 || value.at[i] > 0x7e) && value.at[i] != '\t')
			return false;
	return true;
}

/* Exactly that prefix and suffix; anything else is literal. */
bool param_decode(struct arena *arena, str *value)
{
	static const char prefix[] = "=?base64?";
	size_t head = sizeof(prefix) - 1;

	if (value->size < head + 2 || !str_starts(*value, prefix) ||
	    memcmp(value->at + value->size - 2, "?=", 2) != 0)
		return true;
	str plain = base64_open(arena, (str) { value->at + head, value->size - head - 2 });
	if (!plain.at || !utf8_valid(plain))
		return false;
	*value = plain;
	return true;
}

static const struct fault *read_header(struct mcp_call *call, const char *name, bool encoded,
                                       str *value)
{
	struct exchange *x = call->reply->exchange;

	*value = exchange_header(x, name);
	if (exchange_header_repeats(x, name))
		return disagree(call, name, "is there more than once");
	if (value->at && !is_printable(*value))
		return disagree(call, name, "has characters a header may not have");
	if (value->at && encoded && !param_decode(call->arena, value))
		return disagree(call, name, "is not valid base64 inside =?base64?...?=");
	return NULL;
}

const struct fault *param_header_is(struct mcp_call *call, const char *name, str expected,
                                    bool encoded)
{
	str value;

	TRY(read_header(call, name, encoded, &value));
	if (!value.at)
		return disagree(call, name, "is missing");
	if (!str_same(value, expected))
		return disagree(call, name, "differs from the body");
	return NULL;
}

/* Numbers are compared as numbers: 42.0 is 42. Where both are integers exactly, beyond 2^53 too. */
static bool same_number(str header, yyjson_val *value)
{
	int64_t whole;
	double real;

	if (yyjson_is_raw(value))
		return str_same(header, (str) { yyjson_get_raw(value), yyjson_get_len(value) });
	if (yyjson_is_int(value) && str_to_int(header, &whole))
		return yyjson_is_uint(value) ? whole >= 0 && (uint64_t)whole == yyjson_get_uint(value)
		                             : whole == yyjson_get_sint(value);
	return real_parse(header, &real) && real == yyjson_get_num(value);
}

bool param_value_agrees(str header, yyjson_val *value)
{
	if (yyjson_is_str(value))
		return str_same(header, (str) { yyjson_get_str(value), yyjson_get_len(value) });
	if (yyjson_is_bool(value))
		return str_is(header, yyjson_get_bool(value) ? "true" : "false");
	return (yyjson_is_num(value) || yyjson_is_raw(value)) && same_number(header, value);
}

static const struct fault *header_agrees(struct mcp_call *call, const char *suffix,
                                         yyjson_val *value)
{
	char name[NAME_MAX_BYTES];
	str header;

	snprintf(name, sizeof(name), "Mcp-Param-%s", suffix);
	TRY(read_header(call, name, true, &header));
	if (!value || yyjson_is_null(value))
		return header.at ? disagree(call, name, "is there, but the argument is not") : NULL;
	if (!header.at)
		return disagree(call, name, "is missing");
	return param_value_agrees(header, value) ? NULL : disagree(call, name, "differs from the argument");
}

static const struct fault *shape_agrees(struct mcp_call *call, const struct shape *shape,
                                        yyjson_val *object)
{
	for (const struct field *field = shape->fields; field->name; field++) {
		yyjson_val *value = yyjson_obj_get(object, field->name);
		if (field->header)
			TRY(header_agrees(call, field->header, value));
		else if (field->type == FIELD_NEST)
			TRY(shape_agrees(call, field->item, value));
	}
	return NULL;
}

/* The same of a schema as JSON: reachable through properties only. */
static const struct fault *schema_agrees(struct mcp_call *call, yyjson_val *schema,
                                         yyjson_val *object)
{
	yyjson_obj_iter iter = yyjson_obj_iter_with(yyjson_obj_get(schema, "properties"));

	for (yyjson_val *key; (key = yyjson_obj_iter_next(&iter));) {
		yyjson_val *property = yyjson_obj_iter_get_val(key);
		yyjson_val *value = yyjson_obj_get(object, yyjson_get_str(key));
		yyjson_val *header = yyjson_obj_get(property, "x-mcp-header");
		if (yyjson_is_str(header))
			TRY(header_agrees(call, yyjson_get_str(header), value));
		else if (yyjson_is_obj(property))
			TRY(schema_agrees(call, property, value));
	}
	return NULL;
}

const struct fault *param_headers_agree(struct mcp_call *call)
{
	if (call->offer->in_schema)
		return schema_agrees(call, call->offer->in_schema,
		                     yyjson_obj_get(call->params, "arguments"));
	if (!call->offer->has_headers)
		return NULL;
	return shape_agrees(call, call->offer->in, yyjson_obj_get(call->params, "arguments"));
}
