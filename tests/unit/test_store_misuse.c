/* test_store_misuse.c - a programmer's errors: they end a process that looks for them, with the statement in words;
 * in a release they cost what made them, and nothing else. */
#include <signal.h>
#include <sys/wait.h>

#include "mistake.h"
#include "things.h"

static bool work_nothing(struct store *in, void *context)
{
	(void)in, (void)context;
	return true;
}

static bool work_nested(struct store *in, void *context)
{
	return store_transact(in, work_nothing, context) == STORE_COMMITTED;
}

static bool wrote;

static bool each_writes(void *context, const void *row)
{
	(void)row;
	wrote = add(context, "b", 1) == 1;
	return wrote;
}

static bool misuse_column(void)
{
	ROWS(struct thing) rows;
	return store_find(store, arena, "select name as colour from thing", NULL, NULL, thing_shape, &rows);
}

/* What the database can't prepare. */
static bool misuse_table(void)
{
	ROWS(struct thing) rows;
	return store_find(store, arena, "select name from nowhere", NULL, NULL, thing_shape, &rows);
}

static bool misuse_syntax(void)
{
	return store_change(store, "delete form thing", NULL, NULL) >= 0;
}

static bool work_misspells(struct store *in, void *context)
{
	(void)context;
	return add(in, "b", 1) == 1 && store_queue(in, "delete from nowhere", NULL, NULL);
}

static bool misuse_in_transaction(void)
{
	return store_transact(store, work_misspells, NULL) == STORE_COMMITTED;
}

static bool misuse_parameter(void)
{
	return store_change(store, "delete from thing where name = :colour", thing_shape,
	                    &(struct thing) { 0 }) >= 0;
}

static bool misuse_no_parameters(void)
{
	return store_change(store, "delete from thing where name = :name", NULL, NULL) >= 0;
}

/* As a tool without .in is given them. */
static bool misuse_null_parameters(void)
{
	const struct thing *thing = NULL;
	return store_change(store, "delete from thing where name = :name", thing_shape, thing) >= 0;
}

static bool misuse_no_row(void)
{
	struct thing thing;
	return (store_find_one)(store, arena, "select name from thing", NULL, NULL, NULL, &thing) >= 0;
}

static bool misuse_no_statement(void)
{
	return store_change(store, NULL, NULL, NULL) >= 0;
}

static bool misuse_no_store(void)
{
	return store_change(NULL, "delete from thing", NULL, NULL) >= 0
	       || store_queue(NULL, "delete from thing", NULL, NULL)
	       || store_transact(NULL, work_nothing, NULL) == STORE_COMMITTED;
}

static bool misuse_two_statements(void)
{
	return store_change(store, "delete from part; delete from thing", NULL, NULL) >= 0;
}

static bool misuse_change_of_a_read(void)
{
	return store_change(store, "select 1", NULL, NULL) >= 0;
}

static bool misuse_nested(void)
{
	return store_transact(store, work_nested, NULL) == STORE_COMMITTED;
}

static bool misuse_write_in_each(void)
{
	return store_each(store, find_all, NULL, NULL, thing_shape, each_writes, store) && wrote;
}

static bool work_commits(struct store *in, void *context)
{
	return add(in, "b", 1) == 1 && store_change(in, context, NULL, NULL) >= 0;
}

static bool misuse_commit(void)
{
	return store_transact(store, work_commits, "commit") == STORE_COMMITTED;
}

static bool misuse_commit_behind_a_comment(void)
{
	return store_transact(store, work_commits, "-- all of it\n/* now */\r\n commit") == STORE_COMMITTED;
}

/* Each database has blanks and comments of its own. */
static bool misuse_commit_in_disguise(void)
{
	return store_transact(store, work_commits, on_postgres() ? "/* a /* b */ c */ commit" : ";; commit") == STORE_COMMITTED;
}

static bool misuse_commit_in_another(void)
{
	return store_transact(store, work_commits, on_postgres() ? "-- a\rcommit" : "\xEF\xBB\xBF" "commit") == STORE_COMMITTED;
}

/* What is begun on a reader would have it see no change of others any more. */
static bool misuse_begin(void)
{
	ROWS(struct thing) rows;
	return store_find(store, arena, "/* for both */ begin", NULL, NULL, thing_shape, &rows);
}

static bool misuse_connection(void)
{
	ROWS(struct thing) rows;
	return store_find(store, arena, "pragma query_only = on", NULL, NULL, thing_shape, &rows);
}

static bool misuse_savepoint(void)
{
	return store_transact(store, work_commits, "\n\tRELEASE member") == STORE_COMMITTED;
}

static bool misuse_text_that_changes(void)
{
	char sql[] = "delete from thing where 0=1";
	(void)!store_change(store, sql, NULL, NULL);
	strcpy(sql, "delete from thing");
	return store_change(store, sql, NULL, NULL) >= 0;
}

/* Whoever overlooks it commits nothing all the same. */
static bool work_overlooks(struct store *in, void *context)
{
	(void)context;
	(void)!add(in, "b", 1);
	(void)!store_change(in, "delete from thing where name = :colour", thing_shape, &(struct thing) { 0 });
	return true;
}

