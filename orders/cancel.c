/* cancel.c - cancel_order: asks the person, cancels, and puts the goods back on sale. */
#include "errand.h"

struct cancel {
	const char *id;
	const char *reason;
	bool confirm;
};

struct consent { bool sure; };

SHAPE(cancel_shape, struct cancel,
	TEXT(struct cancel, id, "Number of the order", .required = true, AT_LEAST(1), AT_MOST(64)),
	TEXT(struct cancel, reason, "Why, for the order's history", AT_MOST(500)),
	BOOL(struct cancel, confirm, "True where the person already agreed to cancel exactly this"
	     " order. Otherwise they are asked, where the client can ask", DEFAULT(false)));

static SHAPE(consent_shape, struct consent,
	BOOL(struct consent, sure, "Cancel the order", .required = true));

struct work {
	const struct cancel *asked;
	const struct order *order;
	const char *actor;
	struct arena *arena;
	struct errand *errand;
};

static bool can_cancel(const struct order *order)
{
	return strcmp(order->status, "pending") == 0 || strcmp(order->status, "paid") == 0 ||
	       strcmp(order->status, "packed") == 0;
}

static enum mcp_answer too_late(struct mcp_call *call, const struct order *order)
{
	if (strcmp(order->status, "shipped") == 0)
		return mcp_fail(call, "Order %s has already shipped, so it cannot be cancelled."
		                " Once it is delivered, use request_return.", order->id);
	return mcp_fail(call, "Order %s is already %s, so it cannot be cancelled; use"
	                " request_return within 30 days after delivery.", order->id, order->status);
}

/* False: `order` still is as it was read, or the book failed. */
static bool cancel(struct store *store, void *context)
{
	struct work *work = context;
	struct event event = {
		.order_id = work->order->id, .at = now_ms(), .actor = work->actor,
		.from_status = work->order->status, .to_status = "cancelled",
		.note = work->asked->reason,
	};

	return store_change(store, "update orders set status = 'cancelled'"
	                           " where id = :id and status = :status",
	                    order_shape, work->order) == 1 &&
	       event_add(store, &event) &&
	       errand_restock(store, work->arena, work->order->id, NULL, work->errand);
}

static enum mcp_answer carry_out(struct mcp_call *call, struct store *store, struct work *work)
{
	struct errand errand;
	work->errand = &errand;

	switch (store_transact(store, cancel, work)) {
	case STORE_COMMITTED:  break;
	case STORE_TAKEN_BACK: return mcp_fail(call, "Order %s changed just now; look at it again"
	                                       " with get_order.", work->order->id);
	default:               return mcp_fail(call, BOOK_DOWN);
	}
	/* Where products can't be reached the errand waits for the job. */
	errand_run(store, work->arena, &errand);
	order_changed(work->arena, work->order->id, work->order->customer);
	return order_answer(call, store, WRITE, work->order->id);
}

static enum mcp_reply ask(struct mcp_call *call, const struct cancel *asked,
                          const struct order *order, struct consent *consent)
{
	if (asked->confirm) {
		consent->sure = true;
		return MCP_ACCEPTED;
	}
	return mcp_ask(call, "consent", consent_shape, consent,
	               "Cancel order %s of customer %s (%s, %lld unit%s)? Its goods go back on"
	               " sale.", order->id, order->customer, order->status,
	               (long long)order->units, order->units == 1 ? "" : "s");
}

enum mcp_answer cancel_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct cancel *asked = in;
	struct order order;
	struct consent consent;
	enum lookup found = order_find(call, store, WRITE, asked->id, &order);

	if (found != FOUND)
		return order_missing(call, found, asked->id);
	if (strcmp(order.status, "cancelled") == 0)
		return order_answer(call, store, WRITE, order.id);
	if (!can_cancel(&order))
		return too_late(call, &order);

	switch (ask(call, asked, &order, &consent)) {
	case MCP_PENDING:     return MCP_WAITING;
	case MCP_ACCEPTED:    break;
	case MCP_UNAVAILABLE: return mcp_cannot_ask(call, "Ask the person whether order %s is to be"
	                             " cancelled, then call again with confirm: true.", order.id);
	default:              return mcp_fail(call, "Order %s was left as it is.", order.id);
	}
	if (!consent.sure)
		return mcp_fail(call, "Order %s was left as it is.", order.id);
	return carry_out(call, store, &(struct work) { .asked = asked, .order = &order,
	                                               .actor = mcp_caller(call),
	                                               .arena = mcp_arena(call) });
}
