/* utf8.c - UTF-8: what is a character, and how text of others is told where it must be UTF-8. */

#include "core.h"

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

size_t utf8_step(str s)
{
	const unsigned char *at = (const unsigned char *)s.at;

	return at[0] < 0x80 ? 1 : sequence(at, s.size);
}

int32_t utf8_take(str *s)
{
	const unsigned char *at = (const unsigned char *)s->at;
	size_t size = utf8_step(*s);
	int32_t c = -1;

	switch (size) {
	case 1: c = at[0]; break;
	case 2: c = (at[0] & 0x1f) << 6 | (at[1] & 0x3f); break;
	case 3: c = (at[0] & 0x0f) << 12 | (at[1] & 0x3f) << 6 | (at[2] & 0x3f); break;
	case 4:
		c = (at[0] & 0x07) << 18 | (at[1] & 0x3f) << 12 | (at[2] & 0x3f) << 6 |
		    (at[3] & 0x3f);
		break;
	default: size = 1; break;
	}
	s->at += size;
	s->size -= size;
	return c;
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

size_t utf8_put(uint32_t c, char into[UTF8_MAX])
{
	static const unsigned char leads[] = { 0, 0xc0, 0xe0, 0xf0 };
	size_t more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;

	into[0] = (char)(leads[more] | c >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		into[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3f));
	return more + 1;
}

/* ---- Text of others ---- */

/* U+0000 to U+001F, U+007F, U+0080 to U+009F: a terminal may obey them. */
static bool is_control(const char *character, size_t size)
{
	unsigned char c = (unsigned char)character[0];

	return size == 1 ? c < 0x20 || c == 0x7f
	                 : size == 2 && c == 0xc2 && (unsigned char)character[1] < 0xa0;
}

struct quote str_quote(str text, size_t size_max)
{
	struct quote quote;
	size_t used = 0;

	if (size_max > QUOTE_MAX)
		size_max = QUOTE_MAX;
	while (text.size > 0) {
		size_t step = utf8_step(text);
		bool fine = step > 0 && !is_control(text.at, step);
		str shown = fine ? (str) { text.at, step } : STR(REPLACEMENT);
		if (used + shown.size > size_max)
			break;
		memcpy(quote.text + used, shown.at, shown.size);
		used += shown.size;
		step += step == 0;
		text.at += step;
		text.size -= step;
	}
	memcpy(quote.text + used, text.size > 0 ? "…" : "", text.size > 0 ? sizeof("…") : 1);
	return quote;
}
