/* test_store_prepare.c - what is wrong with a statement is told before anybody calls, in words, and once. */
#include "prepare.h"
#include "things.h"

/* ---- Each mistake once: listed wherever the compiler thinks that it might be run ---- */

static const char *const by[] = { "select name from thing order by name", "select name from thing order by sise" };
static const char *const either[][2] = {
	[STORE_SQLITE] = { "select name from thing", "select name from sqlites" },
	[STORE_POSTGRESQL] = { "select name from thing", "select name from postgresqls" },
};
STATEMENTS(by, NULL, thing_shape);
STATEMENTS_OF_EITHER(either, NULL, thing_shape);

static const char *unknown_table(void)
{
	return SQL("select name from thingy", NULL, thing_shape);
}

static bool unknown_names(struct store *in, struct rows *rows, struct thing *thing)
{
	return store_find(in, arena, "select name, colour from thing", NULL, NULL, thing_shape, rows)
	       && store_find(in, arena, "select name as shade from thing", NULL, NULL, thing_shape, rows)
	       && store_find_one(in, arena, "select name, weight as name from thing", NULL, NULL, thing_shape, thing)
	       && store_each(in, "select name from thing where name = :tint", thing_shape, thing, thing_shape, NULL, NULL)
	       && store_find_one(in, arena, "select name, price from thing", NULL, NULL, thing_shape, thing) == 1
	       && store_change(in, "delete from thing where name = :name and 1 = 1", NULL, NULL);
}

static bool no_statements(struct store *in, struct rows *rows)
{
	return store_find(in, arena, "selec name from thing", NULL, NULL, thing_shape, rows)
	       && store_change(in, "delete from part; delete from thing", NULL, NULL)
	       && store_change(in, "commit", NULL, NULL)
	       && store_change(in, "select 2", NULL, NULL)
	       && store_queue(in, "select 3", NULL, NULL);
}

static bool of_either(struct store *in, struct rows *rows)
{
	return store_find(in, arena, EITHER("select name from thing where name glob 'a*'",
	                                    "select name from thing where name similar to 'a%'"),
	                  NULL, NULL, thing_shape, rows)
	       && store_find(in, arena, EITHER("select name as there from thing",
	                                       "select name as here from thing"), NULL, NULL, thing_shape, rows)
	       && store_find(in, arena, ON_SQLITE("select name from sqlite_schema_"), NULL, NULL, thing_shape, rows)
	       && store_find(in, arena, ON_POSTGRESQL("select name from pg_class_"), NULL, NULL, thing_shape, rows);
}

static const struct {
	const char *mistake;            /* as docs/mistakes.md has it; NULL: it has not */
	const char *on[2];              /* the end of what is said of it; NULL: it is not looked at there */
} mistakes[] = {
	{ "a column that is not there", { "select name from thing order by sise: no such column: sise",
	    "select name from thing order by sise: column \"sise\" does not exist" } },
	{ "a table that is not there", { "select name from sqlites: no such table: sqlites",
	    "select name from postgresqls: relation \"postgresqls\" does not exist" } },
	{ NULL, { "select name from thingy: no such table: thingy",
	    "select name from thingy: relation \"thingy\" does not exist" } },
	{ NULL, { "select name, colour from thing: no such column: colour",
	    "select name, colour from thing: column \"colour\" does not exist" } },
	{ "a column that is no field", { "select name as shade from thing: no field for the column shade",
	    "select name as shade from thing: no field for the column shade" } },
	{ "two columns of one name", { "select name, weight as name from thing: two columns are called name",
	    "select name, weight as name from thing: two columns are called name" } },
	{ "an amount without its currency", { "select name, price from thing: price has no column price_currency beside it",
	    "select name, price from thing: price has no column price_currency beside it" } },
	{ "a parameter that is no field", { "select name from thing where name = :tint: no field for the parameter :tint",
	    "select name from thing where name = :tint: no field for the parameter :tint" } },
	{ "parameters without a shape", { "delete from thing where name = :name and 1 = 1: no field for the parameter :name",
	    "delete from thing where name = :name and 1 = 1: no field for the parameter :name" } },
	{ "a word that is misspelt", { "selec name from thing: near \"selec\": syntax error",
	    "selec name from thing: syntax error at or near \"selec\"" } },
	{ "two statements in one", { "delete from part; delete from thing: one statement at a time",
	    "delete from part; delete from thing: one statement at a time" } },
	{ "its own transaction", { "commit: transactions are begun and ended by store_transact()",
	    "commit: transactions are begun and ended by store_transact()" } },
	{ "`store_change()` of what only reads", { "select 2: " STORE_NO_CHANGE, "select 2: " STORE_NO_CHANGE } },
	{ NULL, { "select 3: " STORE_NO_CHANGE, "select 3: " STORE_NO_CHANGE } },
	{ NULL, { "select name as there from thing: no field for the column there",
	    "select name as here from thing: no field for the column here" } },
	{ NULL, { "select name from sqlite_schema_: no such table: sqlite_schema_",
	    "select name from pg_class_: relation \"pg_class_\" does not exist" } },
};

