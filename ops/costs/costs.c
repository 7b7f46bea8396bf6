/* costs.c - see costs.h. */
#include "costs.h"

#include "costs_bars.h"
#include "period.h"

#define GROUPS_MAX 20
#define DAYS_MAX 62                     /* of which each has a bar; beyond that each month */
#define ANOMALIES_MAX 10

const SHAPE(costs_wanted_shape, struct costs_wanted,
	TEXT(struct costs_wanted, period, "The days: " PERIOD_WORDS ". In UTC", DEFAULT("this month"), AT_MOST(40),
	     EXAMPLES("this month", "last month", "last 7 days", "2026-10-01 to 2026-10-15")),
	TEXT(struct costs_wanted, by, "What it is told apart by. day: each day, by kind of charge", ONE_OF("service", "usage", "tag", "day"),
	     DEFAULT("service")),
	TEXT(struct costs_wanted, tag, "With by: tag, the tag's key. It has figures only once it is activated for costs in the billing console",
	     DEFAULT("project"), AT_LEAST(1), AT_MOST(128)),
	BOOL(struct costs_wanted, compare, "Also the same days before, which costs a cent more"));

static SHAPE(cost_group_shape, struct cost_group,
	TEXT(struct cost_group, name, "A service, a kind of use, a tag's value, or a kind of charge", .required = true),
	TEXT(struct cost_group, gross, "Without credits and refunds", .required = true),
	TEXT(struct cost_group, credits, "Credits and refunds, below 0"),
	TEXT(struct cost_group, net, "What is to be paid"),
	REAL(struct cost_group, share, "Percent of all of gross", OPTIONAL(struct cost_group, has_share)),
	TEXT(struct cost_group, before, "Gross of the days before"),
	REAL(struct cost_group, change, "Percent by which gross changed", OPTIONAL(struct cost_group, has_change)));

static SHAPE(cost_bar_shape, struct cost_bar,
	TEXT(struct cost_bar, from, "The day, or the month's first of them", .required = true),
	TEXT(struct cost_bar, gross, "Without credits and refunds", .required = true),
	TEXT(struct cost_bar, net, "What is to be paid", .required = true),
	TEXTS(struct cost_bar, parts, parts_count, "Gross of each that is stacked, in that order"),
	BOOL(struct cost_bar, partial, "It isn't over"));

static SHAPE(cost_compared_shape, struct cost_compared,
	TEXT(struct cost_compared, from, "First day", .required = true), TEXT(struct cost_compared, to, "Day after the last", .required = true),
	TEXT(struct cost_compared, gross, "Without credits and refunds", .required = true),
	TEXT(struct cost_compared, net, "What was to be paid", .required = true),
	REAL(struct cost_compared, change, "Percent by which gross changed since", OPTIONAL(struct cost_compared, has_change)));

static SHAPE(cost_forecast_shape, struct cost_forecast,
	TEXT(struct cost_forecast, from, "First day that is foretold", .required = true),
	TEXT(struct cost_forecast, to, "Day after the last: the next month's first", .required = true),
	TEXT(struct cost_forecast, gross, "What these days may cost, without credits", .required = true),
	TEXT(struct cost_forecast, month, "With the month's days before: what the whole month may cost"));

static SHAPE(cost_anomaly_shape, struct cost_anomaly,
	TEXT(struct cost_anomaly, service, "What costs more than it should"), TEXT(struct cost_anomaly, region, "Where"),
	TEXT(struct cost_anomaly, usage_type, "Which use"), TEXT(struct cost_anomaly, from, "Since"), TEXT(struct cost_anomaly, to, "Until"),
	TEXT(struct cost_anomaly, impact, "How much more, in dollars"), TEXT(struct cost_anomaly, expected, "What was expected"));

static SHAPE(cost_asking_shape, struct cost_asking,
	INT(struct cost_asking, requests, "Requests that this is of"),
	TEXT(struct cost_asking, dollars, "What they cost; each answer is kept for six hours, and costs nothing then", .required = true));

