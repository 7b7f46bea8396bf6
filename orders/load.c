/* load.c - reads orders and what hangs on them; writes their history. */
#include "order.h"

struct wanted { const char *id, *customer; };

static SHAPE(wanted_shape, struct wanted,
	TEXT(struct wanted, id, ""),
	TEXT(struct wanted, customer, ""));

/* Another customer's is not there, so that whoever asks for it takes the way of what never was. */
#define ORDER_ROW(condition) \
	"select id, customer, status, placed_at, delivered_at, units, total, total_currency" \
	" from orders where " condition " and status not in ('recording', 'committing')" \
	" and (:customer is null or customer = :customer)"

/* An imported number may be of any case, and two may differ in nothing else: then it is neither. */
static enum lookup find_in_any_case(struct store *store, struct arena *arena, const struct wanted *wanted,
                                   struct order *order)
{
	struct wanted by = { id_small(arena, wanted->id), wanted->customer };
	ROWS(struct order) rows;

	if (!store_find(store, arena, ORDER_ROW("lower(id) = :id") " limit 2", wanted_shape, &by,
	                order_shape, &rows))
		return BOOK_FAILED;
	if (rows.count != 1)
		return NOT_FOUND;
	*order = *(const struct order *)rows.first;
	return FOUND;
}

static enum lookup find_row(struct mcp_call *call, struct store *store, const char *scope, const char *id,
                           struct order *order)
{
	struct wanted wanted = { .id = id };

	if (!orders_of(call, scope, &wanted.customer))
		return CUSTOMER_UNKNOWN;
	switch (store_find_one(store, mcp_arena(call), ORDER_ROW("id = :id"), wanted_shape, &wanted,
	                       order_shape, order)) {
	case 1:  return FOUND;
	case 0:  return find_in_any_case(store, mcp_arena(call), &wanted, order);
	default: return BOOK_FAILED;
	}
}

enum lookup order_find(struct mcp_call *call, struct store *store, const char *scope, const char *id,
                      struct order *order)
{
	enum lookup found = find_row(call, store, scope, id, order);

	mcp_note(call, "order", found == FOUND ? order->id : id);
	return found;
}

bool order_history(struct store *store, struct arena *arena, struct order *order)
{
	ROWS(struct event) rows;

	if (!store_find(store, arena,
	                "select at, actor, from_status, to_status, note from order_event"
	                " where order_id = :id order by seq",
	                named_shape, &(struct named) { order->id }, event_shape, &rows))
		return false;
	order->history = rows.first;
	order->event_count = rows.count;
	return true;
}

static bool load_lines(struct store *store, struct arena *arena, struct order *order)
{
	ROWS(struct line) rows;

	if (!store_find(store, arena,
	                "select sku, name, quantity, unit_price, unit_price_currency from"
	                " order_line where order_id = :id order by line",
	                named_shape, &(struct named) { order->id }, line_shape, &rows))
		return false;
	order->items = rows.first;
	order->item_count = rows.count;
	return true;
}

static bool load_address(struct store *store, struct arena *arena, struct order *order)
{
	order->shipping_address = arena_new(arena, struct address);
	return store_find_one(store, arena,
	                      "select name, line1, line2, city, postal_code, country from orders"
	                      " where id = :id", named_shape, &(struct named) { order->id },
	                      address_known_shape, order->shipping_address) == 1;
}

static bool load_return_items(struct store *store, struct arena *arena,
                              struct return_request *request)
{
	ROWS(struct portion) rows;

	if (!store_find(store, arena,
	                "select sku, quantity from return_line where return_id = :id order by sku",
	                named_shape, &(struct named) { request->id }, portion_shape, &rows))
		return false;
	request->items = rows.first;
	request->item_count = rows.count;
	return true;
}

#define RETURN_COLUMNS \
	"select id, order_id, state, reason, requested_at, requested_by, received_at, received_by" \
	" from return_request"

int return_load(struct store *store, struct arena *arena, const char *id,
                struct return_request *request)
{
	int found = store_find_one(store, arena, RETURN_COLUMNS " where id = :id", named_shape,
	                           &(struct named) { id_capitals(arena, id_bare(arena, id)) }, return_shape,
	                           request);

	return found == 1 && !load_return_items(store, arena, request) ? -1 : found;
}

static bool load_returns(struct store *store, struct arena *arena, struct order *order)
{
	ROWS(struct return_request) rows;

	if (!store_find(store, arena,
	                RETURN_COLUMNS " where order_id = :id order by requested_at, id",
	                named_shape, &(struct named) { order->id }, return_shape, &rows))
		return false;
	order->returns = rows.first;
	order->return_count = rows.count;
	for (int64_t i = 0; i < rows.count; i++)
		if (!load_return_items(store, arena, &order->returns[i]))
			return false;
	return true;
}

static bool load_errands(struct store *store, struct arena *arena, struct order *order)
{
	struct named errand;
	int found = store_find_one(store, arena,
	                           "select id from errand where order_id = :id limit 1",
	                           named_shape, &(struct named) { order->id }, named_shape,
	                           &errand);

	order->restock_pending = order->has_restock_pending = found == 1;
	return found >= 0;
}

/* What was delivered may be returned, and stock comes back of that and of what is cancelled: of any other there is neither. */
static bool may_come_back(const struct order *order)
{
	return strcmp(order->status, "delivered") == 0 || strcmp(order->status, "returned") == 0 ||
	       strcmp(order->status, "cancelled") == 0;
}

static bool load_what_came_back(struct store *store, struct arena *arena, struct order *order)
{
	return !may_come_back(order) || (load_returns(store, arena, order) && load_errands(store, arena, order));
}

enum lookup order_load(struct mcp_call *call, struct store *store, const char *scope, const char *id,
                      struct order *order)
{
	struct arena *arena = mcp_arena(call);
	enum lookup found = order_find(call, store, scope, id, order);

	if (found != FOUND)
		return found;
	return load_address(store, arena, order) && load_lines(store, arena, order) &&
	       order_history(store, arena, order) && load_what_came_back(store, arena, order)
	       ? FOUND : BOOK_FAILED;
}

enum mcp_answer order_answer(struct mcp_call *call, struct store *store, const char *scope,
                             const char *id)
{
	struct order order;
	enum lookup found = order_load(call, store, scope, id, &order);

	return found == FOUND ? mcp_return(call, order_shape, &order) : order_missing(call, found, id);
}

static SHAPE(added_shape, struct event,
	TEXT(struct event, order_id, ""),
	TIME(struct event, at, ""),
	TEXT(struct event, actor, ""),
	TEXT(struct event, from_status, ""),
	TEXT(struct event, to_status, ""),
	TEXT(struct event, note, ""));

/* A value and no select of them all, which SQLite would first write to a table of its own: it reads where it writes. */
bool event_add(struct store *store, const struct event *event)
{
	return store_change(store,
	                    "insert into order_event"
	                    " (order_id, seq, at, actor, from_status, to_status, note)"
	                    " values (:order_id, (select coalesce(max(seq), 0) + 1 from order_event"
	                    " where order_id = :order_id), :at, :actor, :from_status, :to_status, :note)",
	                    added_shape, event) == 1;
}

void order_changed(struct arena *arena, const char *id, const char *customer)
{
	mcp_changed(arena_print(arena, "order://%s", id));
	if (customer)
		mcp_changed(arena_print(arena, "customer://%s", text_in_uri(arena, customer)));
}
