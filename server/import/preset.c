/* preset.c - the exports of other programs: which one a file is, and what its rows have to do with each
 * other. */
#include <stdlib.h>

#include "group.h"
#include "import_private.h"

str preset_column(str name)
{
	name = blank_trim(name);
	if (name.size && *name.at == '*')
		name.at++, name.size--;
	return name;
}

const struct import_preset *preset_named(const struct import_spec *spec, const char *name)
{
	for (size_t i = 0; spec->presets && spec->presets[i]; i++)
		if (str_is_nocase(str_of(name), spec->presets[i]->name))
			return spec->presets[i];
	return NULL;
}

/* ---- By its columns ---- */

static bool is_sign(str column, const char *sign)
{
	size_t size = strlen(sign);

	if (sign[size - 1] != '(')
		return str_is_nocase(column, sign);
	return column.size >= size && str_is_nocase((str) { column.at, size }, sign);
}

static bool has_sign(const struct csv_row *header, const char *sign)
{
	for (size_t i = 0; i < header->count; i++)
		if (is_sign(preset_column(header->cells[i]), sign))
			return true;
	return false;
}

static bool has_signs(const struct csv_row *header, const char *const signs[IMPORT_SIGNS_MAX])
{
	for (int i = 0; i < IMPORT_SIGNS_MAX && signs[i]; i++)
		if (!has_sign(header, signs[i]))
			return false;
	return signs[0];
}

const struct import_preset *preset_found(const struct import_spec *spec, const struct csv_row *header)
{
	for (size_t i = 0; spec->presets && spec->presets[i]; i++)
		if (has_signs(header, spec->presets[i]->signs[0])
		    || has_signs(header, spec->presets[i]->signs[1]))
			return spec->presets[i];
	return NULL;
}

size_t preset_preamble(const struct import *import, const struct csv_row *row)
{
	const struct import_spec *spec = import->spec;
	const char *asked = import->options.preset;
	size_t rows = 0;

	for (size_t i = 0; spec->presets && spec->presets[i] && row->count && rows == 0; i++)
		if (spec->presets[i]->preamble
		    && (!asked || preset_named(spec, asked) == spec->presets[i]))
			rows = spec->presets[i]->preamble(row->cells, row->count);
	return rows;
}

/* ---- What adapt() asks for ---- */

const char *import_cell(const struct import *import, int cell)
{
	size_t column = import->cells_of[cell];

	return column == NO_COLUMN ? "" : import->cells->cells[column].at;
}

void import_count(struct import *import, bool left_out, const char *what)
{
	struct tally *tally = import->tallies;

	while (tally < import->tallies + TALLIES_MAX - 1 && tally->what && strcmp(tally->what, what) != 0)
		tally++;
	if (tally->count++ == 0)
		*tally = (struct tally) { what, left_out, 1, import->line };
}

struct family {
	const char *name, *fields;
};

static SHAPE(family_shape, struct family,
	TEXT(struct family, name, "By which rows refer to it"),
	TEXT(struct family, fields, "The row as JSON"));

static struct shape carried_as(const struct import *import)
{
	return (struct shape) { import->spec->row->size, import->carried_fields };
}

void import_remember(struct import *import, const char *name, const void *row)
{
	struct family family = {
		text_plain(import->arena, name), row_pack(import->arena, import->spec->row, row),
	};

	if (store_change(import->scratch, ON_SQLITE("insert or replace into family (name, fields)"
	                 " values (:name, :fields)"), family_shape, &family) != 1)
		import->store_failed = true;
}

const void *import_recall(struct import *import, const char *name)
{
	struct family family = { .name = text_plain(import->arena, name) };
	const struct shape shape = carried_as(import);
	int found = store_find_one(import->scratch, import->arena, ON_SQLITE("select name, fields from family"
	                           " where name = :name"), family_shape, &family, family_shape, &family);

	if (found < 0)
		import->store_failed = true;
	if (found != 1)
		return NULL;
	void *row = arena_alloc(import->arena, shape.size);
	row_unpack(import->arena, &shape, family.fields, row);
	return row;
}
