/* figures.c - see figures.h. */
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "ago.h"
#include "metric_alarm.h"
#include "metric_find.h"
#include "metric_range.h"
#include "metric_row.h"
#include "watched.h"

#define ALARMS_SHOWN_MAX 20
#define VALUE_MOST 0x1p360              /* CloudWatch takes no more, up or down */

static SHAPE(dimension_shape, struct metrics_dimension,
	TEXT(struct metrics_dimension, name, "Such as QueueName", .required = true, AT_LEAST(1), AT_MOST(255)),
	TEXT(struct metrics_dimension, value, "Its value", .required = true, AT_LEAST(1), AT_MOST(1024)));

const SHAPE(metrics_wanted_shape, struct metrics_wanted,
	TEXT(struct metrics_wanted, service, "Which service; the database's need none", AT_MOST(64)),
	TEXT(struct metrics_wanted, what, "errors: calls that failed, and why; http: what the balancer counted; latency: seconds until an answer begins",
	     ONE_OF(METRIC_WORDS), DEFAULT("requests")),
	TEXT(struct metrics_wanted, since, "From when on: " AGO_WORDS, DEFAULT("3h"), AT_MOST(40)),
	BOOL(struct metrics_wanted, compare, "Also how much it changed against as long before"),
	TEXT(struct metrics_wanted, namespace, "Of another metric, instead of service and what, such as AWS/SQS", AT_MOST(255)),
	TEXT(struct metrics_wanted, name, "Its name, with namespace", AT_MOST(255)),
	TEXT(struct metrics_wanted, stat, "Of another metric: Average, Sum, Minimum, Maximum, SampleCount, or p99", DEFAULT("Average"), AT_MOST(32)),
	LIST(struct metrics_wanted, dimensions, dimensions_count, struct metrics_dimension, dimension_shape, "Its dimensions", AT_MOST(10)));

static SHAPE(series_shape, struct metrics_series,
	TEXT(struct metrics_series, label, "What it is", .required = true),
	TEXT(struct metrics_series, metric, "As CloudWatch calls it", .required = true),
	TEXT(struct metrics_series, of, "Its dimensions"),
	TEXT(struct metrics_series, stat, "Of the values in a period", .required = true),
	TEXT(struct metrics_series, unit, "What is counted"),
	REAL(struct metrics_series, min, "Least", OPTIONAL(struct metrics_series, has_points)),
	REAL(struct metrics_series, mean, "Mean", OPTIONAL(struct metrics_series, has_points)),
	REAL(struct metrics_series, max, "Most", OPTIONAL(struct metrics_series, has_points)),
	REAL(struct metrics_series, last, "Latest", OPTIONAL(struct metrics_series, has_points)),
	REAL(struct metrics_series, total, "Of sums: all of them", OPTIONAL(struct metrics_series, has_total)),
	REAL(struct metrics_series, before, "Mean, of sums the total, of as long before", OPTIONAL(struct metrics_series, has_before)),
	REAL(struct metrics_series, change, "Percent by which that changed", OPTIONAL(struct metrics_series, has_change)),
	REALS(struct metrics_series, seconds, seconds_count, "Of each value, seconds after `from`; where one is missing nothing was told"),
	REALS(struct metrics_series, values, values_count, "The values"));

static SHAPE(alarm_shape, struct metrics_alarm,
	TEXT(struct metrics_alarm, name, "The alarm", .required = true),
	TEXT(struct metrics_alarm, label, "The series that it looks at", .required = true),
	TEXT(struct metrics_alarm, state, "ALARM, OK or INSUFFICIENT_DATA"), TIME(struct metrics_alarm, since, "In that state since"),
	TEXT(struct metrics_alarm, rings, "When it rings"), TEXT(struct metrics_alarm, reason, "Of its state, in AWS's words"),
	REAL(struct metrics_alarm, threshold, "Where it rings, in the series' own values", OPTIONAL(struct metrics_alarm, is_line)));

