/* decimal.c - JSON's numbers as their decimal digits, where binary ones would not be exact.
 *
 * A number is what is written: 0.07 is a multiple of 0.01, and 2^53 + 1 is not 2^53. Numbers that
 * are both integers or both doubles are compared as such; all others by their digits, those of a
 * double being the fewest that read back. */
#include "decimal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "number.h"

#define EXPONENT_MAX INT64_C(1000000000000)     /* beyond this all exponents are the same to us */

/* 0.DIGITS × 10^point, without zeros at either end; no digits: 0. */
struct decimal {
	bool negative;
	const char *at;                 /* the digits, maybe with a '.' among them */
	size_t dot;                     /* where that is; at least `count`: nowhere */
	size_t count;                   /* of digits */
	int64_t point;
	char text[NUMBER_TEXT_SIZE];
};

bool number_is_any(yyjson_val *value)
{
	return yyjson_is_num(value) || yyjson_is_raw(value);
}

/* ---- Digits ---- */

static int64_t read_exponent(const char *at, const char *end)
{
	int64_t value = 0;
	bool negative = at < end && *at == '-';

	at += at < end && (*at == '-' || *at == '+');
	for (; at < end && value < EXPONENT_MAX; at++)
		value = value * 10 + (*at - '0');
	return negative ? -value : value;
}

static void read_digits(struct decimal *decimal, str text)
{
	const char *at = text.at, *end = text.at + text.size, *e = at;

	decimal->negative = at < end && *at == '-';
	at += decimal->negative;
	while (e < end && *e != 'e' && *e != 'E')
		e++;
	const char *dot = memchr(at, '.', (size_t)(e - at));
	if (!dot)
		dot = e;
	const char *first = at, *last = e;
	while (first < last && (*first == '0' || *first == '.'))
		first++;
	while (last > first && (last[-1] == '0' || last[-1] == '.'))
		last--;
	decimal->at = first;
	decimal->dot = dot > first ? (size_t)(dot - first) : SIZE_MAX;
	decimal->count = (size_t)(last - first) - (dot > first && dot < last);
	decimal->point = first < dot ? dot - first : dot + 1 - first;
	if (e < end)
		decimal->point += read_exponent(e + 1, end);
	if (decimal->count == 0)
		decimal->negative = false;
}

static void read_decimal(struct decimal *decimal, yyjson_val *value)
{
	str text = { decimal->text, 0 };

	if (yyjson_is_raw(value))
		text = (str) { yyjson_get_raw(value), yyjson_get_len(value) };
	else if (yyjson_is_real(value))
		text.size = real_print(yyjson_get_real(value), decimal->text);
	else if (yyjson_is_uint(value))
		text.size = (size_t)snprintf(decimal->text, sizeof(decimal->text), "%" PRIu64,
		                             yyjson_get_uint(value));
	else
		text.size = int_print(yyjson_get_sint(value), decimal->text);
	read_digits(decimal, text);
}

static unsigned digit(const struct decimal *decimal, size_t index)
{
	return (unsigned)(decimal->at[index + (index >= decimal->dot)] - '0');
}

/* ---- Comparing ---- */

static int compare_sizes(const struct decimal *a, const struct decimal *b)
{
	if (a->count == 0 || b->count == 0)
		return (a->count > 0) - (b->count > 0);
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (digit(a, i) != digit(b, i))
			return digit(a, i) < digit(b, i) ? -1 : 1;
	return (a->count > b->count) - (a->count < b->count);
}

static int compare_decimals(yyjson_val *a, yyjson_val *b)
{
	struct decimal left, right;

	read_decimal(&left, a);
	read_decimal(&right, b);
	if (left.negative != right.negative)
		return left.negative ? -1 : 1;
	return left.negative ? -compare_sizes(&left, &right) : compare_sizes(&left, &right);
}

