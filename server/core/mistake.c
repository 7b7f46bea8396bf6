/* mistake.c - a mistake of the program's: a line in the log, or the end. */
#include "mistake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"

#ifdef NDEBUG
#define ENDS false
#else
#define ENDS true
#endif

void mistake(const char *format, ...)
{
	char text[512];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (!ENDS) {
		log_error("a mistake of this program: %s", text);
		return;
	}
	/* The log may be written by a thread that this process won't live to see. */
	fprintf(stderr, "a mistake of this program: %s\n", text);
	abort();
}
