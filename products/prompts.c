/* prompts.c - see prompts.h. */
#include "prompts.h"

const char *or_unknown(const char *text)
{
	return text ? text : "not said";
}

static const char *describe(struct arena *arena, const struct product *p)
{
	return arena_print(arena, "- %s, %s: %s, %lld available. Brand: %s. Category: %s. %s\n",
		p->sku, p->name, product_price(arena, p->price), (long long)p->available,
		or_unknown(p->brand), or_unknown(p->category),
		p->description ? p->description : "");
}

const char *describe_all(struct arena *arena, const struct product *products, int64_t count)
{
	const char *text = "";
	for (int64_t i = 0; i < count; i++)
		text = arena_print(arena, "%s%s", text, describe(arena, &products[i]));
	return text;
}

const char *next_sku(struct arena *arena, const char **list)
{
	*list += strspn(*list, SKU_SEPARATORS);
	size_t size = strcspn(*list, SKU_SEPARATORS);
	const char *sku = arena_copy(arena, (str) { *list, size });
	*list += size;
	return sku;
}