static int compare_ints(yyjson_val *a, yyjson_val *b)
{
	/* -0 is read as signed, too. */
	bool a_below = yyjson_is_sint(a) && yyjson_get_sint(a) < 0;
	bool b_below = yyjson_is_sint(b) && yyjson_get_sint(b) < 0;

	if (a_below != b_below)
		return a_below ? -1 : 1;
	if (a_below) {
		int64_t left = yyjson_get_sint(a), right = yyjson_get_sint(b);
		return (left > right) - (left < right);
	}
	uint64_t left = yyjson_get_uint(a), right = yyjson_get_uint(b);
	return (left > right) - (left < right);
}

/* Doubles, and integers that are as exact as doubles. */
static bool is_exact_real(yyjson_val *value)
{
	return yyjson_is_real(value) ||
	       (yyjson_is_uint(value) && yyjson_get_uint(value) <= UINT64_C(1) << 53);
}

int number_compare(yyjson_val *a, yyjson_val *b)
{
	if (yyjson_is_int(a) && yyjson_is_int(b))
		return compare_ints(a, b);
	if (!is_exact_real(a) || !is_exact_real(b))
		return compare_decimals(a, b);
	double left = yyjson_get_num(a), right = yyjson_get_num(b);
	return (left > right) - (left < right);
}

bool number_is_integer(yyjson_val *value)
{
	struct decimal decimal;

	if (yyjson_is_int(value))
		return true;
	if (yyjson_is_real(value))
		return number_is_whole(yyjson_get_real(value));
	if (!yyjson_is_raw(value))
		return false;
	read_decimal(&decimal, value);
	return decimal.count == 0 || decimal.point >= (int64_t)decimal.count;
}

double number_roughly(yyjson_val *value)
{
	return yyjson_is_raw(value) ? strtod(yyjson_get_raw(value), NULL) : yyjson_get_num(value);
}

uint64_t number_hash(yyjson_val *value)
{
	/* Both zeros are the same. */
	double real = number_roughly(value) + 0.0;
	uint64_t bits;

	memcpy(&bits, &real, sizeof(bits));
	return (bits ^ bits >> 32) * UINT64_C(0x9e3779b97f4a7c15);
}

/* ---- Dividing ---- */

__extension__ typedef unsigned __int128 wide;

static uint64_t times(uint64_t a, uint64_t b, uint64_t modulus)
{
	return (uint64_t)((wide)a * b % modulus);
}

static uint64_t power_of_ten(int64_t exponent, uint64_t modulus)
{
	uint64_t result = 1 % modulus, base = 10 % modulus;

	for (; exponent > 0; exponent >>= 1) {
		if (exponent & 1)
			result = times(result, base, modulus);
		base = times(base, base, modulus);
	}
	return result;
}

bool divisor_read(yyjson_val *value, struct divisor *divisor)
{
	struct decimal decimal;

	read_decimal(&decimal, value);
	if (decimal.negative || decimal.count == 0)
		return false;
	divisor->digits = 0;
	for (size_t i = 0; i < decimal.count; i++)
		if (__builtin_mul_overflow(divisor->digits, 10, &divisor->digits) ||
		    __builtin_add_overflow(divisor->digits, digit(&decimal, i), &divisor->digits))
			return false;
	divisor->exponent = decimal.point - (int64_t)decimal.count;
	return true;
}

bool divisor_divides(yyjson_val *value, const struct divisor *divisor)
{
	struct decimal decimal;
	uint64_t rest = 0;

	if (divisor->exponent == 0 && yyjson_is_uint(value))
		return yyjson_get_uint(value) % divisor->digits == 0;
	read_decimal(&decimal, value);
	int64_t shift = decimal.point - (int64_t)decimal.count - divisor->exponent;
	/* The last digit is not 0, so nothing with a 10 in it divides the digits. */
	if (decimal.count == 0 || shift < 0)
		return decimal.count == 0;
	for (size_t i = 0; i < decimal.count; i++)
		rest = (uint64_t)(((wide)rest * 10 + digit(&decimal, i)) % divisor->digits);
	return times(rest, power_of_ten(shift, divisor->digits), divisor->digits) == 0;
}
