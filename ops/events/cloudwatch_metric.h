/* cloudwatch_metric.h - which metric of CloudWatch is meant. */
#ifndef CLOUDWATCH_METRIC_H
#define CLOUDWATCH_METRIC_H

#include "look.h"

struct cw_dimension {
	const char *Name, *Value;
};
extern SHAPE_OF(cw_dimension_shape, struct cw_dimension);

struct cw_metric {
	const char *Namespace, *MetricName;
	struct cw_dimension *Dimensions;
	int64_t Dimensions_count;
};
extern SHAPE_OF(cw_metric_shape, struct cw_metric);

struct cw_stat {
	struct cw_metric *Metric;
	int64_t Period;                 /* seconds */
	const char *Stat;
};
extern SHAPE_OF(cw_stat_shape, struct cw_stat);

/* Whether both are the same one: its name, and each dimension, in whatever order. */
bool cw_same(const struct cw_metric *a, const struct cw_metric *b);

/* What the account costs so far is a metric too: whoever may not have it from the tool costs has it from none. */
#define CW_COSTS "AWS/Billing"
bool cw_is_of_costs(const char *namespace);

#endif
