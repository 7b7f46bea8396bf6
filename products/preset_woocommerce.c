/* preset_woocommerce.c - WooCommerce's product export: products, and the variations of those that have
 * some, in rows of their own. */
#include "preset.h"

enum { ID = 1, TYPE, PUBLISHED, PARENT, IN_STOCK };

/* Before =, +, - and @ it writes an apostrophe, so that no spreadsheet takes a text for a formula. */
static const char *own_text(struct arena *arena, const char *text)
{
	(void)arena;
	return text[0] == '\'' && text[1] && strchr("=+-@", text[1]) ? text + 1 : text;
}

static const char *title(struct arena *arena, const char *text)
{
	return import_html_text(arena, own_text(arena, text));
}

/* A line break is \n in two characters, and WordPress shows it; a \n of the text is \\n. */
static const char *description(struct arena *arena, const char *text)
{
	text = own_text(arena, text);
	char *html = arena_alloc_raw(arena, 2 * strlen(text) + 1), *to = html;

	while (*text) {
		if (strncmp(text, "\\\\n", 3) == 0) {
			to = stpcpy(to, "\\n");
			text += 3;
		} else if (strncmp(text, "\\n", 2) == 0) {
			to = stpcpy(to, "<br>");
			text += 2;
		} else {
			*to++ = *text++;
		}
	}
	*to = '\0';
	return import_html_text(arena, html);
}

static const char *category(struct arena *arena, const char *text)
{
	return preset_category(arena, own_text(arena, text), '>', ',');
}

/* A variation may leave it to its product. */
static const char *stock(struct arena *arena, const char *text)
{
	text = own_text(arena, text);
	return preset_is(text, "parent") ? "" : text;
}

static const struct import_column columns[] = {
	{ "ID", NULL, ID, NULL }, { "Type", NULL, TYPE, NULL }, { "SKU", "sku", 0, own_text },
	{ "Name", "name", 0, title }, { "Published", NULL, PUBLISHED, NULL },
	{ "Description", "description", 0, description },
	{ "Short description", "description", 0, description },
	{ "In stock?", NULL, IN_STOCK, NULL }, { "Stock", "stock", 0, stock },
	{ "Regular price", "price", 0, own_text },
	{ "Categories", "category", 0, category }, { "Brands", "brand", 0, category },
	{ "Images", "image_url", 0, preset_first_url }, { "Parent", NULL, PARENT, NULL },
	{ 0 },
};

/* "simple, virtual" has it first. */
static bool is_type(const struct import *import, const char *type)
{
	str types = str_of(import_cell(import, TYPE));

	return str_is_nocase(str_trim(str_cut(&types, ',')), type);
}

static bool is_sold(const struct import *import)
{
	const char *published = import_cell(import, PUBLISHED);

	return !*published || preset_is(published, "1");
}

static void keep(struct import *import, struct arena *arena, const struct catalogue_row *row)
{
	preset_keep(import, arena_print(arena, "id:%s", import_cell(import, ID)), row, is_sold(import));
	if (row->sku)
		preset_keep(import, row->sku, row, is_sold(import));
}

static bool is_product(struct import *import, struct arena *arena, struct catalogue_row *row)
{
	const char *parent = import_cell(import, PARENT);

	/* Its name and price are its own. */
	if (is_type(import, "variation"))
		return !*parent || preset_inherit(import, arena, row, parent, "");
	keep(import, arena, row);
	if (is_type(import, "variable") || is_type(import, "grouped")) {
		import_count(import, true, "products that are sold as their variations or parts");
		return false;
	}
	if (is_type(import, "external")) {
		import_count(import, true, "products that another shop sells");
		return false;
	}
	return true;
}

static bool adapt(struct import *import, struct arena *arena, void *in)
{
	struct catalogue_row *row = in;

	if (!is_product(import, arena, row))
		return false;
	if (!is_sold(import)) {
		import_count(import, true, "drafts and private products");
		return false;
	}
	if (!row->sku && *import_cell(import, ID)) {
		row->sku = import_cell(import, ID);
		import_count(import, false, "Without an SKU, so it is its ID");
	}
	if (!row->has_stock && preset_is(import_cell(import, IN_STOCK), "0"))
		row->has_stock = true;
	return preset_finish(import, arena, row);
}

const struct import_preset woocommerce = {
	.name = "woocommerce", .title = "a WooCommerce product export", .columns = columns,
	.signs = { { "Type", "SKU", "Regular price", "Categories" } },
	.optional = "stock", .adapt = adapt,
};