const SHAPE(metrics_shape, struct metrics,
	TEXT(struct metrics, service, "Whose"), TEXT(struct metrics, what, "What was asked for", .required = true),
	TIME(struct metrics, from, "From", .required = true), TIME(struct metrics, until, "Until; the period that runs is not of it", .required = true),
	INT(struct metrics, period_seconds, "Each value is of so long"),
	LIST(struct metrics, series, series_count, struct metrics_series, series_shape, "The metrics"),
	LIST(struct metrics, alarms, alarms_count, struct metrics_alarm, alarm_shape, "Alarms that look at them, those that ring first"),
	TIME(struct metrics, as_of, "When the oldest of it was so"),
	LIST(struct metrics, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

/* ---- Points ---- */

/* Six digits say it all, and are short. */
static double rounded(double value)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6g", value);
	return strtod(text, NULL);
}

struct sums {
	double sum, min, max, last;
	int64_t count;
};

static void add(struct sums *sums, double value)
{
	sums->min = sums->count == 0 || value < sums->min ? value : sums->min;
	sums->max = sums->count == 0 || value > sums->max ? value : sums->max;
	sums->last = value;
	sums->sum += value;
	sums->count++;
}

static void put_points(struct arena *arena, struct metrics_series *series, const struct cw_points *points, const struct metric_range *range,
                       struct sums *now, struct sums *before)
{
	series->seconds = arena_array(arena, double, POINTS_MAX);
	series->values = arena_array(arena, double, POINTS_MAX);
	for (int64_t i = 0; i < points->count; i++) {
		if (fabs(points->values[i]) > VALUE_MOST)
			continue;
		double seconds = points->at[i] - (double)range->from_s;
		if (seconds < 0) {
			add(before, points->values[i]);
		} else if (series->values_count < POINTS_MAX) {
			add(now, points->values[i]);
			series->seconds[series->seconds_count++] = seconds;
			series->values[series->values_count++] = rounded(points->values[i]);
		}
	}
}

static double kept_of(const struct sums *sums, bool total)
{
	return total ? sums->sum : sums->sum / (double)sums->count;
}

static void put_before(struct metrics_series *series, const struct sums *now, const struct sums *before, bool total)
{
	series->has_before = before->count > 0;
	if (!series->has_before)
		return;
	double then = kept_of(before, total);
	series->before = rounded(then);
	series->change = now->count > 0 && then != 0 ? round((kept_of(now, total) - then) / fabs(then) * 1000) / 10 : INFINITY;
	series->has_change = isfinite(series->change);
}

static const char *dimensions_text(struct arena *arena, const struct cw_metric *metric)
{
	char *text = arena_copy(arena, STR(""));

	for (int64_t i = 0; i < metric->Dimensions_count; i++)
		text = arena_print(arena, "%s%s%s=%s", text, i ? ", " : "", metric->Dimensions[i].Name, metric->Dimensions[i].Value);
	return text;
}

static struct metrics_series series_of(struct arena *arena, const struct found_metric *found, const struct cw_points *points,
                                       const struct metric_range *range)
{
	struct metrics_series series = {
		.label = found->label, .unit = found->unit, .stat = found->stat, .of = dimensions_text(arena, &found->metric),
		.metric = arena_print(arena, "%s %s", found->metric.Namespace, found->metric.MetricName),
	};
	struct sums now = { 0 }, before = { 0 };
	bool total = strcmp(found->stat, "Sum") == 0 || strcmp(found->stat, "SampleCount") == 0;

	put_points(arena, &series, points, range, &now, &before);
	series.has_points = now.count > 0;
	if (series.has_points) {
		series.min = rounded(now.min);
		series.max = rounded(now.max);
		series.last = rounded(now.last);
		series.mean = rounded(now.sum / (double)now.count);
	}
	series.has_total = total && series.has_points;
	series.total = rounded(now.sum);
	put_before(&series, &now, &before, total);
	return series;
}

/* ---- Alarms ---- */

static bool is_ringing(const struct metrics_alarm *alarm)
{
	return alarm->state && strcmp(alarm->state, "ALARM") == 0;
}

static int ringing_first(const void *a, const void *b)
{
	const struct metrics_alarm *left = a, *right = b;
	int order = is_ringing(right) - is_ringing(left);

	return order ? order : strcmp(left->name, right->name);
}

/* It stands at the first series that it looks at, or at the one in whose values its threshold is. */
static bool alarm_at(const struct alarm *alarm, const struct found_metric *found, int64_t count, int64_t period_s, struct metrics_alarm *at)
{
	bool looks = false;

	for (int64_t i = 0; i < count && !at->is_line; i++) {
		if (!alarm_of(alarm, &found[i].metric))
			continue;
		at->is_line = alarm_is_line(alarm, &found[i].metric, found[i].stat, period_s);
		at->label = !looks || at->is_line ? found[i].label : at->label;
		looks = true;
	}
	return looks;
}

static void put_alarms(struct arena *arena, struct metrics *out, const struct alarms *alarms, const struct found_metric *found, int64_t count)
{
	out->alarms = arena_array(arena, struct metrics_alarm, ALARMS_SHOWN_MAX);
	for (int64_t i = 0; i < alarms->count && out->alarms_count < ALARMS_SHOWN_MAX; i++) {
		const struct alarm *alarm = &alarms->alarms[i];
		struct metrics_alarm at = { .name = alarm->AlarmName, .state = alarm->StateValue, .reason = alarm->StateReason,
		                            .since = alarm_since(alarm), .threshold = alarm->Threshold };
		if (!alarm->AlarmName || !alarm_at(alarm, found, count, out->period_seconds, &at))
			continue;
		at.rings = alarm_words(arena, alarm);
		out->alarms[out->alarms_count++] = at;
	}
	if (out->alarms_count > 0)
		qsort(out->alarms, (size_t)out->alarms_count, sizeof(*out->alarms), ringing_first);
}

/* ---- The tool ---- */

static enum mcp_answer look_at_them(struct look *look, const struct metrics_wanted *wanted, const struct metric_range *range)
{
	struct found_metric found[METRICS_MAX];
	struct cw_asked asked[METRICS_MAX];
	struct cw_points points[METRICS_MAX] = { 0 };
	struct alarms alarms;
	int64_t count = metrics_find(look, wanted, found), earlier = wanted->compare ? range->until_s - range->from_s : 0;
	struct metrics out = { .service = wanted->service, .what = wanted->name ? wanted->name : wanted->what, .from = range->from_s * 1000,
	                       .until = range->until_s * 1000, .period_seconds = range->period_s };

	for (int64_t i = 0; i < count; i++)
		asked[i] = (struct cw_asked) { &found[i].metric, found[i].stat };
	alarms_of_metrics(look, NULL, &alarms);
	if (alarms.cut)
		look_gap(look, "the alarms", "there are more than a hundred; the first are looked at");
	if (count > 0)
		cw_points(look, asked, count, range->from_s - earlier, range->until_s, range->period_s, points);
	if (look->pending)
		return MCP_WAITING;
	out.series = arena_array(mcp_arena(look->call), struct metrics_series, METRICS_MAX);
	for (; out.series_count < count; out.series_count++)
		out.series[out.series_count] = series_of(mcp_arena(look->call), &found[out.series_count], &points[out.series_count], range);
	put_alarms(mcp_arena(look->call), &out, &alarms, found, count);
	out.as_of = look->as_of;
	out.gaps = look->gaps;
	out.gaps_count = look->gaps_count;
	return mcp_return(look->call, metrics_shape, &out);
}

enum mcp_answer metrics(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct metrics_wanted *wanted = in;
	struct look look = look_begin(call, false);
	struct metric_range range;
	int64_t since_ms;

	if (!wanted->namespace != !wanted->name)
		return mcp_fail(call, "Another metric is named by namespace and name, both.");
	if (cw_is_of_costs(wanted->namespace) && !mcp_may(call, "ops:costs"))
		return mcp_fail(call, "What AWS costs is for those who have the scope ops:costs.");
	if (!wanted->name && metric_needs_service(wanted->what) && !wanted->service)
		return mcp_fail(call, "Of which service? Give service, with %s.", wanted->what);
	if (wanted->service && !watched_find(wanted->service))
		return watched_none(call, wanted->service);
	if (!ago_read(wanted->since, now_ms(), &since_ms) || !metric_range_read(since_ms, now_ms(), &range))
		return mcp_fail(call, "since is %s, and at most %d days ago.", AGO_WORDS, RANGE_DAYS_MAX);
	return look_at_them(&look, wanted, &range);
}
