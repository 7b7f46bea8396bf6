/* get.c - get_order, and the resource order://{id}. */
#include "order.h"

enum mcp_answer get_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct named *asked = in;

	return order_answer(call, store, READ, asked->id);
}

enum mcp_answer read_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct named *asked = in;
	struct order order;

	enum lookup found = order_load(call, store, READ, asked->id, &order);

	switch (found) {
	case FOUND:     return mcp_return(call, order_shape, &order);
	case NOT_FOUND: return mcp_not_found(call, "There is no order %s.", asked->id);
	default:        return order_missing(call, found, asked->id);
	}
}
