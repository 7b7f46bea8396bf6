/* query_logs.h - the tool query_logs: a query of Logs Insights, which costs by what it reads. */
#ifndef QUERY_LOGS_H
#define QUERY_LOGS_H

#include "look.h"

#define QUERY_DEADLINE_MS (10 * 60 * 1000)

struct query_logs {
	const char *query, *since, *until;
	const char **services;
	int64_t services_count;
	int64_t limit;
	bool confirm;
};
extern SHAPE_OF(query_logs_shape, struct query_logs);

struct query_row {
	const char **values;            /* one for each column */
	int64_t values_count;
};

struct queried {
	const char *status;
	const char **columns;
	int64_t columns_count;
	struct query_row *rows;
	int64_t rows_count;
	int64_t from, to;
	int64_t bytes_scanned, records_matched;
	const char *cost;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(queried_shape, struct queried);

enum mcp_answer query_logs(struct mcp_call *call, const void *in, struct store *store);

#endif
