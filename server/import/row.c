/* row.c - one row of a file into a struct. */
#include "import_private.h"

/* The currency of the row's amounts. NULL: `wrong` says why there is none. */
static const char *row_currency(struct import *import, const char **wrong)
{
	str cell = { 0 };

	if (import->currency_column != NO_COLUMN)
		cell = blank_trim(import->cells->cells[import->currency_column]);
	if (cell.size == 0 && *import->currency)
		return import->currency;
	if (cell.size == 0 && import->options.currency)
		return import->options.currency;
	if (currency_read(cell, import->currency_of_row))
		return import->currency_of_row;
	*wrong = cell.size == 0
	         ? "currency is empty"
	         : import_why(import, "currency is \"%s\": an ISO 4217 code such as GBP is needed",
	                      cell_shown(import, cell));
	return NULL;
}

static bool is_code(const struct import *import, const struct field *field)
{
	for (const char *const *code = import->spec->codes; code && *code; code++)
		if (strcmp(*code, field->name) == 0)
			return true;
	return false;
}

/* Spreadsheets are told in this way to leave a code its zeros: ="00123". */
static const char *unwrapped(struct arena *arena, str text)
{
	if (!str_starts(text, "=\"") || text.size < STR("=\"\"").size || text.at[text.size - 1] != '"')
		return text.at;
	return arena_copy(arena, (str) { text.at + 2, text.size - 3 });
}

static str text_of(struct import *import, const struct use *use)
{
	const struct field *field = &import->spec->row->fields[use->field];
	str text = import->cells->cells[use->column];

	if (text.size && use->clean)
		text = str_of(use->clean(import->arena, text.at));
	if (text.size && is_code(import, field))
		text = str_of(text_plain(import->arena, unwrapped(import->arena, text)));
	if (field->type != FIELD_TEXT)
		return blank_trim(text);
	/* The blanks of other texts are their own; where nothing is seen, nothing is there. */
	return blank_trim(text).size ? text : STR("");
}

static size_t digits_at(str text, size_t at)
{
	size_t end = at;

	while (end < text.size && text.at[end] >= '0' && text.at[end] <= '9')
		end++;
	return end - at;
}

/* 4.01235E+12 is what a spreadsheet makes of 4012345123456, and of many others. */
static bool is_rounded(str text)
{
	size_t at = digits_at(text, 0);

	if (at != 1)
		return false;
	if (at < text.size && (text.at[at] == '.' || text.at[at] == ','))
		at += 1 + digits_at(text, at + 1);
	if (text.size < at + 3 || text.at[at] != 'E' || text.at[at + 1] != '+')
		return false;
	at += 2;
	return at + digits_at(text, at) == text.size;
}

static const char *read_field(struct import *import, const struct use *use)
{
	const struct field *field = &import->spec->row->fields[use->field];
	const char *currency = NULL, *wrong = NULL;
	str text;

	if (import->given[use->field])
		return NULL;
	text = text_of(import, use);
	if (text.size == 0)
		return NULL;
	if (is_code(import, field) && is_rounded(text))
		return import_why(import, "%s is \"%s\", a number that a spreadsheet has rounded: make its"
		                  " column text there, and put the codes in again", field->name,
		                  cell_shown(import, text));
	if (field->type == FIELD_MONEY && !(currency = row_currency(import, &wrong)))
		return wrong;
	import->given[use->field] = true;
	return cell_read(import, field, text, currency, import->row);
}

static const char *read_fields(struct import *import)
{
	const struct shape *shape = import->spec->row;
	const char *wrong = NULL;

	memset(import->row, 0, shape->size);
	for (size_t i = 0; shape->fields[i].name; i++)
		import->given[i] = false;
	for (size_t i = 0; i < import->uses_count && !wrong; i++)
		wrong = read_field(import, &import->uses[i]);
	for (size_t i = 0; shape->fields[i].name; i++)
		if (!import->given[i])
			cell_standard(&shape->fields[i], import->row);
	return wrong;
}

/* ---- Whether the row is as long as the header, and full where it must be ---- */

static const char *check_cells(struct import *import)
{
	const struct csv_row *cells = import->cells;
	size_t named = import->columns;
	bool strict = !import->preset && !import->options.ignore_unknown;

	while (named > 0 && !import->names[named - 1])
		named--;
	for (size_t i = 0; i < cells->count; i++) {
		if (i < import->columns && (import->names[i] || !strict))
			continue;
		if (blank_trim(cells->cells[i]).size && i < import->columns)
			return import_why(import, "column %zu has no name, but this row has \"%s\" in it:"
			                  " name it, empty it, or say --ignore-unknown", i + 1,
			                  cell_shown(import, cells->cells[i]));
		if (blank_trim(cells->cells[i]).size)
			named = SIZE_MAX;
	}
	if (cells->count < named)
		return import_why(import, "it has %zu cells, but the header names %zu columns",
		                  cells->count, import->columns);
	return NULL;
}

/* What adapt() filled in counts too. */
static bool is_there(const struct import *import, size_t i)
{
	const struct field *field = &import->spec->row->fields[i];
	const char *member = (const char *)import->row + field->offset;

	if (field->type == FIELD_TEXT)
		return *(const char *const *)(const void *)member;
	if (field->type == FIELD_MONEY)
		return ((const struct money *)(const void *)member)->currency;
	return import->given[i] || field->has_standard;
}

static const char *check_required(struct import *import)
{
	const struct field *fields = import->spec->row->fields;
	const char *optional = import->preset ? import->preset->optional : NULL;

	for (size_t i = 0; fields[i].name; i++)
		if (fields[i].required && !is_there(import, i)
		    && !(optional && strcmp(optional, fields[i].name) == 0))
			return import_why(import, "%s is empty", fields[i].name);
	return NULL;
}

static enum row_read tell(struct import *import, const char *wrong)
{
	if (wrong && wrong != import->why)
		(void)import_why(import, "%s", wrong);
	return wrong ? ROW_BAD : ROW_READ;
}

enum row_read row_read(struct import *import, const struct csv_row *cells)
{
	const char *wrong = cells->wrong;

	import->cells = cells;
	wrong = wrong ? wrong : check_cells(import);
	wrong = wrong ? wrong : read_fields(import);
	if (!wrong && import->preset && import->preset->adapt
	    && !import->preset->adapt(import, import->arena, import->row))
		return ROW_LEFT_OUT;
	return tell(import, wrong ? wrong : check_required(import));
}
