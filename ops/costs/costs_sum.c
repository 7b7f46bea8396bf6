/* costs_sum.c - see costs_sum.h. */
#include "costs_sum.h"

#include <stdlib.h>

#define OTHERS "others"

const char *cost_name(const struct ce_group *group)
{
	const char *name = group->Keys_count > 0 ? group->Keys[0] : "";
	const char *value = strchr(name, '$');

	name = value ? value + 1 : name;
	return *name ? name : "(none)";
}

static bool is_lent(const struct ce_group *group)
{
	const char *kind = group->Keys_count > 0 ? group->Keys[group->Keys_count - 1] : "";

	return strcmp(kind, "Credit") == 0 || strcmp(kind, "Refund") == 0;
}

struct amount figures_net(const struct figures *figures)
{
	return amount_sum(figures->gross, figures->credits);
}

bool cost_add(struct cost_sums *sums, const struct ce_group *group, struct figures *to)
{
	const struct ce_money *money = group->Metrics ? group->Metrics->UnblendedCost : NULL;
	struct amount amount;

	if (!money || !money->Amount || !money->Unit || !amount_read(money->Amount, &amount)) {
		sums->wrong = "an amount of money that can't be read was left out";
		return false;
	}
	if (sums->unit && strcmp(sums->unit, money->Unit) != 0) {
		sums->wrong = "what is in another currency was left out";
		return false;
	}
	sums->unit = money->Unit;
	struct amount *at = is_lent(group) ? &to->credits : &to->gross;
	*at = amount_sum(*at, amount);
	return true;
}

static struct cost_row *row_of(struct arena *arena, struct cost_sums *sums, const char *name)
{
	if (!sums->rows)
		sums->rows = arena_array(arena, struct cost_row, ROWS_MAX);
	for (int64_t i = 0; i < sums->rows_count; i++)
		if (strcmp(sums->rows[i].name, name) == 0)
			return &sums->rows[i];
	if (sums->rows_count == ROWS_MAX - 1)
		name = OTHERS;
	if (sums->rows_count == ROWS_MAX)
		return &sums->rows[ROWS_MAX - 1];
	sums->rows[sums->rows_count].name = name;
	return &sums->rows[sums->rows_count++];
}

void cost_sum(struct arena *arena, struct cost_sums *sums, const struct ce_usage *usage, bool before)
{
	for (int64_t i = 0; i < usage->ResultsByTime_count; i++) {
		const struct ce_result *result = &usage->ResultsByTime[i];
		sums->estimated |= result->Estimated && !before;
		for (int64_t j = 0; j < result->Groups_count; j++) {
			struct cost_row *row = row_of(arena, sums, cost_name(&result->Groups[j]));
			if (!cost_add(sums, &result->Groups[j], before ? &row->before : &row->now) || before)
				continue;
			cost_add(sums, &result->Groups[j], &sums->all);
		}
	}
}

static int dearest_first(const void *a, const void *b)
{
	const struct cost_row *left = a, *right = b;
	int order = amount_compare(right->now.gross, left->now.gross);

	if (order == 0)
		order = amount_compare(right->before.gross, left->before.gross);
	return order ? order : strcmp(left->name, right->name);
}

void cost_sort(struct cost_sums *sums)
{
	if (sums->rows_count > 0)
		qsort(sums->rows, (size_t)sums->rows_count, sizeof(*sums->rows), dearest_first);
}
