/* own_order.c - an order of the customer's (own_order.h); my_orders and track_my_order. */
#include "own_order.h"

#define LISTED_MAX 10
#define EVENTS_MAX 10

/* ---- Shapes: of what orders tells what is passed on ---- */

SHAPE(portion_shape, struct portion,
	TEXT(struct portion, sku, "", .required = true, AT_LEAST(1), AT_MOST(64)),
	INT(struct portion, quantity, "", .required = true, AT_LEAST(1), AT_MOST(1000000)));

static SHAPE(line_shape, struct line,
	TEXT(struct line, sku, "", .required = true),
	TEXT(struct line, name, ""),
	INT(struct line, quantity, "", .required = true),
	MONEY(struct line, unit_price, "", .required = true));

static SHAPE(event_shape, struct event,
	TIME(struct event, at, "", .required = true),
	TEXT(struct event, from_status, ""),
	TEXT(struct event, to_status, "", .required = true));

SHAPE(sent_back_shape, struct sent_back,
	TEXT(struct sent_back, id, "", .required = true),
	TEXT(struct sent_back, state, "", .required = true),
	TIME(struct sent_back, requested_at, ""),
	TIME(struct sent_back, received_at, ""),
	LIST(struct sent_back, items, item_count, struct portion, portion_shape, ""));

static SHAPE(place_shape, struct place,
	TEXT(struct place, city, ""),
	TEXT(struct place, country, ""));

#define SUMMARY \
	TEXT(struct order, id, "", .required = true), \
	TEXT(struct order, customer, "", .required = true), \
	TEXT(struct order, status, "", .required = true), \
	TIME(struct order, placed_at, "", .required = true), \
	TIME(struct order, delivered_at, ""), \
	INT(struct order, units, "", .required = true), \
	MONEY(struct order, total, "", .required = true)

SHAPE(own_summary_shape, struct order, SUMMARY);

static SHAPE(order_shape, struct order, SUMMARY,
	NEST(struct order, shipping_address, struct place, place_shape, ""),
	LIST(struct order, items, item_count, struct line, line_shape, ""),
	LIST(struct order, history, event_count, struct event, event_shape, ""),
	LIST(struct order, returns, return_count, struct sent_back, sent_back_shape, ""));

/* ---- As JSON ---- */

void put_portion(struct json *json, const void *item)
{
	const struct portion *portion = item;

	json_object(json);
	put_text(json, "sku", portion->sku);
	put_int(json, "quantity", portion->quantity);
	json_object_end(json);
}

void put_sent_back(struct json *json, const void *item)
{
	const struct sent_back *back = item;

	json_object(json);
	put_text(json, "id", back->id);
	put_text(json, "state", back->state);
	put_time(json, "requested_at", back->requested_at);
	put_time(json, "received_at", back->received_at);
	put_list(json, "items", back->items, back->item_count, sizeof(*back->items), put_portion);
	json_object_end(json);
}

static void put_line(struct json *json, const void *item)
{
	const struct line *line = item;

	json_object(json);
	put_text(json, "sku", line->sku);
	put_text(json, "name", line->name);
	put_int(json, "quantity", line->quantity);
	put_money(json, "unit_price", &line->unit_price);
	json_object_end(json);
}

static void put_event(struct json *json, const void *item)
{
	const struct event *event = item;

	json_object(json);
	put_time(json, "at", event->at);
	put_text(json, "status", event->to_status);
	json_object_end(json);
}

static void put_summary(struct json *json, const struct order *order)
{
	put_text(json, "id", order->id);
	put_text(json, "status", order->status);
	put_time(json, "placed_at", order->placed_at);
	put_time(json, "delivered_at", order->delivered_at);
	put_int(json, "units", order->units);
	put_money(json, "total", &order->total);
}

static void put_listed(struct json *json, const void *item)
{
	json_object(json);
	put_summary(json, item);
	json_object_end(json);
}

/* Where it changed its status, the latest EVENTS_MAX. */
static void put_history(struct json *json, const struct order *order)
{
	struct event *changes = arena_array(json->arena, struct event, order->event_count + 1);
	int64_t count = 0;

	for (int64_t i = 0; i < order->event_count; i++) {
		const struct event *event = &order->history[i];
		if (!event->from_status || strcmp(event->from_status, event->to_status) != 0)
			changes[count++] = *event;
	}
	int64_t from = count > EVENTS_MAX ? count - EVENTS_MAX : 0;
	put_list(json, "history", changes + from, count - from, sizeof(*changes), put_event);
}

