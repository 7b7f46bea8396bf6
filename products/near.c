/* near.c - which SKUs are near one that does not exist: a typing error, or the same beginning. */
#include "product.h"
#include "words.h"

enum {
	NEIGHBOURS = 300,       /* SKUs looked at on either side, in their order */
	SUGGESTED = 5,
	DISTANCE_MAX = 2,
	SAME_BEGINNING = 3,     /* letters that must agree where the distance is too great */
};

struct neighbour {
	const char *sku, *sku_key;
	int64_t distance;       /* of letters; the less, the nearer */
};

struct around {
	const char *key;
	int64_t limit;
};

static const struct shape neighbour_shape = SHAPE(struct neighbour,
	TEXT(struct neighbour, sku, "As it is written"),
	TEXT(struct neighbour, sku_key, "Without case"));

static const struct shape around_shape = SHAPE(struct around,
	TEXT(struct around, key, "What was asked for"),
	INT(struct around, limit, "How many to look at"));

/* ---- Distance: letters added, left out, exchanged or swapped with the next ---- */

struct letters {
	int row[3][SKU_MAX * 4 + 1];
};

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int cell(const struct letters *t, const char *a, const char *b, int i, int j)
{
	int other = a[i - 1] != b[j - 1];
	int best = least(t->row[(i - 1) % 3][j - 1] + other,
	                 1 + least(t->row[(i - 1) % 3][j], t->row[i % 3][j - 1]));

	if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
		best = least(best, t->row[(i - 2) % 3][j - 2] + 1);
	return best;
}

/* Only the cells next to the diagonal matter; beyond it the answer is more than DISTANCE_MAX. */
static int distance(const char *a, const char *b)
{
	struct letters t;
	int as = (int)strlen(a), bs = (int)strlen(b);
	const int far = DISTANCE_MAX + 1;

	if (as - bs > DISTANCE_MAX || bs - as > DISTANCE_MAX || bs > SKU_MAX * 4)
		return far;
	for (int i = 0; i <= as; i++) {
		int from = i > DISTANCE_MAX ? i - DISTANCE_MAX : 0;
		int to = least(bs, i + DISTANCE_MAX);
		if (from > 0)
			t.row[i % 3][from - 1] = far;
		for (int j = from; j <= to; j++)
			t.row[i % 3][j] = i == 0 ? j : j == 0 ? i : cell(&t, a, b, i, j);
		if (to < bs)
			t.row[i % 3][to + 1] = far;
	}
	return least(t.row[as % 3][bs], far);
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
	one.distance = distance(key, one.sku_key);
	if (one.distance > DISTANCE_MAX) {
		int64_t same = same_beginning(key, one.sku_key);
		if (same < SAME_BEGINNING)
			return;
		one.distance = 1000 - same;
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
	struct rows rows;
	if (!store_find(store, arena, sql, &around_shape, around, &neighbour_shape, &rows))
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

	if (!look(store, arena, "select sku, sku_key from product where sku_key >= :key"
	                        " order by sku_key limit :limit", &around, &nearest)
	 || !look(store, arena, "select sku, sku_key from product where sku_key < :key"
	                        " order by sku_key desc limit :limit", &around, &nearest))
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
