/* item_lists.c - lists, the queue and what is old, of items of DynamoDB: what history.c and queue_rows.c are for rows. */
#include <stdlib.h>

#include "erase.h"
#include "item_index.h"
#include "item_rows.h"
#include "queue.h"

/* Those of one partition after another, `most` of each at most. */
struct gathering {
	struct arena *arena;
	struct conversation *found;
	int64_t count, most, room;
	bool with_erasing;              /* those too that are going */
	const char *status, *but;       /* only these; all but that one */
};

static bool gather(void *context, yyjson_val *item)
{
	struct gathering *all = context;
	struct conversation one;

	if (!item_take_conversation(all->arena, item, &one) || (yyjson_obj_get(item, "erasing") && !all->with_erasing) ||
	    (all->status && strcmp(one.status, all->status) != 0) || (all->but && strcmp(one.id, all->but) == 0))
		return true;
	all->found[all->count++] = one;
	return all->count < all->room;
}

static bool gather_parts(struct store *store, const struct range *range, struct gathering *all)
{
	for (int part = 0; part < range_parts(range); part++) {
		struct json json = range_begin(all->arena, range, part);
		all->room = all->count + all->most;
		if (!query_each(store, &json, gather, all))
			return false;
	}
	return true;
}

static struct gathering gather_begin(struct arena *arena, int64_t most, int partitions)
{
	return (struct gathering) { .arena = arena, .found = arena_array(arena, struct conversation, most * partitions), .most = most };
}

static int by_latest(const void *one, const void *other)
{
	const struct conversation *a = one, *b = other;

	return a->updated_at != b->updated_at ? (a->updated_at < b->updated_at ? -1 : 1) : strcmp(a->id, b->id);
}

static int by_latest_first(const void *one, const void *other)
{
	return by_latest(other, one);
}

/* The first of all of them. */
static struct conversations in_order(struct gathering *all, int (*order)(const void *, const void *))
{
	if (all->count)
		qsort(all->found, (size_t)all->count, sizeof(*all->found), order);
	return (struct conversations) { all->found, all->count < all->most ? all->count : all->most };
}

/* ---- Lists ---- */

static const char *const statuses[] = { STATUSES };
#define STATUS_COUNT ((int)(sizeof(statuses) / sizeof(*statuses)))

static struct range by_status(const char *status, const char *from, const char *to, int64_t limit, bool backwards)
{
	return (struct range) {
		.index = "by_status", .partition = "status_part", .by = "latest", .value = status, .from = from, .to = to, .parts = true,
		.backwards = backwards, .limit = limit,
	};
}

static bool list_own(struct store *store, struct arena *arena, const struct listing *listing, const char *from, const char *to,
                     struct conversations *found)
{
	struct range range = {
		.index = "by_customer", .partition = "customer", .by = "latest", .value = listing->customer, .from = from, .to = to,
		.backwards = true, .limit = listing->limit + 1,
	};
	struct gathering all = gather_begin(arena, listing->limit, 1);

	all.status = listing->status;
	all.but = listing->before_id;
	bool fine = gather_parts(store, &range, &all);
	*found = in_order(&all, by_latest_first);
	return fine;
}

bool items_list(struct store *store, struct arena *arena, const struct listing *listing, struct conversations *found)
{
	const char *from = item_sorted(arena, listing->since), *to = arena_print(arena, "%s#%s", item_sorted(arena, listing->before_at),
	                                                                         listing->before_id);
	bool fine = true;

	if (listing->customer)
		return list_own(store, arena, listing, from, to, found);
	struct gathering all = gather_begin(arena, listing->limit, STATUS_COUNT * ITEM_PARTS);
	all.but = listing->before_id;
	for (int i = 0; fine && i < STATUS_COUNT; i++) {
		struct range range = by_status(statuses[i], from, to, listing->limit + 1, true);
		if (!listing->status || strcmp(listing->status, statuses[i]) == 0)
			fine = gather_parts(store, &range, &all);
	}
	*found = in_order(&all, by_latest_first);
	return fine;
}

static int by_number(const void *one, const void *other)
{
	return strcmp(((const struct conversation *)one)->id, ((const struct conversation *)other)->id);
}

