/* test_import_encoding.c - files as UTF-8, whatever they are written in, and what separates their
 * cells. */
#include <stdlib.h>

#include "dialect.h"
#include "encoding.h"
#include "source_of_bytes.h"
#include "suite.h"

static char text[4096];
static const char *why;
static enum encoding found;

/* With as much room at a time, and as many bytes; -1 where reading fails. */
static int64_t decode(struct source source, enum encoding asked, size_t room)
{
	struct decoder *decoder = decoder_create(read_source, &source);
	int64_t used = 0, got = 0;

	*text = '\0';
	why = decoder_begin(decoder, asked);
	found = decoder_encoding(decoder);
	while (!why && (got = decoder_read(decoder, text + used, room)) > 0)
		used += got;
	text[used] = '\0';
	decoder_destroy(decoder);
	return got < 0 ? -1 : used;
}

#define BYTES(literal) { literal, sizeof(literal) - 1 }
#define NONE "\xff"

static const struct {
	str bytes;
	enum encoding asked, found;
	const char *text;               /* NULL: it is refused */
} cases[] = {
	{ BYTES(""), ENCODING_ASK, ENCODING_UTF_8, "" },
	{ BYTES("a\xc3\xa9"), ENCODING_ASK, ENCODING_UTF_8, "a\xc3\xa9" },
	{ BYTES("\xef\xbb\xbf" "a"), ENCODING_ASK, ENCODING_UTF_8, "a" },
	{ BYTES("\xef\xbb\xbf" "a"), ENCODING_UTF_8, ENCODING_UTF_8, "a" },
	{ BYTES("\xef\xbb" "a"), ENCODING_ASK, ENCODING_UTF_8, "\xef\xbb" "a" },
	{ BYTES("\xff\xfe" "a\0\xe9\0\xac\x20"), ENCODING_ASK, ENCODING_UTF_16LE, "a\xc3\xa9\xe2\x82\xac" },
	{ BYTES("\xfe\xff\0a\0\xe9\x20\xac"), ENCODING_ASK, ENCODING_UTF_16BE, "a\xc3\xa9\xe2\x82\xac" },
	{ BYTES("a\0b\0"), ENCODING_UTF_16LE, ENCODING_UTF_16LE, "ab" },
	{ BYTES("\0a\0b"), ENCODING_UTF_16BE, ENCODING_UTF_16BE, "ab" },
	{ BYTES("\xff\xfe\x3d\xd8\xe6\xdc"), ENCODING_ASK, ENCODING_UTF_16LE, "\xf0\x9f\x93\xa6" },
	{ BYTES("\xff\xfe\x00\xd8\x00\xdc\xff\xdb\xff\xdf"), ENCODING_ASK, ENCODING_UTF_16LE,
	  "\xf0\x90\x80\x80\xf4\x8f\xbf\xbf" },
	{ BYTES("\xff\xfe\x3d\xd8" "a\0"), ENCODING_ASK, ENCODING_UTF_16LE, NONE "a" },
	{ BYTES("\xff\xfe\xe6\xdc" "a\0"), ENCODING_ASK, ENCODING_UTF_16LE, NONE "a" },
	{ BYTES("\xff\xfe\x3d\xd8\x3d\xd8\xe6\xdc"), ENCODING_ASK, ENCODING_UTF_16LE,
	  NONE "\xf0\x9f\x93\xa6" },
	{ BYTES("\xff\xfe" "a\0\x3d\xd8"), ENCODING_ASK, ENCODING_UTF_16LE, "a" NONE },
	{ BYTES("\xff\xfe" "a\0b"), ENCODING_ASK, ENCODING_UTF_16LE, "a" NONE },
	{ BYTES("\xff\xfe\xff\xd7\x00\xe0"), ENCODING_ASK, ENCODING_UTF_16LE, "\xed\x9f\xbf\xee\x80\x80" },
	{ BYTES("\xe9\x80\x9f\xa0 a\x81"), ENCODING_WINDOWS_1252, ENCODING_WINDOWS_1252,
	  "\xc3\xa9\xe2\x82\xac\xc5\xb8\xc2\xa0 a" NONE },
	{ BYTES("caf\xe9 "), ENCODING_WINDOWS_1252, ENCODING_WINDOWS_1252, "caf\xc3\xa9 " },
	{ BYTES("caf\xc3\xa9"), ENCODING_WINDOWS_1252, ENCODING_UTF_8, NULL },
	{ BYTES("caf\xc3\xa9\xe2\x82"), ENCODING_WINDOWS_1252, ENCODING_UTF_8, NULL },
	{ BYTES("cafe"), ENCODING_WINDOWS_1252, ENCODING_WINDOWS_1252, "cafe" },
	{ BYTES("a\0b\0"), ENCODING_ASK, ENCODING_UTF_8, NULL },
	{ BYTES("\0a\0b"), ENCODING_ASK, ENCODING_UTF_8, NULL },
	{ BYTES("\xff\xfe\0\0a\0\0\0"), ENCODING_ASK, ENCODING_UTF_8, NULL },
	{ BYTES("\xef\xbb\xbf" "a"), ENCODING_WINDOWS_1252, ENCODING_UTF_8, NULL },
	{ BYTES("\xff\xfe" "a\0"), ENCODING_UTF_16BE, ENCODING_UTF_8, NULL },
};

