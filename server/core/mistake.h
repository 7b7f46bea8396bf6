/* mistake.h - a mistake of the program's, not of a client's or an operator's.
 *
 * Builds that look for mistakes (without NDEBUG) say what it is on stderr and abort. In a release it is a line in
 * the log, and whatever made it fails: a mistake costs its call, never the process. */
#ifndef MISTAKE_H
#define MISTAKE_H

#include "core.h"

void mistake(const char *format, ...) PRINTF(1, 2);

#endif
