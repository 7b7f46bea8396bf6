/* csv.h - reads CSV (RFC 4180) row by row, in bounded memory whatever it is given.
 *
 * Cells are separated by commas, or what csv_separate() says; rows end with LF or CRLF; a quoted
 * cell may hold separators, line breaks and doubled quotes. Empty lines are skipped. A quote inside
 * a cell that does not begin with one is an ordinary character. */
#ifndef CSV_H
#define CSV_H

#include "core.h"

#define CSV_CELL_MAX (64 * 1024)        /* bytes */
#define CSV_ROW_MAX (1024 * 1024)       /* bytes */
#define CSV_CELLS_MAX 1000

struct csv;

#define CSV_ROOM_LEAST 4                /* bytes that are asked for at once */

/* Up to `room` bytes into `into`: how many, 0 at the end, -1 on failure. */
typedef int64_t csv_read_fn(void *source, char *into, size_t room);

struct csv_row {
	int64_t line;                   /* it began on, from 1 */
	const char *wrong;              /* why it can't be used, it then has no cells; or NULL */
	const str *cells;               /* unquoted, NUL-terminated, valid UTF-8; until the next row */
	size_t count;
};

enum csv_outcome {
	CSV_ROW,
	CSV_END,
	CSV_FAILED,                     /* reading failed */
};

struct csv *csv_create(csv_read_fn *read, void *source);
void csv_destroy(struct csv *csv);              /* NULL is fine */

/* Before the first row: its first bytes, as many as there is room for, or all. */
str csv_peek(struct csv *csv);
void csv_skip_line(struct csv *csv);
void csv_separate(struct csv *csv, char separator);
/* Why a row is wrong that is not UTF-8; it stays the caller's. */
void csv_explain(struct csv *csv, const char *not_utf8);
/* From the next row on quotes are ordinary, and a cell is never more than a line; only one that is in
 * quotes as a whole, as a spreadsheet writes it, loses them. */
void csv_unquoted(struct csv *csv);

MUST_USE enum csv_outcome csv_next(struct csv *csv, struct csv_row *row);

#endif
