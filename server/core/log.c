/* log.c - collects lines and writes them from a thread of its own.
 *
 * Lines are appended to one buffer. The writer sleeps while it is empty; the first line wakes it,
 * it waits a little for more to come, takes the whole buffer, leaves the other one in its place and
 * writes. So a busy server makes a few dozen writes a second, and an idle one none. */
#include "log.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "log_line.h"

#define GATHER_MS 20
#define HASTE_BYTES (256 * 1024)        /* with so much to write, the writer waits no longer */
#define FIRST_BYTES (16 * 1024)
#define BUFFER_BYTES_MAX (1024 * 1024)

struct buffer {
	char *at;
	size_t size, room;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake;
static pthread_t writer;
static struct buffer filling;           /* these four belong to the lock */
static bool running, stopping;
static int64_t dropped;

static atomic_llong dropped_ever;
const struct counted log_counted[] = {
	{ "mcp_log_lines_dropped_total", "counter", "Lines of the log that nobody read in time.", &dropped_ever },
	{ 0 },
};

static atomic_int shown = LOG_INFO;
static atomic_int style = LINE_BARE;

/* ---- Writing ---- */

/* Whoever reads stderr may have made it non-blocking. What can't be written at all is lost. */
static void write_all(const char *at, size_t size)
{
	while (size > 0) {
		ssize_t written = write(STDERR_FILENO, at, size);
		if (written >= 0) {
			at += written;
			size -= (size_t)written;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd) { .fd = STDERR_FILENO, .events = POLLOUT }, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void write_dropped(int64_t count)
{
	char words[96];
	struct line line;

	line.style = (enum line_style)atomic_load(&style);
	snprintf(words, sizeof(words), "%lld lines were dropped: stderr is read too slowly",
	         (long long)count);
	line_message(&line, LOG_WARNING, NULL, str_of(words));
	write_all(line.text, line.size);
}

/* Waits, with the lock held, until there is enough to write; false: it is time to stop. */
static bool wait_for_lines(void)
{
	while (filling.size == 0 && !stopping)
		pthread_cond_wait(&wake, &lock);
	if (filling.size == 0)
		return false;
	struct timespec end = tick_in(GATHER_MS);
	while (filling.size < HASTE_BYTES && !stopping)
		if (pthread_cond_timedwait(&wake, &lock, &end) == ETIMEDOUT)
			break;
	return true;
}

static void *write_lines(void *unused)
{
	struct buffer full = { 0 };

	(void)unused;
	pthread_mutex_lock(&lock);
	while (wait_for_lines()) {
		struct buffer taken = filling;
		int64_t lost = dropped;
		filling = full;
		dropped = 0;
		pthread_mutex_unlock(&lock);
		write_all(taken.at, taken.size);
		if (lost > 0)
			write_dropped(lost);
		full = taken;
		full.size = 0;
		pthread_mutex_lock(&lock);
	}
	/* Under the same lock as the last look at the buffer, so that no line falls between. */
	running = false;
	free(filling.at);
	filling = (struct buffer) { 0 };
	pthread_mutex_unlock(&lock);
	free(full.at);
	return NULL;
}

/* ---- Collecting ---- */

static bool make_room(size_t more)
{
	size_t room = filling.room ? filling.room : FIRST_BYTES;

	while (room < filling.size + more)
		room *= 2;
	if (room > BUFFER_BYTES_MAX)
		return false;
	if (room == filling.room)
		return true;
	char *grown = realloc(filling.at, room);
	if (!grown)
		return false;
	filling.at = grown;
	filling.room = room;
	return true;
}

static void collect(const struct line *line)
{
	size_t before = filling.size;

	if (!make_room(line->size)) {
		dropped++;
		atomic_fetch_add(&dropped_ever, 1);
		return;
	}
	memcpy(filling.at + before, line->text, line->size);
	filling.size += line->size;
	if (before == 0 || (before < HASTE_BYTES && filling.size >= HASTE_BYTES))
		pthread_cond_signal(&wake);
}

static void add(const struct line *line)
{
	pthread_mutex_lock(&lock);
	if (running)
		collect(line);
	else
		write_all(line->text, line->size);
	pthread_mutex_unlock(&lock);
}

/* ---- Starting and stopping ---- */

static void start_writer(void)
{
	pthread_condattr_t monotonic;
	sigset_t all, before;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	/* Signals are for the thread that serves. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = pthread_create(&writer, NULL, write_lines, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void log_start(enum log_level most, bool json)
{
	bool coloured = !json && isatty(STDERR_FILENO) && !getenv("NO_COLOR");

	atomic_store(&shown, (int)most);
	atomic_store(&style, json ? LINE_JSON : coloured ? LINE_COLOURED : LINE_TEXT);
	pthread_mutex_lock(&lock);
	stopping = false;
	if (!running)
		start_writer();
	pthread_mutex_unlock(&lock);
}

void log_stop(void)
{
	pthread_mutex_lock(&lock);
	bool wait = running;
	stopping = true;
	if (wait)
		pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
	if (!wait)
		return;
	pthread_join(writer, NULL);
	pthread_cond_destroy(&wake);
}

/* ---- Lines ---- */

bool log_shows(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&shown, memory_order_relaxed);
}

void log_write(enum log_level level, const char *format, ...)
{
	int saved = errno;
	char message[MESSAGE_BYTES_MAX + 8];    /* what is longer is cut between two characters */
	struct line line;
	va_list list;

	if (!log_shows(level))
		return;
	va_start(list, format);
	int length = vsnprintf(message, sizeof(message), format, list);
	va_end(list);
	size_t size = length < 0 ? 0 : (size_t)length < sizeof(message) ? (size_t)length :
	              sizeof(message) - 1;
	line.style = (enum line_style)atomic_load_explicit(&style, memory_order_relaxed);
	line_message(&line, level, about_now(), (str) { message, size });
	add(&line);
	errno = saved;
}

void log_request(const struct log_request *request)
{
	struct line line;

	if (!log_shows(LOG_INFO))
		return;
	line.style = (enum line_style)atomic_load_explicit(&style, memory_order_relaxed);
	line_request(&line, request);
	add(&line);
}
