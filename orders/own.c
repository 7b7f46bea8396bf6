/* own.c - whose orders a call is about: everybody's, or those of the customer that its caller is. */
#include "order.h"

bool orders_of(struct mcp_call *call, const char *scope, const char **customer)
{
	*customer = NULL;
	if (mcp_may(call, scope))
		return true;
	*customer = mcp_customer(call);
	return *customer != NULL;
}

enum mcp_answer customer_unknown(struct mcp_call *call)
{
	return mcp_not_found(call, "You may see and change a customer's own orders only, and this server does"
	                     " not know which customer you are. Whoever runs it has to say so: customer=ID in"
	                     " your key's line of API_KEYS, or OAUTH_CUSTOMER_CLAIM where people sign in.");
}

enum mcp_answer order_missing(struct mcp_call *call, enum lookup found, const char *id)
{
	switch (found) {
	case NOT_FOUND:        return mcp_fail(call, "There is no order %s. Order numbers look like"
	                                       " ORD-7H2K9QX4TN or 536365; list_orders finds them by"
	                                       " customer or date.", id);
	case CUSTOMER_UNKNOWN: return customer_unknown(call);
	default:               return mcp_fail(call, BOOK_DOWN);
	}
}

int sees_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct named *asked = in;
	struct order order;
	enum lookup found = order_find(call, store, READ, asked->id, &order);

	return found == BOOK_FAILED ? -1 : found == FOUND;
}
