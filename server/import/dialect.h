/* dialect.h - what separates the cells of a file, by its first lines. */
#ifndef DIALECT_H
#define DIALECT_H

#include "core.h"

struct dialect {
	char separator;                 /* ',' ';' '\t' or '|' */
	bool line;                      /* the first line is Excel's "sep=;", and no row */
};

/* `head` is UTF-8. */
struct dialect dialect_of(str head);
const char *dialect_title(char separator);      /* "semicolons" */

#endif
