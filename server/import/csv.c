/* csv.c - reads CSV (RFC 4180) row by row, in bounded memory whatever it is given. */
#include "csv.h"
#include "fatal.h"

#include <stdlib.h>

#define INPUT_SIZE (32 * 1024)
#define NOTHING (-1)                    /* the end, or a failure */

enum place {
	AT_START,                       /* of a cell */
	IN_PLAIN,
	IN_QUOTES,
	AFTER_QUOTES,                   /* the quote that ends a cell, or the first of a doubled one */
};

struct csv {
	csv_read_fn *read;
	void *source;
	size_t at, size;                /* of the input */
	bool ended, failed;
	int64_t line;
	char separator;
	bool unquoted;                  /* quotes are ordinary */
	const char *not_utf8;

	enum place place;
	bool quoted;                    /* a cell of this row was */
	const char *wrong;
	char *text;                     /* of the row's cells, each with its NUL */
	size_t used, room;
	size_t cell;                    /* where this cell begins in it */
	size_t count;
	size_t ends[CSV_CELLS_MAX];
	str cells[CSV_CELLS_MAX];
	char input[INPUT_SIZE];
};

struct csv *csv_create(csv_read_fn *read, void *source)
{
	struct csv *csv = calloc(1, sizeof(*csv));

	if (!csv)
		fatal();
	csv->read = read;
	csv->source = source;
	csv->separator = ',';
	csv->not_utf8 = "it is not valid UTF-8";
	csv->line = 1;
	return csv;
}

void csv_separate(struct csv *csv, char separator)
{
	csv->separator = separator;
}

void csv_explain(struct csv *csv, const char *not_utf8)
{
	csv->not_utf8 = not_utf8;
}

void csv_unquoted(struct csv *csv)
{
	csv->unquoted = true;
}

void csv_destroy(struct csv *csv)
{
	if (!csv)
		return;
	free(csv->text);
	free(csv);
}

/* ---- Bytes in ---- */

static void fill(struct csv *csv)
{
	if (csv->ended)
		return;
	int64_t size = csv->read(csv->source, csv->input, sizeof(csv->input));
	csv->failed = size < 0;
	csv->ended = size <= 0;
	csv->at = 0;
	csv->size = size > 0 ? (size_t)size : 0;
}

static int peek(struct csv *csv)
{
	if (csv->at == csv->size)
		fill(csv);
	return csv->at < csv->size ? (unsigned char)csv->input[csv->at] : NOTHING;
}

static int take(struct csv *csv)
{
	int byte = peek(csv);

	if (byte == NOTHING)
		return NOTHING;
	csv->at++;
	csv->line += byte == '\n';
	return byte;
}

str csv_peek(struct csv *csv)
{
	while (sizeof(csv->input) - csv->size >= CSV_ROOM_LEAST && !csv->ended) {
		int64_t size = csv->read(csv->source, csv->input + csv->size,
		                         sizeof(csv->input) - csv->size);
		csv->failed = size < 0;
		csv->ended = size <= 0;
		csv->size += size > 0 ? (size_t)size : 0;
	}
	return (str) { csv->input, csv->size };
}

void csv_skip_line(struct csv *csv)
{
	int byte;

	while ((byte = take(csv)) != NOTHING && byte != '\n')
		;
}

/* ---- The row being read ---- */

static void begin_row(struct csv *csv)
{
	csv->place = AT_START;
	csv->quoted = false;
	csv->used = csv->cell = csv->count = 0;
}

/* The first reason is told. From then on nothing is kept, only the row's end is looked for. */
static void spoil(struct csv *csv, const char *wrong)
{
	if (!csv->wrong)
		csv->wrong = wrong;
}

static void append(struct csv *csv, char byte)
{
	if (csv->used == csv->room) {
		csv->room = csv->room ? csv->room * 2 : 1024;
		csv->text = realloc(csv->text, csv->room);
		if (!csv->text)
			fatal();
	}
	csv->text[csv->used++] = byte;
}

static void keep(struct csv *csv, int byte)
{
	if (byte == '\0')
		spoil(csv, "it has a NUL character in it");
	else if (csv->used - csv->cell >= CSV_CELL_MAX)
		spoil(csv, "a cell is longer than 64 KiB; is a quote not closed?");
	else if (csv->used >= CSV_ROW_MAX)
		spoil(csv, "it is longer than 1 MiB");
	if (!csv->wrong)
		append(csv, (char)byte);
}

