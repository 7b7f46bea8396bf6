/* recommend.c - recommend_product, a prompt a person picks: what is in stock for an occasion and a budget. */
#include "budget.h"
#include "money.h"
#include "prompts.h"
#include "search.h"

enum {
	RECOMMENDED_MAX = 12,
	ENOUGH = 6,             /* recommendable products, without filling up */
	WORD_LEAST = 4,         /* letters; shorter words say nothing of a wish */
	ENDING = 3,
};

struct recommend {
	const char *occasion, *budget, *recipient, *category;
};

SHAPE(recommend_shape, struct recommend,
	TEXT(struct recommend, occasion, "What it is for", .required = true, AT_LEAST(1),
	     AT_MOST(200), EXAMPLES("a birthday", "moving house")),
	TEXT(struct recommend, budget, "What it may cost, in any words", AT_MOST(100),
	     EXAMPLES("25", "under 50", "20-30")),
	TEXT(struct recommend, recipient, "Who it is for", AT_MOST(200),
	     EXAMPLES("my sister who loves gardening")),
	TEXT(struct recommend, category, "Only of this category, as list_categories names it",
	     AT_MOST(LABEL_MAX)));

/* ---- The budget ---- */

struct kind {
	const char *currency;
};
static SHAPE(kind_shape, struct kind,
	TEXT(struct kind, currency, "Of one of the products"));

static int find_kind(struct store *store, struct arena *arena, const char *sql, struct kind *kind)
{
	return store_find_one(store, arena, sql, kind_shape, kind, kind_shape, kind);
}

/* Amounts are in the currency of the catalogue, or in one that it has too and that is named. False: the
 * store failed. */
static bool read_budget(struct store *store, struct arena *arena, const char *text,
                        struct price_range *budget, struct kind *kind)
{
	kind->currency = "GBP";
	if (find_kind(store, arena, SQL("select price_currency as currency from product limit 1", kind_shape, kind_shape),
	              kind) < 0)
		return false;
	*budget = budget_read(arena, text, kind->currency);
	if (budget->kind != BUDGET_FOREIGN)
		return true;

	struct kind named = { budget->named };
	int found = find_kind(store, arena, SQL("select price_currency as currency from product"
	                      " where price_currency = :currency limit 1", kind_shape, kind_shape), &named);
	if (found == 1) {
		*kind = named;
		*budget = budget_read(arena, text, kind->currency);
	}
	return found >= 0;
}

/* A limit is one of the prices of its currency. */
static void set_limits(struct look *look, const struct price_range *budget, const struct kind *kind)
{
	if (budget->kind != BUDGET_UNDERSTOOD)
		return;
	look->currency = kind->currency;
	look->price_min = budget->least;
	look->has_price_min = budget->has_least;
	look->price_max = budget->most;
	look->has_price_max = budget->has_most;
}

static const char *limits(struct arena *arena, const struct price_range *budget, const char *currency)
{
	const char *least = money_text(arena, &(struct money) { budget->least, currency });
	const char *most = money_text(arena, &(struct money) { budget->most, currency });

	if (budget->has_least && budget->has_most)
		return arena_print(arena, "from %s to %s", least, most);
	if (budget->has_least)
		return arena_print(arena, "at least %s", least);
	return arena_print(arena, budget->about ? "about %s, taken as the most" : "at most %s", most);
}

#define ASK "Ask the customer %s before you recommend anything; the products below are of any price."

/* What was made of the budget, or what to do where nothing was. */
static const char *explain(struct arena *arena, const struct price_range *budget, const char *currency)
{
	switch (budget->kind) {
	case BUDGET_UNDERSTOOD:
		return arena_print(arena, "understood as %s", limits(arena, budget, currency));
	case BUDGET_AMBIGUOUS:
		return arena_print(arena, "that may be %s or %s. " ASK,
		                   money_text(arena, &(struct money) { budget->most, currency }),
		                   money_text(arena, &(struct money) { budget->also, currency }),
		                   "which it is");
	case BUDGET_FOREIGN:
		return arena_print(arena, "that is in another currency (%s) than the shop's prices, and"
		                   " is not converted. " ASK, budget->named,
		                   arena_print(arena, "what they want to spend in %s", currency));
	default:
		return arena_print(arena, "it is not clear which amount that is. " ASK,
		                   arena_print(arena, "how much they want to spend in %s",
		                               currency));
	}
}

/* ---- The choice ---- */

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

/* ---- The words ---- */

static enum mcp_answer say_recommendation(struct mcp_call *call, const struct recommend *wish,
                                          const char *budget, bool is_limited,
                                          const struct product *products, int64_t count)
{
	return mcp_say(call, "Recommend one product of our shop, and one alternative, to a"
		" customer.\nOccasion: %s\nFor: %s\nBudget: %s\n\nThese are in stock%s%s%s:\n%s\nIf"
		" none of them fits, look further with search_products (in_stock: true). Say in a"
		" sentence or two why it fits, with its price and SKU. Recommend nothing that is"
		" not in the catalogue.",
		wish->occasion, or_unknown(product_text(wish->recipient)), budget,
		product_text(wish->category) ? " in " : "",
		product_text(wish->category) ? wish->category : "",
		is_limited ? " and within the budget" : "",
		count ? describe_all(mcp_arena(call), products, count) : "- nothing at all\n");
}

enum mcp_answer recommend_product(struct mcp_call *call, const void *in, struct store *store)
{
	const struct recommend *wish = in;
	struct arena *arena = mcp_arena(call);
	struct look look = { .now = now_ms(), .limit = RECOMMENDED_MAX, .in_stock = true };
	struct choice choice = { .count = 0 };
	const char *said = product_text(wish->budget), *explained = or_unknown(NULL);
	bool is_limited = false;

	if (said) {
		struct price_range budget;
		struct kind kind;
		if (!read_budget(store, arena, said, &budget, &kind))
			return mcp_fail(call, UNAVAILABLE);
		set_limits(&look, &budget, &kind);
		is_limited = budget.kind == BUDGET_UNDERSTOOD;
		explained = arena_print(arena, "%s: %s", said, explain(arena, &budget, kind.currency));
	}
	if (product_text(wish->category))
		look.category = words_fold(arena, wish->category);
	struct words words = words_split(words_fold(arena, arena_print(arena, "%s %s",
		wish->occasion, wish->recipient ? wish->recipient : "")));
	if (!choose_all(store, arena, &look, &words, &choice))
		return mcp_fail(call, UNAVAILABLE);

	int64_t count;
	struct hits hits = { .first = choice.hits, .count = choice.count };
	struct product *products = find_products(store, arena, &hits, &count);
	if (!products)
		return mcp_fail(call, UNAVAILABLE);
	return say_recommendation(call, wish, explained, is_limited, products, count);
}
