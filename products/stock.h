/* stock.h - lists of products and quantities, as the stock tools take them. */
#ifndef STOCK_H
#define STOCK_H

#include "product.h"

/* One item as it was asked for. */
struct item {
	const char *sku;
	int64_t quantity;
};

/* A product and how many of it: what an item turns into. */
struct line {
	int64_t product_id;
	const char *sku;                /* as the catalogue writes it */
	const char *name;
	int64_t quantity;
	struct money price;
	int64_t stock, held, available;
	int64_t position;
};

/* What was asked for that no product is. */
struct unknown {
	const char *sku, *key;          /* as it was written first; without case */
	int64_t quantity;
};

struct lines {
	struct line *first;
	int64_t count;
	struct unknown *unknown;
	int64_t unknown_count;
};

/* Whether what was made under an id of its maker's choice is this caller's. It is the maker's, by the name,
 * which outlives a key; what was made while nobody needed a key is everybody's, and everything is its who
 * needs none now. */
bool is_of(const char *maker, const char *caller);

extern SHAPE_OF(item_shape, struct item);           /* the quantity must be given */
extern SHAPE_OF(line_row_shape, struct line);       /* every column */

/* The columns of line_row_shape that a product has. */
#define LINE_STOCK_SQL "p.sku, p.stock, " HELD_SQL " as held"

/* What the items name. An SKU that comes twice, known or not, is one line with both quantities. False:
 * the store failed. */
bool lines_find(struct store *store, struct arena *arena, const struct item *items, int64_t count,
                struct lines *lines);
/* The same products in the same quantities. */
bool lines_same(const struct lines *a, const struct lines *b);
/* Settles what is available, after reading stock and held. */
void line_settle(struct line *line);
/* "KIT-0001 (5 asked for, 2 available), KIT-0002 (...)" of the lines there is too little of; ""
 * where there is enough of all. */
const char *lines_short(struct arena *arena, const struct lines *lines);
/* "No product has the SKU X or Y; ..."; NULL where all are known. */
const char *lines_unknown(struct arena *arena, const struct lines *lines);
/* The same lines in the order of their rows. Whoever changes more than one product goes by it: two that
 * went by their lists' orders would each wait for what the other holds. */
struct line **lines_by_row(struct arena *arena, const struct lines *lines);
/* Tells those who follow the products. */
void lines_changed(struct mcp_call *call, const struct lines *lines);

/* Adds line.quantity (it may be negative) to the stock: 1, 0 where that would leave less than
 * nothing or too much, -1 where the store failed. */
int line_add_stock(struct store *store, const struct line *line, int64_t quantity);

#endif
