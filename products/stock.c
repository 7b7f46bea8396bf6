/* stock.c - see stock.h; and check_stock, which only looks. */
#include "stock.h"

#include <stdlib.h>

#include "words.h"

SHAPE(item_shape, struct item,
	TEXT(struct item, sku, "The product's SKU", .required = true, AT_LEAST(1),
	     AT_MOST(SKU_MAX)),
	INT(struct item, quantity, "How many units", .required = true, AT_LEAST(1),
	    AT_MOST(QUANTITY_MAX)));

SHAPE(line_row_shape, struct line,
	INT(struct line, product_id, "The row"),
	TEXT(struct line, sku, "Its SKU"),
	TEXT(struct line, name, "Its name"),
	INT(struct line, quantity, "How many"),
	MONEY(struct line, price, "Of one unit"),
	INT(struct line, stock, "On the shelf"),
	INT(struct line, held, "Held by reservations"),
	INT(struct line, position, "Where in the list"));

struct by_key {
	const char *key;
	int64_t now;
};

static SHAPE(by_key_shape, struct by_key,
	TEXT(struct by_key, key, "The SKU without case"),
	TIME(struct by_key, now, "What has expired by now holds nothing"));

static bool is_anonymous(const char *caller)
{
	return strcmp(caller, "anonymous") == 0;
}

bool is_of(const char *maker, const char *caller)
{
	return strcmp(maker, caller) == 0 || is_anonymous(maker) || is_anonymous(caller);
}

void line_settle(struct line *line)
{
	line->available = stock_left(line->stock, line->held);
}

static struct line *find_line(const struct lines *lines, int64_t product_id)
{
	for (int64_t i = 0; i < lines->count; i++)
		if (lines->first[i].product_id == product_id)
			return &lines->first[i];
	return NULL;
}

/* Into the line of that product, if there is one already. */
static void add_line(struct lines *lines, const struct line *line)
{
	struct line *known = find_line(lines, line->product_id);

	if (known) {
		known->quantity += line->quantity;
		return;
	}
	lines->first[lines->count] = *line;
	lines->first[lines->count].position = lines->count;
	lines->count++;
}

static void add_unknown(struct lines *lines, const char *key, const struct item *item)
{
	for (int64_t i = 0; i < lines->unknown_count; i++)
		if (strcmp(lines->unknown[i].key, key) == 0) {
			lines->unknown[i].quantity += item->quantity;
			return;
		}
	lines->unknown[lines->unknown_count++] = (struct unknown) {
		item->sku, key, item->quantity,
	};
}

bool lines_find(struct store *store, struct arena *arena, const struct item *items, int64_t count,
                struct lines *lines)
{
	struct by_key by = { .now = now_ms() };

	*lines = (struct lines) {
		.first = arena_array(arena, struct line, count),
		.unknown = arena_array(arena, struct unknown, count),
	};
	for (int64_t i = 0; i < count; i++) {
		struct line line;
		by.key = words_key(arena, items[i].sku);
		int found = store_find_one(store, arena,
			"select p.id as product_id, p.name, p.price, p.price_currency,"
			" " LINE_STOCK_SQL
			" from product p where p.sku_key = :key",
			by_key_shape, &by, line_row_shape, &line);
		if (found < 0)
			return false;
		if (!found) {
			add_unknown(lines, by.key, &items[i]);
			continue;
		}
		line.quantity = items[i].quantity;
		line_settle(&line);
		add_line(lines, &line);
	}
	return true;
}

bool lines_same(const struct lines *a, const struct lines *b)
{
	if (a->count != b->count)
		return false;
	for (int64_t i = 0; i < a->count; i++) {
		const struct line *other = find_line(b, a->first[i].product_id);
		if (!other || other->quantity != a->first[i].quantity)
			return false;
	}
	return true;
}

const char *lines_short(struct arena *arena, const struct lines *lines)
{
	const char *text = "";
	for (int64_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->first[i];
		if (line->quantity > line->available)
			text = arena_print(arena, "%s%s%s (%lld asked for, %lld available)", text,
				*text ? ", " : "", line->sku, (long long)line->quantity,
				(long long)line->available);
	}
	return text;
}

const char *lines_unknown(struct arena *arena, const struct lines *lines)
{
	const char *text = "";
	for (int64_t i = 0; i < lines->unknown_count; i++)
		text = arena_print(arena, "%s%s%s", text, *text ? " or " : "",
		                   lines->unknown[i].sku);
	if (!*text)
		return NULL;
	return arena_print(arena, "No product has the SKU %s; nothing was changed. Use"
	                   " search_products to find the right one.", text);
}

