/* preset_magento.c - Magento's (Adobe Commerce's) product export: all kinds of products, with a row more
 * for each store view that says something else. */
#include "preset.h"

enum { STORE_VIEW = 1, TYPE, ONLINE };

static const char *category(struct arena *arena, const char *text)
{
	return preset_category(arena, text, '/', strchr(text, '|') ? '|' : ',');
}

static const struct import_column columns[] = {
	{ "sku", "sku", 0, NULL }, { "store_view_code", NULL, STORE_VIEW, NULL },
	{ "product_type", NULL, TYPE, NULL }, { "categories", "category", 0, category },
	{ "name", "name", 0, NULL }, { "description", "description", 0, import_html_text },
	{ "short_description", "description", 0, import_html_text },
	{ "product_online", NULL, ONLINE, NULL }, { "price", "price", 0, NULL },
	{ "qty", "stock", 0, NULL }, { "manufacturer", "brand", 0, NULL },
	{ "base_image", "image_url", 0, preset_first_url },
	{ 0 },
};

static bool is_whole(const char *type)
{
	return preset_is(type, "configurable") || preset_is(type, "grouped") || preset_is(type, "bundle");
}

static bool adapt(struct import *import, struct arena *arena, void *in)
{
	if (*import_cell(import, STORE_VIEW)) {
		import_count(import, true, "rows of a store view");
		return false;
	}
	if (is_whole(import_cell(import, TYPE))) {
		import_count(import, true, "products that are sold as their variants or parts");
		return false;
	}
	if (preset_is(import_cell(import, ONLINE), "2") || preset_is(import_cell(import, ONLINE), "0")) {
		import_count(import, true, "products that are disabled");
		return false;
	}
	return preset_finish(import, arena, in);
}

const struct import_preset magento = {
	.name = "magento", .title = "a Magento product export", .columns = columns,
	.signs = { { "sku", "attribute_set_code", "product_type" }, { "sku", "store_view_code", "qty" } },
	.optional = "stock", .adapt = adapt,
};
