/* track.c - track_order: an order's history, and with `follow` each change as it happens. */
#include "order.h"
#include "track.h"

struct track {
	const char *id;
	bool follow;
	int64_t wait_seconds;
};

struct tracked {
	const char *id;
	const char *status;
	bool over;
	struct event *history;
	int64_t event_count;
};

SHAPE(track_shape, struct track,
	TEXT(struct track, id, "Number of the order", .required = true, AT_LEAST(1), AT_MOST(64)),
	BOOL(struct track, follow, "True: send each change as progress while it happens, and answer"
	     " when the order is delivered, cancelled or returned, or the time is up",
	     DEFAULT(false)),
	INT(struct track, wait_seconds, "How long to follow", AT_LEAST(1),
	    AT_MOST(TRACK_SECONDS_MAX), DEFAULT(120)));

SHAPE(tracked_shape, struct tracked,
	TEXT(struct tracked, id, "Number of the order", .required = true),
	TEXT(struct tracked, status, "Where it is now", .required = true, ONE_OF(STATUSES)),
	BOOL(struct tracked, over, "True where it is delivered, cancelled or returned",
	     .required = true),
	LIST(struct tracked, history, event_count, struct event, event_shape,
	     "What happened, the earliest first", .required = true));

static bool is_over(const struct order *order)
{
	return strcmp(order->status, "delivered") == 0 || strcmp(order->status, "cancelled") == 0 ||
	       strcmp(order->status, "returned") == 0;
}

/* All of them each time: what a client has heard already the runtime leaves out. */
static void tell_history(struct mcp_call *call, const struct order *order)
{
	for (int64_t i = 0; i < order->event_count; i++) {
		const struct event *event = &order->history[i];
		char at[TIME_TEXT_SIZE];
		time_print(event->at, at);
		mcp_progress(call, (double)(i + 1), 0, "Order %s is %s since %s"
		                                       " (%s)%s%s", order->id,
		             event->to_status, at, event->actor, event->note ? ": " : "",
		             event->note ? event->note : "");
	}
}

/* The time since the tool was first called is what is gone of its deadline. */
static int64_t left_to_follow_ms(const struct mcp_call *call, const struct track *asked)
{
	return mcp_time_left_ms(call) - (TRACK_DEADLINE_MS - asked->wait_seconds * 1000);
}

enum mcp_answer track_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct track *asked = in;
	struct arena *arena = mcp_arena(call);
	struct order order;
	enum lookup found = order_find(call, store, READ, asked->id, &order);

	if (found != FOUND)
		return order_missing(call, found, asked->id);
	if (!order_history(store, arena, &order))
		return mcp_fail(call, BOOK_DOWN);
	if (asked->follow) {
		tell_history(call, &order);
		int64_t left_ms = left_to_follow_ms(call, asked);
		if (!is_over(&order) && left_ms > 0)
			return mcp_wait(call, arena_print(arena, "order://%s", order.id), left_ms);
	}
	return mcp_return(call, tracked_shape, &(struct tracked) { order.id, order.status, is_over(&order),
	                                            order.history, order.event_count });
}
