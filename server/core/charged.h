/* charged.h - budgets, of what others can make us keep, and arenas that are charged to one. */
#ifndef CHARGED_H
#define CHARGED_H

#include "core.h"

/* Bytes that are kept, at most `max`; also taken from the whole that it is a share of. Whoever is about to let
 * somebody have more asks first; what is made on the way is counted when it is there. Any thread. */
struct budget {
	struct budget *of;              /* NULL: it is the whole */
	size_t max;
	_Atomic(size_t) used;
	void (*hold)(struct budget *budget, int by);    /* it lives while it is held; NULL: always */
};

bool budget_has(const struct budget *budget, size_t size);      /* room for so much more? */
void budget_take(struct budget *budget, size_t size);
void budget_give(struct budget *budget, size_t size);
/* Who keeps a pointer to one holds it, until all it took is given back. NULL is fine. */
struct budget *budget_hold(struct budget *budget);
void budget_drop(struct budget *budget);

/* ---- Arenas ---- */

/* What it takes beyond its first KiB is taken from the budget until it is destroyed; NULL is fine. */
struct arena *arena_create_charged(struct budget *budget);
/* Memory of malloc() that is freed with the arena; `size` of it counts in the budget. */
void arena_adopt(struct arena *arena, void *memory, size_t size);
/* Counts so much more, until it is destroyed. */
void arena_charge(struct arena *arena, size_t size);
size_t arena_charged(const struct arena *arena);                /* bytes taken from its budget */

/* For secrets: all that it handed out is wiped when it is destroyed. It counts in no budget. */
struct arena *arena_create_secret(void);

#endif
