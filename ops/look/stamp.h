/* stamp.h - times and counts as AWS says them in JSON, which are numbers of any size. */
#ifndef STAMP_H
#define STAMP_H

#include "core.h"

#define COUNT_MOST (INT64_C(1) << 53)   /* beyond it a number of JSON is none to count with */

/* Seconds with a fraction, as milliseconds; 0: of no year between 1970 and 9999. */
int64_t stamp_ms(double seconds);

/* From 0 to COUNT_MOST, whatever it is. */
int64_t count_of(double count);

#endif