static char said[16384];
static int lines;

static void note(void *context, const char *line)
{
	(void)context;
	ck_assert_ptr_nonnull(strstr(line, on_postgres() ? "postgresql: test_store_prepare.c:" : "sqlite: test_store_prepare.c:"));
	strcat(strcat(said, line), "\n");
	lines++;
}

static struct store_prepared prepare(struct statements all)
{
	struct store_prepared done = { 0 };

	*said = '\0';
	lines = 0;
	ck_assert(store_prepare(store, all, note, NULL, &done));
	return done;
}

START_TEST(all_mistakes_are_told)
{
	struct store_prepared done = prepare(store_program_statements());

	for (size_t i = 0; i < COUNT(mistakes); i++) {
		const char *end = mistakes[i].on[on_postgres()];
		const char *found = strstr(said, end);
		ck_assert_msg(found && found[strlen(end)] == '\n', "\"%s\" is not in:\n%s", end, said);
	}
	ck_assert_int_eq(lines, COUNT(mistakes));
	ck_assert_int_eq(done.wrong, COUNT(mistakes));
	ck_assert_int_ge(done.fine, 3);         /* of this file, and those of the tests */
}
END_TEST

START_TEST(nothing_is_run_and_the_store_goes_on)
{
	ck_assert_int_eq(add(store, "a", 1), 1);
	(void)prepare(store_program_statements());
	ck_assert(store_is_idle(store));
	ck_assert_int_eq(count_in(store), 1);
	ck_assert_int_eq(add(store, "b", 1), 1);
}
END_TEST

START_TEST(the_page_has_each)
{
	static char page[65536], row[512];
	FILE *file = fopen(MISTAKES_PAGE, "r");

	ck_assert_ptr_nonnull(file);
	page[fread(page, 1, sizeof(page) - 1, file)] = '\0';
	fclose(file);
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		const char *const *on = mistakes[i].on;
		bool same = strcmp(on[STORE_SQLITE], on[STORE_POSTGRESQL]) == 0;
		snprintf(row, sizeof(row), "| %s | `%s` | %s%s%s |\n", mistakes[i].mistake, on[STORE_SQLITE],
		         same ? "" : "`", same ? "the same" : on[STORE_POSTGRESQL], same ? "" : "`");
		ck_assert_msg(!mistakes[i].mistake || strstr(page, row), "the page lacks\n%s", row);
	}
}
END_TEST

/* ---- Once ---- */

#define PLAIN(text, out_) { .sql = { text, text }, .out = out_, .file = "test_store_prepare.c", .line = 1 }
static const struct store_statement names = PLAIN("select name from thing", thing_shape),
	sizes = PLAIN("select size from thing", thing_shape), wrong = PLAIN("select colour from thing", thing_shape),
	other_shape = PLAIN("select name from thing", number_shape);

/* How many are wrong. */
static int prepare_once(const struct store_statement *a, const struct store_statement *b)
{
	const struct store_statement *const all[] = { a, b };
	struct store_prepared done;

	*said = '\0';
	ck_assert(store_prepare_once(store, migrations, (struct statements) { all, all + 2 }, note, NULL, &done));
	return done.wrong;
}

/* Which one sees only if it looks. */
static void spoil(void)
{
	ck_assert(store->driver->script(store, "alter table thing rename column name to title"));
}

START_TEST(what_was_fine_is_not_looked_at_again)
{
	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
	spoil();
	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
}
END_TEST

/* Where nothing is run meanwhile, as by a program that nobody calls. */
START_TEST(tables_that_were_changed_since_are_seen)
{
	static const struct store_statement *const one[] = { &names };
	const struct statements all = { one, one + 1 };

	ck_assert_int_eq(prepare(all).wrong, 0);
	spoil();
	ck_assert_int_eq(prepare(all).wrong, 1);
	ck_assert(store->driver->script(store, "alter table thing rename column title to name"));
	ck_assert_int_eq(prepare(all).wrong, 0);
}
END_TEST

static void refuse_notes(void)
{
	ck_assert(store->driver->script(store, store_kind(store) == STORE_SQLITE
	          ? "create trigger refused before update on migration begin select raise(abort, 'no'); end"
	          : "alter table migration add check (statements is null)"));
}

