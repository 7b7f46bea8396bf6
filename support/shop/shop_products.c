/* shop_products.c - find_product and check_stock: over products' search_products and check_stock. */
#include "using.h"

#define CATALOGUE_DOWN "The catalogue can't be reached just now."
#define FOUND_MAX 8
#define ITEMS_MAX 20

/* ---- find_product ---- */

struct search {
	const char *words;
	int64_t price_max;
	bool has_price_max, in_stock;
	int64_t limit;
};

struct product {
	const char *sku, *name, *brand, *category;
	struct money price;
	int64_t available;
};

struct found {
	struct product *products;
	int64_t count, matches;
	bool has_matches;
	const char *note;
};

#define WORDS TEXT(struct search, words, "", .required = true, AT_LEAST(1), AT_MOST(200))
#define PRICE_MAX INT(struct search, price_max, "", AT_LEAST(0), OPTIONAL(struct search, has_price_max))
#define IN_STOCK BOOL(struct search, in_stock, "")

static SHAPE(find_shape, struct search, WORDS, PRICE_MAX, IN_STOCK);
static SHAPE(search_shape, struct search, WORDS, PRICE_MAX, IN_STOCK, INT(struct search, limit, ""));

static SHAPE(product_shape, struct product,
	TEXT(struct product, sku, "", .required = true),
	TEXT(struct product, name, "", .required = true),
	TEXT(struct product, brand, ""),
	TEXT(struct product, category, ""),
	MONEY(struct product, price, "", .required = true),
	INT(struct product, available, "", .required = true));

static SHAPE(found_shape, struct found,
	LIST(struct found, products, count, struct product, product_shape, ""),
	INT(struct found, matches, "", OPTIONAL(struct found, has_matches)),
	TEXT(struct found, note, ""));

static void put_product(struct json *json, const void *item)
{
	const struct product *product = item;

	json_object(json);
	put_text(json, "sku", product->sku);
	put_text(json, "name", product->name);
	put_text(json, "brand", product->brand);
	put_text(json, "category", product->category);
	put_money(json, "price", &product->price);
	put_int(json, "available", product->available);
	json_object_end(json);
}

enum shop_outcome use_find_product(struct using *using)
{
	struct search search;
	struct found found;
	const char *why;

	if (!using_takes(using, find_shape, &search))
		return SHOP_DONE;
	search.limit = FOUND_MAX;
	enum client_outcome outcome = client_ask(using->call, shop_products, using_key(using, "find"), "search_products", true,
	                                         search_shape, &search, found_shape, &found, &why);
	if (outcome == CLIENT_PENDING)
		return SHOP_PENDING;
	if (outcome != CLIENT_ANSWERED)
		return using_failed(using, outcome, why, CATALOGUE_DOWN);

	struct json json = using_begin(using, "products");
	if (found.has_matches)
		put_int(&json, "matches", found.matches);
	put_text(&json, "note", found.note);
	put_list(&json, "products", found.products, found.count, sizeof(*found.products), put_product);
	using_shows(using, &json);
	if (found.count == 0)
		using->result->card = NULL;
	return SHOP_DONE;
}

/* ---- check_stock ---- */

struct wanted {
	const char *sku;
	int64_t quantity;
};

struct check {
	struct wanted *items;
	int64_t count;
};

struct checked_item {
	const char *sku, *name;
	bool known, sufficient;
	int64_t quantity, available;
};

struct checked {
	struct checked_item *items;
	int64_t count;
};

static SHAPE(wanted_shape, struct wanted,
	TEXT(struct wanted, sku, "", .required = true, AT_LEAST(1), AT_MOST(64)),
	INT(struct wanted, quantity, "", AT_LEAST(1), AT_MOST(1000000), DEFAULT(1)));

static SHAPE(check_shape, struct check,
	LIST(struct check, items, count, struct wanted, wanted_shape, "", .required = true, AT_LEAST(1), AT_MOST(ITEMS_MAX)));

static SHAPE(checked_item_shape, struct checked_item,
	TEXT(struct checked_item, sku, "", .required = true),
	TEXT(struct checked_item, name, ""),
	BOOL(struct checked_item, known, "", .required = true),
	INT(struct checked_item, quantity, "", .required = true),
	INT(struct checked_item, available, "", .required = true),
	BOOL(struct checked_item, sufficient, "", .required = true));

static SHAPE(checked_shape, struct checked,
	LIST(struct checked, items, count, struct checked_item, checked_item_shape, ""));

static void put_checked(struct json *json, const void *item)
{
	const struct checked_item *checked = item;

	json_object(json);
	put_text(json, "sku", checked->sku);
	put_text(json, "name", checked->name);
	json_key(json, "known");
	json_bool(json, checked->known);
	put_int(json, "quantity", checked->quantity);
	put_int(json, "available", checked->available);
	json_key(json, "sufficient");
	json_bool(json, checked->sufficient);
	json_object_end(json);
}

enum shop_outcome use_check_stock(struct using *using)
{
	struct check check;
	struct checked checked;
	const char *why;

	if (!using_takes(using, check_shape, &check))
		return SHOP_DONE;
	enum client_outcome outcome = client_ask(using->call, shop_products, using_key(using, "check"), "check_stock", true,
	                                         check_shape, &check, checked_shape, &checked, &why);
	if (outcome == CLIENT_PENDING)
		return SHOP_PENDING;
	if (outcome != CLIENT_ANSWERED)
		return using_failed(using, outcome, why, CATALOGUE_DOWN);

	struct json json = using_begin(using, "stock");
	put_list(&json, "items", checked.items, checked.count, sizeof(*checked.items), put_checked);
	return using_shows(using, &json);
}
