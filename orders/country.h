/* country.h - which countries there are. */
#ifndef COUNTRY_H
#define COUNTRY_H

#include "core.h"

/* The ISO 3166 code of two letters for a code of two or three, or an English name, in any case: GB. NULL:
 * there is no such country. */
const char *country_code(const char *text);

#endif
