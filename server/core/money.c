/* money.c - see money.h. */
#include "money.h"

#define CODE_SIZE (CURRENCY_SIZE - 1)

static const struct { int digits; const char *codes; } currencies[] = {
#define CURRENCIES(digits, codes) { digits, codes },
#include "currencies.def"
#undef CURRENCIES
};

/* Where in the list a code in capitals stands; absent: nowhere. */
static str find_code(str code, int *digits)
{
	if (code.size != CODE_SIZE)
		return (str) { 0 };
	/* Each with what stands behind it: a blank, or the end. */
	for (size_t i = 0; i < sizeof(currencies) / sizeof(*currencies); i++) {
		const char *at = currencies[i].codes;
		*digits = currencies[i].digits;
		for (; at[0] != code.at[0] || at[1] != code.at[1] || at[2] != code.at[2]; at += CODE_SIZE + 1)
			if (!at[CODE_SIZE])
				break;
		if (memcmp(at, code.at, CODE_SIZE) == 0)
			return (str) { at, CODE_SIZE };
	}
	return (str) { 0 };
}

int currency_digits(str code)
{
	int digits;

	return find_code(code, &digits).at ? digits : -1;
}

bool currency_valid(str code)
{
	return currency_digits(code) >= 0;
}

bool currency_read(str text, char code[CURRENCY_SIZE])
{
	char capitals[CURRENCY_SIZE] = "";

	if (text.size != CODE_SIZE)
		return false;
	for (size_t i = 0; i < CODE_SIZE; i++)
		capitals[i] = text.at[i] >= 'a' && text.at[i] <= 'z' ? (char)(text.at[i] & ~0x20) : text.at[i];
	if (!currency_valid(str_of(capitals)))
		return false;
	memcpy(code, capitals, sizeof(capitals));
	return true;
}

/* ---- As people write them ---- */

#define POUNDS "GBP FKP GIP SHP EGP LBP SDG SSP SYP"
#define PESOS "MXN ARS CLP COP CUP DOP PHP UYU"

/* Signs and words of one meaning, with | between them. */
static const struct { const char *codes, *written; } signs[] = {
	{ POUNDS, "£|pound|pounds" },
	{ "GBP", "pounds sterling|sterling|quid" },
	{ "EUR", "€|euro|euros" },
	{ CURRENCY_DOLLARS " " PESOS, "$" },
	{ CURRENCY_DOLLARS, "dollar|dollars|bucks" },
	{ "USD", "us$|us dollars" },
	{ "CAD", "ca$|c$" },
	{ "AUD", "a$|au$" },
	{ "NZD", "nz$" },
	{ "HKD", "hk$" },
	{ "SGD", "s$" },
	{ "TWD", "nt$" },
	{ "BRL", "r$|reais" },
	{ "MXN", "mx$" },
	{ PESOS, "peso|pesos" },
	{ "JPY CNY", "¥|￥" },
	{ "JPY", "円|yen" },
	{ "CNY TWD", "元" },
	{ "CNY", "yuan|rmb" },
	{ "INR", "₹" },
	{ "INR PKR LKR NPR MUR SCR", "rs|rs.|rupee|rupees" },
	{ "SEK NOK DKK ISK", "kr|kr." },
	{ "SEK", "kronor" },
	{ "NOK DKK", "kroner" },
	{ "CHF", "fr|fr.|sfr|sfr.|franken" },
	{ "CHF XOF XAF XPF", "francs" },
	{ "PLN", "zł|zl|zloty" },
	{ "CZK", "kč" },
	{ "HUF", "ft|forint" },
	{ "RON MDL", "lei" },
	{ "TRY", "₺|lira" },
	{ "RUB", "₽" },
	{ "RUB BYN", "rubles" },
	{ "KRW", "₩|won|원" },
	{ "ILS", "₪|shekels" },
	{ "VND", "₫|dong" },
	{ "THB", "฿|baht" },
	{ "PHP", "₱" },
	{ "NGN", "₦|naira" },
	{ "UAH", "₴" },
	{ "ZAR", "rand" },
	{ "AED MAD", "dirham|dirhams" },
	{ "KWD BHD JOD TND IQD LYD RSD DZD", "dinar|dinars" },
	{ "SAR QAR OMR", "riyal|riyals" },
};

str currency_written(str text, size_t *size)
{
	str codes = { 0 };
	char code[CURRENCY_SIZE];
	int digits;

	*size = 0;
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		for (str rest = str_of(signs[i].written); rest.size; ) {
			str one = str_cut(&rest, '|');
			if (one.size <= *size || !str_starts_word(text, one))
				continue;
			codes = str_of(signs[i].codes);
			*size = one.size;
		}
	}
	str head = { text.at, CODE_SIZE };
	if (codes.at || text.size < CODE_SIZE || !currency_read(head, code)
	    || !str_starts_word(text, head))
		return codes;
	*size = CODE_SIZE;
	return find_code(str_of(code), &digits);
}

/* ---- For people ---- */

const char *money_text(struct arena *arena, const struct money *money)
{
	uint64_t unit = 1, minor = money->minor < 0 ? -(uint64_t)money->minor : (uint64_t)money->minor;
	const char *code = money->currency, *sign = money->minor < 0 ? "-" : "";

	if (!code)
		return "";
	int digits = currency_digits(str_of(code));
	/* A code that ISO 4217 never had, which a database of before may keep. */
	if (digits < 0)
		return arena_print(arena, "%s %lld in minor units", code, (long long)money->minor);
	if (digits == 0)
		return arena_print(arena, "%s %lld", code, (long long)money->minor);
	for (int i = 0; i < digits; i++)
		unit *= 10;
	return arena_print(arena, "%s %s%llu.%0*llu", code, sign, (unsigned long long)(minor / unit), digits,
	                   (unsigned long long)(minor % unit));
}

/* ---- Sums ---- */

bool sum_add(int64_t *sum, int64_t amount, int64_t times)
{
	int64_t more, total;

	if (__builtin_mul_overflow(amount, times, &more) ||
	    __builtin_add_overflow(*sum, more, &total))
		return false;
	*sum = total;
	return true;
}
