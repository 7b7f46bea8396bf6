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
static _Thread_local uint64_t told_last;        /* of what runs now; 0: nothing */
static _Thread_local bool was_fatal;

void mistake_by(const char *kind, const char *name)
{
	kind_now = kind;
	name_now = name;
	told_last = 0;
	was_fatal = false;
}

/* What is done for each of a million rows is said once. */
static bool is_told(const char *text)
{
	uint64_t hash = str_hash(str_of(text)) | 1, before = told_last;

	told_last = hash;
	return kind_now && hash == before;
}

static void tell(const char *format, va_list list)
{
	char text[1024];

	vsnprintf(text, sizeof(text), format, list);
	if (is_told(text))
		return;
	if (kind_now)
		log_often(LOG_ERROR, "a mistake of the %s %s: %s", kind_now, name_now, text);
	else
		log_often(LOG_ERROR, "a mistake of this program: %s", text);
	if (!mistakes_stop)
		return;
	log_stop();                     /* which writes it */
	abort();
}

bool mistake_has_somebody(void)
{
	return kind_now;
}

void mistake(const char *format, ...)
{
	va_list list;

	va_start(list, format);
	tell(format, list);
	va_end(list);
}

void mistake_fatal(const char *format, ...)
{
	va_list list;

	was_fatal = true;
	va_start(list, format);
	tell(format, list);
	va_end(list);
}

bool mistake_was_fatal(void)
{
	return was_fatal;
}
