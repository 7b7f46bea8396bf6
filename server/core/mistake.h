/* mistake.h - a mistake of the program's, not of a client's or an operator's: it costs the call that made it, and a
 * line in the log. Where mistakes are looked for it ends the process, so that it is found where it is written. */
#ifndef MISTAKE_H
#define MISTAKE_H

#include "core.h"

extern bool mistakes_stop;              /* at first: in a debug build (without NDEBUG) */

/* What this thread runs, such as the "tool" of a name, for the line in the log. NULL: nothing. They must live until
 * another is told. The same mistake time after time in one run is told once. */
void mistake_by(const char *kind, const char *name);
void mistake(const char *format, ...) PRINTF(1, 2);
/* The same of one by which what this thread runs has failed, whatever it makes of that; and whether there was one since
 * mistake_by(). */
void mistake_fatal(const char *format, ...) PRINTF(1, 2);
bool mistake_was_fatal(void);
/* Whether this thread runs anything that mistake_by() named. */
bool mistake_has_somebody(void);

#endif
