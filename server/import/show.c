/* show.c - what was understood of a file, for a person: a dry run says all of it, an import what is not
 * plain. */
#include <stdio.h>
#include <stdlib.h>

#include "dialect.h"
#include "encoding.h"
#include "fatal.h"
#include "import_private.h"

#define TEXT_SHOWN 60                   /* bytes */

/* In one line; what a file holds must not steer the terminal. */
static void print_text(FILE *out, const char *text)
{
	char line[TEXT_SHOWN + 8];
	size_t size = strnlen(text, sizeof(line));

	memcpy(line, text, size);
	for (size_t i = 0; i < size; i++)
		line[i] = line[i] == '\n' || line[i] == '\r' || line[i] == '\t' ? ' ' : line[i];
	fprintf(out, "\"%s\"", str_quote((str) { line, size }, TEXT_SHOWN).text);
}

/* ---- Columns ---- */

static void show_preset(const struct import *import)
{
	const struct import_preset *preset = import->preset;

	if (!preset)
		return;
	if (import->preset_found)
		printf("%s looks like %s and is read as one; --preset none reads it by its column names.\n",
		       import->source.shown, preset->title);
	else
		printf("%s is read as %s.\n", import->source.shown, preset->title);
}

static const char *field_of(const struct import *import, size_t column, bool *more)
{
	const struct shape *shape = import->spec->row;
	const char *field = NULL;

	for (size_t i = 0; i < import->uses_count; i++) {
		if (import->uses[i].column != column)
			continue;
		*more = field;
		field = field ? field : shape->fields[import->uses[i].field].name;
	}
	return field ? field : import->currency_column == column ? "currency" : NULL;
}

static void show_columns(const struct import *import)
{
	bool more = false;

	for (size_t i = 0; i < import->columns; i++) {
		if (!import->names[i] || import->left_out[i])
			continue;
		const char *field = field_of(import, i, &more);
		struct quote name = str_quote(str_of(import->names[i]), 40);
		printf("  %-28s %s\n", name.text, field ? field : "(looked at)");
	}
}

static void show_left_out(const struct import *import)
{
	bool any = false;

	for (size_t i = 0; i < import->columns; i++) {
		if (!import->names[i] || !import->left_out[i])
			continue;
		printf("%s%s", any ? ", " : "Left out: ", str_quote(str_of(import->names[i]), 40).text);
		any = true;
	}
	printf("%s", any ? ".\n" : "");
}

static void show_currency(const struct import *import)
{
	const char *currency = *import->currency ? import->currency : import->options.currency;

	if (currency && columns_has_money(import->spec->row))
		printf("Amounts are in %s%s.\n", currency,
		       import->currency_column == NO_COLUMN ? "" : ", where the row says no other");
}

static void show_samples(const struct import *import)
{
	for (int i = 0; i < SAMPLES_MAX && import->samples[i]; i++)
		printf("%s%s\n", i == 0 ? "The first rows, as they are understood:\n" : "",
		       import->samples[i]);
}

void show_recognised(const struct import *import)
{
	if (import->no_table || !import->csv)
		return;
	if (!import->options.dry_run) {
		show_preset(import);
		return;
	}
	printf("%s: %s, separated by %s.\n", import->source.shown,
	       encoding_title(decoder_encoding(import->decoder)), dialect_title(import->separator));
	show_preset(import);
	show_columns(import);
	show_left_out(import);
	show_currency(import);
	show_samples(import);
}

/* ---- Rows ---- */

void show_tallies(const struct import *import)
{
	char count[COUNT_TEXT_SIZE];

	for (int i = 0; i < TALLIES_MAX && import->tallies[i].what; i++) {
		const struct tally *tally = &import->tallies[i];
		printf("%s%s: %s (line %lld%s).\n", tally->left_out ? "Left out: " : "", tally->what,
		       count_print(tally->count, count), (long long)tally->line,
		       tally->count > 1 ? " and further down" : "");
	}
}

static bool is_shown(const struct import *import, const struct field *field, const void *member)
{
	if (field->type == FIELD_TEXT)
		return *(const char *const *)member;
	if (field->type == FIELD_MONEY)
		return ((const struct money *)member)->currency;
	return field->has_offset ? *((const bool *)import->row + field->has_offset - 1)
	       : import->given[field - import->spec->row->fields];
}

static void print_field(const struct import *import, FILE *out, const struct field *field, const void *member)
{
	char time[TIME_TEXT_SIZE];

	fprintf(out, "%s ", field->name);
	switch (field->type) {
	case FIELD_TEXT:  print_text(out, *(const char *const *)member); break;
	case FIELD_MONEY: fputs(money_text(import->arena, member), out); break;
	case FIELD_INT:   fprintf(out, "%lld", (long long)*(const int64_t *)member); break;
	case FIELD_REAL:  fprintf(out, "%g", *(const double *)member); break;
	case FIELD_BOOL:  fputs(*(const bool *)member ? "yes" : "no", out); break;
	case FIELD_TIME:
		time_print(*(const int64_t *)member, time);
		fputs(time, out);
		break;
	default: break;
	}
}

void show_sample(struct import *import)
{
	size_t size, at = 0;
	bool any = false;

	while (at < SAMPLES_MAX && import->samples[at])
		at++;
	if (!import->options.dry_run || at == SAMPLES_MAX)
		return;
	FILE *out = open_memstream(&import->samples[at], &size);
	if (!out)
		fatal();
	for (const struct field *field = import->spec->row->fields; field->name; field++) {
		const void *member = (const char *)import->row + field->offset;
		if (!columns_is_column(field) || !is_shown(import, field, member))
			continue;
		fputs(any ? ", " : "  ", out);
		print_field(import, out, field, member);
		any = true;
	}
	fclose(out);
}
