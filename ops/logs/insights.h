/* insights.h - Logs Insights: what a query may read, and what it found; members as AWS calls them. */
#ifndef INSIGHTS_H
#define INSIGHTS_H

#include "look.h"

/* StartQuery. */
struct insights_query {
	const char *queryString;
	const char **logGroupNames;
	int64_t logGroupNames_count;
	int64_t startTime, endTime;     /* seconds */
	int64_t limit;
};
extern SHAPE_OF(insights_query_shape, struct insights_query);

struct insights_started {
	const char *queryId;
};
extern SHAPE_OF(insights_started_shape, struct insights_started);

/* GetQueryResults. */
struct insights_cell {
	const char *field, *value;
};

struct insights_row {
	struct insights_cell *items;
	int64_t items_count;
};

struct insights_statistics {
	double bytesScanned, recordsMatched;
};

struct insights_results {
	const char *status;             /* Scheduled, Running, Complete, Failed, Cancelled, Timeout, Unknown */
	struct insights_row *results;
	int64_t results_count;
	struct insights_statistics *statistics;
};
extern SHAPE_OF(insights_results_shape, struct insights_results);

bool insights_runs(const struct insights_results *results);

/* Why a query is not run; NULL: it is. SOURCE, which also stands in a join or a subquery, makes it read whatever log groups it names, beside
 * those that it is given; unmask, where the role may, shows what CloudWatch hides. */
const char *insights_refused(const char *query);

/* Bytes that those log groups have of that time, if they were written evenly; -1: pending, or nobody knows. */
int64_t insights_estimate(struct look *look, const struct insights_query *query);

/* "$0.012345", as AWS charges for what is read. */
const char *insights_cost(struct arena *arena, int64_t bytes);

#endif
