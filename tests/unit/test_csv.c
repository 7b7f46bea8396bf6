/* test_csv.c - rows of CSV, good and bad. */
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "source_of_bytes.h"
#include "suite.h"

/* Rows as text: "line[cell|cell]" or "line!why". */
static char shown[4096];

static void show_row(const struct csv_row *row)
{
	size_t used = strlen(shown);

	used += (size_t)snprintf(shown + used, sizeof(shown) - used, "%lld%s", (long long)row->line,
	                         row->wrong ? "!" : "[");
	for (size_t i = 0; i < row->count; i++)
		used += (size_t)snprintf(shown + used, sizeof(shown) - used, "%s%s", i ? "|" : "",
		                         row->cells[i].at);
	snprintf(shown + used, sizeof(shown) - used, "%s", row->wrong ? row->wrong : "]");
}

static enum csv_outcome show(struct source source)
{
	struct csv *csv = csv_create(read_source, &source);
	struct csv_row row;
	enum csv_outcome outcome;

	*shown = '\0';
	while ((outcome = csv_next(csv, &row)) == CSV_ROW)
		show_row(&row);
	csv_destroy(csv);
	return outcome;
}

/* A slice that may hold NULs, as an initialiser. */
#define BYTES(literal) { literal, sizeof(literal) - 1 }

static const struct {
	str text;
	const char *rows;
} cases[] = {
	{ BYTES(""), "" },
	{ BYTES("a,b\n1,2\n"), "1[a|b]2[1|2]" },
	{ BYTES("a,b\r\n1,2\r\n"), "1[a|b]2[1|2]" },
	{ BYTES("a,b\n1,2"), "1[a|b]2[1|2]" },
	{ BYTES("a,\n,\n"), "1[a|]2[|]" },
	{ BYTES("\xef\xbb" "a,b\n1\n"), "1!it is not valid UTF-82[1]" },
	{ BYTES("\n\na\n\r\nb\n\n"), "3[a]5[b]" },
	{ BYTES("\"\"\n\"a\"\n"), "1[]2[a]" },
	{ BYTES("\"a,b\",\"c\"\"d\"\n"), "1[a,b|c\"d]" },
	{ BYTES("\"two\nlines\",x\nnext\n"), "1[two\nlines|x]3[next]" },
	{ BYTES("\"two\r\nlines\"\r\nnext"), "1[two\r\nlines]3[next]" },
	{ BYTES("12\" ruler,\"x\"\n"), "1[12\" ruler|x]" },
	{ BYTES(" \"a\" ,b\n"), "1[ \"a\" |b]" },
	{ BYTES("\"a\"b,c\nd\n"), "1!there is text behind a closing quote2[d]" },
	{ BYTES("a\n\"b,c\nd\n"), "1[a]2!a quote is never closed" },
	{ BYTES("a\rb\nc\n"), "1!it has a carriage return outside quotes: take it out, or put its cell in"
	  " quotes2[c]" },
	{ BYTES("a\0b\nc\n"), "1!it has a NUL character in it2[c]" },
	{ BYTES("\"a\0\nb\"\nc\n"), "1!it has a NUL character in it3[c]" },
	{ BYTES("a\xff\nc\n"), "1!it is not valid UTF-82[c]" },
	{ BYTES("\xc3,\xa9\n"), "1!it is not valid UTF-8" },
	{ BYTES("na\xc3\xafve\n"), "1[na\xc3\xafve]" },
};

START_TEST(rows_are_read_as_rfc_4180_says)
{
	ck_assert_int_eq(show((struct source) { .rest = cases[_i].text }), CSV_END);
	ck_assert_str_eq(shown, cases[_i].rows);
}
END_TEST

/* ---- Other separators, and none of the quotes ---- */

static const struct { str text; char separator; bool unquoted; const char *rows; } others[] = {
	{ BYTES("a;b,c\n\"d;e\";f\n"), ';', false, "1[a|b,c]2[d;e|f]" },
	{ BYTES("a\tb\n\"c\td\"\te\n"), '\t', false, "1[a|b]2[c\td|e]" },
	{ BYTES("\"Best\" mug\t5\n\"12 inch\t6\n"), '\t', true, "1[\"Best\" mug|5]2[\"12 inch|6]" },
	{ BYTES("\"whole\"\t\"a \"\"b\"\"\"\t\"\"\n"), '\t', true, "1[whole|a \"b\"|]" },
	{ BYTES("\"a\"b\"\t\"\"\"\t\"\n"), '\t', true, "1[\"a\"b\"|\"\"\"|\"]" },
	{ BYTES("\"two\nlines\"\n"), '\t', true, "1[\"two]2[lines\"]" },
};

