/* insights.c - see insights.h. */
#include "insights.h"

#include "stamp.h"
#include "watched.h"

const SHAPE(insights_query_shape, struct insights_query,
	PARAM(struct insights_query, queryString), TEXTS(struct insights_query, logGroupNames, logGroupNames_count, NULL),
	PARAM(struct insights_query, startTime), PARAM(struct insights_query, endTime), PARAM(struct insights_query, limit));

const SHAPE(insights_started_shape, struct insights_started, PARAM(struct insights_started, queryId));

static SHAPE(insights_cell_shape, struct insights_cell, PARAM(struct insights_cell, field), PARAM(struct insights_cell, value));

/* AWS says a row as a list of cells: see aws_lists.h. */
static SHAPE(insights_row_shape, struct insights_row,
	LIST(struct insights_row, items, items_count, struct insights_cell, insights_cell_shape, NULL));

static SHAPE(insights_statistics_shape, struct insights_statistics,
	PARAM(struct insights_statistics, bytesScanned), PARAM(struct insights_statistics, recordsMatched));

const SHAPE(insights_results_shape, struct insights_results,
	PARAM(struct insights_results, status),
	LIST(struct insights_results, results, results_count, struct insights_row, insights_row_shape, NULL),
	NEST(struct insights_results, statistics, struct insights_statistics, insights_statistics_shape, NULL));

bool insights_runs(const struct insights_results *results)
{
	return results->status && (strcmp(results->status, "Running") == 0 || strcmp(results->status, "Scheduled") == 0);
}

/* ---- What it reads ---- */

static bool is_of_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '@';
}

/* Wherever the word stands, but as a whole text, or name, in quotes: what is a command and what is not, only AWS's own parser knows. */
static bool names(const char *query, const char *word)
{
	size_t size = strlen(word);

	for (const char *at = query; (at = strcasestr(at, word)); at += size) {
		char before = at > query ? at[-1] : ' ', behind = at[size];
		bool is_quoted = before == behind && strchr("`\"'/", before);
		if (!is_quoted && !is_of_name(before) && !is_of_name(behind))
			return true;
	}
	return false;
}

const char *insights_refused(const char *query)
{
	if (names(query, "source"))
		return "SOURCE has a query read other logs than those of services: name services instead. A field that is called so stands in `backticks`.";
	if (names(query, "unmask"))
		return "unmask shows what the account's data protection hides in logs: do without it. A field that is called so stands in `backticks`.";
	return NULL;
}

struct group {
	const char *logGroupName;
	int64_t storedBytes, retentionInDays, creationTime;     /* retention 0: for ever; the time in milliseconds */
};
static SHAPE(group_shape, struct group,
	PARAM(struct group, logGroupName), PARAM(struct group, storedBytes), PARAM(struct group, retentionInDays), PARAM(struct group, creationTime));

struct groups {
	struct group *logGroups;
	int64_t logGroups_count;
	const char *nextToken;          /* there are more */
};
static SHAPE(groups_shape, struct groups,
	LIST(struct groups, logGroups, logGroups_count, struct group, group_shape, NULL), PARAM(struct groups, nextToken));

struct describe {
	const char *logGroupNamePrefix;
	int64_t limit;
};
static SHAPE(describe_shape, struct describe, PARAM(struct describe, logGroupNamePrefix), PARAM(struct describe, limit));

#define DAY_S INT64_C(86400)

/* Of what a group has that which is of so many seconds. */
static int64_t share_of(const struct group *group, int64_t seconds, int64_t now_s)
{
	int64_t bytes = count_of((double)group->storedBytes), created_s = group->creationTime > 0 ? group->creationTime / 1000 : 0;
	int64_t age = now_s - created_s;

	if (group->retentionInDays > 0 && age / DAY_S >= group->retentionInDays)
		age = group->retentionInDays * DAY_S;
	if (age <= seconds || age <= 0)
		return bytes;
	return bytes / age * seconds + bytes % age * seconds / age;
}

static bool is_asked(const struct insights_query *query, const struct group *group)
{
	for (int64_t i = 0; i < query->logGroupNames_count; i++)
		if (group->logGroupName && strcmp(query->logGroupNames[i], group->logGroupName) == 0)
			return true;
	return false;
}

int64_t insights_estimate(struct look *look, const struct insights_query *query)
{
	struct describe describe = { watched_log_group(mcp_arena(look->call), ""), 50 };
	struct groups groups = { 0 };
	int64_t bytes = 0, found = 0, seconds = query->endTime - query->startTime;

	/* It compares with as long a time before. */
	if (names(query->queryString, "diff"))
		seconds *= 2;

	if (!look_at(look, "how much the query would read", LOGS_DESCRIBE_GROUPS, describe_shape, &describe, groups_shape, &groups))
		return -1;
	for (int64_t i = 0; i < groups.logGroups_count; i++) {
		if (!is_asked(query, &groups.logGroups[i]))
			continue;
		found++;
		bytes = count_of((double)bytes + (double)share_of(&groups.logGroups[i], seconds, query->endTime));
	}
	return groups.nextToken && found < query->logGroupNames_count ? -1 : bytes;
}

/* Half a cent for 2^30 bytes. */
const char *insights_cost(struct arena *arena, int64_t bytes)
{
	int64_t microdollars = ((bytes >> 10) * 5000 + (INT64_C(1) << 20) - 1) >> 20;

	return arena_print(arena, "$%lld.%06lld", (long long)(microdollars / 1000000), (long long)(microdollars % 1000000));
}
