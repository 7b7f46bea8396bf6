/* create.c - create_order: record, reserve, price, commit, finish. Why in this order: placing.h. */
#include <stdio.h>

#include "country.h"
#include "errand.h"
#include "money.h"
#include "placing.h"

#define ITEMS_MAX 100

struct create {
	const char *customer;
	struct portion *items;
	int64_t item_count;
	struct address *shipping_address;
	const char *idempotency_key;
};

SHAPE(create_shape, struct create,
	TEXT(struct create, customer, "Who buys: the customer's number, e-mail or name. list_orders"
	     " finds the order by exactly this text. Leave it out only where you order for yourself",
	     AT_LEAST(1), AT_MOST(200)),
	LIST(struct create, items, item_count, struct portion, portion_shape,
	     "What is bought; prices are the catalogue's at this moment", .required = true,
	     AT_LEAST(1), AT_MOST(ITEMS_MAX)),
	NEST(struct create, shipping_address, struct address, address_shape, "Where it goes",
	     .required = true),
	TEXT(struct create, idempotency_key, "A text of your choice that is new for each order,"
	     " such as a UUID. Calling again with the same key returns the same order instead of"
	     " placing a second one, so repeat it when a call seems to have failed",
	     .required = true, AT_LEAST(1), AT_MOST(100)));

/* ---- What was asked for ---- */

static uint64_t hash_text(uint64_t hash, const char *text)
{
	const char *at = text ? text : "";

	/* FNV-1a. The NUL at its end is taken too, so that no two lists of texts run together. */
	do
		hash = (hash ^ (unsigned char)*at) * 1099511628211u;
	while (*at++);
	return hash;
}

/* The items as products makes them out: an SKU in any case and any hyphens, one line of each. */
static struct portion *merge_items(struct arena *arena, const struct create *asked, int64_t *count)
{
	struct portion *merged = arena_array(arena, struct portion, asked->item_count);

	*count = 0;
	for (int64_t i = 0; i < asked->item_count; i++) {
		const char *sku = id_capitals(arena, asked->items[i].sku);
		int64_t at = 0;
		while (at < *count && strcmp(merged[at].sku, sku) != 0)
			at++;
		if (at == *count)
			merged[(*count)++].sku = sku;
		merged[at].quantity += asked->items[i].quantity;
	}
	return merged;
}

static int64_t hash_order(const struct create *asked, const char *country,
                          const struct portion *items, int64_t count)
{
	const struct address *to = asked->shipping_address;
	const char *const texts[] = {
		asked->customer, to->name, to->line1, to->line2, to->city, to->postal_code,
		country,
	};
	uint64_t hash = 14695981039346656037u;
	char number[sizeof("-9223372036854775808")];

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		hash = hash_text(hash, texts[i]);
	for (int64_t i = 0; i < count; i++) {
		snprintf(number, sizeof(number), "%lld", (long long)items[i].quantity);
		hash = hash_text(hash_text(hash, items[i].sku), number);
	}
	return (int64_t)(hash >> 1);
}

/* The same key may only come with the same contents; this is what they are compared by. So it is
 * made of what the order becomes, however that was written. */
static int64_t hash_request(struct arena *arena, const struct create *asked, const char *country)
{
	int64_t count;
	const struct portion *items = merge_items(arena, asked, &count);

	return hash_order(asked, country, items, count);
}

/* An order of an earlier release was compared as it was written: whoever repeats its call, in the same
 * words, must not be told to place a second one. */
static bool is_same_request(const struct create *asked, int64_t hash, int64_t known)
{
	return hash == known
	       || hash_order(asked, asked->shipping_address->country, asked->items,
	                     asked->item_count) == known;
}

/* ---- What was reserved ---- */

/* NULL, or why these, of which there are some, can't be one order. */
static const char *add_up(struct arena *arena, const struct reservation *reservation,
                          struct placing *order)
{
	const struct reserved *items = reservation->items;
	struct money total = { .currency = items[0].price.currency };
	int64_t units = 0;

	for (int64_t i = 0; i < reservation->item_count; i++) {
		if (strcmp(items[i].price.currency, total.currency) != 0)
			return arena_print(arena, "Its items are priced in different currencies (%s"
			                   " and %s): place one order for each.", total.currency,
			                   items[i].price.currency);
		if (!sum_add(&total.minor, items[i].price.minor, items[i].quantity) ||
		    !sum_add(&units, items[i].quantity, 1))
			return "It costs more than can be counted.";
	}
	order->total = total;
	order->units = units;
	return NULL;
}

