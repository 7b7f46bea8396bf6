/* wrong.c - what is wrong with a statement, in words. */
#include "wrong.h"

#include <stdio.h>

#define BLANK " \n\t\r"

/* What is no UTF-8 is as many characters as it has bytes. */
void store_shorten_to(int most, const char *sql, char *text)
{
	size_t size = 0;

	for (int count = 0; *sql && count < most; count++) {
		size_t blanks = strspn(sql, BLANK), step = blanks ? blanks : utf8_step(str_of(sql));
		if (blanks && size)
			text[size++] = ' ';
		step += step == 0;
		if (!blanks) {
			memcpy(text + size, sql, step);
			size += step;
		}
		sql += step;
	}
	memcpy(text + size, *sql ? "..." : "", *sql ? 4 : 1);
}

void store_shorten(const char *sql, char text[STORE_SHORT_SIZE])
{
	store_shorten_to(STORE_SHORT, sql, text);
}

bool store_wrong(struct store_why *why, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(why->text, sizeof(why->text), format, list);
	va_end(list);
	return false;
}
