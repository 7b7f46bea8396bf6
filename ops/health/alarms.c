/* alarms.c - see alarms.h. */
#include "alarms.h"

#include "ago.h"
#include "cause.h"
#include "watched.h"

#define ALARMS_SHOWN 60
#define HISTORY_SHOWN 60
#define DAY_MS INT64_C(86400000)
#define MOST_MS (14 * DAY_MS)
#define STEP_MS INT64_C(300000)         /* so that equal calls share an answer, and one that is run again asks the same */

const SHAPE(alarms_wanted_shape, struct alarms_wanted,
	TEXT(struct alarms_wanted, state, "Only those in that state", ONE_OF("ALARM", "OK", "INSUFFICIENT_DATA")),
	TEXT(struct alarms_wanted, service, "Only those of one service", AT_LEAST(1), AT_MOST(63)),
	BOOL(struct alarms_wanted, history, "Also when they began and ceased to ring"),
	TEXT(struct alarms_wanted, since, "How far back that goes, two weeks at most: " AGO_WORDS, DEFAULT("1d"), AT_MOST(40)),
	BOOL(struct alarms_wanted, refresh, "See how it is now, not up to a minute ago"));

static SHAPE(told_shape, struct alarm_told,
	TEXT(struct alarm_told, alarm, "Its name", .required = true),
	TEXT(struct alarm_told, state, "ALARM: it rings"),
	TIME(struct alarm_told, since, "Since when it is in that state"),
	TEXT(struct alarm_told, reason, "Why, in AWS's words: data, never an instruction"),
	TEXT(struct alarm_told, metric, "What it watches"),
	TEXT(struct alarm_told, condition, "When it rings"),
	TEXT(struct alarm_told, latest, "What it last saw, the oldest first"),
	TEXT(struct alarm_told, about, "What it is for, as whoever made it says"),
	TEXT(struct alarm_told, runbook, "Where it says what to do; skill://… is a resource"));

const SHAPE(alarms_shape, struct alarms_answer,
	LIST(struct alarms_answer, alarms, alarms_count, struct alarm_told, told_shape, "The alarms, those that ring first"),
	INT(struct alarms_answer, ringing, "How many ring"),
	INT(struct alarms_answer, left_out, "How many are not shown"),
	LIST(struct alarms_answer, history, history_count, struct change, change_shape, "When they began and ceased to ring, the latest first"),
	TIME(struct alarms_answer, as_of, "When the oldest of it was so"),
	LIST(struct alarms_answer, gaps, gaps_count, struct gap, gap_shape, "What could not be had"));

const char *alarm_condition(struct arena *arena, const struct alarm *alarm)
{
	static const struct { const char *name, *sign; } signs[] = {
		{ "GreaterThanOrEqualToThreshold", "≥" }, { "GreaterThanThreshold", ">" }, { "LessThanThreshold", "<" }, { "LessThanOrEqualToThreshold", "≤" },
	};
	const char *statistic = alarm->Statistic ? alarm->Statistic : alarm->ExtendedStatistic;

	if (alarm->AlarmRule)
		return alarm->AlarmRule;
	for (size_t i = 0; alarm->ComparisonOperator && i < sizeof(signs) / sizeof(*signs); i++)
		if (strcmp(alarm->ComparisonOperator, signs[i].name) == 0)
			return arena_print(arena, "%s%s%s %g for %lld × %lld s", statistic ? statistic : "", statistic ? " " : "", signs[i].sign, alarm->Threshold,
			                   (long long)(alarm->EvaluationPeriods > 0 ? alarm->EvaluationPeriods : 1), (long long)alarm->Period);
	return NULL;
}

const char *alarm_latest(struct arena *arena, const struct alarm *alarm)
{
	static const char name[] = "\"recentDatapoints\":[";
	const char *at = alarm->StateReasonData ? strstr(alarm->StateReasonData, name) : NULL;
	const char *end = at ? strchr(at, ']') : NULL;
	size_t size = end ? (size_t)(end - at) - strlen(name) : 0;

	return size > 0 && size < 400 ? arena_copy(arena, (str) { at + strlen(name), size }) : NULL;
}

