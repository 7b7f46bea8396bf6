/* plain.c - text as it was typed, or copied from a page, or written by a model, in plain signs. */
#include "core.h"

#define SOFT_HYPHEN 0xad
#define BLANK_MAX 3                     /* bytes */

/* The character that `s` begins with, and its bytes; a byte that is no UTF-8 stands for itself. */
static uint32_t character_of(str s, size_t *size)
{
	const unsigned char *at = (const unsigned char *)s.at;

	*size = utf8_step(s);
	switch (*size) {
	case 2:  return (uint32_t)(at[0] & 0x1f) << 6 | (at[1] & 0x3f);
	case 3:  return (uint32_t)(at[0] & 0x0f) << 12 | (uint32_t)(at[1] & 0x3f) << 6 |
	                (at[2] & 0x3f);
	case 4:  return (uint32_t)(at[0] & 0x07) << 18 | (uint32_t)(at[1] & 0x3f) << 12 |
	                (uint32_t)(at[2] & 0x3f) << 6 | (at[3] & 0x3f);
	case 0:  *size = 1; return at[0] < 0x80 ? at[0] : UINT32_MAX;
	default: return at[0];
	}
}

/* Hyphens, dashes and the minus sign. */
static bool is_hyphen(uint32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe58 ||
	       c == 0xfe63 || c == 0xff0d;
}

static bool is_blank(uint32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* Joiners, marks of direction, the byte order mark: what nobody sees. */
static bool is_nothing(uint32_t c)
{
	return (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x2064) || c == 0xfeff;
}

/* Most characters are seen to be none by their first byte, or their last. */
static bool may_be_blank(char c)
{
	return (unsigned char)c <= ' ' || (unsigned char)c >= 0x80;
}

size_t blank_step(str s)
{
	size_t size;

	if (s.size == 0 || !may_be_blank(*s.at))
		return 0;
	uint32_t c = character_of(s, &size);
	return is_blank(c) || is_nothing(c) || c == SOFT_HYPHEN ? size : 0;
}

/* Of the one that it ends with. */
static size_t last_blank_step(str s)
{
	if (s.size == 0 || !may_be_blank(s.at[s.size - 1]))
		return 0;
	for (size_t size = 1; size <= BLANK_MAX && size <= s.size; size++)
		if (blank_step((str) { s.at + s.size - size, size }) == size)
			return size;
	return 0;
}

str blank_trim(str s)
{
	size_t size;

	while ((size = blank_step(s)))
		s.at += size, s.size -= size;
	while ((size = last_blank_step(s)))
		s.size -= size;
	return s;
}

bool text_blank(const char *text)
{
	return blank_trim(str_of(text)).size == 0;
}

static bool is_plain(const char *text)
{
	const char *end = text;

	for (; *end; end++)
		if ((unsigned char)*end >= 0x80 || (*end >= '\t' && *end <= '\r'))
			return false;
	return text == end || (text[0] != ' ' && end[-1] != ' ');
}

/* A soft hyphen between two signs was seen as a hyphen, unless there is one beside it. */
static bool is_seen(str before, str after)
{
	size_t size;

	return before.size > 0 && before.at[before.size - 1] != '-' && after.size > 0 &&
	       !is_hyphen(character_of(after, &size));
}

const char *text_plain(struct arena *arena, const char *text)
{
	if (is_plain(text))
		return text;

	str rest = str_of(text);
	char *plain = arena_alloc_raw(arena, rest.size + 1);
	size_t used = 0, size;
	while (rest.size > 0) {
		uint32_t c = character_of(rest, &size);
		const char *at = rest.at;
		rest.at += size;
		rest.size -= size;
		if (is_hyphen(c) || (c == SOFT_HYPHEN && is_seen((str) { plain, used }, rest))) {
			plain[used++] = '-';
		} else if (is_blank(c)) {
			plain[used++] = ' ';
		} else if (!is_nothing(c) && c != SOFT_HYPHEN) {
			memcpy(plain + used, at, size);
			used += size;
		}
	}
	plain[used] = '\0';
	return arena_copy(arena, str_trim((str) { plain, used }));
}
