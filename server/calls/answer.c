/* answer.c - how a tool answers: one struct or text, encoded for the client's revision. */
#include "call.h"
#include "call_private.h"
#include "mistake.h"
#include "result.h"

static void content_text(struct json *json, str text)
{
	json_before(json, STR("{\"type\":\"text\",\"text\":"));
	json_str(json, text);
	json_object_end(json);
}

void result_cacheable(struct json *json, int64_t ttl_ms, const char *scope)
{
	json_key(json, "ttlMs");
	json_int(json, ttl_ms);
	json_key(json, "cacheScope");
	json_text(json, scope);
}

/* A tool's result in words. */
static void tool_words(struct mcp_call *call, str text, bool is_error)
{
	struct json *json = call_result(call, "complete");

	json_key(json, "content");
	json_array(json);
	content_text(json, text);
	json_array_end(json);
	if (is_error) {
		json_key(json, "isError");
		json_bool(json, true);
	}
	call->is_error = is_error;
}

/* By its shape, of which nothing that is required may be missing: clients check it. */
static void write_out(struct mcp_call *call, struct json *json, const void *out)
{
	const struct field *lacks = shape_write(json, call->offer->out, out);

	call->mended |= json->mended;
	if (lacks)
		call_mistake(call, "what it returned has no %s, which is .required in its .out: fill it in, or leave"
		             " .required out", lacks->name);
}

/* The struct, written once: as structuredContent from 2025-06-18 on, and its text for all. */
static void tool_struct(struct mcp_call *call, const void *out)
{
	struct json *json = call_result(call, "complete");
	str written;

	if (call->revision >= R2025_06_18) {
		json_key(json, "structuredContent");
		size_t start = json->size;
		write_out(call, json, out);
		written = (str) { json->at + start, json->size - start };
	} else {
		struct json text = json_begin(call->arena, 1024);
		write_out(call, &text, out);
		written = json_end(&text);
	}
	/* Growing the buffer leaves `written` where it was: arenas give nothing back. */
	json_key(json, "content");
	json_array(json);
	content_text(json, written);
	json_array_end(json);
}

static void resource_text(struct mcp_call *call, str text)
{
	struct json *json = call_result(call, "complete");

	json_key(json, "contents");
	json_array(json);
	json_object(json);
	json_key(json, "uri");
	json_str(json, call->uri);
	json_key(json, "mimeType");
	json_text(json, call->offer->mime);
	json_key(json, "text");
	json_str(json, text);
	if (call->offer->meta && call->revision >= R2025_06_18) {
		json_key(json, "_meta");
		json_raw(json, str_of(call->offer->meta));
	}
	json_object_end(json);
	json_array_end(json);
	if (call->revision >= R2026_07_28)
		result_cacheable(json, 0, "private");
}

static void message(struct json *json, const char *role, str text)
{
	json_object(json);
	json_key(json, "role");
	json_text(json, role);
	json_key(json, "content");
	content_text(json, text);
	json_object_end(json);
}

static void prompt_text(struct mcp_call *call, str text)
{
	struct json *json = call_result(call, "complete");

	json_key(json, "messages");
	json_array(json);
	if (call->messages.at)
		json_raw(json, json_end(&call->messages));
	message(json, "user", text);
	json_array_end(json);
}

enum mcp_answer (mcp_return)(struct mcp_call *call, const struct shape *shape, const void *out)
{
	if (!call->offer->out || shape != call->offer->out || !out) {
		call_mistake(call, "it called mcp_return() %s", !out ? "with NULL: return a struct of its .out"
		             : call->offer->out ? "with another shape than its .out"
		             : "and has no .out: write the shape that it returns there, or use mcp_say()");
		return MCP_ANSWERED;
	}
	if (call->offer->kind == OFFER_TOOL) {
		tool_struct(call, out);
		return MCP_ANSWERED;
	}
	struct json json = json_begin(call->arena, 1024);
	write_out(call, &json, out);
	if (call->offer->kind == OFFER_RESOURCE)
		resource_text(call, json_end(&json));
	else
		prompt_text(call, json_end(&json));
	return MCP_ANSWERED;
}

/* What is written as it is has to be JSON, or nothing of the answer could be read. */
yyjson_val *call_takes_json(struct mcp_call *call, const char *where, const char *text)
{
	enum json_trouble trouble = JSON_SYNTAX;
	yyjson_val *value = text ? json_parse_copy(call->arena, str_of(text), runtime.set.depth_max, &trouble) : NULL;

	if (!value && trouble == JSON_TOO_DEEP)
		call_mistake(call, "it called %s with JSON of more levels than %d, which is DEPTH_MAX: nest it less deeply",
		             where, runtime.set.depth_max);
	else if (!value)
		call_mistake(call, "it called %s with what is not JSON: make it with mcp_json(), or check what it is made"
		             " of", where);
	return value;
}

