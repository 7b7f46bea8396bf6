/* columns.c - matches the header row of a file to the fields of a shape: by its own names, those of a
 * preset, and those that --map says. */
#include <stdio.h>
#include <stdlib.h>

#include "fatal.h"
#include "import_private.h"

#define LISTED_MAX 8                    /* columns that a note names */

static const char currency_name[] = "currency";

/* ---- Fields ---- */

bool columns_is_column(const struct field *field)
{
	return field->type != FIELD_NEST && field->type != FIELD_LIST && field->type != FIELD_TEXTS && field->type != FIELD_REALS;
}

bool columns_has_money(const struct shape *shape)
{
	for (const struct field *field = shape->fields; field->name; field++)
		if (field->type == FIELD_MONEY)
			return true;
	return false;
}

bool columns_is_field(const struct shape *shape, str name)
{
	for (const struct field *field = shape->fields; field->name; field++)
		if (columns_is_column(field) && str_is_nocase(name, field->name))
			return true;
	return columns_has_money(shape) && str_is_nocase(name, currency_name);
}

static void add_name(char *names, size_t room, const char *between, const char *name)
{
	size_t used = strlen(names);

	snprintf(names + used, room - used, "%s%s", used ? between : "", name);
}

void columns_names(const struct shape *shape, char *names, size_t room)
{
	bool listed_currency = false;

	*names = '\0';
	for (const struct field *field = shape->fields; field->name; field++) {
		if (!columns_is_column(field))
			continue;
		add_name(names, room, ", ", field->name);
		listed_currency |= strcmp(field->name, currency_name) == 0;
	}
	if (columns_has_money(shape) && !listed_currency)
		add_name(names, room, ", ", currency_name);
}

/* ---- What is found ---- */

static size_t field_count(const struct shape *shape)
{
	size_t count = 0;

	while (shape->fields[count].name)
		count++;
	return count;
}

static void *need(void *memory)
{
	if (!memory)
		fatal();
	return memory;
}

void columns_forget(struct import *import)
{
	for (size_t i = 0; i < import->columns && import->names; i++)
		free(import->names[i]);
	free(import->names);
	free(import->left_out);
	free(import->uses);
	free(import->given);
	import->names = NULL;
	import->left_out = NULL;
	import->uses = NULL;
	import->given = NULL;
	import->columns = import->uses_count = 0;
}

static void begin(struct import *import, const struct csv_row *header)
{
	columns_forget(import);
	import->columns = header->count;
	import->names = need(calloc(header->count + 1, sizeof(*import->names)));
	import->left_out = need(calloc(header->count + 1, sizeof(*import->left_out)));
	import->given = need(calloc(field_count(import->spec->row) + 1, sizeof(*import->given)));
	import->currency_column = NO_COLUMN;
	*import->currency = '\0';
	for (int i = 0; i <= IMPORT_CELLS_MAX; i++)
		import->cells_of[i] = NO_COLUMN;
	for (size_t i = 0; i < header->count; i++) {
		str name = blank_trim(header->cells[i]);
		import->left_out[i] = true;
		if (name.size)
			import->names[i] = need(strndup(name.at, name.size));
	}
}

static bool is_used(const struct import *import, size_t field)
{
	for (size_t i = 0; i < import->uses_count; i++)
		if (import->uses[i].field == field)
			return true;
	return false;
}

/* A column `currency` is that of the amounts, and a field of that name where there is one. True: it
 * is the first for that field. */
static bool use(struct import *import, size_t column, str name,
                const char *(*clean)(struct arena *, const char *))
{
	const struct shape *shape = import->spec->row;
	bool first = true;

	import->left_out[column] = false;
	if (columns_has_money(shape) && str_is_nocase(name, currency_name)) {
		first = import->currency_column == NO_COLUMN;
		import->currency_column = first ? column : import->currency_column;
	}
	for (size_t i = 0; shape->fields[i].name; i++) {
		if (!columns_is_column(&shape->fields[i]) || !str_is_nocase(name, shape->fields[i].name))
			continue;
		first &= !is_used(import, i);
		import->uses = need(realloc(import->uses,
		                            (import->uses_count + 1) * sizeof(*import->uses)));
		import->uses[import->uses_count++] = (struct use) { column, i, clean };
	}
	return first;
}

