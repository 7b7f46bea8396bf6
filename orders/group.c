/* group.c - see group.h: an array, and a hash table of places in it. */
#include "group.h"

#include <stdlib.h>

#include "money.h"

#define ROOM_FIRST 64

SHAPE(group_shape, struct group,
	TEXT(struct group, label, "The day (2011-01-31), month (2011-01), country or product code;"
	     " absent in totals"),
	TEXT(struct group, name, "The product's name, where it is known"),
	INT(struct group, orders, "How many orders", .required = true),
	INT(struct group, units, "How many units", .required = true),
	MONEY(struct group, revenue, "What they cost together", .required = true));

void groups_begin(struct groups *groups, struct arena *arena)
{
	*groups = (struct groups) {
		.arena = arena, .room = ROOM_FIRST, .slot_count = 2 * ROOM_FIRST,
		.at = arena_array(arena, struct group, ROOM_FIRST),
		.slots = arena_array(arena, int64_t, 2 * ROOM_FIRST),
	};
}

static uint64_t hash(const char *label, const char *currency)
{
	uint64_t value = 14695981039346656037u;         /* FNV-1a */

	for (; *label; label++)
		value = (value ^ (unsigned char)*label) * 1099511628211u;
	for (; *currency; currency++)
		value = (value ^ (unsigned char)*currency) * 1099511628211u;
	return value ^ value >> 32;
}

/* The slot where the group is, or would be. */
static int64_t *slot_of(const struct groups *groups, const char *label, const char *currency)
{
	uint64_t mask = (uint64_t)groups->slot_count - 1;

	for (uint64_t i = hash(label, currency) & mask;; i = (i + 1) & mask) {
		int64_t *slot = &groups->slots[i];
		if (!*slot)
			return slot;
		const struct group *group = &groups->at[*slot - 1];
		if (strcmp(group->label, label) == 0 &&
		    strcmp(group->revenue.currency, currency) == 0)
			return slot;
	}
}

static void grow(struct groups *groups)
{
	size_t size = (size_t)groups->room * sizeof(*groups->at);

	groups->at = arena_grow(groups->arena, groups->at, size, 2 * size);
	groups->room *= 2;
	groups->slot_count *= 2;
	groups->slots = arena_array(groups->arena, int64_t, groups->slot_count);
	for (int64_t i = 0; i < groups->count; i++)
		*slot_of(groups, groups->at[i].label, groups->at[i].revenue.currency) = i + 1;
}

struct group *groups_find(struct groups *groups, const char *label, const char *currency)
{
	int64_t *slot = slot_of(groups, label, currency);

	if (*slot)
		return &groups->at[*slot - 1];
	if (groups->count == groups->room) {
		grow(groups);
		slot = slot_of(groups, label, currency);
	}
	struct group *group = &groups->at[groups->count++];
	*slot = groups->count;
	*group = (struct group) {
		.label = arena_copy(groups->arena, str_of(label)), .latest = -1,
		.revenue = { 0, arena_copy(groups->arena, str_of(currency)) },
	};
	return group;
}

bool group_add(struct group *group, int64_t order, int64_t units, int64_t price)
{
	group->orders += group->latest != order;
	group->latest = order;
	return sum_add(&group->units, units, 1) && sum_add(&group->revenue.minor, price, units);
}

static int compare_labels(const void *a, const void *b)
{
	const struct group *one = a, *other = b;
	int labels = strcmp(one->label, other->label);

	return labels ? labels : strcmp(one->revenue.currency, other->revenue.currency);
}

static int compare_revenues(const void *a, const void *b)
{
	const struct group *one = a, *other = b;
	int currencies = strcmp(one->revenue.currency, other->revenue.currency);

	if (currencies)
		return currencies;
	int revenues = (one->revenue.minor < other->revenue.minor)
	               - (one->revenue.minor > other->revenue.minor);
	return revenues ? revenues : strcmp(one->label, other->label);
}

void groups_sort(struct groups *groups, bool by_revenue)
{
	qsort(groups->at, (size_t)groups->count, sizeof(*groups->at),
	      by_revenue ? compare_revenues : compare_labels);
}
