/* prompts.c - two prompts a person picks, with what the catalogue says put into them. */
#include "search.h"

enum {
	COMPARED_MAX = 10, RECOMMENDED_MAX = 12,
	ENOUGH = 6,             /* recommendable products, without filling up */
	WORD_LEAST = 4,         /* letters; shorter words say nothing of a wish */
	ENDING = 3,
};

struct compare {
	const char *skus;
};

struct recommend {
	const char *occasion, *budget, *recipient;
};

const struct shape compare_shape = SHAPE(struct compare,
	TEXT(struct compare, skus, "The SKUs to compare, separated by commas: KIT-0001, KIT-0002",
	     .required = true, AT_LEAST(1), AT_MOST(700)));

const struct shape recommend_shape = SHAPE(struct recommend,
	TEXT(struct recommend, occasion, "What it is for: a birthday, a picnic, moving house",
	     .required = true, AT_LEAST(1), AT_MOST(200)),
	TEXT(struct recommend, budget, "The most it may cost: 25 or 25.50", AT_MOST(30)),
	TEXT(struct recommend, recipient, "Who it is for: my sister who loves gardening",
	     AT_MOST(200)));

static const char *or_unknown(const char *text)
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

static const char *describe_all(struct arena *arena, const struct product *products,
                                int64_t count)
{
	const char *text = "";
	for (int64_t i = 0; i < count; i++)
		text = arena_print(arena, "%s%s", text, describe(arena, &products[i]));
	return text;
}

/* ---- compare_products ---- */

/* Takes the next SKU off a list with commas or spaces between them; "" at its end. */
static const char *next_sku(struct arena *arena, const char **list)
{
	*list += strspn(*list, ", \t\r\n;");
	size_t size = strcspn(*list, ", \t\r\n;");
	const char *sku = arena_copy(arena, (str) { *list, size });
	*list += size;
	return sku;
}

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

/* ---- recommend_product ---- */

/* "25", "25.5", "GBP 25.00": the first number in it, in minor units. -1: there is none. */
static int64_t amount_in(const char *text, int digits)
{
	const char *at = text + strcspn(text, "0123456789");
	int64_t minor = 0;
	bool behind_point = false;

	if (!*at)
		return -1;
	for (; (*at >= '0' && *at <= '9') || (*at == '.' && !behind_point); at++) {
		if (*at == '.')
			behind_point = true;
		else if (behind_point && digits-- <= 0)
			return minor;
		else if (minor < PRICE_MAX)
			minor = minor * 10 + (*at - '0');
	}
	for (; digits > 0; digits--)
		minor *= 10;
	return minor;
}

struct kind {
	const char *currency;
};
static const struct shape kind_shape = SHAPE(struct kind,
	TEXT(struct kind, currency, "Of one of the products"));

/* What a customer says without a currency is in the catalogue's. False: the store failed. */
static bool limit_price(struct store *store, struct arena *arena, const char *budget,
                        struct look *look)
{
	struct kind kind = { "GBP" };
	if (store_find_one(store, arena, "select price_currency as currency from product limit 1",
	                   NULL, NULL, &kind_shape, &kind) < 0)
		return false;

	look->price_max = amount_in(budget, price_digits(kind.currency));
	look->has_price_max = true;
	return true;
}

struct choice {
	struct hit hits[RECOMMENDED_MAX];
	int64_t count;
};

static void choose(struct choice *choice, const struct hits *hits, int64_t most)
{
	for (int64_t i = 0; i < hits->count && most > 0 && choice->count < RECOMMENDED_MAX; i++) {
		bool chosen = false;
		for (int64_t j = 0; j < choice->count; j++)
			chosen = chosen || choice->hits[j].id == hits->first[i].id;
		if (chosen)
			continue;
		choice->hits[choice->count++] = hits->first[i];
		most--;
	}
}

static bool is_ascii(str word)
{
	return utf8_length(word) == word.size;
}

/* What has the word, or else the word without its ending: gardening finds garden. */
static bool find_word(struct store *store, struct arena *arena, struct look *look, str word,
                      struct hits *hits)
{
	for (;;) {
		look->words = (struct words) { .at = { word }, .count = 1 };
		if (!find_by_words(store, arena, look, hits))
			return false;
		if (hits->count || word.size < ENDING + WORD_LEAST || !is_ascii(word))
			return true;
		word.size -= ENDING;
	}
}

/* Some for every word of the wish that says anything; then, if that was little, what is new. */
static bool choose_all(struct store *store, struct arena *arena, struct look *look,
                       const struct words *wish, struct choice *choice)
{
	struct hits hits;

	for (int i = 0; i < wish->count; i++) {
		if (utf8_length(wish->at[i]) < WORD_LEAST)
			continue;
		if (!find_word(store, arena, look, wish->at[i], &hits))
			return false;
		choose(choice, &hits, 4);
	}
	look->sort = BY_NEWEST;
	if (!find_as_list(store, arena, look, &hits))
		return false;
	choose(choice, &hits, ENOUGH - choice->count);
	return true;
}

static enum mcp_answer say_recommendation(struct mcp_call *call, const struct recommend *wish,
                                          const struct product *products, int64_t count)
{
	return mcp_say(call, "Recommend one product of our shop, and one alternative, to a"
		" customer.\nOccasion: %s\nFor: %s\nBudget: %s\n\nThese are in stock%s:\n%s\nIf"
		" none of them fits, look further with search_products (in_stock: true). Say in a"
		" sentence or two why it fits, with its price and SKU. Recommend nothing that is"
		" not in the catalogue.",
		wish->occasion, or_unknown(product_text(wish->recipient)),
		or_unknown(product_text(wish->budget)),
		product_text(wish->budget) ? " and within the budget" : "",
		count ? describe_all(mcp_arena(call), products, count) : "- nothing at all\n");
}

enum mcp_answer recommend_product(struct mcp_call *call, const void *in, struct store *store)
{
	const struct recommend *wish = in;
	struct arena *arena = mcp_arena(call);
	struct look look = { .now = now_ms(), .limit = RECOMMENDED_MAX, .in_stock = true };
	struct choice choice = { .count = 0 };

	if (product_text(wish->budget) && !limit_price(store, arena, wish->budget, &look))
		return mcp_fail(call, UNAVAILABLE);
	if (look.price_max < 0)
		return mcp_fail(call, "Say the budget as a number: 25 or 25.50.");
	struct words words = words_split(words_fold(arena, arena_print(arena, "%s %s",
		wish->occasion, wish->recipient ? wish->recipient : "")));
	if (!choose_all(store, arena, &look, &words, &choice))
		return mcp_fail(call, UNAVAILABLE);

	int64_t count;
	struct hits hits = { .first = choice.hits, .count = choice.count };
	struct product *products = find_products(store, arena, &hits, &count);
	if (!products)
		return mcp_fail(call, UNAVAILABLE);
	return say_recommendation(call, wish, products, count);
}
