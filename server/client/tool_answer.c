/* tool_answer.c - what came back for a tools/call, and what to make of it. */
#include "result.h"
#include "tool_answer.h"

#define DEPTH_MAX 64
#define INTERNAL_ERROR (-32603)

/* ---- Finding the response ---- */

/* The next line of a stream of events: they end with LF, CR or CR LF. */
static bool next_line(str *rest, str *line)
{
	if (rest->size == 0)
		return false;
	size_t size = 0;
	while (size < rest->size && rest->at[size] != '\n' && rest->at[size] != '\r')
		size++;
	*line = (str) { rest->at, size };
	size_t end = size < rest->size ? 1 : 0;
	if (size + 1 < rest->size && rest->at[size] == '\r' && rest->at[size + 1] == '\n')
		end = 2;
	rest->at += size + end;
	rest->size -= size + end;
	return true;
}

str answer_next_event(struct arena *arena, str *rest)
{
	char *data = NULL;
	size_t size = 0;
	str line;
	while (next_line(rest, &line)) {
		if (line.size == 0) {
			if (data)
				return (str) { data, size - 1 };
			continue;
		}
		if (!str_starts(line, "data:"))
			continue;
		size_t skip = line.size > 5 && line.at[5] == ' ' ? 6 : 5;
		line = (str) { line.at + skip, line.size - skip };
		data = data ? arena_grow(arena, data, size + 1, size + line.size + 2)
		            : arena_alloc_raw(arena, line.size + 2);
		memcpy(data + size, line.at, line.size);
		size += line.size + 1;
		memcpy(data + size - 1, "\n", 2);
	}
	return (str) { 0 };     /* an event the stream ends in the middle of does not count */
}

/* The message if it is the response to `id`. A refusal may come without an id. */
static yyjson_val *response_in(struct arena *arena, str text, int64_t id, bool refusal)
{
	enum json_trouble trouble;
	yyjson_val *message = json_parse_copy(arena, text, DEPTH_MAX, &trouble);
	yyjson_val *its = yyjson_obj_get(message, "id");
	if (!yyjson_is_obj(message) || yyjson_obj_get(message, "method"))
		return NULL;
	if (yyjson_is_int(its) ? yyjson_get_sint(its) != id : its || !refusal)
		return NULL;
	bool has = yyjson_is_obj(yyjson_obj_get(message, "result")) ||
	           yyjson_is_obj(yyjson_obj_get(message, "error"));
	return has ? message : NULL;
}

static bool is_type(const struct fetch_answer *fetched, const char *type)
{
	str given = fetched->type;
	const char *end = given.at ? memchr(given.at, ';', given.size) : NULL;
	if (end)
		given.size = (size_t)(end - given.at);
	return given.at && str_is_nocase(str_trim(given), type);
}

static yyjson_val *find_response(struct arena *arena, const struct fetch_answer *fetched,
                                 int64_t id)
{
	if (!is_type(fetched, "text/event-stream"))
		return response_in(arena, fetched->body, id, fetched->status != 200);
	str rest = fetched->body;
	for (str data; (data = answer_next_event(arena, &rest)).at; ) {
		yyjson_val *response = response_in(arena, data, id, false);
		if (response)
			return response;
	}
	return NULL;
}

/* ---- Judging it ---- */

static struct answer refused(const char *why)
{
	return (struct answer) { .verdict = VERDICT_REFUSED, .why = why };
}

/* Its words go on to a model, as those of a refusal do: where the service is, only the log says. */
static struct answer denied(const char *why)
{
	return (struct answer) { .verdict = VERDICT_DENIED, .why = why };
}

static const char *content_text(struct arena *arena, yyjson_val *result)
{
	struct json text = json_begin(arena, 256);
	yyjson_val *content = yyjson_obj_get(result, "content"), *block;
	size_t i, count;
	yyjson_arr_foreach(content, i, count, block) {
		str one = json_member(block, "text");
		if (one.size > 0 && text.size > 0)
			json_bytes(&text, STR("\n"));
		json_bytes(&text, one);
	}
	if (text.size == 0)
		return "The tool failed and did not say why.";
	json_bytes(&text, (str) { "", 1 });
	return json_end(&text).at;
}

