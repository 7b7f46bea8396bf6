/* amount.h - numbers as people and programs write them in tables: 1250, 12.50, 12,50, 1.250,00. */
#ifndef AMOUNT_H
#define AMOUNT_H

#include "core.h"

enum amount {
	AMOUNT_READ,
	AMOUNT_NONE,                    /* no number, one with more digits than `digits`, or too large */
	AMOUNT_AMBIGUOUS,               /* "1.000", "1,250": a thousand and more, or one and a bit? */
};

/* A number with `digits` behind the decimal mark, in units of the last: "12.5" with 2 is 1250. Zeros
 * behind them are fine. What can be read in two ways (figure.h) is not read: one mark with three digits
 * behind it. Only for a currency of three digits a point is then a decimal one, unless `commas`: the file
 * is one of those that write commas there. */
enum amount amount_read(str text, int digits, bool commas, int64_t *value);

#endif
