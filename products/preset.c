/* preset.c - what the exports of other shops' programs have in common. */
#include "preset.h"

#include "product.h"

/* ---- For their columns ---- */

static str next_path(str *rest, char between)
{
	str path = { rest->at, 0 };

	while (path.size < rest->size && !(path.at[path.size] == between
	                                   && (path.size == 0 || path.at[path.size - 1] != '\\')))
		path.size++;
	rest->at += path.size;
	rest->size -= path.size;
	if (rest->size)
		rest->at++, rest->size--;
	return path;
}

static const char *without_backslashes(struct arena *arena, str text)
{
	char *copy = arena_copy(arena, text), *to = copy;

	for (const char *from = copy; *from; from++)
		if (*from != '\\' || from[1] != ',')
			*to++ = *from;
	*to = '\0';
	return copy;
}

const char *preset_category(struct arena *arena, const char *text, char step, char between)
{
	str rest = str_of(text), last = { "", 0 };
	int most = 0;

	while (rest.size) {
		str path = next_path(&rest, between), name = { "", 0 };
		int steps = 0;
		while (path.size) {
			str one = str_trim(str_cut(&path, step));
			name = one.size ? one : name;
			steps += one.size > 0;
		}
		last = steps > most ? name : last;
		most = steps > most ? steps : most;
	}
	return without_backslashes(arena, last);
}

const char *preset_last_step(struct arena *arena, const char *text)
{
	return preset_category(arena, text, '>', '\0');
}

const char *preset_first_url(struct arena *arena, const char *text)
{
	str first = { text, strcspn(text, " |") };

	while (first.size && strchr(",;", first.at[first.size - 1]))
		first.size--;
	return str_starts(first, "http") ? arena_copy(arena, first) : "";
}

/* ---- For their rows ---- */

bool preset_is(const char *text, const char *other)
{
	return str_is_nocase(str_trim(str_of(text)), other);
}

void preset_keep(struct import *import, const char *name, const struct catalogue_row *row, bool sold)
{
	struct catalogue_row kept = *row;

	/* All that are sold have a name. */
	kept.name = sold ? kept.name : NULL;
	import_remember(import, name, &kept);
}

static const char *first_of(const char *own, const char *other)
{
	return own ? own : other;
}

bool preset_inherit(struct import *import, struct arena *arena, struct catalogue_row *row,
                    const char *name, const char *variant)
{
	const struct catalogue_row *from = import_recall(import, name);

	if (!from || !from->name) {
		import_count(import, true, from ? "variants of what is not sold"
		                                : "variants of a product that is not above them");
		return false;
	}
	if (!row->name)
		row->name = *variant ? arena_print(arena, "%s (%s)", from->name, variant) : from->name;
	row->description = first_of(row->description, from->description);
	row->brand = first_of(row->brand, from->brand);
	row->category = first_of(row->category, from->category);
	row->image_url = first_of(row->image_url, from->image_url);
	return true;
}

static bool goes_into_a_sku(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

const char *preset_made_sku(struct arena *arena, const char *name, const char *variant)
{
	char *sku = arena_print(arena, "%s%s%s", name, *variant ? "-" : "", variant), *to = sku;

	for (char *from = sku; *from; from++) {
		char c = *from >= 'A' && *from <= 'Z' ? (char)(*from + ('a' - 'A')) : *from;
		if (goes_into_a_sku(c))
			*to++ = c;
		else if (to > sku && to[-1] != '-')
			*to++ = '-';
	}
	while (to > sku && to[-1] == '-')
		to--;
	*to = '\0';
	return sku;
}

/* A text of at most so many letters, cut between two words where that is not far. */
static const char *shortened(struct arena *arena, const char *text, size_t letters)
{
	size_t size = 0, last_blank = 0, count = 0;

	for (str rest = str_of(text); rest.size && count + 1 < letters; count++) {
		size_t step = utf8_step(rest);
		last_blank = *rest.at == ' ' || *rest.at == '\n' ? size : last_blank;
		size += step;
		rest.at += step;
		rest.size -= step;
	}
	size = last_blank > size / 2 ? last_blank : size;
	return arena_print(arena, "%s…", arena_copy(arena, (str) { text, size }));
}

bool preset_finish(struct import *import, struct arena *arena, struct catalogue_row *row)
{
	if (!row->price.currency) {
		import_count(import, true, "rows without a price");
		return false;
	}
	if (!row->has_stock)
		import_count(import, false, "Without a stock in the file, so it stays as it is, and is 0 for"
		             " what is new");
	if (row->has_stock && row->stock < 0) {
		import_count(import, false, "With a stock below 0, taken as 0");
		row->stock = 0;
	}
	if (row->description && utf8_length(str_of(row->description)) > TEXT_MAX) {
		import_count(import, false, "With a long description, cut at 4,000 characters");
		row->description = shortened(arena, row->description, TEXT_MAX);
	}
	return true;
}
