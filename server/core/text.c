/* text.c - slices of text: comparing, cutting, numbers; ASCII's capitals. */
#include "core.h"

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool letters_same(const char *a, const char *b, size_t size)
{
	if (size == 0 || memcmp(a, b, size) == 0)
		return true;
	for (size_t i = 0; i < size; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* Of any script; the signs of currencies, and most others, begin with the bytes C2 and E2. */
static bool begins_letter(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z')
	       || ((unsigned char)c > 0xc2 && (unsigned char)c != 0xe2);
}

bool str_starts_word(str text, str word)
{
	if (word.size == 0 || text.size < word.size)
		return false;
	for (size_t i = 0; i < word.size; i++)
		if (lower(text.at[i]) != lower(word.at[i]))
			return false;
	char first = word.at[0], last = word.at[word.size - 1];
	bool is_word = ((unsigned char)first < 0x80 || (unsigned char)first == 0xc3)
	               && begins_letter(first) && ((unsigned char)last >= 0x80 || begins_letter(last));
	return !is_word || text.size == word.size || !begins_letter(text.at[word.size]);
}

char *text_capitals(struct arena *arena, const char *text)
{
	char *copy = arena_copy(arena, str_of(text));

	for (char *at = copy; *at; at++)
		if (*at >= 'a' && *at <= 'z')
			*at = (char)(*at - ('a' - 'A'));
	return copy;
}

char *text_small(struct arena *arena, const char *text)
{
	char *copy = arena_copy(arena, str_of(text));

	for (char *at = copy; *at; at++)
		*at = lower(*at);
	return copy;
}

/* RFC 3986, 2.3. */
static bool is_unreserved(char c)
{
	char small = lower(c);

	return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') || (c && strchr("-._~", c));
}

char *text_in_uri(struct arena *arena, const char *text)
{
	str given = str_of(text);
	char *in = arena_alloc(arena, 3 * given.size + 1), *at = in;

	for (size_t i = 0; i < given.size; i++) {
		unsigned char c = (unsigned char)given.at[i];
		if (is_unreserved((char)c)) {
			*at++ = (char)c;
		} else {
			*at++ = '%';
			*at++ = "0123456789ABCDEF"[c >> 4];
			*at++ = "0123456789ABCDEF"[c & 15];
		}
	}
	return in;
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

bool str_lists(str list, char separator, str item)
{
	while (list.size > 0)
		if (str_same(str_cut(&list, separator), item))
			return true;
	return false;
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

uint64_t str_hash(str text)
{
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < text.size; i++)
		hash = (hash ^ (unsigned char)text.at[i]) * 1099511628211u;
	return hash;
}
