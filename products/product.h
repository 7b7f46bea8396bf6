/* product.h - what the tools of this server share: a product, its row, and the ways to it. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "mcp.h"

#define UNAVAILABLE "The catalogue is unavailable; try again shortly."

enum {
	SKU_MAX = 64, NAME_MAX_LETTERS = 200, TEXT_MAX = 4000, LABEL_MAX = 100, URL_MAX = 500,
	ITEMS_MAX = 100,
};
#define QUANTITY_MAX 1000000
#define STOCK_MAX 1000000000000
#define PRICE_MAX 1000000000000

struct product {
	int64_t id;
	const char *sku, *name, *description, *brand, *category, *image_url;
	struct money price;
	int64_t stock;                  /* on the shelf */
	int64_t held;                   /* of those, held by reservations that have not expired */
	int64_t available;              /* the rest: product_settle() */
	int64_t version, updated_at;

	/* What is derived for finding it, by product_index(). */
	const char *sku_key, *category_key, *name_words, *other_words;
};

extern SHAPE_OF(product_shape, struct product);        /* as get_product answers it */
extern SHAPE_OF(brief_shape, struct product);          /* as a list answers it */
extern SHAPE_OF(row_shape, struct product);            /* the whole row, for writing it */

/* SQL over `product p`, with the parameter :now: what reservations hold of it. A reservation that
 * expired holds nothing from that moment on: nobody has to come by and release it. */
#define HELD_SQL \
	"coalesce((select sum(h.quantity) from reservation_item h where h.product_id = p.id" \
	" and h.held = 1 and h.expires_at > :now), 0)"
/* The columns of product_shape. */
#define PRODUCT_SQL \
	"p.sku, p.name, p.description, p.brand, p.category, p.image_url, p.price," \
	" p.price_currency, p.stock, p.version, p.updated_at, " HELD_SQL " as held"

/* SQL over `product p`, as the index product_old_words has it: its words do not end with WORDS_MARK. */
#define OLD_WORDS_SQL "substr(p.other_words, length(p.other_words) - 1) <> '  '"

/* A product by its SKU in any case: 1, 0 for none, -1 where the store failed. */
int product_find(struct store *store, struct arena *arena, const char *sku,
                 struct product *product);
/* The answer where a transaction did not commit: its refusal, if that is why (NULL: it gave none). Of one that
 * failed nothing that it saw is sure. */
enum mcp_answer product_unchanged(struct mcp_call *call, enum store_outcome outcome, const char *refusal);
/* A count of the shelf may leave less on it than is held: then nothing is available. */
int64_t stock_left(int64_t stock, int64_t held);
void product_settle(struct product *product);
/* Fills in what is derived from its texts. */
void product_index(struct arena *arena, struct product *product);
/* Brings the search index up to date with a row that was written, in the same transaction: `before`
 * as it was (NULL: new), `after` as it is, both with their words. False: the store failed. */
bool product_reindex(struct store *store, const struct product *before,
                     const struct product *after);
/* NULL, or what is wrong with it, in words that begin with the field's name. */
const char *product_trouble(struct arena *arena, const struct product *product);
/* NULL for an empty text: "" in a change takes a text away. */
const char *product_text(const char *text);

/* product://SKU, percent-encoded where it must be. */
const char *product_uri(struct arena *arena, const char *sku);
void product_changed(struct mcp_call *call, const char *sku);

/* "There is no product with SKU X." and what to do instead, with SKUs that are near; NULL where
 * the store failed. */
const char *product_missing(struct store *store, struct arena *arena, const char *sku);

/* ---- The tools, resources, prompts and commands of the tables in main.c ---- */

mcp_tool_fn search_products, get_product, list_categories, check_stock;
mcp_tool_fn reserve_stock, commit_reservation, release_reservation, check_reservation;
mcp_tool_fn restock, update_product;
mcp_tool_fn read_product, read_category;
mcp_complete_fn complete_sku, complete_skus, complete_category;
mcp_tool_fn compare_products, recommend_product;
mcp_tool_fn search_page;
int import_products(struct store *store, int argc, char **argv);
void help_import(void);
int64_t finish_import(struct store *store);             /* a job: what an import left half done */
int64_t hint_when_empty(struct store *store);
int64_t refold_words(struct store *store);              /* another: words of another version */

extern SHAPE_OF(search_shape, struct search);
extern SHAPE_OF(found_shape, struct found);
extern SHAPE_OF(sku_shape, struct product);                    /* { sku } */
extern SHAPE_OF(categories_shape, struct categories);
extern SHAPE_OF(category_named_shape, struct category_page);
extern SHAPE_OF(category_page_shape, struct category_page);
extern SHAPE_OF(check_shape, struct check);
extern SHAPE_OF(checked_shape, struct checked);
extern SHAPE_OF(reserve_shape, struct reserve);
extern SHAPE_OF(reservation_id_shape, struct reserve);
extern SHAPE_OF(reservation_shape, struct answer);
extern SHAPE_OF(restock_shape, struct restock);
extern SHAPE_OF(restocked_shape, struct restocked);
extern SHAPE_OF(update_shape, struct update);
extern SHAPE_OF(compare_shape, struct compare);
extern SHAPE_OF(recommend_shape, struct recommend);

/* What the page of search_products may do, as a resource's _meta. It depends on IMAGE_ORIGINS, so
 * search_page_start() writes it; false: that setting is wrong, and it has said how. */
enum { PAGE_META_MAX = 2048 };
extern char search_page_meta[PAGE_META_MAX];
bool search_page_start(void);

extern const struct migration product_migrations[];

#endif
