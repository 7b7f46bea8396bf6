/* costs_sum.h - what Cost Explorer says, added up: all of it, by what it was grouped by, and by day or month. Pure arithmetic. */
#ifndef COSTS_SUM_H
#define COSTS_SUM_H

#include "amount.h"
#include "explorer.h"

#define ROWS_MAX 512                    /* groups that are told apart; those beyond are one, "others" */

/* Gross is without what AWS gives back: credits and refunds, which are below 0. */
struct figures {
	struct amount gross, credits;
};

struct cost_row {
	const char *name;
	struct figures now, before;
};

struct cost_sums {
	struct figures all;
	struct cost_row *rows;          /* the dearest first, once sorted */
	int64_t rows_count;
	const char *unit;               /* of money; NULL: there was none */
	bool estimated;
	const char *wrong;              /* an amount that is none, or is in another unit: it was left out */
};

/* What a group is called: "project$shop" of a tag is shop, nothing "(none)". */
const char *cost_name(const struct ce_group *group);
struct amount figures_net(const struct figures *figures);
/* False: it is no amount, which is noted. */
bool cost_add(struct cost_sums *sums, const struct ce_group *group, struct figures *to);

/* Adds all of it to the rows of its names: to what is now, or to what was before. */
void cost_sum(struct arena *arena, struct cost_sums *sums, const struct ce_usage *usage, bool before);
void cost_sort(struct cost_sums *sums);

#endif
