/* number.h - numbers as text, by hand where it must be quick. */
#ifndef NUMBER_H
#define NUMBER_H

#include "core.h"

#define NUMBER_TEXT_SIZE 32

/* Both NUL-terminate and give the length. */
size_t int_print(int64_t value, char text[NUMBER_TEXT_SIZE]);
bool number_is_whole(double value);
/* The one way from a double to an integer: only what is whole and in range, since C leaves undefined
 * what a cast makes of anything else. */
MUST_USE bool real_to_int(double value, int64_t *whole);
/* The whole of a decimal text of a sensible length, such as -2.5e3; no blanks, infinity or NaN. */
MUST_USE bool real_parse(str text, double *value);
/* The shortest that reads back as the same number; of what is finite. */
size_t real_print(double value, char text[NUMBER_TEXT_SIZE]);

#endif
