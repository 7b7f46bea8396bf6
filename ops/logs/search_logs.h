/* search_logs.h - the tool search_logs: lines of a service's log, those that say the same as one. */
#ifndef SEARCH_LOGS_H
#define SEARCH_LOGS_H

#include "logs.h"

struct search_logs {
	const char *service, *text, *level, *request_id, *since, *until, *cursor;
	int64_t limit;
	bool newest_first;
};
extern SHAPE_OF(search_logs_shape, struct search_logs);

struct found_lines {
	const char *service;
	struct log_line *lines;
	int64_t lines_count;
	int64_t events;                 /* that they are of */
	int64_t from, to;
	bool more;
	const char *next_cursor;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(found_lines_shape, struct found_lines);

enum mcp_answer search_logs(struct mcp_call *call, const void *in, struct store *store);

#endif
