/* amount.c - see amount.h. */
#include "amount.h"

#define BASE 1000000000u
#define LIMB_DIGITS 9
#define BEHIND 27                       /* digits behind the point */
#define BEFORE 18                       /* that are read before it */
#define EXPONENT_MAX 64
#define CENT 10000000u                  /* in the limb behind the point */
#define SHARE_MAX 1000000000u

/* ---- Magnitudes ---- */

static int compare(const struct amount *a, const struct amount *b)
{
	for (int i = AMOUNT_LIMBS - 1; i >= 0; i--)
		if (a->limbs[i] != b->limbs[i])
			return a->limbs[i] < b->limbs[i] ? -1 : 1;
	return 0;
}

static struct amount add(const struct amount *a, const struct amount *b)
{
	struct amount sum = { .negative = a->negative };
	uint32_t carry = 0;

	for (int i = 0; i < AMOUNT_LIMBS; i++) {
		uint32_t limb = a->limbs[i] + b->limbs[i] + carry;
		carry = limb >= BASE;
		sum.limbs[i] = limb - (carry ? BASE : 0);
	}
	return sum;
}

/* `a` is the larger. */
static struct amount subtract(const struct amount *a, const struct amount *b)
{
	struct amount rest = { .negative = a->negative };
	uint32_t borrow = 0;

	for (int i = 0; i < AMOUNT_LIMBS; i++) {
		uint32_t take = b->limbs[i] + borrow;
		borrow = a->limbs[i] < take;
		rest.limbs[i] = a->limbs[i] + (borrow ? BASE : 0) - take;
	}
	return rest;
}

static struct amount times(const struct amount *amount, uint32_t factor)
{
	struct amount product = { 0 };
	uint64_t carry = 0;

	for (int i = 0; i < AMOUNT_LIMBS; i++) {
		carry += (uint64_t)amount->limbs[i] * factor;
		product.limbs[i] = (uint32_t)(carry % BASE);
		carry /= BASE;
	}
	return product;
}

/* ---- Sums ---- */

bool amount_is_zero(struct amount amount)
{
	return compare(&amount, &(struct amount) { 0 }) == 0;
}

struct amount amount_sum(struct amount a, struct amount b)
{
	if (a.negative == b.negative)
		return add(&a, &b);
	int order = compare(&a, &b);
	return order == 0 ? (struct amount) { 0 } : order > 0 ? subtract(&a, &b) : subtract(&b, &a);
}

static struct amount negated(struct amount amount)
{
	amount.negative = !amount.negative && !amount_is_zero(amount);
	return amount;
}

struct amount amount_difference(struct amount a, struct amount b)
{
	return amount_sum(a, negated(b));
}

int amount_compare(struct amount a, struct amount b)
{
	if (a.negative != b.negative)
		return a.negative ? -1 : 1;
	return a.negative ? -compare(&a, &b) : compare(&a, &b);
}

/* ---- Texts ---- */

/* One digit at a power of ten. False: it lies outside, and is not 0. */
static bool put_digit(struct amount *amount, int digit, int power)
{
	int place = power + BEHIND;
	uint32_t value = (uint32_t)digit;

	if (digit == 0)
		return true;
	if (place < 0 || power >= BEFORE)
		return false;
	for (int i = 0; i < place % LIMB_DIGITS; i++)
		value *= 10;
	amount->limbs[place / LIMB_DIGITS] += value;
	return true;
}

/* Takes E-7 off. False: it is no exponent, or none that anything could have. */
static bool read_exponent(str *text, int *exponent)
{
	const char *e = memchr(text->at, 'E', text->size);
	int64_t value = 0;

	if (!e)
		e = memchr(text->at, 'e', text->size);
	if (e) {
		str digits = { e + 1, text->size - (size_t)(e + 1 - text->at) };
		if (digits.size > 0 && *digits.at == '+')
			digits = (str) { digits.at + 1, digits.size - 1 };
		text->size = (size_t)(e - text->at);
		if (!str_to_int(digits, &value) || value < -EXPONENT_MAX || value > EXPONENT_MAX)
			return false;
	}
	*exponent = (int)value;
	return true;
}

static bool is_digits(str text)
{
	for (size_t i = 0; i < text.size; i++)
		if (text.at[i] < '0' || text.at[i] > '9')
			return false;
	return true;
}

static bool put_digits(struct amount *amount, str digits, int power)
{
	for (size_t i = 0; i < digits.size; i++)
		if (!put_digit(amount, digits.at[i] - '0', power - (int)i))
			return false;
	return true;
}

#define TEXT_MAX 128

bool amount_read(const char *text, struct amount *amount)
{
	str rest = str_of(text);
	bool negative = str_starts(rest, "-");
	struct amount read = { 0 };
	int exponent;

	rest = negative ? (str) { rest.at + 1, rest.size - 1 } : rest;
	if (rest.size > TEXT_MAX || !read_exponent(&rest, &exponent))
		return false;
	str whole = str_cut(&rest, '.');
	if (whole.size + rest.size == 0 || !is_digits(whole) || !is_digits(rest))
		return false;
	if (!put_digits(&read, whole, (int)whole.size - 1 + exponent) || !put_digits(&read, rest, exponent - 1))
		return false;
	read.negative = negative && !amount_is_zero(read);
	*amount = read;
	return true;
}

/* To cents, half of one to the even. */
static struct amount rounded(struct amount amount)
{
	uint32_t rest = amount.limbs[2] % CENT;
	bool below = amount.limbs[1] > 0 || amount.limbs[0] > 0, odd = amount.limbs[2] / CENT % 2 == 1;
	bool up = rest > CENT / 2 || (rest == CENT / 2 && (below || odd));
	struct amount cent = { .limbs = { [2] = CENT } };

	amount.limbs[0] = amount.limbs[1] = 0;
	amount.limbs[2] -= rest;
	struct amount sum = up ? add(&amount, &cent) : amount;
	sum.negative = amount.negative && !amount_is_zero(sum);
	return sum;
}

char *amount_text(struct arena *arena, struct amount amount)
{
	struct amount shown = rounded(amount);
	int top = AMOUNT_LIMBS - 1;

	while (top > 3 && shown.limbs[top] == 0)
		top--;
	char *text = arena_print(arena, "%s%u", shown.negative ? "-" : "", shown.limbs[top]);
	while (--top >= 3)
		text = arena_print(arena, "%s%09u", text, shown.limbs[top]);
	return arena_print(arena, "%s.%02u", text, shown.limbs[2] / CENT);
}

/* ---- Shares ---- */

/* How often `whole` is in `of`: up to SHARE_MAX, which stands for more. */
static uint32_t quotient(const struct amount *of, const struct amount *whole)
{
	uint32_t least = 0, most = SHARE_MAX;

	while (least < most) {
		uint32_t middle = least + (most - least + 1) / 2;
		struct amount product = times(whole, middle);
		if (compare(&product, of) <= 0)
			least = middle;
		else
			most = middle - 1;
	}
	return least;
}

bool amount_share(struct amount part, struct amount whole, double *percent)
{
	struct amount thousand = times(&part, 1000);

	if (amount_is_zero(whole))
		return false;
	uint32_t tenths = quotient(&thousand, &whole);
	if (tenths == SHARE_MAX)
		return false;
	struct amount taken = times(&whole, tenths), rest = subtract(&thousand, &taken), twice = add(&rest, &rest);
	int half = compare(&twice, &whole);
	tenths += half > 0 || (half == 0 && tenths % 2 == 1);
	*percent = (part.negative != whole.negative ? -1 : 1) * (double)tenths / 10;
	return true;
}
