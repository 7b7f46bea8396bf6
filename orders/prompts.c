/* prompts.c - a prompt a person picks: an answer to a customer who asks about an order. */
#include "order.h"

struct explain {
	const char *id, *question;
};

const struct shape explain_shape = SHAPE(struct explain,
	TEXT(struct explain, id, "The order's id", .required = true, AT_LEAST(1), AT_MOST(100)),
	TEXT(struct explain, question, "What the customer wants to know, in their words",
	     AT_MOST(1000)));

enum mcp_answer explain_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct explain *asked = in;
	struct order order;

	switch (order_load(store, mcp_arena(call), asked->id, &order)) {
	case 1:  break;
	case 0:  return mcp_not_found(call, "There is no order %s.", asked->id);
	default: return mcp_fail(call, BOOK_DOWN);
	}
	mcp_message(call, "user", "This is the order, with its history:\n\n%s",
	            mcp_json(call, &order_shape, &order));
	return mcp_say(call, "Write a short, friendly answer to the customer about this order."
	               " Say where it is now and what happens next, with dates but without internal words."
	               " Promise nothing that the history does not show.\n\nThe customer asks: %s",
	               asked->question ? asked->question : "Where is my order?");
}
