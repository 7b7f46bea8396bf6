/* csv.h - reads CSV (RFC 4180) row by row, in bounded memory whatever it is given.
 *
 * Cells are separated by commas, rows end with LF or CRLF; a quoted cell may hold commas, line
 * breaks and doubled quotes. A byte order mark is skipped, as are empty lines. A quote inside a
 * cell that does not begin with one is an ordinary character. */
#ifndef CSV_H
#define CSV_H

#include "core.h"

#define CSV_CELL_MAX (64 * 1024)        /* bytes */
#define CSV_ROW_MAX (1024 * 1024)       /* bytes */
#define CSV_CELLS_MAX 1000

struct csv;

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
MUST_USE enum csv_outcome csv_next(struct csv *csv, struct csv_row *row);

#endif
