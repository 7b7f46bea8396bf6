/* metric_range.h - over which time points are asked for, and how far they are apart. */
#ifndef METRIC_RANGE_H
#define METRIC_RANGE_H

#include "core.h"

#define POINTS_MAX 120
#define RANGE_DAYS_MAX 455              /* CloudWatch keeps no more */

/* Whole periods: the one that runs is not of it, since its sum would look like a fall. In seconds since 1970. */
struct metric_range {
	int64_t from_s, until_s, period_s;
};

/* False: it is longer than RANGE_DAYS_MAX, or ahead. */
MUST_USE bool metric_range_read(int64_t since_ms, int64_t now_ms, struct metric_range *range);

#endif
