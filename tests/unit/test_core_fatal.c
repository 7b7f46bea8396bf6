/* test_core_fatal.c - a process that ends for want of something says in its log why. */
#include <check.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fatal.h"
#include "log.h"

static char told[4096];

/* What a process that does `what` writes to stderr until its end, which is an abort. */
static void read_end_of(void (*what)(void))
{
	int pipe_ends[2], status;
	size_t size = 0;
	ssize_t more;

	ck_assert_int_eq(pipe(pipe_ends), 0);
	pid_t child = fork();
	if (child == 0) {
		dup2(pipe_ends[1], STDERR_FILENO);
		what();
		_exit(0);
	}
	close(pipe_ends[1]);
	while (size < sizeof(told) - 1 && (more = read(pipe_ends[0], told + size, sizeof(told) - 1 - size)) > 0)
		size += (size_t)more;
	told[size] = '\0';
	close(pipe_ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void want_memory(void)
{
	log_start(LOG_INFO, true);
	log_info("before it");
	errno = ENOMEM;
	fatal();
}

static void want_what_says_nothing(void)
{
	errno = 0;
	fatal();
}

static void want_a_file(void)
{
	log_start(LOG_INFO, false);
	errno = EMFILE;
	fatal();
}

static void *also(void *nothing)
{
	errno = ENOMEM;
	fatal();
	return nothing;
}

static void want_memory_in_many_threads(void)
{
	pthread_t threads[8];

	log_start(LOG_INFO, true);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, also, NULL);
	also(NULL);
}

START_TEST(memory_is_said_to_be_missing)
{
	read_end_of(want_memory);
	const char *first = strstr(told, "before it");
	ck_assert_msg(first, "what was logged before is there: %s", told);
	ck_assert_msg(strstr(first, "\"this process ends: no more memory is left for it, in want_memory()\""), "%s", told);
	read_end_of(want_what_says_nothing);
	ck_assert_msg(strstr(told, "no more memory is left for it"), "%s", told);
}
END_TEST

START_TEST(what_else_is_missing_has_the_systems_words)
{
	read_end_of(want_a_file);
	ck_assert_msg(strstr(told, "this process ends: want_a_file() was not given what it needs (Too many open files)"),
	              "%s", told);
}
END_TEST

START_TEST(it_is_said_once)
{
	read_end_of(want_memory_in_many_threads);
	const char *line = strstr(told, "this process ends");
	ck_assert_ptr_nonnull(line);
	ck_assert_msg(!strstr(line + 1, "this process ends"), "%s", told);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("fatal");
	TCase *tests = tcase_create("fatal");

	tcase_add_test(tests, memory_is_said_to_be_missing);
	tcase_add_test(tests, what_else_is_missing_has_the_systems_words);
	tcase_add_test(tests, it_is_said_once);
	suite_add_tcase(suite, tests);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