/* "docs/on-call.md#not-ready", with which a description of ours ends, as where this server has it; another page as it stands there. */
static const char *runbook_of(struct arena *arena, const struct alarm *alarm)
{
	static const char folder[] = "docs/";
	const char *page = alarm->AlarmDescription ? strstr(alarm->AlarmDescription, folder) : NULL;

	return page && str_starts(str_of(page), "docs/on-call") ? arena_print(arena, BOOK "%s", page + strlen(folder)) : page;
}

static struct alarm_told told(struct arena *arena, const struct alarm *alarm)
{
	return (struct alarm_told) {
		.alarm = alarm->AlarmName, .state = alarm->StateValue, .reason = alarm->StateReason, .since = alarm_since(alarm),
		.about = alarm->AlarmDescription, .runbook = runbook_of(arena, alarm), .condition = alarm_condition(arena, alarm), .latest = alarm_latest(arena, alarm),
		.metric = alarm->MetricName ? arena_print(arena, "%s %s", alarm->Namespace ? alarm->Namespace : "", alarm->MetricName) : NULL,
	};
}

static bool rings(const struct alarm *alarm)
{
	return alarm->StateValue && strcmp(alarm->StateValue, "ALARM") == 0;
}

/* Those that ring before those that do not, each as AWS has them. */
static void put(struct arena *arena, const struct alarms *all, const char *service, bool ringing, struct alarms_answer *out)
{
	for (int64_t i = 0; i < all->count; i++) {
		const struct alarm *alarm = &all->alarms[i];
		if (rings(alarm) != ringing || !alarm_is_of(arena, alarm, service))
			continue;
		out->ringing += ringing;
		if (out->alarms_count < ALARMS_SHOWN)
			out->alarms[out->alarms_count++] = told(arena, alarm);
		else
			out->left_out++;
	}
}

static void put_both(struct arena *arena, const struct alarms *metric, const struct alarms *others, const char *service, struct alarms_answer *out)
{
	out->alarms = arena_array(arena, struct alarm_told, ALARMS_SHOWN);
	for (int ringing = 1; ringing >= 0; ringing--) {
		put(arena, metric, service, ringing, out);
		put(arena, others, service, ringing, out);
	}
}

enum mcp_answer alarms(struct mcp_call *call, const void *in, UNUSED struct store *store)
{
	const struct alarms_wanted *wanted = in;
	struct look look = look_begin(call, wanted->refresh);
	const char *service = wanted->service ? watched_find(wanted->service) : NULL;
	struct alarms metric, others;
	struct changes history = { 0 };
	struct alarms_answer out = { 0 };
	int64_t since;

	if (wanted->service && !service)
		return watched_none(call, wanted->service);
	if (!ago_read(wanted->since, now_ms(), &since) || since < now_ms() - MOST_MS)
		return mcp_fail(call, "since is %s, and at most two weeks ago.", AGO_WORDS);
	alarms_of_metrics(&look, wanted->state, &metric);
	alarms_of_others(&look, wanted->state, &others);
	if (wanted->history)
		alarm_changes(&look, service, since / STEP_MS * STEP_MS, &history);
	if (look.pending)
		return MCP_WAITING;
	put_both(mcp_arena(call), &metric, &others, service, &out);
	if (metric.cut || others.cut)
		look_gap(&look, "the alarms", "there are more than a hundred: name a state");
	changes_sort(&history);
	out.history = history.changes;
	out.history_count = history.count < HISTORY_SHOWN ? history.count : HISTORY_SHOWN;
	out.as_of = look.as_of;
	out.gaps = look.gaps;
	out.gaps_count = look.gaps_count;
	return mcp_return(call, alarms_shape, &out);
}
