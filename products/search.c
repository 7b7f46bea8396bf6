/* search.c - search_products: its arguments, its cursor, its words about what was not found. */
#include "search.h"

#include "joins.h"

struct search {
	const char *words, *category, *currency, *sort, *cursor;
	int64_t price_min, price_max, limit;
	bool has_price_min, has_price_max, in_stock;
};

struct found {
	struct product *products;
	int64_t count;
	int64_t matches;
	bool has_matches, capped;
	const char *note, *next_cursor;
};

SHAPE(search_shape, struct search,
	TEXT(struct search, words, "Words to look for in name, brand, category, SKU and"
	     " description; case and accents do not matter. Every word must match, as a whole word"
	     " or as the beginning of one; in scripts without spaces, as any part of the text. Leave"
	     " it out to list everything", AT_MOST(200)),
	TEXT(struct search, category, "Only this category, as list_categories names it",
	     AT_MOST(LABEL_MAX)),
	INT(struct search, price_min, "Lowest price in minor units (pence, cents): 1500 is 15.00",
	    AT_LEAST(0), OPTIONAL(struct search, has_price_min)),
	INT(struct search, price_max, "Highest price in minor units (pence, cents): 1500 is 15.00",
	    AT_LEAST(0), OPTIONAL(struct search, has_price_max)),
	TEXT(struct search, currency, "Only prices in this currency, an ISO 4217 code",
	     AT_LEAST(3), AT_MOST(3), EXAMPLES("GBP")),
	BOOL(struct search, in_stock, "Only products that can be ordered now"),
	TEXT(struct search, sort, "Order of the results. relevance puts first what has the words in"
	     " its name; without words it is by name",
	     ONE_OF("relevance", "price_asc", "price_desc", "name", "newest"),
	     DEFAULT("relevance")),
	INT(struct search, limit, "How many to return", AT_LEAST(1), AT_MOST(100), DEFAULT(20)),
	TEXT(struct search, cursor, "next_cursor of the page before, with all other arguments"
	     " unchanged", AT_MOST(4000)));

SHAPE(found_shape, struct found,
	LIST(struct found, products, count, struct product, brief_shape, "In the order asked for",
	     .required = true),
	INT(struct found, count, "How many are in this answer", .required = true),
	INT(struct found, matches, "How many match in all; given when words were",
	    OPTIONAL(struct found, has_matches)),
	BOOL(struct found, capped, "True: more match than were looked at, so the best may be"
	     " missing; narrow the search", .required = true),
	TEXT(struct found, note, "Advice on what to try, when there is some"),
	TEXT(struct found, next_cursor, "Pass it as cursor for the next page; absent on the last"));

/* ---- The cursor: the last hit of a page, bound to the search it belongs to ---- */

struct position {
	int64_t search, id, rank, price;
	const char *name_words, *sku_key;
};

static SHAPE(position_shape, struct position,
	INT(struct position, search, "Which search it belongs to"),
	INT(struct position, id, "The last hit of the page", .required = true),
	INT(struct position, rank, "Its rank", .required = true),
	INT(struct position, price, "Its price", .required = true),
	TEXT(struct position, name_words, "Its name", .required = true),
	TEXT(struct position, sku_key, "Its SKU", .required = true));

/* A number that differs between searches: FNV-1a, of 48 bits so that it stays whole in JSON. The
 * cursor is sealed, so nobody gains by finding two searches with one number. */
static int64_t search_number(struct arena *arena, const struct look *look)
{
	/* Names that another version folded are in another order. */
	const char *text = arena_print(arena, "%s|%d|%s|%s|%s|%d%lld|%d%lld|%d", WORDS_MARK,
		(int)look->sort, words_asked(arena, &look->words), look->category ? look->category : "",
		look->currency ? look->currency : "",
		look->has_price_min, (long long)look->price_min,
		look->has_price_max, (long long)look->price_max, look->in_stock);
	return (int64_t)(str_hash(str_of(text)) & 0xffffffffffffu);
}

static const char *next_cursor(struct mcp_call *call, const struct look *look,
                               const struct hit *last)
{
	return mcp_cursor(call, "search", position_shape, &(struct position) {
		search_number(mcp_arena(call), look), last->id, last->rank, last->price,
		last->name_words, last->sku_key,
	});
}

static bool open_cursor(struct mcp_call *call, const char *cursor, struct look *look)
{
	struct position position;
	if (!mcp_cursor_open(call, "search", cursor, position_shape, &position)
	 || position.search != search_number(mcp_arena(call), look))
		return false;

	struct hit *after = arena_new(mcp_arena(call), struct hit);
	*after = (struct hit) { position.id, position.rank, position.price, position.name_words,
	                        position.sku_key };
	look->after = after;
	return true;
}

/* ---- The search ---- */

static enum sort sort_of(const char *name)
{
	static const char *const names[] = {
		[BY_RELEVANCE] = "relevance", [BY_PRICE] = "price_asc",
		[BY_PRICE_DOWN] = "price_desc", [BY_NAME] = "name", [BY_NEWEST] = "newest",
	};
	for (int i = BY_PRICE; i <= BY_NEWEST; i++)
		if (name && strcmp(name, names[i]) == 0)
			return (enum sort)i;
	return BY_RELEVANCE;
}

