/* preset_shopify.c - Shopify's product export: a row a variant or a picture, and what belongs to the
 * product in the first of them alone. */
#include "preset.h"

enum { HANDLE = 1, OPTION_1, OPTION_2, OPTION_3, STATUS, PUBLISHED, OWN_PRICE, OWN_IMAGE };

/* The names until 2025, and those since. */
static const struct import_column columns[] = {
	{ "Handle", NULL, HANDLE, NULL }, { "URL handle", NULL, HANDLE, NULL },
	{ "Title", "name", 0, NULL },
	{ "Body (HTML)", "description", 0, import_html_text },
	{ "Description", "description", 0, import_html_text },
	{ "Vendor", "brand", 0, NULL },
	{ "Type", "category", 0, NULL }, { "Product Category", "category", 0, preset_last_step },
	{ "Option1 Value", NULL, OPTION_1, NULL }, { "Option2 Value", NULL, OPTION_2, NULL },
	{ "Option3 Value", NULL, OPTION_3, NULL },
	{ "Variant SKU", "sku", 0, NULL }, { "SKU", "sku", 0, NULL },
	{ "Variant Price", "price", OWN_PRICE, NULL }, { "Price", "price", OWN_PRICE, NULL },
	{ "Variant Inventory Qty", "stock", 0, NULL }, { "Inventory quantity", "stock", 0, NULL },
	{ "Variant Image", "image_url", OWN_IMAGE, preset_first_url },
	{ "Variant image URL", "image_url", OWN_IMAGE, preset_first_url },
	{ "Image Src", "image_url", 0, preset_first_url },
	{ "Product image URL", "image_url", 0, preset_first_url },
	{ "Status", NULL, STATUS, NULL },
	{ "Published", NULL, PUBLISHED, NULL }, { "Published on online store", NULL, PUBLISHED, NULL },
	{ 0 },
};

/* What is sold in one form only has the option "Default Title". */
static const char *variant_of(const struct import *import, struct arena *arena)
{
	const char *variant = "";

	for (int i = OPTION_1; i <= OPTION_3; i++) {
		const char *value = import_cell(import, i);
		if (*value && !preset_is(value, "Default Title"))
			variant = arena_print(arena, "%s%s%s", variant, *variant ? ", " : "", value);
	}
	return variant;
}

static bool is_sold(const struct import *import)
{
	const char *status = import_cell(import, STATUS);

	return *status ? !preset_is(status, "draft") && !preset_is(status, "archived")
	       : !preset_is(import_cell(import, PUBLISHED), "false");
}

/* Below the first row the product's pictures go on, which are not the variant's. */
static bool complete(struct import *import, struct arena *arena, struct catalogue_row *row)
{
	const char *handle = import_cell(import, HANDLE), *variant = variant_of(import, arena);

	if (!row->name && !*import_cell(import, OWN_IMAGE))
		row->image_url = NULL;
	if (!row->name && !preset_inherit(import, arena, row, handle, variant))
		return false;
	if (!row->sku && *handle) {
		row->sku = preset_made_sku(arena, handle, variant);
		import_count(import, false, "Without an SKU, so it is made of the handle");
	}
	return true;
}

/* The first row of a product is also its first variant. */
static bool adapt(struct import *import, struct arena *arena, void *in)
{
	struct catalogue_row *row = in;
	bool first = row->name, sold = is_sold(import);
	const char *name = row->name, *variant = variant_of(import, arena);

	if (first)
		preset_keep(import, import_cell(import, HANDLE), row, sold);
	if (!*import_cell(import, OWN_PRICE) && !row->sku) {
		import_count(import, true, "rows with a picture alone, or nothing to sell");
		return false;
	}
	if (first && !sold) {
		import_count(import, true, "drafts, and what is archived or not published");
		return false;
	}
	if (!complete(import, arena, row))
		return false;
	if (first && *variant)
		row->name = arena_print(arena, "%s (%s)", name, variant);
	return preset_finish(import, arena, row);
}

const struct import_preset shopify = {
	.name = "shopify", .title = "a Shopify product export", .columns = columns,
	.signs = { { "Handle", "Variant Price" }, { "URL handle", "Price", "Option1 name" } },
	.optional = "stock", .adapt = adapt,
};
