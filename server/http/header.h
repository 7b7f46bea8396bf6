/* header.h - the headers of a request: a name's value, and the items of a list. */
#ifndef HEADER_H
#define HEADER_H

#include "core.h"

struct exchange;

#define HEADER_PLACES 64        /* each for some names */

/* Of a name in any case; those that are common have places of their own. Here, so that it is the compiler
 * that works it out for a name that is written where it is used. */
static inline unsigned header_place(str name)
{
	unsigned first = (unsigned char)name.at[0] | 0x20;
	unsigned last = (unsigned char)name.at[name.size - 1] | 0x20;

	return ((unsigned)name.size * 5 + first * 17 + last * 23) % HEADER_PLACES;
}

/* A header's value, trimmed; .at NULL: it is absent. In several lines it is one list, with a comma
 * between each two (RFC 9110, 5.3). */
str exchange_header_at(const struct exchange *x, unsigned place, str name);
static inline str exchange_header_of(const struct exchange *x, str name)
{
	return exchange_header_at(x, header_place(name), name);
}

static inline str exchange_header(const struct exchange *x, const char *name)
{
	return exchange_header_of(x, str_of(name));
}

/* It came in several, which is wrong for what is no list. */
bool exchange_header_repeats(const struct exchange *x, const char *name);
/* The next item of a header that is a list, trimmed, without those that are empty; .at NULL:
 * there is no more. */
str header_item(str *list);

#endif
