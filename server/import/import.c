/* import.c - the import command: a file or a URL into the database, everything or nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "import_private.h"

const char IMPORT_STORE_FAILED[] = "the database failed";

const char *import_why(struct import *import, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(import->why, sizeof(import->why), format, list);
	va_end(list);
	return import->why;
}

int64_t import_line(const struct import *import)
{
	return import->line;
}

/* ---- What is wrong ---- */

/* What a file holds must not steer the terminal: ASCII controls, and C1 (C2 80 to C2 9F). */
static void defuse(char *text)
{
	for (unsigned char *at = (unsigned char *)text; *at; at++) {
		if (*at < ' ' || *at == 0x7f)
			*at = '?';
		else if (*at == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
			at[0] = at[1] = '?';
	}
}

void import_note(struct import *import, int64_t line, const char *why)
{
	if (import->bad++ >= NOTES_MAX)
		return;
	char **note = &import->notes[import->bad - 1];
	char place[32] = "";
	if (line)
		snprintf(place, sizeof(place), ":%lld", (long long)line);
	if (asprintf(note, "%s%s: %s", import->source.shown, place, why) < 0)
		abort();
	defuse(*note);
}

static void forget_notes(struct import *import)
{
	for (size_t i = 0; i < NOTES_MAX; i++) {
		free(import->notes[i]);
		import->notes[i] = NULL;
	}
	import->bad = 0;
}

/* ---- The transaction ---- */

/* A transaction that is run again reads the file again. */
static bool rewind_file(struct import *import)
{
	bool there = import->tries++ == 0 || source_rewind(&import->source);

	csv_destroy(import->csv);
	import->csv = csv_create(source_read, &import->source);
	import->rows = import->line = 0;
	import->header_fits = import->unreadable = import->store_failed = false;
	forget_notes(import);
	return there;
}

static bool next_row(struct import *import, struct csv_row *row)
{
	enum csv_outcome outcome = csv_next(import->csv, row);

	import->line = row->line;
	import->unreadable = outcome == CSV_FAILED;
	if (import->unreadable)
		(void)import_why(import, "%s", source_trouble(&import->source));
	return outcome == CSV_ROW;
}

static bool read_header(struct import *import)
{
	struct csv_row header;

	if (next_row(import, &header))
		return import->header_fits = columns_match(import, &header);
	if (!import->unreadable)
		import_note(import, 0, "the file is empty; its first row must name the columns");
	return false;
}

/* False: to stop. */
static bool judge(struct import *import, int64_t line, const char *wrong)
{
	import->store_failed = wrong == IMPORT_STORE_FAILED;
	if (wrong && !import->store_failed)
		import_note(import, line, wrong);
	return !import->store_failed;
}

static void read_rows(struct import *import, struct store *store)
{
	const struct import_spec *spec = import->spec;
	struct csv_row cells;

	while (next_row(import, &cells)) {
		const char *wrong = row_read(import, &cells);
		if (!wrong)
			wrong = spec->each(import, store, import->row, spec->context);
		if (!judge(import, import->line, wrong))
			return;
		import->rows++;
		if (progress_is_due(&import->progress)) {
			import->progress.size = source_size(&import->source);
			progress_show(&import->progress, source_at(&import->source), import->rows);
		}
	}
	if (spec->finish && !import->bad && !import->unreadable)
		(void)judge(import, 0, spec->finish(import, store, spec->context));
}

static bool take_file(struct store *store, void *context)
{
	struct import *import = context;

	if (!rewind_file(import)) {
		import->unreadable = true;
		(void)import_why(import, "it cannot be read a second time");
		return false;
	}
	if (!read_header(import))
		return false;
	read_rows(import, store);
	return !import->bad && !import->unreadable && !import->store_failed && !import->dry_run;
}

/* ---- What is said ---- */

static void list_notes(const struct import *import)
{
	char more[COUNT_TEXT_SIZE];

	for (size_t i = 0; i < NOTES_MAX && import->notes[i]; i++)
		fprintf(stderr, "%s\n", import->notes[i]);
	if (import->bad > NOTES_MAX)
		fprintf(stderr, "... and %s more\n", count_print(import->bad - NOTES_MAX, more));
	fflush(stderr);
}

static void say_nothing_imported(const struct import *import, bool database)
{
	char count[COUNT_TEXT_SIZE];

	printf("Nothing was imported: ");
	if (import->unreadable)
		printf("%s cannot be read: %s.\n", import->source.shown, import->why);
	else if (database && import->line)
		printf("the database failed at line %lld, see above.\n", (long long)import->line);
	else if (database)
		printf("the database failed, see above.\n");
	else if (!import->header_fits)
		printf("the header row does not fit.\n");
	else
		printf("%s bad row%s.\n", count_print(import->bad, count), import->bad == 1 ? "" : "s");
}

static void say_imported(const struct import *import)
{
	double seconds = (double)(tick_ms() - import->progress.began_ms) / 1000;
	char count[COUNT_TEXT_SIZE];

	count_print(import->rows, count);
	if (import->dry_run)
		printf("Checked %s %s from %s in %.1f s; nothing was imported.\n", count,
		       import->spec->what, import->source.shown, seconds);
	else
		printf("Imported %s %s from %s in %.1f s.\n", count, import->spec->what, import->source.shown,
		       seconds);
}

static int tell(struct import *import, enum store_outcome outcome)
{
	bool database = outcome == STORE_FAILED || import->store_failed;
	bool fine = !database && !import->bad && !import->unreadable;

	progress_clear(&import->progress);
	list_notes(import);
	if (fine)
		say_imported(import);
	else
		say_nothing_imported(import, database);
	fflush(stdout);
	return fine ? 0 : 1;
}

static bool open_source(struct import *import, const char *path)
{
	struct download_limits limits = { 0 };

	/* Only the programs that import have these settings. */
	if (download_is_url(path))
		limits = (struct download_limits) { setting_int("IMPORT_MAX"),
		                                    setting_int("IMPORT_TIMEOUT") };
	if (source_open(&import->source, path, &limits)) {
		import->progress = progress_begin(import->spec->what, source_size(&import->source));
		return true;
	}
	fprintf(stderr, "%s cannot be read: %s\n", import->source.shown,
	        source_trouble(&import->source));
	source_close(&import->source);
	return false;
}

static void import_end(struct import *import)
{
	forget_notes(import);
	csv_destroy(import->csv);
	source_close(&import->source);
	free(import->column_of);
	free(import->row);
}

int import_file(struct store *store, const char *path, bool dry_run,
                const struct import_spec *spec)
{
	struct import import = { .spec = spec, .dry_run = dry_run };

	if (spec->currency && !currency_valid(str_of(spec->currency))) {
		fprintf(stderr, "the currency is \"%s\": an ISO 4217 code such as GBP is needed\n",
		        spec->currency);
		return 1;
	}
	if (!open_source(&import, path))
		return 1;
	import.row = calloc(1, spec->row->size);
	if (!import.row)
		abort();
	int status = tell(&import, store_transact(store, take_file, &import));
	import_end(&import);
	return status;
}
