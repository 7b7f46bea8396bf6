/* tail_logs.h - the tool tail_logs: lines of a service's log while they come. */
#ifndef TAIL_LOGS_H
#define TAIL_LOGS_H

#include "logs.h"

#define TAIL_SECONDS_MAX 300
#define TAIL_DEADLINE_MS ((TAIL_SECONDS_MAX + 30) * 1000)

struct tail_logs {
	const char *service, *text;
	int64_t seconds;
};
extern SHAPE_OF(tail_logs_shape, struct tail_logs);

struct tailed {
	const char *service;
	struct log_line *lines;
	int64_t lines_count;
	int64_t seen, left_out;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(tailed_shape, struct tailed);

enum mcp_answer tail_logs(struct mcp_call *call, const void *in, struct store *store);

#endif
