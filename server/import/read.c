/* read.c - the rows of a file, checked one by one and then group by group, outside of the database. */
#include "group.h"
#include "import_private.h"

#define ARENA_KEPT (1 << 18)

const char import_scratch_tables[] =
	"create table found (position integer primary key, line bigint, key text, fields text);"
	"create table sorted (position integer primary key, line bigint, key text, fields text)";

/* ---- One by one ---- */

struct reading {
	struct import *import;
	struct store *scratch;
	struct arena *arena;            /* of the rows; begun anew when it has grown */
};

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

static bool keep_row(struct reading *reading)
{
	const struct import *import = reading->import;
	struct carried carried = {
		.line = import->line,
		.key = import->spec->key(reading->arena, import->row),
		.fields = row_pack(reading->arena, import->spec->row, import->row),
	};

	return store_change(reading->scratch,
	                    "insert into found (line, key, fields) values (:line, :key, :fields)",
	                    &carried_shape, &carried) == 1;
}

/* False: to stop. */
static bool read_row(struct reading *reading, const struct csv_row *cells)
{
	struct import *import = reading->import;

	if (reading->arena && arena_size(reading->arena) > ARENA_KEPT) {
		arena_destroy(reading->arena);
		reading->arena = NULL;
	}
	if (!reading->arena)
		reading->arena = arena_create();
	const char *wrong = row_read(import, cells);
	if (!wrong && import->spec->check)
		wrong = import->spec->check(import, reading->arena, import->row);
	if (wrong)
		import_note(import, import->line, wrong);
	import->store_failed = !wrong && !keep_row(reading);
	import->rows++;
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

	reading->scratch = scratch;
	while (next_row(reading->import, &cells) && read_row(reading, &cells))
		;
	return !reading->import->unreadable && !reading->import->store_failed;
}

static bool sort_rows(struct store *scratch)
{
	return store_change(scratch, "insert into sorted (line, key, fields) select line, key, fields"
	                    " from found order by key, position", NULL, NULL) >= 0;
}

bool import_read(struct import *import, struct store *scratch)
{
	struct reading reading = { .import = import };

	import->csv = csv_create(source_read, &import->source);
	if (!read_header(import))
		return false;
	bool read = store_transact(scratch, read_rows, &reading) == STORE_COMMITTED;
	arena_destroy(reading.arena);
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

	bool read = store_each(scratch, "select position, line, key, fields from sorted order by position",
	                       NULL, NULL, &carried_shape, gather_row, &gather);
	if (read && !import->store_failed)
		(void)!gather_end(&gather);
	import->store_failed = import->store_failed || !read;
	gather_free(&gather);
	return !import->store_failed && !import->bad;
}