static bool misuse_overlooked(void)
{
	return store_transact(store, work_overlooks, NULL) == STORE_COMMITTED;
}

static bool misuse_queue_alone(void)
{
	return store_queue(store, "delete from thing", NULL, NULL);
}

static const struct {
	bool (*run)(void);              /* whether it did something */
	const char *words;
} misuses[] = {
	{ misuse_column, "no field for the column colour" },
	{ misuse_table, "nowhere" },
	{ misuse_syntax, "syntax error" },
	{ misuse_in_transaction, "nowhere" },
	{ misuse_parameter, "no field for the parameter :colour" },
	{ misuse_no_parameters, "no field for the parameter :name" },
	{ misuse_null_parameters, "parameters are NULL" },
	{ misuse_no_row, "no shape of its rows" },
	{ misuse_no_statement, "no statement but NULL" },
	{ misuse_no_store, "has no store" },
	{ misuse_two_statements, "one statement at a time" },
	{ misuse_change_of_a_read, "does not write" },
	{ misuse_nested, "inside the work of" },
	{ misuse_commit, "by store_transact()" },
	{ misuse_commit_behind_a_comment, "by store_transact()" },
	{ misuse_commit_in_disguise, "by store_transact()" },
	{ misuse_commit_in_another, "by store_transact()" },
	{ misuse_begin, "by store_transact()" },
	{ misuse_connection, "would change the connection" },
	{ misuse_savepoint, "by store_transact()" },
	{ misuse_write_in_each, "in the same transaction" },
	{ misuse_text_that_changes, "pass string literals" },
	{ misuse_overlooked, "colour" },
	{ misuse_queue_alone, "outside of store_transact()" },
};
static int misuse_now;

/* In a release. What was there is there, and the store goes on. */
static bool costs_only_itself(void)
{
	bool did = misuses[misuse_now].run();
	ROWS(struct thing) rows;

	return !did && mistake_was_fatal() && store_find(store, arena, find_all, NULL, NULL, thing_shape, &rows)
	       && rows.count == 1 && add(store, "c", 1) == 1;
}

static void misuse_in_child(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		mistake_by("tool", "misuses");
		signal(SIGABRT, SIG_DFL);
		_exit(costs_only_itself() ? 0 : 1);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
#ifdef NDEBUG
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
#else
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
#endif
}

START_TEST(a_programmers_error_is_told_with_the_statement)
{
	misuse_now = _i;
	ck_assert_int_eq(add(store, "a", 1), 1);
	catch_log(misuse_in_child);
	ck_assert_msg(strstr(logged, misuses[_i].words), "%s", logged);
}
END_TEST

/* ---- What costs nobody a call: a text where the field takes a number ---- */

static void reads_no_numbers(void)
{
	ROWS(struct thing) rows;

	if (!store_find(store, arena, "select 'a' as name, 'seven' as size, '7.5kg' as weight, '' as made_at", NULL, NULL,
	                thing_shape, &rows) || rows.count != 1)
		_exit(1);
	const struct thing *thing = rows.first;
	_exit(thing->size == 0 && thing->weight == 7.5 && thing->made_at == 0 && !mistake_was_fatal() ? 0 : 2);
}

static void read_in_child(void)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		mistake_by("tool", "reads");
		signal(SIGABRT, SIG_DFL);
		reads_no_numbers();
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	if (mistakes_stop)
		ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	else
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(a_text_that_is_no_number_is_told)
{
	catch_log(read_in_child);
	ck_assert_ptr_nonnull(strstr(logged, "a mistake of the tool reads: "));
	ck_assert_ptr_nonnull(strstr(logged, " is a text that is no number, and its field takes one: it is 0"));
}
END_TEST

START_TEST(a_text_that_is_a_number_is_one)
{
	ROWS(struct thing) rows;

	ck_assert(store_find(store, arena, "select 'a' as name, '7' as size, ' 2.50 ' as weight, '0' as heavy,"
	                     " '5.00' as made_at", NULL, NULL, thing_shape, &rows));
	const struct thing *thing = rows.first;
	ck_assert_int_eq(thing->size, 7);
	ck_assert_double_eq(thing->weight, 2.5);
	ck_assert(!thing->heavy);
	ck_assert_int_eq(thing->made_at, 5);
}
END_TEST

/* Then the database may not be the program's, or not yet. */
START_TEST(what_the_runtime_finds_unfit_has_failed_and_is_no_mistake)
{
	ck_assert(!misuse_table());
	ck_assert(!misuse_in_transaction());
	ck_assert(!mistake_was_fatal());
	ck_assert_int_eq(add(store, "c", 1), 1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("misuse of the store");
	TCase *tcase = tcase_create("misuse");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, a_programmers_error_is_told_with_the_statement, 0, COUNT(misuses));
	tcase_add_test(tcase, a_text_that_is_no_number_is_told);
	tcase_add_test(tcase, a_text_that_is_a_number_is_one);
	tcase_add_test(tcase, what_the_runtime_finds_unfit_has_failed_and_is_no_mistake);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