bool call_takes_object(struct mcp_call *call, const char *where, const char *text)
{
	yyjson_val *value = call_takes_json(call, where, text);

	if (value && !yyjson_is_obj(value))
		call_mistake(call, "it called %s with JSON that is no object: write {...}", where);
	return yyjson_is_obj(value);
}

enum mcp_answer mcp_return_json(struct mcp_call *call, const char *value)
{
	if (call->offer->kind != OFFER_TOOL || call->offer->out) {
		call_mistake(call, "it called mcp_return_json(), which is for a tool with .out_schema: use mcp_return(), or"
		             " mcp_say()");
		return MCP_ANSWERED;
	}
	yyjson_val *parsed = call_takes_json(call, "mcp_return_json()", value);
	if (!parsed)
		return MCP_ANSWERED;
	if (call->offer->structured[R2025_06_18] && !yyjson_is_obj(parsed)) {
		call_mistake(call, "it called mcp_return_json() with no object, and its .out_schema is one's: write {...}");
		return MCP_ANSWERED;
	}
	const char *wrong = call->offer->answers ? json_schema_check_own(call->offer->answers, parsed, call->arena) : NULL;
	if (wrong) {
		call_mistake(call, "what it returned is not what its .out_schema describes: %s", wrong);
		return MCP_ANSWERED;
	}
	struct json *json = call_result(call, "complete");

	/* Before 2026-07-28 only an object may be structured; the text is there in any case. */
	if (call->revision >= R2026_07_28 || (call->revision >= R2025_06_18 && yyjson_is_obj(parsed))) {
		json_key(json, "structuredContent");
		json_raw(json, str_of(value));
	}
	json_key(json, "content");
	json_array(json);
	content_text(json, str_of(value));
	json_array_end(json);
	return MCP_ANSWERED;
}

const char *(mcp_json)(struct mcp_call *call, const struct shape *shape, const void *in)
{
	struct json json = json_begin(call->arena, 256);

	shape_write(&json, shape, in);
	return arena_copy(call->arena, json_end(&json));
}

bool (mcp_read_json)(struct mcp_call *call, const char *text, const struct shape *shape, void *out)
{
	enum json_trouble trouble;
	yyjson_val *value = json_parse_copy(call->arena, str_of(text), runtime.set.depth_max, &trouble);

	return value && !shape_read(shape, value, 0, out, call->arena);
}

/* A declared outputSchema must be met by every success, so clients throw away one without what it describes. */
void call_answers_freely(struct mcp_call *call, const char *how)
{
	if (call->offer->kind == OFFER_TOOL && call->offer->out)
		call_mistake(call, "it has an .out, and answered with %s: use mcp_return(), or mcp_fail() where there is"
		             " nothing of it", how);
	else if (call->offer->structured[R2026_07_28])
		call_mistake(call, "it has an .out_schema, and answered with %s: use mcp_return_json(), or mcp_fail() where"
		             " there is nothing of it", how);
}

enum mcp_answer mcp_say(struct mcp_call *call, const char *text, ...)
{
	va_list list;

	call_answers_freely(call, "mcp_say()");
	va_start(list, text);
	str said = str_of(arena_print_list(call->arena, text, list));
	va_end(list);
	if (call->offer->kind == OFFER_TOOL)
		tool_words(call, said, false);
	else if (call->offer->kind == OFFER_RESOURCE)
		resource_text(call, said);
	else
		prompt_text(call, said);
	return MCP_ANSWERED;
}

/* Resources and prompts have no isError: their failure is a JSON-RPC error. */
static void fail_in_words(struct mcp_call *call, const struct fault *like, const char *words)
{
	if (call->offer->kind == OFFER_TOOL)
		tool_words(call, str_of(words), true);
	else
		call->fault = fault_say(call->arena, like, "%s", words);
}

enum mcp_answer mcp_fail(struct mcp_call *call, const char *why, ...)
{
	va_list list;

	va_start(list, why);
	fail_in_words(call, &FAULT_BAD_NEWS, arena_print_list(call->arena, why, list));
	va_end(list);
	return MCP_ANSWERED;
}

enum mcp_answer mcp_error(struct mcp_call *call, int code, const char *why, ...)
{
	struct fault like = { FAULT_STATUS(code, 200), .outcome = "error" };
	va_list list;

	va_start(list, why);
	call->fault = fault_say(call->arena, &like, "%s", arena_print_list(call->arena, why, list));
	va_end(list);
	return MCP_ANSWERED;
}

enum mcp_answer mcp_not_found(struct mcp_call *call, const char *why, ...)
{
	bool old = call->offer->kind == OFFER_RESOURCE && call->revision < R2026_07_28;
	va_list list;

