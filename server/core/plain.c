/* plain.c - text as it was typed, or copied from a page, or written by a model, in plain signs. */
#include "core.h"

#define SOFT_HYPHEN 0xad
#define BLANK_MAX 3                     /* bytes */

/* Hyphens, dashes and the minus sign. */
static bool is_hyphen(int32_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 || c == 0xfe58 ||
	       c == 0xfe63 || c == 0xff0d;
}

static bool is_blank(int32_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0xa0 || c == 0x1680 ||
	       (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
	       c == 0x205f || c == 0x3000;
}

/* Joiners, marks of direction, the byte order mark: what nobody sees. */
static bool is_nothing(int32_t c)
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
	str rest = s;

	if (s.size == 0 || !may_be_blank(*s.at))
		return 0;
	int32_t c = utf8_take(&rest);
	return is_blank(c) || is_nothing(c) || c == SOFT_HYPHEN ? s.size - rest.size : 0;
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
	return before.size > 0 && before.at[before.size - 1] != '-' && after.size > 0 &&
	       !is_hyphen(utf8_take(&after));
}

const char *text_plain(struct arena *arena, const char *text)
{
	if (is_plain(text))
		return text;

	str rest = str_of(text);
	char *plain = arena_alloc_raw(arena, rest.size + 1);
	size_t used = 0;
	while (rest.size > 0) {
		const char *at = rest.at;
		int32_t c = utf8_take(&rest);
		if (is_hyphen(c) || (c == SOFT_HYPHEN && is_seen((str) { plain, used }, rest))) {
			plain[used++] = '-';
		} else if (is_blank(c)) {
			plain[used++] = ' ';
		} else if (!is_nothing(c) && c != SOFT_HYPHEN) {
			memcpy(plain + used, at, (size_t)(rest.at - at));
			used += (size_t)(rest.at - at);
		}
	}
	plain[used] = '\0';
	return arena_copy(arena, str_trim((str) { plain, used }));
}
