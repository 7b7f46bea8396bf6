/* compare.c - compare_products, a prompt a person picks: products side by side, as the catalogue has them. */
#include "prompts.h"

struct compare {
	const char *skus;
};

SHAPE(compare_shape, struct compare,
	TEXT(struct compare, skus, "The SKUs to compare, separated by commas", .required = true,
	     AT_LEAST(1), AT_MOST(700), EXAMPLES("KIT-0001, KIT-0002")));

static enum mcp_answer say_comparison(struct mcp_call *call, const struct product *products,
                                      int64_t count)
{
	if (count < 2)
		return mcp_fail(call, "Name at least two SKUs, separated by commas.");
	return mcp_say(call, "Compare these products for a customer of our shop. Set out in a short"
		" table what differs: price, availability, what each is made for. Then say for whom"
		" each is the better choice. Use only what is written here.\n\n%s",
		describe_all(mcp_arena(call), products, count));
}

enum mcp_answer compare_products(struct mcp_call *call, const void *in, struct store *store)
{
	const struct compare *compare = in;
	struct arena *arena = mcp_arena(call);
	struct product *products = arena_array(arena, struct product, COMPARED_MAX);
	const char *rest = compare->skus;
	int64_t count = 0;

	for (const char *sku; *(sku = next_sku(arena, &rest)); ) {
		if (count == COMPARED_MAX)
			return mcp_fail(call, "At most %d products can be compared.", COMPARED_MAX);
		int found = product_find(store, arena, sku, &products[count]);
		const char *why = found ? NULL : product_missing(store, arena, sku);
		if (found < 0 || (!found && !why))
			return mcp_fail(call, UNAVAILABLE);
		if (why)
			return mcp_fail(call, "%s", why);
		count++;
	}
	return say_comparison(call, products, count);
}
