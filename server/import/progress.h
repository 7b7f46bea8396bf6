/* progress.h - a progress bar on stderr, where that is a terminal. */
#ifndef PROGRESS_H
#define PROGRESS_H

#include "core.h"

struct progress {
	bool shown;                     /* there is a terminal */
	bool drawn;                     /* something is to be cleared */
	const char *what;               /* of the rows: "products" */
	int64_t size;                   /* of the file in bytes; 0: unknown */
	int64_t began_ms, drawn_ms;
};

#define COUNT_TEXT_SIZE 32
/* 3768 as "3,768". */
const char *count_print(int64_t count, char text[COUNT_TEXT_SIZE]);

struct progress progress_begin(const char *what, int64_t size);
/* Draws, at most ten times a second. */
void progress_show(struct progress *progress, int64_t at, int64_t rows);
bool progress_is_due(const struct progress *progress);
void progress_clear(struct progress *progress);

#endif
