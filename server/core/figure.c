/* figure.c - see figure.h. */
#include "figure.h"

enum { GROUPS_MAX = 12 };

/* Digits in groups, with one mark before each but the first. */
struct number {
	int groups;
	size_t size[GROUPS_MAX];
	char before[GROUPS_MAX];        /* '.', ',', '\'', FIGURE_POINT, or ' ' for any blank */
	char first;                     /* digit */
};

static bool is_digit(str text, size_t at)
{
	return at < text.size && text.at[at] >= '0' && text.at[at] <= '9';
}

static size_t mark_step(str text, char *mark)
{
	static const struct { const char *bytes; char mark; } marks[] = {
		{ ".", '.' }, { ",", ',' }, { "'", '\'' }, { "’", '\'' }, { "٬", '\'' },
		{ "٫", FIGURE_POINT },
	};
	size_t size = blank_step(text);

	*mark = ' ';
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks) && size == 0; i++) {
		size = str_starts(text, marks[i].bytes) ? strlen(marks[i].bytes) : 0;
		*mark = marks[i].mark;
	}
	return size;
}

/* Takes a mark off behind which the number goes on: behind a blank three digits must follow. */
static bool take_mark(str *text, char *mark)
{
	size_t at = mark_step(*text, mark);
	bool goes_on = at > 0 && is_digit(*text, at)
	               && (*mark != ' ' || (is_digit(*text, at + 1) && is_digit(*text, at + 2)
	                                    && !is_digit(*text, at + 3)));

	text->at += goes_on ? at : 0;
	text->size -= goes_on ? at : 0;
	return goes_on;
}

static bool take_digits(str *text, int64_t *value, size_t *size)
{
	bool fits = true;

	for (*size = 0; is_digit(*text, 0); text->at++, text->size--, ++*size)
		fits = fits && !__builtin_mul_overflow(*value, 10, value)
		       && !__builtin_add_overflow(*value, *text->at - '0', value);
	return fits;
}

static bool scan(str *text, struct number *number, int64_t *value)
{
	bool fits = true;
	char mark = '\0';

	*number = (struct number) { .groups = 0, .first = *text->at };
	*value = 0;
	do {
		if (number->groups == GROUPS_MAX)
			return false;
		number->before[number->groups] = mark;
		fits &= take_digits(text, value, &number->size[number->groups++]);
	} while (take_mark(text, &mark));
	return fits;
}

/* 1,000,000 or, as in India, 10,00,000: its first groups. */
static bool is_grouped(const struct number *number, int groups)
{
	bool threes = number->size[0] >= 1 && number->size[0] <= 3 && number->first != '0';
	bool twos = number->size[0] >= 1 && number->size[0] <= 2 && number->first != '0' &&
	            groups > 2 && number->before[1] == ',' && number->size[groups - 1] == 3;

	for (int i = 1; i < groups; i++) {
		if (number->before[i] != number->before[1] || number->before[i] == FIGURE_POINT)
			return false;
		threes = threes && number->size[i] == 3;
		twos = twos && (i == groups - 1 || number->size[i] == 2);
	}
	return threes || twos;
}

static bool is_fraction(const struct number *number)
{
	int last = number->groups - 1;
	char point = number->before[last];

	if (last == 0 || (point != '.' && point != ',' && point != FIGURE_POINT))
		return false;
	return last == 1 || (number->before[1] != point && is_grouped(number, last));
}

bool figure_read(str *text, struct figure *figure)
{
	struct number number;
	char mark;
	size_t begins = is_digit(*text, 0) ? 0 : mark_step(*text, &mark);

	*figure = (struct figure) { 0 };
	if (!is_digit(*text, begins) || (begins > 0 && (mark == ' ' || mark == '\'')))
		return false;
	if (!scan(text, &number, &figure->value))
		return true;
	int last = number.groups - 1;
	figure->whole = last == 0 || is_grouped(&number, number.groups);
	figure->fraction = is_fraction(&number);
	figure->point = figure->fraction ? number.before[last] : '\0';
	figure->decimals = figure->fraction ? (int)number.size[last] : 0;
	figure->grouped = figure->fraction && last > 1;
	return true;
}

bool figure_shift(int64_t value, int power, int64_t *shifted)
{
	for (; power < 0 && value; power++) {
		if (value % 10)
			return false;
		value /= 10;
	}
	for (; power > 0; power--)
		if (__builtin_mul_overflow(value, 10, &value))
			return false;
	*shifted = value;
	return true;
}
