/* wrong.c - what is wrong with a statement, in words. */
#include "wrong.h"

#include <stdio.h>

/* At most 60 characters. */
void store_shorten(const char *sql, char text[STORE_SHORT_SIZE])
{
	size_t size = 0;

	for (; *sql && size < 60; sql++) {
		bool space = *sql == ' ' || *sql == '\n' || *sql == '\t';
		if (!space)
			text[size++] = *sql;
		else if (size && text[size - 1] != ' ')
			text[size++] = ' ';
	}
	memcpy(text + size, *sql ? "..." : "", *sql ? 4 : 1);
}

bool store_wrong(struct store_why *why, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	vsnprintf(why->text, sizeof(why->text), format, list);
	va_end(list);
	return false;
}
