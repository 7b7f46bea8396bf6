/* stamp.c - see stamp.h. */
#include "stamp.h"

#define YEAR_10000_S 253402300800.0

int64_t stamp_ms(double seconds)
{
	return seconds > 0 && seconds < YEAR_10000_S ? (int64_t)(seconds * 1000) : 0;
}

int64_t count_of(double count)
{
	if (!(count > 0))
		return 0;
	return count < (double)COUNT_MOST ? (int64_t)count : COUNT_MOST;
}
