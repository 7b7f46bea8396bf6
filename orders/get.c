/* get.c - get_order, and the resource order://{id}. */
#include "order.h"

enum mcp_answer get_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct named *asked = in;

	return order_answer(call, store, asked->id);
}

enum mcp_answer read_order(struct mcp_call *call, const void *in, struct store *store)
{
	const struct named *asked = in;
	struct order order;

	switch (order_load(store, mcp_arena(call), asked->id, &order)) {
	case 1:  return mcp_return(call, &order);
	case 0:  return mcp_not_found(call, "There is no order %s.", asked->id);
	default: return mcp_fail(call, BOOK_DOWN);
	}
}
