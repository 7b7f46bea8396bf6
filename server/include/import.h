/* import.h - reads a CSV file into structs: everything or nothing, in constant memory.
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
 * imported. */
#ifndef IMPORT_H
#define IMPORT_H

#include "core.h"
#include "setting.h"
#include "shape.h"
#include "store.h"

struct import;

/* Takes one row into the database, within the import's transaction. NULL, or why the row is bad
 * (from import_why()); or IMPORT_STORE_FAILED to stop. */
typedef const char *import_row_fn(struct import *import, struct store *store, const void *row,
                                  void *context);
extern const char IMPORT_STORE_FAILED[];

struct import_spec {
	const char *what;               /* "products", for the words on the terminal */
	const struct shape *row;        /* one line; required fields must be columns */
	const char *currency;           /* the currency where the file has no such column; or NULL */
	import_row_fn *each;
	/* Called after the last row, before the commit; may be NULL. The same result as `each`. */
	const char *(*finish)(struct import *import, struct store *store, void *context);
	void *context;
};

/* What a program that imports has in its table of settings. */
#define IMPORT_SETTINGS \
	{ .name = "IMPORT_MAX", .kind = SETTING_BYTES, .standard = "1GiB", .least = 1, \
	  .about = "What import downloads from a URL at most" }, \
	{ .name = "IMPORT_TIMEOUT", .kind = SETTING_DURATION, .standard = "30s", .least = 100, \
	  .most = 3600000, .about = "How long the URL's server may be silent meanwhile" }

/* Does the whole command and says on stdout and stderr how it went. Returns the exit status: 0, or 1
 * where nothing was imported. `dry_run`: checks everything and then takes it back. */
int import_file(struct store *store, const char *path, bool dry_run,
                const struct import_spec *spec);

/* A reason to return from `each`; it lives until the next row. */
const char *import_why(struct import *import, const char *format, ...) PRINTF(2, 3);
int64_t import_line(const struct import *import);       /* the line the row began on, from 1 */

#endif
