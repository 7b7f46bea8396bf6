/* token_cache.h - tokens that were found good, and whose they are: of this thread. */
#ifndef TOKEN_CACHE_H
#define TOKEN_CACHE_H

#include "auth.h"
#include "sha256.h"

/* The caller of the token with that digest, verified with the keys of that number (key_source_keys()) and not
 * expired; the cache's, valid until the thread's next call. NULL: not known. */
const struct caller *token_cache_find(const uint8_t digest[DIGEST_SIZE], unsigned number);
void token_cache_add(const uint8_t digest[DIGEST_SIZE], unsigned number, const struct caller *caller);

#endif
