/* sha1.c - SHA-1, without OpenSSL's providers: see sha256.c. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
#include <stdio.h>

#include "sha1.h"

void sha1_print(str bytes, char text[SHA1_TEXT_SIZE])
{
	uint8_t digest[SHA_DIGEST_LENGTH];
	SHA_CTX hash;

	SHA1_Init(&hash);
	SHA1_Update(&hash, bytes.at, bytes.size);
	SHA1_Final(digest, &hash);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
}
