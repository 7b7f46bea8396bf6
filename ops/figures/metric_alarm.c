/* metric_alarm.c - see metric_alarm.h. */
#include "metric_alarm.h"

static struct cw_metric own_metric(const struct alarm *alarm)
{
	return (struct cw_metric) { alarm->Namespace, alarm->MetricName, alarm->Dimensions, alarm->Dimensions_count };
}

bool alarm_of(const struct alarm *alarm, const struct cw_metric *metric)
{
	struct cw_metric own = own_metric(alarm);

	if (cw_same(&own, metric))
		return true;
	for (int64_t i = 0; i < alarm->Metrics_count; i++)
		if (alarm->Metrics[i].MetricStat && alarm->Metrics[i].MetricStat->Metric && cw_same(alarm->Metrics[i].MetricStat->Metric, metric))
			return true;
	return false;
}

bool alarm_is_line(const struct alarm *alarm, const struct cw_metric *metric, const char *stat, int64_t period_s)
{
	struct cw_metric own = own_metric(alarm);
	const char *its = alarm->Statistic ? alarm->Statistic : alarm->ExtendedStatistic;
	bool adds_up = strcmp(stat, "Sum") == 0 || strcmp(stat, "SampleCount") == 0;

	return cw_same(&own, metric) && its && (!adds_up || (strcmp(its, stat) == 0 && alarm->Period == period_s));
}

static const char *expression_of(const struct alarm *alarm)
{
	for (int64_t i = 0; i < alarm->Metrics_count; i++)
		if (alarm->Metrics[i].Expression)
			return alarm->Metrics[i].Expression;
	return NULL;
}

const char *alarm_words(struct arena *arena, const struct alarm *alarm)
{
	const char *how = alarm->ComparisonOperator ? alarm->ComparisonOperator : "", *expression = expression_of(alarm);
	const char *side = strncmp(how, "Less", 4) == 0 ? "below" : strncmp(how, "Greater", 7) == 0 ? "above" : "beyond";

	return arena_print(arena, "%s%s%s%s %.6g", expression ? expression : "", expression ? " " : "", side,
	                   strstr(how, "OrEqual") ? " or at" : "", alarm->Threshold);
}
