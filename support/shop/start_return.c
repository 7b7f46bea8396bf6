/* start_return.c - start_return: the customer is asked, then orders is (request_return). */
#include "own_order.h"

#include "builder.h"

#define ITEMS_MAX 20
#define NAME_SHOWN 60                   /* characters of a product's name in the question */

struct wish {
	const char *order_id;
	struct portion *items;
	int64_t item_count;
	const char *reason;
	const char *idempotency_key;
};

#define WISH \
	TEXT(struct wish, order_id, "", .required = true, AT_LEAST(1), AT_MOST(64)), \
	LIST(struct wish, items, item_count, struct portion, portion_shape, "", .required = true, AT_LEAST(1), AT_MOST(ITEMS_MAX)), \
	TEXT(struct wish, reason, "", .required = true, AT_LEAST(1), AT_MOST(500))

static SHAPE(wish_shape, struct wish, WISH);
static SHAPE(request_shape, struct wish, WISH, TEXT(struct wish, idempotency_key, ""));

struct consent { bool sure; };
static SHAPE(consent_shape, struct consent, BOOL(struct consent, sure, "Send it back", .required = true));

/* ---- What is to come back ---- */

static const struct line *line_of(const struct order *order, const char *sku)
{
	for (int64_t i = 0; i < order->item_count; i++)
		if (str_is_nocase(str_of(order->items[i].sku), sku))
			return &order->items[i];
	return NULL;
}

static int64_t bought(const struct order *order, const char *sku)
{
	int64_t units = 0;

	for (int64_t i = 0; i < order->item_count; i++)
		if (str_is_nocase(str_of(order->items[i].sku), sku))
			units += order->items[i].quantity;
	return units;
}

/* Before anybody is asked for what can't be: false, and the result says so. Orders has the last word. */
static bool fits(struct using *using, const struct order *order, const struct wish *wish)
{
	if (strcmp(order->status, "delivered") != 0)
		using_fails(using, "Order %s is %s; only what was delivered can be sent back.", order->id, order->status);
	for (int64_t i = 0; !using->result->failed && i < wish->item_count; i++) {
		const struct portion *item = &wish->items[i];
		if (!line_of(order, item->sku))
			using_fails(using, "Order %s has no product %s; track_my_order tells what is in it.", order->id,
			            str_quote(str_of(item->sku), 64).text);
		else if (item->quantity > bought(order, item->sku))
			using_fails(using, "Of product %s only %lld were bought.", line_of(order, item->sku)->sku,
			            (long long)bought(order, item->sku));
	}
	return !using->result->failed;
}

/* "2 x Tea (KIT-0001) and 1 x Pot (KIT-0002)" */
static const char *named(struct arena *arena, const struct order *order, const struct wish *wish)
{
	struct builder text = builder_begin(arena, 128);

	for (int64_t i = 0; i < wish->item_count; i++) {
		const struct line *line = line_of(order, wish->items[i].sku);
		str name = text_cut(arena, line->name ? line->name : line->sku, NAME_SHOWN);
		builder_put(&text, i == 0 ? STR("") : i + 1 < wish->item_count ? STR(", ") : STR(" and "));
		builder_put(&text, str_of(arena_print(arena, "%lld x %s (%s)", (long long)wish->items[i].quantity,
		                                      str_quote(name, QUOTE_MAX).text, line->sku)));
	}
	return builder_end(&text);
}

/* ---- Asking orders ---- */

/* At most 100 bytes, as request_return takes it, and another one for another use. */
static const char *idempotency_key(struct using *using)
{
	return arena_print(using->arena, "support %.60s %016llx", using->key, (unsigned long long)str_hash(str_of(using->key)));
}

static enum shop_outcome carry_out(struct using *using, struct wish *wish)
{
	struct sent_back back;
	const char *why;

	wish->idempotency_key = idempotency_key(using);
	enum client_outcome outcome = client_ask(using->call, shop_orders, using_key(using, "return"), "request_return", true,
	                                         request_shape, wish, sent_back_shape, &back, &why);
	if (outcome == CLIENT_PENDING)
		return SHOP_PENDING;
	if (outcome != CLIENT_ANSWERED)
		return using_failed(using, outcome, why, BOOK_DOWN " It is not known whether the return was written down.");

	mcp_note(using->call, "return", back.id);
	struct json json = using_begin(using, "return");
	put_text(&json, "id", back.id);
	put_text(&json, "order_id", wish->order_id);
	put_text(&json, "state", back.state);
	put_list(&json, "items", back.items, back.item_count, sizeof(*back.items), put_portion);
	return using_shows(using, &json);
}

static enum shop_outcome by_a_person(struct using *using, const struct wish *wish, const char *items)
{
	using->result->wants_person = true;
	using->result->reason = arena_print(using->arena, "Return of %s, order %s; the customer has to confirm it: %s", items,
	                                    wish->order_id, wish->reason);
	/* Not what it is: a name would stand in words that are ours. */
	return using_says(using, "Nothing was sent back yet: the customer can't be asked by a form here. Ask them to confirm in words"
	                  " what of order %s comes back; a person of the shop will then do it.", wish->order_id);
}

enum shop_outcome use_start_return(struct using *using)
{
	struct wish wish;
	struct order order;
	struct consent consent;

	if (!using_takes(using, wish_shape, &wish))
		return SHOP_DONE;
	enum own own = own_order(using, wish.order_id, &order);
	if (own != OWN_FOUND)
		return own == OWN_PENDING ? SHOP_PENDING : SHOP_DONE;
	if (!fits(using, &order, &wish))
		return SHOP_DONE;

	wish.order_id = order.id;
	const char *items = named(using->arena, &order, &wish);
	switch (mcp_ask(using->call, using_key(using, "sure"), consent_shape, &consent, "Return %s of order %s?", items, order.id)) {
	case MCP_PENDING:     return SHOP_PENDING;
	case MCP_UNAVAILABLE: return by_a_person(using, &wish, items);
	case MCP_ACCEPTED:    break;
	default:              consent.sure = false;
	}
	if (!consent.sure)
		return using_says(using, "The customer did not agree: nothing of order %s was sent back.", order.id);
	return carry_out(using, &wish);
}
