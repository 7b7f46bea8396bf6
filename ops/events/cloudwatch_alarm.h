/* cloudwatch_alarm.h - alarms of CloudWatch. */
#ifndef CLOUDWATCH_ALARM_H
#define CLOUDWATCH_ALARM_H

#include "cloudwatch_metric.h"

/* One of those that an expression is of. */
struct alarm_part {
	const char *Expression;
	struct cw_stat *MetricStat;
};

struct alarm {
	const char *AlarmName, *AlarmDescription, *StateValue, *StateReason, *StateReasonData;
	const char *Namespace, *MetricName, *Statistic, *ExtendedStatistic, *ComparisonOperator, *AlarmRule;
	double StateTransitionedTimestamp, StateUpdatedTimestamp;       /* seconds since 1970 */
	double Threshold;
	int64_t Period, EvaluationPeriods;
	struct cw_dimension *Dimensions;
	int64_t Dimensions_count;
	struct alarm_part *Metrics;             /* of an expression */
	int64_t Metrics_count;
};

struct alarms {
	struct alarm *alarms;
	int64_t count;
	bool cut;                       /* there are more */
};

/* Metric alarms of the cluster, by the names that Terraform gives. `state` NULL: in any. False: pending, or not to be had. */
bool alarms_of_metrics(struct look *look, const char *state, struct alarms *alarms);
/* The others, composite and of log queries. They need rights of their own. */
bool alarms_of_others(struct look *look, const char *state, struct alarms *alarms);

/* When it came into its state, in milliseconds. */
int64_t alarm_since(const struct alarm *alarm);
/* Whether it is the service's own: not the database's, nor another service's. NULL: of any. */
bool alarm_is_of(struct arena *arena, const struct alarm *alarm, const char *service);

/* As it is told of those that ring. */
struct ringing {
	const char *alarm, *reason;
	int64_t since;
};
extern SHAPE_OF(ringing_shape, struct ringing);
struct ringing *alarms_told(struct arena *arena, const struct alarms *alarms);

#endif
