/* returns.c - request_return: within 30 days after delivery, no more than was bought. */
#include "order.h"

#define DAYS_MAX 30
#define DAY_MS INT64_C(86400000)
#define ITEMS_MAX 100

struct ask {
	const char *order_id;
	struct portion *items;
	int64_t item_count;
	const char *reason;
	const char *idempotency_key;
};

SHAPE(request_return_shape, struct ask,
	TEXT(struct ask, order_id, "Number of the order", .required = true, AT_LEAST(1),
	     AT_MOST(64)),
	LIST(struct ask, items, item_count, struct portion, portion_shape,
	     "What comes back: at most what was bought, less what was returned before",
	     .required = true, AT_LEAST(1), AT_MOST(ITEMS_MAX)),
	TEXT(struct ask, reason, "Why the customer sends it back", .required = true, AT_LEAST(1),
	     AT_MOST(500)),
	TEXT(struct ask, idempotency_key, "A text that is new for each return. Calling again with"
	     " the same key answers with the same return instead of asking for a second one",
	     AT_LEAST(1), AT_MOST(100)));

/* A product of an order: what was bought of it, and what of that came or is to come back. */
struct balance {
	const char *order_id, *return_id;
	const char *sku;
	const char *key;                /* sku_key() of it */
	int64_t quantity;
	int64_t bought, returned;
};

static SHAPE(balance_shape, struct balance,
	TEXT(struct balance, order_id, ""),
	TEXT(struct balance, return_id, ""),
	TEXT(struct balance, sku, ""),
	INT(struct balance, quantity, ""),
	INT(struct balance, bought, ""),
	INT(struct balance, returned, ""));

static SHAPE(request_shape, struct return_request,
	TEXT(struct return_request, id, ""),
	TEXT(struct return_request, order_id, ""),
	TEXT(struct return_request, reason, ""),
	TIME(struct return_request, requested_at, ""),
	TEXT(struct return_request, requested_by, ""),
	TEXT(struct return_request, idempotency_key, ""));

struct work {
	struct mcp_call *call;
	struct arena *arena;
	const struct ask *asked;
	struct return_request request;
	const char *refusal;            /* why it was taken back */
	bool known;                     /* the key was used before, for request.id */
};

static bool refuse(struct work *work, const char *why)
{
	work->refusal = why;
	return false;
}

/* NULL: this order can be returned. */
static const char *cannot_return(struct arena *arena, const struct order *order)
{
	char at[TIME_TEXT_SIZE];

	if (strcmp(order->status, "returned") == 0)
		return arena_print(arena, "All of order %s was returned already.", order->id);
	if (strcmp(order->status, "delivered") != 0)
		return arena_print(arena, "Order %s is %s; only what was delivered can be returned."
		                   " Before an order ships, cancel_order cancels it.",
		                   order->id, order->status);
	if (now_ms() - order->delivered_at <= DAYS_MAX * DAY_MS)
		return NULL;
	time_print(order->delivered_at, at);
	return arena_print(arena, "Order %s was delivered on %.10s; returns are taken within"
	                   " %d days.", order->id, at, DAYS_MAX);
}

/* What was bought of each product of the order, and what of it came or is to come back. */
static bool find_balances(struct store *store, struct work *work, struct rows *balances)
{
	struct balance by = { .order_id = work->request.order_id }, *all;

	if (!store_find(store, work->arena,
	                "select l.sku, sum(l.quantity) as bought, (select"
	                " coalesce(sum(r.quantity), 0) from return_line r"
	                " join return_request q on q.id = r.return_id"
	                " where q.order_id = :order_id and r.sku = l.sku) as returned"
	                " from order_line l where l.order_id = :order_id group by l.sku"
	                " order by l.sku", balance_shape, &by, balance_shape, balances))
		return false;
	all = balances->first;
	for (int64_t i = 0; i < balances->count; i++)
		all[i].key = sku_key(work->arena, all[i].sku);
	return true;
}

/* The product that is meant; NULL: the order has none. */
static struct balance *balance_of(struct arena *arena, const struct rows *balances, const char *sku)
{
	struct balance *all = balances->first, *like = NULL;
	const char *key = sku_key(arena, sku);

	for (int64_t i = 0; i < balances->count; i++) {
		if (strcmp(all[i].sku, sku) == 0)
			return &all[i];
		if (!like && strcmp(all[i].key, key) == 0)
			like = &all[i];
	}
	return like;
}

static bool add_item(struct store *store, struct work *work, const struct rows *balances,
                     const struct portion *item)
{
	struct balance *balance = balance_of(work->arena, balances, item->sku);

	if (!balance)
		return refuse(work, arena_print(work->arena, "Order %s has no product %s. get_order"
		                                " lists what was bought.", work->request.order_id,
		                                item->sku));
	if (item->quantity > balance->bought - balance->returned)
		return refuse(work, arena_print(work->arena, "Of product %s, %lld were bought and"
		                                " %lld were returned or are to be, so %lld can't"
		                                " be.", balance->sku,
		                                (long long)balance->bought,
		                                (long long)balance->returned,
		                                (long long)item->quantity));
	balance->returned += item->quantity;
	/* Spelled as it was bought. */
	struct balance line = {
		.return_id = work->request.id, .sku = balance->sku, .quantity = item->quantity,
	};
	return store_change(store,
	                    "insert into return_line (return_id, sku, quantity)"
	                    " values (:return_id, :sku, :quantity) on conflict (return_id, sku)"
	                    " do update set quantity = return_line.quantity + excluded.quantity",
	                    balance_shape, &line) == 1;
}

