/* message.c - a JSON-RPC message: read from a body, checked, and what is wrong with it in words.
 * Who reads them has written a client, and may have nothing but our one line. */
#include "compat.h"
#include "guard.h"
#include "message.h"

#define TOKEN_MAX 512                   /* bytes of an id, and of a progress token */

/* ---- Bodies that are no JSON ---- */

#define BYTES(text) { text, sizeof(text) - 1 }

/* What else clients send, by its first bytes. */
static const struct {
	str begins;
	const char *coding, *words;
} others[] = {
	{ BYTES("\x1f\x8b"), "gzip", NULL },
	{ BYTES("\x28\xb5\x2f\xfd"), "zstd", NULL },
	{ BYTES("\x78\x01"), "deflate", NULL },
	{ BYTES("\x78\x9c"), "deflate", NULL },
	{ BYTES("\x78\xda"), "deflate", NULL },
	{ BYTES("\xef\xbb\xbf"), NULL, "The body begins with a byte order mark; leave it out." },
	{ BYTES("\xff\xfe"), NULL, "The body is UTF-16; JSON is UTF-8." },
	{ BYTES("\xfe\xff"), NULL, "The body is UTF-16; JSON is UTF-8." },
};

static const struct fault *other_body(struct reply *reply, str body)
{
	if (body.size == 0)
		return fault_say(reply_arena(reply), &FAULT_PARSE, "The body is empty.");
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		str begins = others[i].begins;
		if (body.size < begins.size || memcmp(body.at, begins.at, begins.size) != 0)
			continue;
		return others[i].coding ? guard_compressed(reply, str_of(others[i].coding))
			: fault_say(reply_arena(reply), &FAULT_PARSE, "%s", others[i].words);
	}
	return NULL;
}

static const struct fault *unreadable(struct reply *reply, enum json_trouble trouble,
                                      const char *why)
{
	struct arena *arena = reply_arena(reply);

	switch (trouble) {
	case JSON_TOO_DEEP:
		metric_add(METRIC_LIMIT_DEPTH, 1);
		return &FAULT_DEEP;
	case JSON_TOO_MANY:
		metric_add(METRIC_LIMIT_VALUES, 1);
		return &FAULT_MANY;
	case JSON_DUPLICATE_KEY:
		return fault_say(arena, &FAULT_DUPLICATE, "The message names %s twice.", why);
	case JSON_NO_TEXT:
		return fault_say(arena, &FAULT_PARSE,
		                 "A string of the body is no Unicode text: %s.", why);
	default:
		return fault_say(arena, &FAULT_PARSE, "The body is not JSON (RFC 8259): %s.", why);
	}
}

yyjson_val *message_read(struct reply *reply, char *body, size_t size, const struct fault **fault)
{
	enum json_trouble trouble;
	const char *why;
	yyjson_val *message = json_parse(reply->arena, body, size, (struct json_bounds) {
		.depth = runtime.set.depth_max, .values = runtime.set.values_max }, &trouble, &why);

	if (message)
		return message;
	*fault = other_body(reply, (str) { body, size });
	if (!*fault)
		*fault = unreadable(reply, trouble, why);
	return NULL;
}

/* ---- Messages ---- */

static bool is_integer(yyjson_val *value)
{
	if (!yyjson_is_raw(value))
		return yyjson_is_int(value);
	/* One that is too long for 64 bits, or a fraction that is too large. */
	for (size_t i = 0; i < yyjson_get_len(value); i++)
		if (!strchr("-0123456789", yyjson_get_raw(value)[i]))
			return false;
	return true;
}

static bool is_id(yyjson_val *value)
{
	return yyjson_is_str(value) || is_integer(value);
}

/* What is echoed with everything that is said about a call, and kept for as long as it runs. */
static bool is_long(yyjson_val *token)
{
	return (yyjson_is_str(token) || yyjson_is_raw(token)) && yyjson_get_len(token) > TOKEN_MAX;
}

