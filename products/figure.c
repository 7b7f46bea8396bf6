/* figure.c - see figure.h. */
#include "figure.h"

#include <utf8proc.h>

/* ---- Plain text ---- */

/* What follows a zero are the other nine. */
static const int32_t zeros[] = {
	0x0660, 0x06f0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66, 0x0e50,
	0x0ed0, 0x0f20, 0x1040, 0x17e0, 0x1810, 0xff10,
};

static int32_t plain_character(int32_t c)
{
	for (size_t i = 0; i < sizeof(zeros) / sizeof(*zeros); i++)
		if (c >= zeros[i] && c < zeros[i] + 10)
			return '0' + c - zeros[i];
	switch (c) {
	case 0x60: case 0xb4: case 0x2bc: case 0x2018: case 0x2019: case 0x2032:
	case 0x66c:  return '\'';       /* Arabic's sign between thousands */
	case 0x66b:  return FIGURE_POINT;
	case 0x60c:  return ',';
	case 0x2264: return '<';
	case 0x2265: return '>';
	case 0x2248: case 0x223c: case 0x301c: return '~';
	case 0xffe1: return 0xa3;       /* £ and ¥ of full width */
	case 0xffe5: return 0xa5;
	case FIGURE_POINT: return ' ';
	default:     break;
	}
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xff01 - '!';
	return utf8proc_tolower(c);
}

const char *figure_plain(struct arena *arena, const char *text)
{
	str rest = str_of(text_plain(arena, text));
	char *plain = arena_alloc_raw(arena, 4 * rest.size + 1);
	size_t used = 0;

	while (rest.size > 0) {
		int32_t c = utf8_take(&rest);
		used += (size_t)utf8proc_encode_char(plain_character(c < 0 ? 0xfffd : c),
		                                     (utf8proc_uint8_t *)plain + used);
	}
	plain[used] = '\0';
	return plain;
}

/* ---- Numbers ---- */

enum { GROUPS_MAX = 8, DIGITS_MAX = 18 };

/* Digits in groups, with one separator before each but the first. */
struct number {
	int groups;
	int size[GROUPS_MAX];
	char before[GROUPS_MAX];
	char first;                     /* digit */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_group_of_three(const char *at)
{
	return is_digit(at[0]) && is_digit(at[1]) && is_digit(at[2]) && !is_digit(at[3]);
}

/* A blank only is a separator where three digits follow. */
static bool goes_on(const char *at)
{
	return (*at && strchr(".,'\1", *at) && is_digit(at[1])) ||
	       (*at == ' ' && is_group_of_three(at + 1));
}

static bool scan(const char **text, struct number *number, int64_t *value)
{
	const char *at = *text;
	int digits = 0;

	*number = (struct number) { .groups = 0, .first = *at };
	*value = 0;
	for (;;) {
		int group = number->groups++;
		number->before[group] = group ? at[-1] : '\0';
		number->size[group] = 0;
		for (; is_digit(*at); at++, number->size[group]++, digits++)
			if (digits < DIGITS_MAX)
				*value = *value * 10 + (*at - '0');
		*text = at;
		if (!goes_on(at))
			break;
		if (number->groups == GROUPS_MAX)
			return false;
		at++;
	}
	return digits <= DIGITS_MAX;
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

bool figure_read(const char **text, struct figure *figure)
{
	struct number number;

	*figure = (struct figure) { 0 };
	if (!is_digit(**text) && !(**text && strchr(".,\1", **text) && is_digit((*text)[1])))
		return false;
	if (!scan(text, &number, &figure->value))
		return true;
	figure->whole = number.groups == 1 || is_grouped(&number, number.groups);
	figure->fraction = is_fraction(&number);
	figure->decimals = figure->fraction ? number.size[number.groups - 1] : 0;
	figure->grouped = figure->fraction && number.groups > 2;
	return true;
}
