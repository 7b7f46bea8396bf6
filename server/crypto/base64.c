/* base64.c - base64 and base64url, strict: one text for some bytes and no other. */
#include <limits.h>
#include <openssl/evp.h>

#include "seal.h"

#define AT_ONCE (3 << 20)               /* OpenSSL counts in int */

static void exchange(char *text, size_t size, char from, char to)
{
	for (char *end = text + size; (text = memchr(text, from, (size_t)(end - text))); text++)
		*text = to;
}

/* NUL-terminated, for the convenience of random_text(). */
str base64(struct arena *arena, str bytes)
{
	unsigned char *text = arena_alloc_raw(arena, (bytes.size + 2) / 3 * 4 + 1);
	size_t size = 0;

	text[0] = '\0';
	for (size_t done = 0; done < bytes.size; done += AT_ONCE) {
		size_t part = bytes.size - done < AT_ONCE ? bytes.size - done : AT_ONCE;
		size += (size_t)EVP_EncodeBlock(text + size, (const unsigned char *)bytes.at + done,
		                                (int)part);
	}
	return (str) { (char *)text, size };
}

str base64url(struct arena *arena, str bytes)
{
	char *text = (char *)base64(arena, bytes).at;
	size_t size = (bytes.size * 4 + 2) / 3;

	text[size] = '\0';              /* without what pads it */
	exchange(text, size, '+', '-');
	exchange(text, size, '/', '_');
	return (str) { text, size };
}

/* OpenSSL takes blanks around it, and bits that belong to no byte: so it must be the very text that
 * `encode` makes of the bytes. */
static str decode(struct arena *arena, str text, str (*encode)(struct arena *arena, str bytes))
{
	if (!text.at || text.size > INT_MAX / 2)
		return (str) { 0 };
	size_t size = (text.size + 3) / 4 * 4, pad = 0;
	char *padded = arena_alloc_raw(arena, size);
	unsigned char *bytes = arena_alloc_raw(arena, size / 4 * 3 + 1);

	memcpy(padded, text.at, text.size);
	memset(padded + text.size, '=', size - text.size);
	exchange(padded, size, '-', '+');
	exchange(padded, size, '_', '/');
	while (pad < size && padded[size - pad - 1] == '=')
		pad++;
	int read = EVP_DecodeBlock(bytes, (const unsigned char *)padded, (int)size);
	if (read < 0 || (size_t)read < pad)
		return (str) { 0 };
	str plain = { (const char *)bytes, (size_t)read - pad };
	return str_same(encode(arena, plain), text) ? plain : (str) { 0 };
}

str base64_open(struct arena *arena, str text)
{
	return decode(arena, text, base64);
}

str base64url_open(struct arena *arena, str text)
{
	return decode(arena, text, base64url);
}
