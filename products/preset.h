/* preset.h - a row of a catalogue that is imported, and what the exports of other shops' programs have in
 * common. */
#ifndef PRESET_H
#define PRESET_H

#include "import.h"

struct catalogue_row {
	const char *sku, *name, *description, *brand, *category, *image_url;
	struct money price;
	int64_t stock;
	bool has_stock;                 /* a preset's file may not say it */
};

extern const struct import_preset shopify, woocommerce, magento, amazon, ebay;

/* ---- For their columns ---- */

/* "Gear/Bags,Sale" with '/' and ',' is "Bags": the last step of the longest path, the first of them. A
 * \ before a comma makes it an ordinary one. */
const char *preset_category(struct arena *arena, const char *text, char step, char between);
/* The same of one path, "A > B". */
const char *preset_last_step(struct arena *arena, const char *text);
/* Of several: "A, B" or "A|B". */
const char *preset_first_url(struct arena *arena, const char *text);

/* ---- For their rows ---- */

/* Whether two texts of a cell are the same, whatever their case. */
bool preset_is(const char *text, const char *other);
/* Keeps the row for its variants; `sold` false: they are left out with it. */
void preset_keep(struct import *import, const char *name, const struct catalogue_row *row, bool sold);
/* What the row leaves open, but for price and stock, it takes from the one that it belongs to; `variant`,
 * such as "Blue, M", goes behind its name. False: there is none, or it is not sold, and that has been
 * counted. */
bool preset_inherit(struct import *import, struct arena *arena, struct catalogue_row *row,
                    const char *name, const char *variant);
/* "mug-red-m": for a variant without an SKU of its own. */
const char *preset_made_sku(struct arena *arena, const char *name, const char *variant);
/* The last thing: no stock below nothing, no description that is too long. False: the row has no price,
 * so it is left out, and that has been counted. */
bool preset_finish(struct import *import, struct arena *arena, struct catalogue_row *row);

#endif
