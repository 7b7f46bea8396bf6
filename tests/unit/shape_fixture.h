/* shape_fixture.h - an order with members of every type, and its shape. begin() and end() go around
 * every test. */
#ifndef SHAPE_FIXTURE_H
#define SHAPE_FIXTURE_H

#include "json.h"
#include "suite.h"

struct line {
	const char *sku;
	int64_t quantity;
};

struct address {
	const char *street, *country;
	bool gift, has_gift;
};

struct order {
	const char *customer, *state, *note;
	int64_t limit, stock;
	bool has_stock, confirm;
	double weight;
	int64_t since;
	struct money price;
	struct address *ship_to;
	struct line *items;
	int64_t items_count;
	const char **tags;
	int64_t tags_count;
};

static SHAPE(line_shape, struct line,
	TEXT(struct line, sku, "Which product", .required = true, AT_LEAST(1)),
	INT (struct line, quantity, "How many", AT_LEAST(1), AT_MOST(99), DEFAULT(1)));

static SHAPE(address_shape, struct address,
	TEXT(struct address, street, "Street and number", .required = true),
	TEXT(struct address, country, "Two letters", AT_LEAST(2), AT_MOST(2), .header = "Country"),
	BOOL(struct address, gift, "A present", OPTIONAL(struct address, has_gift)));

static SHAPE(order_shape, struct order,
	TEXT (struct order, customer, "Who buys", .required = true, AT_MOST(10), .format = "email"),
	TEXT (struct order, state, "Where it is", ONE_OF("open", "paid", "shipped"),
		DEFAULT("open")),
	TEXT (struct order, note, "Anything", EXAMPLES("say \"hi\"")),
	INT  (struct order, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)),
	INT  (struct order, stock, "Units on hand", OPTIONAL(struct order, has_stock)),
	BOOL (struct order, confirm, "Sure", DEFAULT(1)),
	REAL (struct order, weight, "In kg", AT_LEAST(0), AT_MOST(2.5)),
	TIME (struct order, since, "Placed since then",
		EXAMPLES("2011-01-31", "2011-01-31T09:30:00Z")),
	MONEY(struct order, price, "What it costs", AT_MOST(1000)),
	NEST (struct order, ship_to, struct address, address_shape, "Where it goes"),
	LIST (struct order, items, items_count, struct line, line_shape, "What is bought",
		AT_MOST(3)),
	TEXTS(struct order, tags, tags_count, "Labels", ONE_OF("new", "sale"), AT_LEAST(1)));

static const struct shape nothing_shape[1] = {{ 0, (const struct field[]) { { 0 } } }};
typedef struct line nothing_shape_describes;

static SHAPE(unbounded_shape, struct order,
	LIST(struct order, items, items_count, struct line, nothing_shape, "Many"));

static UNUSED SHAPE(lists_shape, struct order,
	LIST (struct order, items, items_count, struct line, line_shape, ""),
	TEXTS(struct order, tags, tags_count, ""));

static SHAPE(always_shape, struct order,
	LIST (struct order, items, items_count, struct line, line_shape, "", .required = true),
	TEXTS(struct order, tags, tags_count, "", .required = true),
	TIME (struct order, since, "", .required = true));

static struct arena *arena;

static inline void begin(void)
{
	arena = arena_create();
}

static inline void end(void)
{
	arena_destroy(arena);
}

static inline yyjson_val *parse(const char *text)
{
	enum json_trouble trouble;
	yyjson_val *root = json_parse_copy(arena, str_of(text), 64, &trouble);

	ck_assert_int_eq(trouble, JSON_FINE);
	return root;
}

#endif
