/* shutdown_timeout.c - a thread that waits for the second signal, or for the time to be over. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <unistd.h>

#include "log.h"
#include "shutdown_timeout.h"

#define STOPPED SIGUSR2
#define LOG_SECONDS 1                   /* to write what is left of the log, if somebody reads it */

static struct {
	pthread_t thread;
	bool watched;                   /* there is that thread */
	int64_t until_ms;
} bound;

static volatile sig_atomic_t status;

static void leave(int signal UNUSED)
{
	_exit(status);
}

/* The log's thread may hang on whoever should read stderr; then SIGALRM leaves. */
static void leave_with(int exit_status)
{
	sigset_t alarm_only;
	status = exit_status;
	signal(SIGALRM, leave);
	sigemptyset(&alarm_only);
	sigaddset(&alarm_only, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &alarm_only, NULL);
	alarm(LOG_SECONDS);
	log_stop();
	_exit(exit_status);
}

static void *wait_for_end(void *unused UNUSED)
{
	sigset_t awaited;
	sigemptyset(&awaited);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, STOPPED);
	for (;;) {
		int64_t left_ms = bound.until_ms - tick_ms();
		struct timespec left = { .tv_sec = left_ms / 1000,
		                         .tv_nsec = left_ms % 1000 * 1000000 };
		int signal = left_ms > 0 ? sigtimedwait(&awaited, NULL, &left) : -1;
		if (signal == STOPPED)
			return NULL;
		if (signal == SIGTERM || signal == SIGINT) {
			log_warning("a second signal: stopped at once");
			leave_with(1);
		}
		if (tick_ms() >= bound.until_ms) {
			log_warning("SHUTDOWN_TIMEOUT is over: what still ran was cut");
			leave_with(0);
		}
	}
}

static void leave_at_once(int signal UNUSED)
{
	_exit(1);
}

static void set_alarm(int64_t ms)
{
	setitimer(ITIMER_REAL, &(struct itimerval) { .it_value = { .tv_sec = ms / 1000,
	          .tv_usec = ms % 1000 * 1000 } }, NULL);
}

/* This thread takes them then, whatever it does. */
static void leave_by_signals(int64_t within_ms)
{
	static const struct { int signal; void (*leave)(int signal); } ends[] = {
		{ SIGALRM, leave }, { SIGTERM, leave_at_once }, { SIGINT, leave_at_once },
	};
	sigset_t awaited;

	log_warning("no thread can be had to watch the time: what SHUTDOWN_TIMEOUT cuts is not told");
	sigemptyset(&awaited);
	for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++) {
		signal(ends[i].signal, ends[i].leave);
		sigaddset(&awaited, ends[i].signal);
	}
	set_alarm(within_ms);
	pthread_sigmask(SIG_UNBLOCK, &awaited, NULL);
}

/* Whoever stops because there are too many of everything is to stop in order all the same. */
void shutdown_timeout_start(int64_t within_ms)
{
	bound.until_ms = tick_ms() + within_ms;
	bound.watched = pthread_create(&bound.thread, NULL, wait_for_end, NULL) == 0;
	if (!bound.watched)
		leave_by_signals(within_ms);
}

void shutdown_timeout_stop(void)
{
	if (!bound.watched) {
		set_alarm(0);
		return;
	}
	pthread_kill(bound.thread, STOPPED);
	pthread_join(bound.thread, NULL);
}
