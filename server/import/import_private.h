/* import_private.h - what the files of the import layer share: one import being done. */
#ifndef IMPORT_PRIVATE_H
#define IMPORT_PRIVATE_H

#include "csv.h"
#include "encoding.h"
#include "import.h"
#include "money.h"
#include "progress.h"
#include "source.h"

#define NOTES_MAX 20                    /* bad rows that are listed */
#define NO_COLUMN SIZE_MAX
#define TALLIES_MAX 12                  /* kinds of things that are counted */
#define SAMPLES_MAX 3                   /* rows that a dry run shows */

/* A column's way into a field; those of one field in the order in which they count. */
struct use {
	size_t column, field;
	const char *(*clean)(struct arena *arena, const char *text);
};

struct tally {
	const char *what;               /* a literal; NULL: free */
	bool left_out;
	int64_t count, line;            /* line: the first of them */
};

struct import {
	const struct import_spec *spec;
	struct import_options options;
	struct source source;
	struct decoder *decoder;
	struct csv *csv;
	char separator;
	struct progress progress;

	const struct import_preset *preset;     /* or NULL */
	bool preset_found;                      /* it was not asked for */
	size_t columns;                         /* of the file */
	char **names;                           /* of them; NULL: it has none, and no values either */
	bool *left_out;                         /* columns that nothing is taken of */
	struct use *uses;
	size_t uses_count;
	size_t currency_column;                 /* or NO_COLUMN */
	size_t cells_of[IMPORT_CELLS_MAX + 1];  /* columns, by adapt()'s number, or NO_COLUMN */
	char currency[CURRENCY_SIZE];           /* that the header tells, or "" */
	char currency_asked[CURRENCY_SIZE];     /* options.currency, in capitals */
	char currency_of_row[CURRENCY_SIZE];

	const struct csv_row *cells;            /* the row at hand */
	struct arena *arena;                    /* of it; begun anew when it has grown */
	struct store *scratch;
	struct field *carried_fields;           /* of the shape in which rows are kept meanwhile */
	bool *given;                            /* fields that the file gave a value */
	void *row;
	int64_t line, rows, bad;
	bool header_fits, no_table, unreadable, store_failed;
	char *notes[NOTES_MAX];                 /* those of the first lines, in their order */
	int64_t note_lines[NOTES_MAX];
	struct tally tallies[TALLIES_MAX];
	char *samples[SAMPLES_MAX];
	struct quote shown;
	char why[1024];
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
void columns_forget(struct import *import);
/* Field number `i`, as people name it: there is "currency" too, where the shape has amounts. */
bool columns_has_money(const struct shape *shape);
bool columns_is_column(const struct field *field);
bool columns_is_field(const struct shape *shape, str name);
/* "sku, name, currency", and for how long `names` has room. */
void columns_names(const struct shape *shape, char *names, size_t room);

/* preset.c */
const struct import_preset *preset_named(const struct import_spec *spec, const char *name);
/* The one whose signs these columns are; NULL: none. */
const struct import_preset *preset_found(const struct import_spec *spec, const struct csv_row *header);
/* Rows of a preamble that begins with this one, of any preset that may be. */
size_t preset_preamble(const struct import *import, const struct csv_row *row);
/* Without a * before it, and blanks around. */
str preset_column(str name);

/* row.c: one row into import->row. */
enum row_read { ROW_READ, ROW_LEFT_OUT, ROW_BAD };
/* ROW_BAD: import->why says why. */
enum row_read row_read(struct import *import, const struct csv_row *cells);

/* show.c: what was understood, on stdout. */
void show_recognised(const struct import *import);
void show_tallies(const struct import *import);
void show_sample(struct import *import);        /* keeps the row at hand as one of the first */

/* cell.c: the text of a cell, which is not empty, into a member of `row`. NULL, or what is wrong.
 * Text stays where the cell is. `currency` is that of the row, for MONEY. */
const char *cell_read(struct import *import, const struct field *field, str text,
                      const char *currency, void *row);
void cell_standard(const struct field *field, void *row);       /* the default, if there is one */
/* A cell as it may be shown to people: shortened. Until the next call. */
const char *cell_shown(struct import *import, str text);

#endif