const SHAPE(costs_shape, struct costs,
	TEXT(struct costs, from, "First day", .required = true), TEXT(struct costs, to, "Last day", .required = true),
	TEXT(struct costs, by, "What it is told apart by", .required = true),
	TEXT(struct costs, currency, "Of all amounts, which are decimal texts rounded to cents"),
	TEXT(struct costs, gross, "What it costs without credits and refunds. Tell this one first: net may be 0 because of credits that end"),
	TEXT(struct costs, credits, "Credits and refunds, below 0"), TEXT(struct costs, net, "What is to be paid: gross with credits and refunds"),
	BOOL(struct costs, partial, "Today is of it, and isn't all there: figures come up to a day late"),
	BOOL(struct costs, estimated, "The bill isn't final"),
	LIST(struct costs, groups, groups_count, struct cost_group, cost_group_shape, "The dearest first"),
	INT(struct costs, left_out, "Cheaper ones that are left out of groups"),
	TEXT(struct costs, bars_are, "What a bar is of: day or month", .required = true),
	TEXTS(struct costs, stacked, stacked_count, "What a bar's parts are"),
	LIST(struct costs, bars, bars_count, struct cost_bar, cost_bar_shape, "Day by day, or month by month"),
	NEST(struct costs, compared, struct cost_compared, cost_compared_shape, "The days before"),
	NEST(struct costs, forecast, struct cost_forecast, cost_forecast_shape, "Of the rest of this month"),
	LIST(struct costs, anomalies, anomalies_count, struct cost_anomaly, cost_anomaly_shape, "What AWS finds unusual in these days"),
	NEST(struct costs, asking, struct cost_asking, cost_asking_shape, "What this answer cost to have"),
	TIME(struct costs, as_of, "When the oldest of it was so"),
	LIST(struct costs, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

static const struct { const char *by, *type, *key; } groupings[] = {
	{ "service", "DIMENSION", "SERVICE" }, { "usage", "DIMENSION", "USAGE_TYPE" }, { "tag", "TAG", NULL }, { "day", NULL, NULL },
};

/* There are so many kinds of use that each day's would be many pages, at a cent each. */
static struct ce_wanted wanted_of(const struct costs_wanted *wanted, const struct period *period)
{
	size_t i = 0;

	while (strcmp(groupings[i].by, wanted->by) != 0)
		i++;
	return (struct ce_wanted) {
		.from = period->from, .end = period->end, .monthly = period->days > DAYS_MAX || strcmp(wanted->by, "usage") == 0,
		.type = groupings[i].type, .key = groupings[i].key ? groupings[i].key : wanted->tag,
	};
}

struct seen {
	struct ce_usage now, before;
	struct ce_forecast forecast;
	struct ce_anomalies anomalies;
	bool has_now, has_before, has_forecast;
	int64_t requests;
};

static struct seen ask(struct look *look, const struct ce_wanted *wanted, const struct period *period, bool compare)
{
	struct seen seen = { 0 };
	struct ce_wanted before = *wanted;

	before.from = period->before_from;
	before.end = period->before_end;
	before.monthly = true;
	seen.has_now = ce_usage(look, "the costs", wanted, &seen.now, &seen.requests);
	seen.has_before = compare && ce_usage(look, "the costs before", &before, &seen.before, &seen.requests);
	seen.has_forecast = period->running && ce_forecast(look, period->today, period->next_month, &seen.forecast, &seen.requests);
	ce_anomalies(look, period->from, period->to, &seen.anomalies, &seen.requests);
	return seen;
}

static void put_groups(struct arena *arena, struct costs *out, const struct cost_sums *sums, bool compared)
{
	out->groups = arena_array(arena, struct cost_group, GROUPS_MAX);
	for (int64_t i = 0; i < sums->rows_count && out->groups_count < GROUPS_MAX; i++) {
		const struct cost_row *row = &sums->rows[i];
		struct cost_group *group = &out->groups[out->groups_count++];
		*group = (struct cost_group) {
			.name = row->name, .gross = amount_text(arena, row->now.gross), .credits = amount_text(arena, row->now.credits),
			.net = amount_text(arena, figures_net(&row->now)), .before = compared ? amount_text(arena, row->before.gross) : NULL,
		};
		group->has_share = amount_share(row->now.gross, sums->all.gross, &group->share);
		group->has_change = compared && amount_share(amount_difference(row->now.gross, row->before.gross), row->before.gross, &group->change);
	}
	out->left_out = sums->rows_count - out->groups_count;
}

static void put_compared(struct arena *arena, struct costs *out, const struct cost_sums *sums, const struct period *period)
{
	struct cost_compared *compared = arena_new(arena, struct cost_compared);
	struct figures before = { 0 };

	for (int64_t i = 0; i < sums->rows_count; i++) {
		before.gross = amount_sum(before.gross, sums->rows[i].before.gross);
		before.credits = amount_sum(before.credits, sums->rows[i].before.credits);
	}
	*compared = (struct cost_compared) {
		.from = arena_copy(arena, str_of(period->before_from)), .to = arena_copy(arena, str_of(period->before_end)),
		.gross = amount_text(arena, before.gross), .net = amount_text(arena, figures_net(&before)),
	};
	compared->has_change = amount_share(amount_difference(sums->all.gross, before.gross), before.gross, &compared->change);
	out->compared = compared;
}

/* Of the whole month only where its days up to today are known one by one. */
static void put_forecast(struct look *look, struct costs *out, const struct ce_money *total, const struct period *period,
                         const struct amount *so_far)
{
	struct arena *arena = mcp_arena(look->call);
	struct amount rest;

	if (!total->Amount || !amount_read(total->Amount, &rest)) {
		look_gap(look, "the forecast", "its amount can't be read");
		return;
	}
	out->forecast = arena_new(arena, struct cost_forecast);
	*out->forecast = (struct cost_forecast) {
		.from = arena_copy(arena, str_of(period->today)), .to = arena_copy(arena, str_of(period->next_month)),
		.gross = amount_text(arena, rest), .month = so_far ? amount_text(arena, amount_sum(rest, *so_far)) : NULL,
	};
}

static void put_anomalies(struct arena *arena, struct costs *out, const struct ce_anomalies *anomalies)
{
	out->anomalies = arena_array(arena, struct cost_anomaly, ANOMALIES_MAX);
	for (int64_t i = 0; i < anomalies->Anomalies_count && i < ANOMALIES_MAX; i++) {
		const struct ce_anomaly *anomaly = &anomalies->Anomalies[i];
		struct ce_cause none = { anomaly->DimensionValue, NULL, NULL };
		const struct ce_cause *cause = anomaly->RootCauses_count > 0 ? anomaly->RootCauses : &none;
		out->anomalies[out->anomalies_count++] = (struct cost_anomaly) {
			.service = cause->Service ? cause->Service : anomaly->DimensionValue, .region = cause->Region, .usage_type = cause->UsageType,
			.from = anomaly->AnomalyStartDate, .to = anomaly->AnomalyEndDate,
			.impact = anomaly->Impact ? arena_print(arena, "%.2f", anomaly->Impact->TotalImpact) : NULL,
			.expected = anomaly->Impact ? arena_print(arena, "%.2f", anomaly->Impact->TotalExpectedSpend) : NULL,
		};
	}
}

static void put_asking(struct arena *arena, struct costs *out, int64_t requests)
{
	int64_t cents = requests * aws_operations[COSTS_GET_COST_AND_USAGE].microdollars / 10000;

	out->asking = arena_new(arena, struct cost_asking);
	*out->asking = (struct cost_asking) { requests, arena_print(arena, "%lld.%02lld", (long long)cents / 100, (long long)cents % 100) };
}

/* What was to be had, added up. The sum of the days before today is given. */
static struct amount put_sums(struct look *look, struct costs *out, const struct seen *seen, const struct period *period)
{
	struct arena *arena = mcp_arena(look->call);
	struct cost_sums sums = { 0 };

	cost_sum(arena, &sums, &seen->now, false);
	cost_sum(arena, &sums, &seen->before, true);
	cost_sort(&sums);
	out->currency = sums.unit;
	out->gross = amount_text(arena, sums.all.gross);
	out->credits = amount_text(arena, sums.all.credits);
	out->net = amount_text(arena, figures_net(&sums.all));
	out->estimated = sums.estimated;
	put_groups(arena, out, &sums, seen->has_before);
	if (seen->has_before)
		put_compared(arena, out, &sums, period);
	struct amount so_far = costs_bars(arena, out, &sums, &seen->now, period->today);
	if (sums.wrong)
		look_gap(look, "the costs", sums.wrong);
	return so_far;
}

static bool begins_month(const struct period *period)
{
	return strcmp(period->from + 8, "01") == 0 && strncmp(period->from, period->today, 7) == 0;
}

enum mcp_answer costs(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct costs_wanted *wanted = in;
	struct look look = look_begin(call, false);
	struct period period;

	if (!period_read(wanted->period, now_ms(), &period))
		return mcp_fail(call, "The period \"%s\" is none of these: %s; it has at most %d days and none after today.",
		                str_quote(str_of(wanted->period), 40).text, PERIOD_WORDS, PERIOD_DAYS_MAX);
	struct ce_wanted usage = wanted_of(wanted, &period);
	struct seen seen = ask(&look, &usage, &period, wanted->compare);
	if (look.pending)
		return MCP_WAITING;
	struct costs out = { .from = period.from, .to = period.to, .by = wanted->by, .partial = period.running,
	                     .bars_are = usage.monthly ? "month" : "day" };
	struct amount so_far = seen.has_now ? put_sums(&look, &out, &seen, &period) : (struct amount) { 0 };
	bool whole = seen.has_now && !usage.monthly && begins_month(&period);
	if (seen.has_forecast)
		put_forecast(&look, &out, seen.forecast.Total, &period, whole ? &so_far : NULL);
	put_anomalies(mcp_arena(call), &out, &seen.anomalies);
	put_asking(mcp_arena(call), &out, seen.requests);
	out.as_of = look.as_of;
	out.gaps = look.gaps;
	out.gaps_count = look.gaps_count;
	return mcp_return(call, costs_shape, &out);
}
