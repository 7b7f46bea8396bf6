/* sha256.c - SHA-256 without OpenSSL's providers.
 *
 * The hash functions proper of libcrypto need no context, no allocation and no start of the
 * library, which costs 1.3 MiB of private memory and, in the one-shot call, a lookup by name each
 * time. They are marked deprecated in favour of the providers' but are the same code. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "sha256.h"

void digest_of(str bytes, uint8_t digest[DIGEST_SIZE])
{
	SHA256_CTX hash;
	SHA256_Init(&hash);
	SHA256_Update(&hash, bytes.at, bytes.size);
	SHA256_Final(digest, &hash);
}

void digest_for(const char *label, str bytes, uint8_t digest[DIGEST_SIZE])
{
	SHA256_CTX hash;
	SHA256_Init(&hash);
	SHA256_Update(&hash, label, strlen(label) + 1);
	SHA256_Update(&hash, bytes.at, bytes.size);
	SHA256_Final(digest, &hash);
}

void digest_print(const uint8_t digest[DIGEST_SIZE], char text[DIGEST_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		text[2 * i] = digits[digest[i] >> 4];
		text[2 * i + 1] = digits[digest[i] & 15];
	}
	text[2 * DIGEST_SIZE] = '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool digest_parse(str text, uint8_t digest[DIGEST_SIZE])
{
	if (text.size != 2 * DIGEST_SIZE)
		return false;
	for (size_t i = 0; i < DIGEST_SIZE; i++) {
		int high = hex_value(text.at[2 * i]), low = hex_value(text.at[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		digest[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}
