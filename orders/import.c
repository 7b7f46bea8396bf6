/* import.c - mcp-orders import FILE.csv|URL: orders of an earlier system, one line an item.
 *
 * They are delivered orders with their own numbers. The lines of an order may come scattered over
 * the file. An order that was imported before is replaced; what happened to it since, returns for
 * instance, stays. Goods that came back are no lines of an order, so quantities are positive. */
#include "import.h"

#include <stdio.h>

#include "order.h"

#define PRICE_MAX INT64_C(10000000000)
#define ACTOR "import"

struct row {
	const char *order;
	int64_t placed_at;
	const char *customer;
	const char *country;
	const char *sku;
	int64_t quantity;
	struct money unit_price;
};

static const struct shape row_shape = SHAPE(struct row,
	TEXT(struct row, order, "Number of the order", .required = true, AT_LEAST(1), AT_MOST(64)),
	TIME(struct row, placed_at, "When it was placed", .required = true),
	TEXT(struct row, customer, "Who bought", .required = true, AT_LEAST(1), AT_MOST(200)),
	TEXT(struct row, country, "Where it went", .required = true, AT_LEAST(1), AT_MOST(100)),
	TEXT(struct row, sku, "The product", .required = true, AT_LEAST(1), AT_MOST(64)),
	INT(struct row, quantity, "How many units", .required = true, AT_LEAST(1),
	    AT_MOST(1000000)),
	MONEY(struct row, unit_price, "Price of one", .required = true));

/* An order of the file and the line at hand, for the statements. */
struct entry {
	const char *id;
	const char *customer, *country;
	const char *total_currency;
	const char *caller;
	int64_t placed_at;
	int64_t import_mark;
	int64_t line;
	const char *sku;
	int64_t quantity;
	struct money unit_price;
};

static const struct shape entry_shape = SHAPE(struct entry,
	TEXT(struct entry, id, ""),
	TEXT(struct entry, customer, ""),
	TEXT(struct entry, country, ""),
	TEXT(struct entry, total_currency, ""),
	TEXT(struct entry, caller, ""),
	TIME(struct entry, placed_at, ""),
	INT(struct entry, import_mark, ""),
	INT(struct entry, line, ""),
	TEXT(struct entry, sku, ""),
	INT(struct entry, quantity, ""),
	MONEY(struct entry, unit_price, ""));

struct work {
	int64_t mark;                   /* tells what this import has touched */
	struct arena *arena;            /* of the order at hand */
	struct entry order;             /* the order at hand; .id NULL: none yet */
};

/* ---- An order ---- */

static const char *replace(struct store *store, const struct entry *order)
{
	if (!store_queue(store,
	                 "insert into orders (id, customer, status, placed_at, delivered_at,"
	                 " country, total_currency, import_mark) values (:id, :customer,"
	                 " 'delivered', :placed_at, :placed_at, :country, :total_currency,"
	                 " :import_mark) on conflict (id) do update set customer ="
	                 " excluded.customer, placed_at = excluded.placed_at, delivered_at ="
	                 " excluded.delivered_at, country = excluded.country, total_currency ="
	                 " excluded.total_currency, import_mark ="
	                 " excluded.import_mark", &entry_shape, order) ||
	    !store_queue(store, "delete from order_line where order_id ="
	                        " :id", &entry_shape, order) ||
	    !store_queue(store,
	                 "insert into order_event (order_id, seq, at, actor, to_status, note)"
	                 " values (:id, 1, :placed_at, '" ACTOR "', 'delivered',"
	                 " 'Imported as delivered on the day it was placed')"
	                 " on conflict (order_id, seq) do update set at = excluded.at",
	                 &entry_shape, order))
		return IMPORT_STORE_FAILED;
	return NULL;
}

static void take_over(struct work *work, const struct row *row)
{
	arena_destroy(work->arena);
	work->arena = arena_create();
	work->order = (struct entry) {
		.id = arena_copy(work->arena, str_of(row->order)),
		.customer = arena_copy(work->arena, str_of(row->customer)),
		.country = arena_copy(work->arena, str_of(row->country)),
		.total_currency = arena_copy(work->arena, str_of(row->unit_price.currency)),
		.placed_at = row->placed_at, .import_mark = work->mark,
	};
}

