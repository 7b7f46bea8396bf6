/* kept.c - the statements that a connection has prepared. */
#include "kept.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "fatal.h"
#include "mistake.h"

/* What is done for each call is told once. */
static void tell(const char *sql)
{
	static atomic_flag told = ATOMIC_FLAG_INIT;
	char text[STORE_SHORT_SIZE];

	if (atomic_flag_test_and_set(&told))
		return;
	store_shorten(sql, text);
	mistake("%s: one more of over %d statements whose texts are made for each call: pass parameters instead", text,
	        KEPT_MOST);
}

static void line_up(struct kept_statements *all, struct kept *kept)
{
	kept->copy = strdup(kept->sql);
	if (!kept->copy)
		fatal();
	if (all->newest)
		all->newest->newer = kept;
	else
		all->oldest = kept;
	all->newest = kept;
	if (++all->made > KEPT_MOST)
		tell(kept->sql);
}

void kept_add(struct kept_statements *all, struct kept *kept, const struct query *query)
{
	struct kept **bucket = &all->buckets[kept_bucket(query->sql)];

	kept->sql = query->sql;
	kept->in = query->in;
	kept->out = query->out;
	kept->each = query->each;
	kept->next = *bucket;
	*bucket = kept;
	if (!store_text_is_constant(query->sql))
		line_up(all, kept);
}

static void leave_line(struct kept_statements *all, struct kept *kept)
{
	struct kept **place = &all->oldest, *before = NULL;

	for (; *place != kept; place = &before->newer)
		before = *place;
	*place = kept->newer;
	if (all->newest == kept)
		all->newest = before;
	all->made--;
	free(kept->copy);
	kept->copy = NULL;
}

void kept_remove(struct kept_statements *all, struct kept *kept)
{
	struct kept **place = &all->buckets[kept_bucket(kept->sql)];

	while (*place != kept)
		place = &(*place)->next;
	*place = kept->next;
	if (kept->copy)
		leave_line(all, kept);
}

/* The newest is about to run. */
struct kept *kept_surplus(struct kept_statements *all)
{
	struct kept *kept = all->made > KEPT_MOST ? all->oldest : NULL;

	while (kept && kept != all->newest && kept->runs)
		kept = kept->newer;
	if (!kept || kept == all->newest)
		return NULL;
	kept_remove(all, kept);
	return kept;
}

struct kept *kept_take(struct kept_statements *all)
{
	for (size_t i = 0; i < KEPT_BUCKETS; i++) {
		struct kept *kept = all->buckets[i];
		if (!kept)
			continue;
		kept_remove(all, kept);
		return kept;
	}
	return NULL;
}
