/* logs.h - what CloudWatch Logs says, and our own lines in it (LOG_FORMAT=json): members as AWS and the log call them. */
#ifndef LOGS_H
#define LOGS_H

#include "look.h"

/* FilterLogEvents. */
struct log_filter {
	const char *logGroupName, *filterPattern, *nextToken;
	int64_t startTime, endTime;     /* milliseconds */
	int64_t limit;
	bool startFromHead;
};
extern SHAPE_OF(log_filter_shape, struct log_filter);

struct log_event {
	const char *eventId, *message;
	int64_t timestamp;
};
extern SHAPE_OF(log_event_shape, struct log_event);

struct log_events {
	struct log_event *events;
	int64_t events_count;
	const char *nextToken;          /* also of a page without events */
};
extern SHAPE_OF(log_events_shape, struct log_events);

/* CloudWatch's filter that finds lines which have all of these words; NULL and "" are none, and no words are NULL: every line. */
const char *log_pattern(struct arena *arena, const char *const *words, size_t count);
/* The words of our lines of that level. NULL: of every one. */
const char *log_level_words(struct arena *arena, const char *level);

/* A line, or several that say the same. */
struct log_line {
	int64_t first, last;            /* when */
	int64_t count;
	const char *level, *message;    /* of one that is not ours: the whole text, without a level */
	const char *request_id, *trace, *caller; /* of the latest */
	double ms;
	bool has_ms;
};
extern SHAPE_OF(log_line_shape, struct log_line);

#define LOG_LEVELS "error", "warning", "info", "debug"
#define LOG_MESSAGE_MAX 1000            /* bytes of one; behind it is … */

/* Masked already. */
struct log_line log_line_read(struct mcp_call *call, const char *message, int64_t timestamp);
bool log_line_same(const struct log_line *a, const struct log_line *b);

#endif
