/* placing.c - see placing.h. */
#include "placing.h"

#include "customer.h"
#include "errand.h"

static SHAPE(placing_shape, struct placing,
	TEXT(struct placing, id, ""),
	TEXT(struct placing, customer, ""),
	TEXT(struct placing, status, ""),
	TEXT(struct placing, caller, ""),
	TEXT(struct placing, idempotency_key, ""),
	INT(struct placing, request_hash, ""),
	INT(struct placing, lease_owner, ""),
	INT(struct placing, lease_until, ""),
	INT(struct placing, now, ""),
	INT(struct placing, units, ""),
	MONEY(struct placing, total, ""),
	TEXT(struct placing, name, ""),
	TEXT(struct placing, line1, ""),
	TEXT(struct placing, line2, ""),
	TEXT(struct placing, city, ""),
	TEXT(struct placing, postal_code, ""),
	TEXT(struct placing, country, ""),
	TEXT(struct placing, customer_key, ""));

/* What the functions below hand to their transactions. */
struct work {
	struct placing *order;
	struct placing *known;
	struct arena *arena;
	const struct reservation *reservation;
	bool release;
	placed_fn *read;
	void *read_context;
};

static enum step transact(struct store *store, store_work_fn *work, struct work *context)
{
	switch (store_transact(store, work, context)) {
	case STORE_COMMITTED:  return STEP_DONE;
	case STORE_TAKEN_BACK: return STEP_LOST;
	default:               return STEP_NO_BOOK;
	}
}

/* ---- Recording ---- */

static int find_known(struct store *store, const struct work *work)
{
	return store_find_one(store, work->arena,
	                      "select id, customer, status, request_hash, coalesce(lease_until, 0) as"
	                      " lease_until, coalesce(lease_owner, 0) as lease_owner, placed_at as now"
	                      " from orders"
	                      " where caller = :caller and idempotency_key = :idempotency_key",
	                      placing_shape, work->order, placing_shape, work->known);
}

/* Mostly there is none under its key, so that is not asked first. One that was there may be dropped before it is read. */
static bool record(struct store *store, void *context)
{
	struct work *work = context;
	int64_t added;

	do
		added = store_change(store,
		                     "insert into orders (id, customer, status, placed_at, name, line1,"
		                     " line2, city, postal_code, country, caller, idempotency_key,"
		                     " request_hash, lease_owner, lease_until, customer_key)"
		                     " values (:id, :customer, 'recording', :now, :name, :line1, :line2,"
		                     " :city, :postal_code, :country, :caller, :idempotency_key,"
		                     " :request_hash, :lease_owner,"
		                     " :lease_until, :customer_key)"
		                     " on conflict (caller, idempotency_key) do nothing", placing_shape,
		                     work->order);
	while (added == 0 && find_known(store, work) == 0);
	return added == 1;
}

enum step placing_record(struct store *store, struct arena *arena, struct placing *order,
                         struct placing *known)
{
	order->now = now_ms();
	order->lease_until = order->now + LEASE_MS;
	order->customer_key = customer_key(arena, order->customer);
	return transact(store, record, &(struct work) { .order = order, .known = known,
	                                                .arena = arena });
}

/* ---- Pricing ---- */

struct entry {
	const char *order_id;
	int64_t line;
	const char *sku, *name;
	int64_t quantity;
	struct money unit_price;
};

static SHAPE(entry_shape, struct entry,
	TEXT(struct entry, order_id, ""),
	INT(struct entry, line, ""),
	TEXT(struct entry, sku, ""),
	TEXT(struct entry, name, ""),
	INT(struct entry, quantity, ""),
	MONEY(struct entry, unit_price, ""));

static bool add_line(struct store *store, const struct entry *entry)
{
	return store_change(store,
	                    "insert into order_line (order_id, line, sku, name, quantity,"
	                    " unit_price, unit_price_currency) values (:order_id, :line, :sku,"
	                    " :name, :quantity, :unit_price,"
	                    " :unit_price_currency)", entry_shape, entry) == 1;
}

