/* test_core_settings.c - settings from environment and flags. */
#include <stdlib.h>

#include "settings.h"
#include "suite.h"

static const char *const colours[] = { "red", "green", NULL };

static const struct setting table[] = {
	{ "T_PORT", SETTING_INT, "8081", "Port to listen on", 0, 65535, NULL },
	{ "T_NAME", SETTING_TEXT, NULL, "Any text", 0, 0, NULL },
	{ "T_BODY_MAX", SETTING_BYTES, "4MiB", "Bytes of a body", 1024, INT64_C(1) << 30, NULL },
	{ "T_IDLE", SETTING_DURATION, "30m", "How long", 100, 0, NULL },
	{ "T_HOSTS", SETTING_LIST, "a, b", "Hosts", 0, 0, NULL },
	{ 0 },
};

static const struct setting own_table[] = {
	{ "T_COLOUR", SETTING_CHOICE, "red", "A long explanation that says what the colour is for,"
	  " when it matters and why nobody has to care about it at all, in more words than fit on"
	  " one line", 0, 0, colours },
	{ 0 },
};

static const struct setting *const tables[] = { table, own_table, NULL };

static char *words[8];
static int count;

static void begin(void)
{
	for (const struct setting *const *each = tables; *each; each++)
		for (const struct setting *setting = *each; setting->name; setting++)
			unsetenv(setting->name);
	memset(words, 0, sizeof(words));
	words[0] = "program";
	count = 1;
}

static void argument(const char *text)
{
	static char texts[8][64];

	snprintf(texts[count], sizeof(texts[count]), "%s", text);
	words[count] = texts[count];
	count++;
}

static const char *read_all(void)
{
	return settings_read(tables, &count, words);
}

START_TEST(defaults_count_where_nothing_is_set)
{
	setenv("T_COLOUR", "", 1);
	ck_assert_pstr_eq(read_all(), NULL);
	ck_assert_int_eq(setting_int("T_PORT"), 8081);
	ck_assert_pstr_eq(setting_text("T_PORT"), "8081");
	ck_assert_pstr_eq(setting_text("T_NAME"), NULL);
	ck_assert_int_eq(setting_int("T_BODY_MAX"), 4 * 1024 * 1024);
	ck_assert_int_eq(setting_int("T_IDLE"), 30 * 60 * 1000);
	ck_assert_pstr_eq(setting_text("T_COLOUR"), "red");
}
END_TEST

START_TEST(a_flag_wins_over_the_environment_over_the_default)
{
	setenv("T_PORT", "1", 1);
	setenv("T_NAME", "env", 1);
	setenv("T_IDLE", "wrong, but nobody asks", 1);
	argument("--t-port=2");
	argument("--t-idle");
	argument("5s");
	ck_assert_pstr_eq(read_all(), NULL);
	ck_assert_int_eq(setting_int("T_PORT"), 2);
	ck_assert_pstr_eq(setting_text("T_NAME"), "env");
	ck_assert_int_eq(setting_int("T_IDLE"), 5000);
	ck_assert_int_eq(count, 1);
}
END_TEST

START_TEST(other_words_stay_in_order)
{
	argument("import");
	argument("--t-name=a=b");
	argument("--dry-run");
	argument("--t-names=x");
	argument("--");
	argument("--t-port=3");
	ck_assert_pstr_eq(read_all(), NULL);
	ck_assert_pstr_eq(setting_text("T_NAME"), "a=b");
	ck_assert_int_eq(setting_int("T_PORT"), 8081);
	ck_assert_int_eq(count, 5);
	ck_assert_pstr_eq(words[0], "program");
	ck_assert_pstr_eq(words[1], "import");
	ck_assert_pstr_eq(words[2], "--dry-run");
	ck_assert_pstr_eq(words[3], "--t-names=x");
	ck_assert_pstr_eq(words[4], "--t-port=3");
	ck_assert_ptr_null(words[5]);
}
END_TEST

