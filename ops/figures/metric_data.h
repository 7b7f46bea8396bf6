/* metric_data.h - the points of metrics, as CloudWatch has them. */
#ifndef METRIC_DATA_H
#define METRIC_DATA_H

#include "cloudwatch_metric.h"

#define METRICS_MAX 12                  /* of one answer */

struct cw_points {
	double *at, *values;            /* seconds since 1970, the earliest first */
	int64_t count, room;
};

void cw_points_add(struct arena *arena, struct cw_points *points, const double *at, const double *values, int64_t count);

struct cw_asked {
	struct cw_metric *metric;
	const char *stat;
};

/* One request, of several pages where AWS cuts it. Each of `points` is of the metric in its place. What a metric could not be
 * had for is a gap. False: pending, or nothing was had. */
bool cw_points(struct look *look, const struct cw_asked *asked, int64_t count, int64_t from_s, int64_t until_s, int64_t period_s,
               struct cw_points *points);

#endif
