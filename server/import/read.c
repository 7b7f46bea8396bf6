/* read.c - the rows of a file, checked one by one and then group by group, outside of the database. */
#include "dialect.h"
#include "encoding.h"
#include "group.h"
#include "import_private.h"
#include "kind.h"

#define ARENA_KEPT (1 << 18)

const char import_scratch_tables[] =
	"create table found (position integer primary key, line bigint, key text, fields text);"
	"create table sorted (position integer primary key, line bigint, key text, fields text);"
	"create table family (name text primary key, fields text) without rowid";

/* ---- What kind of file it is ---- */

static bool refuse(struct import *import, const char *why)
{
	import_note(import, 0, why);
	import->no_table = true;
	return false;
}

static const char *not_utf8(enum encoding encoding)
{
	if (encoding == ENCODING_UTF_8)
		return "it is not valid UTF-8: save the file as \"CSV UTF-8\", or, where an older program of"
		       " a Windows in Western Europe or America wrote it, say --encoding windows-1252, and see"
		       " with --dry-run whether its letters are right";
	return encoding == ENCODING_WINDOWS_1252
	       ? "it has a byte that is no character of Windows-1252, so the file is in another encoding:"
	         " save it as \"CSV UTF-8\""
	       : "it has something that is no character of UTF-16";
}

/* False: it is no table, and that has been said; or it can't be read. */
static bool open_table(struct import *import)
{
	enum encoding asked = ENCODING_ASK;
	const char *why;

	if (import->options.encoding)
		(void)!encoding_named(import->options.encoding, &asked);
	import->decoder = decoder_create(source_read, &import->source);
	if ((why = kind_of_bytes(decoder_peek(import->decoder)))
	    || (why = decoder_begin(import->decoder, asked)))
		return refuse(import, why);
	import->csv = csv_create(decoder_read, import->decoder);
	str head = csv_peek(import->csv);
	if ((why = kind_of_text(head)))
		return refuse(import, why);
	struct dialect dialect = dialect_of(head);
	import->separator = dialect.separator;
	csv_separate(import->csv, dialect.separator);
	csv_explain(import->csv, not_utf8(decoder_encoding(import->decoder)));
	if (dialect.line)
		csv_skip_line(import->csv);
	return true;
}

/* ---- One by one ---- */

struct reading {
	struct import *import;
	struct store *scratch;
};

static bool is_empty(const struct csv_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (blank_trim(row->cells[i]).size)
			return false;
	return !row->wrong;
}

/* Rows of empty cells are a spreadsheet's, and none. */
static bool next_row(struct import *import, struct csv_row *row)
{
	enum csv_outcome outcome;

	do
		outcome = csv_next(import->csv, row);
	while (outcome == CSV_ROW && is_empty(row));
	import->line = row->line;
	import->unreadable = outcome == CSV_FAILED;
	if (import->unreadable)
		(void)import_why(import, "%s", source_trouble(&import->source));
	return outcome == CSV_ROW;
}

static bool read_header(struct import *import)
{
	struct csv_row header;
	size_t before;

	while (next_row(import, &header)) {
		before = preset_preamble(import, &header);
		if (before == 0) {
			import->header_fits = columns_match(import, &header);
			if (import->preset && import->preset->unquoted)
				csv_unquoted(import->csv);
			return import->header_fits;
		}
		while (--before > 0 && next_row(import, &header))
			;
	}
	if (!import->unreadable)
		import_note(import, 0, "the file is empty; its first row must name the columns");
	return false;
}

static bool keep_row(struct reading *reading)
{
	const struct import *import = reading->import;
	struct carried carried = {
		.line = import->line,
		.key = import->spec->key(import->arena, import->row),
		.fields = row_pack(import->arena, import->spec->row, import->row),
	};

	return store_change(reading->scratch,
	                    ON_SQLITE("insert into found (line, key, fields) values (:line, :key, :fields)"),
	                    carried_shape, &carried) == 1;
}

static void judge_row(struct reading *reading, const struct csv_row *cells)
{
	struct import *import = reading->import;
	enum row_read read = row_read(import, cells);
	const char *wrong = read == ROW_BAD ? import->why : NULL;

	if (read == ROW_READ && import->spec->check)
		wrong = import->spec->check(import, import->arena, import->row);
	if (wrong)
		import_note(import, import->line, wrong);
	if (wrong || read != ROW_READ)
		return;
	show_sample(import);
	import->rows++;
	import->store_failed = import->store_failed || !keep_row(reading);
}

/* False: to stop. */
static bool read_row(struct reading *reading, const struct csv_row *cells)
{
	struct import *import = reading->import;

	if (import->arena && arena_size(import->arena) > ARENA_KEPT) {
		arena_destroy(import->arena);
		import->arena = NULL;
	}
	if (!import->arena)
		import->arena = arena_create();
	judge_row(reading, cells);
	if (progress_is_due(&import->progress)) {
		import->progress.size = source_size(&import->source);
		progress_show(&import->progress, source_at(&import->source), import->rows);
	}
	return !import->store_failed;
}

static bool read_rows(struct store *scratch, void *context)
{
	struct reading *reading = context;
	struct csv_row cells;

	reading->scratch = reading->import->scratch = scratch;
	while (next_row(reading->import, &cells) && read_row(reading, &cells))
		;
	return !reading->import->unreadable && !reading->import->store_failed;
}

static bool sort_rows(struct store *scratch)
{
	return store_change(scratch, ON_SQLITE("insert into sorted (line, key, fields) select line, key, fields"
	                                       " from found order by key, position"), NULL, NULL) >= 0;
}

bool import_read(struct import *import, struct store *scratch)
{
	struct reading reading = { .import = import };

	if (!open_table(import) || !read_header(import))
		return false;
	import->carried_fields = row_fields(import->spec->row);
	bool read = store_transact(scratch, read_rows, &reading) == STORE_COMMITTED;
	if (read)
		import->store_failed = !sort_rows(scratch);
	else if (!import->unreadable)
		import->store_failed = true;
	return read && !import->store_failed;
}

/* ---- Group by group ---- */

struct judging {
	struct import *import;
	struct store *store;
};

static bool judge(void *context, struct arena *arena, const struct import_group *group, bool over)
{
	struct judging *judging = context;
	struct import *import = judging->import;

	if (over)
		import_bad(import, group->lines[0], "more than %d rows belong together with this one",
		           IMPORT_GROUP_MAX);
	else if (import->spec->judge)
		import->store_failed = !import->spec->judge(import, judging->store, arena, group);
	return !import->store_failed;
}

bool import_judge(struct import *import, struct store *scratch, struct store *store)
{
	struct judging judging = { import, store };
	struct gather gather = { .spec = import->spec, .hand = judge, .context = &judging };

	bool read = store_each(scratch, ON_SQLITE("select position, line, key, fields from sorted order by position"),
	                       NULL, NULL, carried_shape, gather_row, &gather);
	if (read && !import->store_failed)
		(void)!gather_end(&gather);
	import->store_failed = import->store_failed || !read;
	gather_free(&gather);
	return !import->store_failed && !import->bad;
}