/* Products makes one of items that name the same product, so it is the units that must agree. */
static bool is_whole(const struct reservation *reservation, const struct create *asked)
{
	int64_t units = 0;

	for (int64_t i = 0; i < asked->item_count; i++)
		units += asked->items[i].quantity;
	for (int64_t i = 0; i < reservation->item_count; i++)
		units -= reservation->items[i].quantity;
	return reservation->item_count && units == 0;
}

/* ---- The steps ---- */

static enum mcp_answer still_placing(struct mcp_call *call, const char *id)
{
	return mcp_fail(call, "The order is recorded as %s, but the catalogue has not confirmed it"
	                " yet. It is completed or taken back by itself. Call create_order again in"
	                " half a minute, with the same idempotency_key, to learn which.", id);
}

static enum mcp_answer begin(struct mcp_call *call, const struct create *in, struct store *store);

/* Where the book fails too, its lease ends and the job finds it. */
static enum mcp_answer drop(struct mcp_call *call, struct store *store, struct placing *order,
                            const char *why)
{
	if (placing_drop(store, mcp_arena(call), order, true) == STEP_NO_BOOK)
		return mcp_fail(call, BOOK_DOWN);
	return mcp_fail(call, "%s", why);
}

/* The lease is not this call's any more: what became of the order the book says. Nothing of it is kept then. */
static enum mcp_answer look_again(struct mcp_call *call, struct store *store, const struct create *asked)
{
	mcp_keep(call, NULL);
	return begin(call, asked, store);
}

/* The same while products can be reached: what it may hold is released at once. */
static enum mcp_answer refuse(struct mcp_call *call, struct store *store, const struct create *asked,
                              struct placing *order, const char *why)
{
	struct arena *arena = mcp_arena(call);

	switch (placing_drop(store, arena, order, true)) {
	case STEP_DONE: break;
	case STEP_LOST: return look_again(call, store, asked);
	default:        return mcp_fail(call, BOOK_DOWN);
	}
	/* Where it does not work now the job does it. */
	(void)!errand_settle(store, arena, errand_release_id(arena, order->id));
	return mcp_fail(call, "No order was placed. %s", why);
}

struct placed {
	struct mcp_call *call;
	const char *id;
	enum lookup found;
	struct order order;
};

static void read_placed(struct store *store, void *context)
{
	struct placed *placed = context;

	placed->found = order_load(placed->call, store, WRITE, placed->id, &placed->order);
}

static enum mcp_answer confirm(struct mcp_call *call, struct store *store, const struct create *asked,
                               struct placing *order)
{
	struct placed placed = { .call = call, .id = order->id };
	const char *why;
	enum client_outcome outcome = catalogue_ask_commit(call, order->id, &why);

	if (outcome == CLIENT_PENDING)
		return MCP_WAITING;
	if (outcome != CLIENT_ANSWERED) {
		placing_leave(store, order, 0);
		return still_placing(call, order->id);
	}
	/* Without the lease, or the book: the order is finished by others, for it is committed. */
	switch (placing_finish_reading(store, order, read_placed, &placed)) {
	case STEP_DONE: break;
	case STEP_LOST: return look_again(call, store, asked);
	default:        return still_placing(call, order->id);
	}
	order_changed(mcp_arena(call), order->id, order->customer);
	return placed.found == FOUND ? mcp_return(call, order_shape, &placed.order)
	                             : order_missing(call, placed.found, order->id);
}

/* What the next run goes on from, without a look at the book: its steps happen only while the lease is this call's. */
static void keep(struct mcp_call *call, const struct placing *order, const char *status)
{
	struct placing *kept = arena_new(mcp_arena(call), struct placing);

	*kept = *order;
	kept->status = status;
	mcp_keep(call, kept);
}

static enum mcp_answer place(struct mcp_call *call, struct store *store, struct placing *order,
                             const struct create *asked)
{
	struct arena *arena = mcp_arena(call);
	struct reservation reservation;
	const char *why = NULL;

	switch (catalogue_reserve(call, order->id, asked->items, asked->item_count, &reservation,
	                          &why)) {
	case CLIENT_PENDING:     return MCP_WAITING;
	case CLIENT_ANSWERED:    break;
	case CLIENT_UNREACHABLE: return drop(call, store, order, CATALOGUE_DOWN);
	default:                 return refuse(call, store, asked, order, why);
	}
	if (!is_whole(&reservation, asked))
		return refuse(call, store, asked, order,
		              "The catalogue reserved something else than was asked for.");
	why = add_up(arena, &reservation, order);
	if (why)
		return refuse(call, store, asked, order, why);
	switch (placing_price(store, order, &reservation)) {
	case STEP_DONE: break;
	case STEP_LOST: return look_again(call, store, asked);
	default:        return mcp_fail(call, BOOK_DOWN);
	}
	keep(call, order, "committing");
	return confirm(call, store, asked, order);
}

