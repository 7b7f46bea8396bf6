/* kept.h - inside a driver: the statements that a connection has prepared, found by the address of their text.
 *
 * A text that is part of the program stays prepared. Texts that a program makes as it runs would be ever more: of
 * those KEPT_MOST stay, and then the oldest that does not run goes. */
#ifndef KEPT_H
#define KEPT_H

#include "driver.h"

#define KEPT_BUCKETS 64
#define KEPT_MOST 512

/* One text with one pair of shapes; every driver's statement begins with it. While it runs, a second run of the same
 * gets another one. */
struct kept {
	struct kept *next;              /* in its bucket */
	struct kept *newer;             /* of those that were made */
	const char *sql;
	const struct shape *in, *out;
	char *copy;                     /* of a text that was made, to see that it stays what it was; NULL: it can't change */
	bool each, runs;
};

struct kept_statements {
	struct kept *buckets[KEPT_BUCKETS];
	struct kept *oldest, *newest;   /* of those that were made */
	int made;
};

static inline size_t kept_bucket(const char *sql)
{
	uintptr_t address = (uintptr_t)sql;

	return (address ^ address >> 6 ^ address >> 12) % KEPT_BUCKETS;
}

/* One for that query which does not run now; NULL: there is none. */
static inline struct kept *kept_find(const struct kept_statements *all, const struct query *query)
{
	struct kept *kept = all->buckets[kept_bucket(query->sql)];

	while (kept && (kept->sql != query->sql || kept->runs || kept->in != query->in || kept->out != query->out
	                || kept->each != query->each))
		kept = kept->next;
	return kept;
}

/* Whether another text has come to be at its address. */
static inline bool kept_is_other(const struct kept *kept, const struct query *query)
{
	return kept->copy && strcmp(kept->copy, query->sql) != 0;
}

/* Which lives as long as it is kept. */
static inline const char *kept_text(const struct kept *kept)
{
	return kept->copy ? kept->copy : kept->sql;
}

/* From now on it is found. That there are too many is logged, once a process, with this text. */
void kept_add(struct kept_statements *all, struct kept *kept, const struct query *query);
/* It is not found any more, and what it is to itself is freed. */
void kept_remove(struct kept_statements *all, struct kept *kept);
/* One that has to go, removed: there are too many. NULL: there are not. */
struct kept *kept_surplus(struct kept_statements *all);
/* Any, removed. NULL: there is none. */
struct kept *kept_take(struct kept_statements *all);

#endif
