/* recover.c - settles orders and errands that were left behind: by a process that was killed, or
 * because products could not be reached. */
#include "errand.h"
#include "placing.h"

#define AT_ONCE 100             /* of each kind in one run, so that the job ends soon at a stop */
#define PAUSE_MOST_MS 15000
#define PAUSE_LEAST_MS 50
#define PAUSE_TROUBLED_MS 5000

struct due { int64_t now, limit; };

static SHAPE(due_shape, struct due,
	INT(struct due, now, ""),
	INT(struct due, limit, ""));

/* ---- One order ---- */

static bool leave(struct store *store, struct placing *order)
{
	placing_leave(store, order, PAUSE_TROUBLED_MS);
	return false;
}

static bool finish(struct store *store, struct arena *arena, struct placing *order)
{
	enum step step = placing_finish(store, order);

	if (step == STEP_DONE) {
		mcp_notice("an order that was left behind is placed");
		order_changed(arena, order->id, order->customer);
	}
	return step != STEP_NO_BOOK;
}

static bool take_back(struct store *store, struct arena *arena, struct placing *order, bool release)
{
	enum step step = placing_drop(store, arena, order, release);

	if (step == STEP_DONE)
		mcp_notice("an order that was left behind is taken back");
	return step != STEP_NO_BOOK;
}

/* Its reservation can't be committed. It is released before the order is dropped: were a commit on
 * its way, only one of the two would succeed. */
static bool give_up(struct store *store, struct arena *arena, struct placing *order)
{
	const char *why;

	if (catalogue_release(arena, order->id, &why) != CLIENT_ANSWERED)
		return leave(store, order);
	return take_back(store, arena, order, false);
}

static bool commit(struct store *store, struct arena *arena, struct placing *order)
{
	const char *why;

	switch (catalogue_commit(arena, order->id, &why)) {
	case CLIENT_ANSWERED: return finish(store, arena, order);
	case CLIENT_REFUSED:  return give_up(store, arena, order);
	default:              return leave(store, order);
	}
}

static bool settle_committing(struct store *store, struct arena *arena, struct placing *order)
{
	struct reservation reservation;
	const char *why;

	if (catalogue_check(arena, order->id, &reservation, &why) != CLIENT_ANSWERED)
		return leave(store, order);
	if (strcmp(reservation.state, "committed") == 0)
		return finish(store, arena, order);
	/* One that expired can be committed while the stock is still there. */
	if (strcmp(reservation.state, "held") == 0 || strcmp(reservation.state, "expired") == 0)
		return commit(store, arena, order);
	return give_up(store, arena, order);
}

bool placing_settle(struct store *store, struct arena *arena, const char *id)
{
	struct placing order = { .id = id };

	mcp_note(NULL, "order", id);
	switch (placing_take(store, arena, &order)) {
	case STEP_DONE:    break;
	case STEP_LOST:    return true;
	default:           return false;
	}
	if (strcmp(order.status, "committing") == 0)
		return settle_committing(store, arena, &order);
	return take_back(store, arena, &order, true);
}

/* ---- All that are due ---- */

typedef bool settle_fn(struct store *store, struct arena *arena, const char *id);

/* False: something could not be reached. */
static bool settle_due(struct store *store, struct arena *arena, const char *sql,
                       settle_fn *settle)
{
	struct due due = { now_ms(), AT_ONCE };
	ROWS(struct named) rows;

	if (!store_find(store, arena, sql, due_shape, &due, named_shape, &rows))
		return false;
	for (int64_t i = 0; i < rows.count; i++)
		if (!settle(store, arena, ((struct named *)rows.first)[i].id))
			return false;
	return true;
}

static bool settle_all(struct store *store, struct arena *arena)
{
	return settle_due(store, arena,
	                  SQL("select id from orders where lease_until <= :now order by lease_until"
	                      " limit :limit", due_shape, named_shape), placing_settle) &&
	       settle_due(store, arena,
	                  SQL("select id from errand where lease_until <= :now order by lease_until"
	                      " limit :limit", due_shape, named_shape), errand_settle);
}

static int64_t next_pause_ms(struct store *store, struct arena *arena)
{
	struct due next;

	if (store_find_one(store, arena,
	                   "select coalesce(min(ends), 0) as now from ("
	                   "select min(lease_until) as ends from orders where lease_until is not"
	                   " null union all select min(lease_until) as ends from errand) as leases",
	                   NULL, NULL, due_shape, &next) != 1 || next.now == 0)
		return PAUSE_MOST_MS;
	int64_t pause = next.now - now_ms();
	if (pause < PAUSE_LEAST_MS)
		return PAUSE_LEAST_MS;
	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

struct left { int64_t orders, errands; };

static SHAPE(left_shape, struct left,
	INT(struct left, orders, ""),
	INT(struct left, errands, ""));

/* For whoever watches; what is being placed at this moment is among them. */
static void count_left(struct store *store, struct arena *arena)
{
	struct left left;

	if (store_find_one(store, arena,
	                   "select (select count(*) from orders where lease_until is not null) as orders,"
	                   " (select count(*) from errand) as errands", NULL, NULL, left_shape, &left) != 1)
		return;
	mcp_gauge(ORDERS_UNSETTLED, left.orders);
	mcp_gauge(ORDERS_ERRANDS, left.errands);
}

int64_t recover(struct store *store)
{
	struct arena *arena = arena_create();
	int64_t pause = settle_all(store, arena) ? next_pause_ms(store, arena) : PAUSE_TROUBLED_MS;

	count_left(store, arena);
	arena_destroy(arena);
	return pause;
}
