/* fuzz_csv.c - whatever a file holds, its rows are sound, and do not depend on how it is read.
 *
 * The file is read at once and bytewise, side by side, in every encoding that it can be in and with
 * what separates its cells. Rows that are fine are written again with every cell in quotes, and must
 * read back the same. */
#include "fuzz.h"

#include "../unit/source_of_bytes.h"
#include "dialect.h"
#include "encoding.h"
#include "kind.h"

static void check_row(const struct csv_row *row)
{
	must(row->count <= CSV_CELLS_MAX);
	must(row->wrong ? row->count == 0 : row->count > 0);
	for (size_t i = 0; i < row->count; i++) {
		must(row->cells[i].size <= CSV_CELL_MAX);
		must(strlen(row->cells[i].at) == row->cells[i].size);
		must(utf8_valid(row->cells[i]));
	}
}

static void check_same(const struct csv_row *a, const struct csv_row *b)
{
	must(a->count == b->count && a->wrong == b->wrong);
	for (size_t i = 0; i < a->count; i++)
		must(str_same(a->cells[i], b->cells[i]));
}

static str write_row(const struct csv_row *row)
{
	size_t room = 2, used = 0;

	for (size_t i = 0; i < row->count; i++)
		room += 2 * row->cells[i].size + 3;
	char *text = malloc(room);
	must(text);
	for (size_t i = 0; i < row->count; i++) {
		text[used++] = '"';
		for (size_t j = 0; j < row->cells[i].size; j++) {
			if (row->cells[i].at[j] == '"')
				text[used++] = '"';
			text[used++] = row->cells[i].at[j];
		}
		text[used++] = '"';
		text[used++] = i + 1 < row->count ? ',' : '\n';
	}
	return (str) { text, used };
}

static void check_again(const struct csv_row *row)
{
	str text = write_row(row);
	struct source source = { .rest = text };
	struct csv *csv = csv_create(read_source, &source);
	struct csv_row again;

	must(csv_next(csv, &again) == CSV_ROW);
	must(again.line == 1);
	check_same(row, &again);
	must(csv_next(csv, &again) == CSV_END);
	csv_destroy(csv);
	free((void *)(uintptr_t)text.at);
}

/* A file on its way from bytes to rows. */
struct file {
	struct source source;
	struct decoder *decoder;
	struct csv *csv;
};

/* False: it can't be in that encoding, or is no table. */
static bool open_file(struct file *file, str all, size_t step, enum encoding encoding, bool unquoted)
{
	const char *why;

	file->source = (struct source) { .rest = all, .step = step };
	file->decoder = decoder_create(read_source, &file->source);
	file->csv = csv_create(decoder_read, file->decoder);
	why = kind_of_bytes(decoder_peek(file->decoder));
	must(!why || *why);
	if (decoder_begin(file->decoder, encoding))
		return false;
	str head = csv_peek(file->csv);
	why = kind_of_text(head);
	must(!why || *why);
	struct dialect dialect = dialect_of(head);
	csv_separate(file->csv, dialect.separator);
	if (dialect.line)
		csv_skip_line(file->csv);
	if (unquoted)
		csv_unquoted(file->csv);
	return true;
}

static void close_file(struct file *file)
{
	csv_destroy(file->csv);
	decoder_destroy(file->decoder);
}

static void check_rows(struct csv *csv, struct csv *other)
{
	struct csv_row row, same;
	int64_t line = 0;

	while (csv_next(csv, &row) == CSV_ROW) {
		must(csv_next(other, &same) == CSV_ROW);
		must(row.line > line && row.line == same.line);
		line = row.line;
		check_row(&row);
		check_same(&row, &same);
		if (!row.wrong)
			check_again(&row);
	}
	must(csv_next(other, &same) == CSV_END);
}

static void check_file(str all, enum encoding encoding, bool unquoted)
{
	struct file at_once, bytewise;
	bool fits = open_file(&at_once, all, SIZE_MAX, encoding, unquoted);

	must(open_file(&bytewise, all, 1, encoding, unquoted) == fits);
	if (fits)
		check_rows(at_once.csv, bytewise.csv);
	close_file(&at_once);
	close_file(&bytewise);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	str all = input_of(data, size);

	for (enum encoding encoding = ENCODING_ASK; encoding <= ENCODING_WINDOWS_1252; encoding++)
		check_file(all, encoding, false);
	check_file(all, ENCODING_ASK, true);
	return 0;
}
