/* told.h - what a layer that not every program has tells CloudWatch beside what every program does (METRICS_EMF). */
#ifndef TOLD_H
#define TOLD_H

#include <stdatomic.h>

/* A total that only grows. Rows of one name are added up, whichever tables they stand in; where `by` is set also for each
 * `of`, as a metric with a dimension of that name. Somebody pays for each of them. */
struct told {
	const char *name;               /* "InputTokens" */
	const char *by, *of;            /* "Model", "openai:gpt-4o-mini"; NULL: of the service alone */
	const atomic_llong *value;
};
/* A table ends with an empty entry. */

/* It is told of as long as the process lives; there is room for some. Any thread. */
#define TOLD_TABLES 16
void told_add(const struct told *table);
const struct told *told_table(int index);       /* in that order; NULL: the end */

#endif