static int compare_rows(const void *left, const void *right)
{
	const struct line *const *a = left, *const *b = right;

	return ((*a)->product_id > (*b)->product_id) - ((*a)->product_id < (*b)->product_id);
}

struct line **lines_by_row(struct arena *arena, const struct lines *lines)
{
	struct line **sorted = arena_array(arena, struct line *, lines->count);

	for (int64_t i = 0; i < lines->count; i++)
		sorted[i] = &lines->first[i];
	if (lines->count > 1)
		qsort(sorted, (size_t)lines->count, sizeof(*sorted), compare_rows);
	return sorted;
}

void lines_changed(struct mcp_call *call, const struct lines *lines)
{
	for (int64_t i = 0; i < lines->count; i++)
		product_changed(call, lines->first[i].sku);
}

/* ---- Moving stock ---- */

struct move {
	int64_t product_id, quantity, now, most;
};

static SHAPE(move_shape, struct move,
	INT(struct move, product_id, "The row"),
	INT(struct move, quantity, "To add"),
	TIME(struct move, now, "When"),
	INT(struct move, most, "The greatest stock there may be"));

int line_add_stock(struct store *store, const struct line *line, int64_t quantity)
{
	struct move move = { line->product_id, quantity, now_ms(), STOCK_MAX };
	return (int)store_change(store,
		"update product set stock = stock + :quantity, version = version + 1,"
		" updated_at = :now where id = :product_id"
		" and stock + :quantity >= 0 and stock + :quantity <= :most",
		move_shape, &move);
}

/* ---- check_stock ---- */

struct check {
	struct item *items;
	int64_t count;
};

struct checked_item {
	const char *sku, *name;
	bool known, sufficient;
	int64_t quantity, available;
};

struct checked {
	bool sufficient;
	struct checked_item *items;
	int64_t count;
};

static SHAPE(check_item_shape, struct item,
	TEXT(struct item, sku, "The product's SKU", .required = true, AT_LEAST(1),
	     AT_MOST(SKU_MAX)),
	INT(struct item, quantity, "How many units are wanted", AT_LEAST(1), AT_MOST(QUANTITY_MAX),
	    DEFAULT(1)));

SHAPE(check_shape, struct check,
	LIST(struct check, items, count, struct item, check_item_shape, "The products to look at",
	     .required = true, AT_LEAST(1), AT_MOST(ITEMS_MAX)));

static SHAPE(checked_item_shape, struct checked_item,
	TEXT(struct checked_item, sku, "The SKU", .required = true),
	TEXT(struct checked_item, name, "The product's name"),
	BOOL(struct checked_item, known, "False: there is no such product", .required = true),
	INT(struct checked_item, quantity, "How many are wanted; an SKU that came twice is counted"
	    " together", .required = true),
	INT(struct checked_item, available, "How many can be ordered now", .required = true),
	BOOL(struct checked_item, sufficient, "Whether that is enough", .required = true));

SHAPE(checked_shape, struct checked,
	BOOL(struct checked, sufficient, "Whether there is enough of everything", .required = true),
	LIST(struct checked, items, count, struct checked_item, checked_item_shape,
	     "One for each product; unknown SKUs come last", .required = true));

static void add_known(struct checked *checked, const struct line *line)
{
	bool enough = line->available >= line->quantity;
	checked->items[checked->count++] = (struct checked_item) {
		line->sku, line->name, true, enough, line->quantity, line->available,
	};
	checked->sufficient = checked->sufficient && enough;
}

static void add_missing(struct checked *checked, const struct unknown *unknown)
{
	checked->items[checked->count++] = (struct checked_item) {
		.sku = unknown->sku, .quantity = unknown->quantity,
	};
	checked->sufficient = false;
}

enum mcp_answer check_stock(struct mcp_call *call, const void *in, struct store *store)
{
	const struct check *check = in;
	struct arena *arena = mcp_arena(call);
	struct lines lines;

	if (!lines_find(store, arena, check->items, check->count, &lines))
		return mcp_fail(call, UNAVAILABLE);

	struct checked checked = {
		.sufficient = true,
		.items = arena_array(arena, struct checked_item, check->count),
	};
	for (int64_t i = 0; i < lines.count; i++)
		add_known(&checked, &lines.first[i]);
	for (int64_t i = 0; i < lines.unknown_count; i++)
		add_missing(&checked, &lines.unknown[i]);
	return mcp_return(call, checked_shape, &checked);
}