START_TEST(cells_are_separated_by_what_is_said)
{
	struct source source = { .rest = others[_i].text };
	struct csv *csv = csv_create(read_source, &source);
	struct csv_row row;

	*shown = '\0';
	csv_separate(csv, others[_i].separator);
	if (others[_i].unquoted)
		csv_unquoted(csv);
	while (csv_next(csv, &row) == CSV_ROW)
		show_row(&row);
	csv_destroy(csv);
	ck_assert_str_eq(shown, others[_i].rows);
}
END_TEST

START_TEST(the_first_bytes_can_be_seen_and_a_line_passed_over)
{
	struct source source = { .rest = STR("sep=;\r\na;\xff\n") };
	struct csv *csv = csv_create(read_source, &source);
	struct csv_row row;

	ck_assert(str_is(csv_peek(csv), "sep=;\r\na;\xff\n"));
	csv_skip_line(csv);
	csv_separate(csv, ';');
	csv_explain(csv, "because");
	ck_assert_int_eq(csv_next(csv, &row), CSV_ROW);
	ck_assert_int_eq(row.line, 2);
	ck_assert_str_eq(row.wrong, "because");
	ck_assert_int_eq(csv_next(csv, &row), CSV_END);
	csv_destroy(csv);
}
END_TEST

START_TEST(a_failure_to_read_is_no_end)
{
	ck_assert_int_eq(show((struct source) { .rest = STR("a,b\n1,"), .fails = true }), CSV_FAILED);
	ck_assert_str_eq(shown, "1[a|b]");
}
END_TEST

/* ---- Limits, each from both sides ---- */

static char *repeat(const char *piece, size_t times, const char *tail)
{
	size_t size = strlen(piece);
	char *text = malloc(size * times + strlen(tail) + 1);

	ck_assert_ptr_nonnull(text);
	for (size_t i = 0; i < times; i++)
		memcpy(text + i * size, piece, size);
	strcpy(text + size * times, tail);
	return text;
}

static const struct {
	const char *piece;
	size_t times;
	const char *tail, *wrong;
} limits[] = {
	{ "x", 65536, "\n", NULL },
	{ "x", 65537, "\n", "a cell is longer than 64 KiB; is a quote not closed?" },
	{ ",", 999, "\n", NULL },
	{ ",", 1000, "\n", "it has more than 1,000 cells" },
	{ "0123456789abcde,", 100000, "\n", "it has more than 1,000 cells" },
};

START_TEST(limits_hold_and_the_next_row_is_read)
{
	char *text = repeat(limits[_i].piece, limits[_i].times, limits[_i].tail);
	char *two = repeat(text, 1, "next\n");
	struct source source = { .rest = str_of(two) };
	struct csv *csv = csv_create(read_source, &source);
	struct csv_row row;

	ck_assert_int_eq(csv_next(csv, &row), CSV_ROW);
	if (limits[_i].wrong)
		ck_assert_str_eq(row.wrong, limits[_i].wrong);
	else
		ck_assert_ptr_null(row.wrong);
	ck_assert_int_eq(csv_next(csv, &row), CSV_ROW);
	ck_assert_int_eq(row.line, 2);
	ck_assert_str_eq(row.cells[0].at, "next");
	ck_assert_int_eq(csv_next(csv, &row), CSV_END);
	csv_destroy(csv);
	free(two);
	free(text);
}
END_TEST

START_TEST(a_row_has_at_most_a_mebibyte)
{
	char *cell = repeat("x", 65535, ",");

	for (size_t cells = 15; cells <= 17; cells++) {
		char *text = repeat(cell, cells, "x\n");
		struct source source = { .rest = str_of(text) };
		struct csv *csv = csv_create(read_source, &source);
		struct csv_row row;
		ck_assert_int_eq(csv_next(csv, &row), CSV_ROW);
		ck_assert_int_eq(row.wrong == NULL, cells == 15);
		csv_destroy(csv);
		free(text);
	}
	free(cell);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("csv");
	TCase *tcase = tcase_create("csv");

	tcase_add_loop_test(tcase, rows_are_read_as_rfc_4180_says, 0, COUNT(cases));
	tcase_add_loop_test(tcase, cells_are_separated_by_what_is_said, 0, COUNT(others));
	tcase_add_test(tcase, the_first_bytes_can_be_seen_and_a_line_passed_over);
	tcase_add_test(tcase, a_failure_to_read_is_no_end);
	tcase_add_loop_test(tcase, limits_hold_and_the_next_row_is_read, 0, COUNT(limits));
	tcase_add_test(tcase, a_row_has_at_most_a_mebibyte);
	suite_add_tcase(suite, tcase);

	return run_suite(suite);
}
