/* main.c - mcp-products: an MCP server over a shop's catalogue and its stock. */
#include "import.h"
#include "product.h"

extern const struct mcp_file skills[];          /* skills/ */

static const struct mcp_tool tools[] = {
	{ "search_products", "Search products",
	  "Finds products by words, category, price and availability, or lists the catalogue. Use"
	  " it whenever a customer describes what they want, or to learn an SKU. Returns SKU, name,"
	  " brand, category, price, picture and how many are available, page by page; get_product"
	  " has the rest.",
	  .in = search_shape, .out = found_shape, .scope = "products:read",
	  .blocks = true, .run = search_products,
	  .meta = "{\"ui\":{\"resourceUri\":\"ui://products/search\"}}" },
	{ "get_product", "Get a product",
	  "Everything about one product: description, price, stock, what is available now, a"
	  " picture. Use it when you know the SKU; if it is mistyped, the answer names SKUs that"
	  " look like it.",
	  .in = sku_shape, .out = product_shape, .scope = "products:read",
	  .run = get_product },
	{ "list_categories", "List categories",
	  "The categories of the catalogue and how many products are in each. Use it to see what"
	  " the shop has, or to find the right name for search_products' category.",
	  .out = categories_shape, .scope = "products:read", .blocks = true,
	  .run = list_categories },
	{ "check_stock", "Check stock",
	  "Says for many products at once whether so many units can be ordered now. Use it before"
	  " promising availability; it holds nothing. Unknown SKUs are named, not an error.",
	  .in = check_shape, .out = checked_shape, .scope = "products:read",
	  .run = check_stock },

	{ "reserve_stock", "Reserve stock",
	  "Holds units of several products for an order for 15 minutes, all of them or none, and"
	  " returns their names and prices at this moment. Commit the reservation to take them, or"
	  " release it. It is yours alone: under another caller's key nobody finds it. For the order"
	  " service; customers' orders are placed with its create_order.",
	  .in = reserve_shape, .out = reservation_shape, .scope = "stock:reserve",
	  .changes = true, .idempotent = true, .blocks = true, .run = reserve_stock },
	{ "commit_reservation", "Commit a reservation",
	  "Takes the units of a reservation from the shelf for good: the order is placed. Sent"
	  " again it changes nothing. One that expired is committed if the stock is still there.",
	  .in = reservation_id_shape, .out = reservation_shape, .scope = "stock:reserve",
	  .changes = true, .idempotent = true, .blocks = true, .run = commit_reservation },
	{ "release_reservation", "Release a reservation",
	  "Gives back what a reservation holds: the order was not placed. Works for an id that was"
	  " never reserved too, which then can't be reserved any more. A committed reservation"
	  " can't be released; its stock comes back with restock.",
	  .in = reservation_id_shape, .out = reservation_shape, .scope = "stock:reserve",
	  .changes = true, .destroys = true, .idempotent = true, .blocks = true,
	  .run = release_reservation },
	{ "check_reservation", "Check a reservation",
	  "Tells what became of a reservation: held, committed, released, expired or unknown, with"
	  " its items. Use it after an interruption, to learn whether an order was placed.",
	  .in = reservation_id_shape, .out = reservation_shape, .scope = "stock:reserve",
	  .run = check_reservation },
	{ "restock", "Restock",
	  "Puts units back on the shelf after a cancelled order, a return or a delivery: all of"
	  " them or none, and once for each restock_id however often it is sent.",
	  .in = restock_shape, .out = restocked_shape, .scope = "stock:restock", .changes = true,
	  .idempotent = true, .blocks = true, .run = restock },

	{ "update_product", "Update a product",
	  "Changes price, stock or texts of one product; what is not given stays. For staff. To add"
	  " or take away units pass stock_change; to set a counted stock pass stock with"
	  " if_version. Returns the product as it is now.",
	  .in = update_shape, .out = product_shape, .scope = "products:write", .changes = true,
	  .destroys = true, .blocks = true, .run = update_product },
	{ 0 },
};

static const struct mcp_resource resources[] = {
	{ "product://{sku}", "product", "A product",
	  "One product of the catalogue: texts, price and what is available now. Subscribe to it to"
	  " hear of changes.",
	  .mime = "application/json", .in = sku_shape, .out = product_shape,
	  .scope = "products:read", .run = read_product, .complete = complete_sku,
	  .database_tells = true },
	{ "catalog://categories", "categories", "Categories",
	  "The categories of the catalogue, with how many products are in each.",
	  .mime = "application/json", .out = categories_shape, .scope = "products:read",
	  .blocks = true, .run = list_categories },
	{ "catalog://categories/{category}", "category", "A category",
	  "The products of one category: price and what is available now. Subscribe to it to hear of those"
	  " that come, go or are changed; of stock that is reserved or sold each product tells itself.",
	  .mime = "application/json", .in = category_named_shape, .out = category_page_shape,
	  .scope = "products:read", .run = read_category,
	  .complete = complete_category },
	{ "ui://products/search", "search", "Products as cards",
	  "The page on which an MCP Apps host shows what search_products found.",
	  .mime = "text/html;profile=mcp-app", .scope = "products:read", .run = search_page,
	  .meta = search_page_meta },
	{ 0 },
};

static const struct mcp_prompt prompts[] = {
	{ "compare_products", "Compare products",
	  "Sets two or more products side by side, with their real prices and stock.",
	  .in = compare_shape, .scope = "products:read", .run = compare_products,
	  .complete = complete_skus },
	{ "recommend_product", "Recommend a product",
	  "Finds a product for an occasion, within a budget, among what is in stock.",
	  .in = recommend_shape, .scope = "products:read", .blocks = true,
	  .run = recommend_product, .complete = complete_category },
	{ 0 },
};

static const struct mcp_job jobs[] = {
	{ "hint", hint_when_empty },
	{ "import", finish_import },
	{ "words", refold_words },
	{ 0 },
};

static const struct mcp_command commands[] = {
	{ "import", "import FILE.csv|URL [--dry-run] [--currency GBP]",
	  "Loads products from a CSV file or an https URL, all of it or nothing; import --help has more",
	  import_products, help_import },
	{ 0 },
};

static const struct setting settings[] = {
	{ .name = "IMAGE_ORIGINS", .kind = SETTING_LIST, .standard = "https://images.example.com",
	  .about = "Where pages may load the products' pictures from" },
	IMPORT_SETTINGS,
	{ 0 },
};

int main(int argc, char **argv)
{
	return mcp_main(&(struct mcp_server) {
		.name = "products", .title = "Products", .version = "1.0.0", .port = 8081,
		.instructions =
			"The catalogue and the stock of a shop. Search before you name a product,"
			" and quote names, prices and availability only from what a tool returned."
			" Amounts are in minor units: {\"amount\": 1250, \"currency\": \"GBP\"} is"
			" 12.50 pounds. What is `available` can be ordered now; `stock` also counts"
			" units held for other orders. Results that go on have a next_cursor. To"
			" place an order use the orders server: it reserves and takes the stock"
			" itself.",
		.tools = tools, .resources = resources, .prompts = prompts, .skills = skills,
		.jobs = jobs, .commands = commands, .settings = settings, .migrations = product_migrations,
		.scopes = "products:read products:write stock:reserve stock:restock",
		.database = "sqlite:products.db", .counts = "select count(*) as count from product",
		.start = search_page_start,
	}, argc, argv);
}
