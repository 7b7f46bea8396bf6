/* currency.c - how many digits an amount has behind the decimal point (ISO 4217). */
#include "import_private.h"

/* All others have 2. */
static const char *const with_0_digits[] = {
	"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND",
	"VUV", "XAF", "XOF", "XPF", NULL,
};
static const char *const with_3_digits[] = {
	"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", NULL,
};
static const char *const with_4_digits[] = { "CLF", "UYW", NULL };

static bool is_among(str code, const char *const *codes)
{
	while (*codes && !str_is(code, *codes))
		codes++;
	return *codes;
}

bool currency_valid(str code)
{
	if (code.size != 3)
		return false;
	for (size_t i = 0; i < 3; i++)
		if (code.at[i] < 'A' || code.at[i] > 'Z')
			return false;
	return true;
}

int currency_digits(str code)
{
	if (is_among(code, with_0_digits))
		return 0;
	if (is_among(code, with_3_digits))
		return 3;
	return is_among(code, with_4_digits) ? 4 : 2;
}