static bool price(struct store *store, void *context)
{
	struct work *work = context;

	if (store_change(store,
	                 "update orders set status = 'committing', units = :units, total = :total,"
	                 " total_currency = :total_currency, lease_until = :lease_until"
	                 " where id = :id and lease_owner = :lease_owner and status = 'recording'",
	                 placing_shape, work->order) != 1)
		return false;
	bool fine = true;
	for (int64_t i = 0; fine && i < work->reservation->item_count; i++) {
		const struct reserved *item = &work->reservation->items[i];
		fine = add_line(store, &(struct entry) { work->order->id, i + 1, item->sku, item->name,
		                                         item->quantity, item->price });
	}
	return fine;
}

enum step placing_price(struct store *store, struct placing *order,
                        const struct reservation *reservation)
{
	order->lease_until = now_ms() + LEASE_MS;
	return transact(store, price, &(struct work) { .order = order,
	                                               .reservation = reservation });
}

/* ---- Finishing ---- */

static bool finish(struct store *store, void *context)
{
	const struct work *work = context;
	const struct placing *order = work->order;
	struct event placed = {
		.order_id = order->id, .at = order->now, .actor = order->caller,
		.to_status = "pending",
	};

	if (store_change(store,
	                 "update orders set status = 'pending', lease_owner = null,"
	                 " lease_until = null where id = :id and lease_owner = :lease_owner"
	                 " and status = 'committing'", placing_shape, order) != 1 ||
	    !event_add(store, &placed))
		return false;
	if (work->read)
		work->read(store, work->read_context);
	return true;
}

enum step placing_finish(struct store *store, struct placing *order)
{
	return placing_finish_reading(store, order, NULL, NULL);
}

enum step placing_finish_reading(struct store *store, struct placing *order, placed_fn *read,
                                 void *context)
{
	enum step step = transact(store, finish, &(struct work) { .order = order, .read = read,
	                                                          .read_context = context });

	if (step == STEP_DONE)
		mcp_count(ORDERS_PLACED, 1);
	return step;
}

/* ---- Giving up ---- */

static bool drop(struct store *store, void *context)
{
	struct work *work = context;

	/* The lines go first, since they refer to the order; without the lease both come back. */
	return store_change(store, "delete from order_line where order_id = :id", placing_shape,
	                    work->order) >= 0 &&
	       store_change(store,
	                    "delete from orders where id = :id and lease_owner = :lease_owner"
	                    " and status in ('recording', 'committing')", placing_shape,
	                    work->order) == 1 &&
	       (!work->release || errand_release(store, work->arena, work->order->id));
}

enum step placing_drop(struct store *store, struct arena *arena, struct placing *order, bool release)
{
	return transact(store, drop, &(struct work) { .order = order, .release = release,
	                                              .arena = arena });
}

void placing_leave(struct store *store, struct placing *order, int64_t after_ms)
{
	order->lease_until = now_ms() + after_ms;
	/* Where this fails the lease just lasts longer. */
	int64_t changed = store_change(store,
	                               "update orders set lease_until = :lease_until"
	                               " where id = :id and lease_owner = :lease_owner",
	                               placing_shape, order);
	(void)changed;
}

/* ---- Going on with what somebody left ---- */

static bool take(struct store *store, void *context)
{
	struct work *work = context;
	struct placing *order = work->order, found;

	if (store_change(store,
	                 "update orders set lease_owner = :lease_owner, lease_until = :lease_until"
	                 " where id = :id and lease_until <= :now"
	                 " and status in ('recording', 'committing')", placing_shape, order) != 1 ||
	    store_find_one(store, work->arena,
	                   "select status, caller, customer, placed_at as now from orders where id = :id",
	                   placing_shape, order, placing_shape, &found) != 1)
		return false;
	work->known->status = found.status;
	work->known->caller = found.caller;
	work->known->customer = found.customer;
	work->known->now = found.now;
	return true;
}

enum step placing_take(struct store *store, struct arena *arena, struct placing *order)
{
	struct placing taken;

	order->now = now_ms();
	order->lease_owner = id_number();
	order->lease_until = order->now + LEASE_MS;
	taken = *order;
	enum step step = transact(store, take, &(struct work) { .order = order, .known = &taken,
	                                                        .arena = arena });
	if (step == STEP_DONE)
		*order = taken;
	return step;
}
