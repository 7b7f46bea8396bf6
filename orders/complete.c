/* complete.c - what a person may go on typing: numbers of orders, customers, months, from an index. */
#include <stdio.h>

#include "customer.h"
#include "order.h"

struct beginning {
	const char *from, *to;
	const char *customer;
	int64_t limit;
};

static SHAPE(beginning_shape, struct beginning,
	TEXT(struct beginning, from, "The first number, in small letters"),
	TEXT(struct beginning, to, "The number behind the last"),
	TEXT(struct beginning, customer, "Whose"),
	INT(struct beginning, limit, "How many"));

/* ---- Numbers of orders ---- */

#define NUMBERS(condition) \
	"select id from orders where status not in ('recording', 'committing') and " condition
#define BEGINS "lower(id) >= :from and lower(id) < :to"
#define NEWEST " order by placed_at desc, id desc limit :limit"

static bool find_numbers(struct store *store, struct arena *arena, const struct beginning *by,
                         struct rows *rows)
{
	if (by->customer)
		return store_find(store, arena, NUMBERS("customer = :customer and " BEGINS) NEWEST,
		                  beginning_shape, by, named_shape, rows);
	/* Where nothing was typed, those of today are the likeliest. */
	if (!*by->from)
		return store_find(store, arena, NUMBERS("1 = 1") NEWEST,
		                  beginning_shape, by, named_shape, rows);
	return store_find(store, arena, NUMBERS(BEGINS) " order by lower(id), id limit :limit",
	                  beginning_shape, by, named_shape, rows);
}

static void suggest_numbers(struct mcp_call *call, const char *typed, const char *customer,
                            struct store *store)
{
	struct arena *arena = mcp_arena(call);
	const char *from = id_small(arena, typed), *own;

	if (!orders_of(call, READ, &own) || (own && customer && strcmp(own, customer) != 0))
		return;
	/* U+10FFFF, which is no character, comes behind all that are. */
	struct beginning by = {
		from, arena_print(arena, "%s\xf4\x8f\xbf\xbf", from), own ? own : customer,
		MCP_SUGGESTIONS_MAX + 1,
	};
	struct rows rows;

	if (!find_numbers(store, arena, &by, &rows))
		return;
	const struct named *all = rows.first;
	for (int64_t i = 0; i < rows.count; i++)
		mcp_suggest(call, all[i].id);
}

/* ---- Customers ---- */

void complete_customer(struct mcp_call *call, const char *argument UNUSED, const char *value,
                       struct store *store)
{
	struct rows rows;
	const char *own;

	if (!orders_of(call, READ, &own))
		return;
	if (own) {
		if (customer_begins(mcp_arena(call), own, value))
			mcp_suggest(call, own);
		return;
	}
	if (!customers_find(store, mcp_arena(call), value, MCP_SUGGESTIONS_MAX + 1, &rows))
		return;
	const struct customer *all = rows.first;
	for (int64_t i = 0; i < rows.count; i++)
		mcp_suggest(call, all[i].name);
}

/* Of an order: its number, among those of the customer where one was chosen; or its customer. */
void complete_order(struct mcp_call *call, const char *argument, const char *value,
                    struct store *store)
{
	if (strcmp(argument, "customer") == 0)
		complete_customer(call, argument, value, store);
	else if (strcmp(argument, "id") == 0)
		suggest_numbers(call, value, mcp_chosen(call, "customer"), store);
}

/* ---- Months ---- */

struct moment { int64_t at; };

static SHAPE(moment_shape, struct moment, INT(struct moment, at, "When"));

#define ORDERED_AT(direction) \
	"select placed_at as at from orders where status not in ('recording', 'committing')" \
	" order by placed_at " direction ", id " direction " limit 1"

static void print_month(int64_t at_ms, char text[TIME_TEXT_SIZE])
{
	time_print(at_ms, text);
	text[sizeof("2011-01") - 1] = '\0';
}

/* From the month of the last order to that of the first. */
void complete_month(struct mcp_call *call, const char *argument UNUSED, const char *value,
                    struct store *store)
{
	struct arena *arena = mcp_arena(call);
	struct moment first, last;
	char from[TIME_TEXT_SIZE], month[TIME_TEXT_SIZE];
	int suggested = 0;

	if (store_find_one(store, arena, ORDERED_AT("asc"), NULL, NULL, moment_shape, &first) != 1 ||
	    store_find_one(store, arena, ORDERED_AT("desc"), NULL, NULL, moment_shape, &last) != 1)
		return;
	print_month(first.at, from);
	for (int64_t at = last.at; suggested <= MCP_SUGGESTIONS_MAX; ) {
		print_month(at, month);
		if (strcmp(month, from) < 0)
			break;
		if (str_starts(str_of(month), value)) {
			mcp_suggest(call, month);
			suggested++;
		}
		/* A moment before this month began is in the one before. */
		strcat(month, "-01");
		if (!time_parse(str_of(month), &at))
			break;
		at--;
	}
}