yyjson_val *message_id(yyjson_val *message)
{
	yyjson_val *id = yyjson_obj_get(message, "id");

	return is_id(id) && !is_long(id) ? id : NULL;
}

bool message_is_response(yyjson_val *message)
{
	return !yyjson_obj_get(message, "method") &&
	       (yyjson_obj_get(message, "result") || yyjson_obj_get(message, "error"));
}

static const char *shown(struct arena *arena, yyjson_val *value)
{
	switch (yyjson_get_type(value)) {
	case YYJSON_TYPE_NULL:
		return "null";
	case YYJSON_TYPE_BOOL:
		return yyjson_get_bool(value) ? "true" : "false";
	case YYJSON_TYPE_OBJ:
		return "an object";
	case YYJSON_TYPE_ARR:
		return "an array";
	case YYJSON_TYPE_STR:
		return arena_print(arena, "\"%s\"",
			str_quote((str) { yyjson_get_str(value), yyjson_get_len(value) }, 32).text);
	default:
		return is_integer(value) ? "a number" : "a number with a fraction or an exponent";
	}
}

static const struct fault *must_be(struct reply *reply, const char *member, yyjson_val *value,
                                   const char *wanted)
{
	struct arena *arena = reply_arena(reply);

	if (!value)
		return fault_say(arena, &FAULT_INVALID, "%s is missing; it must be %s.", member,
		                 wanted);
	return fault_say(arena, &FAULT_INVALID, "%s must be %s, not %s.", member, wanted,
	                 shown(arena, value));
}

static bool is_empty(yyjson_val *params)
{
	return yyjson_is_null(params) || (yyjson_is_arr(params) && yyjson_arr_size(params) == 0);
}

/* By name; whoever reads them finds none in what COMPAT serves. */
static const struct fault *check_params(struct reply *reply, yyjson_val *params)
{
	if (!params || yyjson_is_obj(params) ||
	    (is_empty(params) && compat_serves(COMPAT_PARAMS_EMPTY)))
		return NULL;
	return must_be(reply, "params", params, "an object, or left out");
}

static const struct fault *check_duplicates(struct reply *reply, yyjson_val *object)
{
	yyjson_val *key = json_duplicate(object);

	if (!key)
		return NULL;
	return fault_say(reply_arena(reply), &FAULT_DUPLICATE, "The message names \"%s\" twice.",
	                 str_quote((str) { yyjson_get_str(key), yyjson_get_len(key) }, 64).text);
}

const struct fault *message_check(struct reply *reply, yyjson_val *message)
{
	yyjson_val *id = yyjson_obj_get(message, "id"), *params = yyjson_obj_get(message, "params");
	yyjson_val *method = yyjson_obj_get(message, "method");
	yyjson_val *version = yyjson_obj_get(message, "jsonrpc");
	yyjson_val *progress = yyjson_obj_get(yyjson_obj_get(params, "_meta"), "progressToken");

	if (!yyjson_is_obj(message))
		return must_be(reply, "A message", message, "an object");
	if (!str_is(json_string(version), "2.0"))
		return must_be(reply, "jsonrpc", version, "the string \"2.0\"");
	if (id && !is_id(id))
		return must_be(reply, "id", id, "a string or an integer (a notification has none)");
	if (is_long(id) || is_long(progress))
		return &FAULT_LONG;
	if (message_is_response(message))
		return id ? NULL : must_be(reply, "id", NULL, "that of the request");
	if (!json_string(method).at)
		return must_be(reply, "method", method,
		               yyjson_is_str(method) ? "a string without U+0000" : "a string");
	TRY(check_params(reply, params));
	return check_duplicates(reply, params);
}

const struct fault *message_check_element(struct reply *reply, yyjson_val *message)
{
	TRY(message_check(reply, message));
	return message_is_response(message) ? NULL : check_duplicates(reply, message);
}
