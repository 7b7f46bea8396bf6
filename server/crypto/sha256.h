/* sha256.h - SHA-256, of keys and for deriving keys, and with a key. */
#ifndef SHA256_H
#define SHA256_H

#include "core.h"

#define DIGEST_SIZE 32
#define DIGEST_TEXT_SIZE (2 * DIGEST_SIZE + 1)

void digest_of(str bytes, uint8_t digest[DIGEST_SIZE]);
/* Of `label`, a NUL and `bytes`: digests made for one purpose say nothing about another's. */
void digest_for(const char *label, str bytes, uint8_t digest[DIGEST_SIZE]);
/* HMAC-SHA-256 (RFC 2104). `digest` may be where the key stands. */
void digest_keyed(str key, str bytes, uint8_t digest[DIGEST_SIZE]);
void digest_print(const uint8_t digest[DIGEST_SIZE], char text[DIGEST_TEXT_SIZE]);
/* Reads 64 hexadecimal digits, of either case. */
MUST_USE bool digest_parse(str text, uint8_t digest[DIGEST_SIZE]);

#endif
