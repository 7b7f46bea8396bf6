/* mistake.c - a mistake of the program's: a line in the log, and where mistakes are looked for the end. */
#include "mistake.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "log.h"

#ifdef NDEBUG
bool mistakes_stop = false;
#else
bool mistakes_stop = true;
#endif

static _Thread_local const char *kind_now, *name_now;

void mistake_by(const char *kind, const char *name)
{
	kind_now = kind;
	name_now = name;
}

void mistake(const char *format, ...)
{
	char text[1024];
	va_list list;

	va_start(list, format);
	vsnprintf(text, sizeof(text), format, list);
	va_end(list);
	if (kind_now)
		log_error("a mistake of the %s %s: %s", kind_now, name_now, text);
	else
		log_error("a mistake of this program: %s", text);
	if (!mistakes_stop)
		return;
	log_stop();                     /* which writes it */
	abort();
}
