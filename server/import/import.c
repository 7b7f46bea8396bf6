/* import.c - the import command: a file or a URL into the database, everything or nothing. */
#include <stdio.h>
#include <stdlib.h>

#include "databases.h"
#include "encoding.h"
#include "fatal.h"
#include "import_private.h"

/* ---- What is said ---- */

static void say_nothing_imported(const struct import *import, bool database)
{
	char count[COUNT_TEXT_SIZE];

	printf("Nothing was imported: ");
	if (import->unreadable)
		printf("%s cannot be read: %s.\n", import->source.shown, import->why);
	else if (database)
		printf("the database failed, see above.\n");
	else if (import->no_table)
		printf("the file is no table that can be read.\n");
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
	if (import->options.dry_run)
		printf("Checked %s %s from %s in %.1f s; nothing was imported.\n", count,
		       import->spec->what, import->source.shown, seconds);
	else
		printf("Imported %s %s from %s in %.1f s.\n", count, import->spec->what, import->source.shown,
		       seconds);
}

static void say_begun(const struct import *import)
{
	printf("The file is imported, but the database failed before all of its %s were in their place,"
	       " see above. The rest follows by itself, with the next import or where a server runs.\n",
	       import->spec->what);
}

static int tell(struct import *import, enum import_end end)
{
	progress_clear(&import->progress);
	import_list_notes(import);
	show_recognised(import);
	show_tallies(import);
	if (end == IMPORT_DONE)
		say_imported(import);
	else if (end == IMPORT_BEGUN)
		say_begun(import);
	else
		say_nothing_imported(import, import->store_failed || (!import->bad && !import->unreadable));
	fflush(stdout);
	return end == IMPORT_DONE ? 0 : 1;
}

/* ---- The command ---- */

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

static void free_import(struct import *import)
{
	import_forget_notes(import);
	csv_destroy(import->csv);
	source_close(&import->source);
	decoder_destroy(import->decoder);
	arena_destroy(import->arena);
	columns_forget(import);
	for (int i = 0; i < SAMPLES_MAX; i++)
		free(import->samples[i]);
	free(import->carried_fields);
	free(import->row);
}

/* What is fine so far is looked at further; with bad rows too, to say all that is wrong. */
static enum import_end carry_out(struct import *import, struct store *scratch, struct store *store)
{
	if (!import_read(import, scratch) || !import_judge(import, scratch, store))
		return IMPORT_NOTHING_DONE;
	if (import->options.dry_run)
		return IMPORT_DONE;
	if (!import_finish_others(store, import->spec))
		return IMPORT_NOTHING_DONE;
	return import_take(import, scratch, store);
}

/* Why the options can't be, or NULL. */
static const char *check_options(struct import *import)
{
	struct import_options *options = &import->options;
	enum encoding encoding;

	if (options->currency && !currency_read(str_of(options->currency), import->currency_asked))
		return import_why(import, "the currency is \"%s\": an ISO 4217 code such as GBP is needed",
		                  options->currency);
	options->currency = options->currency ? import->currency_asked : NULL;
	if (options->encoding && !encoding_named(options->encoding, &encoding))
		return import_why(import, "the encoding is \"%s\": %s is needed", options->encoding,
		                  encoding_names);
	return NULL;
}

int import_file(struct store *store, const char *path, const struct import_options *options,
                const struct import_spec *spec)
{
	struct import import = { .spec = spec, .options = *options };
	const char *wrong = check_options(&import);

	if (wrong) {
		fprintf(stderr, "%s\n", wrong);
		return 1;
	}
	if (!open_source(&import, path))
		return 1;
	import.row = calloc(1, spec->row->size);
	if (!import.row)
		fatal();
	struct store *scratch = store_open_scratch(store, import_scratch_tables);
	int status = tell(&import, scratch ? carry_out(&import, scratch, store) : IMPORT_NOTHING_DONE);
	store_close(scratch);
	free_import(&import);
	return status;
}