/* This call's own, of a run before: it goes on from where that is. */
static enum mcp_answer go_on(struct mcp_call *call, struct store *store, const struct create *asked,
                             struct placing *order, const struct placing *known)
{
	order->id = known->id;
	order->now = known->now;
	order->lease_until = known->lease_until;
	return strcmp(known->status, "committing") == 0 ? confirm(call, store, asked, order)
	                                                : place(call, store, order, asked);
}

/* The key was used before. False: that order was left behind and is now settled: look again. */
static bool answer_known(struct mcp_call *call, struct store *store, const struct create *asked,
                         const struct placing *order, const struct placing *known,
                         enum mcp_answer *answer)
{
	struct arena *arena = mcp_arena(call);
	bool placed = strcmp(known->status, "recording") && strcmp(known->status, "committing");

	/* Its name has been another customer's. */
	if (!mcp_may(call, WRITE) && strcmp(order->customer, known->customer) != 0) {
		*answer = mcp_fail(call, "This idempotency_key was used before. Use a new key for a new order.");
		return true;
	}
	if (!is_same_request(asked, order->request_hash, known->request_hash)) {
		*answer = mcp_fail(call, "This idempotency_key was used before for an order with"
		                   " other contents (%s). Use a new key for a new order.",
		                   known->id);
		return true;
	}
	if (!placed && known->lease_until <= order->now &&
	    placing_settle(store, arena, known->id)) {
		/* What it still held would be missing when it is placed anew. */
		(void)!errand_settle(store, arena, errand_release_id(arena, known->id));
		return false;
	}
	*answer = placed ? order_answer(call, store, WRITE, known->id) : still_placing(call, known->id);
	return true;
}

static enum mcp_answer record_and_place(struct mcp_call *call, struct store *store,
                                        const struct create *asked, struct placing *order)
{
	struct placing known;
	enum mcp_answer answer;

	/* Twice: an order that somebody left behind is settled first. */
	for (int attempt = 0; attempt < 2; attempt++) {
		char id[ID_SIZE];
		id_make(id, "ORD-");
		order->id = arena_copy(mcp_arena(call), str_of(id));
		order->lease_owner = mcp_call_number(call);
		switch (placing_record(store, mcp_arena(call), order, &known)) {
		case STEP_DONE:
			mcp_note(call, "order", id);
			keep(call, order, "recording");
			return place(call, store, order, asked);
		case STEP_LOST:
			mcp_note(call, "order", known.id);
			if (known.lease_owner == order->lease_owner)
				return go_on(call, store, asked, order, &known);
			if (answer_known(call, store, asked, order, &known, &answer))
				return answer;
			break;
		default:
			return mcp_fail(call, BOOK_DOWN);
		}
	}
	return still_placing(call, known.id);
}

/* Whoever has an own customer orders for that one. NULL, or why there is no order. */
static const char *settle_customer(struct create *asked, const char *own)
{
	if (!own)
		return asked->customer ? NULL : "customer is required: say who buys.";
	if (asked->customer && strcmp(asked->customer, own) != 0)
		return "You can order for yourself only. Leave customer out: the order is yours then.";
	asked->customer = own;
	return NULL;
}

static enum mcp_answer begin(struct mcp_call *call, const struct create *in, struct store *store)
{
	struct create order = *in, *asked = &order;
	const struct address *to = asked->shipping_address;
	const char *country = country_code(to->country), *own;

	if (!orders_of(call, WRITE, &own))
		return customer_unknown(call);
	const char *why = settle_customer(asked, own);
	if (why)
		return mcp_fail(call, "%s", why);
	if (!country)
		return mcp_fail(call, "There is no country \"%s\" in ISO 3166. Give its code of two"
		                " letters, such as GB or FR, or its name in English.",
		                str_quote(str_of(to->country), 100).text);
	return record_and_place(call, store, asked, &(struct placing) {
		.customer = asked->customer, .caller = mcp_caller(call),
		.idempotency_key = asked->idempotency_key,
		.request_hash = hash_request(mcp_arena(call), asked, country),
		.name = to->name, .line1 = to->line1, .line2 = to->line2, .city = to->city,
		.postal_code = to->postal_code, .country = country });
}

enum mcp_answer create_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct placing *kept = mcp_kept(call);

	if (!kept)
		return begin(call, in, store);
	struct placing order = *kept;
	return go_on(call, store, in, &order, kept);
}
