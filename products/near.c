/* near.c - which SKUs are near one that does not exist: a typing error, or the same beginning. */
#include <stdint.h>

#include "product.h"
#include "words.h"

enum {
	NEIGHBOURS = 300,       /* SKUs looked at on either side, in their order */
	SUGGESTED = 5,
	MISTAKES_MAX = 2,
	SAME_BEGINNING = 3,     /* letters that must agree where there are more mistakes */
};

struct neighbour {
	const char *sku, *sku_key;
	int64_t distance;       /* in mistakes; beyond those the more letters agree the less it is */
};

struct around {
	const char *key;
	int64_t limit;
};

static SHAPE(neighbour_shape, struct neighbour,
	TEXT(struct neighbour, sku, "As it is written"),
	TEXT(struct neighbour, sku_key, "Without case"));

static SHAPE(around_shape, struct around,
	TEXT(struct around, key, "What was asked for"),
	INT(struct around, limit, "How many to look at"));

/* ---- Mistakes: letters added, left out, exchanged or swapped with the next ---- */

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* How many make one text of the other; `most` + 1 where they are more. While both go on with the same
 * letter there is none; after that each kind is tried, so `most` bounds the work. */
static int mistakes(const char *a, const char *b, int most)
{
	while (*a && *a == *b)
		a++, b++;
	if (!*a)
		return (int)strnlen(b, (size_t)most + 1);
	if (!*b)
		return (int)strnlen(a, (size_t)most + 1);
	if (most == 0)
		return 1;

	int left = most - 1;
	int rest = least(mistakes(a + 1, b, left), mistakes(a, b + 1, left));
	rest = least(rest, mistakes(a + 1, b + 1, left));
	if (a[0] == b[1] && a[1] == b[0])
		rest = least(rest, mistakes(a + 2, b + 2, left));
	return 1 + rest;
}

static int64_t same_beginning(const char *a, const char *b)
{
	int64_t same = 0;
	while (a[same] && a[same] == b[same])
		same++;
	return same;
}

/* ---- Choosing ---- */

struct nearest {
	struct neighbour best[SUGGESTED];
	int count;
};

static void consider(struct nearest *nearest, const char *key, struct neighbour one)
{
	one.distance = mistakes(key, one.sku_key, MISTAKES_MAX);
	if (one.distance > MISTAKES_MAX) {
		int64_t same = same_beginning(key, one.sku_key);
		if (same < SAME_BEGINNING)
			return;
		one.distance = INT64_MAX - same;
	}

	int at = nearest->count;
	while (at > 0 && nearest->best[at - 1].distance > one.distance)
		at--;
	if (at == SUGGESTED)
		return;
	if (nearest->count < SUGGESTED)
		nearest->count++;
	memmove(&nearest->best[at + 1], &nearest->best[at],
	        sizeof one * (size_t)(nearest->count - at - 1));
	nearest->best[at] = one;
}

static bool look(struct store *store, struct arena *arena, const char *sql,
                 const struct around *around, struct nearest *nearest)
{
	ROWS(struct neighbour) rows;
	if (!store_find(store, arena, sql, around_shape, around, neighbour_shape, &rows))
		return false;

	const struct neighbour *all = rows.first;
	for (int64_t i = 0; i < rows.count; i++)
		consider(nearest, around->key, all[i]);
	return true;
}

const char *product_missing(struct store *store, struct arena *arena, const char *sku)
{
	struct around around = { words_key(arena, sku), NEIGHBOURS };
	struct nearest nearest = { .count = 0 };

	if (!look(store, arena, SQL("select sku, sku_key from product where sku_key >= :key"
	                            " order by sku_key limit :limit", around_shape, neighbour_shape), &around, &nearest)
	 || !look(store, arena, SQL("select sku, sku_key from product where sku_key < :key"
	                            " order by sku_key desc limit :limit", around_shape, neighbour_shape), &around, &nearest))
		return NULL;

	const char *near = "";
	for (int i = 0; i < nearest.count; i++)
		near = arena_print(arena, "%s%s%s", near, i ? ", " : "", nearest.best[i].sku);
	if (!nearest.count)
		return arena_print(arena, "There is no product with SKU %s. Use search_products to"
		                   " find it by name.", sku);
	return arena_print(arena, "There is no product with SKU %s. SKUs that look like it: %s."
	                   " Use search_products to find it by name.", sku, near);
}