/* Another order begins, or goes on that began further up. */
static const char *begin_order(struct import *import, struct store *store, struct work *work,
                               const struct row *row)
{
	struct entry known = { 0 };

	take_over(work, row);
	int found = store_find_one(store, work->arena,
	                           "select o.customer, o.country, o.total_currency, o.caller,"
	                           " coalesce(o.import_mark, 0) as import_mark, (select"
	                           " coalesce(max(l.line), 0) from order_line l where l.order_id ="
	                           " o.id) as line from orders o where o.id = :id",
	                           &entry_shape, &work->order, &entry_shape, &known);
	if (found < 0)
		return IMPORT_STORE_FAILED;
	if (found && known.caller) {
		work->order.id = NULL;
		return import_why(import, "order %s was placed here, so it is not replaced",
		                  row->order);
	}
	if (!found || known.import_mark != work->mark)
		return replace(store, &work->order);
	work->order.customer = known.customer;
	work->order.country = known.country;
	work->order.total_currency = known.total_currency;
	work->order.line = known.line;
	return NULL;
}

/* ---- A line ---- */

static const char *check(struct import *import, const struct entry *order, const struct row *row)
{
	if (row->unit_price.minor < 0 || row->unit_price.minor > PRICE_MAX)
		return import_why(import, "unit_price must be from 0 to %lld.00",
		                  (long long)(PRICE_MAX / 100));
	if (strcmp(order->customer, row->customer) != 0)
		return import_why(import, "order %s has customer %s on another line", row->order,
		                  order->customer);
	if (strcmp(order->country, row->country) != 0)
		return import_why(import, "order %s has country %s on another line", row->order,
		                  order->country);
	if (strcmp(order->total_currency, row->unit_price.currency) != 0)
		return import_why(import, "order %s has currency %s on another line", row->order,
		                  order->total_currency);
	return NULL;
}

static const char *add_row(struct import *import, struct store *store, const void *in,
                           void *context)
{
	const struct row *row = in;
	struct work *work = context;
	const char *why = NULL;

	if (!work->order.id || strcmp(work->order.id, row->order) != 0)
		why = begin_order(import, store, work, row);
	if (!why)
		why = check(import, &work->order, row);
	if (why)
		return why;
	work->order.line++;
	work->order.sku = row->sku;
	work->order.quantity = row->quantity;
	work->order.unit_price = row->unit_price;
	return store_queue(store,
	                   "insert into order_line (order_id, line, sku, quantity, unit_price,"
	                   " unit_price_currency) values (:id, :line, :sku, :quantity,"
	                   " :unit_price, :unit_price_currency)", &entry_shape, &work->order)
	       ? NULL : IMPORT_STORE_FAILED;
}

static const char *add_up(UNUSED struct import *import, struct store *store, void *context)
{
	const struct work *work = context;
	struct entry all = { .import_mark = work->mark };

	return store_change(store,
	                    "update orders set"
	                    " total = (select sum(quantity * unit_price) from order_line"
	                    "  where order_id = orders.id),"
	                    " units = (select sum(quantity) from order_line where order_id ="
	                    " orders.id) where import_mark = :import_mark", &entry_shape, &all) >= 0
	       ? NULL : IMPORT_STORE_FAILED;
}

/* ---- The command ---- */

struct request {
	const char *path;
	const char *currency;
	bool dry_run;
};

static bool is_currency(const char *text)
{
	return strlen(text) == 3 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
}

/* False: it has said what is wrong. */
static bool read_arguments(int argc, char **argv, struct request *request)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--dry-run") == 0)
			request->dry_run = true;
		else if (strcmp(argv[i], "--currency") == 0 && i + 1 < argc)
			request->currency = argv[++i];
		else if (strncmp(argv[i], "--currency=", 11) == 0)
			request->currency = argv[i] + 11;
		else if (argv[i][0] == '-' || request->path)
			return fprintf(stderr, "import: %s is not understood\n", argv[i]), false;
		else
			request->path = argv[i];
	}
	if (!request->path)
		return fputs("import: name the file\n", stderr), false;
	if (request->currency && !is_currency(request->currency))
		return fprintf(stderr, "import: --currency %s: expected an ISO 4217 code such as"
		                       " GBP\n",
		               request->currency), false;
	return true;
}

int import_orders(struct store *store, int argc, char **argv)
{
	struct request request = { 0 };
	struct work work = { .mark = id_number() | 1 };

	if (!read_arguments(argc, argv, &request)) {
		fputs("usage: mcp-orders import FILE.csv|URL --currency GBP"
		      " [--dry-run]\n", stderr);
		return 2;
	}
	int status = import_file(store, request.path, request.dry_run, &(struct import_spec) {
		.what = "order lines", .row = &row_shape, .currency = request.currency,
		.each = add_row, .finish = add_up, .context = &work,
	});
	arena_destroy(work.arena);
	return status;
}
