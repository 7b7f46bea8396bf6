/* ranking.c - search by words: the index gives the candidates, the names their order. */
#include <stdlib.h>

#include "search.h"

SHAPE(hit_shape, struct hit,
	INT(struct hit, id, "The product's row"),
	INT(struct hit, rank, "How well it matches"),
	INT(struct hit, price, "In minor units"),
	TEXT(struct hit, name_words, "The name, folded"),
	TEXT(struct hit, sku_key, "The SKU, folded"));

SHAPE(look_shape, struct look,
	TEXT(struct look, match, "The condition of the index"),
	TEXT(struct look, runs, "What the index can't tell"),
	TEXT(struct look, category, "Folded"),
	TEXT(struct look, currency, "Of the prices"),
	INT(struct look, price_min, "In minor units", OPTIONAL(struct look, has_price_min)),
	INT(struct look, price_max, "In minor units", OPTIONAL(struct look, has_price_max)),
	BOOL(struct look, in_stock, "Only what is available"),
	TIME(struct look, now, "What has expired by now holds nothing"),
	INT(struct look, limit, "How many"),
	INT(struct look, after_price, "Where the page before ended"),
	TEXT(struct look, after_name, "Where the page before ended"),
	INT(struct look, after_id, "Where the page before ended"));

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_relevance(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order = by_number(y->rank, x->rank);
	if (!order)
		order = strcmp(x->name_words, y->name_words);
	return order ? order : strcmp(x->sku_key, y->sku_key);
}

static int by_price(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order = by_number(x->price, y->price);
	return order ? order : by_number(x->id, y->id);
}

static int by_price_down(const void *a, const void *b)
{
	return by_price(b, a);
}

static int by_name(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	int order = strcmp(x->name_words, y->name_words);
	return order ? order : by_number(x->id, y->id);
}

/* Rows are numbered in the order they were added. */
static int by_newest(const void *a, const void *b)
{
	const struct hit *x = a, *y = b;
	return by_number(y->id, x->id);
}

static int (*const orders[])(const void *a, const void *b) = {
	[BY_RELEVANCE] = by_relevance, [BY_PRICE] = by_price, [BY_PRICE_DOWN] = by_price_down,
	[BY_NAME] = by_name, [BY_NEWEST] = by_newest,
};

void look_for_words(struct look *look, struct store *store, struct arena *arena)
{
	enum match_style style = store_kind(store) == STORE_SQLITE ? MATCH_FTS5 : MATCH_TSQUERY;

	look->match = words_match(arena, style, &look->words, look->category);
	look->runs = words_runs(arena, style, &look->words);
}

#define NARROWED " and (:category is null or p.category_key = :category)" FILTER_SQL

/* One more than is looked at, to know whether there are more. The filters come before the cap, so
 * a narrow search of a common word finds what it should. */
static bool find_candidates(struct store *store, struct arena *arena, const struct look *look,
                            struct rows *rows)
{
	static const char *const sql[][2] = {
		[STORE_SQLITE] = { HIT_SQL WORDS_SQLITE NARROWED " order by w.rowid limit :limit",
			HIT_SQL WORDS_SQLITE RUNS_SQLITE NARROWED " order by w.rowid limit :limit" },
		[STORE_POSTGRESQL] = { HIT_SQL WORDS_POSTGRESQL NARROWED " order by p.id limit :limit",
			HIT_SQL WORDS_POSTGRESQL RUNS_POSTGRESQL NARROWED " order by p.id limit :limit" },
	};
	STATEMENTS_OF_EITHER(sql, look_shape, hit_shape);
	struct look all = *look;

	look_for_words(&all, store, arena);
	all.limit = CANDIDATES_MAX + 1;
	return store_find(store, arena, sql[store_kind(store)][all.runs != NULL], look_shape, &all,
	                  hit_shape, rows);
}

/* Moves what comes after the page before to the front. */
static int64_t keep_after(struct hit *hits, int64_t count, const struct look *look)
{
	int64_t kept = 0;
	for (int64_t i = 0; i < count; i++)
		if (!look->after || orders[look->sort](&hits[i], look->after) > 0)
			hits[kept++] = hits[i];
	return kept;
}

bool find_by_words(struct store *store, struct arena *arena, const struct look *look,
                   struct hits *hits)
{
	struct rows rows;
	if (!find_candidates(store, arena, look, &rows))
		return false;

	struct hit *all = rows.first;
	hits->capped = rows.count > CANDIDATES_MAX;
	hits->matches = hits->capped ? CANDIDATES_MAX : rows.count;
	if (look->sort == BY_RELEVANCE)
		for (int64_t i = 0; i < hits->matches; i++)
			all[i].rank = words_rank(&look->words, all[i].name_words);

	hits->first = all;
	hits->count = keep_after(all, hits->matches, look);
	if (hits->count)
		qsort(all, (size_t)hits->count, sizeof *all, orders[look->sort]);
	return true;
}
