/* prompts.c - see prompts.h. */
#include "prompts.h"

#include "builder.h"
#include "money.h"

const char *or_unknown(const char *text)
{
	return text ? text : "not said";
}

static const char *describe(struct arena *arena, const struct product *p)
{
	return arena_print(arena, "- %s, %s: %s, %lld available. Brand: %s. Category: %s. %s\n",
		p->sku, p->name, money_text(arena, &p->price), (long long)p->available,
		or_unknown(p->brand), or_unknown(p->category),
		p->description ? p->description : "");
}

const char *describe_all(struct arena *arena, const struct product *products, int64_t count)
{
	struct builder text = builder_begin(arena, 0);
	for (int64_t i = 0; i < count; i++)
		builder_put(&text, str_of(describe(arena, &products[i])));
	return builder_end(&text);
}

const char *next_sku(struct arena *arena, const char **list)
{
	*list += strspn(*list, SKU_SEPARATORS);
	size_t size = strcspn(*list, SKU_SEPARATORS);
	const char *sku = arena_copy(arena, (str) { *list, size });
	*list += size;
	return sku;
}
