/* import.h - reads a CSV file into structs and these into a database: everything or nothing, in constant
 * memory, beside a server that goes on.
 *
 * The header row names the columns; they are matched to the fields of a shape by name, in any
 * order. A MONEY field `price` takes the column price as a decimal ("12.50") and its currency from
 * the column `currency`, or from import.currency where there is no such column. A file packed with
 * gzip is unpacked on the way, whatever its name. RFC 4180: quotes, doubled quotes, line breaks in quotes, LF or CRLF, an
 * optional byte order mark.
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
#ifndef IMPORT_H
#define IMPORT_H

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

struct import_spec {
	const char *what;               /* "products", for the words on the terminal */
	const struct shape *row;        /* one line; required fields must be columns */
	const char *currency;           /* the currency where the file has no such column; or NULL */
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

/* Does the whole command and says on stdout and stderr how it went. Returns the exit status: 0, or 1
 * where not all was imported. `dry_run`: only checks, and takes no lock. */
int import_file(struct store *store, const char *path, bool dry_run,
                const struct import_spec *spec);

/* The same by the words of the command, its name first: FILE or URL, --dry-run, --currency GBP. 2: they
 * are not understood, which it has said, with the usage. */
int import_command(struct store *store, int argc, char **argv, const struct import_spec *spec,
                   const char *usage);

/* For a job: takes a piece of what an import left that did not come to its end, and says in how many
 * milliseconds to call it again. */
int64_t import_go_on(struct store *store, const struct import_spec *spec);

/* A reason to return from `check`; it lives until the next one. */
const char *import_why(struct import *import, const char *format, ...) PRINTF(2, 3);
/* Lists a row as bad, for `judge`. */
void import_bad(struct import *import, int64_t line, const char *format, ...) PRINTF(3, 4);

#endif
