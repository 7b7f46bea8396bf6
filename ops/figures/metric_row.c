/* metric_row.c - see metric_row.h. The programs' are in server/metrics/emf.c, the others in terraform/modules/dashboard and the alarms. */
#include "metric_row.h"

const struct metric_row metric_rows[] = {
	{ "cpu", OF_SERVICE, "CPUUtilization", "Average", "percent", "processor" },
	{ "memory", OF_SERVICE, "MemoryUtilization", "Average", "percent", "memory" },
	{ "requests", OF_PROGRAM, "Calls", "Sum", "calls", "calls of tools" },
	{ "errors", OF_PROGRAM, "Unavailable", "Sum", "calls", "not served: ours to mend" },
	{ "errors", OF_PROGRAM, "Errors", "Sum", "calls", "the model's mistakes" },
	{ "errors", OF_PROGRAM, "FailedStatements", "Sum", "statements", "failed statements" },
	{ "errors", OF_PROGRAM, "FailedCallsOut", "Sum", "calls", "failed calls out" },
	{ "errors", OF_PROGRAM, "LimitHits", "Sum", "requests", "refused by a limit" },
	{ "latency", OF_TARGETS, "TargetResponseTime", "p50", "seconds", "half of them" },
	{ "latency", OF_TARGETS, "TargetResponseTime", "p95", "seconds", "19 of 20" },
	{ "latency", OF_TARGETS, "TargetResponseTime", "p99", "seconds", "99 of 100" },
	{ "tasks", OF_INSIGHTS, "RunningTaskCount", "Average", "tasks", "running" },
	{ "tasks", OF_INSIGHTS, "DesiredTaskCount", "Average", "tasks", "wanted" },
	{ "targets", OF_TARGETS, "HealthyHostCount", "Minimum", "targets", "ready" },
	{ "targets", OF_TARGETS, "UnHealthyHostCount", "Maximum", "targets", "not ready" },
	{ "streams", OF_PROGRAM, "OpenStreams", "Average", "streams", "of a task, mean" },
	{ "streams", OF_PROGRAM, "OpenStreams", "Maximum", "streams", "of a task, most" },
	{ "sessions", OF_PROGRAM, "Sessions", "Maximum", "sessions", "of a task, most" },
	{ "sessions", OF_PROGRAM, "CallsRunning", "Maximum", "calls", "on workers or waiting" },
	{ "http", OF_TARGETS, "RequestCount", "Sum", "requests", "all" },
	{ "http", OF_TARGETS, "HTTPCode_Target_4XX_Count", "Sum", "requests", "4xx" },
	{ "http", OF_TARGETS, "HTTPCode_Target_5XX_Count", "Sum", "requests", "5xx" },
	{ "sign_in", OF_PROGRAM, "AcceptedTokens", "Sum", "tokens", "taken" },
	{ "sign_in", OF_PROGRAM, "RefusedTokens", "Sum", "tokens", "refused" },
	{ "sign_in", OF_PROGRAM, "RefusedFrom", "Maximum", "addresses", "refused, of addresses" },
	{ "sign_in", OF_PROGRAM, "FailedKeyFetches", "Sum", "fetches", "the issuer's keys, not had" },
	{ "sign_in", OF_PROGRAM, "KeysAge", "Maximum", "seconds", "age of the issuer's keys" },
	{ "database", OF_DATABASE, "CPUUtilization", "Average", "percent", "processor" },
	{ "database", OF_DATABASE, "DatabaseConnections", "Maximum", "connections", "connections" },
	{ "database", OF_DATABASE, "FreeableMemory", "Minimum", "bytes", "free memory" },
	{ "database", OF_DATABASE, "FreeStorageSpace", "Minimum", "bytes", "free storage" },
	{ 0 },
};

const char *metric_namespace(enum metric_of of)
{
	static const char *const namespaces[] = {
		[OF_PROGRAM] = NULL, [OF_SERVICE] = "AWS/ECS", [OF_INSIGHTS] = "ECS/ContainerInsights",
		[OF_TARGETS] = "AWS/ApplicationELB", [OF_DATABASE] = "AWS/RDS",
	};

	return namespaces[of];
}

bool metric_needs_service(const char *what)
{
	const struct metric_row *row = metric_rows;

	while (row->what && strcmp(row->what, what) != 0)
		row++;
	return row->what && row->of != OF_DATABASE;
}
