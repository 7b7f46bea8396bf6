/* progress.c - a progress bar on stderr, where that is a terminal. */
#include "progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_MS 100

const char *count_print(int64_t count, char text[COUNT_TEXT_SIZE])
{
	char digits[COUNT_TEXT_SIZE];
	int size = snprintf(digits, sizeof(digits), "%lld", (long long)count);
	char *at = text;

	for (int i = 0; i < size; i++) {
		*at++ = digits[i];
		if ((size - i) % 3 == 1 && i + 1 < size && digits[i] != '-')
			*at++ = ',';
	}
	*at = '\0';
	return text;
}

struct progress progress_begin(const char *what, int64_t size)
{
	return (struct progress) { .shown = isatty(STDERR_FILENO), .what = what, .size = size,
	                           .began_ms = tick_ms() };
}

bool progress_is_due(const struct progress *progress)
{
	return progress->shown && tick_ms() - progress->drawn_ms >= REDRAW_MS;
}

static int terminal_width(void)
{
	struct winsize window;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col ? window.ws_col : 80;
}

static void draw_bar(int width, double part)
{
	int full = (int)((double)width * part);

	fputs(" [", stderr);
	for (int i = 0; i < width; i++)
		fputc(i < full ? '#' : '.', stderr);
	fprintf(stderr, "] %3.0f %%", part * 100);
}

void progress_show(struct progress *progress, int64_t at, int64_t rows)
{
	if (!progress_is_due(progress))
		return;
	progress->drawn = true;
	progress->drawn_ms = tick_ms();

	int64_t past_ms = progress->drawn_ms - progress->began_ms;
	char count[COUNT_TEXT_SIZE], rate[COUNT_TEXT_SIZE], words[128];
	int used = snprintf(words, sizeof(words), "%s %s, %s a second", count_print(rows, count),
	                    progress->what, count_print(past_ms ? rows * 1000 / past_ms : 0, rate));
	/* What is beside the bar takes 12 columns; without room for a bar there are just the words. */
	int width = terminal_width() - used - 12;
	fprintf(stderr, "\r\033[K%s", words);
	if (progress->size && width >= 10) {
		double part = (double)at / (double)progress->size;
		draw_bar(width < 40 ? width : 40, part > 1 ? 1 : part);
	}
	fflush(stderr);
}

void progress_clear(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}
