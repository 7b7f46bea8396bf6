/* base64.c - base64 and base64url, strict: one text for some bytes and no other. */
#include "seal.h"

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char FOR_URLS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* NUL-terminated, for the convenience of random_text(). */
static str encode(struct arena *arena, str bytes, const char *alphabet, bool pad)
{
	const unsigned char *from = (const unsigned char *)bytes.at;
	char *text = arena_alloc_raw(arena, (bytes.size + 2) / 3 * 4 + 1);
	char *to = text;
	size_t left = bytes.size;

	for (; left >= 3; left -= 3, from += 3) {
		*to++ = alphabet[from[0] >> 2];
		*to++ = alphabet[(from[0] & 3) << 4 | from[1] >> 4];
		*to++ = alphabet[(from[1] & 15) << 2 | from[2] >> 6];
		*to++ = alphabet[from[2] & 63];
	}
	if (left > 0) {
		unsigned second = left == 2 ? from[1] : 0;
		*to++ = alphabet[from[0] >> 2];
		*to++ = alphabet[(from[0] & 3U) << 4 | second >> 4];
		if (left == 2)
			*to++ = alphabet[(second & 15) << 2];
		for (size_t i = left; pad && i < 3; i++)
			*to++ = '=';
	}
	*to = '\0';
	return (str) { text, (size_t)(to - text) };
}

static int value_of(char c, const char *alphabet)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == alphabet[62])
		return 62;
	return c == alphabet[63] ? 63 : -1;
}

/* Text without padding. Bits that belong to no byte must be 0. */
static str decode(struct arena *arena, str text, const char *alphabet)
{
	if (!text.at || text.size % 4 == 1)
		return (str) { 0 };
	unsigned char *bytes = arena_alloc_raw(arena, text.size / 4 * 3 + 3);
	size_t size = 0;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < text.size; i++) {
		int value = value_of(text.at[i], alphabet);
		if (value < 0)
			return (str) { 0 };
		held = (held << 6 | (unsigned)value) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			bytes[size++] = (unsigned char)(held >> bits & 0xff);
		}
	}
	if ((held & ((1U << bits) - 1)) != 0)
		return (str) { 0 };
	return (str) { (const char *)bytes, size };
}

str base64url(struct arena *arena, str bytes)
{
	return encode(arena, bytes, FOR_URLS, false);
}

str base64url_open(struct arena *arena, str text)
{
	return decode(arena, text, FOR_URLS);
}

str base64(struct arena *arena, str bytes)
{
	return encode(arena, bytes, STANDARD, true);
}

str base64_open(struct arena *arena, str text)
{
	if (!text.at || text.size % 4 != 0)
		return (str) { 0 };
	if (text.size > 0 && text.at[text.size - 1] == '=')
		text.size -= text.at[text.size - 2] == '=' ? 2 : 1;
	return decode(arena, text, STANDARD);
}
