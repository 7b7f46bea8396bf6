/* catalogue.c - looking at the catalogue: one product, the categories, and both as resources. */
#include "search.h"

enum mcp_answer get_product(struct mcp_call *call, const void *in, struct store *store)
{
	const struct product *wanted = in;
	struct product product;

	switch (product_find(store, mcp_arena(call), wanted->sku, &product)) {
	case 1:  return mcp_return(call, product_shape, &product);
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
	case 1:  return mcp_return(call, product_shape, &product);
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

static SHAPE(category_shape, struct category,
	TEXT(struct category, category, "Its name, as search_products takes it", .required = true),
	INT(struct category, products, "How many products are in it", .required = true));

SHAPE(categories_shape, struct categories,
	LIST(struct categories, categories, count, struct category, category_shape,
	     "By name", .required = true),
	INT(struct categories, count, "How many categories there are", .required = true));

enum mcp_answer list_categories(struct mcp_call *call, const void *in UNUSED, struct store *store)
{
	ROWS(struct category) rows;

	if (!store_find(store, mcp_arena(call),
	                "select min(category) as category, count(*) as products from product"
	                " where category_key is not null group by category_key"
	                " order by category_key",
	                NULL, NULL, category_shape, &rows))
		return mcp_fail(call, UNAVAILABLE);

	return mcp_return(call, categories_shape, &(struct categories) { rows.first, rows.count });
}

/* ---- The products of a category ---- */

enum { SHOWN_MAX = 100 };

struct category_page {
	const char *category;
	struct product *products;
	int64_t count;
	bool more;
};

SHAPE(category_named_shape, struct category_page,
	TEXT(struct category_page, category, "The category, as catalog://categories names it",
	     .required = true, AT_LEAST(1), AT_MOST(LABEL_MAX)));

SHAPE(category_page_shape, struct category_page,
	TEXT(struct category_page, category, "Its name", .required = true),
	LIST(struct category_page, products, count, struct product, brief_shape, "By name",
	     .required = true),
	INT(struct category_page, count, "How many are here", .required = true),
	BOOL(struct category_page, more, "True: there are more, which search_products lists",
	     .required = true));

enum mcp_answer read_category(struct mcp_call *call, const void *in, struct store *store)
{
	const struct category_page *wanted = in;
	struct arena *arena = mcp_arena(call);
	struct look look = {
		.sort = BY_NAME, .category = words_fold(arena, wanted->category), .now = now_ms(),
		.limit = SHOWN_MAX + 1,
	};
	struct category_page page = { 0 };
	struct hits hits;

	if (!find_as_list(store, arena, &look, &hits))
		return mcp_fail(call, UNAVAILABLE);
	page.more = hits.count > SHOWN_MAX;
	hits.count = page.more ? SHOWN_MAX : hits.count;
	page.products = find_products(store, arena, &hits, &page.count);
	if (!page.products)
		return mcp_fail(call, UNAVAILABLE);
	if (page.count == 0)
		return mcp_not_found(call, "There is no category %s.", wanted->category);
	page.category = page.products->category;
	return mcp_return(call, category_page_shape, &page);
}
