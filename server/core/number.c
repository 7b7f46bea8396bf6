/* number.c - numbers as text, by hand where it must be quick. */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

size_t int_print(int64_t value, char text[NUMBER_TEXT_SIZE])
{
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
	size_t length = 1 + (value < 0);

	for (uint64_t rest = left; rest >= 10; rest /= 10)
		length++;
	text[0] = '-';
	text[length] = '\0';
	char *at = text + length;
	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left > 0);
	return length;
}

bool real_to_int(double value, int64_t *whole)
{
	if (!(value >= -0x1p63 && value < 0x1p63) || value != (double)(int64_t)value)
		return false;
	*whole = (int64_t)value;
	return true;
}

/* From 2^63 on all are. Without trunc(), which would need libm. */
bool number_is_whole(double value)
{
	int64_t whole;

	return !(value > -0x1p63 && value < 0x1p63) || real_to_int(value, &whole);
}

bool real_parse(str text, double *value)
{
	char copy[128], *end;

	if (text.size == 0 || text.size >= sizeof(copy))
		return false;
	memcpy(copy, text.at, text.size);
	copy[text.size] = '\0';
	/* strtod() also knows blanks, hexadecimal, infinity and NaN. */
	double number = strtod(copy, &end);
	if (strspn(copy, "+-.0123456789eE") != text.size || *end || !isfinite(number))
		return false;
	*value = number;
	return true;
}

size_t real_print(double value, char text[NUMBER_TEXT_SIZE])
{
	/* JSON's readers take "-0" for the integer 0. */
	if (value == 0 && signbit(value)) {
		memcpy(text, "-0.0", 5);
		return 4;
	}
	/* Whole numbers up to 2^53 are exact, and quick, as integers. */
	int64_t whole;
	if (value >= -0x1p53 && value <= 0x1p53 && real_to_int(value, &whole))
		return int_print(whole, text);
	int length = 0;
	for (int digits = 15; digits <= 17; digits++) {
		length = snprintf(text, NUMBER_TEXT_SIZE, "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	return (size_t)length;
}
