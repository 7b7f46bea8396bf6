/* order.h - what an order is: the structs, their shapes, and how they are read from the order book.
 *
 * An order that is still being placed (recording, committing: see placing.h) is invisible to
 * everything here. */
#ifndef ORDER_H
#define ORDER_H

#include "mcp.h"

#define STATUSES "pending", "paid", "packed", "shipped", "delivered", "cancelled", "returned"

#define BOOK_DOWN "The order book is unavailable; try again shortly."

enum { ORDERS_PLACED, ORDERS_UNSETTLED, ORDERS_ERRANDS };      /* what is counted, see main.c */

struct address {
	const char *name;
	const char *line1, *line2;
	const char *city;
	const char *postal_code;
	const char *country;
};

/* So many units of one product. */
struct portion {
	const char *sku;
	int64_t quantity;
};

struct line {
	const char *sku;
	const char *name;
	int64_t quantity;
	struct money unit_price;
};

struct event {
	const char *order_id;           /* only to write one */
	int64_t at;
	const char *actor;
	const char *from_status, *to_status;
	const char *note;
};

struct return_request {
	const char *id;
	const char *order_id;
	const char *state;              /* requested, received */
	const char *reason;
	int64_t requested_at, received_at;
	const char *requested_by, *received_by;
	const char *idempotency_key;
	struct portion *items;
	int64_t item_count;
};

struct order {
	const char *id;
	const char *customer;
	const char *status;
	int64_t placed_at, delivered_at;
	int64_t units;
	struct money total;
	const char *country;
	struct address *shipping_address;
	struct line *items;
	int64_t item_count;
	struct event *history;
	int64_t event_count;
	struct return_request *returns;
	int64_t return_count;
	bool restock_pending, has_restock_pending;
};

/* What names an order, or anything else, by its id. */
struct named { const char *id; };

extern SHAPE_OF(address_shape, struct address);
extern SHAPE_OF(address_known_shape, struct address);
extern SHAPE_OF(portion_shape, struct portion);
extern SHAPE_OF(line_shape, struct line);
extern SHAPE_OF(event_shape, struct event);
extern SHAPE_OF(return_shape, struct return_request);
extern SHAPE_OF(order_shape, struct order);
extern SHAPE_OF(order_summary_shape, struct order);
extern SHAPE_OF(named_shape, struct named);
extern SHAPE_OF(order_named_shape, struct named);

extern const struct migration order_migrations[];

/* ---- Ids (id.c) ---- */

#define ID_SIZE 16

/* "ORD-7H2K9QX4TN": 50 random bits, without letters that look like digits. */
void id_make(char id[ID_SIZE], const char *prefix);
int64_t id_number(void);        /* 63 random bits, for what only programs compare */
/* As somebody may write it down: in plain signs (text_plain), without the # that shops show before
 * the number of an order. */
const char *id_bare(struct arena *arena, const char *id);
/* In plain signs, and in capitals; bare, and in small letters. */
const char *id_capitals(struct arena *arena, const char *id);
const char *id_small(struct arena *arena, const char *id);
/* What is the same for the same product, its SKU in any case and with any hyphens. */
const char *sku_key(struct arena *arena, const char *sku);

/* ---- Whose (own.c) ---- */

/* The scopes under which everybody's are seen, changed, moved. Whoever has orders:own in place of the first
 * two sees and changes those of its customer (mcp_customer); another's do not exist. */
#define READ "orders:read"
#define WRITE "orders:write"
#define STAFF "orders:staff"

/* Whose orders a call is about that needs `scope` for everybody's: NULL is everybody, else that customer's
 * only. False: its customer is not known, as customer_unknown() then says. */
MUST_USE bool orders_of(struct mcp_call *call, const char *scope, const char **customer);
enum mcp_answer customer_unknown(struct mcp_call *call);
mcp_sees_fn sees_order, sees_customer;

/* ---- Reading (load.c) ---- */

enum lookup { FOUND, NOT_FOUND, CUSTOMER_UNKNOWN, BOOK_FAILED };

/* The order's own row, by its number in any case and any hyphens, where orders_of() has it. From then on it
 * is order->id. */
MUST_USE enum lookup order_find(struct mcp_call *call, struct store *store, const char *scope,
                               const char *id, struct order *order);
/* The same with everything that hangs on it. */
MUST_USE enum lookup order_load(struct mcp_call *call, struct store *store, const char *scope,
                               const char *id, struct order *order);
/* Ends a tool that did not find it. */
enum mcp_answer order_missing(struct mcp_call *call, enum lookup found, const char *id);
MUST_USE bool order_history(struct store *store, struct arena *arena, struct order *order);
MUST_USE int return_load(struct store *store, struct arena *arena, const char *id,
                         struct return_request *request);
/* Ends a tool by answering with the order as it is now. */
enum mcp_answer order_answer(struct mcp_call *call, struct store *store, const char *scope,
                             const char *id);

/* ---- Changing (load.c) ---- */

/* Adds to the order's history, inside a transaction. */
MUST_USE bool event_add(struct store *store, const struct event *event);
/* Tells followers of order://id, and of customer://customer, whose list has the order's status. NULL: that is as it
 * was. */
void order_changed(struct arena *arena, const char *id, const char *customer);

/* ---- Tools, each in the file of its name ---- */

extern SHAPE_OF(explain_shape, struct explain);
extern SHAPE_OF(review_shape, struct review);
extern SHAPE_OF(customer_named_shape, struct list);
mcp_tool_fn explain_order, review_sales, read_customer;
mcp_tool_fn create_order, get_order, read_order, list_orders, cancel_order, update_order_status,
	track_order, request_return, receive_return, sales_report;
mcp_tool_fn track_page;         /* track_order's page */
extern SHAPE_OF(create_shape, struct create);
extern SHAPE_OF(list_shape, struct list);
extern SHAPE_OF(listed_shape, struct listed);
extern SHAPE_OF(cancel_shape, struct cancel);
extern SHAPE_OF(status_shape, struct status);
extern SHAPE_OF(track_shape, struct track);
extern SHAPE_OF(tracked_shape, struct tracked);
extern SHAPE_OF(request_return_shape, struct ask);
extern SHAPE_OF(receive_return_shape, struct receive);
extern SHAPE_OF(report_shape, struct report);
extern SHAPE_OF(reported_shape, struct reported);

/* What was sold in a period, as JSON of reported_shape (report.c). NULL: `why` not. */
const char *report_of(struct mcp_call *call, struct store *store, int64_t from, int64_t to,
                      const char *by, const char **why);

/* Orders and months, as a person types them (complete.c). */
mcp_complete_fn complete_order, complete_customer, complete_month;

/* mcp-orders import FILE (import.c). */
int import_orders(struct store *store, int argc, char **argv);
void help_import(void);
int64_t finish_import(struct store *store);             /* a job: what an import left half done */

#endif
