/* amount.c - numbers as people and programs write them in tables: 1250, 12.50, 12,50, 1.250,00. */
#include "amount.h"

#define GROUPS_MAX 12

/* Runs of digits, and what stands before each: '.', ',', '\'', or ' ' for any blank. */
struct number {
	str groups[GROUPS_MAX];
	char marks[GROUPS_MAX];
	size_t count;
	bool negative;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t mark_step(str text, char *mark)
{
	size_t size = blank_step(text);

	*mark = size ? ' ' : *text.at;
	if (size)
		return size;
	if (str_starts(text, "\xe2\x80\x99")) {         /* an apostrophe, as Swiss programs write it */
		*mark = '\'';
		return 3;
	}
	return *mark == '.' || *mark == ',' || *mark == '\'';
}

/* False: it has something else in it, or a mark without digits on both sides. */
static bool split(str text, struct number *number)
{
	char mark = 0;

	*number = (struct number) { .negative = text.size && *text.at == '-' };
	text.at += number->negative, text.size -= number->negative;
	while (number->count < GROUPS_MAX) {
		str group = { text.at, 0 };
		while (group.size < text.size && is_digit(text.at[group.size]))
			group.size++;
		if (group.size == 0)
			return false;
		number->marks[number->count] = mark;
		number->groups[number->count++] = group;
		text.at += group.size, text.size -= group.size;
		if (text.size == 0)
			return true;
		size_t step = mark_step(text, &mark);
		if (step == 0)
			return false;
		text.at += step, text.size -= step;
	}
	return false;
}

/* From `first` to before `end` they part thousands: all by the same mark, in threes (in India the
 * upper ones in twos). */
static bool are_thousands(const struct number *number, size_t end)
{
	for (size_t i = 1; i < end; i++) {
		size_t size = number->groups[i].size;
		if (number->marks[i] != number->marks[1] || (size != 3 && (size != 2 || i + 1 == end)))
			return false;
	}
	return end == 1 || number->groups[0].size <= 3;
}

static bool is_decimal(char mark)
{
	return mark == '.' || mark == ',';
}

/* One mark with three digits behind it, and as many before it as a thousand may have. */
static bool is_ambiguous(const struct number *number, int digits, bool commas)
{
	str whole = number->groups[0];

	if (number->count != 2 || !is_decimal(number->marks[1]) || number->groups[1].size != 3
	    || whole.size > 3 || *whole.at == '0')
		return false;
	return digits != 3 || commas || number->marks[1] == ',';
}

static bool add_digits(str group, int64_t *value)
{
	for (size_t i = 0; i < group.size; i++)
		if (__builtin_mul_overflow(*value, 10, value)
		    || __builtin_add_overflow(*value, group.at[i] - '0', value))
			return false;
	return true;
}

static bool are_zeros(str group)
{
	for (size_t i = 0; i < group.size; i++)
		if (group.at[i] != '0')
			return false;
	return true;
}

/* The whole part is the first `end` groups; what is behind is the fraction. */
static bool add_up(const struct number *number, size_t end, int digits, int64_t *value)
{
	str fraction = end < number->count ? number->groups[end] : (str) { "", 0 };
	size_t kept = fraction.size < (size_t)digits ? fraction.size : (size_t)digits;
	int64_t sum = 0;

	for (size_t i = 0; i < end; i++)
		if (!add_digits(number->groups[i], &sum))
			return false;
	if (!are_zeros((str) { fraction.at + kept, fraction.size - kept })
	    || !add_digits((str) { fraction.at, kept }, &sum))
		return false;
	for (; kept < (size_t)digits; kept++)
		if (__builtin_mul_overflow(sum, 10, &sum))
			return false;
	*value = number->negative ? -sum : sum;
	return true;
}

enum amount amount_read(str text, int digits, bool commas, int64_t *value)
{
	struct number number;
	size_t last, end;

	if (!split(text, &number))
		return AMOUNT_NONE;
	if (is_ambiguous(&number, digits, commas))
		return AMOUNT_AMBIGUOUS;
	/* The last mark is a decimal one where it comes once; else all part thousands. */
	last = number.count - 1;
	end = number.count;
	if (last > 0 && is_decimal(number.marks[last])
	    && (last == 1 || number.marks[last] != number.marks[last - 1]))
		end = last;
	if (!are_thousands(&number, end))
		return AMOUNT_NONE;
	return add_up(&number, end, digits, value) ? AMOUNT_READ : AMOUNT_TOO_FINE;
}
