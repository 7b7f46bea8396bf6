/* update.c - update_product: only what is given changes, and nobody's change is lost. */
#include "product.h"

struct update {
	const char *sku, *name, *description, *brand, *category, *image_url;
	struct money price;
	int64_t stock, stock_change, if_version;
	bool has_stock, has_stock_change, has_if_version;
};

SHAPE(update_shape, struct update,
	TEXT(struct update, sku, "The product's SKU", .required = true, AT_LEAST(1),
	     AT_MOST(SKU_MAX)),
	TEXT(struct update, name, "A new name", AT_LEAST(1), AT_MOST(NAME_MAX_LETTERS)),
	TEXT(struct update, description, "A new description; an empty text removes it",
	     AT_MOST(TEXT_MAX)),
	TEXT(struct update, brand, "Who makes it; an empty text removes it", AT_MOST(LABEL_MAX)),
	TEXT(struct update, category, "The category to move it to; an empty text takes it out of"
	     " its category", AT_MOST(LABEL_MAX)),
	TEXT(struct update, image_url, "Address of a picture of it; an empty text removes it",
	     AT_MOST(URL_MAX)),
	MONEY(struct update, price, "A new price of one unit, in minor units"),
	INT(struct update, stock_change, "Units to add to the stock, negative to take away: the"
	    " safe way, whatever is sold meanwhile", AT_LEAST(-QUANTITY_MAX), AT_MOST(QUANTITY_MAX),
	    OPTIONAL(struct update, has_stock_change)),
	INT(struct update, stock, "The stock as it was counted. Needs if_version, so that no sale"
	    " in between is lost", AT_LEAST(0), OPTIONAL(struct update, has_stock)),
	INT(struct update, if_version, "Change nothing unless the product still has this version,"
	    " as get_product gave it", AT_LEAST(1), OPTIONAL(struct update, has_if_version)));

struct step {
	struct arena *arena;
	const struct update *in;
	struct product before, after;
	const char *refusal;
};

static bool refuse(struct step *step, const char *why)
{
	step->refusal = why;
	return false;
}

static int find_row(struct store *store, struct step *step)
{
	struct product by = { .sku = step->in->sku, .updated_at = now_ms() };
	product_index(step->arena, &by);
	return store_find_one(store, step->arena,
		"select p.id, p.sku, p.sku_key, p.name, p.description, p.brand, p.category,"
		" p.category_key, p.image_url, p.price, p.price_currency, p.stock, p.version,"
		" p.updated_at, p.name_words, p.other_words from product p "
		"where p.sku_key = :sku_key",
		row_shape, &by, row_shape, &step->before);
}

static void change_text(const char **text, const char *given)
{
	if (given)
		*text = product_text(given);
}

static struct product changed(const struct step *step)
{
	const struct update *in = step->in;
	struct product p = step->before;

	change_text(&p.name, in->name);
	change_text(&p.description, in->description);
	change_text(&p.brand, in->brand);
	change_text(&p.category, in->category);
	change_text(&p.image_url, in->image_url);
	if (in->price.currency)
		p.price = in->price;
	if (in->has_stock)
		p.stock = in->stock;
	if (in->has_stock_change)
		p.stock += in->stock_change;
	p.updated_at = now_ms();
	product_index(step->arena, &p);
	return p;
}

static const char *why_not(struct step *step)
{
	const struct product *before = &step->before;
	const struct update *in = step->in;

	if (in->has_if_version && in->if_version != before->version)
		return arena_print(step->arena, "%s was changed meanwhile: it has version %lld, not"
			" %lld. Look at it with get_product and decide again.", before->sku,
			(long long)before->version, (long long)in->if_version);
	if (step->after.stock < 0)
		return arena_print(step->arena, "%s has %lld units, so %lld cannot be taken away.",
			before->sku, (long long)before->stock, (long long)-in->stock_change);

	const char *trouble = product_trouble(step->arena, &step->after);
	return trouble ? arena_print(step->arena, "Nothing was changed: %s.", trouble) : NULL;
}

/* The version in the condition keeps two writers apart also where the database lets both read. */
static bool write_row(struct store *store, struct step *step)
{
	int64_t rows = store_change(store,
		"update product set name = :name, description = :description, brand = :brand,"
		" category = :category, category_key = :category_key, image_url = :image_url,"
		" price = :price, price_currency = :price_currency, stock = :stock,"
		" version = version + 1, updated_at = :updated_at, name_words = :name_words,"
		" other_words = :other_words where id = :id and version = :version",
		row_shape, &step->after);

	if (rows == 0)
		return refuse(step, "The product was changed at the same moment. Try once more.");
	return rows == 1 && product_reindex(store, &step->before, &step->after);
}

static bool update_work(struct store *store, void *context)
{
	struct step *step = context;
	int found = find_row(store, step);

	if (found != 1) {
		const char *why = found ? NULL : product_missing(store, step->arena, step->in->sku);
		return why && refuse(step, why);
	}

	step->after = changed(step);
	const char *why = why_not(step);
	return why ? refuse(step, why) : write_row(store, step);
}

/* NULL, or what is wrong with the arguments taken together. */
static const char *contradiction(const struct update *in)
{
	if (in->has_stock && in->has_stock_change)
		return "Give either stock or stock_change, not both.";
	if (in->has_stock && !in->has_if_version)
		return "Setting stock needs if_version (get_product gives it), so that no sale in"
			" between is lost; or use stock_change.";
	if (!in->name && !in->description && !in->brand && !in->category && !in->image_url
	 && !in->price.currency && !in->has_stock && !in->has_stock_change)
		return "Nothing to change was given.";
	return NULL;
}

static bool is_same_text(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static void category_changed(struct arena *arena, const char *category)
{
	if (category)
		mcp_changed(arena_print(arena, "catalog://categories/%s", text_in_uri(arena, category)));
}

/* What the pages of its categories have of it is another now. Of stock that others move the product tells alone. */
static void categories_changed(const struct step *step)
{
	bool stays = is_same_text(step->before.category, step->after.category);

	category_changed(step->arena, step->after.category);
	if (stays)
		return;
	category_changed(step->arena, step->before.category);
	mcp_changed("catalog://categories");
}

enum mcp_answer update_product(struct mcp_call *call, const void *in, struct store *store)
{
	struct step step = { .arena = mcp_arena(call), .in = in };
	const char *why = contradiction(in);
	if (why)
		return mcp_fail(call, "%s", why);

	enum store_outcome outcome = store_transact(store, update_work, &step);
	if (outcome != STORE_COMMITTED)
		return product_unchanged(call, outcome, step.refusal);

	product_changed(call, step.before.sku);
	categories_changed(&step);

	struct product product;
	if (product_find(store, step.arena, step.before.sku, &product) != 1)
		return mcp_fail(call, "The change was made, but the product could not be read"
		                " back.");
	return mcp_return(call, product_shape, &product);
}