static size_t find_column(const struct import *import, const char *name)
{
	for (size_t i = 0; i < import->columns; i++)
		if (import->names[i]
		    && (str_is_nocase(str_of(import->names[i]), name)
		        || str_is_nocase(preset_column(str_of(import->names[i])), name)))
			return i;
	return NO_COLUMN;
}

/* ---- --map ---- */

static str map_field(const char *map)
{
	return blank_trim(str_of(strrchr(map, '=') + 1));
}

static bool is_mapped(const struct import *import, const char *field)
{
	for (size_t i = 0; i < import->options.maps_count; i++)
		if (str_is_nocase(map_field(import->options.maps[i]), field))
			return true;
	return false;
}

/* Some of the names in `list`, of those columns that `picked` says, and how many more. */
static size_t list_columns(struct import *import, const bool *picked, char *list, size_t room)
{
	size_t count = 0, used = 0;
	char more[40];

	*list = '\0';
	for (size_t i = 0; i < import->columns; i++) {
		if (!import->names[i] || (picked && !picked[i]) || count++ >= LISTED_MAX)
			continue;
		used += (size_t)snprintf(list + used, room - used, "%s\"%s\"", used ? ", " : "",
		                         cell_shown(import, str_of(import->names[i])));
	}
	if (count > LISTED_MAX) {
		snprintf(more, sizeof(more), "%zu more", count - LISTED_MAX);
		add_name(list, room, " and ", more);
	}
	return count;
}

static bool apply_maps(struct import *import, bool *decided)
{
	bool fits = true;
	char names[600];

	for (size_t i = 0; i < import->options.maps_count; i++) {
		const char *map = import->options.maps[i];
		char *name = need(strndup(map, (size_t)(strrchr(map, '=') - map)));
		size_t column = find_column(import, name);
		if (column == NO_COLUMN) {
			list_columns(import, NULL, names, sizeof(names));
			import_note(import, 0, import_why(import, "--map: there is no column \"%s\"; the file"
			            " has %s", cell_shown(import, str_of(name)), names));
			fits = false;
		} else {
			decided[column] = true;
			if (map_field(map).size)
				(void)use(import, column, map_field(map), NULL);
		}
		free(name);
	}
	return fits;
}

/* ---- A preset's names, and the shape's own ---- */

static void apply_preset(struct import *import)
{
	const struct import_preset *preset = import->preset;

	for (const struct import_column *one = preset->columns; one->name; one++) {
		size_t column = find_column(import, one->name);
		if (column == NO_COLUMN)
			continue;
		if (one->field && !is_mapped(import, one->field))
			(void)use(import, column, str_of(one->field), one->clean);
		if (one->cell && import->cells_of[one->cell] == NO_COLUMN) {
			import->cells_of[one->cell] = column;
			import->left_out[column] = false;
		}
	}
	for (size_t i = 0; i < import->columns && preset->currency; i++) {
		str code = import->names[i] ? preset->currency(str_of(import->names[i])) : (str) { 0 };
		if (currency_read(code, import->currency))
			import->left_out[i] = false;
	}
}

/* Beside a preset they come last. `twice`: names that are there more than once. */
static void apply_own(struct import *import, bool *decided, bool *twice)
{
	for (size_t i = 0; i < import->columns; i++) {
		const char *name = import->names[i];
		if (!name || decided[i] || !import->left_out[i]
		    || !columns_is_field(import->spec->row, str_of(name)))
			continue;
		decided[i] = true;
		if (is_mapped(import, name))
			continue;
		twice[i] = !use(import, i, str_of(name), NULL) && !import->preset;
	}
}

/* ---- What does not fit, the worst first ---- */

/* As the file would call it: a preset's names, or the field's own. */
static void add_missing(const struct import *import, const char *field, char *missing, size_t room)
{
	char names[300] = "", quoted[100];

	for (const struct import_column *one = import->preset ? import->preset->columns : NULL;
	     one && one->name; one++) {
		if (!one->field || strcmp(one->field, field) != 0)
			continue;
		snprintf(quoted, sizeof(quoted), "\"%s\"", one->name);
		add_name(names, sizeof(names), " or ", quoted);
	}
	add_name(missing, room, ", ", *names ? names : field);
}