static bool is_known(struct store *store, struct work *work, int *found)
{
	struct named known;

	*found = work->asked->idempotency_key
		? store_find_one(store, work->arena,
		                 "select id from return_request where requested_by = :requested_by"
		                 " and idempotency_key ="
		                 " :idempotency_key", request_shape, &work->request,
		                 named_shape, &known)
		: 0;
	work->known = *found == 1;
	if (work->known)
		work->request.id = known.id;
	return *found != 0;
}

static const char *describe(struct arena *arena, const struct work *work)
{
	int64_t units = 0;

	for (int64_t i = 0; i < work->asked->item_count; i++)
		units += work->asked->items[i].quantity;
	return arena_print(arena, "Return %s of %lld unit%s requested: %s", work->request.id,
	                   (long long)units, units == 1 ? "" : "s", work->asked->reason);
}

static bool add_request(struct store *store, struct work *work, const struct order *order)
{
	struct event event = {
		.order_id = order->id, .at = work->request.requested_at,
		.actor = work->request.requested_by, .from_status = order->status,
		.to_status = order->status, .note = describe(work->arena, work),
	};
	struct rows balances;

	work->request.order_id = order->id;
	bool fine = find_balances(store, work, &balances) && store_change(store,
		"insert into return_request (id, order_id, state, reason, requested_at,"
		" requested_by, idempotency_key) values (:id, :order_id, 'requested',"
		" :reason, :requested_at, :requested_by, :idempotency_key)",
		request_shape, &work->request) == 1;

	for (int64_t i = 0; fine && i < work->asked->item_count; i++)
		fine = add_item(store, work, &balances, &work->asked->items[i]);
	return fine && event_add(store, &event);
}

static bool request(struct store *store, void *context)
{
	struct work *work = context;
	struct order order;
	int known;

	if (is_known(store, work, &known))
		return false;
	enum lookup found = order_find(work->call, store, WRITE, work->asked->order_id, &order);
	if (found != FOUND)
		return found == NOT_FOUND && refuse(work, arena_print(work->arena, "There is no order %s.",
		                                                      work->asked->order_id));
	const char *why = cannot_return(work->arena, &order);
	return why ? refuse(work, why) : add_request(store, work, &order);
}

static enum mcp_answer answer(struct mcp_call *call, struct store *store, const char *id)
{
	struct return_request request;

	if (return_load(store, mcp_arena(call), id, &request) != 1)
		return mcp_fail(call, BOOK_DOWN);
	return mcp_return(call, return_shape, &request);
}

/* What moves goods is the same; a reason may be told in other words. */
static bool is_same(struct arena *arena, const struct return_request *request, const struct ask *asked)
{
	const char **keys = arena_array(arena, const char *, asked->item_count);
	int64_t units = 0;

	for (int64_t i = 0; i < asked->item_count; i++) {
		keys[i] = sku_key(arena, asked->items[i].sku);
		units += asked->items[i].quantity;
	}
	for (int64_t i = 0; i < request->item_count; i++) {
		const char *key = sku_key(arena, request->items[i].sku);
		int64_t wanted = 0;
		for (int64_t j = 0; j < asked->item_count; j++)
			if (strcmp(keys[j], key) == 0)
				wanted += asked->items[j].quantity;
		if (wanted != request->items[i].quantity)
			return false;
		units -= wanted;
	}
	return units == 0;
}

static enum mcp_answer answer_known(struct mcp_call *call, struct store *store,
                                    const struct ask *asked, const char *id)
{
	struct arena *arena = mcp_arena(call);
	struct return_request request;
	struct order order;

	if (return_load(store, arena, id, &request) != 1)
		return mcp_fail(call, BOOK_DOWN);
	/* Its name has been another customer's. */
	if (!mcp_may(call, WRITE) && order_find(call, store, WRITE, request.order_id, &order) != FOUND)
		return mcp_fail(call, "This idempotency_key was used before. Use a new key for a new return.");
	if (strcmp(id_small(arena, request.order_id), id_small(arena, asked->order_id)) != 0)
		return mcp_fail(call, "This idempotency_key was used before for a return of another"
		                " order (%s of order %s). Use a new key for a new return.", id,
		                request.order_id);
	if (!is_same(arena, &request, asked))
		return mcp_fail(call, "This idempotency_key was used before for a return of other"
		                " items (%s). Use a new key for a new return.", id);
	return mcp_return(call, return_shape, &request);
}

enum mcp_answer request_return(struct mcp_call *call, const void *in, struct store *store)
{
	const struct ask *asked = in;
	char id[ID_SIZE];
	const char *customer;
	struct work work = { .call = call, .arena = mcp_arena(call), .asked = asked, .request = {
		.id = id, .order_id = asked->order_id, .reason = asked->reason,
		.requested_at = now_ms(), .requested_by = mcp_caller(call),
		.idempotency_key = asked->idempotency_key,
	} };

	if (!orders_of(call, WRITE, &customer))
		return customer_unknown(call);
	id_make(id, "RET-");
	mcp_note(call, "return", id);
	enum store_outcome outcome = store_transact(store, request, &work);
	if (outcome == STORE_FAILED)
		return mcp_fail(call, BOOK_DOWN);
	mcp_note(call, "return", work.request.id);
	if (work.known)
		return answer_known(call, store, asked, work.request.id);
	if (outcome == STORE_TAKEN_BACK)
		return mcp_fail(call, "%s", work.refusal ? work.refusal : BOOK_DOWN);
	order_changed(work.arena, work.request.order_id, NULL);
	return answer(call, store, work.request.id);
}