	va_start(list, why);
	fail_in_words(call, old ? &FAULT_NO_RESOURCE : &FAULT_PARAMS, arena_print_list(call->arena, why, list));
	va_end(list);
	if (call->fault && call->uri.at) {
		struct json json = json_begin(call->arena, 64 + call->uri.size);
		json_object(&json);
		json_key(&json, "uri");
		json_str(&json, call->uri);
		json_object_end(&json);
		((struct fault *)call->fault)->data = json_end(&json);
	}
	return MCP_ANSWERED;
}

/* 2026-07-28, basic, "_meta": where a request requires a capability that was not declared it must be this
 * error. The client reads it, and the model does not. */
static void fail_for_capability(struct mcp_call *call, const char *words)
{
	struct fault *fault = fault_say(call->arena, &FAULT_CAPABILITY, "%s", words);

	fault->data = str_of(arena_print(call->arena, "{\"requiredCapabilities\":%s}",
	                                 call->lacks ? call->lacks : "{\"elicitation\":{}}"));
	call->fault = fault;
}

enum mcp_answer mcp_must_ask(struct mcp_call *call)
{
	if (call->revision >= R2026_07_28)
		fail_for_capability(call, "This has to ask, and the client did not declare that it can be asked.");
	else
		fail_in_words(call, &FAULT_BAD_NEWS, "This has to ask, and this client cannot be asked.");
	return MCP_ANSWERED;
}

/* A tool that can be called in another way requires no capability: it says how, to the model. A prompt or
 * resource has only errors to say it with. */
enum mcp_answer mcp_cannot_ask(struct mcp_call *call, const char *instead, ...)
{
	va_list list;

	va_start(list, instead);
	const char *words = arena_print(call->arena, "This has to ask, and this client cannot be asked. %s",
	                                arena_print_list(call->arena, instead, list));
	va_end(list);
	if (call->offer->kind != OFFER_TOOL && call->revision >= R2026_07_28)
		fail_for_capability(call, words);
	else
		fail_in_words(call, &FAULT_BAD_NEWS, words);
	return MCP_ANSWERED;
}

void mcp_message(struct mcp_call *call, const char *role, const char *text, ...)
{
	va_list list;

	call_takes_role(call, role);
	if (!call->messages.at)
		call->messages = json_begin(call->arena, 512);
	va_start(list, text);
	message(&call->messages, role, str_of(arena_print_list(call->arena, text, list)));
	va_end(list);
}

const char *mcp_caller(const struct mcp_call *call)
{
	return caller_name(call->reply->caller);
}

int64_t mcp_call_number(struct mcp_call *call)
{
	while (!call->number) {
		random_bytes(&call->number, sizeof(call->number));
		call->number &= INT64_MAX;
	}
	return call->number;
}

void mcp_keep(struct mcp_call *call, const void *what)
{
	call->kept = what;
}

const void *mcp_kept(const struct mcp_call *call)
{
	return call->kept;
}

const char *mcp_called(const struct mcp_call *call)
{
	return caller_called(call->reply->caller);
}

const char *mcp_customer(const struct mcp_call *call)
{
	return caller_customer(call->reply->caller);
}

/* Where .scopes has all there are, nobody ever has another: who asks for one has mistyped it. */
static void scopes_are_there(str scopes)
{
	const char *all = runtime.server->scopes;

	while (all && scopes.size > 0) {
		str scope = str_cut(&scopes, ' ');
		if (!str_lists(str_of(all), ' ', scope))
			mistake("mcp_may() of \"%s\", which is not in .scopes: write one of %s, or add it there",
			        str_quote(scope, 64).text, str_quote(str_of(all), 256).text);
	}
}

bool mcp_may(const struct mcp_call *call, const char *scopes)
{
	scopes_are_there(str_of(scopes));
	return call_may(call, scopes);
}

struct arena *mcp_arena(struct mcp_call *call)
{
	return call->arena;
}

int64_t mcp_time_left_ms(const struct mcp_call *call)
{
	int64_t left = call->run_until_ms - tick_ms();

	return left > 0 ? left : 0;
}

/* ---- Cursors ---- */

static const char *cursor_purpose(struct mcp_call *call, const char *kind)
{
	return arena_print(call->arena, "cursor %s %s", runtime.server->name, kind);
}

const char *(mcp_cursor)(struct mcp_call *call, const char *kind, const struct shape *shape,
                       const void *position)
{
	struct json json = json_begin(call->arena, 256);

	shape_write_input(&json, shape, position);
	return arena_copy(call->arena, seal(call->arena, cursor_purpose(call, kind), json_end(&json)));
}

bool (mcp_cursor_open)(struct mcp_call *call, const char *kind, const char *cursor,
                     const struct shape *shape, void *position)
{
	enum json_trouble trouble;
	str plain = seal_open(call->arena, cursor_purpose(call, kind), str_of(cursor));
	yyjson_val *value;

	if (!plain.at)
		return false;
	value = json_parse_copy(call->arena, plain, runtime.set.depth_max, &trouble);
	return value && !shape_read(shape, value, SHAPE_STRICT, position, call->arena);
}
