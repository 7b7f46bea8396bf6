/* metric_find.h - the metrics that are looked at: those of a word, or the one that was named. */
#ifndef METRIC_FIND_H
#define METRIC_FIND_H

#include "figures.h"

struct found_metric {
	struct cw_metric metric;
	const char *stat, *unit, *label;
};

/* At most METRICS_MAX. Asks for the target groups where it needs them: none, and pending or a gap. */
int64_t metrics_find(struct look *look, const struct metrics_wanted *wanted, struct found_metric found[METRICS_MAX]);

#endif