/* There is no index of numbers: of everybody's, those among the latest. */
bool items_named(struct store *store, struct arena *arena, const char *customer, const char *begin, int64_t limit, struct conversations *found)
{
	int64_t fit = 0;

	if (!items_list(store, arena, &(struct listing) { .customer = customer, .before_at = INT64_MAX, .before_id = "", .limit = limit }, found))
		return false;
	if (customer)
		return true;
	for (int64_t i = 0; i < found->count; i++)
		if (str_starts(str_of(found->conversations[i].id), begin))
			found->conversations[fit++] = found->conversations[i];
	found->count = fit;
	if (fit)
		qsort(found->conversations, (size_t)fit, sizeof(*found->conversations), by_number);
	return true;
}

/* ---- The queue ---- */

static const struct range all_waiting = { .index = "due", .partition = "due_part", .by = "due_by", .value = "waiting", .from = "0", .to = LAST };

struct before { int64_t count; const char *but; };

static bool count_before(void *context, yyjson_val *item)
{
	struct before *before = context;

	before->count += !str_is(item_word(item, "id"), before->but);
	return true;
}

bool items_place(struct store *store, struct arena *arena, const struct conversation *conversation, int64_t *place)
{
	/* It may not be in the index yet, and is in its own place in any case. */
	struct before before = { .but = conversation->id };
	struct range range = all_waiting;

	*place = 0;
	if (strcmp(conversation->status, "waiting") != 0)
		return true;
	range.to = item_place(arena, conversation);
	bool fine = range_each(store, arena, &range, count_before, &before);
	*place = before.count + 1;
	return fine;
}

bool items_queue(struct store *store, struct arena *arena, int64_t limit, struct queued *queued)
{
	struct range waiting = all_waiting, taken = by_status("with_person", "0", LAST, limit, true);
	struct gathering first = gather_begin(arena, limit, 1), with_person = gather_begin(arena, limit, ITEM_PARTS);

	*queued = (struct queued) { 0 };
	if (!range_count(store, arena, &waiting, &queued->count))
		return false;
	waiting.limit = limit;
	bool fine = gather_parts(store, &waiting, &first) && gather_parts(store, &taken, &with_person);
	queued->waiting = (struct conversations) { first.found, first.count };
	queued->with_person = in_order(&with_person, by_latest_first);
	return fine;
}

/* ---- What nobody answered, and what is old ---- */

/* An index does not know of leases, which every word that is told renews: those that are under way are looked at themselves. */
static bool leave_busy(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found)
{
	int64_t left = 0;

	for (int64_t i = 0; i < found->count; i++) {
		struct conversation now;
		enum lookup known = items_find(store, arena, found->conversations[i].id, NULL, &now);
		if (known == HISTORY_FAILED)
			return false;
		if (known == FOUND && now.turn_until < silence->now)
			found->conversations[left++] = found->conversations[i];
	}
	found->count = left;
	return true;
}

bool items_unanswered(struct store *store, struct arena *arena, const struct silence *silence, struct conversations *found)
{
	struct range range = {
		.index = "due", .partition = "due_part", .by = "due_by", .value = "unanswered", .from = "0",
		.to = item_sorted(arena, silence->before), .parts = true,
	};
	struct gathering all = gather_begin(arena, silence->limit, ITEM_PARTS);
	bool fine = gather_parts(store, &range, &all);

	*found = in_order(&all, by_latest);
	return fine && leave_busy(store, arena, silence, found);
}

#define LEFT_MS 20000                   /* whoever is at it says so every few seconds */

/* What whoever erased it has left, though it is not old: nobody is at it. */
static bool gather_left(struct store *store, struct arena *arena, struct gathering *all)
{
	struct range range = {
		.index = "due", .partition = "due_part", .by = "due_by", .value = ITEM_GOING, .from = "0",
		.to = item_sorted(arena, now_ms() - LEFT_MS), .limit = all->most,
	};

	return gather_parts(store, &range, all);
}

bool items_older(struct store *store, struct arena *arena, int64_t before, int64_t limit, struct conversations *found)
{
	struct gathering all = gather_begin(arena, limit, STATUS_COUNT * ITEM_PARTS + 1);

	all.with_erasing = true;
	bool fine = gather_left(store, arena, &all);
	all.with_erasing = false;
	for (int i = 0; fine && before > 0 && i < STATUS_COUNT; i++) {
		struct range range = by_status(statuses[i], "0", item_sorted(arena, before), limit, false);
		fine = gather_parts(store, &range, &all);
	}
	*found = in_order(&all, by_latest);
	return fine;
}
