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

/* A statement for people: so many characters of it, white space in one. */
#define STORE_SHORTENED_SIZE(most) (UTF8_MAX * (most) + 4)
void store_shorten_to(int most, const char *sql, char *text);

/* Its beginning, which tells it from others. */
#define STORE_SHORT 60
#define STORE_SHORT_SIZE STORE_SHORTENED_SIZE(STORE_SHORT)
void store_shorten(const char *sql, char text[STORE_SHORT_SIZE]);

/* All of it but for what nobody would read to the end, for whoever has to find a mistake in it. */
#define STORE_WHOLE 1000
#define STORE_WHOLE_SIZE STORE_SHORTENED_SIZE(STORE_WHOLE)

#endif
