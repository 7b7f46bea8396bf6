/* listing.c - the catalogue as a list, in an order that an index has, from where a page ended. */
#include <stdint.h>

#include "search.h"

/* With a category its own index narrows; without one the order's index is followed. */
#define LISTING(keyset, order) { \
	.all = HIT_SQL "product p where " keyset FILTER_SQL " order by " order " limit :limit", \
	.of_category = HIT_SQL "product p where p.category_key = :category and " keyset FILTER_SQL \
	" order by " order " limit :limit" }

static const struct { const char *all, *of_category; } statements[] = {
	[BY_PRICE] = LISTING("(p.price, p.id) > (:after_price, :after_id)", "p.price, p.id"),
	[BY_PRICE_DOWN] = LISTING("(p.price, p.id) < (:after_price, :after_id)",
	                          "p.price desc, p.id desc"),
	[BY_NAME] = LISTING("(p.name_words, p.id) > (:after_name, :after_id)",
	                    "p.name_words, p.id"),
	[BY_NEWEST] = LISTING("p.id < :after_id", "p.id desc"),
};

/* Before the first page. */
static const struct hit start[] = {
	[BY_PRICE] = { .name_words = "" },
	[BY_PRICE_DOWN] = { .price = INT64_MAX, .id = INT64_MAX, .name_words = "" },
	[BY_NAME] = { .name_words = "" },
	[BY_NEWEST] = { .id = INT64_MAX, .name_words = "" },
};

bool find_as_list(struct store *store, struct arena *arena, const struct look *look,
                  struct hits *hits)
{
	/* Without words nothing is more relevant than anything else. */
	enum sort sort = look->sort == BY_RELEVANCE ? BY_NAME : look->sort;
	const struct hit *after = look->after ? look->after : &start[sort];
	struct look page = *look;
	const char *sql = look->category ? statements[sort].of_category : statements[sort].all;
	struct rows rows;

	page.after_price = after->price;
	page.after_id = after->id;
	page.after_name = after->name_words;
	if (!store_find(store, arena, sql, &look_shape, &page, &hit_shape, &rows))
		return false;

	*hits = (struct hits) { .first = rows.first, .count = rows.count, .matches = -1 };
	return true;
}

/* ---- The products of a page ---- */

struct by_id {
	int64_t id, now;
};

static const struct shape by_id_shape = SHAPE(struct by_id,
	INT(struct by_id, id, "The row"),
	TIME(struct by_id, now, "What has expired by now holds nothing"));

struct product *find_products(struct store *store, struct arena *arena, const struct hits *hits,
                              int64_t *count)
{
	struct product *products = arena_array(arena, struct product, hits->count);
	struct by_id by = { .now = now_ms() };
	int64_t found = 0;

	for (int64_t i = 0; i < hits->count; i++) {
		by.id = hits->first[i].id;
		int one = store_find_one(store, arena,
			"select " PRODUCT_SQL " from product p where p.id = :id",
			&by_id_shape, &by, &product_shape, &products[found]);
		if (one < 0)
			return NULL;
		if (one == 1)
			product_settle(&products[found++]);
	}
	*count = found;
	return products;
}
