/* import.c - `mcp-products import FILE.csv|URL`: products by SKU, new ones added and known ones
 * brought up to date. An empty cell leaves what is there. */
#include "preset.h"
#include "product.h"
#include "words.h"

static SHAPE(import_shape, struct catalogue_row,
	TEXT(struct catalogue_row, sku, "Code that identifies the product", .required = true),
	TEXT(struct catalogue_row, name, "What customers call it", .required = true),
	MONEY(struct catalogue_row, price, "Price of one unit", .required = true),
	INT(struct catalogue_row, stock, "Units on the shelf", .required = true,
	    OPTIONAL(struct catalogue_row, has_stock)),
	TEXT(struct catalogue_row, category, "Its category"),
	TEXT(struct catalogue_row, description, "What it is"),
	TEXT(struct catalogue_row, brand, "Who makes it"),
	TEXT(struct catalogue_row, image_url, "Address of a picture of it"));

static bool is_same(const char *a, const char *b)
{
	return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool is_unchanged(const struct product *a, const struct product *b)
{
	return is_same(a->name, b->name) && is_same(a->description, b->description)
		&& is_same(a->brand, b->brand) && is_same(a->category, b->category)
		&& is_same(a->image_url, b->image_url) && a->price.minor == b->price.minor
		&& is_same(a->price.currency, b->price.currency) && a->stock == b->stock;
}

/* The row as the file has it, with what the file leaves open as it was. */
static struct product merge(const struct catalogue_row *row, const struct product *known)
{
	struct product p = {
		.sku = row->sku, .name = row->name, .price = row->price, .stock = row->stock,
		.category = product_text(row->category), .description = product_text(row->description),
		.brand = product_text(row->brand), .image_url = product_text(row->image_url),
	};

	if (!known)
		return p;
	p.id = known->id;
	p.category = p.category ? p.category : known->category;
	p.description = p.description ? p.description : known->description;
	p.brand = p.brand ? p.brand : known->brand;
	p.image_url = p.image_url ? p.image_url : known->image_url;
	p.stock = row->has_stock ? p.stock : known->stock;
	return p;
}

static bool insert(struct store *store, const struct product *p)
{
	return store_queue(store,
		"insert into product (sku, sku_key, name, description, brand, category,"
		" category_key, image_url, price, price_currency, stock, version, updated_at,"
		" name_words, other_words) values (:sku, :sku_key, :name, :description, :brand,"
		" :category, :category_key, :image_url, :price, :price_currency, :stock, :version,"
		" :updated_at, :name_words, :other_words)", row_shape, p);
}

static bool update(struct store *store, const struct product *p)
{
	return store_queue(store,
		"update product set name = :name, description = :description, brand = :brand,"
		" category = :category, category_key = :category_key, image_url = :image_url,"
		" price = :price, price_currency = :price_currency, stock = :stock,"
		" version = :version, updated_at = :updated_at, name_words = :name_words,"
		" other_words = :other_words where id = :id", row_shape, p);
}

#define KNOWN "select p.id, p.sku, p.name, p.description, p.brand, p.category, p.image_url," \
	" p.price, p.price_currency, p.stock, p.version, p.updated_at, p.name_words," \
	" p.other_words from product p where p.sku_key = :sku_key"

static int find_known(struct store *store, struct arena *arena, const struct product *by,
                      struct product *known)
{
	/* What is read is written again: nobody may change it in between. On SQLite one transaction writes
	 * at a time; commands on PostgreSQL are read committed. */
	return store_find_one(store, arena, EITHER(KNOWN, KNOWN " for update"),
	                      row_shape, by, row_shape, known);
}

/* ---- What the import asks ---- */

static const char *key(struct arena *arena, const void *row)
{
	const struct catalogue_row *p = row;

	return words_key(arena, p->sku);
}

static const char *check(struct import *import, struct arena *arena, const void *row)
{
	struct product given = merge(row, NULL);
	const char *trouble = product_trouble(arena, &given);

	return trouble ? import_why(import, "%s", trouble) : NULL;
}

static bool judge(struct import *import, struct store *store UNUSED, struct arena *arena UNUSED,
                  const struct import_group *group)
{
	const struct catalogue_row *rows = group->rows;

	for (int64_t i = 1; i < group->count; i++)
		import_bad(import, group->lines[i], "sku %s is on line %lld already", rows[i].sku,
		           (long long)group->lines[0]);
	return true;
}

static bool take(struct store *store, struct arena *arena, const struct import_group *group)
{
	const struct catalogue_row *row = group->rows;
	struct product given = merge(row, NULL), known;

	given.sku_key = words_key(arena, given.sku);
	int found = find_known(store, arena, &given, &known);
	if (found < 0)
		return false;
	struct product p = merge(row, found ? &known : NULL);
	if (found && is_unchanged(&p, &known))
		return true;
	product_index(arena, &p);
	p.version = found ? known.version + 1 : 1;
	p.updated_at = now_ms();
	return (found ? update : insert)(store, &p) && product_reindex(store, found ? &known : NULL, &p);
}

static const char *const codes[] = { "sku", NULL };
static const struct import_preset *const presets[] = {
	&shopify, &woocommerce, &magento, &amazon, &ebay, NULL,
};

static const struct import_spec spec = {
	.what = "products", .row = import_shape, .codes = codes, .presets = presets,
	.key = key, .check = check, .judge = judge, .take = take,
};

/* ---- The command ---- */

static const char usage[] =
	"usage: mcp-products import FILE.csv|URL [--dry-run] [--currency GBP] [--preset NAME]"
	" [--map COLUMN=FIELD]\n"
	"columns: sku, name, price, currency, stock;"
	" optional: category, description, brand, image_url\n";

int import_products(struct store *store, int argc, char **argv)
{
	return import_command(store, argc, argv, &spec, usage);
}

void help_import(void)
{
	import_help(&spec, usage);
}

int64_t finish_import(struct store *store)
{
	return import_go_on(store, &spec);
}

/* ---- A hint at start ---- */

struct flag {
	int64_t there;
};
static SHAPE(flag_shape, struct flag, INT(struct flag, there, "One"));

#define NOT_AGAIN (INT64_C(365) * 24 * 60 * 60 * 1000)

int64_t hint_when_empty(struct store *store)
{
	struct arena *arena = arena_create();
	struct flag flag;

	if (store_find_one(store, arena, "select 1 as there from product limit 1", NULL, NULL,
	                   flag_shape, &flag) == 0)
		mcp_notice("the catalogue is empty; load one with: mcp-products import FILE.csv");
	arena_destroy(arena);
	return NOT_AGAIN;
}