static struct answer unavailable(struct arena *arena, const char *where, const char *why)
{
	return (struct answer) { .verdict = VERDICT_UNAVAILABLE,
	                         .why = arena_print(arena, "%s could not do it: %s", where, why) };
}

/* JSON-RPC has an error for what is the server's own matter. */
static struct answer judge_error(struct arena *arena, yyjson_val *error, const char *where)
{
	str message = json_member(error, "message");
	const char *why = message.at ? arena_copy(arena, message) : "The server refused the call and did not say why.";

	return yyjson_get_int(yyjson_obj_get(error, "code")) == INTERNAL_ERROR ? unavailable(arena, where, why)
	                                                                      : refused(why);
}

/* A tool's no has one word for all whose matter it is; ours say it beside the words. */
static struct answer judge_no(struct arena *arena, yyjson_val *result, const char *where)
{
	str outcome = json_member(yyjson_obj_get(result, "_meta"), META_OUTCOME);
	const char *why = content_text(arena, result);

	return outcome.at && str_is(outcome, "unavailable") ? unavailable(arena, where, why) : refused(why);
}

static struct answer judge_response(struct arena *arena, yyjson_val *response, const char *where)
{
	yyjson_val *error = yyjson_obj_get(response, "error");
	if (error)
		return judge_error(arena, error, where);
	yyjson_val *result = yyjson_obj_get(response, "result");
	str type = json_member(result, "resultType");
	if (type.at && !str_is(type, "complete"))
		return refused("The tool asks for something that a program cannot give it.");
	if (yyjson_is_true(yyjson_obj_get(result, "isError")))
		return judge_no(arena, result, where);
	yyjson_val *structured = yyjson_obj_get(result, "structuredContent");
	return (struct answer) {
		.verdict = VERDICT_ANSWERED,
		.structured = yyjson_is_obj(structured) ? structured : NULL,
	};
}

static struct answer judge_silence(struct arena *arena, const struct fetch_answer *fetched,
                                   const char *where)
{
	return (struct answer) {
		.verdict = fetched->sent ? VERDICT_UNKNOWN : VERDICT_NOT_DONE,
		.failed_here = fetched->failed_here,
		.why = arena_print(arena, "%s cannot be reached: %s", where, fetched->why),
	};
}

static struct answer judge_status(struct arena *arena, const struct fetch_answer *fetched,
                                  const char *where)
{
	switch (fetched->status) {
	case 401:
		return denied("The service cannot be used: its key is not accepted (HTTP 401)");
	case 403:
		return denied("The service cannot be used: its key does not allow this (HTTP 403)");
	case 200:
		return (struct answer) { .verdict = VERDICT_UNREADABLE, .why =
			arena_print(arena, "%s answered something that is no MCP answer", where) };
	}
	if (fetched->status < 500 && fetched->status != 408)
		return denied(arena_print(arena, "The service answered HTTP %d", fetched->status));
	return (struct answer) { .verdict = VERDICT_UNKNOWN,
		.why = arena_print(arena, "%s answered HTTP %d", where, fetched->status) };
}

struct answer answer_judge(struct arena *arena, const struct fetch_answer *fetched, int64_t id,
                           const char *where)
{
	if (fetched->status == 0)
		return judge_silence(arena, fetched, where);
	if (fetched->status == 429 || fetched->status == 503)
		return (struct answer) {
			.verdict = VERDICT_NOT_DONE,
			.why = arena_print(arena, "%s has no time (HTTP %d)", where, fetched->status),
			.retry_after_ms = fetched->retry_after_ms,
		};
	bool about_key = fetched->status == 401 || fetched->status == 403;
	yyjson_val *response = about_key ? NULL : find_response(arena, fetched, id);
	if (response)
		return judge_response(arena, response, where);
	/* A stream that ended before the response came: the server stopped in the middle. */
	if (fetched->status == 200 && is_type(fetched, "text/event-stream"))
		return (struct answer) { .verdict = VERDICT_UNKNOWN, .why =
			arena_print(arena, "%s broke off its answer", where) };
	return judge_status(arena, fetched, where);
}