static struct look look_for(struct arena *arena, const struct search *search)
{
	struct look look = {
		.words = words_split(words_fold(arena, search->words)),
		.sort = sort_of(search->sort),
		.category = product_text(search->category)
			? words_fold(arena, search->category) : NULL,
		/* In lower case it is meant all the same. */
		.currency = search->currency ? text_capitals(arena, search->currency) : NULL,
		.price_min = search->price_min, .has_price_min = search->has_price_min,
		.price_max = search->price_max, .has_price_max = search->has_price_max,
		.in_stock = search->in_stock, .now = now_ms(),
		.limit = search->limit + 1,             /* one more, to know of a next page */
	};
	return look;
}

/* ---- Words about an empty answer ---- */

struct flag {
	int64_t there;
};
static SHAPE(flag_shape, struct flag,
	INT(struct flag, there, "How many were found, at most one"));

/* 1, 0, or -1 where the store failed. */
static int is_there(struct store *store, struct arena *arena, const char *sql,
                    const struct look *look)
{
	struct flag flag;
	return store_find_one(store, arena, sql, look_shape, look, flag_shape, &flag);
}

/* The first word that no product has. */
static int unknown_word(struct store *store, struct arena *arena, const struct look *look,
                        str *word)
{
	static const char *const sql[][2] = {
		[STORE_SQLITE] = { "select 1 as there from " WORDS_SQLITE " limit 1",
		                   "select 1 as there from " WORDS_SQLITE RUNS_SQLITE " limit 1" },
		[STORE_POSTGRESQL] = { "select 1 as there from " WORDS_POSTGRESQL " limit 1",
		                       "select 1 as there from " WORDS_POSTGRESQL RUNS_POSTGRESQL " limit 1" },
	};
	STATEMENTS_OF_EITHER(sql, look_shape, flag_shape);

	for (int i = 0; i < look->words.count; i++) {
		struct look alone = { .words = words_alone(&look->words, i) };
		look_for_words(&alone, store, arena);
		int there = is_there(store, arena, sql[store_kind(store)][alone.runs != NULL], &alone);
		*word = look->words.at[i];
		if (there <= 0)
			return there ? -1 : 1;
	}
	return 0;
}

/* False: the store failed. */
static bool note_nothing(struct store *store, struct arena *arena, const struct look *look,
                         const char **note)
{
	str word;
	int known = is_there(store, arena, SQL("select 1 as there from product limit 1",
	                                       look_shape, flag_shape), look);
	if (known == 0)
		*note = "The catalogue is empty: an operator loads it with"
			" `mcp-products import FILE.csv`.";
	if (known <= 0)
		return known == 0;

	known = !look->category ? 1 : is_there(store, arena, SQL("select 1 as there from product"
	                                       " where category_key = :category limit 1", look_shape, flag_shape), look);
	if (known == 0)
		*note = "There is no such category; list_categories names them all.";
	if (known <= 0)
		return known == 0;

	int unknown = unknown_word(store, arena, look, &word);
	if (unknown > 0)
		*note = arena_print(arena, "No product has %s\"%s\"%s; try another word for it.",
			word_is_run(word) ? "" : "a word that begins with ", str_quote(word, 128).text,
			word_is_run(word) ? " in it" : "");
	else
		*note = "Nothing matches all of it; try fewer words or wider limits.";
	return unknown >= 0;
}

static bool note_what_helps(struct store *store, struct arena *arena, const struct look *look,
                            struct found *found)
{
	if (!found->count && !look->after)
		return note_nothing(store, arena, look, &found->note);
	if (found->capped)
		found->note = arena_print(arena, "More than %d products match and only the first %d"
			" were looked at. Add a word, a category or a price limit.",
			CANDIDATES_MAX, CANDIDATES_MAX);
	else if (look->words.cut)
		found->note = arena_print(arena, "Only the first %d words count.",
		                          WORDS_MAX);
	return true;
}

enum mcp_answer search_products(struct mcp_call *call, const void *in, struct store *store)
{
	const struct search *search = in;
	struct arena *arena = mcp_arena(call);
	struct look look = look_for(arena, search);
	struct hits hits;

	if (product_text(search->words) && !look.words.count)
		return mcp_fail(call, "There is no letter or digit in the words to look for.");
	if (product_text(search->cursor) && !open_cursor(call, search->cursor, &look))
		return mcp_fail(call, "This cursor does not belong to this search. Repeat the"
		                " arguments of the page before with it, or leave it out to start"
		                " over.");
	if (!(look.words.count ? find_by_words : find_as_list)(store, arena, &look, &hits))
		return mcp_fail(call, UNAVAILABLE);

	struct found found = {
		.has_matches = hits.matches >= 0, .matches = hits.matches, .capped = hits.capped,
	};
	if (hits.count > search->limit) {
		hits.count = search->limit;
		found.next_cursor = next_cursor(call, &look, &hits.first[hits.count - 1]);
	}
	found.products = find_products(store, arena, &hits, &found.count);
	if (!found.products || !note_what_helps(store, arena, &look, &found))
		return mcp_fail(call, UNAVAILABLE);
	return mcp_return(call, found_shape, &found);
}
