/* main.c - mcp-orders: an MCP server over an order book. What it offers, as tables. */
#include "catalogue.h"
#include "customer.h"
#include "import.h"
#include "placing.h"
#include "track.h"
#include "version.h"

extern const struct mcp_file skills[];          /* skills/ */

/* Scopes: orders:read sees every order, orders:write acts for customers, orders:own does both for one
 * customer's orders, orders:staff moves goods, reports:read sees the figures. */
static const struct mcp_tool tools[] = {
	{ "create_order", "Create an order",
	  "Places an order: takes the prices of this moment from the catalogue, reserves the stock"
	  " and records the order, all or nothing. Use a new idempotency_key for each order and the"
	  " same one to repeat a call that seems to have failed; it never orders twice.",
	  .in = create_shape, .out = order_shape, .scope = "orders:write orders:own",
	  .changes = true, .idempotent = true, .blocks = true, .run = create_order },
	{ "get_order", "Get an order",
	  "Tells everything about one order: items, prices, address, history and returns.",
	  .in = order_named_shape, .out = order_shape, .scope = "orders:read orders:own", .run = get_order },
	{ "list_orders", "List orders",
	  "Finds orders by customer, status and the dates they were placed, the newest first.",
	  .in = list_shape, .out = listed_shape, .scope = "orders:read orders:own", .run = list_orders },
	{ "cancel_order", "Cancel an order",
	  "Cancels an order that has not shipped and puts its goods back on sale. The person is"
	  " asked first. This cannot be undone.",
	  .in = cancel_shape, .out = order_shape, .scope = "orders:write orders:own",
	  .changes = true, .destroys = true, .idempotent = true, .blocks = true,
	  .run = cancel_order },
	{ "update_order_status", "Update an order's status",
	  "For staff: moves an order one step on, from pending to paid, packed, shipped, delivered."
	  " A step cannot be taken back. cancel_order and request_return do the rest.",
	  .in = status_shape, .out = order_shape, .scope = "orders:staff",
	  .changes = true, .idempotent = true, .blocks = true, .run = update_order_status },
	{ "track_order", "Track an order",
	  "Tells what happened to an order so far. With follow: true it also waits and reports each"
	  " change as progress, until the order is delivered or wait_seconds are over.",
	  .in = track_shape, .out = tracked_shape, .scope = "orders:read orders:own",
	  .deadline_ms = TRACK_DEADLINE_MS, .run = track_order,
	  .meta = "{\"ui\":{\"resourceUri\":\"ui://orders/track\"}}" },
	{ "request_return", "Request a return",
	  "Announces that items of a delivered order come back, within 30 days after delivery."
	  " Stock rises when staff receives them (receive_return).",
	  .in = request_return_shape, .out = return_shape, .scope = "orders:write orders:own",
	  .changes = true, .blocks = true, .run = request_return },
	{ "receive_return", "Receive a return",
	  "For staff: the items of a return have arrived. They go back on sale, and an order that"
	  " came back as a whole becomes returned.",
	  .in = receive_return_shape, .out = return_shape, .scope = "orders:staff",
	  .changes = true, .idempotent = true, .blocks = true, .run = receive_return },
	{ "sales_report", "Report on sales",
	  "Adds up orders, units and revenue of a period by day, month, country or product, each"
	  " currency for itself. Cancelled orders do not count; goods that came back are not taken"
	  " off.",
	  .in = report_shape, .out = reported_shape, .scope = "reports:read", .blocks = true,
	  .runs_long = true, .run = sales_report },
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "order://{id}", "order", "An order",
	  "One order with items, prices, address, history and returns. Subscribe to hear of"
	  " changes.",
	  "application/json", .in = order_named_shape, .out = order_shape, .scope = "orders:read orders:own",
	  .run = read_order, .complete = complete_order, .database_tells = true,
	  .sees = sees_order, .sees_all = "orders:read" },
	{ "customer://{customer}", "customer", "A customer's orders",
	  "The orders of one customer, the newest first. Subscribe to hear of changes.",
	  "application/json", .in = customer_named_shape, .out = listed_shape,
	  .scope = "orders:read orders:own", .run = read_customer, .complete = complete_customer,
	  .sees = sees_customer, .sees_all = "orders:read", .database_tells = true },
	{ "ui://orders/track", "track", "An order's timeline",
	  "The page on which an MCP Apps host shows what track_order tells.",
	  .mime = "text/html;profile=mcp-app", .scope = "orders:read orders:own", .run = track_page,
	  .meta = "{\"ui\":{\"csp\":{},\"prefersBorder\":true}}" },
	{ 0 },
};

static const struct mcp_prompt prompts[] = {
	{ "explain_order", "Explain an order to its customer",
	  "An answer to a customer who asks about an order, from its real history.",
	  .in = explain_shape, .scope = "orders:read orders:own", .run = explain_order,
	  .complete = complete_order },
	{ "review_sales", "Look back at a month's sales",
	  "What sold best in a month, and where it went, from the real figures.",
	  .in = review_shape, .scope = "reports:read", .blocks = true, .run = review_sales,
	  .complete = complete_month },
	{ 0 },
};

static const struct mcp_job jobs[] = {
	{ "recover", recover },
	{ "import", finish_import },
	{ "customers", key_customers },
	{ 0 },
};

static const struct mcp_counter counters[] = {
	[ORDERS_PLACED] = { "orders_placed_total", "Orders that were placed, each once." },
	[ORDERS_UNSETTLED] = { "orders_unsettled", "Orders that are being placed, or wait to be settled, when last looked." },
	[ORDERS_ERRANDS] = { "orders_errands", "What products still has to be told: stock that is released or comes back." },
	{ 0 },
};

static const struct mcp_command commands[] = {
	{ "import", "import FILE.csv|URL --currency GBP [--dry-run]",
	  "Imports delivered orders from a CSV file or an https URL; import --help has more",
	  import_orders, help_import },
	{ 0 },
};

static const struct setting settings[] = {
	{ .name = "PRODUCTS_URL", .kind = SETTING_TEXT, .standard = "http://127.0.0.1:8081/mcp",
	  .about = "Where products is reached" },
	{ .name = "PRODUCTS_KEY", .kind = SETTING_TEXT,
	  .about = "The bearer key to call products with; a secret" },
	IMPORT_SETTINGS,
	{ 0 },
};

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "orders", .title = "Orders", .version = VERSION,
		.instructions =
			"The order book of a shop. Find an order with list_orders or get_order"
			" before acting on it. To sell something, take the SKU from the catalogue"
			" server (search_products) and call create_order with a new"
			" idempotency_key; if that fails without a clear answer, repeat it with the"
			" same key. Before shipping an order can be cancelled (cancel_order asks"
			" the person); after delivery use request_return. Amounts are in the"
			" currency's minor unit: {\"amount\": 1250, \"currency\": \"GBP\"} is 12.50"
			" pounds.",
		.port = 8082, .database = "sqlite:orders.db", .migrations = order_migrations,
		.scopes = "orders:own orders:read orders:write orders:staff reports:read", .own_scopes = "orders:own",
		.counts = "select count(*) as count from orders",
		.tools = tools, .resources = resources, .prompts = prompts, .skills = skills,
		.jobs = jobs, .commands = commands, .counters = counters, .settings = settings,
		.start = catalogue_start, .stop = catalogue_stop,
	}, argc, argv);
}
