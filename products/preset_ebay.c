/* preset_ebay.c - eBay's report of active listings, and its templates (File Exchange, Seller Hub), whose
 * first column says in its name for which site and currency they are. */
#include "preset.h"

enum { ITEM = 1, VARIATION, RELATION, FORMAT, OWN_PRICE };

static const struct import_column columns[] = {
	{ "Custom label (SKU)", "sku", 0, NULL }, { "Custom label", "sku", 0, NULL },
	{ "CustomLabel", "sku", 0, NULL }, { "Title", "name", 0, NULL },
	{ "Description", "description", 0, import_html_text },
	{ "Start price", "price", OWN_PRICE, NULL }, { "StartPrice", "price", OWN_PRICE, NULL },
	{ "Price", "price", OWN_PRICE, NULL }, { "Current price", "price", OWN_PRICE, NULL },
	{ "Available quantity", "stock", 0, NULL }, { "Quantity", "stock", 0, NULL },
	{ "Currency", "currency", 0, NULL }, { "eBay category 1 name", "category", 0, preset_last_step },
	{ "Category name", "category", 0, preset_last_step },
	{ "C:Brand", "brand", 0, NULL }, { "Brand", "brand", 0, NULL },
	{ "Item photo URL", "image_url", 0, preset_first_url },
	{ "PicURL", "image_url", 0, preset_first_url },
	{ "Item number", NULL, ITEM, NULL }, { "Variation details", NULL, VARIATION, NULL },
	{ "Relationship", NULL, RELATION, NULL }, { "Relationship details", NULL, VARIATION, NULL },
	{ "RelationshipDetails", NULL, VARIATION, NULL }, { "Format", NULL, FORMAT, NULL },
	{ 0 },
};

/* "Info,Version=1.0.0,Template=…", or several of "#INFO …". */
static size_t preamble(const str *cells, size_t count)
{
	return str_starts(*cells, "#INFO")
	       || (str_is_nocase(*cells, "Info") && count > 1 && str_starts(cells[1], "Version="));
}

/* "*Action(SiteID=UK|Country=GB|Currency=GBP|Version=1193|CC=UTF-8)" */
static str currency(str column)
{
	str before = STR("Currency=");
	const char *found = memmem(column.at, column.size, before.at, before.size);

	bool is_whole = found && found + before.size + strlen("GBP") <= column.at + column.size;
	return is_whole ? (str) { found + before.size, strlen("GBP") } : (str) { 0 };
}

/* "[Colour=Red,Size=M]", "Colour=Red;Size=M" or "Colour=Red|Size=M" is "Red, M". */
static const char *variant_of(const struct import *import, struct arena *arena)
{
	str details = str_trim(str_of(import_cell(import, VARIATION)));
	const char *variant = "";

	if (details.size > 1 && *details.at == '[')
		details = (str) { details.at + 1, details.size - 2 };
	for (str rest = details; rest.size; ) {
		str one = { rest.at, 0 };
		while (one.size < rest.size && !strchr(",;|", one.at[one.size]))
			one.size++;
		rest.at += one.size + (one.size < rest.size);
		rest.size -= one.size + (one.size < rest.size);
		const char *equals = one.size ? memchr(one.at, '=', one.size) : NULL;
		if (equals)
			one = (str) { equals + 1, one.size - (size_t)(equals + 1 - one.at) };
		one = str_trim(one);
		if (one.size)
			variant = arena_print(arena, "%s%s%s", variant, *variant ? ", " : "",
			                      arena_copy(arena, one));
	}
	return variant;
}

/* Variations stand below their listing, in a report with its number. */
static const char *family(const struct import *import)
{
	const char *item = import_cell(import, ITEM);

	return *item ? item : "the latest listing";
}

static bool is_variation(const struct import *import, const struct catalogue_row *row)
{
	return preset_is(import_cell(import, RELATION), "Variation")
	       || (*import_cell(import, VARIATION) && (*import_cell(import, ITEM) || !row->name));
}

/* A report may have no row for the listing itself, and its title beside each variation. */
static bool adapt_variation(struct import *import, struct arena *arena, struct catalogue_row *row,
                            const char *variant)
{
	const struct catalogue_row *listing = import_recall(import, family(import));
	const char *name = row->name;

	if (!listing && name) {
		row->name = *variant ? arena_print(arena, "%s (%s)", name, variant) : name;
		return true;
	}
	if (listing && listing->price.currency)
		import_count(import, false, "Variations of a listing that is there as a whole too");
	row->name = NULL;
	return preset_inherit(import, arena, row, family(import), variant);
}

static bool adapt_listing(struct import *import, const struct catalogue_row *row)
{
	preset_keep(import, family(import), row, true);
	if (!*import_cell(import, VARIATION) && *import_cell(import, OWN_PRICE))
		return true;
	import_count(import, true, "listings that are sold as their variations");
	return false;
}

static bool adapt(struct import *import, struct arena *arena, void *in)
{
	struct catalogue_row *row = in;
	const char *variant = variant_of(import, arena), *item = import_cell(import, ITEM);
	const char *format = import_cell(import, FORMAT);

	if (preset_is(format, "AUCTION") || preset_is(format, "Chinese")) {
		import_count(import, true, "auctions");
		return false;
	}
	bool is_one = is_variation(import, row);
	if (!(is_one ? adapt_variation(import, arena, row, variant) : adapt_listing(import, row)))
		return false;
	if (!row->sku && *item) {
		row->sku = preset_made_sku(arena, item, is_one ? variant : "");
		import_count(import, false, "Without a custom label, so the item number is the SKU");
	}
	return preset_finish(import, arena, row);
}

const struct import_preset ebay = {
	.name = "ebay", .title = "an eBay listings file", .columns = columns,
	.signs = { { "Action(" }, { "Custom label (SKU)", "Item number" } },
	.optional = "stock", .preamble = preamble, .currency = currency, .adapt = adapt,
};
