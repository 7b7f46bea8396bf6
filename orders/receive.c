/* receive.c - receive_return: the goods are back, so they go on sale again. */
#include "errand.h"

struct receive {
	const char *return_id;
	const char *note;
};

SHAPE(receive_return_shape, struct receive,
	TEXT(struct receive, return_id, "Number of the return", .required = true, AT_LEAST(1),
	     AT_MOST(64), EXAMPLES("RET-7H2K9QX4TN")),
	TEXT(struct receive, note, "The state of the goods, for the history", AT_MOST(500)));

struct work {
	struct arena *arena;
	const struct receive *asked;
	struct return_request request;
	struct errand errand;
	const char *customer;           /* whose order came back as a whole; NULL: it did not */
};

static SHAPE(request_shape, struct return_request,
	TEXT(struct return_request, id, ""),
	TEXT(struct return_request, order_id, ""),
	TIME(struct return_request, received_at, ""),
	TEXT(struct return_request, received_by, ""));

/* How many units of the order are not back yet, as its `units`. False: the book failed. */
static bool find_away(struct store *store, struct arena *arena, const char *order_id,
                      struct order *away)
{
	return store_find_one(store, arena,
	                      "select o.customer, o.units - coalesce((select sum(r.quantity) from return_line r"
	                      " join return_request q on q.id = r.return_id"
	                      " where q.order_id = o.id and q.state = 'received'), 0) as units"
	                      " from orders o where o.id = :id",
	                      named_shape, &(struct named) { order_id }, order_shape, away) == 1;
}

static bool record_event(struct store *store, struct work *work, bool all)
{
	const struct return_request *request = &work->request;
	const char *note = work->asked->note;

	return (!all || store_change(store,
	                             "update orders set status = 'returned' where id = :order_id",
	                             request_shape, request) == 1) &&
	       event_add(store, &(struct event) {
		.order_id = request->order_id, .at = request->received_at,
		.actor = request->received_by, .from_status = "delivered",
		.to_status = all ? "returned" : "delivered",
		.note = arena_print(work->arena, "Return %s received%s%s", request->id,
		                    note ? ": " : "", note ? note : "") });
}

static bool is_whole(struct work *work, const struct order *away)
{
	work->customer = away->units <= 0 ? away->customer : NULL;
	return work->customer;
}

/* False: it was received already, or the book failed. */
static bool receive(struct store *store, void *context)
{
	struct work *work = context;
	struct order away = { 0 };

	work->customer = NULL;
	return store_change(store,
	                    "update return_request set state = 'received', received_at ="
	                    " :received_at, received_by = :received_by"
	                    " where id = :id and state = 'requested'",
	                    request_shape, &work->request) == 1 &&
	       find_away(store, work->arena, work->request.order_id, &away) &&
	       record_event(store, work, is_whole(work, &away)) &&
	       errand_restock(store, work->arena, work->request.order_id, work->request.id,
	                      &work->errand);
}

/* As it is now: received by this call or by another. */
static enum mcp_answer answer(struct mcp_call *call, struct store *store, const char *id)
{
	struct return_request request;

	if (return_load(store, mcp_arena(call), id, &request) != 1)
		return mcp_fail(call, BOOK_DOWN);
	return mcp_return(call, return_shape, &request);
}

enum mcp_answer receive_return(struct mcp_call *call, const void *in, struct store *store)
{
	const struct receive *asked = in;
	struct work work = { .arena = mcp_arena(call), .asked = asked };

	switch (return_load(store, work.arena, asked->return_id, &work.request)) {
	case 1:  break;
	case 0:  return mcp_fail(call, "There is no return %s. Returns look like RET-7H2K9QX4TN;"
	                         " get_order lists those of an order.", asked->return_id);
	default: return mcp_fail(call, BOOK_DOWN);
	}
	mcp_note(call, "return", work.request.id);
	mcp_note(call, "order", work.request.order_id);
	work.request.received_at = now_ms();
	work.request.received_by = mcp_caller(call);

	switch (store_transact(store, receive, &work)) {
	case STORE_COMMITTED:  break;
	case STORE_TAKEN_BACK: return answer(call, store, work.request.id);
	default:               return mcp_fail(call, BOOK_DOWN);
	}
	/* Where products can't be reached the errand waits for the job. */
	errand_run(store, work.arena, &work.errand);
	order_changed(work.arena, work.request.order_id, work.customer);
	return answer(call, store, work.request.id);
}