START_TEST(bytes_are_read_in_their_encoding_however_they_come)
{
	static const size_t steps[] = { 1, 2, 3, 1000 };

	for (int i = 0; i < COUNT(steps); i++) {
		for (size_t room = 4; room < 12; room++) {
			decode((struct source) { cases[_i].bytes, steps[i], false }, cases[_i].asked, room);
			ck_assert_int_eq(why == NULL, cases[_i].text != NULL);
			if (!cases[_i].text)
				continue;
			ck_assert_int_eq(found, cases[_i].found);
			ck_assert_str_eq(text, cases[_i].text);
		}
	}
}
END_TEST

START_TEST(a_failure_to_read_is_no_end)
{
	ck_assert_int_eq(decode((struct source) { STR("abc"), 2, true }, ENCODING_ASK, 8), -1);
	ck_assert_str_eq(text, "abc");
	ck_assert_int_eq(decode((struct source) { STR("a\0b"), 2, true }, ENCODING_UTF_16LE, 8), -1);
}
END_TEST

/* Pairs lie across the ends of what is read at a time. */
START_TEST(a_long_file_is_the_same_in_every_encoding)
{
	size_t count = 50000, size = 2 + 6 * count, used = 0;
	char *bytes = malloc(size);
	int64_t got;

	memcpy(bytes, "\xff\xfe", 2);
	for (size_t i = 0; i < count; i++)
		memcpy(bytes + 2 + 6 * i, "a\0\x3d\xd8\xe6\xdc", 6);
	struct source source = { { bytes, size }, 30001, false };
	struct decoder *decoder = decoder_create(read_source, &source);
	ck_assert_ptr_null(decoder_begin(decoder, ENCODING_ASK));
	while ((got = decoder_read(decoder, text, 1003)) > 0)
		for (int64_t i = 0; i < got; i++, used++)
			ck_assert_int_eq(text[i], "a\xf0\x9f\x93\xa6"[used % 5]);
	ck_assert_uint_eq(used, 5 * count);
	decoder_destroy(decoder);
	free(bytes);
}
END_TEST

START_TEST(encodings_have_names)
{
	enum encoding encoding = ENCODING_ASK;

	ck_assert(encoding_named("UTF-16le", &encoding));
	ck_assert_int_eq(encoding, ENCODING_UTF_16LE);
	ck_assert(encoding_named("windows-1252", &encoding));
	ck_assert_str_eq(encoding_title(encoding), "Windows-1252");
	ck_assert(!encoding_named("utf8", &encoding));
	ck_assert(!encoding_named("", &encoding));
}
END_TEST

/* ---- Separators ---- */

static const struct { const char *head; char separator; bool line; } dialects[] = {
	{ "", ',', false },
	{ "sku\nA\n", ',', false },
	{ "sku,name\n", ',', false },
	{ "sku;name\nA;1,2,3,4\n", ';', false },
	{ "sku\tname\n", '\t', false },
	{ "sku|name\n", '|', false },
	{ "sku,\"a;b;c;d\"\n", ',', false },
	{ "\"a;b\nc;d;e\",sku\n", ',', false },
	{ "a,b;c\n", ',', false },
	{ "Products\n\nsku;name\n", ';', false },
	{ "sep=;\nsku\n", ';', true },
	{ "SEP=\t\r\nsku\n", '\t', true },
	{ "\"sep=|\"\nsku\n", '|', true },
	{ "sep=,", ',', true },
	{ "sep=x\nsku;name\n", ';', false },
	{ "sep=;;\n", ';', false },
};

START_TEST(what_separates_is_what_the_header_has_most_of)
{
	struct dialect dialect = dialect_of(str_of(dialects[_i].head));

	ck_assert_int_eq(dialect.separator, dialects[_i].separator);
	ck_assert_int_eq(dialect.line, dialects[_i].line);
}
END_TEST

START_TEST(separators_have_names)
{
	ck_assert_str_eq(dialect_title(';'), "semicolons");
	ck_assert_str_eq(dialect_title('\t'), "tabs");
	ck_assert_str_eq(dialect_title('|'), "vertical bars");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import: encodings");
	TCase *tcase = tcase_create("encodings");

	tcase_add_loop_test(tcase, bytes_are_read_in_their_encoding_however_they_come, 0, COUNT(cases));
	tcase_add_test(tcase, a_failure_to_read_is_no_end);
	tcase_add_test(tcase, a_long_file_is_the_same_in_every_encoding);
	tcase_add_test(tcase, encodings_have_names);
	tcase_add_loop_test(tcase, what_separates_is_what_the_header_has_most_of, 0, COUNT(dialects));
	tcase_add_test(tcase, separators_have_names);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
