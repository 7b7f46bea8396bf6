/* series.h - what metrics.c counts and prometheus.c prints. */
#ifndef SERIES_H
#define SERIES_H

#include <stdatomic.h>
#include <stdio.h>

#include "metrics.h"

#define SERIES_MAX 1024                 /* of requests; what is beyond them is counted as "other" */
#define HISTOGRAMS_MAX 256              /* of methods and tools, likewise */

/* As fine as a cache, as long as the longest deadline that a tool has. */
#define BUCKETS 19
extern const int64_t bucket_bounds_us[BUCKETS];

/* The latencies of one method, and one tool. */
struct histogram {
	const char *method, *tool;
	atomic_llong counts[BUCKETS + 1];       /* in each bucket alone; the last is over all bounds */
	atomic_llong sum_us;
};

/* The requests of one method, tool and outcome. */
struct series {
	const char *method, *tool, *outcome;    /* tool NULL: none */
	struct histogram *histogram;            /* of its method and tool */
	atomic_llong count;
};

/* Lists that end at the first NULL. What is there stays until metrics_stop(). Any thread. */
struct series *series_at(int index);
struct histogram *histogram_at(int index);

/* Requests that came to no call, by verb and what became of them. */
int64_t answers_at(int verb, enum answered answered);

/* What mcp_count() added to a total of the program's own. */
int64_t counter_value(int counter);

/* The HELP and TYPE lines that begin a family. */
void family_print(FILE *file, const char *name, const char *type, const char *help);
/* This process, under the names that Prometheus clients use for it. */
void process_print(FILE *file);

#endif
