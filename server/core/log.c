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
#include "log_repeats.h"

#define GATHER_MS 20
#define PATIENCE_MS 1000                /* a stop waits no longer for a reader that takes nothing */
#define PIECE_BYTES 4096                /* written at a time: what a pipe has room for when it has any */
#define HASTE_BYTES (256 * 1024)        /* with so much to write, the writer waits no longer */
#define FIRST_BYTES (16 * 1024)
#define BUFFER_BYTES_MAX (1024 * 1024)
#define MESSAGE_ROOM (MESSAGE_BYTES_MAX + 8)    /* what is longer is cut between two characters */

struct buffer {
	char *at;
	size_t size, room;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake, ended;
static pthread_once_t conditions = PTHREAD_ONCE_INIT;
static pthread_t writer;
static struct buffer filling;           /* these four belong to the lock */
static bool running, stopping;
static bool to_join;                    /* nobody has waited for the writer's end, or given it up */
static int64_t dropped;

static atomic_llong dropped_ever;
const struct counted log_counted[] = {
	{ "mcp_log_lines_dropped_total", "counter", "Lines of the log that nobody read in time.", &dropped_ever },
	{ 0 },
};

static atomic_int shown = LOG_INFO;
static atomic_int style = LINE_BARE;
static atomic_llong written;            /* bytes, or tries to write what can't be: that the writer gets on */

bool log_repeats = false;

/* ---- Writing ---- */

/* Whoever reads stderr may have made it non-blocking. What can't be written at all is lost. */
static void write_all(const char *at, size_t size)
{
	while (size > 0) {
		ssize_t taken = write(STDERR_FILENO, at, size < PIECE_BYTES ? size : PIECE_BYTES);
		if (taken >= 0) {
			atomic_fetch_add_explicit(&written, taken, memory_order_relaxed);
			at += taken;
			size -= (size_t)taken;
		} else if (errno == EAGAIN) {
			poll(&(struct pollfd) { .fd = STDERR_FILENO, .events = POLLOUT }, 1, -1);
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void begin_line(struct line *line)
{
	line->style = (enum line_style)atomic_load_explicit(&style, memory_order_relaxed);
}

static void write_dropped(int64_t count)
{
	char words[96];
	struct line line;

	begin_line(&line);
	snprintf(words, sizeof(words), "%lld lines were dropped: stderr is read too slowly",
	         (long long)count);
	line_message(&line, LOG_WARNING, NULL, str_of(words));
	write_all(line.text, line.size);
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

/* What is due; in the end all of it. */
static void collect_repeats(void)
{
	char text[REPEATS_ROOM];
	enum log_level level;
	struct line line;

	for (int size; (size = repeats_take(stopping, text, &level)) >= 0;) {
		begin_line(&line);
		line_message(&line, level, NULL, (str) { text, (size_t)size });
		collect(&line);
	}
}

/* ---- The thread ---- */

/* With the lock held: for a line, or for the time to say how many were like one. */
static void wait_for_any(void)
{
	int64_t due_ms = repeats_due_ms();

	if (due_ms < 0) {
		pthread_cond_wait(&wake, &lock);
		return;
	}
	struct timespec until = tick_in(due_ms - tick_ms());
	pthread_cond_timedwait(&wake, &lock, &until);
}

/* Waits, with the lock held, until there is enough to write; false: it is time to stop. */
static bool wait_for_lines(void)
{
	while (collect_repeats(), filling.size == 0 && !stopping)
		wait_for_any();
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
	pthread_cond_broadcast(&ended);
	free(filling.at);
	filling = (struct buffer) { 0 };
	pthread_mutex_unlock(&lock);
	free(full.at);
	return NULL;
}

/* ---- Adding ---- */

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

static void make_conditions(void)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&wake, &monotonic);
	pthread_cond_init(&ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static void start_writer(void)
{
	sigset_t all, before;

	pthread_once(&conditions, make_conditions);
	/* Signals are for the thread that serves. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = to_join = pthread_create(&writer, NULL, write_lines, NULL) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void log_start(enum log_level most, bool json)
{
	bool coloured = !json && isatty(STDERR_FILENO) && !getenv("NO_COLOR");

	atomic_store(&shown, (int)most);
	atomic_store(&style, json ? LINE_JSON : coloured ? LINE_COLOURED : LINE_TEXT);
	pthread_mutex_lock(&lock);
	stopping = false;
	if (!running) {
		repeats_forget();
		start_writer();
	}
	pthread_mutex_unlock(&lock);
}

/* With the lock held. False: it has not got on for so long, and may never. */
static bool wait_for_writer(void)
{
	while (running) {
		long long before = atomic_load(&written);
		struct timespec end = tick_in(PATIENCE_MS);
		while (running && pthread_cond_timedwait(&ended, &lock, &end) != ETIMEDOUT)
			;
		if (running && atomic_load(&written) == before)
			return false;
	}
	return true;
}

void log_stop(void)
{
	pthread_mutex_lock(&lock);
	stopping = true;
	if (running)
		pthread_cond_signal(&wake);
	bool done = wait_for_writer(), mine = to_join;
	to_join = false;
	pthread_mutex_unlock(&lock);
	if (mine && done)
		pthread_join(writer, NULL);
	else if (mine)
		pthread_detach(writer);
}

/* ---- Lines ---- */

bool log_shows(enum log_level level)
{
	return (int)level <= atomic_load_explicit(&shown, memory_order_relaxed);
}

/* Of a message that is longer than its room, as much as fits. */
static str print(char message[MESSAGE_ROOM], const char *format, va_list list)
{
	int length = vsnprintf(message, MESSAGE_ROOM, format, list);
	size_t size = length < 0 ? 0 : (size_t)length;

	return (str) { message, size < MESSAGE_ROOM ? size : MESSAGE_ROOM - 1 };
}

static void add_message(enum log_level level, str message)
{
	struct line line;

	begin_line(&line);
	line_message(&line, level, about_now(), message);
	add(&line);
}

void log_write(enum log_level level, const char *format, ...)
{
	int saved = errno;
	char message[MESSAGE_ROOM];
	va_list list;

	if (!log_shows(level))
		return;
	va_start(list, format);
	str text = print(message, format, list);
	va_end(list);
	add_message(level, text);
	errno = saved;
}

/* Without the writer nobody would say how many there were. */
static bool is_first(const char *format, enum log_level level, str message)
{
	pthread_mutex_lock(&lock);
	enum repeat repeat = running && !log_repeats ? repeats_count(format, level, message) : REPEAT_FIRST;
	if (repeat == REPEAT_BEGUN)
		pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
	return repeat == REPEAT_FIRST;
}

void log_often(enum log_level level, const char *format, ...)
{
	int saved = errno;
	char message[MESSAGE_ROOM];
	va_list list;

	if (!log_shows(level))
		return;
	va_start(list, format);
	str text = print(message, format, list);
	va_end(list);
	if (is_first(format, level, text))
		add_message(level, text);
	errno = saved;
}

void log_request(const struct log_request *request)
{
	struct line line;

	if (!log_shows(LOG_INFO))
		return;
	begin_line(&line);
	line_request(&line, request);
	add(&line);
}
