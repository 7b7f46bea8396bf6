/* explorer.c - see explorer.h. */
#include "explorer.h"

#define PAGES_MAX 10
#define ANOMALIES_MAX 10

const SHAPE(ce_money_shape, struct ce_money, PARAM(struct ce_money, Amount), PARAM(struct ce_money, Unit));
const SHAPE(ce_metrics_shape, struct ce_metrics, NEST(struct ce_metrics, UnblendedCost, struct ce_money, ce_money_shape, NULL));
const SHAPE(ce_group_shape, struct ce_group,
	TEXTS(struct ce_group, Keys, Keys_count, NULL), NEST(struct ce_group, Metrics, struct ce_metrics, ce_metrics_shape, NULL));
const SHAPE(ce_span_shape, struct ce_span, PARAM(struct ce_span, Start), PARAM(struct ce_span, End));
const SHAPE(ce_result_shape, struct ce_result,
	NEST(struct ce_result, TimePeriod, struct ce_span, ce_span_shape, NULL), PARAM(struct ce_result, Estimated),
	LIST(struct ce_result, Groups, Groups_count, struct ce_group, ce_group_shape, NULL));
const SHAPE(ce_usage_shape, struct ce_usage,
	LIST(struct ce_usage, ResultsByTime, ResultsByTime_count, struct ce_result, ce_result_shape, NULL),
	PARAM(struct ce_usage, NextPageToken));
const SHAPE(ce_forecast_shape, struct ce_forecast, NEST(struct ce_forecast, Total, struct ce_money, ce_money_shape, NULL));
const SHAPE(ce_cause_shape, struct ce_cause,
	PARAM(struct ce_cause, Service), PARAM(struct ce_cause, Region), PARAM(struct ce_cause, UsageType));
const SHAPE(ce_impact_shape, struct ce_impact, PARAM(struct ce_impact, TotalImpact), PARAM(struct ce_impact, TotalExpectedSpend));
const SHAPE(ce_anomaly_shape, struct ce_anomaly,
	PARAM(struct ce_anomaly, AnomalyStartDate), PARAM(struct ce_anomaly, AnomalyEndDate), PARAM(struct ce_anomaly, DimensionValue),
	LIST(struct ce_anomaly, RootCauses, RootCauses_count, struct ce_cause, ce_cause_shape, NULL),
	NEST(struct ce_anomaly, Impact, struct ce_impact, ce_impact_shape, NULL));
const SHAPE(ce_anomalies_shape, struct ce_anomalies,
	LIST(struct ce_anomalies, Anomalies, Anomalies_count, struct ce_anomaly, ce_anomaly_shape, NULL));

/* ---- What is asked ---- */

struct grouping {
	const char *Type, *Key;
};
static SHAPE(grouping_shape, struct grouping, PARAM(struct grouping, Type), PARAM(struct grouping, Key));

struct ask_usage {
	struct ce_span *TimePeriod;
	const char *Granularity, *NextPageToken;
	const char **Metrics;
	struct grouping *GroupBy;
	int64_t Metrics_count, GroupBy_count;
};
static SHAPE(ask_usage_shape, struct ask_usage,
	NEST(struct ask_usage, TimePeriod, struct ce_span, ce_span_shape, NULL), PARAM(struct ask_usage, Granularity),
	TEXTS(struct ask_usage, Metrics, Metrics_count, NULL),
	LIST(struct ask_usage, GroupBy, GroupBy_count, struct grouping, grouping_shape, NULL),
	PARAM(struct ask_usage, NextPageToken));

static bool ask_page(struct look *look, const char *what, const struct ce_wanted *wanted, struct ce_usage *page)
{
	const char *metric = "UnblendedCost", *token = page->NextPageToken;
	struct ce_span span = { wanted->from, wanted->end };
	struct grouping by[] = { { "DIMENSION", "RECORD_TYPE" }, { 0 } };
	struct ask_usage ask = { &span, wanted->monthly ? "MONTHLY" : "DAILY", token, &metric, by, 1, 1 };

	if (wanted->type) {
		by[1] = by[0];
		by[0] = (struct grouping) { wanted->type, wanted->key };
		ask.GroupBy_count = 2;
	}
	*page = (struct ce_usage) { 0 };
	return look_at(look, what, COSTS_GET_COST_AND_USAGE, ask_usage_shape, &ask, ce_usage_shape, page);
}

