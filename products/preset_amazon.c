/* preset_amazon.c - Amazon's reports of listings, and its flat files: tabs between cells, and no
 * quotes. */
#include "preset.h"

enum { STATUS = 1, PARENTAGE, PARENT };

/* Of the reports; then of the flat files, which have two rows above the names. */
static const struct import_column columns[] = {
	{ "seller-sku", "sku", 0, NULL }, { "item-name", "name", 0, NULL },
	{ "item-description", "description", 0, import_html_text }, { "price", "price", 0, NULL },
	{ "quantity", "stock", 0, NULL }, { "image-url", "image_url", 0, preset_first_url },
	{ "status", NULL, STATUS, NULL },
	{ "item_sku", "sku", 0, NULL }, { "item_name", "name", 0, NULL },
	{ "product_description", "description", 0, import_html_text },
	{ "standard_price", "price", 0, NULL }, { "brand_name", "brand", 0, NULL },
	{ "main_image_url", "image_url", 0, preset_first_url },
	{ "currency", "currency", 0, NULL },
	{ "parent_child", NULL, PARENTAGE, NULL }, { "parent_sku", NULL, PARENT, NULL },
	{ 0 },
};

/* "TemplateType=…" in the first cell; behind it a row of titles in the seller's language. */
static size_t preamble(const str *cells, size_t count UNUSED)
{
	return str_starts(*cells, "TemplateType=") ? 2 : 0;
}

static bool adapt(struct import *import, struct arena *arena, void *in)
{
	struct catalogue_row *row = in;

	if (preset_is(import_cell(import, PARENTAGE), "parent") && row->sku) {
		preset_keep(import, row->sku, row, true);
		import_count(import, true, "products that are sold as their variants");
		return false;
	}
	if (preset_is(import_cell(import, STATUS), "incomplete")) {
		import_count(import, true, "listings that are incomplete");
		return false;
	}
	if (preset_is(import_cell(import, PARENTAGE), "child")
	    && !preset_inherit(import, arena, row, import_cell(import, PARENT), ""))
		return false;
	return preset_finish(import, arena, row);
}

const struct import_preset amazon = {
	.name = "amazon", .title = "an Amazon listings file", .columns = columns,
	.signs = { { "seller-sku", "item-name", "price" }, { "item_sku", "item_name", "standard_price" } },
	.optional = "stock", .unquoted = true, .preamble = preamble, .adapt = adapt,
};
