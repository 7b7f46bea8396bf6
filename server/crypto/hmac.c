/* hmac.c - HMAC-SHA-256 (RFC 2104), without OpenSSL's providers: see sha256.c. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "sha256.h"

#define BLOCK_SIZE 64

/* A hash that has begun with the key, under a mask. */
static void begin(SHA256_CTX *hash, const uint8_t key[BLOCK_SIZE], uint8_t mask)
{
	uint8_t pad[BLOCK_SIZE];

	for (size_t i = 0; i < BLOCK_SIZE; i++)
		pad[i] = key[i] ^ mask;
	SHA256_Init(hash);
	SHA256_Update(hash, pad, sizeof(pad));
	explicit_bzero(pad, sizeof(pad));
}

void digest_keyed(str key, str bytes, uint8_t digest[DIGEST_SIZE])
{
	uint8_t block[BLOCK_SIZE] = { 0 }, inner[DIGEST_SIZE];
	SHA256_CTX hash;

	if (key.size > BLOCK_SIZE)
		digest_of(key, block);
	else if (key.size > 0)
		memcpy(block, key.at, key.size);
	begin(&hash, block, 0x36);
	SHA256_Update(&hash, bytes.at, bytes.size);
	SHA256_Final(inner, &hash);
	begin(&hash, block, 0x5c);
	SHA256_Update(&hash, inner, sizeof(inner));
	SHA256_Final(digest, &hash);
	explicit_bzero(block, sizeof(block));
	explicit_bzero(&hash, sizeof(hash));
}
