/* schema.c - the tables of the order book, as the steps that make them.
 *
 * Statuses  recording and committing are orders being placed, leased to who places them
 *           (placing.h); the rest is what callers see.
 * Errands   what products still has to be told, deleted once it was (errand.h). */
#include "import.h"
#include "order.h"

/* `key` is a text that is compared and ordered byte by byte, as SQLite does by itself. `clustered` keeps
 * what belongs to an order together on SQLite; PostgreSQL has no such word. */
#define TABLES(key, clustered) \
	"create table orders (" \
	" id " key " primary key," \
	" customer " key " not null," \
	" status text not null check (status in ('recording', 'committing', 'pending', 'paid'," \
	"  'packed', 'shipped', 'delivered', 'cancelled', 'returned'))," \
	" placed_at bigint not null," \
	" delivered_at bigint," \
	" units bigint not null default 0," \
	" total bigint not null default 0," \
	" total_currency text," \
	" name text, line1 text, line2 text, city text, postal_code text," \
	" country text not null," \
	" caller text," \
	" idempotency_key text," \
	" request_hash bigint," \
	" lease_owner bigint," \
	" lease_until bigint," \
	" import_mark bigint," \
	" unique (caller, idempotency_key)" \
	");" \
	"create index orders_customer on orders (customer, placed_at, id);" \
	"create index orders_status on orders (status, placed_at, id);" \
	"create index orders_placed on orders (placed_at, id);" \
	"create index orders_lease on orders (lease_until) where lease_until is not null;" \
	"create table order_line (" \
	" order_id " key " not null references orders (id)," \
	" line bigint not null," \
	" sku " key " not null," \
	" name text," \
	" quantity bigint not null check (quantity > 0)," \
	" unit_price bigint not null check (unit_price >= 0)," \
	" unit_price_currency text not null," \
	" primary key (order_id, line)" \
	")" clustered ";" \
	"create table order_event (" \
	" order_id " key " not null references orders (id)," \
	" seq bigint not null," \
	" at bigint not null," \
	" actor text not null," \
	" from_status text," \
	" to_status text not null," \
	" note text," \
	" primary key (order_id, seq)" \
	")" clustered ";" \
	"create table return_request (" \
	" id " key " primary key," \
	" order_id " key " not null references orders (id)," \
	" state text not null check (state in ('requested', 'received'))," \
	" reason text not null," \
	" requested_at bigint not null," \
	" requested_by text not null," \
	" received_at bigint," \
	" received_by text," \
	" idempotency_key text," \
	" unique (requested_by, idempotency_key)" \
	");" \
	"create index return_request_order on return_request (order_id, requested_at);" \
	"create table return_line (" \
	" return_id " key " not null references return_request (id)," \
	" sku " key " not null," \
	" quantity bigint not null check (quantity > 0)," \
	" primary key (return_id, sku)" \
	")" clustered ";" \
	"create table errand (" \
	" id " key " primary key," \
	" kind text not null check (kind in ('release', 'cancel', 'return'))," \
	" order_id " key " not null," \
	" return_id text," \
	" lease_owner bigint not null," \
	" lease_until bigint not null," \
	" attempts bigint not null default 0," \
	" trouble text" \
	");" \
	"create index errand_lease on errand (lease_until);" \
	"create index errand_order on errand (order_id)"

/* Whoever follows an order hears of it, whichever program changed it. */
static const char changes_postgresql[] =
	"create function order_changed() returns trigger language plpgsql as $$ begin"
	"  perform pg_notify('mcp_changed', 'order://' || new.id); return null; end; $$;"
	"create trigger order_changed after update of status on orders"
	" for each row when (old.status is distinct from new.status"
	" and new.status not in ('recording', 'committing'))"
	" execute function order_changed();";

/* And of a customer, whose list has its status: as text_in_uri() writes the name. */
static const char customers_postgresql[] =
	"create function name_in_uri(name text) returns text language sql immutable"
	" return (select string_agg("
	"  case when chr(get_byte(bytes, i)) ~ '[A-Za-z0-9._~-]' and get_byte(bytes, i) < 128"
	"  then chr(get_byte(bytes, i)) else '%' || upper(lpad(to_hex(get_byte(bytes, i)), 2, '0')) end,"
	"  '' order by i) from convert_to(name, 'UTF8') as bytes,"
	"  generate_series(0, length(bytes) - 1) as i);"
	"create or replace function order_changed() returns trigger language plpgsql as $$ begin"
	"  perform pg_notify('mcp_changed', 'order://' || new.id);"
	"  perform pg_notify('mcp_changed', 'customer://' || name_in_uri(new.customer)); return null; end; $$;";

/* Numbers are found in any case. A customer's name is completed from what its key begins with (customer.c);
 * rows without one are of an earlier release. */
#define LOOKUPS(key) \
	"create index orders_number on orders (lower(id), id);" \
	"alter table orders add column customer_key " key ";" \
	"create index orders_customer_key on orders (customer_key)" \
	" where status not in ('recording', 'committing');" \
	"create index orders_customer_keyless on orders (id) where customer_key is null"

/* An order being placed changes its status twice, and nobody lists those: list.c says so in these very words, which
 * is how SQLite knows. All others say it in other words, so that it does not take this index for theirs. */
static const char statuses[] =
	"drop index orders_status;"
	"create index orders_status on orders (status, placed_at, id)"
	" where status <> 'recording' and status <> 'committing'";

const struct migration order_migrations[] = {
	{ "1-orders", .sqlite = TABLES("text", " without rowid"),
	  .postgres = TABLES("text collate \"C\"", "") },
	{ "2-changes", .sqlite = "", .postgres = changes_postgresql },
	IMPORT_MIGRATION("3-import"),
	{ "4-lookups", .sqlite = LOOKUPS("text"), .postgres = LOOKUPS("text collate \"C\"") },
	{ "5-statuses", .sqlite = statuses, .postgres = statuses },
	{ "6-customers", .sqlite = "", .postgres = customers_postgresql },
	{ 0 },
};