/* A row of fewer names than are missing, none of them known, is a title. */
static bool is_title(const struct import *import, size_t missing)
{
	size_t names = 0;

	for (size_t i = 0; i < import->columns; i++)
		names += import->names[i] != NULL;
	return import->uses_count == 0 && names < missing;
}

/* Whether rows have amounts: where no column holds one, nobody needs to say in which currency. */
static bool holds_amounts(const struct import *import)
{
	const struct field *fields = import->spec->row->fields;

	for (size_t i = 0; fields[i].name; i++)
		if (fields[i].type == FIELD_MONEY && (fields[i].required || is_used(import, i)))
			return true;
	return false;
}

static bool note_missing(struct import *import)
{
	const struct shape *shape = import->spec->row;
	const char *optional = import->preset ? import->preset->optional : NULL, *first = NULL;
	char missing[600] = "";
	size_t count = 0;

	for (size_t i = 0; shape->fields[i].name; i++) {
		const struct field *field = &shape->fields[i];
		if (!field->required || !columns_is_column(field) || is_used(import, i)
		    || (optional && strcmp(optional, field->name) == 0))
			continue;
		first = first ? first : field->name;
		count++;
		add_missing(import, field->name, missing, sizeof(missing));
	}
	if (first)
		import_note(import, 0, import_why(import, "there is no column %s; --map \"COLUMN=%s\" says"
		                                  " which it is%s", missing, first, !is_title(import, count)
		                                  ? "" : ". The first row must name the columns: take away"
		                                  " what stands above their names"));
	if (!holds_amounts(import) || import->currency_column != NO_COLUMN || *import->currency
	    || import->options.currency)
		return first;
	import_note(import, 0, "there is no column currency; say which it is, such as --currency GBP");
	return true;
}

static bool note_twice(struct import *import, const bool *twice)
{
	char names[600];
	size_t count = list_columns(import, twice, names, sizeof(names));

	if (count)
		import_note(import, 0, import_why(import, "the column%s %s %s there twice",
		                                  count == 1 ? "" : "s", names, count == 1 ? "is" : "are"));
	return count;
}

static bool note_unknown(struct import *import, bool *decided)
{
	char names[600], known[300];
	size_t count;

	if (import->preset || import->options.ignore_unknown)
		return false;
	for (size_t i = 0; i < import->columns; i++)
		decided[i] = !decided[i] && import->left_out[i];
	count = list_columns(import, decided, names, sizeof(names));
	if (count == 0)
		return false;
	columns_names(import->spec->row, known, sizeof(known));
	import_note(import, 0, import_why(import, "the column%s %s %s unknown; known are %s."
	            " --ignore-unknown leaves %s out, --map \"COLUMN=field\" says what one is",
	            count == 1 ? "" : "s", names, count == 1 ? "is" : "are", known,
	            count == 1 ? "it" : "them"));
	return true;
}

/* A file with our own names is read by them, whoever else has such names. */
static bool has_own_names(const struct import *import)
{
	const struct shape *shape = import->spec->row;

	for (size_t i = 0; shape->fields[i].name; i++)
		if (shape->fields[i].required && columns_is_column(&shape->fields[i])
		    && find_column(import, shape->fields[i].name) == NO_COLUMN)
			return false;
	return true;
}

static void choose_preset(struct import *import, const struct csv_row *header)
{
	const char *asked = import->options.preset;

	import->preset = asked ? preset_named(import->spec, asked) : NULL;
	import->preset_found = false;
	if (asked || has_own_names(import))
		return;
	import->preset = preset_found(import->spec, header);
	import->preset_found = import->preset;
}

bool columns_match(struct import *import, const struct csv_row *header)
{
	bool fits, *decided, *twice;

	if (header->wrong) {
		import_note(import, header->line, header->wrong);
		return false;
	}
	begin(import, header);
	choose_preset(import, header);
	decided = need(calloc(2 * import->columns + 1, sizeof(*decided)));
	twice = decided + import->columns;
	fits = apply_maps(import, decided);
	if (import->preset)
		apply_preset(import);
	apply_own(import, decided, twice);
	fits &= !note_missing(import);
	fits &= !note_twice(import, twice);
	fits &= !note_unknown(import, decided);
	free(decided);
	return fits;
}
