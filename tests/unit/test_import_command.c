/* test_import_command.c - the words of the command import. */
#include "items.h"

static char *words_given[8];
static int words_count, exit_status;

static const struct import_preset etsy = { .name = "etsy", .title = "An export of Etsy's", .signs = { { "LISTING" } } };
static const struct import_preset *const presets[] = { &etsy, NULL };

static void run_command(void)
{
	spec = (struct import_spec) { .what = "items", .row = item_shape, .key = key_of_item,
	                              .take = take_item, .presets = presets };
	exit_status = import_command(store, words_count, words_given, &spec, "usage: so it is\n");
}

#define ROW "sku,price\na,1\n"
#define ROW_CODE "code,price,currency\na,1,GBP\n"
#define ROW_IN "sku,price,currency\na,1,GBP\n"

/* FILE stands for the file's path. What is behind the words is not looked at. */
static const struct { const char *words[6], *file; int status; int64_t items; const char *said; } calls[] = {
	{ { "FILE" }, ROW_IN, 0, 1, "" },
	{ { "FILE", "--currency", "GBP" }, ROW, 0, 1, "" },
	{ { "--currency=GBP", "FILE" }, ROW, 0, 1, "" },
	{ { "--currency", "GBP", "--dry-run", "FILE" }, ROW, 0, 0, "" },
	{ { "FILE", "--dry-run" }, ROW_IN, 0, 0, "" },
	{ { "FILE", "--currency=gbp" }, ROW, 0, 1, "" },
	{ { "FILE", "--currency=gb" }, ROW, 1, 0, "the currency is \"gb\"" },
	{ { "FILE", "--currency=" }, ROW, 1, 0, "the currency is \"\"" },
	{ { NULL }, ROW, 2, 0, "import: name the file\nusage: so it is\n" },
	{ { "--dry-run" }, ROW, 2, 0, "import: name the file\nusage: so it is\n" },
	{ { "FILE", "--currency" }, ROW, 2, 0, "import: --currency needs a code behind it, such as GBP\n"
	                                      "usage: so it is\n" },
	{ { "FILE", "--currency", "--dry-run" }, ROW, 2, 0, "import: --currency needs a code behind it" },
	{ { "--preset", "--dry-run", "FILE" }, ROW_IN, 2, 0, "import: --preset needs a name behind it" },
	{ { "--encoding", "--dry-run", "FILE" }, ROW_IN, 2, 0, "import: --encoding needs a name behind it" },
	{ { "FILE", "--map", "--dry-run" }, ROW_CODE, 2, 0, "import: --map needs a column and a field" },
	{ { "FILE", "--map=--code=sku" }, "--code,price,currency\na,1,GBP\n", 0, 1, "" },
	{ { "FILE", "other" }, ROW_IN, 2, 0, "import: other is not understood\nusage: so it is\n" },
	{ { "FILE", "-x" }, ROW_IN, 2, 0, "import: -x is not understood\nusage: so it is\n" },
	{ { "--currencies=GBP", "FILE" }, ROW, 2, 0, "import: --currencies=GBP is not understood\n" },
	{ { "FILE", "--dry-run=yes" }, ROW_IN, 2, 0, "import: --dry-run=yes is not understood\n" },
	{ { "FILE", "--map", "code=sku" }, ROW_CODE, 0, 1, "" },
	{ { "--map=code=sku", "FILE" }, ROW_CODE, 0, 1, "" },
	{ { "FILE", "--map", "code=SKU", "--map", "code=sku" }, ROW_CODE, 0, 1, "" },
	{ { "FILE", "--map" }, ROW_CODE, 2, 0, "import: --map needs a column and a field behind it" },
	{ { "FILE", "--map", "code" }, ROW_CODE, 2, 0, "import: --map code: COLUMN=FIELD is needed; fields"
	                                              " are sku, state, price" },
	{ { "FILE", "--map", "=sku" }, ROW_CODE, 2, 0, "import: --map =sku: COLUMN=FIELD is needed" },
	{ { "FILE", "--map", "code=skew" }, ROW_CODE, 2, 0, "import: --map code=skew: there is no field skew;"
	                                                   " there are sku, state, price" },
	{ { "FILE", "--ignore-unknown", "--currency=GBP" }, "sku,price,code\na,1,x\n", 0, 1, "" },
	{ { "FILE", "--map", "code=", "--currency=GBP" }, "sku,price,code\na,1,x\n", 0, 1, "" },
	{ { "FILE", "--encoding", "utf-8" }, ROW_IN, 0, 1, "" },
	{ { "FILE", "--encoding=latin1" }, ROW_IN, 1, 0, "the encoding is \"latin1\": utf-8, " },
	{ { "FILE", "--preset=none" }, ROW_IN, 0, 1, "" },
	{ { "FILE", "--preset", "shopify" }, ROW_IN, 2, 0, "import: there is no preset shopify; there are"
	                                                  " etsy, none\nusage: so it is\n" },
	{ { "-x" }, ROW, 2, 0, "import: -x is not understood\nusage: so it is\n" },
};