/* A cell that was read with its quotes, and is in quotes as a whole. */
static void unquote(struct csv *csv)
{
	size_t size = csv->used - csv->cell;

	if (size < 2)
		return;
	char *from = csv->text + csv->cell, *to = from;
	if (from[0] != '"' || from[size - 1] != '"')
		return;
	for (size_t i = 1; i + 1 < size; i++)
		if (from[i] == '"' && (++i + 1 >= size || from[i] != '"'))
			return;
	for (size_t i = 1; i + 1 < size; i++) {
		i += from[i] == '"';
		*to++ = from[i];
	}
	csv->used = (size_t)(to - csv->text);
}

static void end_cell(struct csv *csv)
{
	csv->place = AT_START;
	if (csv->count == CSV_CELLS_MAX)
		spoil(csv, "it has more than 1,000 cells");
	if (csv->wrong)
		return;
	if (csv->unquoted)
		unquote(csv);
	csv->ends[csv->count++] = csv->used;
	append(csv, '\0');
	csv->cell = csv->used;
}

/* ---- Bytes in their places: true where the row ends ---- */

/* What separates cells and rows, outside quotes. False: an ordinary character. */
static bool separates(struct csv *csv, int byte, bool *row_ends)
{
	if (byte == '\r' && (peek(csv) == '\n' || peek(csv) == NOTHING)) {
		(void)take(csv);
		byte = '\n';
	}
	*row_ends = byte == '\n';
	if (byte != csv->separator && byte != '\n')
		return false;
	end_cell(csv);
	return true;
}

static bool take_plain(struct csv *csv, int byte)
{
	bool row_ends;

	if (separates(csv, byte, &row_ends))
		return row_ends;
	if (byte == '\r')
		spoil(csv, "it has a carriage return outside quotes: take it out, or put its cell in quotes");
	csv->place = IN_PLAIN;
	keep(csv, byte);
	return false;
}

static bool take_after_quotes(struct csv *csv, int byte)
{
	bool row_ends;

	if (byte == '"') {
		csv->place = IN_QUOTES;
		keep(csv, '"');
		return false;
	}
	if (separates(csv, byte, &row_ends))
		return row_ends;
	spoil(csv, "there is text behind a closing quote");
	csv->place = IN_PLAIN;
	return false;
}

static bool take_byte(struct csv *csv, int byte)
{
	switch (csv->place) {
	case AT_START:
		if (byte != '"' || csv->unquoted)
			return take_plain(csv, byte);
		csv->quoted = true;
		csv->place = IN_QUOTES;
		return false;
	case IN_PLAIN:
		return take_plain(csv, byte);
	case IN_QUOTES:
		if (byte == '"')
			csv->place = AFTER_QUOTES;
		else
			keep(csv, byte);
		return false;
	case AFTER_QUOTES:
		return take_after_quotes(csv, byte);
	}
	return false;
}

/* False: there was nothing before the end. */
static bool read_row(struct csv *csv)
{
	int byte;
	bool any = false;

	begin_row(csv);
	while ((byte = take(csv)) != NOTHING) {
		any = true;
		if (take_byte(csv, byte))
			return true;
	}
	if (any) {
		if (csv->place == IN_QUOTES)
			spoil(csv, "a quote is never closed");
		end_cell(csv);
	}
	return any;
}

static bool is_blank(const struct csv *csv)
{
	return !csv->wrong && !csv->quoted && csv->count == 1 && csv->ends[0] == 0;
}

static void give_cells(struct csv *csv, struct csv_row *row)
{
	size_t start = 0;

	for (size_t i = 0; i < csv->count; i++) {
		csv->cells[i] = (str) { csv->text + start, csv->ends[i] - start };
		start = csv->ends[i] + 1;
		if (!utf8_valid(csv->cells[i]))
			spoil(csv, csv->not_utf8);
	}
	row->cells = csv->cells;
	row->count = csv->wrong ? 0 : csv->count;
	row->wrong = csv->wrong;
}

enum csv_outcome csv_next(struct csv *csv, struct csv_row *row)
{
	csv->wrong = NULL;
	do {
		row->line = csv->line;
		if (!read_row(csv) || csv->failed)
			return csv->failed ? CSV_FAILED : CSV_END;
	} while (is_blank(csv));
	give_cells(csv, row);
	return CSV_ROW;
}
