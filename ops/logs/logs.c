/* logs.c - see logs.h. */
#include "logs.h"

#include "builder.h"
#include "mask.h"

const SHAPE(log_filter_shape, struct log_filter,
	PARAM(struct log_filter, logGroupName), PARAM(struct log_filter, filterPattern), PARAM(struct log_filter, nextToken),
	PARAM(struct log_filter, startTime), PARAM(struct log_filter, endTime), PARAM(struct log_filter, limit),
	PARAM(struct log_filter, startFromHead));

const SHAPE(log_event_shape, struct log_event,
	PARAM(struct log_event, eventId), PARAM(struct log_event, message), PARAM(struct log_event, timestamp));

const SHAPE(log_events_shape, struct log_events,
	LIST(struct log_events, events, events_count, struct log_event, log_event_shape, NULL), PARAM(struct log_events, nextToken));

const SHAPE(log_line_shape, struct log_line,
	TIME(struct log_line, first, "When, or when first"),
	TIME(struct log_line, last, "When last"),
	INT(struct log_line, count, "How often", .required = true),
	TEXT(struct log_line, level, "error, warning, info or debug; absent of a line that is not ours"),
	TEXT(struct log_line, message, "What it says", .required = true),
	TEXT(struct log_line, request_id, "Of the latest: search for it to see all of that request"),
	TEXT(struct log_line, trace, "Of the latest: its trace, which other services' lines have too"),
	TEXT(struct log_line, caller, "Of the latest: who called"),
	REAL(struct log_line, ms, "Of the latest: how long it took, in milliseconds", OPTIONAL(struct log_line, has_ms)));

/* ---- Patterns ---- */

/* In quotes CloudWatch takes every sign as it is but these two. */
static void put_quoted(struct builder *pattern, const char *words)
{
	builder_put(pattern, STR("\""));
	for (; *words; words++) {
		if (*words == '"' || *words == '\\')
			builder_put(pattern, STR("\\"));
		builder_put(pattern, (str) { words, 1 });
	}
	builder_put(pattern, STR("\""));
}

const char *log_pattern(struct arena *arena, const char *const *words, size_t count)
{
	struct builder pattern = builder_begin(arena, 128);

	for (size_t i = 0; i < count; i++) {
		if (!words[i] || !*words[i])
			continue;
		if (pattern.size > 0)
			builder_put(&pattern, STR(" "));
		put_quoted(&pattern, words[i]);
	}
	return pattern.size > 0 ? builder_end(&pattern) : NULL;
}

const char *log_level_words(struct arena *arena, const char *level)
{
	return level ? arena_print(arena, "\"level\":\"%s\"", level) : NULL;
}

/* ---- Lines ---- */

/* As server/core/log_line.c writes them: of a request without `message`, of anything else with it. */
struct our_line {
	const char *level, *id, *method, *target, *caller, *outcome, *trace, *message;
	int64_t status;
	double ms;
	bool has_ms;
};
static SHAPE(our_line_shape, struct our_line,
	PARAM(struct our_line, level), PARAM(struct our_line, id), PARAM(struct our_line, method), PARAM(struct our_line, target),
	PARAM(struct our_line, caller), PARAM(struct our_line, outcome), PARAM(struct our_line, trace), PARAM(struct our_line, message),
	PARAM(struct our_line, status), REAL(struct our_line, ms, NULL, OPTIONAL(struct our_line, has_ms)));

static const char *what_it_says(struct arena *arena, const struct our_line *ours)
{
	if (ours->message)
		return ours->message;
	const char *said = arena_print(arena, "%s%s%s: %s", ours->method ? ours->method : "request", ours->target ? " " : "",
	                               ours->target ? ours->target : "", ours->outcome ? ours->outcome : "over");
	return ours->status ? arena_print(arena, "%s (HTTP %lld)", said, (long long)ours->status) : said;
}

static const char *cut(struct arena *arena, const char *text)
{
	size_t size = strnlen(text, LOG_MESSAGE_MAX + 1);

	if (size <= LOG_MESSAGE_MAX)
		return text;
	for (size = LOG_MESSAGE_MAX; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80; )
		size--;
	return arena_print(arena, "%.*s…", (int)size, text);
}

/* What is written in JSON as \u001b is seen now: it is masked once more. */
static const char *masked(struct arena *arena, const char *text)
{
	return text ? cut(arena, mask_text(arena, text)) : NULL;
}

struct log_line log_line_read(struct mcp_call *call, const char *message, int64_t timestamp)
{
	struct log_line line = { .first = timestamp, .last = timestamp, .count = 1 };
	struct arena *arena = mcp_arena(call);
	struct our_line ours = { 0 };

	if (*message != '{' || !mcp_read_json(call, message, our_line_shape, &ours) || !ours.level) {
		line.message = cut(arena, *message ? message : " ");
		return line;
	}
	line.level = masked(arena, ours.level);
	line.message = masked(arena, what_it_says(arena, &ours));
	line.request_id = masked(arena, ours.id);
	line.trace = masked(arena, ours.trace);
	line.caller = masked(arena, ours.caller);
	line.ms = ours.ms;
	line.has_ms = ours.has_ms;
	return line;
}

bool log_line_same(const struct log_line *a, const struct log_line *b)
{
	return strcmp(a->message, b->message) == 0 && strcmp(a->level ? a->level : "", b->level ? b->level : "") == 0;
}
