/* wrong.h - what is wrong with a statement, in words: the program's mistake. */
#ifndef WRONG_H
#define WRONG_H

#include "core.h"

struct store_why {
	char text[192];                 /* "": nothing is wrong */
};

/* False, always. */
bool store_wrong(struct store_why *why, const char *format, ...) PRINTF(2, 3);
#define STORE_NO_CHANGE "it does not write: run it with store_find() or the like"

/* The beginning of a statement, for people: so many characters, white space in one. */
#define STORE_SHORT 60
#define STORE_SHORT_SIZE (UTF8_MAX * STORE_SHORT + 4)
void store_shorten(const char *sql, char text[STORE_SHORT_SIZE]);

#endif
