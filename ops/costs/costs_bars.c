/* costs_bars.c - see costs_bars.h. */
#include "costs_bars.h"

#include <stdlib.h>

#define STACKED_MAX 6                   /* with the rest */

struct bar {
	const char *from;
	bool partial;
	struct figures all, parts[STACKED_MAX];
};

static int64_t part_of(const struct costs *costs, const char *name)
{
	int64_t i = 0;

	while (i < costs->stacked_count - 1 && strcmp(costs->stacked[i], name) != 0)
		i++;
	return i;
}

static void name_parts(struct arena *arena, struct costs *costs, const struct cost_sums *sums)
{
	int64_t named = 0;

	costs->stacked = arena_array(arena, const char *, STACKED_MAX);
	while (named < STACKED_MAX - 1 && named < sums->rows_count && !amount_is_zero(sums->rows[named].now.gross)) {
		costs->stacked[named] = sums->rows[named].name;
		named++;
	}
	costs->stacked[named] = "all others";
	costs->stacked_count = named + 1;
}

/* A day or month that begins, or the rest of the latest. */
static struct bar *bar_of(struct bar *bars, int64_t *count, const struct ce_span *span, const char *today)
{
	if (*count > 0 && strcmp(bars[*count - 1].from, span->Start) == 0)
		return &bars[*count - 1];
	bars[*count] = (struct bar) { .from = span->Start, .partial = strcmp(span->End, today) > 0 };
	return &bars[(*count)++];
}

/* Both are of one list, whose order is that of what is on several pages. */
static int earlier_first(const void *a, const void *b)
{
	const struct ce_result *left = *(const struct ce_result *const *)a, *right = *(const struct ce_result *const *)b;
	int order = strcmp(left->TimePeriod->Start, right->TimePeriod->Start);

	return order ? order : left < right ? -1 : left > right;
}

/* Those that have a day, in their order, which is that in which they come, but nobody promises it. */
static const struct ce_result **in_order(struct arena *arena, const struct ce_usage *usage, int64_t *count)
{
	const struct ce_result **results = arena_array(arena, const struct ce_result *, usage->ResultsByTime_count);

	*count = 0;
	for (int64_t i = 0; i < usage->ResultsByTime_count; i++) {
		const struct ce_span *span = usage->ResultsByTime[i].TimePeriod;
		if (span && span->Start && span->End)
			results[(*count)++] = &usage->ResultsByTime[i];
	}
	if (*count > 0)
		qsort(results, (size_t)*count, sizeof(*results), earlier_first);
	return results;
}

static void add_result(struct costs *costs, struct cost_sums *sums, const struct ce_result *result, struct bar *bar)
{
	for (int64_t i = 0; i < result->Groups_count; i++) {
		const struct ce_group *group = &result->Groups[i];
		if (cost_add(sums, group, &bar->all))
			(void)cost_add(sums, group, &bar->parts[part_of(costs, cost_name(group))]);
	}
}

static struct cost_bar shown(struct arena *arena, const struct costs *costs, const struct bar *bar)
{
	const char **parts = arena_array(arena, const char *, costs->stacked_count);

	for (int64_t i = 0; i < costs->stacked_count; i++)
		parts[i] = amount_text(arena, bar->parts[i].gross);
	return (struct cost_bar) {
		.from = bar->from, .gross = amount_text(arena, bar->all.gross), .net = amount_text(arena, figures_net(&bar->all)),
		.partial = bar->partial, .parts = parts, .parts_count = costs->stacked_count,
	};
}

struct amount costs_bars(struct arena *arena, struct costs *costs, struct cost_sums *sums, const struct ce_usage *usage, const char *today)
{
	struct bar *bars = arena_array(arena, struct bar, usage->ResultsByTime_count);
	struct amount before_today = { 0 };
	int64_t results_count, count = 0;
	const struct ce_result **results = in_order(arena, usage, &results_count);

	name_parts(arena, costs, sums);
	for (int64_t i = 0; i < results_count; i++)
		add_result(costs, sums, results[i], bar_of(bars, &count, results[i]->TimePeriod, today));
	costs->bars = arena_array(arena, struct cost_bar, count);
	for (; costs->bars_count < count; costs->bars_count++) {
		const struct bar *bar = &bars[costs->bars_count];
		costs->bars[costs->bars_count] = shown(arena, costs, bar);
		if (!bar->partial)
			before_today = amount_sum(before_today, bar->all.gross);
	}
	return before_today;
}
