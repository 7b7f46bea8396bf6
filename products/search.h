/* search.h - finding products: by words, ranked, or as a list in some order. */
#ifndef SEARCH_H
#define SEARCH_H

#include "product.h"
#include "words.h"

enum { CANDIDATES_MAX = 2000 };

enum sort { BY_RELEVANCE, BY_PRICE, BY_PRICE_DOWN, BY_NAME, BY_NEWEST };

/* A product that was found: what orders it, and what a cursor remembers. */
struct hit {
	int64_t id, rank, price;
	const char *name_words, *sku_key;
};

/* What is looked for, and the parameters of the statements that look. */
struct look {
	struct words words;     /* none: everything, as a list */
	enum sort sort;
	const char *match;      /* the condition of the full-text index: look_for_words() */
	const char *runs;       /* and what the index can't tell; NULL: nothing */
	const char *category;   /* folded; these are NULL, or absent, where they do not matter */
	const char *currency;
	int64_t price_min, price_max;
	bool has_price_min, has_price_max, in_stock;
	int64_t now, limit;
	const struct hit *after;                /* the last of the page before; NULL: none */
	int64_t after_price, after_id;
	const char *after_name;
};

extern SHAPE_OF(look_shape, struct look);

/* Fills in match and runs from words and category, as this database has them. */
void look_for_words(struct look *look, struct store *store, struct arena *arena);

struct hits {
	struct hit *first;      /* in order; of a list at most look.limit */
	int64_t count;
	int64_t matches;        /* how many there are in all; -1: not counted */
	bool capped;            /* there are more, which were not looked at */
};

/* False: the store failed. */
bool find_by_words(struct store *store, struct arena *arena, const struct look *look,
                   struct hits *hits);
bool find_as_list(struct store *store, struct arena *arena, const struct look *look,
                  struct hits *hits);
/* The products of hits, in their order. NULL: the store failed. `count` may be less: one may be
 * gone by now. */
struct product *find_products(struct store *store, struct arena *arena, const struct hits *hits,
                              int64_t *count);

#define HIT_SQL "select p.id, p.name_words, p.sku_key, p.price from "
#define FILTER_SQL \
	" and (:currency is null or p.price_currency = :currency)" \
	" and (:price_min is null or p.price >= :price_min)" \
	" and (:price_max is null or p.price <= :price_max)" \
	" and (:in_stock = 0 or p.stock > " HELD_SQL ")"

/* SQL over `product p`, and of SQLite `product_words w`: it has the words. On PostgreSQL by an index on
 * this expression (schema.c). */
#define WORDS_SQLITE "product_words w cross join product p on p.id = w.rowid where product_words match :match"
#define WORDS_POSTGRESQL "product p where product_words(p.name_words, p.other_words) @@ :match::tsquery"
/* ... and the runs. */
#define RUNS_SQLITE " and not exists (select 1 from json_each(:runs) r" \
	" where instr(p.name_words, r.value) = 0 and instr(p.other_words, r.value) = 0)"
#define RUNS_POSTGRESQL " and not exists (select 1 from unnest(string_to_array(:runs, ' ')) r" \
	" where strpos(p.name_words, r) = 0 and strpos(p.other_words, r) = 0)"

extern SHAPE_OF(hit_shape, struct hit);

#endif