static void prepare_names_and_sizes(void)
{
	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
}

/* Where it may read only. */
START_TEST(what_can_not_be_noted_is_fine_all_the_same)
{
	refuse_notes();
	catch_log(prepare_names_and_sizes);
	ck_assert_ptr_nonnull(strstr(logged, "info store: that the statements are sound can't be noted ("));
	ck_assert_ptr_null(strstr(logged, "error"));
	ck_assert_int_eq(prepare_once(&names, &wrong), 1);
	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
	ck_assert_int_eq(add(store, "a", 1), 1);
}
END_TEST

START_TEST(what_was_wrong_is_looked_at_again)
{
	ck_assert_int_eq(prepare_once(&names, &wrong), 1);
	ck_assert_int_eq(prepare_once(&names, &wrong), 1);
	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
}
END_TEST

START_TEST(other_statements_are_looked_at)
{
	ck_assert_int_eq(prepare_once(&names, &names), 0);
	ck_assert_int_eq(prepare_once(&names, &other_shape), 1);
	spoil();
	ck_assert_int_eq(prepare_once(&names, &names), 0);
	ck_assert_int_eq(prepare_once(&names, &sizes), 1);
}
END_TEST

static const char *another_version(struct store *of UNUSED)
{
	return "another";
}

START_TEST(another_version_of_the_database_has_them_looked_at_again)
{
	static struct driver newer;

	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
	spoil();
	newer = *store->driver;
	newer.version = another_version;
	store->driver = &newer;
	ck_assert_int_eq(prepare_once(&names, &sizes), 1);
}
END_TEST

START_TEST(another_build_has_them_looked_at_again)
{
	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
	spoil();
	ck_assert_int_eq(setenv("MCP_BUILD", "another", 1), 0);
	ck_assert_int_eq(prepare_once(&names, &sizes), 1);
	unsetenv("MCP_BUILD");
}
END_TEST

START_TEST(another_step_of_the_schema_has_them_looked_at_again)
{
	static const struct migration newer[] = {
		{ "3-titles", "alter table thing rename column name to title", NULL }, { 0 },
	};

	ck_assert_int_eq(prepare_once(&names, &sizes), 0);
	ck_assert(store_migrate(store, newer));
	ck_assert_int_eq(prepare_once(&names, &sizes), 1);
}
END_TEST

/* ---- Before there are tables ---- */

START_TEST(what_is_left_to_do_is_counted_and_nothing_done)
{
	static const struct migration more[] = {
		{ "1-things", "select 1", NULL }, { "3-more", "create table more (x bigint)", NULL }, { 0 },
	};
	struct migration known[] = { migrations[0], migrations[1], more[1], { 0 } };

	ck_assert_int_eq(store_migrations_left(store, migrations), 0);
	ck_assert_int_eq(store_migrations_left(store, known), 1);
	ck_assert_int_eq(store_migrations_left(store, known), 1);
	ck_assert_int_eq(store_migrations_left(store, more), -1);       /* edited */
	ck_assert(store->driver->script(store, "alter table migration drop column checksum"));
	ck_assert_int_eq(store_migrations_left(store, known), 1);
	ck_assert(store->driver->script(store, "drop table migration"));
	ck_assert_int_eq(store_migrations_left(store, known), 3);
}
END_TEST

int main(int argc, char **argv UNUSED)
{
	struct thing thing;
	struct rows rows;

	if (argc > 1)
		return unknown_table() && unknown_names(store, &rows, &thing) && no_statements(store, &rows)
		       && of_either(store, &rows);
	Suite *suite = suite_create("prepare");
	TCase *tcase = tcase_create("statements");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, all_mistakes_are_told);
	tcase_add_test(tcase, the_page_has_each);
	tcase_add_test(tcase, nothing_is_run_and_the_store_goes_on);
	tcase_add_test(tcase, what_was_fine_is_not_looked_at_again);
	tcase_add_test(tcase, tables_that_were_changed_since_are_seen);
	tcase_add_test(tcase, what_can_not_be_noted_is_fine_all_the_same);
	tcase_add_test(tcase, what_was_wrong_is_looked_at_again);
	tcase_add_test(tcase, other_statements_are_looked_at);
	tcase_add_test(tcase, another_version_of_the_database_has_them_looked_at_again);
	tcase_add_test(tcase, another_build_has_them_looked_at_again);
	tcase_add_test(tcase, another_step_of_the_schema_has_them_looked_at_again);
	tcase_add_test(tcase, what_is_left_to_do_is_counted_and_nothing_done);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
