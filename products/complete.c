/* complete.c - what a person may go on typing: SKUs and categories, from an index. */
#include "prompts.h"
#include "words.h"

/* What a key begins with: from there up to the last that does. */
struct beginning {
	const char *from, *to;
	int64_t limit;
};

struct suggestion {
	const char *value;
};

static SHAPE(beginning_shape, struct beginning,
	TEXT(struct beginning, from, "The first key"),
	TEXT(struct beginning, to, "The key behind the last"),
	INT(struct beginning, limit, "How many"));

static SHAPE(suggestion_shape, struct suggestion,
	TEXT(struct suggestion, value, "As it is written"));

/* U+10FFFF, which is no character, comes behind all that are. */
static struct beginning begins_with(struct arena *arena, const char *key, int64_t limit)
{
	return (struct beginning) { key, arena_print(arena, "%s\xf4\x8f\xbf\xbf", key), limit };
}

/* ---- SKUs ---- */

static bool find_skus(struct mcp_call *call, const char *typed, struct store *store, int64_t limit,
                      struct rows *rows)
{
	struct beginning by = begins_with(mcp_arena(call), words_key(mcp_arena(call), typed), limit);

	return strlen(typed) <= KEY_SIZE_MAX &&
	       store_find(store, mcp_arena(call),
	                  "select sku as value from product where sku_key >= :from and sku_key < :to"
	                  " order by sku_key limit :limit",
	                  beginning_shape, &by, suggestion_shape, rows);
}

void complete_sku(struct mcp_call *call, const char *argument UNUSED, const char *value,
                  struct store *store)
{
	ROWS(struct suggestion) rows;

	if (!find_skus(call, value, store, MCP_SUGGESTIONS_MAX + 1, &rows.rows))
		return;
	const struct suggestion *all = rows.first;
	for (int64_t i = 0; i < rows.count; i++)
		mcp_suggest(call, all[i].value);
}

/* The keys of the SKUs of a list. False: there are as many as can be compared. */
static bool keys_of(struct arena *arena, const char *list, const char *keys[COMPARED_MAX], int *count)
{
	const char *one;

	for (*count = 0; *(one = next_sku(arena, &list)); (*count)++) {
		if (*count == COMPARED_MAX - 1)
			return false;
		keys[*count] = words_key(arena, one);
	}
	return true;
}

static bool is_among(const char *key, const char *const *keys, int count)
{
	for (int i = 0; i < count; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* The last of a list, behind those that are there. */
void complete_skus(struct mcp_call *call, const char *argument UNUSED, const char *value,
                   struct store *store)
{
	struct arena *arena = mcp_arena(call);
	const char *last = value, *keys[COMPARED_MAX];
	ROWS(struct suggestion) rows;
	int count;

	for (const char *at = value; *at; at++)
		if (strchr(SKU_SEPARATORS, *at))
			last = at + 1;
	const char *before = arena_copy(arena, (str) { value, (size_t)(last - value) });
	if (!keys_of(arena, before, keys, &count) ||
	    !find_skus(call, last, store, MCP_SUGGESTIONS_MAX + 1 + count, &rows.rows))
		return;
	const struct suggestion *all = rows.first;
	for (int64_t i = 0; i < rows.count; i++)
		if (!is_among(words_key(arena, all[i].value), keys, count))
			mcp_suggest(call, arena_print(arena, "%s%s", before, all[i].value));
}

/* ---- Categories ---- */

/* From each key to the next that is another, by the index: a category of many products is no longer. */
#define NEXT_KEY(condition) \
	"(select p.category_key from product p where " condition " and p.category_key < :to" \
	" order by p.category_key limit 1)"

void complete_category(struct mcp_call *call, const char *argument, const char *value,
                       struct store *store)
{
	struct arena *arena = mcp_arena(call);
	struct beginning by = begins_with(arena, words_fold(arena, value), MCP_SUGGESTIONS_MAX + 1);
	ROWS(struct suggestion) rows;

	if (strcmp(argument, "category") != 0)
		return;
	if (!store_find(store, arena,
	                "with recursive category (k, n) as ("
	                "select " NEXT_KEY("p.category_key >= :from") ", 1"
	                " union all select " NEXT_KEY("p.category_key > c.k") ", c.n + 1"
	                " from category c where c.k is not null and c.n < :limit)"
	                " select (select p.category from product p where p.category_key = c.k"
	                " order by p.price, p.id limit 1) as value"
	                " from category c where c.k is not null order by c.n",
	                beginning_shape, &by, suggestion_shape, &rows))
		return;
	const struct suggestion *all = rows.first;
	for (int64_t i = 0; i < rows.count; i++)
		mcp_suggest(call, all[i].value);
}
