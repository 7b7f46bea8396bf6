/* list.c - list_orders: the newest first, a page at a time. */
#include "order.h"

struct list {
	const char *customer;
	const char *status;
	int64_t from, to;
	int64_t limit;
	const char *cursor;
};

struct listed {
	struct order *orders;
	int64_t count;
	const char *next_cursor;
};

/* What narrows a page, and the order it begins after, for the statements. */
struct page {
	const char *customer, *status;
	int64_t since;
	int64_t limit;
	int64_t at;                     /* with no id: only those placed before then */
	const char *id;
};

SHAPE(list_shape, struct list,
	TEXT(struct list, customer, "Only this customer's, exactly as the order was placed",
	     AT_LEAST(1), AT_MOST(200)),
	TEXT(struct list, status, "Only those with this status", ONE_OF(STATUSES)),
	TIME(struct list, from, "Only those placed then or later: a date, or a time with its zone",
	     EXAMPLES("2011-01-01", "2011-01-01T09:30:00Z")),
	TIME(struct list, to, "Only those placed before then; for all of January 2011 the first of"
	     " February", EXAMPLES("2011-02-01")),
	INT(struct list, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)),
	TEXT(struct list, cursor, "next_cursor of the page before, with the same other arguments",
	     AT_MOST(1000)));

SHAPE(listed_shape, struct listed,
	LIST(struct listed, orders, count, struct order, order_summary_shape,
	     "The newest first; get_order tells more about one", .required = true),
	INT(struct listed, count, "How many are on this page", .required = true),
	TEXT(struct listed, next_cursor, "The next page's cursor; absent on the last"));

struct position {
	int64_t at;
	const char *id;
};

static SHAPE(position_shape, struct position,
	INT(struct position, at, "", .required = true),
	TEXT(struct position, id, "", .required = true));

static SHAPE(page_shape, struct page,
	TEXT(struct page, customer, ""),
	TEXT(struct page, status, ""),
	INT(struct page, since, ""),
	INT(struct page, limit, ""),
	INT(struct page, at, ""),
	TEXT(struct page, id, ""));

/* One statement for each index: by customer, by status, by time. What bounds the time is said once: of conditions
 * that follow from others PostgreSQL takes so few rows to be left that it sorts all there are. */
#define SELECT \
	"select id, customer, status, placed_at, delivered_at, units, total, total_currency," \
	" country from orders where "
#define PAGE \
	" and placed_at >= :since and (placed_at, id) < (:at, :id)" \
	" order by placed_at desc, id desc limit :limit"
#define VISIBLE "status not in ('recording', 'committing')"
/* The same, in the words of the index by status (schema.c). */
#define INDEXED "status <> 'recording' and status <> 'committing'"

/* Who ordered nothing that this caller can see. */
static bool is_another(const char *own, const char *customer)
{
	return own && customer && strcmp(own, customer) != 0;
}

static bool find(struct store *store, struct arena *arena, const struct page *page,
                 struct rows *rows)
{
	if (page->customer)
		return store_find(store, arena,
		                  SELECT "customer = :customer and (:status is null or status ="
		                  " :status) and"
		                  " " VISIBLE PAGE, page_shape, page, order_summary_shape, rows);
	if (page->status)
		return store_find(store, arena, SELECT "status = :status and " INDEXED PAGE,
		                  page_shape, page, order_summary_shape, rows);
	return store_find(store, arena, SELECT VISIBLE PAGE,
	                  page_shape, page, order_summary_shape, rows);
}

/* Of a caller that sees one customer's only, a cursor leads through these only. */
static const char *cursor_kind(struct mcp_call *call, const char *own)
{
	return own ? arena_print(mcp_arena(call), "orders of %s", own) : "orders";
}

/* One more than `limit` tells whether there is a next page. */
static void take_page(struct mcp_call *call, const struct rows *rows, int64_t limit, const char *own,
                      struct listed *listed)
{
	bool more = rows->count > limit;

	*listed = (struct listed) { .orders = rows->first, .count = more ? limit : rows->count };
	if (!more)
		return;
	const struct order *last = &listed->orders[listed->count - 1];
	listed->next_cursor = mcp_cursor(call, cursor_kind(call, own), position_shape,
	                                 &(struct position) { last->placed_at, last->id });
}

enum mcp_answer list_orders(struct mcp_call *call, const void *in, struct store *store)
{
	const struct list *asked = in;
	struct position after = { INT64_MAX, "" };
	struct rows rows = { 0 };
	const char *own;

	if (!orders_of(call, READ, &own))
		return customer_unknown(call);
	if (asked->cursor &&
	    !mcp_cursor_open(call, cursor_kind(call, own), asked->cursor, position_shape, &after))
		return mcp_fail(call, "That cursor is not one that list_orders gave. Leave it out"
		                " to begin with the newest order.");
	struct page page = {
		.customer = own ? own : asked->customer, .status = asked->status,
		.since = asked->from, .limit = asked->limit + 1, .at = after.at, .id = after.id,
	};
	if (asked->to && asked->to <= after.at) {
		page.at = asked->to;
		page.id = "";
	}
	if (!is_another(own, asked->customer) && !find(store, mcp_arena(call), &page, &rows))
		return mcp_fail(call, BOOK_DOWN);

	struct listed listed;
	take_page(call, &rows, asked->limit, own, &listed);
	return mcp_return(call, listed_shape, &listed);
}

/* ---- A customer's, as a resource ---- */

#define SHOWN_MAX 100

SHAPE(customer_named_shape, struct list,
	TEXT(struct list, customer, "The customer, exactly as the orders name them", .required = true,
	     AT_LEAST(1), AT_MOST(200)));

enum mcp_answer read_customer(struct mcp_call *call, const void *in, struct store *store)
{
	const struct list *asked = in;
	struct page page = {
		.customer = asked->customer, .limit = SHOWN_MAX + 1, .at = INT64_MAX, .id = "",
	};
	struct listed listed;
	struct rows rows = { 0 };
	const char *own;

	if (!orders_of(call, READ, &own))
		return customer_unknown(call);
	if (!is_another(own, asked->customer) && !find(store, mcp_arena(call), &page, &rows))
		return mcp_fail(call, BOOK_DOWN);
	if (rows.count == 0)
		return mcp_not_found(call, "There is no customer %s.", asked->customer);
	take_page(call, &rows, SHOWN_MAX, own, &listed);
	return mcp_return(call, listed_shape, &listed);
}

int sees_customer(struct mcp_call *call, const void *in, struct store *store UNUSED)
{
	const struct list *asked = in;
	const char *own;

	return orders_of(call, READ, &own) && !is_another(own, asked->customer);
}
