/* money.h - amounts of money: which currencies there are, and sums that never overflow unseen. */
#ifndef MONEY_H
#define MONEY_H

#include "core.h"

/* How many digits an amount in this currency has behind the point (ISO 4217, core/currencies.def);
 * -1: there is no such currency. Codes are in capitals. */
int currency_digits(str code);
bool currency_valid(str code);

/* Adds an amount so many times to a sum, of money or of units: the one way to add up what others made.
 * False, and the sum is as it was: it would be more than can be counted. */
MUST_USE bool sum_add(int64_t *sum, int64_t amount, int64_t times);

#endif
