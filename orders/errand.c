/* errand.c - see errand.h. */
#include "errand.h"

#include "placing.h"

#define PAUSE_LEAST_MS 5000
#define PAUSE_MOST_MS 600000

static SHAPE(errand_shape, struct errand,
	TEXT(struct errand, id, ""),
	TEXT(struct errand, kind, ""),
	TEXT(struct errand, order_id, ""),
	TEXT(struct errand, return_id, ""),
	INT(struct errand, lease_owner, ""),
	INT(struct errand, lease_until, ""),
	INT(struct errand, attempts, ""),
	TEXT(struct errand, trouble, ""),
	INT(struct errand, now, ""));

static bool file(struct store *store, const struct errand *errand)
{
	return store_change(store,
	                    "insert into errand (id, kind, order_id, return_id, lease_owner,"
	                    " lease_until) values (:id, :kind, :order_id, :return_id, :lease_owner,"
	                    " :lease_until)", errand_shape, errand) == 1;
}

const char *errand_release_id(struct arena *arena, const char *order_id)
{
	return arena_print(arena, "release-%s", order_id);
}

bool errand_release(struct store *store, struct arena *arena, const char *order_id)
{
	return file(store, &(struct errand) {
		.id = errand_release_id(arena, order_id), .kind = "release",
		.order_id = order_id, .lease_owner = id_number(), .lease_until = now_ms() });
}

bool errand_restock(struct store *store, struct arena *arena, const char *order_id,
                    const char *return_id, struct errand *errand)
{
	const char *kind = return_id ? "return" : "cancel";

	*errand = (struct errand) {
		.id = arena_print(arena, "%s-%s", kind, return_id ? return_id : order_id),
		.kind = kind, .order_id = order_id, .return_id = return_id,
		.lease_owner = id_number(), .lease_until = now_ms() + LEASE_MS };
	return file(store, errand);
}

/* ---- Doing it ---- */

static bool find_items(struct store *store, struct arena *arena, const struct errand *errand,
                       struct rows *items)
{
	if (errand->return_id)
		return store_find(store, arena,
		                  "select sku, quantity from return_line where return_id ="
		                  " :return_id",
		                  errand_shape, errand, portion_shape, items);
	return store_find(store, arena,
	                  "select sku, sum(quantity) as quantity from order_line"
	                  " where order_id = :order_id group by sku",
	                  errand_shape, errand, portion_shape, items);
}

static enum client_outcome tell_products(struct store *store, struct arena *arena,
                                         const struct errand *errand, const char **why)
{
	struct rows items;

	if (strcmp(errand->kind, "release") == 0)
		return catalogue_release(arena, errand->order_id, why);
	if (!find_items(store, arena, errand, &items)) {
		*why = BOOK_DOWN;
		return CLIENT_UNREACHABLE;
	}
	return catalogue_restock(arena, errand->id, items.first, items.count, why);
}

static int64_t pause_ms(int64_t attempts)
{
	int64_t pause = PAUSE_LEAST_MS << (attempts < 10 ? attempts : 10);

	return pause < PAUSE_MOST_MS ? pause : PAUSE_MOST_MS;
}

static void put_off(struct store *store, const struct errand *errand, const char *why)
{
	struct errand later = *errand;

	later.lease_until = now_ms() + pause_ms(errand->attempts);
	later.trouble = why;
	/* Where this fails, the lease ends by itself. */
	int64_t changed = store_change(store,
	                               "update errand set lease_until = :lease_until,"
	                               " attempts = attempts + 1, trouble = :trouble"
	                               " where id = :id and lease_owner = :lease_owner",
	                               errand_shape, &later);
	(void)changed;
}

enum client_outcome errand_run(struct store *store, struct arena *arena,
                               const struct errand *errand)
{
	const char *why = NULL;

	mcp_note(NULL, "order", errand->order_id);
	mcp_note(NULL, "errand", errand->id);
	enum client_outcome outcome = tell_products(store, arena, errand, &why);

	/* It is done, whoever holds the lease now; were it told again, that had no effect. */
	if (outcome == CLIENT_ANSWERED &&
	    store_change(store, "delete from errand where id = :id", errand_shape, errand) < 0)
		return CLIENT_UNREACHABLE;
	if (outcome != CLIENT_ANSWERED)
		put_off(store, errand, why);
	else if (errand->attempts > 0)
		mcp_notice("products was told at last, at attempt %lld", (long long)errand->attempts + 1);
	return outcome;
}

bool errand_settle(struct store *store, struct arena *arena, const char *id)
{
	struct errand found, errand = {
		.id = id, .now = now_ms(), .lease_owner = id_number(),
		.lease_until = now_ms() + LEASE_MS,
	};
	int64_t taken = store_change(store,
	                             "update errand set lease_owner = :lease_owner,"
	                             " lease_until = :lease_until where id = :id and lease_until <="
	                             " :now",
	                             errand_shape, &errand);
	if (taken != 1)
		return taken == 0;
	int rows = store_find_one(store, arena,
	                          "select id, kind, order_id, return_id, lease_owner, attempts"
	                          " from errand where id = :id", errand_shape, &errand,
	                          errand_shape, &found);
	/* None: it was done meanwhile. */
	return rows == 0 || (rows == 1 && errand_run(store, arena, &found) != CLIENT_UNREACHABLE);
}
