/* budget.c - how much is kept for others, of how much may be. */
#include <stdatomic.h>

#include "charged.h"

bool budget_has(const struct budget *budget, size_t size)
{
	for (; budget; budget = budget->of) {
		size_t used = atomic_load_explicit(&budget->used, memory_order_relaxed);

		if (used > budget->max || size > budget->max - used)
			return false;
	}
	return true;
}

void budget_take(struct budget *budget, size_t size)
{
	for (; budget; budget = budget->of)
		atomic_fetch_add_explicit(&budget->used, size, memory_order_relaxed);
}

void budget_give(struct budget *budget, size_t size)
{
	for (; budget; budget = budget->of)
		atomic_fetch_sub_explicit(&budget->used, size, memory_order_relaxed);
}

struct budget *budget_hold(struct budget *budget)
{
	if (budget && budget->hold)
		budget->hold(budget, 1);
	return budget;
}

void budget_drop(struct budget *budget)
{
	if (budget && budget->hold)
		budget->hold(budget, -1);
}
