/* catalogue.c - see catalogue.h. */
#include <stdio.h>

#include "catalogue.h"

#include "version.h"

#define QUANTITY_MAX INT64_C(1000000)   /* of one portion: what products takes */

static struct client *products;

struct request {
	const char *reservation_id, *restock_id;
	struct portion *items;
	int64_t item_count;
};

#define ITEMS LIST(struct request, items, item_count, struct portion, portion_shape, "")

static SHAPE(reserve_shape, struct request,
	TEXT(struct request, reservation_id, ""), ITEMS);

static SHAPE(reservation_id_shape, struct request,
	TEXT(struct request, reservation_id, ""));

static SHAPE(restock_shape, struct request,
	TEXT(struct request, restock_id, ""), ITEMS);

static SHAPE(restocked_shape, struct request,
	TEXT(struct request, restock_id, ""));

static SHAPE(reserved_shape, struct reserved,
	TEXT(struct reserved, sku, "", .required = true),
	TEXT(struct reserved, name, "", .required = true),
	INT(struct reserved, quantity, "", .required = true, AT_LEAST(1)),
	MONEY(struct reserved, price, "", .required = true, AT_LEAST(0)));

static SHAPE(reservation_shape, struct reservation,
	TEXT(struct reservation, state, "", .required = true),
	LIST(struct reservation, items, item_count, struct reserved, reserved_shape, ""));

/* Whoever settles one knows what is in it. */
static SHAPE(settled_shape, struct reservation,
	TEXT(struct reservation, state, "", .required = true));

bool catalogue_start(void)
{
	products = client_create(setting_text("PRODUCTS_URL"), setting_text("PRODUCTS_KEY"),
	                         "orders", VERSION);
	if (!products)
		fprintf(stderr, "mcp-orders: products can't be called at PRODUCTS_URL, \"%s\", for the reason that the log"
		        " has; it is such as http://127.0.0.1:8081/mcp\n", setting_text("PRODUCTS_URL"));
	return products != NULL;
}

void catalogue_stop(void)
{
	client_destroy(products);
}

static enum client_outcome settle(struct arena *arena, const char *tool, const char *id, const char **why)
{
	struct reservation reservation;

	return client_call(products, arena, tool, true, reservation_id_shape,
	                   &(struct request) { .reservation_id = id }, settled_shape, &reservation, why);
}

/* An order that took the place of one that was taken back meanwhile is asked for anew. */
static const char *key_of(struct mcp_call *call, const char *what, const char *id)
{
	return arena_print(mcp_arena(call), "%s %s", what, id);
}

enum client_outcome catalogue_reserve(struct mcp_call *call, const char *id,
                                      const struct portion *items, int64_t count,
                                      struct reservation *reservation, const char **why)
{
	struct request request = {
		.reservation_id = id, .items = (struct portion *)items, .item_count = count,
	};

	return client_ask(call, products, key_of(call, "reserve", id), "reserve_stock", true, reserve_shape, &request,
	                  reservation_shape, reservation, why);
}

enum client_outcome catalogue_ask_commit(struct mcp_call *call, const char *id, const char **why)
{
	struct reservation reservation;

	return client_ask(call, products, key_of(call, "commit", id), "commit_reservation", true, reservation_id_shape,
	                  &(struct request) { .reservation_id = id }, settled_shape, &reservation, why);
}

enum client_outcome catalogue_commit(struct arena *arena, const char *id, const char **why)
{
	return settle(arena, "commit_reservation", id, why);
}

enum client_outcome catalogue_release(struct arena *arena, const char *id, const char **why)
{
	return settle(arena, "release_reservation", id, why);
}

enum client_outcome catalogue_check(struct arena *arena, const char *id,
                                    struct reservation *reservation, const char **why)
{
	return client_call(products, arena, "check_reservation", true, reservation_id_shape,
	                   &(struct request) { .reservation_id = id }, reservation_shape, reservation, why);
}

static int64_t portions_of(int64_t quantity)
{
	return (quantity + QUANTITY_MAX - 1) / QUANTITY_MAX;
}

/* The lines of an order that name one product may come to more than a portion may have. */
static struct portion *split(struct arena *arena, const struct portion *items, int64_t *count)
{
	int64_t portions = 0, used = 0;

	for (int64_t i = 0; i < *count; i++)
		portions += portions_of(items[i].quantity);
	struct portion *split = arena_array(arena, struct portion, portions);
	for (int64_t i = 0; i < *count; i++)
		for (int64_t left = items[i].quantity; left > 0; left -= QUANTITY_MAX)
			split[used++] = (struct portion) {
				items[i].sku, left < QUANTITY_MAX ? left : QUANTITY_MAX,
			};
	*count = used;
	return split;
}

enum client_outcome catalogue_restock(struct arena *arena, const char *id,
                                      const struct portion *items, int64_t count,
                                      const char **why)
{
	struct request answer, request = { .restock_id = id };

	request.items = split(arena, items, &count);
	request.item_count = count;
	return client_call(products, arena, "restock", true, restock_shape, &request,
	                   restocked_shape, &answer, why);
}
