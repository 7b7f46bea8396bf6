/* tools_products.c - products, as tools.h runs it. */
#include "product.h"
#include "tools.h"

static const struct tool tools[] = {
	{ "search_products", search_products, search_shape, found_shape },
	{ "get_product", get_product, sku_shape, product_shape },
	{ "read_product", read_product, sku_shape, product_shape },
	{ "list_categories", list_categories, NULL, categories_shape },
	{ "check_stock", check_stock, check_shape, checked_shape },
	{ "reserve_stock", reserve_stock, reserve_shape, reservation_shape },
	{ "commit_reservation", commit_reservation, reservation_id_shape, reservation_shape },
	{ "release_reservation", release_reservation, reservation_id_shape, reservation_shape },
	{ "check_reservation", check_reservation, reservation_id_shape, reservation_shape },
	{ "restock", restock, restock_shape, restocked_shape },
	{ "update_product", update_product, update_shape, product_shape },
	{ "compare_products", compare_products, compare_shape, NULL },
	{ "recommend_product", recommend_product, recommend_shape, NULL },
	{ "read_category", read_category, category_named_shape, category_page_shape },
	{ 0 },
};

struct program products = {
	.name = "products", .tools = tools, .migrations = product_migrations,
	.empty = "delete from reservation_item; delete from reservation; delete from restock_item;"
	         " delete from restock; delete from product",
	.empty_sqlite = "insert into product_words (product_words) values ('delete-all')",
};
