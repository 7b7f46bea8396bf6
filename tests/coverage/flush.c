/* flush.c - part of programs built with COVERAGE: writes their counts once a second, because a process
 * that is killed writes none. What it did in its last second is not counted. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

void __gcov_dump(void);
void __gcov_reset(void);

/* What the linker asks for, so that this file is taken out of its library. */
extern const int coverage_flush;
const int coverage_flush = 1;

static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t told = PTHREAD_COND_INITIALIZER;
static bool running, over;

static void *flush(void *context)
{
	pthread_mutex_lock(&lock);
	while (!over) {
		struct timespec until;
		clock_gettime(CLOCK_REALTIME, &until);
		until.tv_sec++;
		if (pthread_cond_timedwait(&told, &lock, &until) == ETIMEDOUT) {
			__gcov_dump();
			__gcov_reset();
		}
	}
	pthread_mutex_unlock(&lock);
	return context;
}

/* Only of the programs: a test ends by itself. Signals are for the other threads. */
__attribute__((constructor)) static void start(void)
{
	sigset_t all, before;

	if (strncmp(program_invocation_short_name, "mcp-", 4) != 0)
		return;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = pthread_create(&thread, NULL, flush, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Before the counts are written for the last time. */
__attribute__((destructor)) static void stop(void)
{
	if (!running)
		return;
	pthread_mutex_lock(&lock);
	over = true;
	pthread_cond_signal(&told);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
}
