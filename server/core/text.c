/* text.c - slices of text: comparing, cutting, numbers, UTF-8. */

#include "core.h"

bool str_starts(str s, const char *prefix)
{
	size_t size = strlen(prefix);

	return s.size >= size && (size == 0 || memcmp(s.at, prefix, size) == 0);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool str_is_nocase(str a, const char *text)
{
	if (!a.at || strlen(text) != a.size)
		return false;
	for (size_t i = 0; i < a.size; i++)
		if (lower(a.at[i]) != lower(text[i]))
			return false;
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

str str_trim(str s)
{
	while (s.size > 0 && is_blank(s.at[0]))
		s.at++, s.size--;
	while (s.size > 0 && is_blank(s.at[s.size - 1]))
		s.size--;
	return s;
}

str str_cut(str *rest, char separator)
{
	str part = *rest;
	const char *found = part.size > 0 ? memchr(part.at, separator, part.size) : NULL;

	if (!found) {
		*rest = (str) { 0 };
		return part;
	}
	part.size = (size_t)(found - part.at);
	rest->at = found + 1;
	rest->size -= part.size + 1;
	return part;
}

bool str_to_int(str s, int64_t *value)
{
	bool negative = s.size > 0 && s.at[0] == '-';
	int64_t sum = 0;

	if (s.size == negative)
		return false;
	/* Summed up below zero, where there is room for INT64_MIN. */
	for (size_t i = negative; i < s.size; i++) {
		int digit = s.at[i] - '0';
		if (digit < 0 || digit > 9 || __builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_sub_overflow(sum, digit, &sum))
			return false;
	}
	if (!negative && sum == INT64_MIN)
		return false;
	*value = negative ? sum : -sum;
	return true;
}

/* ---- UTF-8 ---- */

/* How many bytes at `at` are plain ASCII, eight at a time. */
static size_t ascii_run(const unsigned char *at, size_t size)
{
	size_t run = 0;

	for (; size - run >= 8; run += 8) {
		uint64_t word;
		memcpy(&word, at + run, 8);
		if (word & UINT64_C(0x8080808080808080))
			break;
	}
	while (run < size && at[run] < 0x80)
		run++;
	return run;
}

/* The size of the sequence at `at`, which does not begin with ASCII; 0: it is not valid. */
static size_t sequence(const unsigned char *at, size_t size)
{
	unsigned char lead = at[0];
	size_t length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 :
	                lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;

	if (length == 0 || length > size)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	/* RFC 3629, section 4: the second byte keeps out what is overlong, surrogates, and all
	 * above U+10FFFF. */
	if ((lead == 0xe0 && at[1] < 0xa0) || (lead == 0xed && at[1] > 0x9f) ||
	    (lead == 0xf0 && at[1] < 0x90) || (lead == 0xf4 && at[1] > 0x8f))
		return 0;
	return length;
}

bool utf8_valid(str s)
{
	const unsigned char *at = (const unsigned char *)s.at;
	size_t left = s.size;

	while (left > 0) {
		size_t step = at[0] < 0x80 ? ascii_run(at, left) : sequence(at, left);
		if (step == 0)
			return false;
		at += step;
		left -= step;
	}
	return true;
}

size_t utf8_length(str s)
{
	size_t length = 0;

	for (size_t i = 0; i < s.size; i++)
		length += ((unsigned char)s.at[i] & 0xc0) != 0x80;
	return length;
}

uint64_t str_hash(str text)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211u;
	return hash;
}
