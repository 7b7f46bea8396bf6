/* tool_request.c - a tools/call of 2026-07-28, as it goes out: body, and headers that repeat it. */
#include "builder.h"
#include "json.h"
#include "tool_request.h"

#define PROTOCOL "2026-07-28"
#define META "io.modelcontextprotocol/"
#define DEPTH_MAX 64
#define HEADERS_MAX 64

struct headers {
	struct arena *arena;
	const char **at;
	size_t count;
};

static void add_header(struct headers *headers, const char *prefix, const char *name,
                       const char *value)
{
	struct builder header = builder_begin(headers->arena, strlen(prefix) + strlen(name) + 2 + strlen(value));

	builder_put(&header, str_of(prefix));
	builder_put(&header, str_of(name));
	builder_put(&header, STR(": "));
	builder_put(&header, str_of(value));
	if (headers->count < HEADERS_MAX)
		headers->at[headers->count++] = builder_end(&header);
}

static char *encode(struct arena *arena, str bytes)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *text = arena_alloc(arena, (bytes.size + 2) / 3 * 4 + 1), *to = text;

	for (size_t i = 0; i < bytes.size; i += 3) {
		unsigned held = 0;
		for (size_t j = i; j < i + 3; j++)
			held = held << 8 | (j < bytes.size ? (unsigned char)bytes.at[j] : 0);
		*to++ = alphabet[held >> 18 & 63];
		*to++ = alphabet[held >> 12 & 63];
		*to++ = i + 1 < bytes.size ? alphabet[held >> 6 & 63] : '=';
		*to++ = i + 2 < bytes.size ? alphabet[held & 63] : '=';
	}
	return text;
}

/* What a header cannot carry as it is, or would be read as something else, goes in base64:
 * 2026-07-28 streamable-http, "Value Encoding". */
static const char *header_value(struct arena *arena, str value)
{
	bool plain = !str_starts(value, "=?base64?") && str_trim(value).size == value.size;
	for (size_t i = 0; plain && i < value.size; i++)
		plain = value.at[i] >= ' ' && value.at[i] <= '~';
	return plain ? arena_copy(arena, value)
	             : arena_print(arena, "=?base64?%s?=", encode(arena, value));
}

static const char *value_text(struct arena *arena, yyjson_val *value)
{
	if (yyjson_is_bool(value))
		return yyjson_get_bool(value) ? "true" : "false";
	if (yyjson_is_uint(value))
		return arena_print(arena, "%llu", (unsigned long long)yyjson_get_uint(value));
	if (yyjson_is_sint(value))
		return arena_print(arena, "%lld", (long long)yyjson_get_sint(value));
	if (yyjson_is_raw(value))
		return arena_copy(arena, (str) { yyjson_get_raw(value), yyjson_get_len(value) });
	return header_value(arena, (str) { yyjson_get_str(value), yyjson_get_len(value) });
}

static bool has_params(const struct shape *shape)
{
	for (const struct field *field = shape->fields; field->name; field++)
		if (field->header || (field->type == FIELD_NEST && has_params(field->item)))
			return true;
	return false;
}

/* From the JSON that is sent, not from the struct: the two must agree about what is absent. */
static void add_params(struct headers *headers, const struct shape *shape, yyjson_val *object)
{
	for (const struct field *field = shape->fields; field->name; field++) {
		yyjson_val *value = yyjson_obj_get(object, field->name);
		if (!value || yyjson_is_null(value))
			continue;
		if (field->header)
			add_header(headers, "Mcp-Param-", field->header,
			           value_text(headers->arena, value));
		else if (field->type == FIELD_NEST)
			add_params(headers, field->item, value);
	}
}

/* 2026-07-28 basic, "OpenTelemetry trace context": a server may look there, another at the header. */
static void write_trace(struct json *json, const struct request_parts *parts)
{
	char text[TRACEPARENT_SIZE];

	if (!parts->about)
		return;
	trace_print(parts->trace, text);
	json_key(json, "traceparent");
	json_text(json, text);
	if (!parts->about->state.at)
		return;
	json_key(json, "tracestate");
	json_str(json, parts->about->state);
}

static void write_meta(struct json *json, const struct request_parts *parts)
{
	json_key(json, "_meta");
	json_object(json);
	json_key(json, META "protocolVersion");
	json_text(json, PROTOCOL);
	json_key(json, META "clientInfo");
	json_object(json);
	json_key(json, "name");
	json_text(json, parts->name);
	json_key(json, "version");
	json_text(json, parts->version);
	json_object_end(json);
	json_key(json, META "clientCapabilities");
	json_object(json);
	json_object_end(json);
	write_trace(json, parts);
	json_object_end(json);
}

/* What this request is part of, so that the lines of both servers' logs say the same of it. */
static void add_about(struct headers *headers, const struct request_parts *parts)
{
	char text[TRACEPARENT_SIZE];

	if (!parts->about)
		return;
	trace_print(parts->trace, text);
	add_header(headers, "", "traceparent", text);
	if (parts->about->state.at)
		add_header(headers, "", "tracestate", arena_copy(headers->arena, parts->about->state));
	add_header(headers, "", "X-Request-Id", parts->about->id);
}

static str write_arguments(struct arena *arena, const struct request_parts *parts)
{
	if (!parts->in)
		return STR("{}");
	struct json json = json_begin(arena, 512);
	shape_write_input(&json, parts->in, parts->arguments);
	return json_end(&json);
}

static str write_body(struct arena *arena, const struct request_parts *parts, str arguments)
{
	struct json json = json_begin(arena, arguments.size + 512);
	json_object(&json);
	json_key(&json, "jsonrpc");
	json_text(&json, "2.0");
	json_key(&json, "id");
	json_int(&json, parts->id);
	json_key(&json, "method");
	json_text(&json, "tools/call");
	json_key(&json, "params");
	json_object(&json);
	write_meta(&json, parts);
	json_key(&json, "name");
	json_text(&json, parts->tool);
	json_key(&json, "arguments");
	json_raw(&json, arguments);
	json_object_end(&json);
	json_object_end(&json);
	return json_end(&json);
}

str request_write(struct arena *arena, const struct request_parts *parts,
                  const char *const **out)
{
	struct headers headers = { .arena = arena };
	headers.at = arena_array(arena, const char *, HEADERS_MAX + 1);
	str arguments = write_arguments(arena, parts);

	add_header(&headers, "", "Content-Type", "application/json");
	add_header(&headers, "", "Accept", "application/json, text/event-stream");
	add_header(&headers, "", "MCP-Protocol-Version", PROTOCOL);
	add_header(&headers, "", "Mcp-Method", "tools/call");
	add_header(&headers, "", "Mcp-Name", header_value(arena, str_of(parts->tool)));
	if (parts->key)
		add_header(&headers, "", "Authorization",
		           arena_print(arena, "Bearer %s", parts->key));
	add_about(&headers, parts);
	if (parts->in && has_params(parts->in)) {
		enum json_trouble trouble;
		yyjson_val *object = json_parse_copy(arena, arguments, DEPTH_MAX, &trouble);
		add_params(&headers, parts->in, object);
	}
	*out = headers.at;
	return write_body(arena, parts, arguments);
}