/* ---- Finding it ---- */

struct named { const char *id; };
static SHAPE(named_shape, struct named, TEXT(struct named, id, ""));

static enum own none(struct using *using, const char *id)
{
	using_fails(using, "There is no order %s of yours.", str_quote(str_of(id), 64).text);
	return OWN_NONE;
}

enum own own_order(struct using *using, const char *id, struct order *order)
{
	struct named named = { id };
	const char *why;
	enum client_outcome outcome = client_ask(using->call, shop_orders, using_key(using, "order"), "get_order", true,
	                                         named_shape, &named, order_shape, order, &why);

	if (outcome == CLIENT_PENDING)
		return OWN_PENDING;
	/* As orders says it (order_missing()). */
	if (outcome == CLIENT_REFUSED && str_starts(str_of(why), "There is no order "))
		return none(using, id);
	if (outcome != CLIENT_ANSWERED) {
		using_failed(using, outcome, why, BOOK_DOWN);
		return OWN_NONE;
	}
	if (strcmp(order->customer, using->customer) != 0)
		return none(using, id);
	mcp_note(using->call, "order", order->id);
	return OWN_FOUND;
}

/* ---- track_my_order ---- */

struct tracked { const char *order_id; };
static SHAPE(tracked_shape, struct tracked,
	TEXT(struct tracked, order_id, "", .required = true, AT_LEAST(1), AT_MOST(64)));

enum shop_outcome use_track_my_order(struct using *using)
{
	struct tracked asked;
	struct order order;

	if (!using_takes(using, tracked_shape, &asked))
		return SHOP_DONE;
	enum own own = own_order(using, asked.order_id, &order);
	if (own != OWN_FOUND)
		return own == OWN_PENDING ? SHOP_PENDING : SHOP_DONE;

	struct json json = using_begin(using, "order");
	put_summary(&json, &order);
	if (order.shipping_address) {
		put_text(&json, "city", order.shipping_address->city);
		put_text(&json, "country", order.shipping_address->country);
	}
	put_history(&json, &order);
	put_list(&json, "returns", order.returns, order.return_count, sizeof(*order.returns), put_sent_back);
	put_list(&json, "items", order.items, order.item_count, sizeof(*order.items), put_line);
	return using_shows(using, &json);
}

/* ---- my_orders ---- */

struct list {
	const char *customer, *status;
	int64_t limit;
};

struct listed {
	struct order *orders;
	int64_t count;
	const char *next_cursor;
};

#define STATUS TEXT(struct list, status, "", \
	ONE_OF("pending", "paid", "packed", "shipped", "delivered", "cancelled", "returned"))

static SHAPE(mine_shape, struct list, STATUS);
static SHAPE(list_shape, struct list, TEXT(struct list, customer, ""), STATUS, INT(struct list, limit, ""));
static SHAPE(listed_shape, struct listed,
	LIST(struct listed, orders, count, struct order, own_summary_shape, ""),
	TEXT(struct listed, next_cursor, ""));

/* Whatever was answered. */
static void keep_own(struct listed *listed, const char *customer)
{
	int64_t own = 0;

	for (int64_t i = 0; i < listed->count; i++)
		if (strcmp(listed->orders[i].customer, customer) == 0)
			listed->orders[own++] = listed->orders[i];
	listed->count = own;
}

enum shop_outcome use_my_orders(struct using *using)
{
	struct list list;
	struct listed listed;
	const char *why;

	if (!using_takes(using, mine_shape, &list))
		return SHOP_DONE;
	list.customer = using->customer;
	list.limit = LISTED_MAX;
	enum client_outcome outcome = client_ask(using->call, shop_orders, using_key(using, "orders"), "list_orders", true,
	                                         list_shape, &list, listed_shape, &listed, &why);
	if (outcome == CLIENT_PENDING)
		return SHOP_PENDING;
	if (outcome != CLIENT_ANSWERED)
		return using_failed(using, outcome, why, BOOK_DOWN);

	keep_own(&listed, using->customer);
	struct json json = using_begin(using, "orders");
	put_list(&json, "orders", listed.orders, listed.count, sizeof(*listed.orders), put_listed);
	json_key(&json, "there_are_older_ones");
	json_bool(&json, listed.next_cursor);
	using_shows(using, &json);
	if (listed.count == 0)
		using->result->card = NULL;
	return SHOP_DONE;
}
