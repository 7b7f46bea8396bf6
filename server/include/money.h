/* money.h - amounts of money: which currencies there are and how they are written, and sums that never
 * overflow unseen. */
#ifndef MCP_MONEY_H
#define MCP_MONEY_H

#include "shape.h"

#define CURRENCY_SIZE sizeof("GBP")

/* How many digits an amount in this currency has behind the point (ISO 4217, core/currencies.def);
 * -1: there is no such currency. Codes are in capitals. */
int currency_digits(str code);
bool currency_valid(str code);
/* The code in capitals, of one that is written in any case. False: there is no such currency. */
MUST_USE bool currency_read(str text, char code[CURRENCY_SIZE]);

/* What people write beside an amount, "£", "US$", "kr.", "euros" or "eur", in any case of ASCII: the codes
 * that it may mean, with blanks between them, of the longest that `text` begins with, whose bytes `size`
 * then is. Absent: it begins with none. */
str currency_written(str text, size_t *size);
#define CURRENCY_DOLLARS "USD CAD AUD NZD SGD HKD TWD BBD BMD BND BSD BZD FJD GYD JMD KYD LRD NAD SBD" \
	" SRD TTD XCD"

/* For a person: "GBP 9.50", "JPY 300", "KWD -0.500", with the digits that the currency has; "ABC 950 in minor
 * units" where there is no such currency, "" where the amount is absent. */
const char *money_text(struct arena *arena, const struct money *money);

/* Adds an amount so many times to a sum, of money or of units: the one way to add up what others made.
 * False, and the sum is as it was: it would be more than can be counted. */
MUST_USE bool sum_add(int64_t *sum, int64_t amount, int64_t times);

#endif
