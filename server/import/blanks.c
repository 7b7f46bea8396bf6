/* blanks.c - blanks that nobody sees: no-break, thin, of no width. */
#include "blanks.h"

struct blank {
	const char *bytes;
	size_t size;
};

#define BLANK(bytes_) { bytes_, sizeof(bytes_) - 1 }

static const struct blank wide[] = {
	BLANK(" "), BLANK("\t"), BLANK("\r"), BLANK("\n"), BLANK("\v"), BLANK("\f"),
	BLANK("\xc2\xa0"),              /* no-break */
	BLANK("\xe2\x80\xaf"), BLANK("\xe2\x80\x89"), BLANK("\xe2\x80\x8a"), BLANK("\xe2\x80\x80"),
	BLANK("\xe2\x80\x81"), BLANK("\xe2\x80\x82"), BLANK("\xe2\x80\x83"), BLANK("\xe2\x80\x84"),
	BLANK("\xe2\x80\x85"), BLANK("\xe2\x80\x86"), BLANK("\xe2\x80\x87"), BLANK("\xe2\x80\x88"),
	BLANK("\xe3\x80\x80"),
	{ 0 },
};

static const struct blank of_no_width[] = {
	BLANK("\xe2\x80\x8b"), BLANK("\xe2\x80\x8c"), BLANK("\xe2\x80\x8d"),
	BLANK("\xe2\x80\x8e"), BLANK("\xe2\x80\x8f"),   /* marks of direction */
	BLANK("\xe2\x81\xa0"), BLANK("\xef\xbb\xbf"),
	BLANK("\xc2\xad"),              /* a hyphen that shows at the end of a line */
	{ 0 },
};

/* Most characters are seen to be none by their first byte, or their last. */
static bool may_be(unsigned char byte)
{
	return byte <= ' ' || byte >= 0x80;
}

static size_t step(str text, const struct blank *blanks)
{
	if (text.size == 0 || !may_be((unsigned char)*text.at))
		return 0;
	for (; blanks->bytes; blanks++)
		if (text.size >= blanks->size && memcmp(text.at, blanks->bytes, blanks->size) == 0)
			return blanks->size;
	return 0;
}

size_t blank_step(str text)
{
	size_t size = step(text, wide);

	return size ? size : step(text, of_no_width);
}

/* Of the blank that it ends with. */
static size_t last_step(str text)
{
	if (text.size == 0 || !may_be((unsigned char)text.at[text.size - 1]))
		return 0;
	for (size_t size = 1; size <= 3 && size <= text.size; size++)
		if (blank_step((str) { text.at + text.size - size, size }) == size)
			return size;
	return 0;
}

str blanks_trim(str text)
{
	size_t size;

	while ((size = blank_step(text)))
		text.at += size, text.size -= size;
	while ((size = last_step(text)))
		text.size -= size;
	return text;
}

str blanks_clean(char *text)
{
	str rest = blanks_trim(str_of(text));
	char *to = text;

	while (rest.size) {
		size_t nothing = step(rest, of_no_width), blank = nothing ? 0 : step(rest, wide);
		size_t size = nothing ? nothing : blank ? blank : 1;
		if (!nothing)
			*to++ = blank ? ' ' : *rest.at;
		rest.at += size;
		rest.size -= size;
	}
	*to = '\0';
	return (str) { text, (size_t)(to - text) };
}
