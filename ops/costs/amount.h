/* amount.h - amounts of money as AWS writes them, "12.3456789012": added up exactly, and rounded only to be shown. */
#ifndef AMOUNT_H
#define AMOUNT_H

#include "core.h"

/* Limbs of nine digits, the lowest first, three of them behind the point. What is read has up to 18 digits before it and 27
 * behind: sums of a thousand million of those fit. */
#define AMOUNT_LIMBS 7
struct amount {
	uint32_t limbs[AMOUNT_LIMBS];
	bool negative;                  /* never of 0 */
};

/* Decimal, also with an exponent. False: it is no number, or has more digits than that. */
MUST_USE bool amount_read(const char *text, struct amount *amount);
struct amount amount_sum(struct amount a, struct amount b);
struct amount amount_difference(struct amount a, struct amount b);
bool amount_is_zero(struct amount amount);
/* Below, at or above 0, as `a` is less than, the same as or more than `b`. */
int amount_compare(struct amount a, struct amount b);
/* "-1234.56": cents, half of one to the even. */
char *amount_text(struct arena *arena, struct amount amount);
/* How many percent `part` is of `whole`, to the tenth, half of one to the even. False: of nothing, or beyond ten million. */
MUST_USE bool amount_share(struct amount part, struct amount whole, double *percent);

#endif
