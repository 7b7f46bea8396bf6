/* refold.c - brings the words of rows up to date that another version of the folding made.
 *
 * What a row's words end with says who made them (WORDS_MARK), so a row is never taken for what it isn't:
 * an index has those that are to be done (schema.c), whether they are of a database from before, or were
 * written by an older process that is still running. A job does them in pieces, between which others
 * write. Whoever is stopped in between has done what it did; the rest is found by the next. */
#include "product.h"

#define PIECE_MS 40                     /* that a piece writes, as an import's */
#define ROWS_AT_ONCE 64
#define SOON_MS 25                      /* between pieces, for others */
#define BUSY_MS 2000                    /* another process is at it */
#define IDLE_MS 60000

struct number {
	int64_t value;
};
static SHAPE(number_shape, struct number, INT(struct number, value, "One"));

struct piece {
	int64_t rows;
	bool busy, stopped;
};

/* One process at a time: two would be in each other's way. SQLite has one writer anyway. */
static int is_free(struct store *store, struct arena *arena)
{
	struct number free = { 1 };

	if (store_kind(store) == STORE_POSTGRESQL
	 && store_find_one(store, arena, ON_POSTGRESQL("select case when"
	                   " pg_try_advisory_xact_lock(7882826979823676788) then 1 else 0 end as value"), NULL, NULL, number_shape, &free) < 0)
		return -1;
	return free.value != 0;
}

static bool refold(struct store *store, struct arena *arena, const struct product *before)
{
	struct product after = *before;

	product_index(arena, &after);
	return store_change(store, "update product set category_key = :category_key,"
	                    " name_words = :name_words, other_words = :other_words where id = :id",
	                    row_shape, &after) == 1
		&& product_reindex(store, before, &after);
}

/* -1: the database failed. */
static int64_t refold_some(struct store *store)
{
	struct arena *arena = arena_create();
	struct number most = { ROWS_AT_ONCE };
	ROWS(struct product) rows;

	bool done = store_find(store, arena,
		"select p.id, p.sku, p.sku_key, p.name, p.description, p.brand, p.category,"
		" p.category_key, p.price, p.price_currency, p.stock, p.version, p.updated_at,"
		" p.name_words, p.other_words from product p where " OLD_WORDS_SQL
		" order by p.id limit :value", number_shape, &most, row_shape, &rows);
	const struct product *products = rows.first;
	for (int64_t i = 0; done && i < rows.count; i++)
		done = refold(store, arena, &products[i]);
	arena_destroy(arena);
	return done ? rows.count : -1;
}

static bool refold_piece(struct store *store, void *context)
{
	struct piece *piece = context;
	int64_t began_ms = tick_ms(), some = 0;
	struct arena *arena = arena_create();
	int free = is_free(store, arena);

	arena_destroy(arena);
	*piece = (struct piece) { .busy = free == 0 };
	while (free == 1 && !piece->stopped) {
		some = refold_some(store);
		if (some < 0)
			return false;
		piece->rows += some;
		if (some < ROWS_AT_ONCE)
			break;
		piece->stopped = tick_ms() - began_ms >= PIECE_MS;
	}
	return free >= 0;
}

/* How many are to be done; -1: the database failed. */
static int64_t count_old(struct store *store)
{
	struct arena *arena = arena_create();
	struct number count = { 0 };
	int found = store_find_one(store, arena, "select count(*) as value from product p where "
	                           OLD_WORDS_SQL, NULL, NULL, number_shape, &count);

	arena_destroy(arena);
	return found < 0 ? -1 : count.value;
}

int64_t refold_words(struct store *store)
{
	static bool told;               /* that there are some; a job runs once at a time */
	struct piece piece;
	int64_t old = told ? 0 : count_old(store);

	if (!told && old <= 0)
		return IDLE_MS;
	if (!told)
		mcp_notice("the words of %lld products are of another version and are made anew;"
		           " until then a search may miss some of them", (long long)old);
	told = true;
	if (store_transact(store, refold_piece, &piece) != STORE_COMMITTED || piece.busy)
		return BUSY_MS;
	if (piece.stopped)
		return SOON_MS;
	mcp_notice("the words of all products are of this version now");
	told = false;
	return IDLE_MS;
}