START_TEST(read_again_flags_still_win_and_texts_stay)
{
	argument("--t-port=2");
	setenv("T_NAME", "first", 1);
	ck_assert_pstr_eq(read_all(), NULL);
	const char *first = setting_text("T_NAME");
	setenv("T_NAME", "second", 1);
	setenv("T_PORT", "3", 1);
	ck_assert_pstr_eq(settings_read(tables, NULL, NULL), NULL);
	ck_assert_int_eq(setting_int("T_PORT"), 2);
	ck_assert_pstr_eq(setting_text("T_NAME"), "second");
	ck_assert_pstr_eq(first, "first");
	ck_assert_pstr_eq(read_all(), NULL);
	ck_assert_int_eq(setting_int("T_PORT"), 3);
}
END_TEST

static const struct { const char *name, *text; int64_t value; } numbers[] = {
	{ "T_PORT", "0", 0 }, { "T_PORT", "65535", 65535 }, { "T_BODY_MAX", "65536", 65536 },
	{ "T_BODY_MAX", "64KiB", 65536 }, { "T_BODY_MAX", "1GiB", 1 << 30 }, { "T_BODY_MAX",
	  "1024B", 1024 },
	{ "T_IDLE", "100ms", 100 }, { "T_IDLE", "55", 55000 }, { "T_IDLE", "55s", 55000 },
	{ "T_IDLE", "2h", 7200000 }, { "T_IDLE", "1m", 60000 },
	{ "T_IDLE", "30d", INT64_C(2592000000) },
};

START_TEST(numbers_have_units)
{
	setenv(numbers[_i].name, numbers[_i].text, 1);
	ck_assert_pstr_eq(read_all(), NULL);
	ck_assert_int_eq(setting_int(numbers[_i].name), numbers[_i].value);
	ck_assert_pstr_eq(setting_text(numbers[_i].name), numbers[_i].text);
}
END_TEST

#define A_SIZE "a size such as 64KiB or 4MiB from 1KiB to 1GiB is needed"
#define A_TIME "a duration such as 500ms, 55s, 30m, 2h or 30d, at least 100ms, is needed"

static const struct { const char *name, *text, *words; } wrong[] = {
	{ "T_PORT", "http", "T_PORT is \"http\": a whole number from 0 to 65535 is needed" },
	{ "T_PORT", "65536", "T_PORT is \"65536\": a whole number from 0 to 65535 is needed" },
	{ "T_PORT", "-1", "T_PORT is \"-1\": a whole number from 0 to 65535 is needed" },
	{ "T_PORT", "80 ", "T_PORT is \"80 \": a whole number from 0 to 65535 is needed" },
	{ "T_PORT", "1KiB", "T_PORT is \"1KiB\": a whole number from 0 to 65535 is needed" },
	{ "T_BODY_MAX", "4MB", "T_BODY_MAX is \"4MB\": " A_SIZE },
	{ "T_BODY_MAX", "1023", "T_BODY_MAX is \"1023\": " A_SIZE },
	{ "T_BODY_MAX", "9999999999999GiB", "T_BODY_MAX is \"9999999999999GiB\": " A_SIZE },
	{ "T_BODY_MAX", "KiB", "T_BODY_MAX is \"KiB\": " A_SIZE },
	{ "T_IDLE", "99ms", "T_IDLE is \"99ms\": " A_TIME },
	{ "T_IDLE", "5 s", "T_IDLE is \"5 s\": " A_TIME },
	{ "T_COLOUR", "blue", "T_COLOUR is \"blue\": one of red, green is needed" },
};

START_TEST(a_wrong_value_is_named_with_what_is_allowed)
{
	setenv(wrong[_i].name, wrong[_i].text, 1);
	ck_assert_pstr_eq(read_all(), wrong[_i].words);
}
END_TEST

