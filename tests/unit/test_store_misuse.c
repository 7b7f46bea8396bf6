/* test_store_misuse.c - a programmer's errors end the process, with the statement in words. */
#include <signal.h>
#include <sys/wait.h>

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

static bool each_writes(void *context, const void *row)
{
	(void)row;
	return add(context, "b", 1) == 1;
}

static void misuse_column(void)
{
	ROWS(struct thing) rows;
	(void)!store_find(store, arena, "select name as colour from thing", NULL, NULL, thing_shape,
	                  &rows);
}

static void misuse_parameter(void)
{
	(void)!store_change(store, "delete from thing where name = :colour", thing_shape,
	                    &(struct thing) { 0 });
}

static void misuse_no_parameters(void)
{
	(void)!store_change(store, "delete from thing where name = :name", NULL, NULL);
}

static void misuse_two_statements(void)
{
	(void)!store_change(store, "delete from part; delete from thing", NULL, NULL);
}

static void misuse_change_of_a_read(void)
{
	(void)!store_change(store, "select 1", NULL, NULL);
}

static void misuse_nested(void)
{
	(void)!store_transact(store, work_nested, NULL);
}

static void misuse_write_in_each(void)
{
	(void)!store_each(store, find_all, NULL, NULL, thing_shape, each_writes, store);
}

static bool work_commits(struct store *in, void *context)
{
	return add(in, "b", 1) == 1 && store_change(in, context, NULL, NULL) >= 0;
}

static void misuse_commit(void)
{
	(void)!store_transact(store, work_commits, "commit");
}

static void misuse_savepoint(void)
{
	(void)!store_transact(store, work_commits, "\n\tRELEASE member");
}

static void misuse_text_that_changes(void)
{
	char sql[] = "delete from thing";
	(void)!store_change(store, sql, NULL, NULL);
	strcpy(sql, "delete from part");
	(void)!store_change(store, sql, NULL, NULL);
}

static const struct {
	void (*run)(void);
	const char *words;
} misuses[] = {
	{ misuse_column, "no field for the column colour" },
	{ misuse_parameter, "no field for the parameter :colour" },
	{ misuse_no_parameters, "no field for the parameter :name" },
	{ misuse_two_statements, "one statement at a time" },
	{ misuse_change_of_a_read, "does not write" },
	{ misuse_nested, "inside the work of" },
	{ misuse_commit, "by store_transact()" },
	{ misuse_savepoint, "by store_transact()" },
	{ misuse_write_in_each, "in the same transaction" },
	{ misuse_text_that_changes, "pass string literals" },
};
static int misuse_now;

static void misuse_in_child(void)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		signal(SIGABRT, SIG_DFL);
		misuses[misuse_now].run();
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}

START_TEST(a_programmers_error_aborts_with_the_statement)
{
	misuse_now = _i;
	ck_assert_int_eq(add(store, "a", 1), 1);
	catch_log(misuse_in_child);
	ck_assert_msg(strstr(logged, misuses[_i].words), "%s", logged);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("misuse of the store");
	TCase *tcase = tcase_create("misuse");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, a_programmers_error_aborts_with_the_statement, 0, COUNT(misuses));
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
