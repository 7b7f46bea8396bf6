/* test_store_text.c - what the text of a statement tells by itself, for each database as that reads it. */
#include <stdio.h>
#include <stdlib.h>

#include "driver.h"
#include "suite.h"

#define CHANGES "it would change the connection"
#define TRANSACTION "by store_transact()"
#define OTHERS "it would be the connection's"
#define LOCK "pg_advisory_xact_lock()"

static const struct {
	const char *sql;
	const char *wrong[2];           /* SQLite's, PostgreSQL's; NULL: nothing */
} texts[] = {
	{ "select 1", { NULL, NULL } },
	{ "", { NULL, NULL } },
	{ " \n\t-- commit\n/* commit */ select 1", { NULL, NULL } },
	{ "commit", { TRANSACTION, TRANSACTION } },
	{ "\f\v\r commit", { TRANSACTION, TRANSACTION } },
	{ "CoMmIt;", { TRANSACTION, TRANSACTION } },
	{ ";/**/;commit", { TRANSACTION, TRANSACTION } },
	{ "committed", { NULL, NULL } },
	/* As far as PostgreSQL sees it is all a comment, or the end of one. */
	{ "/* /* */ commit", { TRANSACTION, NULL } },
	{ "/* a /* b */ c */ commit", { NULL, TRANSACTION } },
	{ "/* a /* b */ c */ select 1", { NULL, NULL } },
	{ "/*/ commit /**/ select 1", { NULL, NULL } },
	{ "/*/*/*/ commit", { NULL, NULL } },
	{ "-- a\rcommit", { NULL, TRANSACTION } },
	{ "-- a\r\ncommit", { TRANSACTION, TRANSACTION } },
	{ "\xEF\xBB\xBF" "commit", { TRANSACTION, NULL } },     /* which PostgreSQL refuses */
	{ "/* without an end", { NULL, NULL } },
	{ "set a = 1", { CHANGES, CHANGES } },
	{ "set /* a */ local a = 1", { NULL, NULL } },
	{ "pragma foreign_keys = off", { CHANGES, CHANGES } },
	{ "select pg_advisory_lock(1)", { NULL, LOCK } },
	{ "select 1 from (select PG_TRY_ADVISORY_LOCK_SHARED (1)) as a", { NULL, LOCK } },
	{ "select pg_advisory_xact_lock(1), 'pg_advisory_lock', \"pg_advisory_lock\" -- pg_advisory_lock", { NULL, NULL } },
	{ "select $a$pg_advisory_lock$a$, E'\\'pg_advisory_lock'", { NULL, NULL } },
	{ "select $a$ $$ $a$, pg_advisory_lock(1)", { NULL, LOCK } },
	{ "select '\\', pg_advisory_lock(1)", { NULL, LOCK } },
	{ "select set_config('a.b', 'c', false)", { NULL, CHANGES } },
	{ "select set_config('a.b', (select 'true'), :local)", { NULL, CHANGES } },
	{ "select set_config('a.b', coalesce(:a, 'c'), /* here */ True )", { NULL, NULL } },
	{ "select set_config('a.b', 'c', true), set_config('a.b', 'c', false)", { NULL, CHANGES } },
	{ "select set_config('a.b', 'c', not true or true and false)", { NULL, CHANGES } },
	{ "select set_config from settings", { NULL, NULL } },
	{ "select set_config(", { NULL, CHANGES } },
	{ "create temp table a (b int)", { OTHERS, OTHERS } },
	{ "Create /* a */ local Temporary table a (b int)", { OTHERS, OTHERS } },
	{ "create or replace temp view a as select 1", { OTHERS, OTHERS } },
	{ "create temp table a on commit drop as select 1", { OTHERS, NULL } },
	{ "create temp table a (b int) on on commit /* a */ drop", { OTHERS, NULL } },
	{ "create temp table a (b text default 'on commit drop')", { OTHERS, OTHERS } },
	{ "create temp table a (b int) on commit delete rows", { OTHERS, OTHERS } },
	{ "create table temp (temporary int)", { NULL, NULL } },
};

static void is_told(const char *sql, const char *words, enum store_kind kind)
{
	const char *wrong = store_text_wrong(sql, kind);

	if (words)
		ck_assert_msg(wrong && strstr(wrong, words), "%s: %s", sql, wrong ? wrong : "(fine)");
	else
		ck_assert_msg(!wrong, "%s: %s", sql, wrong);
}

START_TEST(what_a_statement_must_not_do_is_told)
{
	is_told(texts[_i].sql, texts[_i].wrong[STORE_SQLITE], STORE_SQLITE);
	is_told(texts[_i].sql, texts[_i].wrong[STORE_POSTGRESQL], STORE_POSTGRESQL);
}
END_TEST

/* Parts are not empty, and together are the whole. */
START_TEST(every_text_has_an_end)
{
	static const char *const whole[] = { "", "'", "\"", "e'\\", "E'", "$a$", "$", "$$", "$1", "[", "`", "/*", "/", "-", "--", "\x80",
	                                     "\xEF\xBB\xBF", ":", "a$b$", "1e5", "'a''b", "$a$ $a" };

	for (int i = 0; i < COUNT(whole); i++)
		for (int kind = 0; kind < 2; kind++) {
			size_t at = 0, size;
			while ((size = store_text_part(whole[i] + at, (enum store_kind)kind).size))
				at += size;
			ck_assert_uint_eq(at, strlen(whole[i]));
		}
}
END_TEST

START_TEST(a_long_text_is_shortened_between_characters)
{
	char text[STORE_SHORT_SIZE], long_text[512] = "", kept[520];

	store_shorten(" select\r\n\t1 ", text);
	ck_assert_str_eq(text, "select 1 ");
	for (int i = 0; i < STORE_SHORT; i++)
		strcat(long_text, i % 2 ? "\xE2\x82\xAC" : "\xF0\x9F\x98\x80");
	store_shorten(long_text, text);
	ck_assert_str_eq(text, long_text);
	snprintf(kept, sizeof(kept), "%s...", long_text);
	strcat(long_text, "\xC3\xA9");
	store_shorten(long_text, text);
	ck_assert_str_eq(text, kept);
	store_shorten_to(7, "select 1 from thing", text);
	ck_assert_str_eq(text, "select ...");
}
END_TEST

START_TEST(a_text_that_is_no_utf_8_ends)
{
	char text[STORE_SHORT_SIZE], bytes[200];

	memset(bytes, 0x80, sizeof(bytes));
	bytes[sizeof(bytes) - 1] = '\0';
	store_shorten(bytes, text);
	ck_assert_uint_eq(strlen(text), STORE_SHORT + 3);
	store_shorten("\xF0\x9F", text);
	ck_assert_uint_eq(strlen(text), 2);
}
END_TEST

static const char constant[] = "select 1";
static char variable[] = "select 1";

START_TEST(what_is_part_of_the_program_is_constant)
{
	char here[] = "select 1", *made = strdup(constant);

	ck_assert(store_text_is_constant(constant) && store_text_is_constant("select 2"));
	ck_assert(!store_text_is_constant(variable) && !store_text_is_constant(here) && !store_text_is_constant(made));
	free(made);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("texts of statements");
	TCase *tcase = tcase_create("texts");

	tcase_add_loop_test(tcase, what_a_statement_must_not_do_is_told, 0, COUNT(texts));
	tcase_add_test(tcase, every_text_has_an_end);
	tcase_add_test(tcase, a_long_text_is_shortened_between_characters);
	tcase_add_test(tcase, a_text_that_is_no_utf_8_ends);
	tcase_add_test(tcase, what_is_part_of_the_program_is_constant);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
