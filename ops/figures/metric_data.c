/* metric_data.c - see metric_data.h. */
#include "metric_data.h"

#define PAGES_MAX 5

/* ---- What is asked ---- */

struct query {
	const char *Id;
	struct cw_stat *MetricStat;
};
static SHAPE(query_shape, struct query, PARAM(struct query, Id), NEST(struct query, MetricStat, struct cw_stat, cw_stat_shape, NULL));

struct ask {
	int64_t StartTime, EndTime;
	const char *ScanBy, *NextToken;
	struct query *MetricDataQueries;
	int64_t queries_count;
};
static SHAPE(ask_shape, struct ask,
	PARAM(struct ask, StartTime), PARAM(struct ask, EndTime), PARAM(struct ask, ScanBy), PARAM(struct ask, NextToken),
	LIST(struct ask, MetricDataQueries, queries_count, struct query, query_shape, NULL));

/* ---- What is answered ---- */

struct message {
	const char *Code, *Value;
};
static SHAPE(message_shape, struct message, PARAM(struct message, Code), PARAM(struct message, Value));

struct result {
	const char *Id, *StatusCode;
	double *Timestamps, *Values;
	int64_t Timestamps_count, Values_count;
	struct message *Messages;
	int64_t Messages_count;
};
static SHAPE(result_shape, struct result,
	PARAM(struct result, Id), PARAM(struct result, StatusCode), REALS(struct result, Timestamps, Timestamps_count, NULL),
	REALS(struct result, Values, Values_count, NULL),
	LIST(struct result, Messages, Messages_count, struct message, message_shape, NULL));

struct answer {
	struct result *MetricDataResults;
	int64_t results_count;
	const char *NextToken;
};
static SHAPE(answer_shape, struct answer,
	LIST(struct answer, MetricDataResults, results_count, struct result, result_shape, NULL), PARAM(struct answer, NextToken));

static double *grown(struct arena *arena, double *old, int64_t room, int64_t more)
{
	return arena_grow(arena, old, sizeof(*old) * (size_t)room, sizeof(*old) * (size_t)more);
}

void cw_points_add(struct arena *arena, struct cw_points *points, const double *at, const double *values, int64_t count)
{
	if (count == 0)
		return;
	if (points->count + count > points->room) {
		int64_t room = 2 * points->room > points->count + count ? 2 * points->room : points->count + count;
		points->at = grown(arena, points->at, points->room, room);
		points->values = grown(arena, points->values, points->room, room);
		points->room = room;
	}
	memcpy(points->at + points->count, at, sizeof(*at) * (size_t)count);
	memcpy(points->values + points->count, values, sizeof(*values) * (size_t)count);
	points->count += count;
}

static void add(struct arena *arena, struct cw_points *points, const struct result *result)
{
	cw_points_add(arena, points, result->Timestamps, result->Values,
	              result->Values_count < result->Timestamps_count ? result->Values_count : result->Timestamps_count);
}

static void note_trouble(struct look *look, const struct cw_metric *metric, const struct result *result)
{
	if (!result->StatusCode || strcmp(result->StatusCode, "Complete") == 0 || strcmp(result->StatusCode, "PartialData") == 0)
		return;
	const char *why = result->Messages_count > 0 && result->Messages[0].Value ? result->Messages[0].Value : result->StatusCode;
	look_gap(look, metric->MetricName, why);
}

/* Ids are m0, m1 … */
static int64_t index_of(const char *id, int64_t count)
{
	int64_t index;

	return id && *id == 'm' && str_to_int(str_of(id + 1), &index) && index >= 0 && index < count ? index : -1;
}

static bool ask_page(struct look *look, const struct ask *ask, const struct cw_asked *asked, struct cw_points *points, const char **next)
{
	struct answer answer = { 0 };

	if (!look_at(look, "the metrics", CLOUDWATCH_GET_METRIC_DATA, ask_shape, ask, answer_shape, &answer))
		return false;
	for (int64_t i = 0; i < answer.results_count; i++) {
		int64_t index = index_of(answer.MetricDataResults[i].Id, ask->queries_count);
		if (index < 0)
			continue;
		add(mcp_arena(look->call), &points[index], &answer.MetricDataResults[i]);
		note_trouble(look, asked[index].metric, &answer.MetricDataResults[i]);
	}
	*next = answer.NextToken;
	return true;
}

bool cw_points(struct look *look, const struct cw_asked *asked, int64_t count, int64_t from_s, int64_t until_s, int64_t period_s,
               struct cw_points *points)
{
	struct arena *arena = mcp_arena(look->call);
	struct query *queries = arena_array(arena, struct query, count);
	struct cw_stat *stats = arena_array(arena, struct cw_stat, count);
	struct ask ask = { from_s, until_s, "TimestampAscending", NULL, queries, count };
	int pages = 0;

	for (int64_t i = 0; i < count; i++) {
		points[i] = (struct cw_points) { 0 };
		stats[i] = (struct cw_stat) { asked[i].metric, period_s, asked[i].stat };
		queries[i] = (struct query) { arena_print(arena, "m%lld", (long long)i), &stats[i] };
	}
	while (pages < PAGES_MAX && (pages == 0 || ask.NextToken) && ask_page(look, &ask, asked, points, &ask.NextToken))
		pages++;
	if (ask.NextToken && pages == PAGES_MAX)
		look_gap(look, "the metrics", "there are more points than are asked for");
	return pages > 0;
}
