/* costs_bars.h - the days or months of what it costs, each in parts: those of the dearest, and the rest. */
#ifndef COSTS_BARS_H
#define COSTS_BARS_H

#include "costs.h"
#include "costs_sum.h"

/* Fills in bars and stacked; `today` is what is partial. The rows are sorted. The sum of those before `today` is given. */
struct amount costs_bars(struct arena *arena, struct costs *costs, struct cost_sums *sums, const struct ce_usage *usage, const char *today);

#endif