START_TEST(words_are_understood_or_told)
{
	write_file(calls[_i].file, strlen(calls[_i].file));
	words_given[0] = (char[]) { "import" };
	for (words_count = 1; calls[_i].words[words_count - 1]; words_count++) {
		const char *word = calls[_i].words[words_count - 1];
		words_given[words_count] = strcmp(word, "FILE") == 0
		                           ? path : arena_copy(arena, str_of(word));
	}
	words_given[words_count] = (char[]) { "behind the words" };
	catch_log(run_command);
	ck_assert_int_eq(exit_status, calls[_i].status);
	ck_assert_msg(strncmp(logged, calls[_i].said, strlen(calls[_i].said)) == 0, "%s", logged);
	ck_assert_int_eq(items(), calls[_i].items);
}
END_TEST

/* ---- What an import has nothing for ---- */

static SHAPE(name_shape, struct item,
	TEXT(struct item, sku, "Code", .required = true));
static char help[4096];

static void run_plain(void)
{
	spec = (struct import_spec) { .what = "items", .row = name_shape, .key = key_of_item, .take = take_item };
	exit_status = import_command(store, words_count, words_given, &spec, "usage: so it is\n");
}

static void print_help(const struct shape *row, const struct import_preset *const *some)
{
	FILE *file = tmpfile();
	int out = dup(STDOUT_FILENO);

	fflush(stdout);
	dup2(fileno(file), STDOUT_FILENO);
	import_help(&(struct import_spec) { .row = row, .presets = some }, "usage: so it is\n");
	fflush(stdout);
	dup2(out, STDOUT_FILENO);
	close(out);
	rewind(file);
	help[fread(help, 1, sizeof(help) - 1, file)] = '\0';
	fclose(file);
}

START_TEST(help_has_what_the_import_has_alone)
{
	static const char *const words[] = { "--currency", "Amounts", "--preset" };

	print_help(item_shape, presets);
	ck_assert_ptr_nonnull(strstr(help, "etsy: An export of Etsy's"));
	for (int i = 0; i < COUNT(words); i++)
		ck_assert_msg(strstr(help, words[i]), "%s", help);
	print_help(name_shape, NULL);
	ck_assert_ptr_nonnull(strstr(help, "--encoding"));
	for (int i = 0; i < COUNT(words); i++)
		ck_assert_msg(!strstr(help, words[i]), "%s", help);
}
END_TEST

static const char *const nothing[] = { "--currency=GBP", "--preset=none" };

START_TEST(and_nothing_else_is_understood)
{
	char expected[80];

	snprintf(expected, sizeof(expected), "import: %s is not understood\n", nothing[_i]);
	words_given[0] = (char[]) { "import" };
	words_given[1] = arena_copy(arena, str_of(nothing[_i]));
	words_given[2] = path;
	words_count = 3;
	catch_log(run_plain);
	ck_assert_int_eq(exit_status, 2);
	ck_assert_msg(str_starts(str_of(logged), expected), "%s", logged);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("import: the command");
	TCase *tcase = tcase_create("words");

	tcase_add_checked_fixture(tcase, begin_items, end);
	tcase_add_loop_test(tcase, words_are_understood_or_told, 0, COUNT(calls));
	tcase_add_test(tcase, help_has_what_the_import_has_alone);
	tcase_add_loop_test(tcase, and_nothing_else_is_understood, 0, COUNT(nothing));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
