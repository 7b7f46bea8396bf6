/* row.c - one row of a file into a struct. */
#include "import_private.h"

/* The currency of the row's amounts. NULL: `wrong` says why there is none. */
static const char *row_currency(struct import *import, const struct csv_row *cells,
                                const char **wrong)
{
	str cell = { 0 };

	if (import->currency_column != NO_COLUMN)
		cell = cells->cells[import->currency_column];
	if (cell.size == 0 && import->spec->currency)
		return import->spec->currency;
	if (currency_valid(cell))
		return cell.at;
	*wrong = cell.size == 0
	         ? "currency is empty"
	         : import_why(import, "currency is \"%s\": an ISO 4217 code such as GBP is needed",
	                      cell_shown(import, cell));
	return NULL;
}

static const char *read_field(struct import *import, const struct field *field,
                              const struct csv_row *cells, str text)
{
	const char *currency = NULL, *wrong = NULL;

	/* The blanks of a text are its own. */
	if (field->type != FIELD_TEXT)
		text = str_trim(text);
	if (text.size == 0) {
		cell_standard(field, import->row);
		return field->required && !field->has_standard
		       ? import_why(import, "%s is empty", field->name) : NULL;
	}
	if (field->type == FIELD_MONEY && !(currency = row_currency(import, cells, &wrong)))
		return wrong;
	return cell_read(import, field, text, currency, import->row);
}

const char *row_read(struct import *import, const struct csv_row *cells)
{
	const struct shape *shape = import->spec->row;
	const char *wrong = NULL;

	if (cells->wrong)
		return cells->wrong;
	if (cells->count != import->columns)
		return import_why(import, "it has %zu cells, but the header names %zu columns",
		                  cells->count, import->columns);
	memset(import->row, 0, shape->size);
	for (size_t i = 0; shape->fields[i].name && !wrong; i++) {
		size_t column = import->column_of[i];
		str text = column == NO_COLUMN ? (str) { "", 0 } : cells->cells[column];
		wrong = read_field(import, &shape->fields[i], cells, text);
	}
	return wrong;
}
