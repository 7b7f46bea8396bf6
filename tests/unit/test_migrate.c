/* test_migrate.c - steps of a schema's history: once, whole or not at all, and as they were when they ran. */
#include "things.h"

static int64_t applied_in(struct store *in)
{
	struct number number;

	ck_assert_int_eq(store_find_one(in, arena, "select count(*) as value from migration"
	                                " where applied_at > 0", NULL, NULL, number_shape, &number), 1);
	return number.value;
}

START_TEST(migrations_are_applied_once)
{
	struct number number;

	ck_assert_int_eq(applied_in(store), 2);
	ck_assert_int_eq(add(store, "a", 1), 1);
	ck_assert(store_migrate(store, migrations));
	ck_assert_int_eq(applied_in(store), 2);
	/* The trigger's own semicolons did not end it. */
	ck_assert_int_eq(store_find_one(store, arena, "select things as value from count", NULL, NULL,
	                                number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
}
END_TEST

static void migrate_badly(void)
{
	static const struct migration bad[] = {
		{ "3-fine", "create table fine (x bigint)", NULL },
		{ "4-bad", "create table half (x bigint); create table half (x bigint)", NULL },
		{ "5-never", "create table never (x bigint)", NULL },
		{ 0 },
	};
	ck_assert(!store_migrate(store, bad));
}

START_TEST(a_migration_that_fails_leaves_nothing_of_itself)
{
	struct number number;

	catch_log(migrate_badly);
	ck_assert_ptr_nonnull(strstr(logged, "4-bad"));
	ck_assert_ptr_nonnull(strstr(logged, "applied the migration 3-fine"));
	ck_assert_ptr_nonnull(strstr(logged, on_postgres() ? "relation \"half\" already exists"
	                                                   : "table half already exists"));
	ck_assert_int_eq(applied_in(store), 3);
	ck_assert_int_eq(store_find_one(store, arena, on_postgres()
		? "select count(*) as value from information_schema.tables where table_schema ="
		  " current_schema and table_name in ('fine', 'half', 'never')"
		: "select count(*) as value from sqlite_schema where name in ('fine', 'half', 'never')",
		NULL, NULL, number_shape, &number), 1);
	ck_assert_int_eq(number.value, 1);
}
END_TEST

static void migrate_further(void)
{
	static const struct migration more[] = {
		{ "3-more", "create table more (x bigint)", NULL },
		{ "4-and", "create table and_more (x bigint)", NULL },
		{ "5-still", "create table still_more (x bigint)", NULL },
		{ 0 },
	};
	ck_assert(store_migrate(store, more));
}

START_TEST(several_in_one_go_are_told_in_one_line)
{
	catch_log(migrate_further);
	ck_assert_ptr_nonnull(strstr(logged, "applied 3 migrations, 3-more to 5-still"));
	ck_assert_ptr_null(strstr(logged, "4-and"));
	catch_log(migrate_further);
	ck_assert_ptr_null(strstr(logged, "applied"));
}
END_TEST

static struct migration older[2];

static void migrate_as_older(void)
{
	older[0] = migrations[0];
	ck_assert(store_migrate(store, older));
}

START_TEST(a_newer_schema_is_accepted)
{
	catch_log(migrate_as_older);
	ck_assert_ptr_nonnull(strstr(logged, "1 migrations that this program does not know"));
	ck_assert_int_eq(applied_in(store), 2);
}
END_TEST

/* ---- One that is edited after it ran ---- */

struct ran {
	const char *name, *checksum;
	int64_t applied_at;
};

static SHAPE(ran_shape, struct ran,
	TEXT(struct ran, name, "Which"),
	TEXT(struct ran, checksum, "Of its text"),
	TIME(struct ran, applied_at, "When"));

static int64_t without_checksum(void)
{
	struct number number;

	ck_assert_int_eq(store_find_one(store, arena, "select count(*) as value from migration where checksum is null",
	                                NULL, NULL, number_shape, &number), 1);
	return number.value;
}

static struct migration edited[3];
static bool migrated;

static void migrate_edited(void)
{
	migrated = store_migrate(store, edited);
}

/* The second, for the database at hand. */
static void edit(const char *sql)
{
	memcpy(edited, migrations, sizeof(edited));
	edited[1].sqlite = edited[1].postgres = sql;
}

static void refuse_what_was_edited(void)
{
	edit("create table count (things bigint not null, parts bigint)");
	catch_log(migrate_edited);
	ck_assert(!migrated);
	ck_assert_ptr_nonnull(strstr(logged, "the migration 2-count was edited after it ran on this database: give it its"
	                                     " old text back, and write what is to change as a migration of its own"));
	ck_assert_ptr_null(strstr(logged, "1-things"));
}

START_TEST(one_that_was_edited_after_it_ran_stops_the_start)
{
	refuse_what_was_edited();
	ck_assert_int_eq(applied_in(store), 2);
	ck_assert(store_migrate(store, migrations));
}
END_TEST

START_TEST(all_that_were_edited_are_told)
{
	edit("select 1");
	edited[0].sqlite = "select 2";
	catch_log(migrate_edited);
	ck_assert(!migrated);
	ck_assert_ptr_nonnull(strstr(logged, "the migration 1-things was edited"));
	ck_assert_ptr_nonnull(strstr(logged, "the migration 2-count was edited"));
}
END_TEST

/* Without quotes. */
static const char text_here[] = "create table a (b bigint, c bigint); insert into a values (1, 2)";

static void migrate_with(const char *sql)
{
	edited[1] = (struct migration) { "3-here", sql, NULL };
	migrate_edited();
}

/* " a  b\n" for "a b", each blank another. */
static char *spaced(const char *sql)
{
	static const char *const blanks[] = { " ", "\n\t", "  ", "\r\n" };
	char *text = arena_alloc(arena, 3 * strlen(sql) + 8), *to = text;

	to += sprintf(to, "\n\t");
	for (int i = 0; *sql; sql++)
		if (*sql == ' ')
			to += sprintf(to, "%s", blanks[i++ % 4]);
		else
			*to++ = *sql;
	strcpy(to, " \n");
	return text;
}

START_TEST(how_it_is_indented_does_not_count)
{
	edit(migrations[1].sqlite);
	migrate_with(text_here);
	ck_assert(migrated);
	migrate_with(spaced(text_here));
	ck_assert(migrated);
}
END_TEST

static const char *edit_to;

static void migrate_to(void)
{
	migrate_with(edit_to);
}

/* What differs for the database, counts. */
static const struct {
	enum store_kind kind;
	const char *from, *to;
	bool same;
} edits[] = {
	{ STORE_SQLITE, "select (1)", "select ( 1)", false },
	{ STORE_SQLITE, "select 1 as a", "\tselect\r\n\n 1 as a\n", true },
	{ STORE_SQLITE, "select 'a b'", "select 'a  b'", false },
	{ STORE_SQLITE, "select 'a b'", "select 'a\nb'", false },
	{ STORE_SQLITE, "select 'it''s a b'", "select 'it''s a  b'", false },
	{ STORE_SQLITE, "select 1 as \"a b\"", "select 1 as \"a  b\"", false },
	{ STORE_SQLITE, "select 1 as [a b]", "select 1 as [a  b]", false },
	{ STORE_SQLITE, "select 1 as `a b`", "select 1 as `a  b`", false },
	{ STORE_SQLITE, "select 1 -- or\n + 1", "select 1 -- or + 1", false },
	{ STORE_SQLITE, "select 1 -- or\n + 1", "select 1   --  or  \r\n\t+ 1", true },
	{ STORE_SQLITE, "select 1 -- it's\n + 1 -- it's", "select 1 -- it's\n +  1 -- it's", true },
	{ STORE_SQLITE, "select /* one or\n two */ 1", "select /* one  or two */ 1", true },
	{ STORE_SQLITE, "select /* one */ 1", "select /* two */ 1", false },
	{ STORE_SQLITE, "select 1 /* /* ' */ as a", "select 1 /* /* ' */ as  a", true },
	{ STORE_POSTGRESQL, "select 'a b'", "select 'a  b'", false },
	{ STORE_POSTGRESQL, "select 1 as \"a b\"", "select 1 as \"a  b\"", false },
	{ STORE_POSTGRESQL, "select $$a b$$", "select $$a  b$$", false },
	{ STORE_POSTGRESQL, "select $a$ $$ ' b$a$", "select $a$ $$ '  b$a$", false },
	{ STORE_POSTGRESQL, "select $a$ ' $a$, ' 1'", "select $a$ ' $a$, '\n1'", false },
	{ STORE_POSTGRESQL, "select $a$ ' $a$, 1", "select  $a$ ' $a$,  1", true },
	{ STORE_POSTGRESQL, "select E'it\\' a b'", "select E'it\\' a  b'", false },
	{ STORE_POSTGRESQL, "select 'a\\', 1 as b", "select 'a\\',  1 as b", true },
	{ STORE_POSTGRESQL, "select 1 as a$b$, 2 as b$b$", "select 1 as a$b$,  2 as b$b$", true },
	{ STORE_POSTGRESQL, "select 1 /* /* */ ' */ as \"'\", ' a'", "select 1 /* /* */ ' */ as \"'\", '  a'", false },
	{ STORE_POSTGRESQL, "select 1 -- or\n + 1", "select 1 -- or + 1", false },
};

START_TEST(an_edit_counts_where_it_means_another_thing)
{
	if ((edits[_i].kind == STORE_POSTGRESQL) != on_postgres())
		return;
	edit(migrations[1].sqlite);
	edit_to = edits[_i].from;
	catch_log(migrate_to);
	ck_assert_msg(migrated, "%s", logged);
	edit_to = edits[_i].to;
	catch_log(migrate_to);
	ck_assert_msg(migrated == edits[_i].same, "%s\n%s", edits[_i].from, logged);
}
END_TEST

static void as_a_program_of_before_left_it(void)
{
	ck_assert(store->driver->script(store, "alter table migration drop column checksum"));
}

START_TEST(what_ran_before_there_were_checksums_has_one_from_the_next_start_on)
{
	as_a_program_of_before_left_it();
	ck_assert(store_migrate(store, migrations));
	ck_assert_int_eq(applied_in(store), 2);
	ck_assert_int_eq(without_checksum(), 0);
	refuse_what_was_edited();
}
END_TEST

START_TEST(a_program_of_before_may_go_on_beside_this_one)
{
	struct ran ran = { .name = "3-newer", .applied_at = 1 };
	static const struct migration newer[] = {
		{ "3-newer", "create table newer (x bigint)", NULL }, { 0 },
	};

	ck_assert_int_eq(store_change(store, "insert into migration (name, applied_at) values (:name, :applied_at)",
	                              ran_shape, &ran), 1);
	ck_assert_int_eq(without_checksum(), 1);
	ck_assert(store_migrate(store, migrations));            /* which does not know that one */
	ck_assert_int_eq(without_checksum(), 1);
	ck_assert(store_migrate(store, newer));
	ck_assert_int_eq(without_checksum(), 0);
}
END_TEST

/* A database's text is its own: another's may be edited. */
START_TEST(each_database_has_the_text_that_ran_on_it)
{
	memcpy(edited, migrations, sizeof(edited));
	if (on_postgres())
		edited[1].sqlite = "select 1";
	else
		edited[1].postgres = "select 1";
	ck_assert(store_migrate(store, edited));
}
END_TEST

/* ---- Roles that may do less, of PostgreSQL's ---- */

static char role[32];

static void as_admin(const char *sql)
{
	struct store *admin = store_open(server(), STORE_WRITES);

	ck_assert(admin && admin->driver->script(admin, sql));
	store_close(admin);
}

/* From now on the store is one of a role that has these rights to the tables. */
static void become(const char *rights)
{
	as_admin(arena_print(arena, "create role %s; grant usage on schema t%d to %s; grant %s on all tables in schema t%d to %s",
	                     role, schemas, role, rights, schemas, role));
	store_close(store);
	strcat(strcat(url, "%20-crole%3D"), role);
	store = store_open(url, STORE_WRITES);
	ck_assert_ptr_nonnull(store);
}

static void begin_role(void)
{
	snprintf(role, sizeof(role), "migrates_%d", (int)getpid());
	begin();
}

static void end_role(void)
{
	end();
	arena = arena_create();
	as_admin(arena_print(arena, "drop role %s", role));
	arena_destroy(arena);
}

static void migrate_as_it_is(void)
{
	migrated = store_migrate(store, migrations);
}

START_TEST(a_table_of_before_that_can_not_be_altered_is_read)
{
	ck_assert(store->driver->script(store, "alter table migration drop column checksum;"
	                                       "alter table migration drop column statements"));
	become("select");
	catch_log(migrate_as_it_is);
	ck_assert_msg(migrated, "%s", logged);
	ck_assert_ptr_nonnull(strstr(logged, "info store: the table migration is one of an earlier version and can't be altered"
	                                     " (must be owner of table migration)"));
	ck_assert_ptr_null(strstr(logged, "error"));
}
END_TEST

START_TEST(what_is_left_to_do_there_is_for_another_role)
{
	ck_assert(store->driver->script(store, "alter table migration drop column checksum;"
	                                       "delete from migration where name = '2-count'"));
	become("all");
	catch_log(migrate_as_it_is);
	ck_assert(!migrated);
	ck_assert_ptr_nonnull(strstr(logged, "1 migration has still to run, which is for the command setup"));
}
END_TEST

START_TEST(a_step_that_a_role_may_not_take_is_for_another)
{
	ck_assert(store->driver->script(store, "delete from migration where name = '2-count'; drop table count cascade"));
	become("all");
	catch_log(migrate_as_it_is);
	ck_assert(!migrated);
	ck_assert_ptr_nonnull(strstr(logged, "leaves that to the command setup"));
}
END_TEST

START_TEST(checksums_that_can_not_be_noted_stop_nothing)
{
	ck_assert(store->driver->script(store, "update migration set checksum = null"));
	become("select");
	catch_log(migrate_as_it_is);
	ck_assert_msg(migrated, "%s", logged);
	ck_assert_ptr_nonnull(strstr(logged, "info store: which text the migrations had can't be noted (permission denied"));
	ck_assert_ptr_null(strstr(logged, "error"));
}
END_TEST

START_TEST(a_first_start_says_that_it_takes_another_role)
{
	ck_assert(store->driver->script(store, "drop table migration"));
	become("select");
	catch_log(migrate_as_it_is);
	ck_assert(!migrated);
	ck_assert_ptr_nonnull(strstr(logged, "error store: the table migration can't be made: permission denied for schema"));
}
END_TEST

static TCase *roles(void)
{
	TCase *tcase = tcase_create("roles");

	tcase_add_checked_fixture(tcase, begin_role, end_role);
	tcase_add_test(tcase, a_table_of_before_that_can_not_be_altered_is_read);
	tcase_add_test(tcase, what_is_left_to_do_there_is_for_another_role);
	tcase_add_test(tcase, a_step_that_a_role_may_not_take_is_for_another);
	tcase_add_test(tcase, checksums_that_can_not_be_noted_stop_nothing);
	tcase_add_test(tcase, a_first_start_says_that_it_takes_another_role);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("migrate");
	TCase *tcase = tcase_create("migrations");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, migrations_are_applied_once);
	tcase_add_test(tcase, a_migration_that_fails_leaves_nothing_of_itself);
	tcase_add_test(tcase, several_in_one_go_are_told_in_one_line);
	tcase_add_test(tcase, a_newer_schema_is_accepted);
	tcase_add_test(tcase, one_that_was_edited_after_it_ran_stops_the_start);
	tcase_add_test(tcase, all_that_were_edited_are_told);
	tcase_add_test(tcase, how_it_is_indented_does_not_count);
	tcase_add_loop_test(tcase, an_edit_counts_where_it_means_another_thing, 0, COUNT(edits));
	tcase_add_test(tcase, what_ran_before_there_were_checksums_has_one_from_the_next_start_on);
	tcase_add_test(tcase, a_program_of_before_may_go_on_beside_this_one);
	tcase_add_test(tcase, each_database_has_the_text_that_ran_on_it);
	suite_add_tcase(suite, tcase);
	if (on_postgres())
		suite_add_tcase(suite, roles());
	return run_suite(suite);
}
