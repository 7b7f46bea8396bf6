/* random.c - the system's CSPRNG, asked directly: OpenSSL's costs private memory and a seeding. */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "seal.h"

void random_bytes(void *into, size_t size)
{
	char *at = into;
	while (size > 0) {
		ssize_t got = getrandom(at, size, 0);
		if (got < 0 && errno != EINTR)
			abort();
		if (got > 0) {
			at += got;
			size -= (size_t)got;
		}
	}
}

char *random_text(struct arena *arena, size_t bytes)
{
	char *raw = arena_alloc_raw(arena, bytes);
	random_bytes(raw, bytes);
	return (char *)base64url(arena, (str) { raw, bytes }).at;
}