START_TEST(a_flag_without_its_value_is_an_error)
{
	argument("--t-port");
	ck_assert_pstr_eq(read_all(), "a whole number from 0 to 65535 is needed behind --t-port");
}
END_TEST

static const struct { const char *list; const char *items[4]; } lists[] = {
	{ "a,b", { "a", "b" } }, { " a ,\n b\t", { "a", "b" } }, { "a b,,c", { "a", "b", "c" } },
	{ "", { NULL } }, { " , ,", { NULL } }, { "one", { "one" } },
};

START_TEST(lists_are_split_at_commas_and_blanks)
{
	str rest = str_of(lists[_i].list);

	for (const char *const *item = lists[_i].items; *item; item++)
		ck_assert(str_is(setting_item(&rest), *item));
	ck_assert(!setting_item(&rest).at);
	str none = { 0 };
	ck_assert(!setting_item(&none).at);
}
END_TEST

START_TEST(help_names_every_setting_within_the_page)
{
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	settings_help(file, tables);
	fclose(file);
	ck_assert_ptr_nonnull(strstr(text,
		"T_PORT             8081                   Port to listen on\n"));
	ck_assert_ptr_nonnull(strstr(text, "T_NAME                                    Any text\n"));
	ck_assert_ptr_nonnull(strstr(text, "green)"));
	for (str rest = { text, size }; rest.at;)
		ck_assert_uint_le(str_cut(&rest, '\n').size, 100);
	free(text);
}
END_TEST

/* ---- Variables that are nearly one ---- */

static const struct { const char *name, *meant; } near_ones[] = {
	{ "T_PROT", "T_PORT" }, { "T_PORTS", "T_PORT" }, { "T_POR", "T_PORT" }, { "X_PORT", "T_PORT" },
	{ "T_BODYMAX", "T_BODY_MAX" }, { "T_COLOUR_", "T_COLOUR" }, { "_T_NAME", "T_NAME" },
	{ "T_PORT", NULL }, { "T_PO", NULL }, { "T_PRTO_", NULL }, { "TPROT", NULL }, { "T_ROPT", NULL },
	{ "T_BODY_MAXIMUM_OF_ALL_THERE_EVER_WAS_AND_EVER_WILL_BE_IN_ALL_TIMES", NULL }, { "t_port", NULL },
};
static const char *found_name, *found_meant;

static void find(const char *name, const char *meant)
{
	ck_assert_pstr_eq(found_meant, NULL);
	ck_assert_str_eq(name, found_name);
	found_meant = meant;
}

START_TEST(a_variable_that_is_nearly_a_setting_is_found)
{
	found_name = near_ones[_i].name;
	found_meant = NULL;
	setenv(found_name, "1", 1);
	ck_assert_pstr_eq(read_all(), NULL);
	settings_misspelt(tables, find);
	unsetenv(found_name);
	ck_assert_pstr_eq(found_meant, near_ones[_i].meant);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("settings");
	TCase *tests = tcase_create("settings");
	tcase_add_checked_fixture(tests, begin, NULL);
	tcase_add_test(tests, defaults_count_where_nothing_is_set);
	tcase_add_test(tests, a_flag_wins_over_the_environment_over_the_default);
	tcase_add_test(tests, other_words_stay_in_order);
	tcase_add_test(tests, read_again_flags_still_win_and_texts_stay);
	tcase_add_loop_test(tests, numbers_have_units, 0, COUNT(numbers));
	tcase_add_loop_test(tests, a_wrong_value_is_named_with_what_is_allowed, 0, COUNT(wrong));
	tcase_add_test(tests, a_flag_without_its_value_is_an_error);
	tcase_add_loop_test(tests, lists_are_split_at_commas_and_blanks, 0, COUNT(lists));
	tcase_add_loop_test(tests, a_variable_that_is_nearly_a_setting_is_found, 0, COUNT(near_ones));
	tcase_add_test(tests, help_names_every_setting_within_the_page);
	suite_add_tcase(suite, tests);
	return run_suite(suite);
}
