/* listing.c - the catalogue as a list, in an order that an index has, from where a page ended. */
#include <stdint.h>

#include "builder.h"
#include "search.h"

/* Without a category, and within one: each order is an index's (schema.c), read from where the page before
 * ended. Of an order by price the prices asked for are an end of what is read, too; whatever else narrows
 * is looked at row by row. */
#define LISTING(keyset, order) { \
	.all = HIT_SQL "product p where " keyset FILTER_SQL " order by " order " limit :limit", \
	.of_category = HIT_SQL "product p where p.category_key = :category and " keyset FILTER_SQL \
	" order by " order " limit :limit" }

static const struct { const char *all, *of_category; } statements[] = {
	[BY_PRICE] = LISTING("(p.price, p.id) > (:after_price, :after_id)"
	                     " and p.price <= coalesce(:price_max, 9223372036854775807)",
	                     "p.price, p.id"),
	[BY_PRICE_DOWN] = LISTING("(p.price, p.id) < (:after_price, :after_id)"
	                          " and p.price >= coalesce(:price_min, 0)",
	                          "p.price desc, p.id desc"),
	[BY_NAME] = LISTING("(p.name_words, p.id) > (:after_name, :after_id)",
	                    "p.name_words, p.id"),
	[BY_NEWEST] = LISTING("p.id < :after_id", "p.id desc"),
};
STATEMENTS(statements, look_shape, hit_shape);

/* Before the first page. */
static const struct hit start[] = {
	[BY_PRICE] = { .name_words = "" },
	[BY_PRICE_DOWN] = { .price = INT64_MAX, .id = INT64_MAX, .name_words = "" },
	[BY_NAME] = { .name_words = "" },
	[BY_NEWEST] = { .id = INT64_MAX, .name_words = "" },
};

/* Where the page before ended, or the prices asked for begin. */
static struct hit begin_of(const struct look *look, enum sort sort)
{
	struct hit after = look->after ? *look->after : start[sort];

	if (sort == BY_PRICE && look->has_price_min && after.price < look->price_min)
		return (struct hit) { .price = look->price_min, .name_words = "" };
	if (sort == BY_PRICE_DOWN && look->has_price_max && after.price > look->price_max)
		return (struct hit) { .price = look->price_max, .id = INT64_MAX, .name_words = "" };
	return after;
}

bool find_as_list(struct store *store, struct arena *arena, const struct look *look,
                  struct hits *hits)
{
	/* Without words nothing is more relevant than anything else. */
	enum sort sort = look->sort == BY_RELEVANCE ? BY_NAME : look->sort;
	struct hit after = begin_of(look, sort);
	struct look page = *look;
	const char *sql = look->category ? statements[sort].of_category : statements[sort].all;
	ROWS(struct hit) rows;

	page.after_price = after.price;
	page.after_id = after.id;
	page.after_name = after.name_words;
	if (!store_find(store, arena, sql, look_shape, &page, hit_shape, &rows))
		return false;

	*hits = (struct hits) { .first = rows.first, .count = rows.count, .matches = -1 };
	return true;
}

/* ---- The products of a page ---- */

struct by_ids {
	const char *ids;
	int64_t now;
};

static SHAPE(by_ids_shape, struct by_ids,
	TEXT(struct by_ids, ids, "The rows, as a list of this database's"),
	TIME(struct by_ids, now, "What has expired by now holds nothing"));

/* Rows are numbered from 1 on. */
static str digits_of(int64_t id, char room[20])
{
	char *at = room + 20;

	do
		*--at = (char)('0' + id % 10);
	while ((id /= 10) > 0);
	return (str) { at, (size_t)(room + 20 - at) };
}

/* JSON, or an array of PostgreSQL's. */
static const char *list_ids(struct store *store, struct arena *arena, const struct hits *hits)
{
	bool is_json = store_kind(store) == STORE_SQLITE;
	struct builder list = builder_begin(arena, 8 * (size_t)hits->count + 2);
	char room[20];

	builder_put(&list, is_json ? STR("[") : STR("{"));
	for (int64_t i = 0; i < hits->count; i++) {
		builder_put(&list, i ? STR(",") : STR(""));
		builder_put(&list, digits_of(hits->first[i].id, room));
	}
	builder_put(&list, is_json ? STR("]") : STR("}"));
	return builder_end(&list);
}

static struct product *product_of(const struct rows *rows, int64_t id)
{
	struct product *products = rows->first;

	for (int64_t i = 0; i < rows->count; i++)
		if (products[i].id == id)
			return &products[i];
	return NULL;
}

struct product *find_products(struct store *store, struct arena *arena, const struct hits *hits,
                              int64_t *count)
{
	struct product *products = arena_array(arena, struct product, hits->count), *product;
	struct by_ids by = { hits->count ? list_ids(store, arena, hits) : NULL, now_ms() };
	ROWS(struct product) rows;

	*count = 0;
	/* By one statement: each has its price, and on PostgreSQL its way there and back. */
	if (hits->count && !store_find(store, arena,
	                EITHER("select p.id, " PRODUCT_SQL " from json_each(:ids) i"
	                       " cross join product p on p.id = i.value",
	                       "select p.id, " PRODUCT_SQL " from product p"
	                       " where p.id = any(:ids::bigint[])"),
	                by_ids_shape, &by, row_shape, &rows))
		return NULL;
	for (int64_t i = 0; i < hits->count; i++)
		if ((product = product_of(&rows.rows, hits->first[i].id))) {
			product_settle(product);
			products[(*count)++] = *product;
		}
	return products;
}