static void append(struct arena *arena, struct ce_usage *usage, const struct ce_usage *page)
{
	size_t size = sizeof(*usage->ResultsByTime), old = size * (size_t)usage->ResultsByTime_count;

	if (page->ResultsByTime_count == 0)
		return;
	usage->ResultsByTime = arena_grow(arena, usage->ResultsByTime, old, old + size * (size_t)page->ResultsByTime_count);
	memcpy(usage->ResultsByTime + usage->ResultsByTime_count, page->ResultsByTime, size * (size_t)page->ResultsByTime_count);
	usage->ResultsByTime_count += page->ResultsByTime_count;
}

bool ce_usage(struct look *look, const char *what, const struct ce_wanted *wanted, struct ce_usage *usage, int64_t *requests)
{
	struct ce_usage page = { 0 };
	int pages = 0;

	*usage = page;
	while (pages < PAGES_MAX && (pages == 0 || page.NextPageToken)) {
		if (!ask_page(look, what, wanted, &page))
			break;
		append(mcp_arena(look->call), usage, &page);
		pages++;
		++*requests;
	}
	if (page.NextPageToken)
		look_gap(look, what, "there are more pages of them than are asked for; take fewer days, or by service");
	return pages > 0;
}

/* ---- What may come, and what is strange ---- */

struct dimension {
	const char *Key;
	const char **Values;
	int64_t Values_count;
};
static SHAPE(dimension_shape, struct dimension, PARAM(struct dimension, Key), TEXTS(struct dimension, Values, Values_count, NULL));
struct is { struct dimension *Dimensions; };
static SHAPE(is_shape, struct is, NEST(struct is, Dimensions, struct dimension, dimension_shape, NULL));
struct is_not { struct is *Not; };
static SHAPE(is_not_shape, struct is_not, NEST(struct is_not, Not, struct is, is_shape, NULL));

struct ask_forecast {
	struct ce_span *TimePeriod;
	const char *Granularity, *Metric;
	struct is_not *Filter;
};
static SHAPE(ask_forecast_shape, struct ask_forecast,
	NEST(struct ask_forecast, TimePeriod, struct ce_span, ce_span_shape, NULL), PARAM(struct ask_forecast, Granularity),
	PARAM(struct ask_forecast, Metric), NEST(struct ask_forecast, Filter, struct is_not, is_not_shape, NULL));

bool ce_forecast(struct look *look, const char *from, const char *end, struct ce_forecast *forecast, int64_t *requests)
{
	const char *lent[] = { "Credit", "Refund" };
	struct ce_span span = { from, end };
	struct dimension kinds = { "RECORD_TYPE", lent, 2 };
	struct is is = { &kinds };
	struct is_not filter = { &is };
	struct ask_forecast ask = { &span, "DAILY", "UNBLENDED_COST", &filter };

	*forecast = (struct ce_forecast) { 0 };
	bool had = look_at(look, "the forecast", COSTS_GET_FORECAST, ask_forecast_shape, &ask, ce_forecast_shape, forecast);
	*requests += had;
	return had && forecast->Total;
}

struct interval {
	const char *StartDate, *EndDate;
};
static SHAPE(interval_shape, struct interval, PARAM(struct interval, StartDate), PARAM(struct interval, EndDate));
struct ask_anomalies {
	struct interval *DateInterval;
	int64_t MaxResults;
};
static SHAPE(ask_anomalies_shape, struct ask_anomalies,
	NEST(struct ask_anomalies, DateInterval, struct interval, interval_shape, NULL), PARAM(struct ask_anomalies, MaxResults));

bool ce_anomalies(struct look *look, const char *from, const char *to, struct ce_anomalies *anomalies, int64_t *requests)
{
	struct interval interval = { from, to };
	struct ask_anomalies ask = { &interval, ANOMALIES_MAX };

	*anomalies = (struct ce_anomalies) { 0 };
	bool had = look_at(look, "the anomalies", COSTS_GET_ANOMALIES, ask_anomalies_shape, &ask, ce_anomalies_shape, anomalies);
	*requests += had;
	return had;
}
