/* suite.h - what every unit test has: the size of a table of cases, and the run of its suite, which is in
 * this process, since there are threads. */
#ifndef SUITE_H
#define SUITE_H

#include <check.h>

#define COUNT(table) ((int)(sizeof(table) / sizeof(*(table))))

/* Returns what main() does. */
static inline int run_suite(Suite *suite)
{
	SRunner *runner = srunner_create(suite);

	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failures = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failures == 0 ? 0 : 1;
}

#endif
