/* figures.h - how a metric went, against the time before and the thresholds of its alarms. */
#ifndef FIGURES_H
#define FIGURES_H

#include "metric_data.h"

struct metrics_dimension { const char *name, *value; };

struct metrics_wanted {
	const char *service, *what, *since;
	bool compare;
	const char *namespace, *name, *stat;
	struct metrics_dimension *dimensions;
	int64_t dimensions_count;
};
extern SHAPE_OF(metrics_wanted_shape, struct metrics_wanted);

struct metrics_series {
	const char *label, *unit, *stat, *metric, *of;
	double min, mean, max, last, total, before, change;
	bool has_points, has_total, has_before, has_change;
	double *seconds, *values;
	int64_t seconds_count, values_count;
};

struct metrics_alarm {
	const char *name, *state, *rings, *label, *reason;
	int64_t since;
	double threshold;
	bool is_line;
};

struct metrics {
	const char *service, *what;
	int64_t from, until, period_seconds;
	struct metrics_series *series;
	int64_t series_count;
	struct metrics_alarm *alarms;
	int64_t alarms_count;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(metrics_shape, struct metrics);

enum mcp_answer metrics(struct mcp_call *call, const void *in, struct store *store);

#endif
