/* test_runtime_statements.c - the runtime's own statements can be run, too: a program's start does not look at
 * them. */
#include "import_private.h"
#include "prepare.h"
#include "state.h"
#include "things.h"

extern const struct store_statement *const __start_runtime_statements[];
extern const struct store_statement *const __stop_runtime_statements[];

static const struct migration imports[] = { IMPORT_MIGRATION("import"), { 0 } };

static void wrong(void *context, const char *line)
{
	strcat(strcat(context, line), "\n");
}

/* A state, which has functions of its own, and beside it the tables of imports. */
START_TEST(all_can_be_run)
{
	static char lines[16384];
	struct store_prepared done;
	struct statements all = { __start_runtime_statements, __stop_runtime_statements };
	struct store *all_tables = store_open_state(on_postgres() ? url : NULL, 0);

	ck_assert_ptr_nonnull(all_tables);
	ck_assert(store_migrate(all_tables, state_migrations));
	ck_assert(store_migrate(all_tables, imports));
	if (!on_postgres())
		ck_assert(all_tables->driver->script(all_tables, import_scratch_tables));
	ck_assert(store_prepare(all_tables, all, wrong, lines, &done));
	ck_assert_msg(done.wrong == 0, "%s", lines);
	ck_assert_int_gt(done.fine, 60);
	store_close(all_tables);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("runtime's statements");
	TCase *tcase = tcase_create("all");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, all_can_be_run);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
