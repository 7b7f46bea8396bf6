/* import_private.h - what the files of the import layer share: one import being done. */
#ifndef IMPORT_PRIVATE_H
#define IMPORT_PRIVATE_H

#include "csv.h"
#include "import.h"
#include "money.h"
#include "progress.h"
#include "source.h"

#define NOTES_MAX 20                    /* bad rows that are listed */
#define NO_COLUMN SIZE_MAX

struct import {
	const struct import_spec *spec;
	bool dry_run;
	struct source source;
	struct csv *csv;
	struct progress progress;

	size_t columns;                         /* of the file */
	size_t *column_of;                      /* by field of the shape, or NO_COLUMN */
	size_t currency_column;                 /* or NO_COLUMN */

	void *row;
	int64_t line, rows, bad;
	bool header_fits, unreadable, store_failed;
	char *notes[NOTES_MAX];                 /* those of the first lines, in their order */
	int64_t note_lines[NOTES_MAX];
	struct quote shown;
	char why[512];
};

/* notes.c: lists something that is wrong; line 0: with the file as a whole. */
void import_note(struct import *import, int64_t line, const char *why);
void import_list_notes(const struct import *import);
void import_forget_notes(struct import *import);

extern const char import_scratch_tables[];
/* read.c: the rows of the file, checked, into the scratch file, and there in the order of their keys.
 * False: it can't be read, its header does not fit, or the store failed. */
MUST_USE bool import_read(struct import *import, struct store *scratch);
/* Judges them group by group, with what is in the database. False: some are bad, or it failed. */
MUST_USE bool import_judge(struct import *import, struct store *scratch, struct store *store);

/* take.c: lays them aside in the database, decides, and takes them. */
enum import_end { IMPORT_DONE, IMPORT_NOTHING_DONE, IMPORT_BEGUN };
MUST_USE enum import_end import_take(struct import *import, struct store *scratch,
                                     struct store *store);
/* What an earlier import left, to its end. False: the database failed. */
MUST_USE bool import_finish_others(struct store *store, const struct import_spec *spec);

/* columns.c: matches the header row to the shape; lists what does not fit. */
MUST_USE bool columns_match(struct import *import, const struct csv_row *header);

/* row.c: one row into import->row. NULL, or why it is bad. */
const char *row_read(struct import *import, const struct csv_row *cells);

/* cell.c: the text of a cell, which is not empty, into a member of `row`. NULL, or what is wrong.
 * Text stays where the cell is. `currency` is that of the row, for MONEY. */
const char *cell_read(struct import *import, const struct field *field, str text,
                      const char *currency, void *row);
void cell_standard(const struct field *field, void *row);       /* the default, if there is one */
/* A cell as it may be shown to people: shortened. Until the next call. */
const char *cell_shown(struct import *import, str text);

#endif
