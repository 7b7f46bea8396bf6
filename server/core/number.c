/* number.c - numbers as text, by hand where it must be quick. */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t int_print(int64_t value, char text[NUMBER_TEXT_SIZE])
{
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	char digits[NUMBER_TEXT_SIZE];
	char *at = digits + sizeof(digits);

	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	if (value < 0)
		*--at = '-';
	size_t length = (size_t)(digits + sizeof(digits) - at);
	memcpy(text, at, length);
	text[length] = '\0';
	return length;
}

size_t real_print(double value, char text[NUMBER_TEXT_SIZE])
{
	/* Whole numbers up to 2^53, but -0, are exact and quick as integers. */
	if (fabs(value) <= 9007199254740992.0 && value == trunc(value) && !(value == 0 && signbit(value)))
		return int_print((int64_t)value, text);
	int length = 0;
	for (int digits = 15; digits <= 17; digits++) {
		length = snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return (size_t)length;
}
