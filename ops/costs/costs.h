/* costs.h - what it costs: gross and net, by what, day by day, what may come, and what asking costs. */
#ifndef COSTS_H
#define COSTS_H

#include "look.h"

struct costs_wanted {
	const char *period, *by, *tag;
	bool compare;
};
extern SHAPE_OF(costs_wanted_shape, struct costs_wanted);

struct cost_group {
	const char *name, *gross, *credits, *net;
	double share, change;
	bool has_share, has_change;
	const char *before;
};

struct cost_bar {
	const char *from, *gross, *net;
	bool partial;
	const char **parts;
	int64_t parts_count;
};

struct cost_compared {
	const char *from, *to, *gross, *net;
	double change;
	bool has_change;
};

struct cost_forecast {
	const char *from, *to, *gross, *month;
};

struct cost_anomaly {
	const char *service, *region, *usage_type, *from, *to, *impact, *expected;
};

struct cost_asking {
	int64_t requests;
	const char *dollars;
};

struct costs {
	const char *from, *to, *by, *currency, *gross, *credits, *net;
	bool partial, estimated;
	struct cost_group *groups;
	int64_t groups_count, left_out;
	const char *bars_are;
	const char **stacked;
	int64_t stacked_count;
	struct cost_bar *bars;
	int64_t bars_count;
	struct cost_compared *compared;
	struct cost_forecast *forecast;
	struct cost_anomaly *anomalies;
	int64_t anomalies_count;
	struct cost_asking *asking;
	int64_t as_of;
	struct gap *gaps;
	int64_t gaps_count;
};
extern SHAPE_OF(costs_shape, struct costs);

enum mcp_answer costs(struct mcp_call *call, const void *in, struct store *store);

#endif
