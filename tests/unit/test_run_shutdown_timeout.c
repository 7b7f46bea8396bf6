/* test_run_shutdown_timeout.c - the bound of a stop, with a thread that watches it and where none can be had. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shutdown_timeout.h"
#include "suite.h"

#define NOBODY_ELSE 61234               /* a user who has no other process */
#define WITHIN_MS 300
/* Without a thread, with one. TSan's runtime starts none in what was forked. */
#ifdef __SANITIZE_THREAD__
#define KINDS 1
#else
#define KINDS 2
#endif

static void allow_no_thread(void)
{
	struct rlimit one = { 1, 1 };

	if (setrlimit(RLIMIT_NPROC, &one) != 0 || (geteuid() == 0 && setuid(NOBODY_ELSE) != 0))
		_exit(99);
}

/* A server that stops: its signals are blocked, and it does not end by itself, or in time. */
static void stop(bool threads, bool in_time)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGUSR2);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (!threads)
		allow_no_thread();
	shutdown_timeout_start(WITHIN_MS);
	if (in_time)
		shutdown_timeout_stop();
	for (int64_t until_ms = tick_ms() + 3 * WITHIN_MS; tick_ms() < until_ms;)
		usleep(10000);
	_exit(in_time ? 7 : 8);
}

static int status_of(bool threads, bool in_time, int signal)
{
	int status;
	pid_t child = fork();

	if (child == 0)
		stop(threads, in_time);
	usleep(WITHIN_MS * 1000 / 3);
	if (signal)
		kill(child, signal);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_msg(WIFEXITED(status), "it ended by signal %d", WTERMSIG(status));
	return WEXITSTATUS(status);
}

START_TEST(whoever_does_not_stop_in_time_is_ended)
{
	int64_t began_ms = tick_ms();

	ck_assert_int_eq(status_of(_i, false, 0), 0);
	ck_assert_int_ge(tick_ms() - began_ms, WITHIN_MS);
}
END_TEST

START_TEST(a_second_signal_ends_it_at_once)
{
	ck_assert_int_eq(status_of(_i, false, SIGTERM), 1);
	ck_assert_int_eq(status_of(_i, false, SIGINT), 1);
}
END_TEST

START_TEST(whoever_stops_in_time_is_left_alone)
{
	ck_assert_int_eq(status_of(_i, true, 0), 7);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("shutdown timeout");
	TCase *tcase = tcase_create("without and with a thread");

	tcase_set_timeout(tcase, 30);
	tcase_add_loop_test(tcase, whoever_does_not_stop_in_time_is_ended, 0, KINDS);
	tcase_add_loop_test(tcase, a_second_signal_ends_it_at_once, 0, KINDS);
	tcase_add_loop_test(tcase, whoever_stops_in_time_is_left_alone, 0, KINDS);
	suite_add_tcase(suite, tcase);
	return run_suite(suite);
}
