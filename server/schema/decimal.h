/* decimal.h - JSON's numbers, compared exactly, however long they are written. */
#ifndef DECIMAL_H
#define DECIMAL_H

#include <yyjson.h>

#include "core.h"

bool number_is_any(yyjson_val *value);              /* also of those kept as raw text */
bool number_is_integer(yyjson_val *value);             /* 5, 5.0, 50e-1 */
/* Below, at or above 0, as `a` is less than, the same as or more than `b`. */
int number_compare(yyjson_val *a, yyjson_val *b);
double number_roughly(yyjson_val *value);       /* infinite where it is beyond all doubles */
uint64_t number_hash(yyjson_val *value);        /* equal for equal numbers */

/* A divisor above 0. */
struct divisor {
	uint64_t digits;
	int64_t exponent;                       /* digits × 10^exponent */
};

/* False: it is not above 0, or too long to divide by. */
MUST_USE bool divisor_read(yyjson_val *value, struct divisor *divisor);
bool divisor_divides(yyjson_val *value, const struct divisor *divisor);

#endif
