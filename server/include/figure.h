/* figure.h - a number as people write it: 1,000.50, 1.000,50, 1'000, 1 000, 12,34,567, 1٬000٫50. */
#ifndef MCP_FIGURE_H
#define MCP_FIGURE_H

#include "core.h"

/* Its digits are certain; what its marks mean may not be: 1.500 is read as whole, or as a fraction.
 * Neither: it is no number, or one of more digits than 63 bits hold. */
struct figure {
	int64_t value;          /* all of its digits */
	int decimals;           /* how many of them are behind the point of the fraction */
	char point;             /* of the fraction: '.', ',', or FIGURE_POINT */
	bool whole, fraction;
	bool grouped;           /* and it has thousands in groups before that point: 1,000.50 */
};

#define FIGURE_POINT '\1'       /* Arabic's, which can be nothing else */

/* Takes the number in ASCII's digits, without a sign, that `text` begins with off it. False: it begins with
 * none. */
bool figure_read(str *text, struct figure *figure);

/* Times a power of ten. False: that is not whole, or too much. */
bool figure_shift(int64_t value, int power, int64_t *shifted);

#endif
