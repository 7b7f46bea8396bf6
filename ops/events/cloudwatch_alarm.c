/* cloudwatch_alarm.c - see cloudwatch_alarm.h. */
#include "cloudwatch_alarm.h"

#include "stamp.h"
#include "watched.h"

static SHAPE(part_shape, struct alarm_part,
	PARAM(struct alarm_part, Expression), NEST(struct alarm_part, MetricStat, struct cw_stat, cw_stat_shape, NULL));

static SHAPE(alarm_shape, struct alarm,
	PARAM(struct alarm, AlarmName), PARAM(struct alarm, AlarmDescription), PARAM(struct alarm, StateValue),
	PARAM(struct alarm, StateReason), PARAM(struct alarm, StateReasonData), PARAM(struct alarm, Namespace), PARAM(struct alarm, MetricName),
	PARAM(struct alarm, Statistic), PARAM(struct alarm, ExtendedStatistic), PARAM(struct alarm, ComparisonOperator),
	PARAM(struct alarm, AlarmRule), PARAM(struct alarm, StateTransitionedTimestamp), PARAM(struct alarm, StateUpdatedTimestamp),
	PARAM(struct alarm, Threshold), PARAM(struct alarm, Period), PARAM(struct alarm, EvaluationPeriods),
	LIST(struct alarm, Dimensions, Dimensions_count, struct cw_dimension, cw_dimension_shape, NULL),
	LIST(struct alarm, Metrics, Metrics_count, struct alarm_part, part_shape, NULL));

struct answer {
	struct alarm *MetricAlarms, *CompositeAlarms, *LogAlarms;
	int64_t metric_count, composite_count, log_count;
	const char *NextToken;
};
static SHAPE(answer_shape, struct answer,
	LIST(struct answer, MetricAlarms, metric_count, struct alarm, alarm_shape, NULL),
	LIST(struct answer, CompositeAlarms, composite_count, struct alarm, alarm_shape, NULL),
	LIST(struct answer, LogAlarms, log_count, struct alarm, alarm_shape, NULL),
	PARAM(struct answer, NextToken));

struct describe {
	const char *AlarmNamePrefix, *StateValue;
	const char **AlarmTypes;
	int64_t types_count, MaxRecords;
};
static SHAPE(describe_shape, struct describe,
	PARAM(struct describe, AlarmNamePrefix), PARAM(struct describe, StateValue), PARAM(struct describe, MaxRecords),
	TEXTS(struct describe, AlarmTypes, types_count, NULL));

static bool is_in(const struct alarm *alarm, const char *state)
{
	return !state || (alarm->StateValue && strcmp(alarm->StateValue, state) == 0);
}

static bool is_of_costs(const struct alarm *alarm)
{
	if (cw_is_of_costs(alarm->Namespace))
		return true;
	for (int64_t i = 0; i < alarm->Metrics_count; i++) {
		const struct alarm_part *part = &alarm->Metrics[i];
		/* Of a search the expression alone says where. */
		if ((part->MetricStat && part->MetricStat->Metric && cw_is_of_costs(part->MetricStat->Metric->Namespace))
		    || (part->Expression && strcasestr(part->Expression, CW_COSTS)))
			return true;
	}
	return false;
}

/* That it rings is everybody's, the account's bill is not. */
static void hide_figures(struct alarm *alarm)
{
	alarm->StateReason = "What it saw is told to whoever has the scope ops:costs";
	alarm->StateReasonData = alarm->ComparisonOperator = NULL;
	alarm->Threshold = 0;
	alarm->Metrics_count = 0;
}

/* Looked at again here: what stands in for AWS may pass over what was asked for, and an alarm that is well does not ring. */
static void add(const struct look *look, struct alarms *alarms, const struct alarm *more, int64_t count, const char *state)
{
	bool shows_costs = mcp_may(look->call, "ops:costs");

	for (int64_t i = 0; i < count; i++) {
		if (!more[i].AlarmName || !is_in(&more[i], state))
			continue;
		alarms->alarms[alarms->count] = more[i];
		if (!shows_costs && is_of_costs(&more[i]))
			hide_figures(&alarms->alarms[alarms->count]);
		alarms->count++;
	}
}

static bool ask(struct look *look, const char *what, const struct describe *describe, struct answer *answer, struct alarms *alarms)
{
	*alarms = (struct alarms) { 0 };
	if (!look_at(look, what, CLOUDWATCH_DESCRIBE_ALARMS, describe_shape, describe, answer_shape, answer))
		return false;
	alarms->alarms = arena_array(mcp_arena(look->call), struct alarm, answer->metric_count + answer->composite_count + answer->log_count);
	alarms->cut = answer->NextToken != NULL;
	return true;
}

bool alarms_of_metrics(struct look *look, const char *state, struct alarms *alarms)
{
	struct describe describe = { watched_alarm_prefix(mcp_arena(look->call), NULL), state, (const char *[]) { "MetricAlarm" }, 1, 100 };
	struct answer answer = { 0 };

	if (!ask(look, "the alarms", &describe, &answer, alarms))
		return false;
	add(look, alarms, answer.MetricAlarms, answer.metric_count, state);
	return true;
}

bool alarms_of_others(struct look *look, const char *state, struct alarms *alarms)
{
	struct describe describe = { watched_alarm_prefix(mcp_arena(look->call), NULL), state, (const char *[]) { "CompositeAlarm", "LogAlarm" }, 2, 100 };
	struct answer answer = { 0 };

	if (!ask(look, "composite alarms and those of log queries", &describe, &answer, alarms))
		return false;
	add(look, alarms, answer.CompositeAlarms, answer.composite_count, state);
	add(look, alarms, answer.LogAlarms, answer.log_count, state);
	return true;
}

int64_t alarm_since(const struct alarm *alarm)
{
	double at = alarm->StateTransitionedTimestamp > 0 ? alarm->StateTransitionedTimestamp : alarm->StateUpdatedTimestamp;

	return stamp_ms(at);
}

bool alarm_is_of(struct arena *arena, const struct alarm *alarm, const char *service)
{
	return !service || str_starts(str_of(alarm->AlarmName), watched_alarm_prefix(arena, service));
}

const SHAPE(ringing_shape, struct ringing,
	TEXT(struct ringing, alarm, "Its name", .required = true),
	TEXT(struct ringing, reason, "Why it rings"),
	TIME(struct ringing, since, "Since when"));

struct ringing *alarms_told(struct arena *arena, const struct alarms *alarms)
{
	struct ringing *told = arena_array(arena, struct ringing, alarms->count);

	for (int64_t i = 0; i < alarms->count; i++)
		told[i] = (struct ringing) { alarms->alarms[i].AlarmName, alarms->alarms[i].StateReason, alarm_since(&alarms->alarms[i]) };
	return told;
}
