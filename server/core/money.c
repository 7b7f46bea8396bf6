/* money.c - see money.h. */
#include "money.h"

#define CODE_SIZE 3

static const struct { int digits; const char *codes; } currencies[] = {
#define CURRENCIES(digits, codes) { digits, codes },
#include "currencies.def"
#undef CURRENCIES
};

int currency_digits(str code)
{
	if (code.size != CODE_SIZE)
		return -1;
	/* A blank is no part of a code, so what is found is a whole one. */
	for (size_t i = 0; i < CODE_SIZE; i++)
		if (code.at[i] < 'A' || code.at[i] > 'Z')
			return -1;
	for (size_t i = 0; i < sizeof(currencies) / sizeof(*currencies); i++)
		if (memmem(currencies[i].codes, strlen(currencies[i].codes), code.at, CODE_SIZE))
			return currencies[i].digits;
	return -1;
}

bool currency_valid(str code)
{
	return currency_digits(code) >= 0;
}

bool sum_add(int64_t *sum, int64_t amount, int64_t times)
{
	int64_t more, total;

	if (__builtin_mul_overflow(amount, times, &more) ||
	    __builtin_add_overflow(*sum, more, &total))
		return false;
	*sum = total;
	return true;
}
