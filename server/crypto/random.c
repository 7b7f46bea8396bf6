/* random.c - the system's CSPRNG, asked directly: OpenSSL's costs private memory and a seeding. */
#include <stdlib.h>
#include <unistd.h>

#include "fatal.h"
#include "seal.h"

#define AT_ONCE 256             /* as much as getentropy() gives */

void random_bytes(void *into, size_t size)
{
	char *at = into;

	while (size > 0) {
		size_t part = size < AT_ONCE ? size : AT_ONCE;
		if (getentropy(at, part) != 0)
			fatal();
		at += part;
		size -= part;
	}
}

char *random_text(struct arena *arena, size_t bytes)
{
	char *raw = arena_alloc_raw(arena, bytes);
	random_bytes(raw, bytes);
	return (char *)base64url(arena, (str) { raw, bytes }).at;
}
