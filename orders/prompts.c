/* prompts.c - two prompts a person picks: an answer to a customer who asks about an order, and a look back at
 * a month's sales. */
#include "customer.h"
#include "order.h"

struct explain {
	const char *id, *customer, *question;
};

SHAPE(explain_shape, struct explain,
	TEXT(struct explain, id, "The order's id", .required = true, AT_LEAST(1), AT_MOST(100)),
	TEXT(struct explain, customer, "Whose order it is; it must be theirs", AT_MOST(200)),
	TEXT(struct explain, question, "What the customer wants to know, in their words",
	     AT_MOST(1000)));

enum mcp_answer explain_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct explain *asked = in;
	struct order order;
	enum lookup found = order_load(call, store, READ, asked->id, &order);

	switch (found) {
	case FOUND:     break;
	case NOT_FOUND: return mcp_not_found(call, "There is no order %s.", asked->id);
	default:        return order_missing(call, found, asked->id);
	}
	if (asked->customer && !text_blank(asked->customer) &&
	    !customer_same(mcp_arena(call), asked->customer, order.customer))
		return mcp_not_found(call, "Order %s is not one of %s.", order.id, asked->customer);
	mcp_message(call, "user", "This is the order, with its history:\n\n%s",
	            mcp_json(call, order_shape, &order));
	return mcp_say(call, "Write a short, friendly answer to the customer about this order."
	               " Say where it is now and what happens next, with dates but without internal words."
	               " Promise nothing that the history does not show.\n\nThe customer asks: %s",
	               asked->question ? asked->question : "Where is my order?");
}

/* ---- review_sales ---- */

struct review {
	const char *month;
};

SHAPE(review_shape, struct review,
	TEXT(struct review, month, "The month", .required = true, AT_LEAST(7), AT_MOST(7),
	     EXAMPLES("2011-01")));

/* From its first moment to the next month's. */
static bool read_month(struct arena *arena, const char *month, int64_t *from, int64_t *to)
{
	char next[TIME_TEXT_SIZE];

	if (!time_parse(str_of(arena_print(arena, "%s-01", month)), from))
		return false;
	/* No month is longer than 31 days, and two are longer than that. */
	time_print(*from + 32 * INT64_C(86400000), next);
	memcpy(next + sizeof("2011-01") - 1, "-01", sizeof("-01"));
	return time_parse(str_of(next), to);
}

enum mcp_answer review_sales(struct mcp_call *call, const void *in, struct store *store)
{
	const struct review *asked = in;
	const char *why, *products = NULL, *countries = NULL;
	int64_t from, to;

	if (!read_month(mcp_arena(call), asked->month, &from, &to))
		return mcp_fail(call, "Say the month as year and month: 2011-01.");
	products = report_of(call, store, from, to, "product", &why);
	countries = products ? report_of(call, store, from, to, "country", &why) : NULL;
	if (!countries)
		return mcp_fail(call, "%s", why);
	return mcp_say(call, "Look back at the sales of %s for the owner of the shop, in a few sentences:"
	               " what sold best, where it went, what stands out. Amounts are in minor units (1250"
	               " GBP is 12.50 pounds); goods that came back are not taken off. Use only these"
	               " figures.\n\nBy product:\n%s\n\nBy country:\n%s", asked->month, products,
	               countries);
}
