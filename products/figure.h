/* figure.h - a number as people write it: 1,000.50, 1.000,50, 1'000, 1 000, 12,34,567, ١٬٠٠٠٫٥٠. */
#ifndef FIGURE_H
#define FIGURE_H

#include "core.h"

/* Its digits are certain; what its separators mean may not be: 1.500 is read as whole, or as a
 * fraction. Neither: it is no number. */
struct figure {
	int64_t value;          /* all of its digits */
	int decimals;           /* how many of them are behind the point of the fraction */
	bool whole, fraction;
	bool grouped;           /* and it has thousands in groups before that point: 1,000.50 */
};

/* Text in which numbers can be found: digits of every script, signs of full width, quotes and blanks as
 * those of ASCII, letters small. A decimal sign that can be nothing else is FIGURE_POINT. */
#define FIGURE_POINT '\1'
const char *figure_plain(struct arena *arena, const char *text);

/* Takes the number that such a text begins with off it. False: it begins with none. */
bool figure_read(const char **text, struct figure *figure);

#endif
