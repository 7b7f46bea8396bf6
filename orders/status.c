/* status.c - update_order_status: one step forward, recorded with time and actor. */
#include "order.h"

struct status {
	const char *id;
	const char *status;
	const char *note;
};

SHAPE(status_shape, struct status,
	TEXT(struct status, id, "Number of the order", .required = true, AT_LEAST(1), AT_MOST(64)),
	TEXT(struct status, status, "The next status: pending becomes paid, then packed, shipped,"
	     " delivered; no step can be left out or taken back", .required = true,
	     ONE_OF("paid", "packed", "shipped", "delivered")),
	TEXT(struct status, note, "For the order's history: a parcel number, for instance",
	     AT_MOST(500)));

static const char *const steps[] = { "pending", "paid", "packed", "shipped", "delivered" };
#define STEPS (int)(sizeof(steps) / sizeof(*steps))

static int step_of(const char *status)
{
	int step = 0;

	while (step < STEPS && strcmp(steps[step], status) != 0)
		step++;
	return step;
}

struct move {
	const char *id;
	const char *from_status, *to_status;
	int64_t delivered_at;           /* 0: it is not */
	struct event event;
};

static SHAPE(move_shape, struct move,
	TEXT(struct move, id, ""),
	TEXT(struct move, from_status, ""),
	TEXT(struct move, to_status, ""),
	TIME(struct move, delivered_at, ""));

static bool move(struct store *store, void *context)
{
	const struct move *move = context;

	return store_change(store,
	                    "update orders set status = :to_status,"
	                    " delivered_at = coalesce(:delivered_at, delivered_at)"
	                    " where id = :id and status = :from_status", move_shape, move) == 1 &&
	       event_add(store, &move->event);
}

static enum mcp_answer refuse(struct mcp_call *call, const struct order *order)
{
	int step = step_of(order->status);

	if (step + 1 < STEPS)
		return mcp_fail(call, "Order %s is %s; the only status it can go to is"
		                      " %s.", order->id,
		                order->status, steps[step + 1]);
	return mcp_fail(call, "Order %s is %s, which is final.", order->id, order->status);
}

enum mcp_answer update_order_status(struct mcp_call *call, const void *in, struct store *store)
{
	const struct status *asked = in;
	struct order order;
	enum lookup found = order_find(call, store, STAFF, asked->id, &order);

	if (found != FOUND)
		return order_missing(call, found, asked->id);
	if (strcmp(order.status, asked->status) == 0)
		return order_answer(call, store, STAFF, order.id);
	if (step_of(order.status) + 1 != step_of(asked->status))
		return refuse(call, &order);

	struct move todo = {
		.id = order.id, .from_status = order.status, .to_status = asked->status,
		.delivered_at = strcmp(asked->status, "delivered") == 0 ? now_ms() : 0,
		.event = { .order_id = order.id, .at = now_ms(), .actor = mcp_caller(call),
		           .from_status = order.status, .to_status = asked->status,
		           .note = asked->note },
	};
	switch (store_transact(store, move, &todo)) {
	case STORE_COMMITTED:  break;
	case STORE_TAKEN_BACK: return mcp_fail(call, "Order %s changed just now; look at it again"
	                                       " with get_order.", order.id);
	default:               return mcp_fail(call, BOOK_DOWN);
	}
	order_changed(mcp_arena(call), order.id, order.customer);
	return order_answer(call, store, STAFF, order.id);
}
