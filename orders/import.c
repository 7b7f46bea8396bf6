/* import.c - mcp-orders import FILE.csv|URL: orders of an earlier system, one line an item.
 *
 * They are delivered orders with their own numbers. The lines of an order may come scattered over
 * the file. An order that was imported before is replaced; what happened to it since, returns for
 * instance, stays. Goods that came back are no lines of an order, so quantities are positive. */
#include "customer.h"
#include "import.h"
#include "money.h"

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

static SHAPE(row_shape, struct row,
	TEXT(struct row, order, "Number of the order", .required = true, AT_MOST(64)),
	TIME(struct row, placed_at, "When it was placed", .required = true),
	TEXT(struct row, customer, "Who bought", .required = true, AT_MOST(200)),
	TEXT(struct row, country, "Where it went", .required = true, AT_MOST(100)),
	TEXT(struct row, sku, "The product", .required = true, AT_MOST(64)),
	INT(struct row, quantity, "How many units", .required = true, AT_LEAST(1),
	    AT_MOST(1000000)),
	MONEY(struct row, unit_price, "Price of one", .required = true));

/* An order of the file, or one of its lines, for the statements. */
struct entry {
	const char *id;
	const char *customer, *customer_key, *country;
	const char *caller;
	int64_t placed_at;
	int64_t units;
	struct money total;
	int64_t line;
	const char *sku;
	int64_t quantity;
	struct money unit_price;
};

static SHAPE(entry_shape, struct entry,
	TEXT(struct entry, id, ""),
	TEXT(struct entry, customer, ""),
	TEXT(struct entry, customer_key, ""),
	TEXT(struct entry, country, ""),
	TEXT(struct entry, caller, ""),
	TIME(struct entry, placed_at, ""),
	INT(struct entry, units, ""),
	MONEY(struct entry, total, ""),
	INT(struct entry, line, ""),
	TEXT(struct entry, sku, ""),
	INT(struct entry, quantity, ""),
	MONEY(struct entry, unit_price, ""));

/* ---- Whether it can be ---- */

static const char *key(struct arena *arena UNUSED, const void *in)
{
	const struct row *row = in;

	return row->order;
}

static const char *check(struct import *import, struct arena *arena UNUSED, const void *in)
{
	const struct row *row = in;

	if (row->unit_price.minor < 0 || row->unit_price.minor > PRICE_MAX)
		return import_why(import, "unit_price must be from 0 to %lld.00",
		                  (long long)(PRICE_MAX / 100));
	return NULL;
}

/* A line says the same of its order as the first one. */
static void compare(struct import *import, const struct row *row, int64_t line,
                    const struct row *first)
{
	if (strcmp(first->customer, row->customer) != 0)
		import_bad(import, line, "order %s has customer %s on another line", row->order,
		           first->customer);
	else if (strcmp(first->country, row->country) != 0)
		import_bad(import, line, "order %s has country %s on another line", row->order,
		           first->country);
	else if (strcmp(first->unit_price.currency, row->unit_price.currency) != 0)
		import_bad(import, line, "order %s has currency %s on another line", row->order,
		           first->unit_price.currency);
}

/* False: it is more than can be counted. */
static bool add_up(const struct import_group *group, struct entry *order)
{
	const struct row *rows = group->rows;

	order->total.currency = rows->unit_price.currency;
	for (int64_t i = 0; i < group->count; i++) {
		if (!sum_add(&order->units, rows[i].quantity, 1)
		    || !sum_add(&order->total.minor, rows[i].unit_price.minor, rows[i].quantity))
			return false;
	}
	return true;
}

/* Orders placed here have random numbers, so none is placed under one of these meanwhile. */
static bool judge(struct import *import, struct store *store, struct arena *arena,
                  const struct import_group *group)
{
	const struct row *rows = group->rows;
	struct entry order = { .id = rows->order }, known;

	for (int64_t i = 1; i < group->count; i++)
		compare(import, &rows[i], group->lines[i], rows);
	if (!add_up(group, &order))
		import_bad(import, group->lines[0], "order %s is worth too much to be counted",
		           rows->order);
	int found = store_find_one(store, arena, "select caller from orders where id = :id", entry_shape,
	                           &order, entry_shape, &known);
	if (found == 1 && known.caller)
		import_bad(import, group->lines[0], "order %s was placed here, so it is not replaced",
		           rows->order);
	return found >= 0;
}

/* ---- Taking it ---- */

static bool replace(struct store *store, const struct entry *order)
{
	return store_queue(store,
	                   "insert into orders (id, customer, status, placed_at, delivered_at,"
	                   " country, units, total, total_currency, customer_key) values (:id, :customer,"
	                   " 'delivered', :placed_at, :placed_at, :country, :units, :total,"
	                   " :total_currency, :customer_key) on conflict (id) do update set customer ="
	                   " excluded.customer, customer_key = excluded.customer_key, placed_at = excluded.placed_at, delivered_at ="
	                   " excluded.delivered_at, country = excluded.country, units ="
	                   " excluded.units, total = excluded.total, total_currency ="
	                   " excluded.total_currency", entry_shape, order)
	       && store_queue(store, "delete from order_line where order_id = :id", entry_shape, order)
	       && store_queue(store,
	                      "insert into order_event (order_id, seq, at, actor, to_status, note)"
	                      " values (:id, 1, :placed_at, '" ACTOR "', 'delivered',"
	                      " 'Imported as delivered on the day it was placed')"
	                      " on conflict (order_id, seq) do update set at = excluded.at",
	                      entry_shape, order);
}

static bool add_line(struct store *store, struct entry *order, const struct row *row)
{
	order->line++;
	order->sku = row->sku;
	order->quantity = row->quantity;
	order->unit_price = row->unit_price;
	return store_queue(store,
	                   "insert into order_line (order_id, line, sku, quantity, unit_price,"
	                   " unit_price_currency) values (:id, :line, :sku, :quantity,"
	                   " :unit_price, :unit_price_currency)", entry_shape, order);
}

static bool take(struct store *store, struct arena *arena, const struct import_group *group)
{
	const struct row *rows = group->rows;
	struct entry order = {
		.id = rows->order, .customer = rows->customer, .country = rows->country,
		.placed_at = rows->placed_at, .customer_key = customer_key(arena, rows->customer),
	};

	bool done = add_up(group, &order) && replace(store, &order);
	for (int64_t i = 0; i < group->count && done; i++)
		done = add_line(store, &order, &rows[i]);
	return done;
}

static const char *const codes[] = { "order", "sku", NULL };

static const struct import_spec spec = {
	.what = "order lines", .row = row_shape, .codes = codes,
	.key = key, .check = check, .judge = judge, .take = take,
};

/* ---- The command ---- */

static const char usage[] =
	"usage: mcp-orders import FILE.csv|URL --currency GBP [--dry-run] [--map COLUMN=FIELD]\n";

int import_orders(struct store *store, int argc, char **argv)
{
	return import_command(store, argc, argv, &spec, usage);
}

void help_import(void)
{
	import_help(&spec, usage);
}

int64_t finish_import(struct store *store)
{
	return import_go_on(store, &spec);
}
