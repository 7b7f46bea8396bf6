/* import.h - reads a CSV file into structs and these into a database: everything or nothing, in constant
 * memory, beside a server that goes on.
 *
 * The header row names the columns; they are matched to the fields of a shape by name, in any
 * order. A MONEY field `price` takes the column price as a decimal ("12.50") and its currency from
 * the column `currency`, or from the option where there is no such column. Columns with other names
 * are mapped by the option --map, or by a preset: a table of the names that another program uses.
 *
 * Files  RFC 4180, separated by commas, semicolons, tabs or vertical bars; UTF-8, UTF-16 or
 *        Windows-1252; packed with gzip or not, whatever its name. A file that is no table is
 *        refused by what it is. Rows and unnamed columns without a value are left out.
 *
 * An https:// URL in place of the file is downloaded while it is read; plain http only from this
 * machine.
 *
 * On a terminal it shows a progress bar. Bad rows do not stop the reading: they are listed on
 * stderr with line number and reason (the first 20, then how many more), and then nothing is
 * imported.
 *
 * Steps  The rows are checked and sorted outside of the database. Those of a file that is fine are laid
 *        aside in it, in pieces; one small transaction then decides that it is imported; and in pieces
 *        again, each with whole groups of rows, they are taken. A write of others waits for a piece at
 *        most (some 50 ms). An import that ends before it is decided has done nothing; one that ends
 *        later is finished by the next import, or by a server's job that calls import_go_on(). */
#ifndef MCP_IMPORT_H
#define MCP_IMPORT_H

#include "core.h"
#include "setting.h"
#include "shape.h"
#include "store.h"

struct import;

/* All rows of a file with the same key, in its order: what the database must take at once. */
#define IMPORT_GROUP_MAX 10000
struct import_group {
	const void *rows;               /* an array of structs of the shape */
	const int64_t *lines;           /* of the file, on which each began; for `judge` */
	int64_t count;
};

/* ---- Presets: the exports of other programs ---- */

/* A column of theirs. Of several for one field, or one cell, the first that has something counts. */
struct import_column {
	const char *name;               /* in any case; a * before it in the file is no part of it */
	const char *field;              /* of the shape, or "currency"; NULL: none */
	int cell;                       /* by which adapt() finds it, from 1; 0: it does not look at it */
	/* Rewrites what a cell holds, which is not empty; NULL: as it is. */
	const char *(*clean)(struct arena *arena, const char *text);
};

#define IMPORT_CELLS_MAX 12
#define IMPORT_SIGNS_MAX 4

struct import_preset {
	const char *name;               /* "shopify" */
	const char *title;              /* "a Shopify product export" */
	const struct import_column *columns;    /* ends with an empty entry */
	/* Columns that together nobody else's file has, two sets of them; a name that ends with ( is the
	 * beginning of one. A file with one of the sets is taken for this. */
	const char *signs[2][IMPORT_SIGNS_MAX];
	const char *optional;           /* a field that is required otherwise; NULL: none */
	bool unquoted;                  /* quotes are ordinary characters in it */
	/* How many rows before the header begin with this one; 0: it is the header. May be NULL. */
	size_t (*preamble)(const str *cells, size_t count);
	/* The code of the currency that the name of a column tells, or absent. May be NULL. */
	str (*currency)(str column);
	/* Makes one of our rows of what was read into `row`, whose texts are in the arena or the file's.
	 * False: it is left out, import_count() has said why. */
	bool (*adapt)(struct import *import, struct arena *arena, void *row);
};

/* For adapt(): a cell of the row, "" where there is none. */
const char *import_cell(const struct import *import, int cell);
/* Keeps a row under a name, for rows that follow and belong to it, and fetches it: NULL where there
 * is none. Names are the same in plain signs, as codes are taken. */
void import_remember(struct import *import, const char *name, const void *row);
const void *import_recall(struct import *import, const char *name);
/* Counts what was done to rows, or that they were left out, for a summary: "3 drafts". `what` is a
 * literal. */
