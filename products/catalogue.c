/* catalogue.c - looking at the catalogue: one product, the categories, and both as resources. */
#include "product.h"

enum mcp_answer get_product(struct mcp_call *call, const void *in, struct store *store)
{
	const struct product *wanted = in;
	struct product product;

	switch (product_find(store, mcp_arena(call), wanted->sku, &product)) {
	case 1:  return mcp_return(call, &product);
	case -1: return mcp_fail(call, UNAVAILABLE);
	}
	const char *why = product_missing(store, mcp_arena(call), wanted->sku);
	return mcp_fail(call, "%s", why ? why : UNAVAILABLE);
}

enum mcp_answer read_product(struct mcp_call *call, const void *in, struct store *store)
{
	const struct product *wanted = in;
	struct product product;

	switch (product_find(store, mcp_arena(call), wanted->sku, &product)) {
	case 1:  return mcp_return(call, &product);
	case -1: return mcp_fail(call, UNAVAILABLE);
	default: return mcp_not_found(call, "There is no product with SKU %s.", wanted->sku);
	}
}

/* ---- Categories ---- */

struct category {
	const char *category;
	int64_t products;
};

struct categories {
	struct category *categories;
	int64_t count;
};

static const struct shape category_shape = SHAPE(struct category,
	TEXT(struct category, category, "Its name, as search_products takes it", .required = true),
	INT(struct category, products, "How many products are in it", .required = true));

const struct shape categories_shape = SHAPE(struct categories,
	LIST(struct categories, categories, count, struct category, &category_shape,
	     "By name", .required = true),
	INT(struct categories, count, "How many categories there are", .required = true));

enum mcp_answer list_categories(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	struct rows rows;

	if (!store_find(store, mcp_arena(call),
	                "select min(category) as category, count(*) as products from product"
	                " where category_key is not null group by category_key"
	                " order by category_key",
	                NULL, NULL, &category_shape, &rows))
		return mcp_fail(call, UNAVAILABLE);

	return mcp_return(call, &(struct categories) { rows.first, rows.count });
}
