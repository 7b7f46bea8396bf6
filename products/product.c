/* product.c - see product.h. */
#include "product.h"

#include "builder.h"
#include "money.h"
#include "words.h"

/* ---- Shapes ---- */

#define BRIEF_FIELDS \
	TEXT(struct product, sku, "The code that identifies the product", .required = true), \
	TEXT(struct product, name, "What customers call it", .required = true), \
	TEXT(struct product, brand, "Who makes it"), \
	TEXT(struct product, category, "The category it is in"), \
	MONEY(struct product, price, "Price of one unit, in minor units (250 GBP is 2.50 pounds)", \
	      .required = true)

#define AVAILABLE_FIELD \
	INT(struct product, available, "Units that can be ordered now", .required = true)

#define STOCK_FIELDS \
	INT(struct product, stock, "Units on the shelf, those held for orders included", \
	    .required = true), \
	INT(struct product, held, "Units held for orders that are being placed", \
	    .required = true), \
	INT(struct product, version, "Goes up with every change; update_product takes it as" \
	    " if_version", .required = true), \
	TIME(struct product, updated_at, "When it last changed", .required = true)

#define IMAGE_FIELD \
	TEXT(struct product, image_url, "Address of a picture of it", .format = "uri")

#define DETAIL_FIELDS \
	TEXT(struct product, description, "What it is, in a sentence or two"), \
	IMAGE_FIELD

SHAPE(brief_shape, struct product, BRIEF_FIELDS, IMAGE_FIELD,
	AVAILABLE_FIELD);
SHAPE(product_shape, struct product, BRIEF_FIELDS, DETAIL_FIELDS,
	AVAILABLE_FIELD, STOCK_FIELDS);
SHAPE(row_shape, struct product, BRIEF_FIELDS, DETAIL_FIELDS, STOCK_FIELDS,
	INT(struct product, id, "The row"),
	TEXT(struct product, sku_key, "The SKU without case"),
	TEXT(struct product, category_key, "The category as words"),
	TEXT(struct product, name_words, "The name as words"),
	TEXT(struct product, other_words, "Everything else as words"));

SHAPE(sku_shape, struct product,
	TEXT(struct product, sku, "The product's SKU, in any case", .required = true,
	     AT_LEAST(1), AT_MOST(SKU_MAX), EXAMPLES("KIT-0001")));

/* ---- One product ---- */

struct by_key {
	const char *key;
	int64_t now;
};

static SHAPE(by_key_shape, struct by_key,
	TEXT(struct by_key, key, "The SKU without case"),
	TIME(struct by_key, now, "What has expired by now does not count"));

int product_find(struct store *store, struct arena *arena, const char *sku,
                 struct product *product)
{
	struct by_key by = { words_key(arena, sku), now_ms() };
	int found = store_find_one(store, arena,
		"select " PRODUCT_SQL " from product p where p.sku_key = :key",
		by_key_shape, &by, product_shape, product);

	if (found == 1)
		product_settle(product);
	return found;
}

int64_t stock_left(int64_t stock, int64_t held)
{
	return stock > held ? stock - held : 0;
}

void product_settle(struct product *product)
{
	product->available = stock_left(product->stock, product->held);
}

void product_index(struct arena *arena, struct product *product)
{
	product->category_key = product->category ? words_fold(arena, product->category) : NULL;
	product->sku_key = words_key(arena, product->sku);
	product->name_words = words_fold(arena, product->name);
	const char *others = arena_print(arena, "%s %s %s %s", product->sku,
		product->brand ? product->brand : "", product->category ? product->category : "",
		product->description ? product->description : "");
	const str words[] = {
		str_of(words_fold(arena, others)), str_of(words_beside(arena, product->name, true)),
		str_of(words_beside(arena, others, false)),
		product->category_key ? str_of(words_category(arena, product->category_key))
		                      : STR(""),
	};
	struct builder all = builder_begin(arena, words[0].size);
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (all.size && words[i].size)
			builder_put(&all, STR(" "));
		builder_put(&all, words[i]);
	}
	builder_put(&all, STR(WORDS_MARK));
	product->other_words = builder_end(&all);
}

const char *product_text(const char *text)
{
	return text && !text_blank(text) ? text : NULL;
}

/* ---- What a product must be ---- */

#define WHITE " \t\r\n"

static bool is_web_address(const char *url)
{
	str address = str_of(url);
	return (str_starts(address, "https://") || str_starts(address, "http://"))
		&& strcspn(url, WHITE "\"<>") == address.size;
}

static const char *text_trouble(struct arena *arena, const char *name, const char *text,
                                size_t letters_max)
{
	if (!text || utf8_length(str_of(text)) <= letters_max)
		return NULL;
	return arena_print(arena, "%s is %zu characters long; at most %zu are allowed", name,
	                   utf8_length(str_of(text)), letters_max);
}

static const char *texts_trouble(struct arena *arena, const struct product *p)
{
	const struct { const char *name, *text; size_t most; } texts[] = {
		{ "sku", p->sku, SKU_MAX }, { "name", p->name, NAME_MAX_LETTERS },
		{ "description", p->description, TEXT_MAX }, { "brand", p->brand, LABEL_MAX },
		{ "category", p->category, LABEL_MAX }, { "image_url", p->image_url, URL_MAX },
	};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *why = text_trouble(arena, texts[i].name, texts[i].text, texts[i].most);
		if (why)
			return why;
	}
	return NULL;
}

/* Its words with a hyphen between them. */
static const char *hyphenated(struct arena *arena, const char *sku)
{
	char *words = arena_copy(arena, str_of(sku)), *to = words;

	for (const char *from = sku + strspn(sku, WHITE); *from; from += strspn(from, WHITE)) {
		size_t size = strcspn(from, WHITE);
		if (to > words)
			*to++ = '-';
		memcpy(to, from, size);
		to += size;
		from += size;
	}
	*to = '\0';
	return words;
}

const char *product_trouble(struct arena *arena, const struct product *p)
{
	if (!product_text(p->sku))
		return "sku is empty";
	if (strcspn(p->sku, WHITE) != strlen(p->sku))
		return arena_print(arena, "sku \"%s\" has white space in it; it can be %s", p->sku,
		                   hyphenated(arena, p->sku));
	if (!product_text(p->name))
		return "name is empty";
	if (!currency_valid(str_of(p->price.currency)))
		return arena_print(arena, "currency \"%s\" is not an ISO 4217 code such as GBP",
		                   p->price.currency ? p->price.currency : "");
	if (p->price.minor < 0 || p->price.minor > PRICE_MAX)
		return "price must not be negative, nor above 1,000,000,000,000 minor units";
	if (p->stock < 0 || p->stock > STOCK_MAX)
		return "stock must be between 0 and 1,000,000,000,000";
	if (p->category && !*words_fold(arena, p->category))
		return arena_print(arena, "category \"%s\" has no letter in it", p->category);
	if (p->image_url && !is_web_address(p->image_url))
		return "image_url must begin with https:// or http:// and have no spaces";
	return texts_trouble(arena, p);
}

/* ---- As a resource ---- */

const char *product_uri(struct arena *arena, const char *sku)
{
	return arena_print(arena, "product://%s", text_in_uri(arena, sku));
}

void product_changed(struct mcp_call *call, const char *sku)
{
	mcp_changed(product_uri(mcp_arena(call), sku));
}

enum mcp_answer product_unchanged(struct mcp_call *call, enum store_outcome outcome, const char *refusal)
{
	return mcp_fail(call, "%s", outcome == STORE_TAKEN_BACK && refusal ? refusal : UNAVAILABLE);
}