void import_count(struct import *import, bool left_out, const char *what);
/* The words of HTML: without tags, with line breaks, characters for their names. */
const char *import_html_text(struct arena *arena, const char *html);

/* ---- What is imported ---- */

struct import_spec {
	const char *what;               /* "products", for the words on the terminal */
	const struct shape *row;        /* one line; required fields must be columns */
	/* Text fields that are codes: taken in plain signs (text_plain). Ends with NULL; may be NULL. */
	const char *const *codes;
	const struct import_preset *const *presets;     /* ends with NULL; may be NULL */
	/* What the rows of a group have in common. */
	const char *(*key)(struct arena *arena, const void *row);
	/* Looks at a row on its own: NULL, or why it is bad (from import_why()). May be NULL. */
	const char *(*check)(struct import *import, struct arena *arena, const void *row);
	/* Looks at a group, and says import_bad() of its rows; may read the database, which must not
	 * matter later. False: the database failed. May be NULL. */
	bool (*judge)(struct import *import, struct store *store, struct arena *arena,
	              const struct import_group *group);
	/* Takes a group into the database, within a transaction with others. False: it failed. */
	bool (*take)(struct store *store, struct arena *arena, const struct import_group *group);
};

/* The tables in which files are laid aside: a migration of every program that imports. */
#define IMPORT_MIGRATION(name_) \
	{ .name = (name_), \
	  .sqlite = IMPORT_TABLES("text", " without rowid"), \
	  .postgres = IMPORT_TABLES("text collate \"C\"", "") }
#define IMPORT_TABLES(text, clustered) \
	"create table import_run (" \
	" id bigint primary key," \
	" decided integer not null," \
	" lease_owner bigint not null," \
	" lease_until bigint not null);" \
	"create unique index import_run_decided on import_run (decided) where decided = 1;" \
	"create table import_row (" \
	" import_id bigint not null," \
	" position bigint not null," \
	" key " text " not null," \
	" fields text not null," \
	" primary key (import_id, position)" \
	")" clustered

/* What a program that imports has in its table of settings. */
#define IMPORT_SETTINGS \
	{ .name = "IMPORT_MAX", .kind = SETTING_BYTES, .standard = "1GiB", .least = 1, \
	  .about = "What import downloads from a URL at most" }, \
	{ .name = "IMPORT_TIMEOUT", .kind = SETTING_DURATION, .standard = "30s", .least = 100, \
	  .most = 3600000, .about = "How long the URL's server may be silent meanwhile" }

/* How it is asked for. */
struct import_options {
	const char *currency;           /* where the file says none; NULL: not set */
	const char *encoding;           /* NULL: it is found out */
	const char *preset;             /* a preset's name or "none"; NULL: it is found out */
	bool ignore_unknown;            /* columns */
	bool dry_run;                   /* only checks, takes no lock, and shows what was understood */
	const char *const *maps;        /* "COLUMN=field"; without a field the column is left out */
	size_t maps_count;
};

/* Does the whole command and says on stdout and stderr how it went. Returns the exit status: 0, or 1
 * where not all was imported. */
int import_file(struct store *store, const char *path, const struct import_options *options,
                const struct import_spec *spec);

/* The same by the words of the command, its name first. 2: they are not understood, which it has said,
 * with the usage. */
int import_command(struct store *store, int argc, char **argv, const struct import_spec *spec,
                   const char *usage);
/* What its words mean, on stdout. */
void import_help(const struct import_spec *spec, const char *usage);

/* For a job: takes a piece of what an import left that did not come to its end, and says in how many
 * milliseconds to call it again. */
int64_t import_go_on(struct store *store, const struct import_spec *spec);

/* A reason to return from `check`; it lives until the next one. */
const char *import_why(struct import *import, const char *format, ...) PRINTF(2, 3);
/* Lists a row as bad, for `judge`. */
void import_bad(struct import *import, int64_t line, const char *format, ...) PRINTF(3, 4);

#endif
