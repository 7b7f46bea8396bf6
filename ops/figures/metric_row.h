/* metric_row.h - what a metric is called in CloudWatch: the words of the tool, and what they stand for. */
#ifndef METRIC_ROW_H
#define METRIC_ROW_H

#include "core.h"

/* What a metric is of, which says what its dimensions are. */
enum metric_of {
	OF_PROGRAM,             /* a service, as the program itself counts (METRICS_EMF): Service */
	OF_SERVICE,             /* a service, as ECS says: ClusterName, ServiceName */
	OF_INSIGHTS,            /* a service, as Container Insights says: the same */
	OF_TARGETS,             /* a target group behind the balancer: TargetGroup, LoadBalancer */
	OF_DATABASE,            /* the database: DBInstanceIdentifier */
};

struct metric_row {
	const char *what;
	enum metric_of of;
	const char *name, *stat, *unit, *label;
};

/* Those of one word stand side by side; ends with an empty row. */
extern const struct metric_row metric_rows[];
#define METRIC_WORDS "cpu", "memory", "requests", "errors", "latency", "tasks", "targets", "streams", "sessions", "http", "sign_in", "database"

/* NULL: the one that the programs write to, which is called as the cluster. */
const char *metric_namespace(enum metric_of of);
bool metric_needs_service(const char *what);

#endif
