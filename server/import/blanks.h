/* blanks.h - blanks that nobody sees: no-break, thin, of no width. */
#ifndef BLANKS_H
#define BLANKS_H

#include "core.h"

/* Bytes of the blank that `text` begins with, of any width; 0: it begins with none. */
size_t blank_step(str text);
str blanks_trim(str text);              /* without blanks at both ends */
/* The same, without what has no width anywhere, and with plain blanks in place of others: what a person
 * types. Changes `text`, which it ends with a NUL. */
str blanks_clean(char *text);

#endif
