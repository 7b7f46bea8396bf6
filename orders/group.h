/* group.h - the groups of a report: figures by a label and a currency. */
#ifndef GROUP_H
#define GROUP_H

#include "order.h"

struct group {
	const char *label;              /* a day, a month, a country, a product's code */
	const char *name;               /* of a product */
	int64_t orders;
	int64_t units;
	struct money revenue;
	int64_t latest;                 /* number of the order that was added last */
};

struct groups {
	struct arena *arena;
	struct group *at;
	int64_t count, room;
	int64_t *slots;                 /* index into `at` plus one, by hash; 0: free */
	int64_t slot_count;             /* a power of two */
};

extern SHAPE_OF(group_shape, struct group);

void groups_begin(struct groups *groups, struct arena *arena);
/* The group, made where there is none. It stays where it is until the next is made. */
struct group *groups_find(struct groups *groups, const char *label, const char *currency);
/* Adds units of an order, at a price for each. The lines of an order come one after the other, with the
 * same number. False: it is more than can be counted. */
MUST_USE bool group_add(struct group *group, int64_t order, int64_t units, int64_t price);
void groups_sort(struct groups *groups, bool by_revenue);

#endif
