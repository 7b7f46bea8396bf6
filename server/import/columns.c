/* columns.c - matches the header row of a file to the fields of a shape. */
#include <stdio.h>
#include <stdlib.h>

#include "import_private.h"

static const char currency_name[] = "currency";

static bool is_column(const struct field *field)
{
	return field->type != FIELD_NEST && field->type != FIELD_LIST && field->type != FIELD_TEXTS;
}

static bool has_money(const struct shape *shape)
{
	for (const struct field *field = shape->fields; field->name; field++)
		if (field->type == FIELD_MONEY)
			return true;
	return false;
}

static void add_name(char *names, size_t room, const char *name)
{
	size_t used = strlen(names);

	snprintf(names + used, room - used, "%s%s", used ? ", " : "", name);
}

static void note_unknown(struct import *import, str name)
{
	const struct shape *shape = import->spec->row;
	char known[400] = "";
	bool listed_currency = false;

	for (const struct field *field = shape->fields; field->name; field++) {
		if (!is_column(field))
			continue;
		add_name(known, sizeof(known), field->name);
		listed_currency |= strcmp(field->name, currency_name) == 0;
	}
	if (has_money(shape) && !listed_currency)
		add_name(known, sizeof(known), currency_name);
	import_note(import, 0, import_why(import, "the column \"%s\" is unknown; known are %s",
	                                  cell_shown(import, name), known));
}

/* A column `currency` is that of the amounts, and a field of that name where there is one. */
static bool place_column(struct import *import, str name, size_t column)
{
	const struct shape *shape = import->spec->row;
	bool known = false, twice = false;

	if (has_money(shape) && str_is_nocase(name, currency_name)) {
		known = true;
		twice = import->currency_column != NO_COLUMN;
		import->currency_column = column;
	}
	for (size_t i = 0; shape->fields[i].name; i++) {
		if (!is_column(&shape->fields[i]) || !str_is_nocase(name, shape->fields[i].name))
			continue;
		known = true;
		twice |= import->column_of[i] != NO_COLUMN;
		import->column_of[i] = column;
	}
	if (!known)
		note_unknown(import, name);
	if (twice)
		import_note(import, 0, import_why(import, "the column \"%s\" is there twice",
		                                  cell_shown(import, name)));
	return known && !twice;
}

static bool find_missing(struct import *import)
{
	const struct shape *shape = import->spec->row;
	char missing[400] = "";

	for (size_t i = 0; shape->fields[i].name; i++)
		if (shape->fields[i].required && is_column(&shape->fields[i])
		    && import->column_of[i] == NO_COLUMN)
			add_name(missing, sizeof(missing), shape->fields[i].name);
	if (has_money(shape) && import->currency_column == NO_COLUMN && !import->spec->currency)
		add_name(missing, sizeof(missing), currency_name);
	if (*missing)
		import_note(import, 0, import_why(import, "there is no column %s", missing));
	return *missing;
}

static void forget_columns(struct import *import)
{
	size_t fields = 0;

	while (import->spec->row->fields[fields].name)
		fields++;
	free(import->column_of);
	import->column_of = malloc((fields + 1) * sizeof(*import->column_of));
	if (!import->column_of)
		abort();
	for (size_t i = 0; i < fields; i++)
		import->column_of[i] = NO_COLUMN;
	import->currency_column = NO_COLUMN;
}

bool columns_match(struct import *import, const struct csv_row *header)
{
	bool fits = true;

	forget_columns(import);
	if (header->wrong) {
		import_note(import, header->line, header->wrong);
		return false;
	}
	import->columns = header->count;
	for (size_t i = 0; i < header->count; i++)
		fits &= place_column(import, str_trim(header->cells[i]), i);
	return !find_missing(import) && fits;
}
